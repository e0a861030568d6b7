"""Imprint: what stands about an issue of the briefing beside its records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from mirab.core.marking import Marking


class Cadence(StrEnum):
    """How often a series of issues appears."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    AD_HOC = "ad hoc"

    @property
    def days(self) -> int:
        """Days from one issue to the next; 0 where none is due."""
        return {Cadence.WEEKLY: 7, Cadence.FORTNIGHTLY: 14, Cadence.AD_HOC: 0}[self]


class Cause(StrEnum):
    """Why something differs between two issues."""

    DATA = "new data"
    METHOD = "new method"
    JUDGEMENT = "new judgement"
    TIME = "time passed"
    EARLIER = "an earlier date was asked for"


class Way(StrEnum):
    """Which way something went from one issue to another."""

    NEW = "new"
    UP = "up"
    DOWN = "down"
    MOVED = "moved"
    CLOSED = "closed"


@dataclass(frozen=True)
class Part:
    """What one cause does to a turn: ranks of the level, probability (fraction), days of the window's start.

    All are None where a cause is known to be at work and its part cannot be told from others.
    """

    cause: Cause
    levels: float | None = None
    probability: float | None = None
    days: float | None = None


@dataclass(frozen=True)
class Turn:
    """One thing that changed, from what to what, and why.

    `kind` is threat, promise, chair, office or forecast; `text` is the sentence without its cause. `parts`
    add up to the whole change, the largest first.
    """

    kind: str
    id: str
    title: str
    way: Way
    old: str
    new: str
    text: str
    parts: tuple[Part, ...]
    marking: Marking = Marking.PUBLIC


@dataclass(frozen=True)
class Imprint:
    """Who released an issue and when, what it corrects, and which issue its changes are told against.

    `digest` (SHA-256) stands for the records and the data of the issue; nothing of the imprint is part of
    it. `corrects`, `corrected_by` and `since` are numbers of issues of the same series, 0 where there is
    none; `correction` says what was wrong. `turns` is all that changed since, the largest first. `cleared_in`
    are the languages in which the issue was cleared; none named means all.
    """

    cadence: Cadence = Cadence.AD_HOC
    digest: str = ""
    corrects: int = 0
    correction: str = ""
    corrected_by: int = 0
    since: int = 0
    since_as_of: date | None = None
    reviewed_by: str = ""
    reviewed_on: date | None = None
    cleared_on: date | None = None
    turns: tuple[Turn, ...] = ()
    cleared_in: tuple[str, ...] = ()

    def clears(self, language: str) -> bool:
        """Whether the clearance of the issue, where there is one, speaks of its page in a language."""
        return not self.cleared_in or language in self.cleared_in

    def next_due(self, as_of: date) -> date | None:
        """The date of the next issue of the series; None where it appears when needed."""
        return as_of + timedelta(days=self.cadence.days) if self.cadence.days else None
