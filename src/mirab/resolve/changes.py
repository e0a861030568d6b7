"""Changes: what scenarios and options may change in a network, its inflow and its start, as data.

`what` of a Change is a row of KINDS. Changes are made in their order, on a copy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from mirab.core.ensemble import Ensemble, Members, Ranged
from mirab.core.errors import InputError, Problem, suggest
from mirab.core.flow.run import State
from mirab.core.network import Claim, Instream, Network, Profile, Store
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
        "loss_factor": "1",
        "start_mcm": "million m3",
        "keep_mcm": "million m3",
        "priority": "1",
    }
)
"""What may change, and the unit of its value."""
WHOLE_YEAR = frozenset({"demand_km3", "capacity_m3s", "loss_factor", "start_mcm", "priority"})
MONTH_DAYS = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
Floats = NDArray[np.float64]
Months = Sequence[int]


def apply(network: Network, inflow: Members, changes: Sequence[Change]) -> tuple[Network, Members]:
    """The network and its inflow with the changes made, in their order; the ones given stay as they are.

    Raises InputError with every item that the network does not have.
    """
    found = [problem for change in changes for problem in problems(network, inflow.items, change)]
    if found:
        raise InputError(f"changes of {network.name}", found)
    changed = replace(
        network,
        claims=dict(network.claims),
        instreams=dict(network.instreams),
        reaches=dict(network.reaches),
        stores=dict(network.stores),
    )
    for change in changes:
        inflow = _make(changed, inflow, change)
    return changed, inflow


def begin(state: State, network: Network, changes: Sequence[Change]) -> State:
    """The state to start from with the volumes (`start_mcm`) that the changes set, for all members alike."""
    begun = state.copy()
    for change in changes:
        if change.what == "start_mcm":
            begun.volume_mcm[:, list(network.stores).index(change.item)] = float(change.value)
    return begun


def misfits(change: Change) -> list[Problem]:
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


def problems(network: Network, sources: Sequence[str], change: Change) -> list[Problem]:
    """What is wrong with a change on this network, whose inflow has the items `sources`.

    Either a change that is wrong by itself, or an item that is not there.
    """
    if found := misfits(change):
        return found
    rules = [flow.reach for flow in network.instreams.values() if flow.id == _rule(flow.reach)]
    places: dict[str, Iterable[str]] = {
        "inflow_factor": (ALL, *sources),
        "demand_factor": (ALL, *network.claims),
        "release_factor": rules,
        "release_share": rules,
        "instream_m3s": network.instreams,
        "capacity_m3s": network.reaches,
        "loss_factor": network.reaches,
        "start_mcm": network.stores,
        "keep_mcm": network.stores,
    }
    known = sorted(places.get(change.what, network.claims))
    where = f"{change.what} {change.item}"
    if change.item not in known:
        return [Problem(where, "is not in the network", suggest(change.item, known))]
    most = _most(network, change)
    if float(change.value) > most:
        return [Problem(where, f"has the value {change.value:g}", f"the most that it can be is {most:g}")]
    return []


def _most(network: Network, change: Change) -> float:
    """The largest value that an item of the network allows."""
    if change.what in ("start_mcm", "keep_mcm"):
        return network.stores[change.item].full_mcm
    loss = network.reaches[change.item].loss if change.what == "loss_factor" else 0.0
    return 1.0 / loss if loss else np.inf


def _make(network: Network, inflow: Members, change: Change) -> Members:
    """Make one change in a network that is ours to change; the inflow after it."""
    if change.what == "inflow_factor":
        scale = partial(_scaled, change=change)
        return inflow.changed(scale) if isinstance(inflow, Ranged) else scale(inflow)
    value, item = float(change.value), change.item
    if change.what == "capacity_m3s":
        network.reaches[item] = replace(network.reaches[item], capacity_m3s=value)
    elif change.what == "loss_factor":
        network.reaches[item] = replace(network.reaches[item], loss=network.reaches[item].loss * value)
    elif change.what in ("start_mcm", "keep_mcm"):
        network.stores[item] = _stored(network.stores[item], change, value)
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


def _stored(store: Store, change: Change, value: float) -> Store:
    if change.what == "start_mcm":
        return replace(store, start_mcm=value)
    highest = store.zones[-1]
    top = replace(highest, top_mcm=_during(highest.top_mcm, change.months, lambda old: value))
    return replace(store, zones=(*store.zones[:-1], top))


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
