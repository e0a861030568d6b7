"""What a user declares: places, links, stores, claims and who owns them.

A network carries one conserved quantity (water here; units are m3/s and million m3) from sources through
reaches to boundaries. Claims ask for it in the order of their priority: 1 is the most senior. Claims of one
priority share alike: the smallest served fraction is as large as it can be, then the next (max-min).

    >>> net = Network("naryn", states=("KGZ", "UZB"))
    >>> net.source("naryn_upper", into="toktogul")
    >>> zones = [Zone(5_500, 2), Zone(19_500, 5)]
    >>> net.store("toktogul", state="KGZ", full_mcm=19_500, start_mcm=12_000, zones=zones)
    >>> net.reach("toktogul", "fergana")
    >>> net.node("fergana", state="UZB")
    >>> net.boundary("syr_darya")
    >>> net.reach("fergana", "syr_darya", loss=0.03, lag=1)
    >>> net.claim("fergana_canals", at="fergana", shares={"UZB": 1.0}, demand=200.0, priority=4)
    >>> net.compile().kernel
    'claims'

Profiles (demand, minimum flow, zone top, evaporation) are a number, 12 months or 36 dekads of the calendar
year. A network is declared in any order; `check` lists all problems at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeVar

if TYPE_CHECKING:
    from mirab.core.flow.model import Model

P = TypeVar("P")
Profile = float | tuple[float, ...]


@dataclass(frozen=True)
class Node:
    """A place on the network. `states` own it, the first is its owner state (§4)."""

    id: str
    kind: Literal["node", "source", "store", "boundary"] = "node"
    states: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True)
class Zone:
    """A slice of a store, from the zone below up to `top_mcm`, kept with `priority`."""

    top_mcm: Profile
    priority: int


@dataclass(frozen=True)
class Curve:
    """Volume-area-head table of a store: rising volumes in million m3, areas in km2, heads in m."""

    volume_mcm: tuple[float, ...]
    area_km2: tuple[float, ...]
    head_m: tuple[float, ...] = ()


@dataclass(frozen=True)
class Store:
    """A reservoir or lake at node `id`; zones from the bottom up, the last one reaches `full_mcm`.

    `evaporation_mm` is the net depth lost in each step's calendar month, in mm a month.
    """

    id: str
    full_mcm: float
    start_mcm: float
    zones: tuple[Zone, ...]
    curve: Curve | None = None
    evaporation_mm: Profile = 0.0


@dataclass(frozen=True)
class Reach:
    """A link from one node to the next; `gain` = 1 - loss of what enters comes out `lag` steps later.

    `capacity_m3s` bounds the flow; what does not fit goes to `excess_to` (§5). `under_way_m3s` is the flow
    that entered in each of the `lag` steps before the start. `rank` orders the links of one node for water
    that nobody claims: the lowest rank takes it.
    """

    id: str
    tail: str
    head: str
    loss: float = 0.0
    lag: int = 0
    capacity_m3s: float | None = None
    excess_to: str | None = None
    under_way_m3s: float = 0.0
    rank: int = 0
    states: tuple[str, ...] = ()


@dataclass(frozen=True)
class Claim:
    """Water taken out at a node: demand in m3/s, shared between states, part of it returning elsewhere."""

    id: str
    node: str
    demand_m3s: Profile
    priority: int
    shares: tuple[tuple[str, float], ...]
    return_fraction: float = 0.0
    return_node: str | None = None
    kind: str = "use"


@dataclass(frozen=True)
class Instream:
    """A flow that must stay in a reach: a minimum, a release rule or an agreed delivery."""

    id: str
    reach: str
    flow_m3s: Profile
    priority: int
    states: tuple[str, ...] = ()


@dataclass(frozen=True)
class GroupCap:
    """An upper bound in m3/s on the sum of several claims: a canal head, a pumping station."""

    id: str
    claims: tuple[str, ...]
    flow_m3s: Profile


@dataclass(frozen=True)
class Quota:
    """A volume in million m3 that several claims may take in one season; it starts afresh each season."""

    id: str
    claims: tuple[str, ...]
    volume_mcm: float
    season: Literal["growing", "non_growing", "water_year"]


@dataclass(frozen=True)
class Turbine:
    """A power plant on the outlet `reach` of a store or node.

    Head comes from the store's curve at the mean volume of the step, or is `head_m` where it is constant.
    """

    id: str
    reach: str
    max_flow_m3s: float
    efficiency: float
    installed_mw: float
    head_m: float | None = None
    store: str | None = None


@dataclass
class Network:
    """A declared system. The methods add parts; `compile` checks them and makes the arrays."""

    name: str
    states: tuple[str, ...] = ()
    nodes: dict[str, Node] = field(default_factory=dict)
    stores: dict[str, Store] = field(default_factory=dict)
    reaches: dict[str, Reach] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    instreams: dict[str, Instream] = field(default_factory=dict)
    caps: dict[str, GroupCap] = field(default_factory=dict)
    quotas: dict[str, Quota] = field(default_factory=dict)
    turbines: dict[str, Turbine] = field(default_factory=dict)
    repeated: list[str] = field(default_factory=list)

    def node(self, id: str, *, state: str | Sequence[str] = (), title: str = "") -> None:
        """Add a junction or gauge."""
        self._place(Node(id, "node", _codes(state), title))

    def source(self, id: str, *, into: str, state: str | Sequence[str] = (), title: str = "") -> None:
        """Add a source; its flow comes from the inflow ensemble item of the same id, into the node `into`."""
        self._place(Node(id, "source", _codes(state), title))
        self.reach(id, into)

    def boundary(self, id: str, *, state: str | Sequence[str] = (), title: str = "") -> None:
        """Add a boundary (sea, terminal lake, outside world): what arrives leaves the system (§5)."""
        self._place(Node(id, "boundary", _codes(state), title))

    def store(
        self,
        id: str,
        *,
        full_mcm: float,
        start_mcm: float,
        zones: Sequence[Zone],
        state: str | Sequence[str] = (),
        curve: Curve | None = None,
        evaporation_mm: float | Sequence[float] = 0.0,
        title: str = "",
    ) -> None:
        """Add a store with its zones from the bottom up."""
        self._place(Node(id, "store", _codes(state), title))
        zones = tuple(Zone(_profile(zone.top_mcm), zone.priority) for zone in zones)
        self.stores[id] = Store(id, full_mcm, start_mcm, zones, curve, _profile(evaporation_mm))

    def reach(
        self,
        tail: str,
        head: str,
        *,
        id: str = "",
        loss: float = 0.0,
        lag: int = 0,
        capacity_m3s: float | None = None,
        excess_to: str | None = None,
        under_way_m3s: float = 0.0,
        rank: int = 0,
        state: str | Sequence[str] = (),
    ) -> None:
        """Add a link from `tail` to `head`; its id is `tail__head` unless given."""
        id = id or f"{tail}__{head}"
        link = Reach(id, tail, head, loss, lag, capacity_m3s, excess_to, under_way_m3s, rank, _codes(state))
        self._part("reach", self.reaches, id, link)

    def diversion(self, tail: str, head: str, *, capacity_m3s: float, loss: float = 0.0) -> None:
        """Add a side link that carries only what claims beyond it ask for, up to its capacity."""
        self.reach(tail, head, capacity_m3s=capacity_m3s, loss=loss, rank=9)

    def claim(
        self,
        id: str,
        *,
        at: str,
        demand: float | Sequence[float],
        priority: int,
        shares: Mapping[str, float] | None = None,
        returns: tuple[str, float] | None = None,
        kind: str = "use",
    ) -> None:
        """Add a claim in m3/s at a node; `returns` is (node, fraction that comes back there)."""
        node, fraction = returns or (None, 0.0)
        parts = tuple((shares or {}).items())
        claim = Claim(id, at, _profile(demand), priority, parts, fraction, node, kind)
        self._part("claim", self.claims, id, claim)

    def instream(
        self,
        id: str,
        *,
        reach: str,
        flow: float | Sequence[float],
        priority: int,
        state: str | Sequence[str] = (),
    ) -> None:
        """Add a flow in m3/s that must stay in a reach."""
        flow_kept = Instream(id, reach, _profile(flow), priority, _codes(state))
        self._part("instream", self.instreams, id, flow_kept)

    def cap(self, id: str, *, claims: Sequence[str], flow: float | Sequence[float]) -> None:
        """Bound the sum of several claims, in m3/s."""
        self._part("cap", self.caps, id, GroupCap(id, tuple(claims), _profile(flow)))

    def quota(
        self,
        id: str,
        *,
        claims: Sequence[str],
        volume_mcm: float,
        season: Literal["growing", "non_growing", "water_year"],
    ) -> None:
        """Bound the volume that several claims take in each season."""
        self._part("quota", self.quotas, id, Quota(id, tuple(claims), volume_mcm, season))

    def turbine(
        self,
        id: str,
        *,
        reach: str,
        max_flow_m3s: float,
        installed_mw: float,
        efficiency: float = 0.88,
        store: str | None = None,
        head_m: float | None = None,
    ) -> None:
        """Add a power plant on a reach, with the head of `store` or a constant one."""
        plant = Turbine(id, reach, max_flow_m3s, efficiency, installed_mw, head_m, store)
        self._part("turbine", self.turbines, id, plant)

    def compile(self) -> Model:
        """Check everything and make the arrays; raises NetworkError with all problems."""
        from mirab.core.flow.model import Model

        return Model.of(self)

    def _place(self, node: Node) -> None:
        self._part("node", self.nodes, node.id, node)

    def _part(self, kind: str, parts: dict[str, P], id: str, part: P) -> None:
        if id in parts:
            self.repeated.append(f"{kind} {id}")
        parts[id] = part


def _codes(state: str | Sequence[str]) -> tuple[str, ...]:
    return (state,) if isinstance(state, str) else tuple(state)


def _profile(values: float | Sequence[float]) -> Profile:
    if isinstance(values, (int, float)):
        return float(values)
    return tuple(float(value) for value in values)
