"""Proves a connector without a network: its terms, its asks, and its parser on replies that are spoilt.

Small replies stand in for the source. Each is then spoilt in every way that sources have been seen to spoil
theirs; the connector must refuse it, or say the same as before: never another error, and never another value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from mirab.core.domain import Tables
from mirab.core.errors import MirabError, Problem, SourceError, UnknownNameError
from mirab.observe import sources
from mirab.observe.admission import admitted
from mirab.observe.asking import address, hosts
from mirab.observe.connector import KEY, USER, Ask, Asks, Connector, Page, Parsed, Scope, Terms
from mirab.observe.isolation import Failure, isolated
from mirab.observe.spoiling import Allowed, Spoilt, shape, spoilt

SINCE, TODAY, MOST_ASKS, DIGITS = date(2025, 1, 1), date(2026, 11, 1), 2000, 4
PAGE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


@dataclass(frozen=True)
class Subject:
    """A source that is checked, with its connector and the small replies that stand in for it."""

    terms: Terms
    connector: Connector
    replies: Mapping[str, bytes]
    scope: Scope

    def asked(self, replies: Mapping[str, bytes]) -> tuple[list[Ask], list[Page]]:
        """What is asked where these replies are given, and the pages that come of it, newest first."""
        asks, pages, page = list[Ask](), list[Page](), None
        running = self.connector.asks(self.terms, self.scope)
        while (ask := _sent(running, page)) is not None:
            asks.append(ask)
            if len(asks) > MOST_ASKS:
                what = f"asks for more than {MOST_ASKS} pages"
                raise MirabError(f"{self.terms.source_id} {what}: end where a page has no rows")
            page = self._page(ask, replies)
            pages += [page] if page and ask.keep else []
        return asks, pages[::-1]

    def parsed(self, pages: Sequence[Page]) -> Parsed:
        """What pages say."""
        return self.connector.parse(self.terms, self.scope, pages)

    def values(self, found: Parsed) -> dict[tuple[str, ...], object]:
        """The values that would be kept of what was parsed, and those of each forecast by item and day."""
        kept, _ = admitted(self.terms, found.observations, self.scope.tables, self.scope.today)
        values: dict[tuple[str, ...], object] = {name: one.value for name, one in kept.items()}
        for one in found.forecasts:
            for item in one.items:
                name = (item, f"forecast of {one.quantity}", str(one.issued), str(one.axis.starts[0]))
                values[name] = one[item].astype(np.float32).round(DIGITS).tobytes()
        return values

    def _page(self, ask: Ask, replies: Mapping[str, bytes]) -> Page | None:
        if ask.page in replies:
            return Page(ask.page, replies[ask.page], datetime(*TODAY.timetuple()[:3], tzinfo=UTC))
        if ask.optional:
            return None
        fix = f"add a small answer as {sources.REPLIES}/{self.terms.source_id}/{ask.page}.json (or .csv, ...)"
        raise SourceError(self.terms.source_id, [Problem(ask.page, "has no small reply", fix)])


def check(name: str, tables: Tables) -> list[str]:
    """Check a source of ours by its id, or every one of a folder; a line for each thing that was proved.

    Raises SourceError with all problems that were found.
    """
    folder, known = sources.ours(), sources.terms()
    if name in known:
        chosen = [known[name]]
    elif Path(name).is_dir():
        folder = sources.Folder(Path(name))
        chosen = list(folder.terms.values())
    else:
        raise UnknownNameError("source", name, known)
    scope = Scope(tables, SINCE, TODAY)
    lines, problems = list[str](), list[Problem]()
    for terms in chosen:
        found = list(_proved(terms, folder, scope))
        problems += [one for one in found if isinstance(one, Problem)]
        lines += [f"{terms.source_id}: {one}" for one in found if isinstance(one, str)]
    if problems:
        raise SourceError(f"connector {name}", problems)
    return lines


def _proved(terms: Terms, folder: sources.Folder, scope: Scope) -> Iterator[str | Problem]:
    """What holds of one source, and what does not; a file that cannot be run is a problem of its own."""
    connector = isolated(lambda: folder.connector(terms))
    if isinstance(connector, Failure):
        yield Problem(terms.source_id, connector.words)
        return
    yield from _checked(Subject(terms, connector, folder.replies(terms.source_id), scope))


def _checked(subject: Subject) -> Iterator[str | Problem]:
    """What holds, in words, and what does not."""
    terms = subject.terms
    passed = "may be passed on" if terms.redistributable else "may not be passed on"
    yield f"terms are whole; licence {terms.licence}; {passed}"
    asked = isolated(lambda: subject.asked(subject.replies))
    if isinstance(asked, Failure):
        yield Problem(terms.source_id, f"cannot be asked: {asked.words}")
        return
    asks, pages = asked
    wrong = list(_ask_problems(subject, asks))
    yield from wrong
    if not wrong:
        yield (f"{len(asks)} asks, on {', '.join(sorted(hosts(terms)))} alone, the same each time")
    found = isolated(lambda: subject.parsed(pages))
    if isinstance(found, Failure):
        yield Problem(terms.source_id, f"cannot read its replies: {found.words}")
        return
    yield from _record_problems(subject, pages, found)
    yield _told(found)
    yield from _spoilt(subject, found)


def _ask_problems(subject: Subject, asks: Sequence[Ask]) -> Iterator[Problem]:
    terms = subject.terms
    for ask in asks:
        parts = urlsplit(address(terms, ask))
        if parts.scheme != "https" or parts.hostname not in hosts(terms):
            where = f"{parts.scheme}://{parts.hostname}"
            yield Problem(ask.page, f"asks {where}", "ask over https, on the hosts of the terms")
        if any(place in f"{ask.path} {ask.body}" for place in (KEY, USER)):
            yield Problem(ask.page, "has a secret in its path or body", "put it into query, headers or form")
        if not PAGE_NAME.fullmatch(ask.page):
            yield Problem(ask.page, "is no name of a page", "use letters, digits, _, - and .")
    names = [ask.page for ask in asks if ask.keep]
    for name in sorted({one for one in names if names.count(one) > 1}):
        yield Problem(name, "names two pages that are asked for", "give each page its own name")
    for name in sorted(subject.replies.keys() - {ask.page for ask in asks}):
        yield Problem(name, "is a reply that nobody asks for", "take it away, or mend the asks")
    if isolated(lambda: subject.asked(subject.replies)[0]) != list(asks):
        yield Problem(terms.source_id, "asks otherwise when it is asked again", "use scope.today, no clock")


def _record_problems(subject: Subject, pages: Sequence[Page], found: Parsed) -> list[Problem]:
    where = subject.terms.source_id
    _, refused = admitted(subject.terms, found.observations, subject.scope.tables, subject.scope.today)
    problems = list(refused)
    if not (found.observations or found.forecasts or found.texts):
        problems.append(Problem(where, "makes no record of its replies", "add replies that hold something"))
    if _content(subject.parsed(pages)) != _content(found):
        problems.append(Problem(where, "parses otherwise when it parses again", "make parse pure"))
    twice = isolated(lambda: subject.values(subject.parsed([*pages, *pages])))
    if twice != subject.values(found):
        problems.append(Problem(where, "counts pages that overlap twice", "take the first row for one thing"))
    return problems


def _spoilt(subject: Subject, sound: Parsed) -> Iterator[str | Problem]:
    """Whether spoilt replies are refused, or say what the sound ones say."""
    outcomes, problems, values = list[str](), list[Problem](), subject.values(sound)
    shapes = {shape(data): (name, data) for name, data in reversed(list(subject.replies.items()))}
    for name, data in shapes.values():
        for one in spoilt(data):
            outcome = _outcome(subject, {**subject.replies, name: one.data}, values, len(sound.refused), one)
            if isinstance(outcome, Problem):
                problems.append(Problem(name, f"{outcome.what} where it {one.what}", outcome.fix))
            else:
                outcomes.append(outcome)
    yield from problems
    if not problems:
        counts = ", ".join(f"{outcomes.count(kind)} {kind}" for kind in sorted(set(outcomes)))
        yield f"{len(outcomes)} spoilt replies, of {len(shapes)} shapes: {counts}"


def _outcome(
    subject: Subject,
    replies: Mapping[str, bytes],
    values: Mapping[tuple[str, ...], object],
    refused: int,
    one: Spoilt,
) -> str | Problem:
    """What became of spoilt replies, in a word, or what must not; sound ones give `values`."""
    found = isolated(lambda: subject.parsed(subject.asked(replies)[1]))
    if isinstance(found, Failure):
        return _refusal(found, one)
    there = subject.values(found)
    if there == values:
        return "read as before"
    changed = [name for name, value in there.items() if values.get(name, ...) != value]
    told = one.allowed is Allowed.SAME and len(found.refused) > refused and not changed
    if told or one.allowed is Allowed.OTHER:
        return "read in part"
    what = f"gives other values ({', '.join(changed[0][:3])})" if changed else "loses values without a word"
    return Problem("", what, "take a field that must be there with `entry`")


def _refusal(found: Failure, one: Spoilt) -> str | Problem:
    """Whether a spoilt reply was refused on purpose, and may be."""
    if not isinstance(found.error, SourceError):
        return Problem("", f"fails: {found.words}", "raise SourceError, or refuse the row with a Problem")
    if one.allowed is Allowed.ALWAYS_SAME:
        return Problem("", "is refused", "take fields by name, and no other")
    return "refused"


def _content(found: Parsed) -> tuple[object, ...]:
    """What tells one parse from another."""
    forecasts = [(one.quantity, one.items, one.axis, one.lanes.tobytes()) for one in found.forecasts]
    return found.observations, forecasts, found.texts, found.refused


def _told(found: Parsed) -> str:
    counts = {
        "observations": len(found.observations),
        "forecasts": len(found.forecasts),
        "texts": len(found.texts),
        "refused rows": len(found.refused),
    }
    told = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    return f"{told}; quantities and units are known, pages that overlap count once"


def _sent(running: Asks, page: Page | None) -> Ask | None:
    try:
        return running.send(page)
    except StopIteration:
        return None
