"""Stage 3: the options of a pack, each run with the members of the outlook and judged alike."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mirab.core.declared import evidence
from mirab.core.network import Network
from mirab.core.records import Option
from mirab.stages.connecting import relieved
from mirab.stages.observing import Progress, Seen, Wish
from mirab.stages.trying import tried
from mirab.stages.warning import Warned

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mirab.core.ensemble import Members
    from mirab.core.flow.run import Run, State


def resolve(
    part: Warned, seen: Seen, wish: Wish, progress: Progress | None = None, *, only: str = ""
) -> tuple[Option, ...]:
    """Stage 3 for one domain: its options, each run with the members of the outlook and judged alike.

    What the audience may not see is not run; of a domain with carriage nor are others than `only`, the id of
    a step.
    """
    from mirab.brief import bulletin
    from mirab.resolve import options
    from mirab.resolve.trial import Trial
    from mirab.warn import outlook, threats, view

    if part.carried is not None:
        return tried(part, seen, wish, progress, only)
    domain, tables, found = part.domain, seen.region, part.found
    known = tuple(one for one in options.load(tables, domain.name) if bulletin.visible(one, wish.audience))
    if known and domain.connections:
        return relieved(part, known, seen, wish)
    if not known or domain.values is None or found is None:
        return known
    keep = view.keeps(domain, tables, found.network, part.rules)
    way = outlook.Way(keep, progress, wish.client)

    def judge(run: Run) -> dict[str, NDArray[np.bool_]]:
        quantities = view.quantities(domain, tables, run, found.request)
        return threats.coming_true(part.threats, part.rules, replace(part.situation, ensembles=quantities))

    def simulate(network: Network, inflow: Members, start: State) -> Run:
        return network.compile().simulate(inflow, start=start, **vars(way))

    worth = domain.values(tables, found.network)
    names = {row["state"]: row["name"] for row in tables.states}
    apart = tuple(tables.settings.get("apart", ()))
    rows = map(evidence, tables.rows(f"{domain.name}/values"))
    rests_on = tuple(dict.fromkeys(replace(one, note="") for one in rows))
    return Trial(found.outlook.run, worth, judge, simulate, names, apart, rests_on).all(known)
