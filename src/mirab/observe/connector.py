"""What a source of live data declares: its terms, what is asked of it, and how its answers are read.

A source is one row of `connectors/sources.csv` and, where a column mapping does not say it all, one file in
`connectors/` with a `Connector` of the same id. A connector does no reading or writing of its own: `asks`
says what to ask for next and is handed each answer, `parse` turns the answers that are kept into records.
So every answer can be parsed again without being asked for again, and both are proved without a network.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from mirab.core.domain import Tables
from mirab.core.ensemble import Ensemble
from mirab.core.errors import Problem
from mirab.core.records import Confidence, Evidence, Marking, Observation, Source

KEY, USER = "{key}", "{user}"
"""What stands in an Ask for the secrets of a source, until the moment it is sent."""


@dataclass(frozen=True)
class Terms:
    """One row of sources.csv: on which terms a source may be asked, kept and passed on.

    `address` is what the paths of its asks are added to; `hosts` are further hosts to which it may redirect.
    A new edition comes every `cadence_days`; figures that are older than `stale_days` are called stale. At
    most `per_minute` requests are sent, `at_once` of them together; an answer may have `largest_mb`, packed
    or unpacked, and all answers of one run take `longest_s`. `key` names the setting that holds a secret
    (and `user` the name that goes with it), empty where none is needed; `key_how` says how to get one.
    `marking` is the least marking of what comes from it. `form` is `code`, or `csv` or `json` with `columns`,
    the mapping of a plain service. `by_default` sources are asked where none is named.
    """

    source_id: str
    title: str
    publisher: str
    address: str
    licence: str
    redistributable: bool
    citation: str
    cadence_days: float
    stale_days: float
    per_minute: float
    at_once: int = 1
    largest_mb: float = 20.0
    longest_s: float = 300.0
    key: str = ""
    user: str = ""
    key_how: str = ""
    hosts: tuple[str, ...] = ()
    marking: Marking = Marking.PUBLIC
    form: str = "code"
    columns: Mapping[str, str] = field(default_factory=dict)
    by_default: bool = True
    note: str = ""

    @property
    def shown_to(self) -> Marking:
        """Who may see its figures: nobody outside the office where they may not be passed on.

        Texts are quoted with their address, so they have the `marking` alone.
        """
        return self.marking if self.redistributable else Marking.INTERNAL

    @property
    def source(self) -> Source:
        """The source as records cite it."""
        return Source(self.source_id, self.title, self.publisher, "", self.licence, self.redistributable)

    def evidence(self, note: str = "", confidence: Confidence = Confidence.PUBLISHED) -> Evidence:
        """What a figure of this source rests on."""
        return Evidence(self.source_id, confidence, note)


@dataclass(frozen=True)
class Scope:
    """What is wanted of a source: the tables of the region, from which day on, and the day of asking.

    `kept` are the names of the pages of this source that earlier runs have kept: what cannot change any more
    need not be asked for again.
    """

    tables: Tables
    since: date
    today: date
    kept: frozenset[str] = frozenset()

    @property
    def states(self) -> tuple[str, ...]:
        """ISO alpha-3 codes of the states of the region, in the order of the pack."""
        return tuple(row["state"] for row in self.tables.rows("states"))

    @property
    def known_states(self) -> frozenset[str]:
        """Codes of all states that the pack names, in the region and outside it."""
        names = ("states", "other_states")
        return frozenset(row["state"] for name in names for row in self.tables.rows(name))


@dataclass(frozen=True)
class Ask:
    """One request; its answer is kept as the page of this name, of which the newest edition counts.

    `path` is added to the address of the source, or is a whole address on one of its hosts. KEY and USER
    stand for secrets in `query`, `headers` and `form`, and nowhere else. A `form` is posted, as `body` is, as
    JSON. The answer to an `optional` ask may be absent (404): the generator is then handed None. An ask that
    is not to `keep` is for tokens: its answer is handed over and forgotten.
    """

    page: str
    path: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    body: Mapping[str, Any] | None = None
    optional: bool = False
    keep: bool = True


@dataclass(frozen=True)
class Page:
    """An answer as it came, without its transfer coding; `retrieved` is when it was first seen (UTC)."""

    name: str
    data: bytes = field(repr=False)
    retrieved: datetime
    kind: str = ""


@dataclass(frozen=True)
class Parsed:
    """What the kept pages of a source say.

    `texts` are pages for the press reader. `refused` are rows that cannot be used: the rest counts.
    """

    observations: tuple[Observation, ...] = ()
    forecasts: tuple[Ensemble, ...] = ()
    texts: tuple[Page, ...] = ()
    refused: tuple[Problem, ...] = ()


Asks = Generator[Ask, Page | None, None]


@dataclass(frozen=True)
class Connector:
    """How one source is asked and read.

    `asks(terms, scope)` yields one Ask after the other and is sent the Page of each; it raises SourceError
    for an answer from which it cannot go on. `parse(terms, scope, pages)` is pure: it is handed all kept
    pages, the newest first, and of two rows for one thing the first counts; it raises SourceError for a page
    that is not what the source promises. `foretells` says that forecasts of others are among what it parses,
    `texts` that texts for the press reader are.
    """

    source_id: str
    asks: Callable[[Terms, Scope], Asks]
    parse: Callable[[Terms, Scope, Sequence[Page]], Parsed]
    foretells: bool = False
    texts: bool = False
