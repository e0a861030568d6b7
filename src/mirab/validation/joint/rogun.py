"""Rogun under five operations beside Jalilov, Varis and Keskinen 2015: change of benefits by state.

The reservoir, which is under construction and no store of the pack, is added to the rivers as full. Each
operation is an optimum of the norm year with foresight in which the benefits that have priority weigh
WEIGHT times the others; the baseline is the pack's own division without the reservoir. As in the paper the
benefit of Tajikistan is that of its fields and of the power of Rogun alone, of the others that of fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations

import numpy as np

from mirab.core.flow import system
from mirab.core.flow.layout import all_reaches
from mirab.core.flow.run import Run
from mirab.core.flow.worth import worth
from mirab.core.network import Network, Profile, Zone
from mirab.core.values import Piece, Values
from mirab.validation.harness import Finding, Kind, Verdict
from mirab.validation.joint.published import figure
from mirab.validation.joint.year import ENDS, MIDDLE, At, kept, norm, over_values, pack, prices

ROGUN, WAY, EFFICIENCY = "rogun", "rogun__nurek", 0.9
WEIGHT, POINTS, EQUAL = 10.0, 10.0, 0.5
STUDY = "jalilov_2015"
STATES = ("AFG", "TJK", "UZB")
NAMES = ("middle of our values", *ENDS)
PLACES: tuple[At, ...] = (MIDDLE, *ENDS.values())


@dataclass(frozen=True)
class Priority:
    """Whose fields and whose power plants come first."""

    water: tuple[str, ...] = ()
    power: tuple[str, ...] = ()


OPERATIONS = {
    "upstream energy": Priority(power=("TJK",)),
    "Uzbekistan": Priority(water=("UZB",)),
    "Turkmenistan": Priority(water=("TKM",)),
    "downstream": Priority(water=("TKM", "UZB")),
    "no priority": Priority(),
}
WHY = {
    "AFG": (
        "the pack serves in full what Afghanistan is estimated to ask for, ahead of the limits, so that it "
        "can only lose in an optimum; in the paper its fields grow"
    ),
    "TJK": (
        "what Rogun adds is its energy at a price of power that is known to a factor of two at best, held "
        "against fields at a value that is known to a factor of three; with a constant head and the same "
        "volume at both ends Rogun makes the same in all operations, so that only fields tell them apart"
    ),
    "UZB": (
        "the pack asks for no more than the limits, of which the baseline serves nearly nine tenths, so that "
        "there is little to gain; Turkmenistan too wants no more than its limit; in the paper demand may grow"
    ),
}
SETTING = (
    "norm year against the pack's division without Rogun; full at the start and at the end; constant head of "
    f"285 m; priority is a weight of {WEIGHT:g} (ours)"
)


def findings() -> Iterator[Finding]:
    """Energy of Rogun; change of benefit by state and operation; signs and order by state."""
    yield _energy()
    for state in STATES:
        yield from (_change(state, operation) for operation in OPERATIONS)
        yield _signs(state)
        yield _order(state)


def _energy() -> Finding:
    published = figure("rogun", "production")
    ours = float(best("no priority").energy[ROGUN].sum()) / 1000.0
    remark = "norm year; set by the inflow, the recalled head and an efficiency of 0.9; holds within 15 %"
    verdict = Verdict.of(published.near(ours, 0.15))
    what = "energy of Rogun when full"
    return Finding(
        what, published.words, round(ours, 2), verdict, Kind.AIM, published.unit, published.source, remark
    )


def _change(state: str, operation: str) -> Finding:
    theirs, ours = printed(state, operation), [change(state, operation, at) for at in PLACES]
    verdict = judged(theirs, ours)
    why = "" if verdict is Verdict.HOLDS else f"; {WHY[state]}"
    remark = (
        f"{SETTING}; at the ends of our values {min(ours[1:]):+.0f} to {max(ours[1:]):+.0f}; holds within "
        f"{POINTS:g} points at all of them, misses where it is further from all that lies between them{why}"
    )
    what = f"Rogun, {_title(operation)}: change of benefits of {state}"
    source = figure(STUDY, "agriculture", operation, state).source
    return Finding(what, round(theirs, 1), round(ours[0], 1), verdict, Kind.AIM, "%", source, remark)


def judged(theirs: float, ours: Sequence[float]) -> Verdict:
    """Within POINTS of the paper at all of our values, beyond all that they allow, or neither."""
    if all(abs(one - theirs) <= POINTS for one in ours):
        return Verdict.HOLDS
    beyond = not min(ours) - POINTS <= theirs <= max(ours) + POINTS
    return Verdict.MISSES if beyond else Verdict.CANNOT_BE_CHECKED


def _signs(state: str) -> Finding:
    told = [one for one in OPERATIONS if abs(printed(state, one)) > EQUAL]
    same = sum(printed(state, one) * change(state, one) > 0.0 for one in told)
    remark = "of those that change something in the paper; holds where all signs agree; middle of our values"
    if same < len(told):
        remark += f"; {WHY[state]}"
    what = f"Rogun: operations in which {state} gains or loses as in the paper"
    source = figure(STUDY, "agriculture", "baseline", state).source
    return Finding(what, len(told), same, Verdict.of(same == len(told)), Kind.AIM, "", source, remark)


def _order(state: str) -> Finding:
    theirs = {operation: printed(state, operation) for operation in OPERATIONS}
    ours = [{one: change(state, one, at) for one in OPERATIONS} for at in PLACES]
    against = [list(_reversed(theirs, one)) for one in ours]
    verdict = over_values([not one for one in against])
    told = "; ".join(f"{name}: {', '.join(one) or 'none'}" for name, one in zip(NAMES, against, strict=True))
    remark = f"pairs that stand the other way round by over {EQUAL} points; {told}"
    if verdict is not Verdict.HOLDS:
        remark += f"; {WHY[state]}"
    what = f"Rogun: order of the operations for {state}"
    source = figure(STUDY, "agriculture", "baseline", state).source
    return Finding(what, _ordered(theirs), _ordered(ours[0]), verdict, Kind.AIM, "", source, remark)


def _reversed(theirs: Mapping[str, float], ours: Mapping[str, float]) -> Iterator[str]:
    for one, two in combinations(OPERATIONS, 2):
        gaps = theirs[one] - theirs[two], ours[one] - ours[two]
        if gaps[0] * gaps[1] < 0.0 and min(map(abs, gaps)) > EQUAL:
            yield f"{one} and {two}"


def _ordered(changes: Mapping[str, float]) -> str:
    return ", ".join(sorted(changes, key=lambda one: -changes[one]))


def _title(operation: str) -> str:
    return operation if operation == "no priority" else f"priority {operation}"


def printed(state: str, operation: str) -> float:
    """Percent by which the paper's benefit of a state differs from its baseline without Rogun."""
    gained = figure(STUDY, "agriculture", operation, state).low
    if state == "TJK":
        gained += figure(STUDY, "energy", operation, state).low
    return 100.0 * (gained / figure(STUDY, "agriculture", "baseline", state).low - 1.0)


