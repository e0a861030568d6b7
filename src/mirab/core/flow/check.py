"""Checks of a declared network: every problem, in plain words, before anything is compiled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

import numpy as np

from mirab.core.errors import Problem, suggest
from mirab.core.flow.layout import all_reaches
from mirab.core.network import Curve, Network, Profile, Store

SENIORITY = "1 is the most senior; 0 belongs to evaporation"


def problems(network: Network) -> list[Problem]:
    """All problems of a network, references first; the others are only looked for when those hold."""
    found = [Problem(name, "is declared twice", "rename one of them") for name in network.repeated]
    found += [problem for check in REFERENCES for problem in check(network)]
    return found or [problem for check in VALUES for problem in check(network)]


def _known(where: str, field: str, id: str, known: Mapping[str, object]) -> Iterator[Problem]:
    if id not in known:
        yield Problem(where, f"{field}={id!r} is not declared", suggest(id, list(known)))


def _reach_ends(network: Network) -> Iterator[Problem]:
    for reach in network.reaches.values():
        yield from _known(f"reach {reach.id}", "tail", reach.tail, network.nodes)
        yield from _known(f"reach {reach.id}", "head", reach.head, network.nodes)
        if reach.excess_to is not None:
            yield from _known(f"reach {reach.id}", "excess_to", reach.excess_to, network.nodes)


def _claim_places(network: Network) -> Iterator[Problem]:
    for claim in network.claims.values():
        yield from _known(f"claim {claim.id}", "at", claim.node, network.nodes)
        if claim.return_node is not None:
            yield from _known(f"claim {claim.id}", "returns", claim.return_node, network.nodes)
        for state, _ in claim.shares:
            yield from _known(f"claim {claim.id}", "share", state, dict.fromkeys(network.states))


def _group_members(network: Network) -> Iterator[Problem]:
    for kind, groups in (("cap", network.caps), ("quota", network.quotas)):
        for group in groups.values():
            if not group.claims:
                yield Problem(f"{kind} {group.id}", "names no claim", "name at least one")
            for claim in group.claims:
                yield from _known(f"{kind} {group.id}", "claim", claim, network.claims)


def _links_named(network: Network) -> Iterator[Problem]:
    for instream in network.instreams.values():
        yield from _known(f"instream {instream.id}", "reach", instream.reach, network.reaches)
    for plant in network.turbines.values():
        yield from _known(f"turbine {plant.id}", "reach", plant.reach, network.reaches)
        if plant.store is not None:
            yield from _known(f"turbine {plant.id}", "store", plant.store, network.stores)


def _not_amounts(values: Profile) -> bool:
    return bool(np.any(np.asarray(values) < 0) or not np.all(np.isfinite(values)))


def _bound_values(network: Network) -> Iterator[Problem]:
    for kind, parts in (("cap", network.caps), ("instream", network.instreams)):
        for part in parts.values():
            if _not_amounts(part.flow_m3s):
                yield Problem(f"{kind} {part.id}", "has a negative or missing flow", "give m3/s >= 0")
    for instream in network.instreams.values():
        if instream.priority < 1:
            yield Problem(f"instream {instream.id}", f"priority={instream.priority}", SENIORITY)
    for quota in network.quotas.values():
        if _not_amounts(quota.volume_mcm):
            yield Problem(f"quota {quota.id}", f"has volume_mcm={quota.volume_mcm}", "give million m3 >= 0")


def _turbine_values(network: Network) -> Iterator[Problem]:
    for plant in network.turbines.values():
        where = f"turbine {plant.id}"
        curve = network.stores[plant.store].curve if plant.store else None
        if plant.head_m is None and not (curve and curve.head_m):
            yield Problem(where, "has no head", "give head_m, or a store whose curve has heads")
        if not 0 < plant.efficiency <= 1:
            yield Problem(
                where, f"efficiency={plant.efficiency} is not a fraction", "give 0 < efficiency <= 1"
            )
        sizes = (plant.max_flow_m3s, plant.installed_mw, plant.head_m or 0.0)
        if _not_amounts(sizes):
            yield Problem(where, f"has flow, MW, head = {sizes}", "give numbers >= 0")


def _reach_values(network: Network) -> Iterator[Problem]:
    for reach in network.reaches.values():
        where = f"reach {reach.id}"
        if not 0 <= reach.loss < 1:
            yield Problem(where, f"loss={reach.loss} is not a fraction", "give 0 <= loss < 1")
        if reach.lag < 0 or reach.under_way_m3s < 0:
            yield Problem(
                where, f"lag={reach.lag} or under_way_m3s={reach.under_way_m3s} is negative", "give 0 or more"
            )
        if network.nodes[reach.tail].kind == "boundary":
            yield Problem(
                where, f"leaves the boundary {reach.tail!r}", "let it start at a node, or declare a source"
            )
        if reach.capacity_m3s is not None and not reach.capacity_m3s >= 0:
            yield Problem(
                where, f"capacity_m3s={reach.capacity_m3s} is negative or missing", "give 0 or more"
            )


def _excess_places(network: Network) -> Iterator[Problem]:
    for reach in network.reaches.values():
        if reach.capacity_m3s is not None and reach.excess_to is None and not _other_way(network, reach.tail):
            yield Problem(
                f"reach {reach.id}",
                f"has capacity_m3s={reach.capacity_m3s} and no place for what does not fit (§5)",
                f"give excess_to, for instance {reach.head!r} for water that goes over the bank",
            )


def _other_way(network: Network, tail: str) -> bool:
    ways = (reach for reach in network.reaches.values() if reach.tail == tail)
    return any(way.capacity_m3s is None or way.excess_to is not None for way in ways)


def _claim_values(network: Network) -> Iterator[Problem]:
    for claim in network.claims.values():
        where = f"claim {claim.id}"
        if claim.shares and abs(sum(share for _, share in claim.shares) - 1.0) > 1e-6:
            total = sum(share for _, share in claim.shares)
            yield Problem(where, f"shares add to {total:.4g}", "let them add to 1")
        if claim.priority < 1:
            yield Problem(where, f"priority={claim.priority}", SENIORITY)
        if _not_amounts(claim.demand_m3s):
            yield Problem(where, "has a negative or missing demand", "give m3/s >= 0")
        if not 0 <= claim.return_fraction < 1:
            yield Problem(
                where, f"returns {claim.return_fraction} of what it takes", "give a fraction below 1"
            )
        if network.nodes[claim.node].kind == "boundary":
            yield Problem(where, f"stands at the boundary {claim.node!r}", "put it at the node above")


def _store_values(network: Network) -> Iterator[Problem]:
    for store in network.stores.values():
        where = f"store {store.id}"
        if not 0 <= store.start_mcm <= store.full_mcm < np.inf:
            yield Problem(
                where,
                f"start_mcm={store.start_mcm} is not between 0 and full_mcm={store.full_mcm}",
                "mend one",
            )
        if not store.zones:
            yield Problem(where, "has no zone", f"give at least Zone({store.full_mcm}, priority)")
        yield from (
            Problem(where, f"zone priority={z.priority}", SENIORITY) for z in store.zones if z.priority < 1
        )
        for lower, upper in pairwise(store.zones):
            if np.any(np.asarray(upper.top_mcm) < np.asarray(lower.top_mcm)):
                yield Problem(
                    where,
                    f"zone top {upper.top_mcm} lies under {lower.top_mcm}",
                    "list zones from the bottom up",
                )
        if _not_amounts(store.evaporation_mm):
            yield Problem(where, "has a negative or missing evaporation", "give net mm a month >= 0")
        yield from _curve_values(where, store)


def _curve_values(where: str, store: Store) -> Iterator[Problem]:
    curve = store.curve
    if curve is None:
        if np.any(np.asarray(store.evaporation_mm) > 0):
            yield Problem(where, "evaporates but has no curve", "give volumes and areas")
        return
    if len(curve.volume_mcm) < 2 or len(curve.volume_mcm) != len(curve.area_km2):
        yield Problem(
            where,
            f"curve has {len(curve.volume_mcm)} volumes and {len(curve.area_km2)} areas",
            "give as many, 2 at least",
        )
        return
    if len(curve.head_m) not in (0, len(curve.volume_mcm)):
        counts = f"{len(curve.volume_mcm)} volumes and {len(curve.head_m)} heads"
        yield Problem(where, f"curve has {counts}", "give as many, or none")
    yield from _rising(where, curve)


def _rising(where: str, curve: Curve) -> Iterator[Problem]:
    if np.any(np.diff(curve.volume_mcm) <= 0):
        yield Problem(where, f"curve volumes {curve.volume_mcm} do not rise", "sort them, each once")
    for field, values in (("areas", curve.area_km2), ("heads", curve.head_m)):
        if np.any(np.diff(values) < 0):
            yield Problem(where, f"curve {field} {values} fall", "a fuller store is not smaller or lower")


def _draining(network: Network) -> Iterator[Problem]:
    """Every node that can hold water must be able to pass it on without a capacity."""
    reaches = all_reaches(network).values()
    drains = {node.id for node in network.nodes.values() if node.kind == "boundary"}
    free = [r for r in reaches if r.capacity_m3s is None or r.excess_to == r.head]
    while True:
        more = {r.tail for r in free if r.head in drains or r.lag} - drains
        if not more:
            break
        drains |= more
    wet = {n.id for n in network.nodes.values() if n.kind in ("source", "store")}
    wet |= {r.head for r in reaches if r.lag} | {
        c.return_node for c in network.claims.values() if c.return_node
    }
    for node in sorted(wet - drains):
        yield Problem(
            f"node {node}",
            "has no way out to a boundary that is free of capacities",
            "add a reach or an excess_to",
        )


def _instant_loops(network: Network) -> Iterator[Problem]:
    """A loop of reaches without lag could pass water round for ever within a step."""
    onward: dict[str, list[str]] = {}
    for reach in network.reaches.values():
        if reach.lag == 0:
            onward.setdefault(reach.tail, []).append(reach.head)
    done: set[str] = set()
    for node in network.nodes:
        path = _loop_from(node, onward, done)
        if path:
            yield Problem(
                "reaches", f"run in a circle without lag: {' > '.join(path)}", "remove one, or give one a lag"
            )
            return


def _loop_from(node: str, onward: Mapping[str, list[str]], done: set[str]) -> list[str]:
    path: list[str] = []
    stack = [(node, iter(onward.get(node, [])))] if node not in done else []
    path += [node] if stack else []
    while stack:
        here, heads = stack[-1]
        head = next(heads, None)
        if head is None:
            done.add(here)
            stack.pop()
            path.pop()
        elif head in path:
            return [*path[path.index(head) :], head]
        elif head not in done:
            path.append(head)
            stack.append((head, iter(onward.get(head, []))))
    return []


REFERENCES: tuple[Callable[[Network], Iterator[Problem]], ...] = (
    _reach_ends,
    _claim_places,
    _group_members,
    _links_named,
)
VALUES: tuple[Callable[[Network], Iterator[Problem]], ...] = (
    _reach_values,
    _excess_places,
    _claim_values,
    _store_values,
    _bound_values,
    _turbine_values,
    _draining,
    _instant_loops,
)
