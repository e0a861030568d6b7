"""What analysts judge: threats of their own, levels that they move, and how their probabilities came out.

Everything is an act with its author and time; a threat is the sum of the acts on it, none is written over. A
computed level may be moved with a reason only, and both levels are kept (`register.assess`). Closed threats
are scored like forecasts: the middle of the band against what came. By author the score is for internal eyes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from mirab.core.calendar import day_range
from mirab.core.errors import InputError, Problem, suggest
from mirab.core.phrase import Phrase, say
from mirab.core.records import Confidence, Evidence, Level, Marking, Origin, Source, Threat
from mirab.warn import register, verify
from mirab.warn.sentences import amount

OWN = Source("analysts_judgement", "Judgements that analysts wrote down", "the user", licence="of the user")
ADD, ASSESS, CLOSE = "add", "assess", "close"
MAX_AGE_DAYS = 60
PREFIX, RULE = "analyst", "judgement"
CAME = {"yes": 1.0, "no": 0.0, "withdrawn": None}
NEEDED = {
    ADD: ("title", "states", "level", "probability", "window", "reason", "source", "author", "review"),
    ASSESS: ("level", "reason", "author", "review"),
    CLOSE: ("came", "source", "author"),
}
ID = re.compile(r"[a-z0-9][a-z0-9_]*")
BAND = re.compile(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)\s*%")
Cells = Mapping[str, str]


@dataclass(frozen=True)
class Act:
    """One thing that an analyst wrote on the threat `id` at `recorded` (ISO): `kind` add, assess or close."""

    kind: str
    id: str
    cells: Cells
    recorded: str

    @property
    def day(self) -> date:
        """The day on which it was written."""
        return date.fromisoformat(self.recorded[:10])


@dataclass(frozen=True)
class Score:
    """Brier score of closed threats, mean probability said, share that came, and how many they are."""

    brier: float
    said: float
    came: float
    count: int


def check(act: Act, before: Sequence[Act], states: Collection[str]) -> None:
    """Raise InputError with all that is wrong with an act, given those `before` and the states known."""
    cells = act.cells
    empty = (name for name in NEEDED[act.kind] if not cells.get(name))
    problems = [Problem(name, "is empty", "every judgement needs it") for name in empty]
    problems += _id_problems(act, before)
    problems += _choice("level", cells, [level.value for level in Level])
    problems += _choice("marking", cells, [marking.value for marking in Marking])
    problems += _choice("came", cells, list(CAME))
    problems += [
        Problem("states", f"{state!r} is not known", suggest(state, sorted(states)))
        for state in filter(None, cells.get("states", "").split("|"))
        if state not in states
    ]
    problems += _early_problems(act, before)
    problems += [*_band_problems(cells), *_window_problems(cells), *_review_problems(cells, act.day)]
    problems += _seen_problems(cells, act.day)
    if problems:
        raise InputError(f"{act.kind} {act.id}", problems)


def own(acts: Sequence[Act], on: date, audience: Marking = Marking.INTERNAL) -> tuple[Threat, ...]:
    """Open threats that analysts have added by the date and the audience may see, as last assessed."""
    known = _seen(acts, on, audience)
    closed = {act.id for act in known if act.kind == CLOSE}
    record = say("analysts' judgement, {score}", score=score_words(score(known)))
    added = (act for act in known if act.kind == ADD and act.id not in closed)
    return applied([_threat(act, on, record) for act in added], known, on, audience)


def applied(
    threats: Sequence[Threat], acts: Sequence[Act], on: date, audience: Marking = Marking.INTERNAL
) -> tuple[Threat, ...]:
    """Threats at the level of the last assessment that was known, may be seen, and is not past its review."""
    said = {
        act.id: act
        for act in acts
        if act.kind == ASSESS and act.day <= on <= _date(act.cells["review"]) and _may_see(act, audience)
    }
    return register.order(_moved(threat, said.get(threat.id)) for threat in threats)


def _seen(acts: Sequence[Act], on: date, audience: Marking) -> list[Act]:
    """Acts that were known on a day, but for all on threats that were added for narrower eyes.

    So the track record that an audience reads counts only threats that it may read of.
    """
    hidden = {act.id for act in acts if act.kind == ADD and not _may_see(act, audience)}
    return [act for act in acts if act.day <= on and act.id not in hidden]


def _may_see(act: Act, audience: Marking) -> bool:
    return Marking(act.cells.get("marking") or Marking.INTERNAL).rank <= audience.rank


def score(acts: Sequence[Act], *, author: str = "") -> Score | None:
    """How the bands of closed threats came out, of all or of one author; None where there is none.

    What was withdrawn is not scored.
    """
    added = {act.id: act for act in acts if act.kind == ADD and author in ("", act.cells["author"])}
    ends = {act.id: CAME[act.cells["came"]] for act in acts if act.kind == CLOSE and act.id in added}
    pairs = [(_middle(added[id].cells), came) for id, came in ends.items() if came is not None]
    if not pairs:
        return None
    said, came = np.array(pairs).T
    return Score(verify.brier(said, came > 0), float(said.mean()), float(came.mean()), len(pairs))


def score_words(found: Score | None) -> Phrase:
    """A score in words, or that there is none."""
    if found is None:
        return say("no closed threat yet, so no track record")
    said, came = (amount(value, "fraction") for value in (found.said, found.came))
    return say(
        "closed threats: {number}, Brier {brier:.3f}, said {said} on average, {came} came",
        number=found.count,
        brier=found.brier,
        said=said,
        came=came,
    )


def _id_problems(act: Act, before: Sequence[Act]) -> Iterable[Problem]:
    added = {one.id for one in before if one.kind == ADD}
    closed = {one.id for one in before if one.kind == CLOSE}
    bare = act.id.removeprefix(f"{PREFIX}:")
    if act.kind == ADD and not ID.fullmatch(bare):
        yield Problem("id", f"{bare!r} is not an id", "use small letters, digits and _")
    if act.kind == ADD and act.id in added:
        yield Problem("id", f"{bare!r} is taken", "choose another, or assess it")
    if act.kind == CLOSE and act.id not in added:
        yield Problem("id", f"{act.id!r} was not added", suggest(act.id, sorted(added)))
    if act.kind != ADD and act.id in closed:
        yield Problem("id", f"{act.id!r} is closed", "add a new threat")


def _early_problems(act: Act, before: Sequence[Act]) -> Iterable[Problem]:
    """A threat cannot be said not to have come while its window is open."""
    windows = {one.id: one.cells["window"].partition("/")[2] for one in before if one.kind == ADD}
    last = windows.get(act.id, "")
    if act.kind == CLOSE and act.cells.get("came") == "no" and last and act.day <= _date(last):
        fix = "close it after that, or as withdrawn, which is not scored"
        yield Problem("came", f"'no' is too early: its window runs to {last}", fix)


def _choice(name: str, cells: Cells, words: Sequence[str]) -> Iterable[Problem]:
    if cells.get(name) and cells[name] not in words:
        yield Problem(name, f"{cells[name]!r} is not a choice", suggest(cells[name], words))


def _band_problems(cells: Cells) -> Iterable[Problem]:
    text = cells.get("probability", "")
    if not text:
        return
    found = BAND.fullmatch(text)
    if found is None or not 0 <= float(found[1]) <= float(found[2]) <= 100:
        yield Problem("probability", f"{text!r} is no band", "write it like 10-30%, the lower end first")


def _window_problems(cells: Cells) -> Iterable[Problem]:
    text = cells.get("window", "")
    first, last = (_day(part) for part in (text.partition("/")[0], text.partition("/")[2]))
    if text and (first is None or last is None or first > last):
        yield Problem("window", f"{text!r} is no period", "write it like 2026-12-01/2027-03-31")


def _review_problems(cells: Cells, today: date) -> Iterable[Problem]:
    text = cells.get("review", "")
    if text and (day := _day(text)) is None:
        yield Problem("review", f"{text!r} is not a day", "write it like 2027-01-15")
    elif text and day is not None and day < today:
        yield Problem("review", f"{text} is past", "choose the day on which it is to be looked at again")


def _seen_problems(cells: Cells, today: date) -> Iterable[Problem]:
    """What exists needs a dated event that is not old (§8)."""
    seen = _day(cells.get("seen", ""))
    if cells.get("level") != Level.EXISTING.value:
        return
    if seen is None:
        yield Problem("level", "'existing' needs a dated event (§8)", "give its day with --seen")
    elif not 0 <= (today - seen).days <= MAX_AGE_DAYS:
        fix = "a later one, or another level"
        yield Problem("seen", f"{seen} is not within the last {MAX_AGE_DAYS} days", fix)


def _day(text: str) -> date | None:
    found = day_range(text) if text.count("-") == 2 else None
    return found[0] if found else None


def _date(text: str) -> date:
    return date.fromisoformat(text)


def _band(cells: Cells) -> tuple[float, float]:
    found = BAND.fullmatch(cells["probability"])
    return (float(found[1]) / 100, float(found[2]) / 100) if found else (0.0, 1.0)


def _middle(cells: Cells) -> float:
    return sum(_band(cells)) / 2


def _threat(act: Act, on: date, record: str) -> Threat:
    """The threat that an analyst added; its author and reason stand in it."""
    cells = act.cells
    first, _, last = cells["window"].partition("/")
    begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    low, high = (amount(value, "fraction") for value in _band(cells))
    review = date.fromisoformat(cells["review"])
    return Threat(
        id=act.id,
        domain=cells.get("theme") or "security",
        rule=RULE,
        title=cells["title"],
        items=(),
        states=tuple(sorted(cells["states"].split("|"))),
        level=Level(cells["level"]),
        probability=_middle(cells),
        window=(max(begins, on) if ends >= on else begins, ends),
        lead_days=max(0, (begins - on).days),
        severity=(),
        why=(
            say("Probability given as a band, {low} to {high}.", low=low, high=high),
            say("Review was due on {day}.", day=review)
            if review < on
            else say("Review is due on {day}.", day=review),
        ),
        evidence=(Evidence(OWN.id, Confidence.SECONDARY, cells["source"]),),
        confidence_shares={},
        track_record=record,
        basis=_basis(act),
        origin=Origin.ASSESSED,
        assessed_by=cells["author"],
        assessment=cells["reason"],
        marking=Marking(cells.get("marking") or Marking.INTERNAL.value),
    )


def _basis(act: Act) -> Phrase:
    text = say("judged on {day}, not computed; source: {source}", day=act.day, source=act.cells["source"])
    if not act.cells.get("seen"):
        return text
    return say("an event of {day}; {judged}", day=_date(act.cells["seen"]), judged=text)


def _moved(threat: Threat, act: Act | None) -> Threat:
    if act is None:
        return threat
    return register.assess(
        threat, Level(act.cells["level"]), by=act.cells["author"], reason=act.cells["reason"]
    )
