"""Domains with targets: the course of each state, and where one moves away from a target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mirab.core.domain import Domain
from mirab.core.errors import UnknownNameError
from mirab.core.phrase import say
from mirab.core.records import Series
from mirab.core.targets import Measured
from mirab.stages.observing import Seen, Wish, rules_of
from mirab.stages.warning import Warned

if TYPE_CHECKING:
    from mirab.follow.targets.aims import Aims


def aims(domain: Domain, seen: Seen, wish: Wish, weights: str = "linear") -> Aims | None:
    """Stages 2 and 4 for a domain with targets: indicators to their deadlines, and each state's course."""
    from mirab.follow.targets.aims import Aims
    from mirab.warn.forecast import deadlines

    if domain.measured is None:
        return None
    measured = domain.measured(seen.region, seen.observations)
    known = deadlines.known(measured, wish.on)
    ahead = deadlines.ahead(measured, known, members=wish.members, seed=wish.seed)
    return Aims.of(measured, known, ahead, [row["state"] for row in seen.region.states], weights=weights)


def strayed(domain: Domain, seen: Seen, wish: Wish) -> Warned:
    """Stage 2 for a domain with targets: judge by its rules where states move away from one."""
    from mirab.brief.material import Material
    from mirab.warn import rules, threats, view
    from mirab.warn.forecast import reversal

    aimed = aims(domain, seen, wish)
    if aimed is None:
        raise UnknownNameError(
            "domain with targets", domain.name, [d.name for d in seen.domains if d.measured]
        )
    names = {row["state"]: row["name"] for row in seen.region.states}
    publishers = {id: source.publisher for id, source in seen.region.sources.items()}
    publishers |= {one.source_id: one.author for one in aimed.measured.fresh}
    away = reversal.reversals(aimed.measured, aimed.panels, aimed.ahead, aimed.levels, wish.on)
    seen_as = reversal.situation(domain.name, away, names, publishers, wish.on)
    rows = rules.applying(rules_of(domain, seen.region), seen_as.titles)
    judged = reversal.with_figures(threats.evaluate(rows, seen_as), away, names)
    material = Material(domain.name, seen.region, {}, {}, {}, ())
    said = reversal.METHOD if aimed.courses else ()
    gaps = _apart(aimed.measured)
    return Warned(domain, None, seen_as, view.gathered(judged, rows), material, rows, gaps, said, aimed)


def _apart(measured: Measured) -> tuple[str, ...]:
    """Which series of live sources lie far from those of the pack in the years that both have, by author."""
    far: dict[str, list[str]] = {}
    for one in measured.fresh:
        if one.differs:
            far.setdefault(one.author, []).append(f"{measured.indicators[one.indicator].name} ({one.state})")
    return tuple(
        say(
            "{author}: more than a tenth from the pack in the years that both have, and counted: {series}.",
            author=author,
            series="; ".join(names),
        )
        for author, names in far.items()
    )


def aimed(part: Warned, seen: Seen) -> tuple[Series, ...]:
    """What the page shows of a domain's targets, and of how its states hang together; nothing without any."""
    from mirab.brief import integration
    from mirab.brief.aims import series

    if part.aims is None:
        return ()
    names = {row["state"]: row["name"] for row in seen.region.states}
    return (*series(part.aims, names), *integration.series(seen.region, part.domain.name))
