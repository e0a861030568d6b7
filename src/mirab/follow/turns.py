"""Turns: each threat, promise, chair and forecast that differs between two issues, with its causes.

The part of a cause is what changes where it alone is let in: the old issue is run again with the new method,
then at the new date, then with the new data, and what each step moves is its part. Where the old method can
still be run the same is done with the method last, and the two are averaged (the Shapley value of two orders;
causes that do not act on each other have the same part in both). An analyst's word is taken off first: it
moves a level without a run. Promises and chairs need no run: their status follows from what was written and
the date alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from mirab.core.calendar import day_range
from mirab.core.imprint import Cause, Part, Turn, Way
from mirab.core.phrase import Phrase, say
from mirab.core.records import Briefing, Commitment, Event, Origin, Series, Status, Threat

LEAST_PROBABILITY, LEAST_DAYS, LEAST_PART = 0.05, 30, 0.01
JUDGED = "judgement"
ODDS = "odds:"
HELD = ("chair", "office")
OPEN_ENDS = {Status.MET: Way.CLOSED, Status.NOT_MET: Way.DOWN, Status.OVERDUE: Way.DOWN}
Size = tuple[float, float, float]
NOTHING: Size = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Node:
    """What was found with some causes let in: computed threats, and the tables of chances."""

    threats: tuple[Threat, ...]
    series: tuple[Series, ...] = ()

    @classmethod
    def of(cls, briefing: Briefing) -> Node:
        """What an issue itself found."""
        return cls(briefing.threats, briefing.series)


@dataclass(frozen=True)
class Path:
    """One order in which causes are let in, each with what is found then; the last node is the new issue."""

    steps: tuple[tuple[Cause, Node], ...]


@dataclass(frozen=True)
class Pair:
    """A threat as it is now, or as it was last where it has ended, with its old and its new state."""

    threat: Threat
    old: Threat | None
    new: Threat | None

    def is_judged(self) -> bool:
        """Whether an analyst's word has come, changed or gone."""
        return _judgement(self.old) != _judgement(self.new)

    def is_told(self) -> bool:
        """Whether the change is large enough for a reader, or a judgement, which always is."""
        levels, probability, days = map(abs, self.size())
        return self.is_judged() or levels > 0 or probability >= LEAST_PROBABILITY or days >= LEAST_DAYS

    def size(self) -> Size:
        """Change of level (none counts below watch), of probability, and of the window's start in days."""
        return _less(_shown(self.new), _shown(self.old))

    def order(self) -> tuple[float, float, float, str]:
        """Key that sorts the largest change first; ties by id."""
        levels, probability, days = map(abs, self.size())
        return -levels, -probability, -days, self.threat.id


@dataclass(frozen=True)
class Between:
    """Two issues, the causes at work between them but for judgements, and the orders in which to let them in.

    `paths` is empty where the parts of several causes cannot be told apart.
    """

    before: Briefing
    now: Briefing
    causes: tuple[Cause, ...]
    paths: tuple[Path, ...] = ()

    def turns(self) -> tuple[Turn, ...]:
        """All that differs, as far as the audience of the new issue may see it.

        Threats first, then promises, chairs and posts, then chances; the largest change of each first.
        """
        kept = (*self._promises(), *self._held(), *self._chances())
        return tuple(one for one in (*self._threats(), *kept) if one.marking.rank <= self.now.audience.rank)

    def _threats(self) -> Iterator[Turn]:
        for pair in sorted(filter(Pair.is_told, pairs(self.before, self.now)), key=Pair.order):
            threat, judged = pair.threat, _judged(pair)
            is_alone = judged and (threat.rule == JUDGED or not self._is_computed(threat))
            computed = () if is_alone else self._parts(partial(_found, threat))
            old, new = (_state(one) if one else "" for one in (pair.old, pair.new))
            parts = named((*judged, *computed))
            text = _words(pair)
            yield Turn("threat", threat.id, threat.title, _way(pair), old, new, text, parts, threat.marking)

    def _is_computed(self, threat: Threat) -> bool:
        """Whether anything computed differs, an analyst's word aside."""
        old, new = (_found(threat, Node.of(issue)) for issue in (self.before, self.now))
        return old != new

    def _parts(self, state: Callable[[Node], State]) -> tuple[Part, ...]:
        """What each cause adds, as the mean over the orders in which they were let in."""
        if not self.paths:
            return tuple(Part(cause) for cause in self.causes)
        sums: dict[Cause, list[float]] = {cause: [0.0, 0.0, 0.0] for cause in self.causes}
        for path in self.paths:
            last = state(Node.of(self.before))
            for cause, node in path.steps:
                here = state(node)
                sums[cause] = [a + b for a, b in zip(sums[cause], _less(here, last), strict=True)]
                last = here
        count = len(self.paths)
        return tuple(Part(cause, *(value / count for value in found)) for cause, found in sums.items())

    def _promises(self) -> Iterator[Turn]:
        """Promises that are new, gone, or of another status; what the date alone changes is time passed."""
        old = {one.id: one for one in self.before.commitments}
        new = {one.id: one for one in self.now.commitments}
        for id in sorted(old.keys() | new.keys()):
            one, other = old.get(id), new.get(id)
            if one and other and one.status is other.status:
                continue
            yield _promise(new.get(id) or old[id], one, other, self.before.as_of)

    def _held(self) -> Iterator[Turn]:
        """Chairs and posts that changed hands."""
        for kind in HELD:
            old, new = (_by_seat(issue.events, kind) for issue in (self.before, self.now))
            for seat in sorted(old.keys() | new.keys()):
                was, now = old.get(seat, {}), new.get(seat, {})
                if was.keys() != now.keys():
                    yield _seat(seat, was, now, (self.before.as_of, self.now.as_of))

    def _chances(self) -> Iterator[Turn]:
        """Chances of the tables `odds:` that moved by LEAST_PROBABILITY or more."""
        old, new = (dict(_odds(issue.series)) for issue in (self.before, self.now))
        moved = sorted(key for key in new.keys() & old.keys() if _moves(old[key], new[key]))
        for series, place in moved:
            yield self._chance(series, place, old[series, place], new[series, place])

    def _chance(self, series: str, place: str, was: float, now: float) -> Turn:
        marking = next(one.marking for one in self.now.series if one.id == series)
        what = series.removeprefix(ODDS).replace("_", " ")
        title = say("{place}: chance of {what}", place=place, what=what)
        parts = named(self._parts(partial(_told, (series, place))))
        text = _changed(title, percent(was), percent(now))
        way = Way.UP if now > was else Way.DOWN
        id = f"{series}:{place}"
        return Turn("forecast", id, title, way, percent(was), percent(now), text, parts, marking)


