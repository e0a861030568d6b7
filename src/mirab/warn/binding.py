"""What binds: the engine's explanation for the claims or stores of a threat, over all members and in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from mirab.core.domain import Tables
from mirab.core.flow.explain import Explanation
from mirab.core.flow.run import Run
from mirab.core.flow.shortage import Shortages
from mirab.core.flow.shortfall import Shortfall
from mirab.core.flow.summary import SHORT
from mirab.core.records import Threat

Window = tuple[date, date] | None


def claims_of(tables: Tables, group: str, item: str) -> tuple[str, ...]:
    """Claims behind an item: itself, those at a node, or those of an account that serve its state."""
    rows = tables.rows(f"{group}/claims")
    account, colon, state = item.partition(":")
    if not colon:
        return tuple(row["claim_id"] for row in rows if item in (row["claim_id"], row["node_id"]))
    served = {row["claim_id"] for row in tables.rows(f"{group}/claim_shares") if row["state"] == state}
    return tuple(row["claim_id"] for row in rows if row["account"] == account and row["claim_id"] in served)


def causes(known: Shortages, tables: Tables, group: str, threat: Threat) -> Shortfall | None:
    """What binds at the places of a threat over all members: at its uses, else at its stores.

    None where neither lacks anything in the threat's window.
    """
    claims, stores = _places(known.run, tables, group, threat)
    steps = _steps(known.run, threat.window)
    return known.of(claims, steps) or known.of(stores, steps)


def typical(run: Run, tables: Tables, group: str, threat: Threat) -> Explanation | None:
    """What binds in one member: the largest shortage of a threat's uses, else of its stores; or None."""
    claims, stores = _places(run, tables, group, threat)
    return of_claims(run, claims, threat.window) or of_stores(run, stores, threat.window)


def _places(run: Run, tables: Tables, group: str, threat: Threat) -> tuple[list[str], list[str]]:
    claims = dict.fromkeys(claim for item in threat.items for claim in claims_of(tables, group, item))
    return list(claims), [item for item in threat.items if item in run.model.network.stores]


def of_claims(run: Run, claims: Sequence[str], window: Window) -> Explanation | None:
    """Explanation of the largest shortage of some claims; None where they lack nothing.

    The step is that of the largest mean shortage inside the window, the member the median one of those that
    are short in it.
    """
    steps = _steps(run, window)
    if not claims or not steps:
        return None
    demand = run.demand()
    where = [run.delivered.position(claim) for claim in claims]
    missing = np.stack(
        [demand[steps][:, [i]] - run.delivered[c][steps] for i, c in zip(where, claims, strict=True)]
    )
    step = int(missing.sum(axis=0).mean(axis=1).argmax())
    total = missing[:, step].sum(axis=0)
    short = np.flatnonzero(total > SHORT * max(demand[steps[step], where].sum(), 1.0))
    if not short.size:
        return None
    member = int(short[np.argsort(total[short])[short.size // 2]])
    claim = claims[int(missing[:, step, member].argmax())]
    return run.explain(claim, steps[step], member)


def of_stores(run: Run, stores: Sequence[str], window: Window) -> Explanation | None:
    """Explanation of what a store could not keep, where it is lowest in the window, in the median member."""
    steps = _steps(run, window)
    if not stores or not steps:
        return None
    volume = run.volume[stores[0]][steps]
    step = int(volume.mean(axis=1).argmin())
    member = int(np.argsort(volume[step])[volume.shape[1] // 2])
    told = run.explain(stores[0], steps[step], member)
    return told if told.fraction < 1.0 else None


def _steps(run: Run, window: Window) -> list[int]:
    first, last = window or (run.axis.starts[0], run.axis.end)
    return [t for t, day in enumerate(run.axis.starts) if first <= day <= last]


def with_causes(
    threats: Sequence[Threat],
    run: Run,
    tables: Tables,
    group: str,
    names: Mapping[str, str],
    *,
    most: int = 5,
) -> tuple[Threat, ...]:
    """The first `most` threats with what binds at their places, over all members, added to their reasons."""
    found, known = [], Shortages(run)
    for rank, threat in enumerate(threats):
        told = causes(known, tables, group, threat) if rank < most else None
        lines = told.short_lines(names) if told else ()
        found.append(replace(threat, why=(*threat.why, *lines)))
    return tuple(found)
