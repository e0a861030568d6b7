"""Refugees by state of origin and by state of asylum, at the end of each year (UNHCR Refugee Data Finder).

The side that is not named is summed by the source (`coo_all` and `coa_all` would list it). Counted are those
whom UNHCR calls refugees; asylum seekers, people displaced at home and others in need of protection are not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from itertools import count

from mirab.core.errors import Problem
from mirab.core.records import Observation
from mirab.observe.connector import Ask, Asks, Connector, Page, Parsed, Scope, Terms
from mirab.observe.replies import entries, entry, json_of

SIDES = {"coo": "refugees_from", "coa": "refugees_in"}
_LIMIT = 1000


def asks(terms: Terms, scope: Scope) -> Asks:
    """Every page of the figures by origin, then by asylum, of the states of the region."""
    for side in SIDES:
        for number in count(1):
            query = {
                "yearFrom": str(scope.since.year),
                "yearTo": str(scope.today.year),
                side: ",".join(scope.states),
                "cf_type": "ISO",
                "limit": str(_LIMIT),
                "page": str(number),
            }
            page = yield Ask(f"{side}_{scope.since.year}_{number}", "population/", query)
            if page is None or number >= int(entry(json_of(page), "maxPages", page.name) or 0):
                break


def parse(terms: Terms, scope: Scope, pages: Sequence[Page]) -> Parsed:
    """Refugees by state and year, summed over the other side; a row of overlapping pages counts once."""
    sums: dict[tuple[str, str, int], float] = defaultdict(float)
    seen: set[tuple[object, ...]] = set()
    refused = []
    for page in pages:
        side = page.name.partition("_")[0]
        for number, row in enumerate(entries(json_of(page), "items", page.name), 1):
            where = f"{page.name}:{number}"
            key = (side, *(entry(row, name, where) for name in ("year", "coo_iso", "coa_iso")))
            state, people = entry(row, f"{side}_iso", where), entry(row, "refugees", where)
            if state not in scope.states or key in seen:
                continue
            seen.add(key)
            try:
                sums[SIDES[side], state, int(key[1])] += float(people)
            except (TypeError, ValueError):
                refused.append(Problem(where, f"refugees={people!r} is no number"))
    return Parsed(
        tuple(_observation(terms, *key, people) for key, people in sorted(sums.items())),
        refused=tuple(refused),
    )


def _observation(terms: Terms, quantity: str, state: str, year: int, people: float) -> Observation:
    end = date(year + 1, 1, 1)
    return Observation(state, quantity, date(year, 1, 1), end, people, "persons", "UNHCR", terms.evidence())


CONNECTORS = (Connector("unhcr", asks, parse),)
