"""Ten live sources polled together from servers on this machine that note every request."""

from __future__ import annotations

import itertools
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from mirab.core.errors import MirabError
from mirab.observe import sources
from mirab.observe.connector import Terms
from mirab.observe.observed import Observed
from mirab.observe.polling import Outcome, Plan, poll
from mirab.observe.region import load
from mirab.validation.ratios import Ratio

TITLE = "live sources"
SOURCES, PAGES, ROWS, PER_MINUTE, LIMIT_S = 10, 8, 500, 240.0, 3.0
COLUMNS = {"item": "well", "value": "depth", "start": "day", "quantity": "level", "unit": "m"}


def figures() -> Sequence[Ratio]:
    """The fastest pace that any source met, the time beside one after the other, and that of a second run."""
    replaying: Any = _replaying()
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        servers = [stack.enter_context(replaying.replaying(_script(replaying))) for _ in range(SOURCES)]
        chosen = [_terms(number, server.address) for number, server in enumerate(servers)]
        plan = Plan(Observed(Path(folder) / "observed.sqlite", "toy"), load("toy"))
        first, began = _timed(chosen, plan)
        gaps = [b.at - a.at for one in servers for a, b in itertools.pairwise(one.requests)]
        again, quick = _timed(chosen, plan)
        asked, fastest = sum(one.asked for one in first), 60 / min(gaps)
        if any(one.absent for one in (*first, *again)) or sum(one.tally.new for one in first) == 0:
            raise MirabError("a source of the benchmark is absent; see its server")
        added = sum(one.asked + one.tally.added for one in again)
    alone = sum(one.seconds for one in first)
    pace = f"shortest time between two of {asked} requests to {SOURCES} sources, as the servers saw them"
    second = f"nothing asked, {added} rows added; the limit of the house is {LIMIT_S:g} s"
    return [
        Ratio("fastest pace met", fastest, PER_MINUTE, "1/min", "limit of the terms", pace, at_most=1.0),
        Ratio("ten sources together", began, alone, "s", "one after the other", at_most=0.5),
        Ratio("second run with nothing new", quick, LIMIT_S, "s", "limit of the house", second, at_most=1.0),
    ]


def _timed(chosen: Sequence[Terms], plan: Plan) -> tuple[tuple[Outcome, ...], float]:
    began = time.perf_counter()
    return poll(chosen, plan), time.perf_counter() - began


def _terms(number: int, address: str) -> Terms:
    known = replace(sources.terms()["unhcr"], source_id=f"wells_{number}", address=address, form="csv")
    return replace(known, per_minute=PER_MINUTE, columns={**COLUMNS, "path": "wells", "page": "page"})


def _script(replaying: Any) -> Any:
    """A service of PAGES pages, each with a year of its own."""

    def script(request: Any) -> Any:
        page = int(request.query["page"])
        rows = range(ROWS if page < PAGES else 0)
        lines = [f"w{row},{2000 + page},{row % 97}" for row in rows]
        return replaying.Reply("\n".join(["well,day,depth", *lines, ""]).encode())

    return script


def _replaying() -> Any:
    sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
    return import_module("replaying")
