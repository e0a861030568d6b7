"""Reports on the states of a region (ReliefWeb, API v2): title, day, source and address, the newest first.

The texts belong to those who wrote them, and the service settles no licence for each: so the body is not
asked for, and the title leads to the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mirab.observe.connector import KEY, Ask, Asks, Connector, Page, Parsed, Scope, Terms
from mirab.observe.press.markup import Page as Text
from mirab.observe.replies import entries, entry, json_of
from mirab.observe.texts import parsed

_LIMIT, _MOST, _AGAIN = 100, 10, 2
FIELDS = ("title", "url", "date.created", "source.name", "country.iso3", "language.code")


def asks(terms: Terms, scope: Scope) -> Asks:
    """The newest reports by hundreds: up to a thousand the first time, later two hundred."""
    most = _AGAIN if scope.kept else _MOST
    for number in range(most):
        ask = Ask(f"reports_{number + 1}", "reports", {"appname": KEY}, body=_body(scope, number * _LIMIT))
        page = yield ask
        if page is None or len(entries(json_of(page), "data", page.name)) < _LIMIT:
            break


def _body(scope: Scope, offset: int) -> Mapping[str, Any]:
    since = f"{scope.since.isoformat()}T00:00:00+00:00"
    states = [state.lower() for state in scope.states]
    where = [
        {"field": "country.iso3", "value": states, "operator": "OR"},
        {"field": "date.created", "value": {"from": since}},
    ]
    return {
        "filter": {"operator": "AND", "conditions": where},
        "fields": {"include": list(FIELDS)},
        "sort": ["date.created:desc"],
        "limit": _LIMIT,
        "offset": offset,
    }


def parse(terms: Terms, scope: Scope, pages: Sequence[Page]) -> Parsed:
    """One text for each report: its title, with who published it and when."""
    return parsed(terms, scope, [(page, _reports(page)) for page in pages])


def _reports(page: Page) -> list[Text]:
    rows = entries(json_of(page), "data", page.name)
    return [_report(entry(row, "fields", where), where) for where, row in _placed(page, rows)]


def _placed(page: Page, rows: Sequence[Any]) -> list[tuple[str, Any]]:
    return [(f"{page.name}:{number}", row) for number, row in enumerate(rows, 1)]


def _report(fields: Any, where: str) -> Text:
    title, url, dates = (entry(fields, name, where) for name in ("title", "url", "date"))
    created = str(entry(dates, "created", where))
    authors = [str(entry(one, "name", where)) for one in entries(fields, "source", where)]
    publisher = "; ".join(authors)
    return Text(f"{title}\n\n{publisher}, {created[:10]}", str(title), created, publisher, str(url))


CONNECTORS = (Connector("reliefweb", asks, parse, texts=True),)
