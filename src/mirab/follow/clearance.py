"""Clearance: how an issue comes from draft to cleared, by acts of named people to which none is ever undone.

An issue is reviewed, then cleared, and after that final: what turns out wrong is mended by a new issue that
names it. It is cleared in some languages or as a whole; its pages in further languages may be cleared later.
A comment that nobody has answered blocks clearing. The order of the acts is ours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from mirab.core.errors import InputError, Problem
from mirab.core.records import Briefing, Clearance


class Deed(StrEnum):
    """What a person does with an issue."""

    COMMENT = "comment"
    ANSWER = "answer"
    REVIEW = "review"
    CLEAR = "clear"


@dataclass(frozen=True)
class Act:
    """One deed on an issue: its number among those of the issue (from 1), who, what was said, when (ISO UTC).

    `about` is the number of the comment that an answer settles, 0 for other deeds.
    """

    number: int
    deed: Deed
    person: str
    text: str
    about: int
    recorded: str

    @property
    def day(self) -> date:
        """The day on which it was written."""
        return date.fromisoformat(self.recorded[:10])


def status(acts: Sequence[Act]) -> Clearance:
    """How far an issue has come by the acts on it."""
    deeds = {act.deed for act in acts}
    if Deed.CLEAR in deeds:
        return Clearance.CLEARED
    return Clearance.REVIEWED if Deed.REVIEW in deeds else Clearance.DRAFT


def open_comments(acts: Sequence[Act]) -> tuple[Act, ...]:
    """Comments that nobody has answered, the first one first."""
    answered = {act.about for act in acts if act.deed is Deed.ANSWER}
    return tuple(act for act in acts if act.deed is Deed.COMMENT and act.number not in answered)


def check(act: Act, before: Sequence[Act], *, issue: str) -> None:
    """Raise InputError with all that forbids an act on the issue of this name, given the acts `before`."""
    problems = []
    if not act.person.strip():
        problems.append(Problem("person", "is not named", "say who with --by"))
    if status(before) is Clearance.CLEARED and not _adds_language(act, before):
        fix = f"correct it by a new issue: mirab brief --corrects {issue}"
        problems.append(Problem("issue", f"{issue} is cleared and stays as it is", fix))
    else:
        problems += _wrong(act, before)
    if problems:
        raise InputError(f"{act.deed} {issue}", problems)


def cleared_for(languages: Sequence[str]) -> str:
    """The words of an act that clears the pages in some languages.

    >>> cleared_for(("en", "ru"))
    'in en, ru'
    """
    return f"in {', '.join(languages)}"


def cleared_in(acts: Sequence[Act]) -> tuple[str, ...]:
    """Languages whose pages the acts have cleared; none where an act cleared the issue as a whole."""
    named = [_named(act) for act in acts if act.deed is Deed.CLEAR]
    return tuple(dict.fromkeys(code for codes in named for code in codes)) if all(named) else ()


def _named(act: Act) -> tuple[str, ...]:
    found = re.fullmatch(r"in ([a-z]{2}(?:, [a-z]{2})*)", act.text)
    return tuple(found[1].split(", ")) if found else ()


def _adds_language(act: Act, before: Sequence[Act]) -> bool:
    """Whether an act clears a page whose language was not cleared yet, of an issue cleared in others."""
    there = cleared_in(before)
    return act.deed is Deed.CLEAR and bool(there) and bool(set(_named(act)) - set(there))


def _wrong(act: Act, before: Sequence[Act]) -> list[Problem]:
    if act.deed is Deed.CLEAR:
        return _uncleared(before)
    if act.deed is Deed.REVIEW:
        return []
    problems = [] if act.text.strip() else [Problem("text", "is empty", "say it in words")]
    waiting = [one.number for one in open_comments(before)]
    if act.deed is Deed.ANSWER and act.about not in waiting:
        told = ", ".join(map(str, waiting)) or "none"
        problems.append(Problem("comment", f"{act.about} is not open", f"open comments: {told}"))
    return problems


def _uncleared(before: Sequence[Act]) -> list[Problem]:
    problems = []
    if status(before) is Clearance.DRAFT:
        problems.append(Problem("issue", "is a draft", "review it first: mirab issues review"))
    fix = "answer it first: mirab issues answer"
    return problems + [
        Problem(f"comment {one.number}", f"of {one.person} is open: {one.text}", fix)
        for one in open_comments(before)
    ]


def released(briefing: Briefing, acts: Sequence[Act]) -> Briefing:
    """The briefing with its status and the names and days of review and clearance by the acts on it."""
    last = {act.deed: act for act in acts}
    review, clear = last.get(Deed.REVIEW), last.get(Deed.CLEAR)
    imprint = replace(
        briefing.imprint,
        reviewed_by=review.person if review else "",
        reviewed_on=review.day if review else None,
        cleared_on=clear.day if clear else None,
        cleared_in=cleared_in(acts),
    )
    cleared_by = clear.person if clear else ""
    return replace(briefing, status=status(acts), cleared_by=cleared_by, imprint=imprint)
