"""What a connector asks for when it is answered by the small replies beside the sources."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from mirab.observe.connector import Ask, Page, Parsed, Scope, Terms
from mirab.observe.region import load
from mirab.observe.sources import connector, terms

SINCE, TODAY = date(2025, 1, 1), date(2026, 11, 1)
SEEN = datetime(2026, 11, 1, 6, tzinfo=UTC)


@cache
def scope() -> Scope:
    """The scope that the replies were made for."""
    return Scope(load("central_asia"), SINCE, TODAY)


def of(source: str) -> Terms:
    """The terms of a source."""
    return terms()[source]


def replies(source: str) -> dict[str, Page]:
    """The replies of a source by the name of their page."""
    folder = files("mirab.observe.connectors") / "replies" / source
    found = [one for one in folder.iterdir() if one.is_file()]
    names = {one.name.rpartition(".")[0]: one for one in found}
    return {name: Page(name, one.read_bytes(), SEEN) for name, one in sorted(names.items())}


def asked(source: str, answer: Callable[[Ask], Page | None], where: Scope | None = None) -> list[Ask]:
    """All that a connector asks for, each ask answered by `answer`."""
    found: list[Ask] = []
    running = connector(of(source)).asks(of(source), where or scope())
    reply: Page | None = None
    while True:
        try:
            ask = running.send(reply) if found else next(running)
        except StopIteration:
            return found
        found.append(ask)
        reply = answer(ask)


def parsed(source: str, *pages: Page, where: Scope | None = None) -> Parsed:
    """What the pages say."""
    return connector(of(source)).parse(of(source), where or scope(), pages)


def page(name: str, value: Any) -> Page:
    """A page of JSON, or of text as it is."""
    data = value if isinstance(value, str) else json.dumps(value)
    return Page(name, data.encode(), SEEN)


def values(found: Parsed) -> Mapping[tuple[str, str, int], float | None]:
    """Figures by quantity, item and year."""
    return {(one.quantity, one.item, one.start.year): one.value for one in found.observations}
