"""Scenarios: named changes to a network and its drivers, and what they do to each account, store and state.

A scenario is rows of the table `scenarios` of a domain in the pack. Its title says what is unavailable or
changed, not who is guilty (§13).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from mirab.core.declared import by, codes
from mirab.core.domain import Row, Tables
from mirab.core.ensemble import Ensemble
from mirab.core.errors import InputError, Problem, UnknownNameError
from mirab.core.network import Network
from mirab.core.phrase import say
from mirab.core.records import Change
from mirab.resolve import changes

LEVELS = (0.1, 0.5, 0.9)
Floats = NDArray[np.float64]
Interval = tuple[float, float, float]
Numbered = Sequence[tuple[str, Row]]


@dataclass(frozen=True)
class Scenario:
    """One scenario of a pack: what its rows say about it. `notes` tell what each row rests on."""

    id: str
    title: str
    changes: tuple[Change, ...]
    source_ids: tuple[str, ...]
    confidence: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Effect:
    """What a scenario does to one item, summed over the steps (a volume: at their end), in `unit`.

    `base` and `scenario` are the 10, 50 and 90 % points over members; `difference` those of the difference
    of each member with itself, so that all three need not subtract. `demand` is what is asked for in the two
    runs, where the item is an account. `perimeter` says what the amount is a part of (§13).
    """

    quantity: str
    item: str
    title: str
    states: tuple[str, ...]
    unit: str
    perimeter: str
    base: Interval
    scenario: Interval
    difference: Interval
    demand: tuple[float, float] | None = None


@dataclass(frozen=True)
class Comparison:
    """A scenario beside the same members without it, from the date `on` to the day before `end`.

    Both start from one state on the date. `assumptions` are sentences that stand under the table.
    """

    scenario: Scenario
    on: date
    end: date
    members: int
    seed: int
    effects: tuple[Effect, ...]
    assumptions: tuple[str, ...]


def listed(tables: Tables, domain: str) -> tuple[Scenario, ...]:
    """All scenarios that the pack has for a domain, in file order; their items are not checked here."""
    rows = by(tables.rows(f"{domain}/scenarios"), "scenario_id")
    return tuple(_scenario(tables, domain, name, own) for name, own in rows.items())


def load(tables: Tables, domain: str, name: str) -> Scenario:
    """The scenario of this name; a change of an account is one of each claim in it.

    Raises UnknownNameError for the name, InputError for values outside their unit, sign or range.
    """
    found = named(tables, domain, name)
    if problems := [problem for change in found.changes for problem in changes.misfits(change)]:
        raise InputError(f"scenario {name}", problems)
    return found


def named(tables: Tables, domain: str, name: str) -> Scenario:
    """The scenario of this name, its changes as they stand; raises UnknownNameError with the nearest one."""
    known = {scenario.id: scenario for scenario in listed(tables, domain)}
    if name not in known:
        raise UnknownNameError("scenario", name, known)
    return known[name]


def at(scenario: Scenario, value: float) -> Scenario:
    """A scenario of one amount at another amount; raises InputError for one of several, or out of range."""
    if (own := amount(scenario)) is None:
        what = "changes several amounts, which one number cannot replace"
        raise InputError("scenario", [Problem(scenario.id, what, "leave the amount out")])
    found = tuple(replace(change, value=value) for change in scenario.changes)
    if problems := [problem for change in found[:1] for problem in changes.misfits(change)]:
        raise InputError(f"scenario {scenario.id}", problems)
    if value == own.value:
        return scenario
    title = say(
        "{title}; here {value:,.6g} instead of {own:,.6g}",
        title=scenario.title,
        value=value,
        own=float(own.value),
    )
    return replace(scenario, changes=found, title=title)


def amount(scenario: Scenario) -> Change | None:
    """The change of a network by a scenario that has one amount only, be it of several items; else None."""
    kinds = {(change.what, change.value, change.months) for change in scenario.changes}
    first = scenario.changes[0]
    return first if len(kinds) == 1 and first.what in changes.KINDS else None


def made(tables: Tables, domain: str, row: Row) -> list[Change]:
    """The changes that a row of a pack stands for: a change of an account is one of each claim in it."""
    claims = [r["claim_id"] for r in tables.rows(f"{domain}/claims") if r["account"] == row["item"]]
    items = claims if row["what"] in ("demand_factor", "priority") and claims else [row["item"]]
    months = tuple(int(code) if code.isdigit() else 0 for code in codes(row.get("months")))
    return [Change(row["what"], item, row["value"], row["unit"], months) for item in items]


def problems(
    domain: str, tables: Tables, rows: Numbered, network: Network, sources: Sequence[str]
) -> list[Problem]:
    """What is wrong with the changes of rows, each row with its place: of themselves, or on this network."""
    return [
        Problem(f"{where} {problem.where}", problem.what, problem.fix)
        for where, row in rows
        for change in made(tables, domain, row)
        for problem in changes.problems(network, sources, change)
    ]


def compare(
    base: Mapping[str, Ensemble], other: Mapping[str, Ensemble], tables: Tables, domain: str
) -> tuple[Effect, ...]:
    """What the second run changes against the first: both by quantity, with the same items and members.

    Deliveries by account and state, water past gauges and energy by owner state are sums over the steps, in
    km3 and GWh; volumes of stores stand for the end of the last step. `tables` give titles and perimeters.
    """
    states = {row["state"]: row["name"] for row in tables.rows("states")}
    nodes = {row["node_id"]: row["name"] for row in tables.rows(f"{domain}/nodes")}
    gauges = {row["gauge_id"]: row["name"] for row in tables.rows(f"{domain}/gauges")}
    found = _deliveries(base, other, by(tables.rows(f"{domain}/accounts"), "account_id"), states)
    for quantity, titles, unit, total, perimeter in (
        ("volume", nodes, "km3", _end, "water in the store at the end of the last step"),
        ("inflow", gauges, "km3", _passed, "all water that passes in these steps"),
        ("energy", states, "GWh", _sum, "all plants of the pack that the state owns"),
        ("winter_energy", states, "GWh", _sum, "the same plants, October to March only"),
    ):
        one, two = ({quantity: _totals(run[quantity])} if quantity in run else {} for run in (base, other))
        for item in one[quantity].items if one else ():
            label = _Label(quantity, item, titles.get(item, item), unit, perimeter)
            found.append(_effect(label, one, two, total))
    return tuple(found)


def _deliveries(
    base: Mapping[str, Ensemble],
    other: Mapping[str, Ensemble],
    accounts: Mapping[str, Sequence[Row]],
    states: Mapping[str, str],
) -> list[Effect]:
    quantity, found = "delivered_volume", []
    for item in base[quantity].items if quantity in base else ():
        account, _, state = item.partition(":")
        (row,) = accounts[account]
        label = _Label(quantity, item, f"{row['title']}, {states[state]}", "km3", row["perimeter"])
        asked = [float(np.median(_volume(run["demand_volume"], item))) for run in (base, other)]
        found.append(_effect(label, base, other, _volume, demand=(asked[0], asked[1])))
    return found


def _scenario(tables: Tables, domain: str, name: str, rows: Sequence[Row]) -> Scenario:
    return Scenario(
        name,
        str(rows[0]["title"]),
        tuple(change for row in rows for change in made(tables, domain, row)),
        tuple(sorted({id for row in rows for id in codes(row["source_id"])})),
        tuple(sorted({str(row["confidence"]) for row in rows})),
        tuple(dict.fromkeys(row["note"] for row in rows if row["note"])),
    )


@dataclass(frozen=True)
class _Label:
    quantity: str
    item: str
    title: str
    unit: str
    perimeter: str


def _effect(
    label: _Label,
    base: Mapping[str, Ensemble],
    other: Mapping[str, Ensemble],
    total: Callable[[Ensemble, str], Floats],
    demand: tuple[float, float] | None = None,
) -> Effect:
    one, two = (total(run[label.quantity], label.item) for run in (base, other))
    states = base[label.quantity].states[base[label.quantity].position(label.item)]
    intervals = _interval(one), _interval(two), _interval(two - one)
    return Effect(
        label.quantity,
        label.item,
        label.title,
        tuple(sorted(states)),
        label.unit,
        label.perimeter,
        *intervals,
        demand=demand,
    )


def _interval(values: Floats) -> Interval:
    low, middle, high = (float(value) for value in np.quantile(values, LEVELS))
    return low, middle, high


def _totals(ensemble: Ensemble) -> Ensemble:
    """Energy of plants summed by owner state, the first of a plant's (§4); other quantities as they are."""
    if ensemble.quantity != "energy":
        return ensemble
    owners = sorted({state for states in ensemble.states for state in states[:1]})
    chosen = [[i for i, states in enumerate(ensemble.states) if states[:1] == (owner,)] for owner in owners]
    lanes = [ensemble.lanes[:, :, plants].sum(axis=2, dtype=np.float64) for plants in chosen]
    joined = np.stack(lanes, axis=2) if lanes else ensemble.lanes[:, :, :0]
    return replace(ensemble, items=tuple(owners), states=tuple((o,) for o in owners), lanes=joined)


def _volume(ensemble: Ensemble, item: str) -> Floats:
    """Sum over steps of million m3, in km3, by member."""
    return _sum(ensemble, item) / 1e3


def _passed(ensemble: Ensemble, item: str) -> Floats:
    """Sum over steps of m3/s, in km3, by member."""
    volume: Floats = ensemble.axis.mcm_per_m3s @ ensemble[item] / 1e3
    return volume


def _sum(ensemble: Ensemble, item: str) -> Floats:
    return np.asarray(ensemble[item].sum(axis=0))


def _end(ensemble: Ensemble, item: str) -> Floats:
    """Million m3 at the end of the last step, in km3, by member."""
    return np.asarray(ensemble[item][-1]) / 1e3
