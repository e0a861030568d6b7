"""Stage 4: what was promised and aimed at, who could convene, and how good the data are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from mirab.core.phrase import say
from mirab.core.records import Commitment, Event, Option, Threat
from mirab.stages.aiming import aimed
from mirab.stages.observing import Seen, Wish, ages, diary, events, journal, places, told
from mirab.stages.warning import Warned

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mirab.brief.compose import Findings
    from mirab.core.ensemble import Ensemble
    from mirab.follow.book import Book


def follow(wish: Wish, seen: Seen, warned: Sequence[Warned], options: Sequence[Option]) -> Findings:
    """Stage 4: the calendar, what was promised and whether it is kept, and how good the data are.

    Indicators of goals that live sources told have tables of their own and are no observations of the issue.
    """
    from mirab.brief.compose import Findings
    from mirab.core.fields import fields
    from mirab.follow import bodies, calendar, partners
    from mirab.observe.ledger import ledger
    from mirab.resolve.trial import best
    from mirab.warn import compound, judgements, register

    polled = set(seen.polled)
    acts = journal(wish, seen.region).acts()
    computed = [threat for part in warned for threat in part.threats]
    computed = [*judgements.applied(computed, acts, wish.on, wish.audience)]
    threats = register.joined([*computed, *judgements.own(acts, wish.on, wish.audience)])
    focused = register.narrowed(threats, wish.focus)
    helpful = {threat.id: tuple(option.id for option in best(options, threat.id)) for threat in focused}
    return Findings(
        threats=tuple(
            replace(threat, options=helpful[threat.id], convenors=_convenors(threat, seen, wish.on))
            for threat in focused
        ),
        compounds=compound.compounds(focused, [_true(part) for part in warned], wish.focus),
        options=tuple(options),
        materials=tuple(part.material for part in warned),
        events=(
            *calendar.events(seen.region, wish.on),
            *calendar.current_chairs(seen.region, wish.on),
            *bodies.office_holders(seen.region, wish.on),
            *events(wish, seen),
            *_follow_ups(wish, seen),
        ),
        commitments=book(wish, seen, _whole(warned)).found,
        ledger=ledger(
            seen.region,
            seen.observations,
            wish.on,
            audience=wish.audience,
            live=ages(wish, seen.region),
            forecasts=seen.forecasts,
        ),
        observations=tuple(one for one in seen.observations if one not in polled),
        live=tuple(one for one in seen.polled if one.quantity in fields() and one.end <= wish.on),
        gaps=tuple(gap for part in warned for gap in part.gaps),
        method=tuple(line for part in warned for line in part.assumptions),
        series=(
            *(one for part in warned for one in aimed(part, seen)),
            *partners.series(seen.region, wish.on),
            *told(wish, seen),
        ),
    )


def _follow_ups(wish: Wish, seen: Seen) -> tuple[Event, ...]:
    """What the office has to do after its own meetings, as far as the audience may see it."""
    from mirab.follow import diary as written

    found = written.standing(diary(wish, seen.region).entries(), wish.audience)
    return written.events(found, [row["state"] for row in seen.region.states])


def _true(part: Warned) -> dict[str, NDArray[np.bool_]]:
    """The members in which the threats of one run come true."""
    from mirab.warn import threats

    return threats.coming_true(part.threats, part.rules, part.situation)


def book(wish: Wish, seen: Seen, ensembles: Mapping[str, Ensemble]) -> Book:
    """The promises of the pack and the user's own, held against observations and members.

    `ensembles` are by quantity; none where nothing was simulated.
    """
    from mirab.follow import amounts, calendar, commitments
    from mirab.follow.book import Book
    from mirab.follow.store import Store

    known = commitments.Known.of(seen.region, items=places(seen.region))
    store = Store(wish.own.with_name("commitments.sqlite"), seen.region.name)
    entries = (*commitments.entries(seen.region), *store.entries(known))

    names = commitments.names(seen.region)

    def judged(one: Commitment) -> Commitment:
        held = amounts.findings(one, seen.observations, ensembles)
        return replace(one, owner=names.get(one.owner, one.owner), findings=held)

    found = commitments.visible(commitments.commitments(entries, wish.on), wish.audience)
    shown = tuple(map(judged, found))
    events = calendar.events(seen.region, wish.on)
    return Book(wish.on, known, store, entries, shown, names, events)


def _whole(warned: Sequence[Warned]) -> dict[str, Ensemble]:
    """Charted quantities before the date and after it, of all domains."""
    return {name: found for part in warned for name, found in part.material.whole.items()}


def _convenors(threat: Threat, seen: Seen, on: date) -> tuple[str, ...]:
    """Who could bring a threat to one table, with the reason; a chair that was not seen lately says so."""
    from mirab.follow import bodies, partners

    names = {row["state"]: row["name"] for row in seen.region.states}
    found = partners.convenors(seen.region, threat.states, threat.domain, on) if threat.states else ()
    verify = (one.chair and bodies.to_verify(one.last_verified, on) for one in found)
    return tuple(
        say("{reason} (verify)", reason=one.reason(names)) if old else one.reason(names)
        for one, old in zip(found, verify, strict=True)
    )
