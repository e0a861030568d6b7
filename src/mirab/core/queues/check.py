"""Checks of a declared network of queues, and of what a run is given: every problem, before a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from mirab.core.calendar import TimeAxis
from mirab.core.ensemble import Ensemble, Members
from mirab.core.errors import InputError, NetworkError, Problem, suggest
from mirab.core.network import Profile
from mirab.core.queues.network import Availability, Fleet, Node, QueueNetwork, Route, Service, stations_of

Problems = Iterator[Problem]


def problems(network: QueueNetwork) -> list[Problem]:
    """All problems of a declaration, names first; values and ways are only looked at when those hold."""
    found = [problem for look in NAMES for problem in look(network)]
    return found or [problem for look in VALUES for problem in look(network)]


def check(
    network: QueueNetwork,
    demand: Members,
    *,
    step_h: float | None,
    levels: Ensemble | None = None,
    factors: Ensemble | None = None,
) -> None:
    """Raise NetworkError with all problems of a declaration, InputError with those of what a run is given."""
    found = problems(network)
    if found:
        raise NetworkError(f"network {network.name}", found)
    given = [
        *_step(step_h),
        *_demand(network, demand),
        *_stages(network, demand, levels),
        *_factors(network, demand, factors),
    ]
    if given:
        raise InputError(f"run of {network.name}", given)


def _declared(network: QueueNetwork) -> dict[str, list[str]]:
    """Ids by kind, in order of declaration."""
    return {
        "commodity": [one.id for one in network.commodities],
        "node": [one.id for one in network.nodes],
        "link": [one.id for one in network.links],
        "route": [one.id for one in network.routes],
        "stream": [one.id for one in network.streams],
        "fleet": [one.id for one in network.fleets],
        "availability": [one.id for one in network.availabilities],
        "closure": [one.id for one in network.closures],
        "station": list(network.stations),
    }


def _repeated(network: QueueNetwork) -> Problems:
    for kind, ids in _declared(network).items():
        for id, count in Counter(ids).items():
            if count > 1:
                yield Problem(f"{kind} {id}", f"is declared {count} times", "rename all but one of them")


def _present(network: QueueNetwork) -> Problems:
    for kind, parts in (("commodity", network.commodities), ("stream", network.streams)):
        if not parts:
            yield Problem(network.name, f"has no {kind}", "declare at least one")


def _known(where: str, field: str, ids: Iterable[str], known: Sequence[str]) -> Problems:
    for id in ids:
        if id not in known:
            yield Problem(where, f"{field}={id!r} is not declared", suggest(id, known))


def _named(network: QueueNetwork) -> Problems:
    ids = _declared(network)
    for node in network.nodes:
        for service in node.services:
            yield from _known(f"node {node.id}", "commodity", service.commodities, ids["commodity"])
        yield from _known(f"node {node.id}", "excess_to", _some(node.excess_to), ids["node"])
    for link in network.links:
        yield from _known(f"link {link.id}", "tail", [link.tail], ids["node"])
        yield from _known(f"link {link.id}", "head", [link.head], ids["node"])
    for route in network.routes:
        yield from _known(f"route {route.id}", "link", route.links, ids["link"])
    for stream in network.streams:
        yield from _known(f"stream {stream.id}", "route", [stream.route], ids["route"])
        yield from _known(f"stream {stream.id}", "commodity", [stream.commodity], ids["commodity"])


def _named_beside(network: QueueNetwork) -> Problems:
    ids = _declared(network)
    for fleet in network.fleets:
        yield from _known(f"fleet {fleet.id}", "out", [fleet.out], ids["link"])
        yield from _known(f"fleet {fleet.id}", "back", [fleet.back], ids["link"])
        yield from _known(f"fleet {fleet.id}", "commodity", fleet.commodities, ids["commodity"])
    for availability in network.availabilities:
        yield from _known(f"availability {availability.id}", "node", availability.nodes, ids["node"])
    for closure in network.closures:
        yield from _known(f"closure {closure.id}", "node", closure.nodes, ids["node"])


def _some(id: str | None) -> list[str]:
    return [] if id is None else [id]


def _routes(network: QueueNetwork) -> Problems:
    links = {link.id: link for link in network.links}
    for route in network.routes:
        if not route.links:
            yield Problem(f"route {route.id}", "has no link", "name its links in order")
        for here, there in pairwise(route.links):
            if links[here].head != links[there].tail:
                what = f"is missing a link: {here} ends at {links[here].head}, {there} begins at"
                yield Problem(f"route {route.id}", f"{what} {links[there].tail}", "name one between them")
        yield from _circle(network, route)


def _circle(network: QueueNetwork, route: Route) -> Problems:
    links = {link.id: link for link in network.links}
    passed = Counter([links[id].tail for id in route.links] + [links[id].head for id in route.links[-1:]])
    for node, count in passed.items():
        if count > 1:
            yield Problem(f"route {route.id}", f"passes {node} {count} times", "let it pass each node once")


def _link_values(network: QueueNetwork) -> Problems:
    for link in network.links:
        if not 0 <= link.lag_h < np.inf:
            yield Problem(f"link {link.id}", f"has lag_h={link.lag_h:g}", "give hours >= 0")


def _node_values(network: QueueNetwork) -> Problems:
    passing = _passing(network)
    for node in network.nodes:
        for id, service in zip(stations_of(node), node.services, strict=False):
            yield from _service(f"node {id}", service)
        yield from _yard(network, node)
        served = Counter(commodity for service in node.services for commodity in service.commodities)
        for commodity in sorted(passing.get(node.id, ())):
            if node.services and served[commodity] != 1:
                what = f"has {served[commodity]} services for {commodity}, which passes it"
                yield Problem(f"node {node.id}", what, "name it in one; per_day is empty where not known")


def _passing(network: QueueNetwork) -> dict[str, set[str]]:
    """Commodities that pass each node."""
    links = {link.id: link for link in network.links}
    routes = {route.id: route for route in network.routes}
    found: dict[str, set[str]] = {}
    for stream in network.streams:
        for id in routes[stream.route].links:
            for node in (links[id].tail, links[id].head):
                found.setdefault(node, set()).add(stream.commodity)
    return found


def _service(where: str, service: Service) -> Problems:
    if service.per_day is not None:
        yield from _capacity(where, "per_day", service.per_day)
    yield from _use(where, service.commodities, service.use)
    if not 0 <= service.hours < np.inf or not 0 <= service.spread < np.inf:
        what = f"has hours={service.hours:g} and spread={service.spread:g}"
        yield Problem(where, what, "give numbers >= 0")


def _capacity(where: str, field: str, values: Profile) -> Problems:
    array = np.atleast_1d(np.asarray(values, dtype=float))
    if not np.all(np.isfinite(array)) or np.any(array < 0):
        yield Problem(where, f"has a negative or missing {field}", "give a number > 0; None where not known")
    elif not np.any(array > 0):
        fix = "leave it empty where it is not known, or declare a closure"
        yield Problem(where, f"has {field}=0: nothing can ever pass", fix)


def _use(where: str, commodities: Sequence[str], use: Sequence[float]) -> Problems:
    if use and len(use) != len(commodities):
        yield Problem(
            where, f"has {len(use)} values of use for {len(commodities)} commodities", "give one each"
        )
    if any(not 0 < one < np.inf for one in use):
        yield Problem(where, f"has use={tuple(use)}", "give numbers > 0")


def _yard(network: QueueNetwork, node: Node) -> Problems:
    if node.yard is None:
        return
    where, nodes = f"node {node.id}", {one.id: one for one in network.nodes}
    if not 0 <= node.yard < np.inf:
        yield Problem(where, f"has yard={node.yard:g}", f"give {network.unit} >= 0; None where not known")
    if node.excess_to is None:
        yield Problem(where, "has a yard and no place for the excess", "give excess_to")
        return
    passed, here = [node.id], nodes[node.excess_to]
    while here.id not in passed and here.yard is not None and here.excess_to is not None:
        passed.append(here.id)
        here = nodes[here.excess_to]
    if here.id in passed:
        way = " > ".join([*passed, here.id])
        yield Problem(where, f"sends its excess in a circle: {way}", "end it at a node without a yard")


def _fleet_values(network: QueueNetwork) -> Problems:
    carried = Counter(link for fleet in network.fleets for link in (fleet.out, fleet.back))
    for link, count in carried.items():
        if count > 1:
            yield Problem(f"link {link}", f"has {count} fleets", "give each fleet links of its own")
    for fleet in network.fleets:
        yield from _round(network, fleet)
        yield from _vessels(fleet)
        yield from _use(
            f"fleet {fleet.id}", fleet.commodities or [c.id for c in network.commodities], fleet.use
        )
        yield from _taken(network, fleet)
        yield from _drafts(fleet)


def _round(network: QueueNetwork, fleet: Fleet) -> Problems:
    links, where = {link.id: link for link in network.links}, f"fleet {fleet.id}"
    out, back = links[fleet.out], links[fleet.back]
    if (out.tail, out.head) != (back.head, back.tail):
        what = f"is unbalanced: it goes from {out.tail} to {out.head} and from {back.tail} to {back.head}"
        yield Problem(where, what, f"let back go from {out.head} to {out.tail}")
    elif out.lag_h + back.lag_h + sum(fleet.port_h) <= 0:
        yield Problem(where, "takes no time for a round", "give lag_h to its links, or port_h")


def _vessels(fleet: Fleet) -> Problems:
    where = f"fleet {fleet.id}"
    for field in ("vessels", "load"):
        value = getattr(fleet, field)
        if not 0 < value < np.inf:
            yield Problem(where, f"has {field}={value:g}", "give a number > 0")
    if not 0 < fleet.in_service <= 1:
        yield Problem(where, f"in_service={fleet.in_service:g} is not a share", "give 0 < in_service <= 1")
    if min(*fleet.port_h, fleet.wait_h) < 0:
        what = f"has port_h={fleet.port_h} and wait_h={fleet.wait_h:g}"
        yield Problem(where, what, "give hours >= 0")


def _taken(network: QueueNetwork, fleet: Fleet) -> Problems:
    """A stream that needs a vessel that does not take its commodity would wait for ever."""
    routes = {route.id: route for route in network.routes}
    for stream in network.streams:
        over = {fleet.out, fleet.back} & set(routes[stream.route].links)
        if over and fleet.commodities and stream.commodity not in fleet.commodities:
            what = f"does not take {stream.commodity}, which route {stream.route} brings to {sorted(over)[0]}"
            yield Problem(f"fleet {fleet.id}", what, "add the commodity, or another link")


def _drafts(fleet: Fleet) -> Problems:
    for draft in fleet.drafts:
        where, rises = f"fleet {fleet.id}", all(a < b for a, b in pairwise(draft.level_m))
        if len(draft.level_m) != len(draft.share) or not draft.level_m or not rises:
            yield Problem(
                where, f"has a draft at {draft.stage} without rising levels", "give one share for each"
            )
        elif any(not 0 <= share <= 1 for share in draft.share):
            yield Problem(where, f"has a draft at {draft.stage} with shares {draft.share}", "give 0 to 1")


def _closed_values(network: QueueNetwork) -> Problems:
    for availability in network.availabilities:
        yield from _spells(availability)
    for closure in network.closures:
        where = f"closure {closure.id}"
        if not 0 <= closure.open_share <= 1:
            yield Problem(where, f"open_share={closure.open_share:g} is not a share", "give 0 to 1")
        for first, last in closure.windows:
            if last < first:
                yield Problem(where, f"ends on {last}, before it begins on {first}", "turn them round")


def _spells(availability: Availability) -> Problems:
    where, shares = f"availability {availability.id}", np.atleast_1d(availability.closed_share)
    if np.any(shares < 0) or np.any(shares >= 1) or not np.all(np.isfinite(shares)):
        fix = "give 0 <= share < 1; a closure shuts for good"
        yield Problem(where, f"has closed_share={availability.closed_share}", fix)
    if shares.size not in (1, 12):
        yield Problem(where, f"has {shares.size} shares", "give one number or 12 months")
    for field in ("closed_h", "shape"):
        value = getattr(availability, field)
        if not 0 < value < np.inf:
            yield Problem(where, f"has {field}={value:g}", "give a number > 0")
    if not 0 <= availability.correlation <= 1:
        yield Problem(where, f"has correlation={availability.correlation:g}", "give 0 to 1")


def _step(step_h: float | None) -> Problems:
    if step_h is not None and (step_h <= 0 or abs(24 / step_h - round(24 / step_h)) > 1e-9):
        yield Problem("step_h", f"is {step_h:g}", "give a divisor of 24 hours, such as 6, or None")


def _demand(network: QueueNetwork, demand: Members) -> Problems:
    streams = [stream.id for stream in network.streams]
    for id in streams:
        if id not in demand.items:
            yield Problem(f"demand {id}", "is missing", suggest(id, demand.items))
    for id in demand.items:
        if id not in streams:
            yield Problem(f"demand {id}", "is of no stream", suggest(id, streams))
    if isinstance(demand, Ensemble):
        yield from _amounts(demand)


def _amounts(demand: Ensemble) -> Problems:
    for i, id in enumerate(demand.items):
        if not np.all((demand.lanes[:, :, i] >= 0) & (demand.lanes[:, :, i] < np.inf)):
            yield Problem(f"demand {id}", "is negative or missing in a step", f"give {demand.unit} >= 0")


def _fits(what: str, ensemble: Ensemble, axis: TimeAxis, members: int) -> Problems:
    if ensemble.axis != axis:
        yield Problem(what, "has other steps than the demand", "give both on one axis")
    if ensemble.members not in (1, members):
        yield Problem(what, f"has {ensemble.members} members", f"give 1 or {members}")
    if not np.all(np.isfinite(ensemble.lanes)):
        yield Problem(what, "has missing values", "give a number in each step")


def _stages(network: QueueNetwork, demand: Members, levels: Ensemble | None) -> Problems:
    there = levels.items if levels else ()
    if levels:
        yield from _fits("levels", levels, demand.axis, demand.members)
    for fleet in network.fleets:
        for draft in fleet.drafts:
            if draft.stage not in there:
                what = f"has a draft at the stage {draft.stage!r}, of which no level is given"
                yield Problem(f"fleet {fleet.id}", what, suggest(draft.stage, there))


def _factors(network: QueueNetwork, demand: Members, factors: Ensemble | None) -> Problems:
    if factors is None:
        return
    yield from _fits("factors", factors, demand.axis, demand.members)
    known = [*network.stations, *(node.id for node in network.nodes), *(fleet.id for fleet in network.fleets)]
    yield from _known("factors", "item", factors.items, known)
    if np.any(factors.lanes < 0):
        yield Problem("factors", "has a negative value", "give shares of the capacity >= 0")


NAMES: tuple[Callable[[QueueNetwork], Problems], ...] = (_repeated, _present, _named, _named_beside)
VALUES: tuple[Callable[[QueueNetwork], Problems], ...] = (
    _routes,
    _link_values,
    _node_values,
    _fleet_values,
    _closed_values,
)
