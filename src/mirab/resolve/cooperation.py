"""Cooperation: the connected systems of a network by name, and what all gain in one over a range of values.

What each coalition reaches is `coalition`; this says for which values the gain of all holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mirab.core.ensemble import Ensemble
from mirab.core.flow import system
from mirab.core.flow.model import Model
from mirab.core.flow.run import State
from mirab.core.network import Network
from mirab.core.values import Range
from mirab.resolve.coalition import Coalitions, coalitions

Progress = Callable[[int, int], None]
CORNERS = ((0.0, 1.0), (1.0, 0.0))
"""Ends of the ranges that differ most: dear power with cheap water, and the reverse."""
CORNER_MEMBERS = 8


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


def gain_over_values(
    model: Model, inflow: Ensemble, start: State, worth: Range, progress: Progress | None = None
) -> tuple[float, float]:
    """Least and most that all states gain beyond each by itself with foresight, mean USD, at the CORNERS.

    By the first CORNER_MEMBERS members. A gain that is above nought at both holds for values between them.
    """
    few = min(CORNER_MEMBERS, inflow.members)
    begun = State(*(values[:few] for values in vars(start).values()))
    part = inflow.part(0, few)
    ends = [
        coalitions(model, part, worth.at(water, power), start=begun, progress=progress)
        for water, power in CORNERS
    ]
    least, most = sorted(_surplus(one) for one in ends)
    return least, most


def _surplus(found: Coalitions) -> float:
    return float((found.foresight.total - found.foresight.alone.sum(axis=1)).mean())
