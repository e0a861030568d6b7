"""Scenarios: named changes to a network and its drivers, and what they do to each account, store and state.

A scenario is rows of the table `scenarios` of a domain in the pack. Its title says what is unavailable or
changed, not who is guilty (§13). Each row is one Change: `what` is a row of KINDS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from mirab.core.declared import by, codes
from mirab.core.domain import Row, Tables
from mirab.core.ensemble import Ensemble, Members, Ranged
from mirab.core.errors import InputError, Problem, UnknownNameError, suggest
from mirab.core.network import Claim, Instream, Network, Profile
from mirab.core.records import Change

ALL = "all"
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "inflow_factor": "1",
        "demand_factor": "1",
        "demand_m3s": "m3/s",
        "demand_km3": "km3",
        "release_factor": "1",
        "release_share": "fraction",
        "instream_m3s": "m3/s",
        "capacity_m3s": "m3/s",
        "priority": "1",
    }
)
"""What a scenario may change, and the unit of its value."""
WHOLE_YEAR = frozenset({"demand_km3", "capacity_m3s", "priority"})
MONTH_DAYS = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
LEVELS = (0.1, 0.5, 0.9)
Floats = NDArray[np.float64]
Months = Sequence[int]
Interval = tuple[float, float, float]


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
    known = {scenario.id: scenario for scenario in listed(tables, domain)}
    if name not in known:
        raise UnknownNameError("scenario", name, known)
    problems = [problem for change in known[name].changes for problem in _misfits(change)]
    if problems:
        raise InputError(f"scenario {name}", problems)
    return known[name]


def apply(network: Network, inflow: Members, changes: Sequence[Change]) -> tuple[Network, Members]:
    """The network and its inflow with the changes made, in their order; the ones given stay as they are.

    Raises InputError with every item that the network does not have.
    """
    problems = [problem for change in changes for problem in _unknown(network, inflow, change)]
    if problems:
        raise InputError(f"changes of {network.name}", problems)
    changed = replace(
        network,
        claims=dict(network.claims),
        instreams=dict(network.instreams),
        reaches=dict(network.reaches),
    )
    for change in changes:
        inflow = _make(changed, inflow, change)
    return changed, inflow


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
        tuple(change for row in rows for change in _changes(tables, domain, row)),
        tuple(sorted({id for row in rows for id in codes(row["source_id"])})),
        tuple(sorted({str(row["confidence"]) for row in rows})),
        tuple(dict.fromkeys(row["note"] for row in rows if row["note"])),
    )


def _changes(tables: Tables, domain: str, row: Row) -> list[Change]:
    claims = [r["claim_id"] for r in tables.rows(f"{domain}/claims") if r["account"] == row["item"]]
    items = claims if row["what"] in ("demand_factor", "priority") and claims else [row["item"]]
    months = tuple(int(code) if code.isdigit() else 0 for code in codes(row["months"]))
    return [Change(row["what"], item, row["value"], row["unit"], months) for item in items]


def _misfits(change: Change) -> list[Problem]:
    """What is wrong with a change by itself: its kind, unit, value or months."""
    where = f"{change.what} {change.item}"
    if change.what not in KINDS:
        return [Problem(change.what, "is not a change", suggest(change.what, sorted(KINDS)))]
    found = []
    if change.unit != KINDS[change.what]:
        found.append(Problem(where, f"has the unit {change.unit!r}", f"give it in {KINDS[change.what]}"))
    top = 1.0 if change.what == "release_share" else np.inf
    if not 0.0 <= float(change.value) <= top:
        found.append(Problem(where, f"has the value {change.value}", f"allowed is 0 to {top:g}"))
    if not all(1 <= month <= 12 for month in change.months):
        found.append(Problem(where, f"holds in the months {change.months}", "join 1 to 12 by |"))
    if change.what in WHOLE_YEAR and change.months:
        found.append(Problem(where, "holds all year", "leave its months empty"))
    if change.what == "release_share" and not 0 < len(set(change.months)) < 12:
        found.append(Problem(where, "names no part of the year", "give the months of the share"))
    return found


def _unknown(network: Network, inflow: Members, change: Change) -> list[Problem]:
    """What is wrong with a change on this network: by itself, or an item that is not there."""
    misfits = _misfits(change)
    if misfits:
        return misfits
    rules = [flow.reach for flow in network.instreams.values() if flow.id == _rule(flow.reach)]
    places: dict[str, Iterable[str]] = {
        "inflow_factor": (ALL, *inflow.items),
        "demand_factor": (ALL, *network.claims),
        "release_factor": rules,
        "release_share": rules,
        "instream_m3s": network.instreams,
        "capacity_m3s": network.reaches,
    }
    known = sorted(places.get(change.what, network.claims))
    if change.item in known:
        return []
    return [Problem(f"{change.what} {change.item}", "is not in the network", suggest(change.item, known))]


def _make(network: Network, inflow: Members, change: Change) -> Members:
    """Make one change in a network that is ours to change; the inflow after it."""
    if change.what == "inflow_factor":
        scale = partial(_scaled, change=change)
        return inflow.changed(scale) if isinstance(inflow, Ranged) else scale(inflow)
    value, item = float(change.value), change.item
    if change.what == "capacity_m3s":
        network.reaches[item] = replace(network.reaches[item], capacity_m3s=value)
    elif change.what in ("instream_m3s", "release_factor", "release_share"):
        id = item if change.what == "instream_m3s" else _rule(item)
        network.instreams[id] = _kept(network.instreams[id], change, value)
    else:
        # Closing losses are no one's demand: "all" leaves them alone.
        chosen = [id for id, c in network.claims.items() if c.kind != "loss"] if item == ALL else [item]
        network.claims.update({id: _asked(network.claims[id], change, value) for id in chosen})
    return inflow


def _scaled(inflow: Ensemble, change: Change) -> Ensemble:
    items = inflow.items if change.item == ALL else (change.item,)
    months = [day.month for day in inflow.axis.starts]
    factor = np.where([not change.months or month in change.months for month in months], change.value, 1.0)
    columns = [inflow.position(item) for item in items]
    lanes = inflow.lanes.astype(np.float64)
    lanes[:, :, columns, :] *= factor.astype(float)[None, :, None, None]
    return replace(inflow, lanes=lanes)


def _kept(flow: Instream, change: Change, value: float) -> Instream:
    if change.what == "release_share":
        return replace(flow, flow_m3s=_shifted(flow.flow_m3s, change.months, value))
    fixed = change.what == "instream_m3s"
    new = _during(flow.flow_m3s, change.months, lambda old: value if fixed else old * value)
    return replace(flow, flow_m3s=new)


def _asked(claim: Claim, change: Change, value: float) -> Claim:
    if change.what == "priority":
        return replace(claim, priority=int(value))
    if change.what == "demand_m3s":
        return replace(claim, demand_m3s=_during(claim.demand_m3s, change.months, lambda old: value))
    factor = value
    if change.what == "demand_km3":
        year, days = _year(claim.demand_m3s)
        factor = value / _positive((year * days).sum() * 86_400.0 / 1e9, claim.id)
    return replace(claim, demand_m3s=_during(claim.demand_m3s, change.months, lambda old: old * factor))


def _during(profile: Profile, months: Months, new: Callable[[float], float]) -> Profile:
    """A profile whose values in some months (none given: all) are made new."""
    if not months:
        return new(profile) if isinstance(profile, float) else tuple(map(new, profile))
    year, _ = _year(profile)
    return tuple(new(v) if m in months else v for v, m in zip(year.tolist(), _months(year), strict=True))


def _shifted(profile: Profile, months: Months, share: float) -> Profile:
    """A profile of which some months carry a share of the year's volume; the volume of the year stays."""
    year, days = _year(profile)
    inside = np.isin(_months(year), months)
    volume = year * days
    part, rest = (_positive(volume[chosen].sum(), "release rule") for chosen in (inside, ~inside))
    factors = np.where(inside, share * volume.sum() / part, (1.0 - share) * volume.sum() / rest)
    return tuple((year * factors).tolist())


def _positive(volume: float, name: str) -> float:
    if volume <= 0.0:
        problem = Problem(name, "has no water in these months to scale", "set it with a kind in m3/s")
        raise InputError("changes", [problem])
    return float(volume)


def _year(profile: Profile) -> tuple[Floats, Floats]:
    """A profile as 12 months or 36 dekads, and the days of each; a number becomes 12 months."""
    values = np.resize(np.asarray(profile, dtype=float), 12 if isinstance(profile, float) else len(profile))
    if values.size == 12:
        return values, MONTH_DAYS
    return values, np.stack([np.full(12, 10.0), np.full(12, 10.0), MONTH_DAYS - 20.0], axis=1).ravel()


def _months(year: Floats) -> list[int]:
    return [i * 12 // year.size + 1 for i in range(year.size)]


def _rule(reach: str) -> str:
    return f"release_{reach}"


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