def change(state: str, operation: str, at: At = MIDDLE) -> float:
    """Percent by which our benefit of a state differs from that of the division without Rogun.

    `at` places the values of water and of power in their ranges.
    """
    without = benefits(divided(built=False), at)[state]
    return 100.0 * (benefits(best(operation, at), at)[state] / without - 1.0)


def benefits(run: Run, at: At) -> Mapping[str, float]:
    """Million USD of the fields of each state, and for the owner of Rogun of its power."""
    network = run.model.network
    values = prices(network).at(*at)
    found = worth(run, values)
    usd = dict(zip(found.states, found.water[0].tolist(), strict=True))
    if ROGUN in network.turbines:
        usd["TJK"] += float(values.power_usd(ROGUN, run.energy[ROGUN], run.axis)[0]) / 1e6
    return usd


@cache
def best(operation: str, at: At = MIDDLE) -> Run:
    """The optimum of an operation with Rogun; all stores end as in the division."""
    reference = divided(built=True)
    network = reference.model.network
    values = _weighed(prices(network).at(*at), network, OPERATIONS[operation])
    values = replace(values, stored=kept(reference))
    return network.compile().optimise(reference.inflow, values, heads=False).run


@cache
def divided(*, built: bool) -> Run:
    """The norm year of the Amu Darya as the priorities of the pack divide it, with Rogun or without."""
    nodes = next(part for part in system.parts(pack().net) if ROGUN in part)
    network = system.alone(pack().net, nodes)
    model = (with_rogun(network) if built else network).compile()
    return model.simulate(norm().select(tuple(model.items.sources)))


def with_rogun(network: Network) -> Network:
    """The network with the full reservoir and its plant in the place of the node; the one given stays."""
    nodes = {id: node for id, node in network.nodes.items() if id != ROGUN}
    made = replace(network, nodes=nodes, stores=dict(network.stores), turbines=dict(network.turbines))
    fact = {row: figure(ROGUN, row).low for row in ("full", "dead", "installed", "head", "turbine_flow")}
    zones = (Zone(fact["dead"], 1), Zone(fact["full"], 1))
    state = network.nodes[ROGUN].states
    made.store(ROGUN, full_mcm=fact["full"], start_mcm=fact["full"], zones=zones, state=state)
    made.turbine(
        ROGUN,
        reach=WAY,
        max_flow_m3s=fact["turbine_flow"],
        installed_mw=fact["installed"],
        efficiency=EFFICIENCY,
        head_m=fact["head"],
    )
    return made


def _weighed(values: Values, network: Network, first: Priority) -> Values:
    """Values of which those that have priority count WEIGHT times."""

    def factor(part: float) -> float:
        return 1.0 + part * (WEIGHT - 1.0)

    water = {}
    for id, pieces in values.water.items():
        part = sum(share for state, share in network.claims[id].shares if state in first.water)
        water[id] = tuple(Piece(piece.to, piece.usd_per_m3 * factor(part)) for piece in pieces)
    power = {}
    for id, price in values.power.items():
        tail = all_reaches(network)[network.turbines[id].reach].tail
        owned = network.nodes[tail].states[:1]
        power[id] = _times(price, factor(float(bool(set(owned) & set(first.power)))))
    return Values(water, power, values.stored)


def _times(price: Profile, factor: float) -> Profile:
    made = np.asarray(price) * factor
    return tuple(made.tolist()) if made.ndim else float(made)
