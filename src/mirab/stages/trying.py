"""Carriage with a change beside the run without it: scenarios of the pack, and its options on the threats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mirab.core.errors import Problem
from mirab.core.records import Option
from mirab.stages.carrying import declared, drawn, judged_as, method_words
from mirab.stages.observing import Progress, Seen, Wish, rested
from mirab.stages.warning import Warned

if TYPE_CHECKING:
    from mirab.core.domain import Domain
    from mirab.observe.region import Region
    from mirab.resolve.scenarios import Comparison, Effect, Scenario
    from mirab.warn.carriage import Carried

Floats = NDArray[np.float64]
LEVELS = (0.1, 0.5, 0.9)
MEMBERS, OPTION_MEMBERS = 300, 64


def simulate(domain: Domain, chosen: Scenario, seen: Seen, wish: Wish) -> Comparison:
    """A scenario of the pack beside the run without it, with the same members.

    Raises InputError for changes that the pack cannot make, SolutionError with the cut where a market has no
    way left.
    """
    from mirab.resolve import carriage as changes
    from mirab.resolve import scenarios
    from mirab.warn import carriage

    plan = declared(domain, seen)
    other_plan = changes.apply(plan, chosen.changes, wish.on)
    draws = drawn(plan, seen, wish, MEMBERS)
    base = carriage.carried(plan, draws)
    other = carriage.carried(other_plan, draws, base=base)
    cited = (seen.region.sources[id] for id in chosen.source_ids)
    rests = tuple(map(rested, cited))
    said = (*rests, *method_words(base))
    return scenarios.Comparison(
        chosen, wish.on, draws.axis.end, draws.members, wish.seed, tuple(_effects(base, other)), said
    )


def _effects(base: Carried, other: Carried) -> Iterator[Effect]:
    """What a change does to days, shares and waiting, by way and by station."""
    for i, way in enumerate(base.ways):
        market = base.plan.markets[way.market]
        labels = way.title, way.states, market.perimeter
        barred = way.nest in other.plan.barred
        if not barred:
            days = base.mean_hours[:, i] / 24.0, other.mean_hours[:, i] / 24.0
            yield _effect("travel_time", way.id, labels, "day", days)
        yield _effect("route_share", way.id, labels, "fraction", (base.shares[:, i], other.shares[:, i]))
    for id in dict.fromkeys(station for way in base.ways for station in way.stations):
        one = base.plan.stations[id]
        labels = one.title, one.states, "hours beyond the usual dwell, mean of the days of the run"
        yield _effect("waiting_time", id, labels, "h", (base.wait_h(id), other.wait_h(id)))


def _effect(
    quantity: str,
    item: str,
    labels: tuple[str, tuple[str, ...], str],
    unit: str,
    runs: tuple[Floats, Floats],
) -> Effect:
    from mirab.resolve.scenarios import Effect

    base, other, change = (_three(values) for values in (*runs, runs[1] - runs[0]))
    title, states, perimeter = labels
    return Effect(quantity, item, title, states, unit, perimeter, base, other, change)


def _three(values: Floats) -> tuple[float, float, float]:
    low, middle, high = (float(q) for q in np.quantile(values, LEVELS))
    return low, middle, high


def tried(
    part: Warned, seen: Seen, wish: Wish, progress: Progress | None = None, only: str = ""
) -> tuple[Option, ...]:
    """The options of a domain with carriage, and all of them together, each run with the first members.

    What a step does to threats is told with cargo that keeps its ways, so that it is what it does to queues;
    what it is worth, with cargo that chooses anew. What the audience may not see is not run; nor are others
    where `only` is the id of one, which then has more members.
    """
    from mirab.brief import bulletin
    from mirab.resolve import options
    from mirab.resolve.players import seated
    from mirab.stages import playing
    from mirab.stages.carrying import sample

    domain = part.domain.name
    known = tuple(one for one in options.load(seen.region, domain) if bulletin.visible(one, wish.audience))
    if part.carried is None or not any(one.changes for one in known):
        return known
    alone = tuple(one for one in known if one.id == only and one.changes)
    known, members = (alone, playing.MEMBERS) if alone else (known, playing.BRIEF_MEMBERS)
    kept = seated(known)[0]
    joined = options.together(kept, domain)
    bench = playing.bench(sample(part.carried, wish, members), wish.on, known, progress)
    rest = playing.state_names(seen), seen.region.settings.get("apart", ())
    worth = [playing.valued(one, bench, *rest) for one in known]
    if joined:
        found = playing.all_together(joined, kept, bench, *rest)
        silent = playing.unmodelled(seen, known, bench.base)
        worth.append(replace(found, deal=(*found.deal, silent) if silent else found.deal))
    return tuple(_judged(worth, part, seen, wish, sample(part.carried, wish, OPTION_MEMBERS)))


def _judged(
    tried: Sequence[Option],
    part: Warned,
    seen: Seen,
    wish: Wish,
    base: Carried,
) -> Iterator[Option]:
    """Options with what each does to the threats, in the same members."""
    from mirab.resolve import carriage as changes
    from mirab.resolve import effects
    from mirab.stages import playing
    from mirab.warn import carriage, threats

    def true(found: Carried) -> dict[str, NDArray[np.bool_]]:
        return threats.coming_true(part.threats, part.rules, judged_as(part.domain, seen, wish, found))

    before = true(base)
    for option in tried:
        if not option.changes:
            yield option
            continue
        plan = changes.apply(base.plan, option.changes, wish.on)
        after = true(carriage.carried(plan, base.draws, base=base, shares=base.shares))
        moved = tuple(effects.threat(id, before[id], after[id]) for id in before if id in after)
        rests = tuple(dict.fromkeys((*option.evidence, *playing.rests_on(part.domain, seen))))
        yield replace(option, threats=moved, coalition=option.actors, evidence=rests)


def problems(domain: Domain, region: Region) -> list[Problem]:
    """What is wrong with the scenarios and options of a pack, each with its file and line.

    Raises InputError where its ways, services and fleets do not fit together.
    """
    from mirab.resolve import carriage as changes
    from mirab.resolve.scenarios import made

    if domain.carriage is None or not any(region.rows(table) for table in domain.tables):
        return []
    plan = domain.carriage(region)
    return [
        Problem(f"{where} {one.where}", one.what, one.fix)
        for name in ("scenarios", "option_changes")
        for where, row in region.numbered(f"{domain.name}/{name}")
        for change in made(region, domain.name, row)
        for one in changes.problems(plan, change)
    ]