State = tuple[int, float, date | None]


def _shown(threat: Threat | None) -> State:
    """Rank of the level shown (-1 where there is none), probability, and start of the window."""
    if threat is None:
        return -1, 0.0, None
    return threat.level.rank, threat.probability or 0.0, threat.window[0] if threat.window else None


def _found(threat: Threat, node: Node) -> State:
    """The state of a threat in a node as it was computed: by its id, else by rule and a shared item."""
    near = [one for one in node.threats if one.id == threat.id] or [
        one for one in node.threats if is_kin(one, threat)
    ]
    if not near:
        return _shown(None)
    _, probability, starts = _shown(near[0])
    return (near[0].computed_level or near[0].level).rank, probability, starts


def _less(one: State, other: State) -> Size:
    """Change from one state to another: ranks, probability, and days where both have a window."""
    days = (one[2] - other[2]).days if one[2] and other[2] else 0
    return one[0] - other[0], one[1] - other[1], days


def named(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The parts that a reader is told, the largest first: those that count; all where none is known."""
    known = list(parts)
    if any(part.levels is None for part in known):
        return tuple(known)
    counts = [part for part in known if part.cause is Cause.JUDGEMENT or _counts(part)]
    return tuple(sorted(counts or known, key=_weight, reverse=True))


def _counts(part: Part) -> bool:
    levels, probability, days = _weight(part)
    return levels > 0 or probability >= LEAST_PART or days >= LEAST_DAYS


def _weight(part: Part) -> Size:
    return abs(part.levels or 0.0), abs(part.probability or 0.0), abs(part.days or 0.0)


def pairs(before: Briefing, now: Briefing) -> Iterator[Pair]:
    """Threats of two issues side by side: by id, else by rule and a shared item (merging may rename)."""
    left = {threat.id: threat for threat in before.threats}
    shown = [threat for threat in now.threats if threat.marking.rank <= now.audience.rank]
    same = {threat.id: left.pop(threat.id, None) for threat in shown}
    for threat in shown:
        near = [one for one in left.values() if same[threat.id] is None and is_kin(one, threat)]
        old = left.pop(near[0].id) if near else same[threat.id]
        yield Pair(threat, old, threat)
    yield from (Pair(threat, threat, None) for threat in left.values())


def is_kin(one: Threat, other: Threat) -> bool:
    """Whether two threats are of one rule and share an item."""
    return (one.domain, one.rule) == (other.domain, other.rule) and not set(one.items).isdisjoint(other.items)


def _judged(pair: Pair) -> tuple[Part, ...]:
    """The part of an analyst's word: by how much it moves the level beyond what is computed."""
    if not pair.is_judged():
        return ()
    return (Part(Cause.JUDGEMENT, _moved(pair.new) - _moved(pair.old), 0.0, 0.0),)


def _moved(threat: Threat | None) -> float:
    if threat is None or threat.origin is not Origin.ASSESSED:
        return 0.0
    return threat.level.rank - (threat.computed_level.rank if threat.computed_level else -1)


def _judgement(threat: Threat | None) -> tuple[str, ...]:
    if threat is None or threat.origin is not Origin.ASSESSED:
        return ()
    return threat.level.value, threat.assessed_by, threat.assessment


def _way(pair: Pair) -> Way:
    if pair.old is None:
        return Way.NEW
    if pair.new is None:
        return Way.CLOSED
    levels, probability, _ = pair.size()
    change = levels or (probability if abs(probability) >= LEAST_PART else 0.0)
    return Way.MOVED if not change else Way.UP if change > 0 else Way.DOWN


def _words(pair: Pair) -> Phrase:
    """What has changed, without its cause."""
    old, new, title = pair.old, pair.new, pair.threat.title
    if new is None:
        return say("{title}: no longer found, was {old}", title=title, old=_state(pair.threat))
    if pair.is_judged():
        return say("{title}: {judged}", title=title, judged=_said(new))
    if old is None:
        return say("{title}: now {new}, not in the issue compared with", title=title, new=_state(new))
    if new.level != old.level or abs(pair.size()[1]) >= LEAST_PROBABILITY:
        return say("{title}: now {new}, was {old}", title=title, new=_state(new), old=_state(old))
    windows = {"new": _window(new), "old": _window(old)}
    return say("{title}: first window now {new}, was {old}", title=title, **windows)


def _said(threat: Threat) -> Phrase:
    if threat.origin is not Origin.ASSESSED:
        return say("{state} as computed, the assessment is withdrawn", state=_state(threat))
    said = {"level": say(threat.level.value), "who": threat.assessed_by}
    if threat.computed_level is None:
        return say("assessed {level} by {who}", **said)
    return say(
        "assessed {level} by {who}, computed {computed}", **said, computed=say(threat.computed_level.value)
    )


def _state(threat: Threat) -> Phrase:
    level = say(threat.level.value)
    if threat.probability is None:
        return level
    return say("{level} ({chance})", level=level, chance=percent(threat.probability))


def percent(share: float) -> Phrase:
    r"""Whole per cent, and never 0 or 100: no share of members is certain.

    >>> percent(0.999).replace(chr(160), " ")
    'more than 99 %'
    """
    if share < 0.01:
        return say("less than {percent:.0f}\u00a0%", percent=1.0)
    if share > 0.99:
        return say("more than {percent:.0f}\u00a0%", percent=99.0)
    return say("{percent:.0f}\u00a0%", percent=100 * share)


def _window(threat: Threat) -> Phrase:
    if threat.window is None:
        return say("not known")
    return say("{first} to {last}", first=threat.window[0], last=threat.window[1])


def _promise(one: Commitment, old: Commitment | None, new: Commitment | None, since: date) -> Turn:
    """How a promise changed: a status that its own history does not explain is that of the date."""
    cause = Cause.DATA
    if old and new and old.history == new.history and old.due == new.due:
        cause = Cause.TIME
    adopted = day_range(one.adopted)
    if old is None and adopted and adopted[0] > since:
        cause = Cause.TIME
    was, now = (say(part.status.value) if part else "" for part in (old, new))
    way = Way.NEW if old is None else Way.CLOSED if new is None else OPEN_ENDS.get(new.status, Way.UP)
    text = _changed(one.what, was, now)
    return Turn("promise", one.id, one.what, way, was, now, text, (Part(cause),), one.marking)


def _changed(title: str, was: str, now: str) -> Phrase:
    if not was:
        return say("{title}: new, {now}", title=title, now=now)
    if not now:
        return say("{title}: no longer there, was {was}", title=title, was=was)
    return say("{title}: now {now}, was {was}", title=title, now=now, was=was)


def _by_seat(events: Iterable[Event], kind: str) -> dict[str, dict[str, Event]]:
    """Who holds what: events by seat (what stands before the last colon of a title) and holder."""
    found: dict[str, dict[str, Event]] = {}
    for one in events:
        seat, _, holder = one.title.rpartition(": ")
        if one.kind == kind:
            found.setdefault(seat, {})[holder] = one
    return found


def _seat(seat: str, old: Mapping[str, Event], new: Mapping[str, Event], between: tuple[date, date]) -> Turn:
    """A chair or post in other hands: time passed where its term begins or ends between the two dates."""
    come = [new[name] for name in sorted(new.keys() - old.keys())]
    gone = [old[name] for name in sorted(old.keys() - new.keys())]
    one = (come or gone)[0]
    days = day_range(one.start if come else one.end)
    by_calendar = days is not None and days[1] > between[0] and days[0] <= between[1]
    way = Way.NEW if not old else Way.CLOSED if not new else Way.MOVED
    was, now = (", ".join(sorted(names)) for names in (old, new))
    part = Part(Cause.TIME if by_calendar else Cause.DATA)
    return Turn(one.kind, one.id, seat, way, was, now, _changed(seat, was, now), (part,), one.marking)


def _told(key: tuple[str, str], node: Node) -> State:
    """The chance of a table and place in a node."""
    return 0, dict(_odds(node.series)).get(key, 0.0), None


def _odds(series: Iterable[Series]) -> Iterator[tuple[tuple[str, str], float]]:
    """Chances by table and place."""
    for one in series:
        if one.id.startswith(ODDS):
            for place, chance in zip(one.columns["place"], one.columns["chance"], strict=True):
                if chance is not None:
                    yield (one.id, place), chance


def _moves(was: float, now: float) -> bool:
    return abs(now - was) >= LEAST_PROBABILITY
