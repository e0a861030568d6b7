"""How long a year of events takes from its files to deaths by state and month, with made figures."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np

from mirab.observe import sources
from mirab.observe.connector import Page, Scope
from mirab.observe.connectors.ucdp import FIELDS, PLACES, WIDTH
from mirab.validation.ratios import Ratio

TITLE = "live sources: a year of candidate events of the UCDP, 12 files, 20,000 rows of 49 columns"
MONTHS, ROWS, ROUNDS, ASKED = 12, 20_000, 3, 5.0
STATES = {"AFG": 700, "PAK": 770, "TJK": 702}
ELSEWHERE = (500, 520, 369)
TEXT = "a headline, as long as those of the real files are; " * 4


def figures() -> Sequence[Ratio]:
    """CPU seconds to parse, best of ROUNDS, against what is asked."""
    made = pages()
    taken, number = min(_parsed(made) for _ in range(ROUNDS))
    size = sum(len(page.data) for page in made) / 1e6
    remark = f"CPU time, one thread, best of {ROUNDS}; {size:.0f} MB of CSV, {number} figures"
    return [Ratio("a year of candidate events", taken, ASKED, "s", "what is asked", remark, at_most=1.0)]


def pages() -> list[Page]:
    """A file for each month of 2025; a tenth of the rows are late ones of the month before."""
    rng, each = np.random.default_rng(1), ROWS // MONTHS
    found = []
    for month in range(1, MONTHS + 1):
        late = rng.random(each) < 0.1 if month > 1 else np.zeros(each, dtype=bool)
        days, deaths = rng.integers(1, 29, each), rng.poisson(3.0, each)
        places = rng.choice([*STATES.values(), *ELSEWHERE], each)
        rows = [
            (
                month * ROWS + i,
                places[i],
                1 + i % 3,
                date(2025, month - int(late[i]), int(days[i])),
                deaths[i],
            )
            for i in range(each)
        ]
        data = _csv(rows).encode()
        found.append(Page(f"candidate_25_0_{month}", data, datetime(2026, 1, 20, tzinfo=UTC)))
    return found


def _csv(rows: Sequence[tuple[Any, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    head = [f"column_{i}" for i in range(WIDTH)]
    for name, place in zip(FIELDS, PLACES, strict=True):
        head[place] = name
    writer.writerow(head)
    for row in rows:
        cells = [TEXT if 19 <= i <= 23 else "1" for i in range(WIDTH)]
        for value, place in zip(row, PLACES, strict=True):
            cells[place] = str(value)
        writer.writerow(cells)
    return text.getvalue()


def _parsed(made: Sequence[Page]) -> tuple[float, int]:
    """CPU seconds of a parse, and how many figures it gave."""
    states = [{"state": state} for state in STATES]
    tables = SimpleNamespace(rows=lambda table: states if table == "states" else ())
    terms, scope = sources.terms()["ucdp_candidate"], Scope(tables, date(2025, 1, 1), date(2026, 1, 20))
    begun = time.process_time()
    found = sources.connector(terms).parse(terms, scope, made)
    return time.process_time() - begun, len(found.observations)
