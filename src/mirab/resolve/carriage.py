"""Changes of carriage: what scenarios and options may change in queues, vessels, ways, as data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial, reduce
from types import MappingProxyType

from mirab.core.carriage import Carriage
from mirab.core.errors import InputError, Problem, suggest
from mirab.core.queues.network import Closure, Fleet, Node, QueueNetwork, Service
from mirab.core.records import Change

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "closed_days": "day",
        "unavailable": "1",
        "level_m": "m",
        "vessels": "1",
        "per_day_factor": "1",
        "hours_factor": "1",
        "draft_share": "fraction",
        "demand_factor": "1",
        "freight_factor": "1",
    }
)
"""What may change, and the unit of its value: days from the first on, vessels and metres more, else factors.

`draft_share` is the share of a full load at any level; `unavailable` bars a nest of ways through the run.
"""


def apply(plan: Carriage, changes: Sequence[Change], on: date) -> Carriage:
    """The plan with the changes made, in their order; closures begin on the day `on`.

    Raises InputError with every item that the plan does not have and every value that does not fit.
    """
    found = [problem for change in changes for problem in problems(plan, change)]
    if found:
        raise InputError(f"changes of {plan.network.name}", found)
    return reduce(partial(_changed, on=on), changes, plan)


def problems(plan: Carriage, change: Change) -> Iterator[Problem]:
    """What is wrong with one change on this plan: kind, item, unit or value."""
    if change.what not in KINDS:
        yield Problem(change.what, "is no change of carriage", suggest(change.what, tuple(KINDS)))
        return
    known = _items(plan)[change.what]
    if change.item not in known:
        yield Problem(f"{change.what} of {change.item!r}", "is not in the plan", suggest(change.item, known))
    if change.unit != KINDS[change.what]:
        yield Problem(
            f"{change.what} of {change.item}", f"has unit {change.unit!r}", f"write {KINDS[change.what]!r}"
        )
    if change.months:
        yield Problem(f"{change.what} of {change.item}", "names months", "a change holds through the run")
    if not _fits(change):
        what = f"{change.what}={change.value} is out of bounds"
        yield Problem(f"{change.what} of {change.item}", what, "give a number above 0 (metres: any)")


def separate(plan: Carriage, changes: Sequence[Change]) -> list[tuple[Change, ...]]:
    """The changes in groups that share no market and no place, so that what each group brings adds up.

    A change that does more than to a service or a fleet keeps all in one group.
    """
    systems = _systems(plan)
    found: dict[int, list[Change]] = {}
    for change in changes:
        own = [i for i, ways in enumerate(systems) if ways & _touched(plan, change)]
        if len(own) != 1:
            return [tuple(changes)]
        found.setdefault(own[0], []).append(change)
    return [tuple(group) for _, group in sorted(found.items())]


def _touched(plan: Carriage, change: Change) -> set[str]:
    """Ways with the service or the fleet of a change; none where it names neither."""
    if change.what not in ("vessels", "draft_share", "per_day_factor", "hours_factor"):
        return set()
    stations = {id for id in plan.stations if id.rpartition("/")[2] == change.item}
    return {way.id for way in plan.ways.values() if way.loaded and stations & set(way.stations)}


def _systems(plan: Carriage) -> list[set[str]]:
    """Loaded ways that share a market or a place of the network, directly or by others."""
    links = {link.id: {link.tail, link.head} for link in plan.network.links}
    systems: list[tuple[set[str], set[str]]] = []
    for route in plan.network.routes:
        own = set().union(*(links[id] for id in route.links)) | {f"market {plan.ways[route.id].market}"}
        met = [one for one in systems if one[1] & own]
        joined = {route.id}.union(*(ways for ways, _ in met)), own.union(*(places for _, places in met))
        systems = [one for one in systems if one not in met] + [joined]
    return [ways for ways, _ in systems]


def _fits(change: Change) -> bool:
    if not isinstance(change.value, (int, float)):
        return False
    return change.what == "level_m" or change.value > 0


def _items(plan: Carriage) -> dict[str, tuple[str, ...]]:
    """The items that each kind of change may name."""
    network = plan.network
    fleets = tuple(fleet.id for fleet in network.fleets)
    services = tuple(service.name for node in network.nodes for service in node.services if service.name)
    modelled = tuple(one.name for node in network.nodes for one in node.services if one.per_day is not None)
    return {
        "closed_days": tuple(node.id for node in network.nodes),
        "unavailable": tuple(dict.fromkeys(way.nest for way in plan.ways.values() if way.loaded)),
        "level_m": () if plan.level is None else (plan.level.id,),
        "vessels": fleets,
        "per_day_factor": modelled,
        "hours_factor": services,
        "draft_share": fleets,
        "demand_factor": tuple(plan.markets),
        "freight_factor": tuple(plan.ways),
    }


def _changed(plan: Carriage, change: Change, *, on: date) -> Carriage:
    value = float(change.value)
    makers: Mapping[str, Callable[[], Carriage]] = {
        "closed_days": lambda: _closed(plan, change.item, value, on),
        "unavailable": lambda: replace(plan, barred=plan.barred | {change.item}),
        "level_m": lambda: replace(plan, level_shift=plan.level_shift + value),
        "vessels": lambda: _fleet(plan, change.item, lambda one: replace(one, vessels=one.vessels + value)),
        "per_day_factor": lambda: _capacity(plan, change.item, value),
        "hours_factor": lambda: _dwell(plan, change.item, value),
        "draft_share": lambda: _fleet(
            plan, change.item, lambda one: replace(one, load=one.load * value, drafts=())
        ),
        "demand_factor": lambda: replace(plan, demand={**plan.demand, change.item: value}),
        "freight_factor": lambda: replace(plan, freight={**plan.freight, change.item: value}),
    }
    return makers[change.what]()


def _closed(plan: Carriage, node: str, days: float, on: date) -> Carriage:
    closure = Closure(f"{node} closed", (node,), ((on, on + timedelta(days=round(days) - 1)),))
    network = replace(plan.network, closures=(*plan.network.closures, closure))
    return replace(plan, network=network)


def _fleet(plan: Carriage, id: str, make: Callable[[Fleet], Fleet]) -> Carriage:
    fleets = tuple(make(fleet) if fleet.id == id else fleet for fleet in plan.network.fleets)
    return replace(plan, network=replace(plan.network, fleets=fleets))


def _capacity(plan: Carriage, service: str, factor: float) -> Carriage:
    def make(one: Service) -> Service:
        if one.name != service or one.per_day is None:
            return one
        if isinstance(one.per_day, tuple):
            return replace(one, per_day=tuple(value * factor for value in one.per_day))
        return replace(one, per_day=one.per_day * factor)

    return replace(plan, network=_served(plan.network, make))


def _dwell(plan: Carriage, service: str, factor: float) -> Carriage:
    """Service hours times a factor: in the queues, and in what the members draw around them."""
    network = _served(
        plan.network, lambda one: replace(one, hours=one.hours * factor) if one.name == service else one
    )
    stations = {
        id: replace(one, hours=(one.hours[0] * factor, one.hours[1] * factor, one.hours[2] * factor))
        if id.endswith(f"/{service}")
        else one
        for id, one in plan.stations.items()
    }
    return replace(plan, network=network, stations=stations)


def _served(network: QueueNetwork, make: Callable[[Service], Service]) -> QueueNetwork:
    def node(one: Node) -> Node:
        return replace(one, services=tuple(make(service) for service in one.services))

    return replace(network, nodes=tuple(node(one) for one in network.nodes))
