"""Issues of the briefing: what has changed from one to another, each with its cause.

Causes are told apart by what an issue records of itself: *new judgement* where an analyst's word differs,
*new method* where the version, the rules, the seed or the size of the run differ, *new data* where the input
or the observations differ, and *time passed* where only the date does. Where several differ at once their
parts cannot be told apart, and all are named.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from mirab.core.calendar import in_words
from mirab.core.errors import StoredFileError
from mirab.core.plain import from_dict, to_dict
from mirab.core.records import Briefing, Marking, Observation, Origin, Threat

FILE = "briefing.json"
MOST = 5
LEAST_PROBABILITY, LEAST_DAYS = 0.05, 30
DATA, METHOD, JUDGEMENT, TIME = "new data", "new method", "new judgement", "time passed"
EARLIER, UNKNOWN = "an earlier date was asked for", "cause not known"
WAY_OUT = "restore it, or choose a new or empty folder with --out"
SERIES = ("profile", "region", "audience", "focus")
SETTINGS = {
    "version": "Mirab {new} instead of {old}",
    "seed": "seed {new} instead of {old}",
    "members": "{new} instead of {old} members",
    "steps": "{new} instead of {old} steps",
}


def previous(out: Path) -> Briefing | None:
    """The last issue in a folder; None where there is none.

    Raises StoredFileError where its file cannot be read, is damaged, or was not written by mirab.
    """
    path = out / FILE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, RecursionError) as cause:
        raise StoredFileError(f"{path} cannot be read as the last issue: {cause}; {WAY_OUT}") from cause
    try:
        return from_dict(Briefing, found)
    except ValueError as cause:
        what = "is no issue of mirab, or of a version that this one cannot read"
        raise StoredFileError(f"{path} {what}; {WAY_OUT}") from cause


def changes(before: Briefing | None, now: Briefing) -> tuple[str, ...]:
    """At most five sentences on what has changed since the last issue, the largest change first.

    Threats come first, by change of level, of probability and of window; then method and data, which keep
    their place however many threats have changed; then the date. Only what the audience of the issue may see
    is compared. Empty for the first issue of a series; an issue that is made again says what it said.
    """
    if before is None or not _is_one_series(before, now):
        return ()
    if _is_made_again(before, now):
        return before.changes
    turns = sorted((turn for turn in _turns(before, now) if turn.is_told()), key=_Turn.order)
    causes = " and ".join(_causes(before, now)) or UNKNOWN
    threats = [f"{turn.words()} ({JUDGEMENT if turn.is_judged() else causes})." for turn in turns]
    general = tuple(_general(before, now))
    return (*threats[: MOST - len(general)], *general, *_date(before, now))[:MOST]


def fingerprint(*parts: Any) -> str:
    """Twelve hexadecimal digits that stand for records or rows: equal parts, equal digits (SHA-256)."""
    text = json.dumps([to_dict(part) for part in parts], default=str, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class _Turn:
    """A threat as it is now, or as it was last where it has ended, with its old and its new state."""

    threat: Threat
    old: Threat | None
    new: Threat | None

    def is_judged(self) -> bool:
        """Whether an analyst's word has come, changed or gone."""
        return _judgement(self.old) != _judgement(self.new)

    def is_told(self) -> bool:
        """Whether the change is large enough for a reader, or a judgement, which always is."""
        levels, probability, days = self.size()
        return self.is_judged() or levels > 0 or probability >= LEAST_PROBABILITY or days >= LEAST_DAYS

    def size(self) -> tuple[int, float, int]:
        """Change of level (none counts below watch), of probability, and of the window's start in days."""
        levels = abs(_rank(self.new) - _rank(self.old))
        if self.old is None or self.new is None:
            return levels, self.threat.probability or 0.0, 0
        probability = abs((self.new.probability or 0.0) - (self.old.probability or 0.0))
        windows = self.old.window, self.new.window
        days = abs((windows[1][0] - windows[0][0]).days) if windows[0] and windows[1] else 0
        return levels, probability, days

    def order(self) -> tuple[int, float, int, str]:
        """Key that sorts the largest change first; ties by id."""
        levels, probability, days = self.size()
        return -levels, -probability, -days, self.threat.id

    def words(self) -> str:
        """What has changed, without its cause."""
        old, new, title = self.old, self.new, self.threat.title
        if new is None:
            return f"{title}: no longer found, was {_state(self.threat)}"
        if self.is_judged():
            return f"{title}: {_judged(new)}"
        if old is None:
            return f"{title}: now {_state(new)}, not in the last issue"
        if new.level != old.level or self.size()[1] >= LEAST_PROBABILITY:
            return f"{title}: now {_state(new)}, was {_state(old)}"
        return f"{title}: first window now {_window(new)}, was {_window(old)}"


def _turns(before: Briefing, now: Briefing) -> Iterator[_Turn]:
    """Threats of two issues side by side: by id, else by rule and a shared item (merging may rename)."""
    left = {threat.id: threat for threat in before.threats}
    shown = [threat for threat in now.threats if _is_shown(threat.marking, now)]
    pairs = {threat.id: left.pop(threat.id, None) for threat in shown}
    for threat in shown:
        near = [one for one in left.values() if pairs[threat.id] is None and _is_kin(one, threat)]
        old = left.pop(near[0].id) if near else pairs[threat.id]
        yield _Turn(threat, old, threat)
    yield from (_Turn(threat, threat, None) for threat in left.values())


