"""Indicators of states by year (World Bank, API v2): one series of the pack a request, all states together.

The answer is a list of two: a head with the pages and the day of the edition (`lastupdated`), and the rows.
What cannot be answered comes with status 200 too, as a list of one with a `message`: such a series is told
as refused, and the others count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from mirab.core.errors import Problem, SourceError
from mirab.core.records import Observation
from mirab.observe.connector import Ask, Asks, Connector, Page, Parsed, Scope, Terms
from mirab.observe.replies import entry, json_of
from mirab.observe.yearly import FIRST_YEAR, Told, figure, states, told

_LIMIT = 1000


def asks(terms: Terms, scope: Scope) -> Asks:
    """Every page of every series, from FIRST_YEAR on: an edition is taken whole."""
    places = ";".join(states(scope))
    years = f"{min(FIRST_YEAR, scope.since.year)}:{scope.today.year}"
    for one in told(scope, terms.source_id):
        for number in count(1):
            query = {"format": "json", "per_page": str(_LIMIT), "page": str(number), "date": years}
            path = f"country/{places}/indicator/{one.code}"
            page = yield Ask(f"{one.code}_{number}", path, query, optional=True)
            if page is None or number >= _pages(page):
                break


def parse(terms: Terms, scope: Scope, pages: Sequence[Page]) -> Parsed:
    """One figure for each series, state and year: of the newest page that has one."""
    series = {one.code: one for one in told(scope, terms.source_id)}
    found: dict[tuple[str, str, int], Observation] = {}
    refused: list[Problem] = []
    for page in pages:
        head, rows = _opened(page)
        if "message" in head:
            refused.append(Problem(page.name, f"is refused by its source: {_said(head)}", _CODE))
        edition = str(head.get("lastupdated") or "")
        for number, row in enumerate(rows, 1):
            one = _read(terms, scope, series, row, f"{page.name}:{number}", edition)
            if isinstance(one, Problem):
                refused.append(one)
            elif one is not None:
                found.setdefault((one.quantity, one.item, one.start.year), one)
    return Parsed(tuple(found[key] for key in sorted(found)), refused=tuple(refused))


_CODE = "look up the series at the source and put its code right in development/series"


def _read(
    terms: Terms, scope: Scope, series: Mapping[str, Told], row: Any, where: str, edition: str
) -> Observation | Problem | None:
    """The figure of a row; None for a year without one, and for a series that the pack names no more."""
    code = str(entry(entry(row, "indicator", where), "id", where))
    state, year = (entry(row, name, where) for name in ("countryiso3code", "date"))
    value = entry(row, "value", where)
    if value is None or code not in series or state not in scope.known_states:
        return None
    return figure(terms, scope, series[code], (str(state), year, value), where, edition)


def _opened(page: Page) -> tuple[Mapping[str, Any], Sequence[Any]]:
    """Head and rows of a page; SourceError where it is no list that begins with a head."""
    answer = json_of(page)
    if not isinstance(answer, list) or not answer or not isinstance(answer[0], Mapping):
        what = "is no list of a head and rows"
        raise SourceError(page.name, [Problem(page.name, what, "look whether the source has changed")])
    rows = answer[1] if len(answer) > 1 else None
    return answer[0], rows if isinstance(rows, list) else ()


def _pages(page: Page) -> int:
    head, _ = _opened(page)
    return 0 if "message" in head else int(entry(head, "pages", page.name) or 0)


def _said(head: Mapping[str, Any]) -> str:
    told = head["message"]
    first = told[0] if isinstance(told, list) and told else told
    return str(first.get("value", first) if isinstance(first, Mapping) else first)


CONNECTORS = (Connector("worldbank", asks, parse),)
