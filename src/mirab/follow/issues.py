"""Issues of the briefing: what has changed from one to another, each with its cause.

Which causes are at work follows from what an issue records of itself: *new judgement* where an analyst's
word differs, *new method* where the version, the rules, the seed or the size of the run differ, *new data*
where the input or the observations differ, *time passed* where the date does. Where several are, their parts
are told by running again (`turns`); where that is not possible all are named, and the sentence says so.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mirab.core import phrase
from mirab.core.errors import StoredFileError
from mirab.core.imprint import Cause, Part, Turn
from mirab.core.phrase import Part as Words
from mirab.core.phrase import Phrase, listed, say, say_count
from mirab.core.plain import from_dict, to_dict
from mirab.core.records import Briefing, Marking, Observation

FILE = "briefing.json"
MOST = 5
UNKNOWN = "cause not known"
WAY_OUT = "restore it, or choose a new or empty folder with --out"
SERIES = ("profile", "region", "audience", "focus")
SETTINGS: Mapping[str, Callable[[Words, Words], Phrase]] = {
    "version": lambda new, old: say("Mirab {new} instead of {old}", new=new, old=old),
    "seed": lambda new, old: say("seed {new} instead of {old}", new=new, old=old),
    "members": lambda new, old: say("{new} instead of {old} members", new=new, old=old),
    "steps": lambda new, old: say("{new} instead of {old} steps", new=new, old=old),
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


def causes(before: Briefing, now: Briefing) -> tuple[Cause, ...]:
    """What may have changed computed things from one issue to another, in the order to let them in."""
    time = Cause.TIME if now.as_of > before.as_of else Cause.EARLIER
    differ = (
        (Cause.METHOD, bool(_method(before, now))),
        (time, now.as_of != before.as_of),
        (Cause.DATA, before.data != now.data or bool(_fresh(before, now))),
    )
    return tuple(cause for cause, is_so in differ if is_so)


def is_one_series(before: Briefing, now: Briefing) -> bool:
    """Whether two issues are of one region, profile, audience and focus."""
    return all(getattr(before, name) == getattr(now, name) for name in SERIES)


def sentences(before: Briefing, now: Briefing, turns: Sequence[Turn]) -> tuple[str, ...]:
    """What has changed in sentences, each with its cause, the largest change first.

    Method and data as a whole keep a place among the first MOST, however many threats have changed, and so
    do the first promise and the first chair. Only what the audience of the new issue may see is compared.
    """
    general = [*_general(before, now), *_date(before, now)]
    room = max(1, MOST - len(general))
    first = [turn for turn in turns if turn.kind == "threat"]
    others = [turn for turn in turns if turn.kind != "threat"]
    kinds = {turn.kind: turn for turn in reversed(others)}
    ahead = sorted(kinds.values(), key=others.index)[: room - 1 if first else room]
    front = [*first[: room - len(ahead)], *ahead]
    rest = [turn for turn in (*first, *others) if turn not in front]
    return (*map(_sentence, front), *general, *map(_sentence, rest))


def _sentence(turn: Turn) -> Phrase:
    return say("{what} ({why}).", what=turn.text, why=why(turn.parts))


def why(parts: Sequence[Part]) -> phrase.Part:
    """The causes of a change in words, with what each adds to a probability where there are several."""
    names = [say(part.cause.value) for part in parts]
    if not names:
        return say(UNKNOWN)
    if len(names) == 1:
        return names[0]
    if any(part.levels is None for part in parts):
        return say("{causes}, not told apart", causes=listed(names))
    told = [
        say("{cause} {points:+.0f}", cause=name, points=100 * (part.probability or 0.0))
        if abs(part.probability or 0.0) >= 0.005
        else name
        for name, part in zip(names, parts, strict=True)
    ]
    if told == names:
        return listed(names)
    return say("{causes} percentage points", causes=listed(told))


def fingerprint(*parts: Any) -> str:
    """Twelve hexadecimal digits that stand for records or rows: equal parts, equal digits (SHA-256)."""
    text = json.dumps([to_dict(part) for part in parts], default=str, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _fresh(before: Briefing, now: Briefing) -> int:
    """Number of items whose last observation is later than in the last issue, corrected, or altogether new.

    Items count once for each quantity and author. What an earlier date leaves out is nothing fresh.
    """
    old, new = _last(before, now), _last(now, now)
    return sum(key not in old or _is_fresher(one, old[key]) for key, one in new.items())


def _shortened(before: Briefing, now: Briefing) -> list[Phrase]:
    """Quantities of which an author's figures reach less far than in the last issue, at no earlier date."""
    if now.as_of < before.as_of:
        return []
    old, new = _last(before, now), _last(now, now)
    return sorted(
        {
            say("{what} ({author})", what=key[1].replace("_", " "), author=key[2])
            for key, one in new.items()
            if key in old and one.end < old[key].end
        }
    )


def _is_fresher(one: Observation, old: Observation) -> bool:
    return one.start > old.start or (one.start == old.start and one.value != old.value)


def _last(briefing: Briefing, audience: Briefing) -> dict[tuple[str, str, str], Observation]:
    ordered = sorted(briefing.observations, key=lambda one: one.start)
    return {(one.item, one.quantity, one.author): one for one in ordered if _is_shown(one.marking, audience)}


def _is_shown(marking: Marking, briefing: Briefing) -> bool:
    return marking.rank <= briefing.audience.rank


def _method(before: Briefing, now: Briefing) -> tuple[Phrase, ...]:
    """What differs in the method, in words."""
    found = tuple(
        words(getattr(now, name) or say("not known"), getattr(before, name) or say("not known"))
        for name, words in SETTINGS.items()
        if getattr(before, name) != getattr(now, name)
    )
    return (*found, say("other rules")) if before.rules != now.rules else found


def _general(before: Briefing, now: Briefing) -> Iterator[Phrase]:
    """Sentences on the method and the data of the issue as a whole."""
    data = say(Cause.DATA.value)
    if method := _method(before, now):
        yield say("Made with {what} ({cause}).", what=listed(method), cause=say(Cause.METHOD.value))
    if Cause.DATA in causes(before, now):
        yield say("{what} ({cause}).", what=_data(before, now), cause=data)
    if old := _shortened(before, now):
        words = "Figures of {what} end earlier than in the issue compared with: an older edition? ({cause})."
        yield say(words, what=listed(old), cause=data)


def _date(before: Briefing, now: Briefing) -> Iterator[Phrase]:
    """The sentence that the issue is of another date."""
    for cause in causes(before, now):
        if cause in (Cause.TIME, Cause.EARLIER):
            words = "As of {new} instead of {old} ({cause})."
            yield say(words, new=now.as_of, old=before.as_of, cause=say(cause.value))


def _data(before: Briefing, now: Briefing) -> Phrase:
    fresh = _fresh(before, now)
    last, was = now.last_observation, before.last_observation
    if last and (was is None or last > was):
        words = "The last observation is now of {new}, was {old}"
        return say(words, new=last, old=was or say("not known"))
    if fresh:
        one = "{count} last observation is new or corrected"
        return say_count(one, "{count} last observations are new or corrected", fresh)
    return say("The tables of the region differ from those of the issue compared with")