def _is_kin(one: Threat, other: Threat) -> bool:
    return (one.domain, one.rule) == (other.domain, other.rule) and not set(one.items).isdisjoint(other.items)


def _rank(threat: Threat | None) -> int:
    return threat.level.rank if threat else -1


def _judgement(threat: Threat | None) -> tuple[str, ...]:
    if threat is None or threat.origin is not Origin.ASSESSED:
        return ()
    return threat.level.value, threat.assessed_by, threat.assessment


def _judged(threat: Threat) -> str:
    if threat.origin is not Origin.ASSESSED:
        return f"{_state(threat)} as computed, the assessment is withdrawn"
    computed = f", computed {threat.computed_level.value}" if threat.computed_level else ""
    return f"assessed {threat.level.value} by {threat.assessed_by}{computed}"


def _state(threat: Threat) -> str:
    chance = "" if threat.probability is None else f" ({_percent(threat.probability)})"
    return f"{threat.level.value}{chance}"


def _percent(share: float) -> str:
    """Whole per cent, and never 0 or 100: no share of members is certain."""
    bounded = "less than 1" if share < 0.01 else "more than 99" if share > 0.99 else f"{100 * share:.0f}"
    return f"{bounded} %"


def _window(threat: Threat) -> str:
    return " to ".join(map(in_words, threat.window)) if threat.window else "not known"


def _is_one_series(before: Briefing, now: Briefing) -> bool:
    return all(getattr(before, name) == getattr(now, name) for name in SERIES)


def _is_made_again(before: Briefing, now: Briefing) -> bool:
    """Whether date, data, method and judgements are those of the last issue."""
    if before.as_of != now.as_of or _causes(before, now):
        return False
    return not any(turn.is_judged() for turn in _turns(before, now))


def _causes(before: Briefing, now: Briefing) -> tuple[str, ...]:
    """What may have changed threats, judgements aside; the date counts where nothing else differs."""
    differ = ((DATA, _has_new_data(before, now)), (METHOD, bool(_method(before, now))))
    found = tuple(cause for cause, is_so in differ if is_so)
    if found or before.as_of == now.as_of:
        return found
    return (TIME,) if now.as_of > before.as_of else (EARLIER,)


def _has_new_data(before: Briefing, now: Briefing) -> bool:
    return before.data != now.data or bool(_fresh(before, now))


def _fresh(before: Briefing, now: Briefing) -> int:
    """Number of items whose last observation is later than in the last issue, corrected, or altogether new.

    Items count once for each quantity and author. What an earlier date leaves out is nothing fresh.
    """
    old, new = _last(before, now), _last(now, now)
    return sum(key not in old or _is_fresher(one, old[key]) for key, one in new.items())


def _shortened(before: Briefing, now: Briefing) -> list[str]:
    """Quantities of which an author's figures reach less far than in the last issue, at no earlier date."""
    if now.as_of < before.as_of:
        return []
    old, new = _last(before, now), _last(now, now)
    return sorted(
        {f"{key[1]} ({key[2]})" for key, one in new.items() if key in old and one.end < old[key].end}
    )


def _is_fresher(one: Observation, old: Observation) -> bool:
    return one.start > old.start or (one.start == old.start and one.value != old.value)


def _last(briefing: Briefing, audience: Briefing) -> dict[tuple[str, str, str], Observation]:
    ordered = sorted(briefing.observations, key=lambda one: one.start)
    return {(one.item, one.quantity, one.author): one for one in ordered if _is_shown(one.marking, audience)}


def _is_shown(marking: Marking, briefing: Briefing) -> bool:
    return marking.rank <= briefing.audience.rank


def _method(before: Briefing, now: Briefing) -> tuple[str, ...]:
    """What differs in the method, in words."""
    found = tuple(
        words.format(new=getattr(now, name) or "not known", old=getattr(before, name) or "not known")
        for name, words in SETTINGS.items()
        if getattr(before, name) != getattr(now, name)
    )
    return (*found, "other rules") if before.rules != now.rules else found


def _general(before: Briefing, now: Briefing) -> Iterator[str]:
    """Sentences on the method and the data of the issue as a whole."""
    if method := _method(before, now):
        yield f"Made with {', '.join(method)} ({METHOD})."
    if _has_new_data(before, now):
        yield f"{_data(before, now)} ({DATA})."
    if old := _shortened(before, now):
        yield f"Figures of {', '.join(old)} end earlier than in the last issue: an older edition? ({DATA})."


def _date(before: Briefing, now: Briefing) -> Iterator[str]:
    """The sentence that the issue is of another date."""
    if before.as_of != now.as_of:
        cause = TIME if now.as_of > before.as_of else EARLIER
        yield f"As of {in_words(now.as_of)} instead of {in_words(before.as_of)} ({cause})."


def _data(before: Briefing, now: Briefing) -> str:
    fresh = _fresh(before, now)
    if _day(now.last_observation) > _day(before.last_observation):
        was = in_words(before.last_observation) if before.last_observation else "not known"
        return f"The last observation is now of {in_words(_day(now.last_observation))}, was {was}"
    if fresh:
        return f"{fresh} last observation{'s are' if fresh != 1 else ' is'} new or corrected"
    return "The tables of the region differ from those of the last issue"


def _day(day: date | None) -> date:
    return day or date.min
