"""Water that may change hands beside Bekchanov and others: gains between and within catchments, and its cost.

Three optima of one year with foresight, which differ only in what water may move. *Rights*: a claim has a
price up to the share of its demand that it was served under the priorities and limits of the pack, and none
beyond. *Within*: claims on one river may together take the volume of their rights, each wherever it is worth
most. *Between*: so may all claims. A transaction cost is taken from each m3 beyond a claim's right. Stores
end as in the reference, so that no gain comes from drawing them down. This definition is ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from mirab.core.ensemble import Members
from mirab.core.flow.run import Run
from mirab.core.flow.worth import worth
from mirab.core.network import Network
from mirab.core.values import Piece, Values
from mirab.resolve import changes, scenarios
from mirab.validation.harness import Finding, Kind, Verdict
from mirab.validation.joint.published import figure
from mirab.validation.joint.year import kept, norm, pack, prices

Groups = Mapping[str, Sequence[str]]
COSTS = (0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08)
GONE, EVEN = 0.1, 1e-9
YEARS = {"normal": None, "dry": "dry_year"}
DEAREST = 1e3
OURS = (
    "irrigation is worth the same everywhere here, so that water gains only where another claim is shorter "
    "or less is lost on the way; theirs has crops, yields and costs of each catchment"
)


@dataclass(frozen=True)
class Market:
    """A year in which claims may exchange water; `water` and `power` place the values in their ranges."""

    network: Network
    inflow: Members
    water: float = 0.5
    power: float = 0.5

    @cached_property
    def reference(self) -> Run:
        """What happens under the priorities and limits of the pack."""
        return self.network.compile().simulate(self.inflow)

    @cached_property
    def values(self) -> Values:
        """Values of the pack; what stores hold at the end is kept."""
        return replace(prices(self.network).at(self.water, self.power), stored=kept(self.reference))

    @cached_property
    def rights_mcm(self) -> Mapping[str, float]:
        """Million m3 that each claim with a price took in the reference."""
        given, length = self.reference.delivered, self.reference.axis.mcm_per_m3s
        return {id: float(length @ given[id][:, 0]) for id in self.values.water}

    @cached_property
    def shares(self) -> Mapping[str, float]:
        """Share of its demand over the year that each claim was served."""
        axis, claims = self.reference.axis, self.network.claims
        asked = {id: float(axis.mcm_per_m3s @ axis.spread(claims[id].demand_m3s)) for id in self.values.water}
        return {id: self.rights_mcm[id] / asked[id] if asked[id] else 1.0 for id in asked}

    @cached_property
    def catchments(self) -> Groups:
        """Claims with a price by the river on which they stand."""
        rivers = {row["node_id"]: row["river"] for row in pack().region.rows("water/nodes")}
        found: dict[str, list[str]] = {}
        for id in self.values.water:
            found.setdefault(str(rivers[self.network.claims[id].node]), []).append(id)
        return found

    @property
    def all(self) -> Groups:
        """All claims with a price as one group."""
        return {"all": tuple(self.values.water)}

    @cached_property
    def unmoved(self) -> float:
        """Million USD of water and power at the optimum in which each claim has its right."""
        return self.value({}, DEAREST)

    def gain(self, groups: Groups, cost: float = 0.0) -> float:
        """Million USD by which exchange within groups beats the rights, at a cost in USD/m3."""
        return self.value(groups, cost) - self.unmoved

    def value(self, groups: Groups, cost: float) -> float:
        """Million USD of water and power at the optimum, less the cost of what is beyond a right."""
        network = replace(self.network, quotas=dict(self.network.quotas))
        for name, claims in groups.items():
            volume = sum(self.rights_mcm[id] for id in claims)
            network.quota(f"rights {name}", claims=claims, volume_mcm=volume, season="water_year")
        water = {id: charged(own, self.shares[id], cost) for id, own in self.values.water.items()}
        values = replace(self.values, water=water)
        best = worth(network.compile().optimise(self.inflow, values, heads=False).run, values)
        return float(best.water.sum() + best.power.sum())

    def ends_at(self) -> float | None:
        """The least of COSTS at which exchange between catchments gains under GONE million USD."""
        return next((cost for cost in COSTS if self.gain(self.all, cost) < GONE), None)


def market(year: str, water: float = 0.5) -> Market:
    """A norm year, or one 20 % drier, at a place in the range of the value of water."""
    scenario = YEARS[year]
    made = scenarios.load(pack().region, "water", scenario).changes if scenario else ()
    network, inflow = changes.apply(pack().net, norm(), made)
    return Market(network, inflow, water)


def charged(pieces: Sequence[Piece], share: float, cost: float) -> tuple[Piece, ...]:
    """Pieces of a claim of which what lies beyond a share is worth less by a cost, and never under 0."""
    found, below = [], 0.0
    for piece in pieces:
        if below + EVEN < share < piece.to - EVEN:
            found.append(Piece(share, piece.usd_per_m3))
            below = share
        beyond = below >= share - EVEN
        found.append(Piece(piece.to, max(piece.usd_per_m3 - cost, 0.0) if beyond else piece.usd_per_m3))
        below = piece.to
    return tuple(found)


def findings() -> Iterator[Finding]:
    """Gains in a normal and a dry year beside the published ones, and the cost at which they vanish."""
    markets = {year: market(year) for year in YEARS}
    between, within = (
        {year: one.gain(getattr(one, groups)) for year, one in markets.items()}
        for groups in ("all", "catchments")
    )
    yield _size("between", between, markets)
    yield _size("within", within, markets)
    yield _order(between, within)
    yield _vanishing(markets)


def _size(kind: str, gains: Mapping[str, float], markets: Mapping[str, Market]) -> Finding:
    published = figure("bekchanov", kind)
    count = len(markets["dry"].catchments)
    remark = (
        f"both basins with the Zarafshan; catchments are the {count} rivers of the pack that have claims; "
        f"holds within a factor of 2; {OURS}"
    )
    low, high = gains["normal"], gains["dry"]
    verdict = Verdict.of(published.low / 2.0 <= high and low <= 2.0 * published.high)
    ours = f"{low:.1f} to {high:.1f}"
    what = f"gain of water that may move {kind} catchments, normal to dry year"
    return Finding(what, published.words, ours, verdict, Kind.AIM, published.unit, published.source, remark)


def _order(between: Mapping[str, float], within: Mapping[str, float]) -> Finding:
    theirs = [figure("bekchanov", kind) for kind in ("within", "between")]
    expected = ", ".join(
        f"{year} {one / all:.0%}"
        for year, one, all in (
            ("normal", theirs[0].low, theirs[1].low),
            ("dry", theirs[0].high, theirs[1].high),
        )
    )
    ours = ", ".join(f"{year} {within[year] / between[year]:.0%}" for year in between)
    holds = all(0.0 < within[year] < between[year] for year in between)
    remark = (
        "holds where both gains are above 0 and that within is the smaller; it cannot be the larger, since "
        "all that may move within may move between"
    )
    what = "gain within catchments as a part of that between them"
    return Finding(what, expected, ours, Verdict.of(holds), Kind.AIM, "", theirs[0].source, remark)


def _vanishing(markets: Mapping[str, Market]) -> Finding:
    published = figure("bekchanov", "break_even")
    ends = {f"{year} year": one.ends_at() for year, one in markets.items()}
    dear = market("dry", 1.0)
    ends["dry year, water at the high end of its value"] = dear.ends_at()
    remark = (
        f"least of {', '.join(f'{cost:g}' for cost in COSTS)} at which the gain is under {GONE} million USD; "
        "holds where it vanishes; at which cost is set by our own value of water, of which the first half of "
        f"a demand is worth {_spread(markets['dry']):.3f} USD/m3 more than the last fifth "
        f"({_spread(dear):.3f} at the high end), and so is no test of theirs"
    )
    told = "; ".join(f"{name} {'none' if cost is None else f'{cost:g}'}" for name, cost in ends.items())
    verdict = Verdict.of(all(cost is not None for cost in ends.values()))
    what = "transaction cost at which the gain between catchments vanishes"
    return Finding(what, published.words, told, verdict, Kind.AIM, published.unit, published.source, remark)


def _spread(one: Market) -> float:
    """What the first piece of a claim is worth above the last, USD/m3, the widest of all claims."""
    return max(pieces[0].usd_per_m3 - pieces[-1].usd_per_m3 for pieces in one.values.water.values())
