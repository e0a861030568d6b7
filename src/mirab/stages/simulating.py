"""What scenarios are held against: the outlook of a domain, kept so that each scenario runs alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mirab.core.domain import Domain
from mirab.stages.observing import Progress, Seen, Wish, name_notes, rested, rules_of
from mirab.stages.warning import Projection, project

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mirab.core.ensemble import Ensemble, Members
    from mirab.resolve.scenarios import Comparison, Scenario


@dataclass(frozen=True)
class Base:
    """The outlook of a domain with a network, and all that a scenario needs of it.

    `inflow` is that of the run from the date on, drawn once; `quantities` are what the run gives.
    """

    domain: Domain
    seen: Seen
    wish: Wish
    found: Projection
    inflow: Members
    quantities: Mapping[str, Ensemble]

    @classmethod
    def of(cls, domain: Domain, seen: Seen, wish: Wish, progress: Progress | None = None) -> Base:
        """Run the outlook; raises UnknownNameError for a domain without a network."""
        from mirab.warn import view

        found = project(domain, seen, wish, progress)
        run = found.outlook.run
        inflow = run.inflow if wish.client else run.inflow.part(0, run.inflow.members)
        return cls(
            domain, seen, wish, found, inflow, view.quantities(domain, seen.region, run, found.request)
        )

    def beside(self, chosen: Scenario, progress: Progress | None = None) -> Comparison:
        """A scenario beside the outlook, from one state on the date and with the same members."""
        from mirab.resolve import changes, scenarios
        from mirab.warn import drivers, outlook, view

        field, tables, base = self.domain, self.seen.region, self.found.outlook.run
        network, inflow = changes.apply(self.found.network, self.inflow, chosen.changes)
        keep = view.keeps(field, tables, network, rules_of(field, tables))
        start = changes.begin(base.start, network, chosen.changes)
        way = outlook.Way(keep, progress, self.wish.client)
        other = network.compile().simulate(inflow, start=start, **vars(way))
        changed = view.quantities(field, tables, other, self.found.request)
        effects = scenarios.compare(self.quantities, changed, tables, field.name)
        names = view.titles(field, tables)
        said = (*drivers.assumptions(self.found.plan, "dekad"), *outlook.assumptions(self.found.plan, names))
        cited = (tables.sources[id] for id in chosen.source_ids)
        rests = tuple(map(rested, cited))
        return scenarios.Comparison(
            chosen,
            self.wish.on,
            base.axis.end,
            self.wish.members,
            self.wish.seed,
            effects,
            (*rests, *said, *name_notes(self.seen)),
        )
