"""Cooperation: what the states of one connected system could reach together at best, and who would get what.

Two ways stand side by side (`coalition`): with perfect foresight, which nobody has and which overstates, and
under myopic operation, which only moves what is declared before the first step. Both are analytical only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from mirab.core.ensemble import Ensemble
from mirab.core.errors import UnknownNameError
from mirab.core.flow import system
from mirab.core.flow.model import Model
from mirab.core.flow.run import State
from mirab.core.network import Network
from mirab.core.values import Range
from mirab.resolve.coalition import Coalitions, Unkept, coalitions
from mirab.resolve.deal import Deal, deal

Progress = Callable[[int, int], None]
CORNERS = ((0.0, 1.0), (1.0, 0.0))
"""Ends of the ranges that differ most: dear power with cheap water, and the reverse."""
CORNER_MEMBERS = 8


@dataclass(frozen=True)
class Cooperation:
    """The deals of one system in USD: `foresight` and `myopic`, and what each state gains against no deal.

    `gains` is by state the mean gain of acting together with foresight over what happens without any
    cooperation, before compensation; `over_values` the mean gain of all beyond what each reaches alone at
    the two ends of the ranges of values that differ most. `assumptions` are sentences.
    """

    id: str
    title: str
    members: int
    foresight: Deal
    myopic: Deal
    gains: Mapping[str, float]
    over_values: tuple[float, float]
    assumptions: tuple[str, ...]
    plans: Mapping[str, str] = field(default_factory=dict)
    unkept: tuple[str, ...] = ()


def systems(network: Network, rivers: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Nodes of each connected system by the names under which it can be asked for.

    `rivers` gives the river of each node; a name is that of a river of the system in small letters, words
    joined by `-`. A river that touches several systems names the one with most of its nodes.
    """
    parts = system.parts(network)
    found = {}
    for river in sorted({name for name in rivers.values() if name}):
        own = {node for node, name in rivers.items() if name == river}
        found["-".join(river.lower().split())] = max(parts, key=lambda nodes: len(nodes & own))
    return found


def cooperation(
    name: str,
    title: str,
    parts: tuple[Model, Ensemble, State],
    worth: Range,
    names: Mapping[str, str],
    *,
    apart: Iterable[str] = (),
    progress: Progress | None = None,
) -> Cooperation:
    """Both games of a system and their deals; `parts` are its model, its inflow and the state it starts from.

    Raises what `coalitions` raises.
    """
    model, inflow, start = parts
    middle = coalitions(model, inflow, worth.at(), start=start, progress=progress)
    few = min(CORNER_MEMBERS, inflow.members)
    begun = State(*(values[:few] for values in vars(start).values()))
    ends = [
        coalitions(model, inflow.part(0, few), worth.at(water, power), start=begun, progress=progress)
        for water, power in CORNERS
    ]
    least, most = sorted(_surplus(one) for one in ends)
    gains = (middle.foreseen - middle.reference).mean(axis=0)
    return Cooperation(
        name,
        title,
        inflow.members,
        deal(middle.foresight, names, before=middle.foreseen, apart=apart),
        deal(middle.myopic, names, before=middle.operated, apart=apart),
        dict(zip(middle.states, gains.tolist(), strict=True)),
        (least, most),
        middle.assumptions,
        {", ".join(states): str(plan) for states, plan in middle.plans.items()},
        tuple(map(_unkept, middle.unkept)),
    )


def chosen(known: Mapping[str, frozenset[str]], name: str) -> frozenset[str]:
    """The nodes of a system; raises UnknownNameError with the nearest name."""
    if name not in known:
        raise UnknownNameError("system", name, known)
    return known[name]


def _unkept(one: Unkept) -> str:
    who, where = ", ".join(one.coalition), f"in {one.members} members"
    return f"{who} acting together leave others short {where}, by up to {one.worst_mcm:.3g} million m3"


def _surplus(found: Coalitions) -> float:
    return float((found.foresight.total - found.foresight.alone.sum(axis=1)).mean())
