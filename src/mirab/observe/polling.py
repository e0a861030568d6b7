"""Polls sources of live data, each in a thread of its own: asked, kept, parsed, and what became of it.

A source that fails is absent, by name and with the reason; the others go on. What came whole is kept however
a run ends, so that the next one goes on from there; a page that was asked for lately is not asked for again.
"""

from __future__ import annotations

import hashlib
import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from mirab import __version__
from mirab.core.domain import Tables
from mirab.core.ensemble import Ensemble
from mirab.core.errors import Problem, SourceError
from mirab.core.marking import Marking
from mirab.observe import sources
from mirab.observe.asking import BACK_OFF_S, SILENCE_S, Asker, Pace, digest
from mirab.observe.connector import Ask, Asks, Page, Parsed, Scope, Terms
from mirab.observe.freshness import Fault
from mirab.observe.isolation import Failure, isolated, told
from mirab.observe.observed import Kept, Observed, Poll, Tally
from mirab.observe.secrets import Secrets, Settings

FRESH_SHARE, FRESH_DAYS, LEAST_DAYS, GRACE_S = 0.25, 1.0, 366, 30.0

Progress = Callable[[str, int], None]
"""Takes the id of a source and how many pages it has given so far."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Plan:
    """How sources are polled: for whose tables, from which day on, and where all is kept.

    `again` asks for pages that were asked for lately too; `kept` asks for nothing and parses what is kept.
    `settings` are the values of the settings that hold secrets. `silence_s` and `back_off_s` are how long an
    answer may pause, and the first rest after a fault.
    """

    store: Observed
    tables: Tables
    since: date | None = None
    again: bool = False
    kept: bool = False
    settings: Settings = field(default_factory=dict, repr=False)
    seed: int = 1
    now: Callable[[], datetime] = _now
    silence_s: float = SILENCE_S
    back_off_s: float = BACK_OFF_S

    def first_day(self, terms: Terms) -> date:
        """From which day on a source is asked: the one given, else a year whose figures grow stale."""
        days = max(terms.stale_days, LEAST_DAYS)
        return self.since or date((self.now().date() - timedelta(days=days)).year, 1, 1)


@dataclass(frozen=True)
class Outcome:
    """What became of a source: requests that were sent, values, and why it is absent where it is.

    `last_good` is the day on which all went well last, None where it never did.
    """

    terms: Terms
    asked: int
    tally: Tally
    absent: str
    last_good: date | None
    seconds: float


def poll(chosen: Sequence[Terms], plan: Plan, progress: Progress | None = None) -> tuple[Outcome, ...]:
    """Poll sources together; Ctrl-C ends all of them, keeps what came whole and is raised again."""
    stop, done = threading.Event(), queue.SimpleQueue[Outcome]()
    runs = [_Run(terms, plan, pace, stop, progress) for terms, pace in _paced(chosen)]
    threads = [threading.Thread(target=lambda run=run: done.put(run.outcome()), daemon=True) for run in runs]
    for thread in threads:
        thread.start()
    latest = time.monotonic() + max((one.longest_s for one in chosen), default=0) + GRACE_S
    found: dict[str, Outcome] = {}
    try:
        while any(run.goes_on(latest) for run in runs if run.terms.source_id not in found):
            _collect(done, found)
    except KeyboardInterrupt:
        stop.set()
        for thread in threads:
            thread.join(max(0.1, GRACE_S / len(threads)))
        raise
    stop.set()
    return tuple(found.get(run.terms.source_id) or run.lost() for run in runs)


def parsed(terms: Terms, store: Observed, tables: Tables, on: date) -> Parsed:
    """What the pages of a source that had come by a day say; nothing where none had."""
    kept = store.editions(terms.source_id, on=on)
    return _parsed(terms, store, tables, kept) if kept else Parsed()


def foretold(store: Observed, tables: Tables, audience: Marking, on: date) -> tuple[Ensemble, ...]:
    """Forecasts of others that had come by a day and that an audience may see.

    A page that is damaged since is told by the status of its source; here its forecasts are missing.
    """
    found: list[Ensemble] = []
    for terms in sources.terms().values():
        if (
            terms.form != "code"
            or terms.shown_to.rank > audience.rank
            or not store.editions(terms.source_id, on=on)
        ):
            continue
        if sources.connector(terms).foretells:
            with suppress(SourceError):
                told = parsed(terms, store, tables, on).forecasts
                found += [replace(one, marking=terms.shown_to) for one in told]
    return tuple(found)


def _collect(done: queue.SimpleQueue[Outcome], found: dict[str, Outcome]) -> None:
    try:
        outcome = done.get(timeout=0.1)
    except queue.Empty:
        return
    found[outcome.terms.source_id] = outcome


def _paced(chosen: Sequence[Terms]) -> list[tuple[Terms, Pace]]:
    """Sources with the pace of their host, which they share with others there."""
    hosts = {one.source_id: urlsplit(one.address).netloc for one in chosen}
    places: dict[str, int] = {}
    for one in chosen:
        host = hosts[one.source_id]
        places[host] = min(places.get(host, one.at_once), one.at_once)
    paces = {host: Pace(number) for host, number in places.items()}
    return [(one, paces[hosts[one.source_id]]) for one in chosen]


@dataclass
class _Run:
    """One source in one run: what it has asked, found and met so far."""

    terms: Terms
    plan: Plan
    pace: Pace
    stop: threading.Event
    progress: Progress | None
    asked: int = 0
    tally: Tally = Tally()
    mark: str = ""
    last_good: datetime | None = None
    faults: list[str] = field(default_factory=list)
    kind: str = ""
    armed: bool = False
    parsing: bool = False
    looked: list[Kept] = field(default_factory=list)
    secrets: Secrets = field(default_factory=Secrets, repr=False)

    def outcome(self) -> Outcome:
        """Ask and parse; whatever goes wrong makes this source absent and no other."""
        began = time.monotonic()
        for step in (self._ask, self._parse, self._note):
            found = isolated(step)
            if isinstance(found, Failure):
                self._failed(found, asking=step == self._ask)
        return self._found(time.monotonic() - began)

    def _failed(self, failure: Failure, *, asking: bool) -> None:
        """Add a fault; the first one names the kind."""
        kind = Fault.CONNECTOR if failure.error is None else Fault.ANSWER
        if (
            asking
            and isinstance(failure.error, SourceError)
            and failure.error.subject == self.terms.source_id
        ):
            kind = Fault.LINE if self.armed else Fault.KEY
        self.kind = self.kind or kind
        self.faults.append(failure.words)

    def goes_on(self, latest: float) -> bool:
        """Whether it is still to be waited for: as long as its time runs, and while it parses."""
        return self.parsing or time.monotonic() < latest

    def lost(self) -> Outcome:
        """The outcome where the run did not end in time."""
        self.kind = self.kind or Fault.LINE
        self.faults.append(f"does not come to an end within {self.terms.longest_s:g} s")
        return self._found(self.terms.longest_s)

    def _ask(self) -> None:
        """Ask for everything that is wanted, page by page, as long as it goes."""
        plan = self.plan
        if plan.kept:
            return
        self.secrets, self.armed = Secrets.of(self.terms, plan.settings), True
        told = (self.secrets, self.pace, self.stop, plan.seed, plan.silence_s, plan.back_off_s)
        asker = Asker(self.terms, *told)
        kept = frozenset(one.name for one in plan.store.editions(self.terms.source_id))
        scope = Scope(plan.tables, plan.first_day(self.terms), plan.now().date(), kept)
        asks, page = sources.connector(self.terms).asks(self.terms, scope), None
        try:
            while (ask := self._next(asks, page)) is not None:
                page = self._page(asker, ask, scope.since)
        finally:
            asker.close()
            plan.store.look(self.looked, plan.now())

    def _next(self, asks: Asks, page: Page | None) -> Ask | None:
        """The next ask; a page from which the connector cannot go on is refused."""
        try:
            return asks.send(page)
        except StopIteration:
            return None
        except SourceError as error:
            self._refuse(error, [one for one in self._unread() if page and one.name == page.name])
            raise

    def _page(self, asker: Asker, ask: Ask, since: date) -> Page | None:
        """The page of an ask: the one at hand where it was asked for lately or has not changed."""
        store, asked = self.plan.store, digest(self.terms, ask)
        kept = next((k for k in store.editions(self.terms.source_id, ask.page) if k.asked == asked), None)
        known = store.page(kept) if kept else None
        if kept and known and not self.plan.again and self.plan.now() - kept.looked < _fresh(self.terms):
            return known
        answer = asker.fetch(ask, kept.edition if kept and known else None)
        self.asked += 1
        if self.progress:
            self.progress(self.terms.source_id, self.asked)
        if answer.absent:
            return None
        if kept and known and (answer.unchanged or answer.data == known.data):
            self.looked.append(kept)
            return known
        page = Page(ask.page, answer.data, self.plan.now(), answer.kind)
        if ask.keep:
            store.keep(self.terms.source_id, page, asked, answer.edition, since)
        return page

    def _parse(self) -> None:
        """Parse what is kept, unless just that was parsed before; a page that cannot be read is refused."""
        self.parsing = True
        store, again = self.plan.store, self.plan.kept
        kept = store.editions(self.terms.source_id, refused=again)
        if kept and (again or _mark(kept) != self._parsed_last()):
            try:
                self._take(kept)
            except SourceError as error:
                self._refuse(error, self._suspects(kept, error))
                self._failed(Failure(told(error), error), asking=False)
                kept = store.editions(self.terms.source_id)
                self._take(kept)
        self.mark = _mark(kept)

    def _suspects(self, kept: Sequence[Kept], error: SourceError) -> list[Kept]:
        """The pages that an error names among those that were never read; all of these if it names none."""
        unread = list(kept) if self.plan.kept else self._unread()
        named = [one for one in unread if _is_named(one, error)]
        found = named if named or self.plan.kept else unread
        if not found:
            raise error
        return found

    def _take(self, kept: Sequence[Kept]) -> None:
        """Parse pages and add what they say."""
        if not kept:
            return
        found = _parsed(self.terms, self.plan.store, self.plan.tables, kept)
        tally = self.plan.store.take(self.terms, found.observations, self.plan.tables, self.plan.now())
        self.tally = replace(tally, refused=(*found.refused, *tally.refused))
        if self.plan.kept:
            fine = {one.id for one in self.plan.store.editions(self.terms.source_id)}
            self._accept([one for one in kept if one.id not in fine])

    def _accept(self, kept: Sequence[Kept]) -> None:
        """Take back the refusal of editions that can be read now."""
        if kept:
            self.plan.store.refuse(kept, "", self.plan.now())

    def _refuse(self, error: SourceError, kept: Sequence[Kept]) -> None:
        if kept:
            self.plan.store.refuse(kept, self.secrets.hidden(told(error)), self.plan.now())

    def _unread(self) -> list[Kept]:
        """Pages that came after all went well last."""
        last = self._last_good()
        kept = self.plan.store.editions(self.terms.source_id)
        return [one for one in kept if last is None or one.retrieved > last]

    def _note(self) -> None:
        """Write down how it went, where anything was done, and look when all went well last."""
        words, tally = self._absent, self.tally
        if self.asked or words or self.mark != self._parsed_last():
            told = (self.mark, tally.added, len(tally.refused), self.plan.now())
            self.plan.store.note(Poll(self.terms.source_id, not words, self.kind, words, *told))
        self.last_good = self._last_good()

    def _found(self, seconds: float) -> Outcome:
        day = self.last_good.date() if self.last_good else None
        return Outcome(self.terms, self.asked, self.tally, self._absent, day, seconds)

    @property
    def _absent(self) -> str:
        return self.secrets.hidden("; ".join(self.faults))

    def _last_good(self) -> datetime | None:
        return next((one.at for one in self._polls() if one.good), None)

    def _parsed_last(self) -> str:
        return next((one.parsed for one in self._polls() if one.parsed), "")

    def _polls(self) -> list[Poll]:
        """The polls of the source, the last one first."""
        return [one for one in reversed(self.plan.store.polls()) if one.source_id == self.terms.source_id]


def _parsed(terms: Terms, store: Observed, tables: Tables, kept: Sequence[Kept]) -> Parsed:
    """What editions say: parsed from the first day that any was asked for, as of the day of the newest.

    Raises SourceError where the file of one is gone or damaged.
    """
    pages = [store.page(one) for one in kept]
    gone = [one.name for one, page in zip(kept, pages, strict=True) if page is None]
    if gone:
        fix = "restore a backup, or ask for it again with --again"
        raise SourceError(terms.source_id, [Problem(name, "is gone or damaged", fix) for name in gone])
    first, last = min(one.since for one in kept), max(one.retrieved for one in kept).date()
    scope = Scope(tables, first, last, frozenset(one.name for one in kept))
    return sources.connector(terms).parse(terms, scope, [page for page in pages if page])


def _mark(kept: Sequence[Kept]) -> str:
    """What tells one set of editions from another, as this version parses them; nothing for none."""
    told = ",".join([__version__, *(str(one.id) for one in kept)])
    return hashlib.sha256(told.encode()).hexdigest() if kept else ""


def _is_named(kept: Kept, error: SourceError) -> bool:
    told = (error.subject, *(problem.where for problem in error.problems))
    return any(one == kept.name or one.startswith(f"{kept.name}:") for one in told)


def _fresh(terms: Terms) -> timedelta:
    """How long a page is not asked for again: a quarter of its cadence, a day at most."""
    return timedelta(days=min(FRESH_DAYS, FRESH_SHARE * terms.cadence_days))
