"""A plain service: CSV or JSON whose columns need only be named, without code.

`columns` of its row says which column holds what: `item`, `value`, and the day as `start` (an ISO day, month
or year), or `year` with `month`; `author`, `vintage` and `unit_column` where rows say them; `end`, an ISO day
after the last. Constants are `quantity`, `unit`, `period` (day, month or year; by default as long as `start`
tells), `author_name`, and `only`, which keeps rows with `COLUMN=VALUE` (several joined by &). What is asked
is `path`, with `{state}` for a request each state, `{year}` for one each year, `{since}` and `{today}` for
days. A JSON service names the list with `rows` (names joined by dots; none is the value itself), a CSV may
name its `delimiter`. `page` is the parameter that counts pages (from `page_from`, 1 by default); pages are
asked for until one has no rows. `key_as` is the parameter that carries the key, where one is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from mirab.core.calendar import day_range
from mirab.core.errors import Problem, SourceError, suggest
from mirab.core.records import Observation
from mirab.observe.connector import KEY, Ask, Asks, Connector, Page, Parsed, Scope, Terms
from mirab.observe.replies import entry, json_of, records

NEEDED, MOST_PAGES = ("item", "value", "quantity", "unit"), 1000
KNOWN = (
    *("item", "value", "quantity", "unit", "start", "end", "year", "month", "author", "author_name"),
    *("vintage", "unit_column", "period", "only", "path", "rows", "delimiter", "page", "page_from"),
    "key_as",
)
Cells = Mapping[str, Any]


def connector(terms: Terms) -> Connector:
    """The connector of a plain service; SourceError lists what its columns lack."""
    problems = list(_problems(terms))
    if problems:
        raise SourceError(terms.source_id, problems)
    return Connector(terms.source_id, asks, parse)


def asks(terms: Terms, scope: Scope) -> Asks:
    """The path of the service for each state and year that it names, page by page."""
    columns = terms.columns
    for name, path in _paths(columns.get("path", ""), scope):
        query = {columns["key_as"]: KEY} if terms.key and "key_as" in columns else {}
        if "page" not in columns:
            yield Ask(name, path, query)
            continue
        first = int(columns.get("page_from", "1"))
        for number in range(first, first + MOST_PAGES):
            page = yield Ask(f"{name}_{number}", path, {**query, columns["page"]: str(number)})
            if page is None or not any(True for _ in _rows(terms, page)):
                break


def parse(terms: Terms, scope: Scope, pages: Sequence[Page]) -> Parsed:
    """An observation of each row whose cells say one; the others are refused, each with its reason."""
    found, refused = list[Observation](), list[Problem]()
    only = [pair.partition("=")[::2] for pair in filter(None, terms.columns.get("only", "").split("&"))]
    for page in pages:
        for number, row in enumerate(_rows(terms, page), 1):
            where = f"{page.name}:{number}"
            if all(str(entry(row, name, where)) == value for name, value in only):
                one = _observation(terms, row, where)
                if isinstance(one, Problem):
                    refused.append(one)
                else:
                    found.append(one)
    return Parsed(tuple(found), refused=tuple(refused))


def _problems(terms: Terms) -> Iterator[Problem]:
    where, columns = f"columns of {terms.source_id}", terms.columns
    for name in columns:
        if name not in KNOWN:
            yield Problem(where, f"name {name!r}, which is not known", suggest(name, KNOWN))
    for name in NEEDED:
        if name not in columns and not (name == "unit" and "unit_column" in columns):
            yield Problem(where, f"do not name {name!r}", "every plain service needs it")
    if not {"start", "year"} & set(columns):
        yield Problem(where, "name no day", "name the column of 'start', or of 'year'")
    if columns.get("period", "day") not in ("day", "month", "year"):
        yield Problem(where, f"period={columns['period']!r} is not a choice", "give day, month or year")
    if not columns.get("page_from", "1").isdigit():
        yield Problem(where, f"page_from={columns['page_from']!r} is no number", "the first page is mostly 1")
    if terms.key and "key_as" not in columns:
        yield Problem(where, "do not say which parameter carries the key", "name it with 'key_as'")


def _paths(path: str, scope: Scope) -> Iterator[tuple[str, str]]:
    """Name of the page and path for each state and year that a path names."""
    states = scope.states if "{state}" in path else ("",)
    years = range(scope.since.year, scope.today.year + 1) if "{year}" in path else (0,)
    days = {"{since}": scope.since.isoformat(), "{today}": scope.today.isoformat()}
    for state in states:
        for year in years:
            filled = path.replace("{state}", state).replace("{year}", str(year))
            for place, day in days.items():
                filled = filled.replace(place, day)
            yield "_".join(["page", *filter(None, (state, str(year or "")))]), filled


def _rows(terms: Terms, page: Page) -> Iterator[Cells]:
    """The rows of a page; SourceError where it lacks a column that is named."""
    columns = terms.columns
    if terms.form == "csv":
        yield from records(page, _named(columns), delimiter=columns.get("delimiter", ","))
        return
    found = json_of(page)
    for name in filter(None, columns.get("rows", "").split(".")):
        found = entry(found, name, page.name)
    if not isinstance(found, list):
        what = f"has no list but {type(found).__name__}"
        raise SourceError(page.name, [Problem(page.name, what, "name the list with 'rows'")])
    for number, row in enumerate(found, 1):
        for name in _named(columns):
            entry(row, name, f"{page.name}:{number}")
        yield row


def _named(columns: Mapping[str, str]) -> list[str]:
    """The columns that every row must have."""
    fields = ("item", "value", "start", "end", "year", "month", "author", "vintage", "unit_column")
    only = [pair.partition("=")[0] for pair in filter(None, columns.get("only", "").split("&"))]
    return [*(columns[name] for name in fields if name in columns), *only]


def _observation(terms: Terms, row: Cells, where: str) -> Observation | Problem:
    columns = terms.columns
    days, told = _days(columns, row), row[columns["value"]]
    if days is None:
        named = {
            columns[one]: row[columns[one]] for one in ("start", "year", "month", "end") if one in columns
        }
        return Problem(where, f"has no day in {named}", "write days like 2026-04-01, 2026-04 or 2026")
    try:
        value = float(told)
    except (TypeError, ValueError):
        return Problem(where, f"{columns['value']}={told!r} is no number")
    author = (
        str(row[columns["author"]]) if "author" in columns else columns.get("author_name", terms.publisher)
    )
    unit = str(row[columns["unit_column"]]) if "unit_column" in columns else columns["unit"]
    vintage = str(row[columns["vintage"]]) if "vintage" in columns else ""
    item = str(row[columns["item"]]).strip()
    told_by = (author, terms.evidence())
    return Observation(item, columns["quantity"], *days, value, unit, *told_by, vintage=vintage)


def _days(columns: Mapping[str, str], row: Cells) -> tuple[date, date] | None:
    """The first day of a row and the day after its last; None where the cells say none."""
    if "start" in columns:
        text = str(row[columns["start"]]).strip().partition("T")[0]
    else:
        names = [columns[one] for one in ("year", "month") if one in columns]
        text = "-".join(str(row[name]).strip() for name in names)
    found = day_range(text)
    if found is None:
        return None
    first, last = found
    if "period" in columns:
        last = _last_of(first, columns["period"])
    if "end" in columns:
        ended = day_range(str(row[columns["end"]]).strip().partition("T")[0])
        if ended is None or ended[0] <= first:
            return None
        return first, ended[0]
    return first, last + timedelta(days=1)


def _last_of(first: date, period: str) -> date:
    """The last day of the day, month or year that a day lies in."""
    text = first.isoformat()[: {"day": 10, "month": 7, "year": 4}[period]]
    found = day_range(text)
    return found[1] if found else first
