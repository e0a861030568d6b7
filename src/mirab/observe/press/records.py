"""What is read from a document: every value with the characters that it rests on and how it was come by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mirab.core.records import Span


class Known(StrEnum):
    """How a value was come by: stated in the text, inferred, missing, or put right by a person."""

    STATED = "stated"
    INFERRED = "inferred"
    MISSING = "missing"
    CORRECTED = "corrected"


class Mode(StrEnum):
    """Auxiliary mode of an event (PLOVER manual 2021): whether the text says that it took place."""

    HELD = "held"
    FUTURE = "future"
    NEGATED = "negated"
    HISTORICAL = "historical"
    HYPOTHETICAL = "hypothetical"
    REPORTED = "reported"


@dataclass(frozen=True)
class Person:
    """Somebody whom the user added: name, other spellings joined by |, post, state, and since when."""

    id: str
    name: str
    variants: str = ""
    role: str = ""
    state: str = ""
    since: str = ""


@dataclass(frozen=True)
class When:
    """A period from `start` to `end` (last day) with its precision; None where it is missing."""

    start: date | None = None
    end: date | None = None
    precision: str = ""
    known: Known = Known.MISSING
    span: Span | None = None


@dataclass(frozen=True)
class Where:
    """A place by id and name, with its state."""

    id: str = ""
    name: str = ""
    state: str = ""
    known: Known = Known.MISSING
    span: Span | None = None


@dataclass(frozen=True)
class Party:
    """Somebody who takes part: a person, or an organisation or state that sent a delegation.

    An `id` that begins with ? is one that the registry lacks. `role` is the post as the text gives it, else
    as the registry knows it for that day (`role_known` says which); `place` the state or organisation.
    """

    id: str
    name: str
    kind: str
    role: str
    role_known: Known
    place: str
    known: Known
    span: Span


@dataclass(frozen=True)
class Topic:
    """A theme with the words that brought it up."""

    theme: str
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Meeting:
    """People who met, spoke by telephone, or attended the same event, as one document tells it.

    `kind` is meeting, call, credentials, multilateral, opening or attendance: in the last two nobody is said
    to have met. `evidence` are the trigger's words first, then the sentences used. `confidence` is the
    measured precision of the rule, or None where nobody has measured it.
    """

    kind: str
    mode: Mode
    parties: tuple[Party, ...]
    when: When
    where: Where
    topics: tuple[Topic, ...]
    evidence: tuple[Span, ...]
    confidence: float | None = None


@dataclass(frozen=True)
class Deed:
    """An event of a PLOVER type: who did what to whom, and in which auxiliary mode."""

    type: str
    manner: str
    quad: str
    mode: Mode
    actors: tuple[str, ...]
    recipients: tuple[str, ...]
    contexts: tuple[str, ...]
    when: When
    where: Where
    evidence: tuple[Span, ...]
    confidence: float | None = None


@dataclass(frozen=True)
class Promise:
    """A sentence that promises something: who to whom, how binding, how much, by when."""

    kind: str
    by: tuple[str, ...]
    to: tuple[str, ...]
    amount: float | None
    unit: str
    amount_span: Span | None
    due: When
    themes: tuple[str, ...]
    evidence: tuple[Span, ...]
    confidence: float | None = None


@dataclass(frozen=True)
class Announcement:
    """A sentence in which somebody proposes something (initiative) or puts it first (priority)."""

    kind: str
    by: tuple[str, ...]
    when: When
    themes: tuple[str, ...]
    evidence: tuple[Span, ...]
    confidence: float | None = None


Record = Meeting | Deed | Promise | Announcement
