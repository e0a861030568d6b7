"""Asks and parses a source from its small replies, without a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from mirab.core.records import Observation
from mirab.observe import sources
from mirab.observe.connector import Ask, Page, Parsed, Scope

SINCE, TODAY = date(2025, 1, 1), date(2026, 11, 1)


@dataclass(frozen=True)
class Some:
    """Tables of a pack, only as many as a connector reads."""

    found: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)

    def rows(self, table: str) -> Sequence[Mapping[str, Any]]:
        """Rows of a table, none where it is not there."""
        return self.found.get(table, ())


def scope(states: str, today: date = TODAY, **tables: Sequence[Mapping[str, Any]]) -> Scope:
    """A scope of a region of some states, split by blanks; further tables by their name after the stroke."""
    rows = [{"state": state, "name": state.title(), "since": date(1991, 9, 1)} for state in states.split()]
    own = {"states": rows, **{f"security/{name}": found for name, found in tables.items()}}
    return Scope(Some(own), SINCE, today)


def page(name: str, data: str | bytes, day: date = TODAY) -> Page:
    """A page of this name as it came on a day."""
    whole = data if isinstance(data, bytes) else data.encode()
    return Page(name, whole, datetime(day.year, day.month, day.day, tzinfo=UTC))


def replies(source_id: str) -> dict[str, Path]:
    """The small replies of a source by the name of their page."""
    folder = Path(str(files("mirab.observe.connectors") / "replies" / source_id))
    return {path.stem: path for path in sorted(folder.iterdir())}


def asked(source_id: str, wanted: Scope, there: Mapping[str, bytes]) -> tuple[list[Ask], list[Page]]:
    """What a source is asked, and the pages that came of it, newest first."""
    terms = sources.terms()[source_id]
    running = sources.connector(terms).asks(terms, wanted)
    asks, pages, answer = [], [], None
    try:
        while True:
            ask = running.send(answer)
            asks.append(ask)
            answer = page(ask.page, there[ask.page]) if ask.page in there else None
            assert answer is not None or ask.optional, ask.page
            pages += [answer] if answer and ask.keep else []
    except StopIteration:
        return asks, pages[::-1]


def parsed(source_id: str, wanted: Scope, pages: Sequence[Page]) -> Parsed:
    """What the pages of a source say."""
    terms = sources.terms()[source_id]
    return sources.connector(terms).parse(terms, wanted, pages)


def replayed(source_id: str, wanted: Scope) -> Parsed:
    """What the small replies of a source say when it is asked and parsed."""
    there = {name: path.read_bytes() for name, path in replies(source_id).items()}
    asks, pages = asked(source_id, wanted, there)
    assert set(there) <= {ask.page for ask in asks}, "a reply that nobody asks for"
    return parsed(source_id, wanted, pages)


def values(found: Parsed, quantity: str) -> dict[tuple[str, str], float | None]:
    """Values of a quantity by item and first day."""
    return {(o.item, o.start.isoformat()): o.value for o in of(found, quantity)}


def of(found: Parsed, quantity: str) -> list[Observation]:
    """Observations of a quantity."""
    return [one for one in found.observations if one.quantity == quantity]
