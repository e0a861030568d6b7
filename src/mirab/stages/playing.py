"""Steps on corridors as a game of the states that must act in them: runs, gains by state, and the deal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mirab.core.declared import evidence
from mirab.core.phrase import Phrase, listed, say
from mirab.core.records import Change, Evidence, Option
from mirab.stages.observing import Progress, Seen, Wish

if TYPE_CHECKING:
    from mirab.brief.players import Joined
    from mirab.core.carriage_gain import CarriageGain
    from mirab.core.domain import Domain
    from mirab.resolve.deal import Deal
    from mirab.warn.carriage import Carried
    from mirab.warn.earnings import Gains

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
GAP, MEETING = 0.001, 0.02
"""How near shares and queues are brought, nearer than for one run; further apart, a member does not count."""
MEMBERS, BRIEF_MEMBERS = 200, 40
"""Most members of what is asked for by name, and of every step of a briefing."""


@dataclass
class Bench:
    """A run without any step, and those with some, each once.

    Changes that share no market and no place are run apart, and what they bring is added.
    """

    base: Carried
    on: date
    progress: Progress | None = None
    whole: int = 0
    _known: dict[tuple[Change, ...], Gains] = field(default_factory=dict)
    _met: dict[tuple[Change, ...], Flags] = field(default_factory=dict)

    def gains(self, changes: Sequence[Change]) -> Gains:
        """What some changes bring all states beside the run without any."""
        from mirab.resolve import carriage
        from mirab.warn import earnings

        found = earnings.gains(self.base, self.base)
        for group in carriage.separate(self.base.plan, changes):
            found = found.plus(self._run(group))
        return found

    def usd(self, changes: Sequence[Change], states: Sequence[str]) -> Floats:
        """USD a year of some changes to some states, shape (member, state)."""
        return self.gains(changes).of(states)

    def met(self, sets: Sequence[Sequence[Change]]) -> Flags:
        """Members in which shares and queues met in the run without any step and in those with these.

        All of them where there is none, which `over` tells.
        """
        found = self._meeting(sets)
        return found if found.any() else np.ones_like(found)

    def over(self, changes: Sequence[Change]) -> Phrase:
        """Over how many members money and days of some changes are told, and why not over the others."""
        met = self._meeting([changes])
        if met.all():
            return say("Money and days are told over {members} members.", members=met.size)
        if not met.any():
            return say(
                "Money and days are told over {members} members, though in none of them shares and queues "
                "met.",
                members=met.size,
            )
        return say(
            "Money and days are told over {count} of {members} members; in the others shares and queues did "
            "not meet.",
            count=int(met.sum()),
            members=met.size,
        )

    def told(self, changes: Sequence[Change], always: Sequence[str]) -> tuple[CarriageGain, ...]:
        """What some changes bring each state, in quantiles over the members that count."""
        from mirab.warn import earnings

        brought = self.gains(changes)
        return earnings.told(brought.of_members(self.met([changes])), always)

    def _meeting(self, sets: Sequence[Sequence[Change]]) -> Flags:
        from mirab.resolve import carriage

        groups = {group for changes in sets for group in carriage.separate(self.base.plan, changes)}
        flags = [self.base.gaps <= MEETING, *(self._met[one] for one in groups)]
        return np.asarray(np.logical_and.reduce(flags))

    def _run(self, changes: tuple[Change, ...]) -> Gains:
        from mirab.resolve import carriage as resolve
        from mirab.warn import carriage, earnings

        if changes not in self._known:
            plan = resolve.apply(self.base.plan, changes, self.on)
            other = carriage.carried(plan, self.base.draws, base=self.base, gap=GAP)
            self._known[changes] = earnings.gains(self.base, other)
            self._met[changes] = other.gaps <= MEETING
            if self.progress:
                self.progress(len(self._known), max(self.whole, len(self._known)))
        return self._known[changes]


def bench(base: Carried, on: date, options: Sequence[Option], progress: Progress | None = None) -> Bench:
    """The bench of a run, with its cargo let choose its ways as often as with a step."""
    from mirab.resolve import carriage as resolve
    from mirab.resolve.players import seated
    from mirab.resolve.steps import able
    from mirab.warn import carriage

    settled = carriage.carried(base.plan, base.draws, base=base, gap=GAP)
    kept, _ = seated(options)
    states = sorted({state for one in kept for state in one.actors})
    known = {one.id: one.changes for one in kept}
    sets = [[change for id in ids for change in known[id]] for ids in set(able(states, kept).values())]
    runs = {group for changes in sets for group in resolve.separate(base.plan, changes)}
    return Bench(settled, on, progress, len(runs))


def valued(option: Option, bench: Bench, names: Mapping[str, str], apart: Sequence[str]) -> Option:
    """The option with what it brings each state, and the deal between those who must act.

    A state that must not act has no say and no share; what it gains or loses stands beside.
    """
    from mirab.resolve.players import play

    if not option.changes:
        return option
    found = play([option], bench.usd, names, apart=apart, most=len(option.actors), met=bench.met).deal
    return _told(option, found, bench)


def all_together(
    option: Option, known: Sequence[Option], bench: Bench, names: Mapping[str, str], apart: Sequence[str]
) -> Option:
    """The option that joins all steps, with the deal of the game in which each group takes those it can."""
    from mirab.resolve.players import play

    found = play(known, bench.usd, names, apart=apart, met=bench.met)
    return _told(option, found.deal, bench)


def _told(option: Option, found: Deal, bench: Bench) -> Option:
    gained = found.surplus[1] > 0.0 and len(found.states) > 1
    shared = found.parts if gained else ()
    return replace(
        option,
        carriage=bench.told(option.changes, option.actors),
        shares={part.state: part.shares["shapley"][1] for part in shared},
        compensation={part.state: part.compensation["shapley"][1] for part in shared},
        rules=found.rules if gained else (),
        deal=(
            *(line for line in (*found.sentences, found.beside) if line),
            bench.over(option.changes),
        ),
    )


def joined(
    domain: Domain, known: Sequence[Option], seen: Seen, wish: Wish, progress: Progress | None = None
) -> Joined:
    """What the states that must act in the steps of a domain reach together, by at most MEMBERS members."""
    from mirab.brief.players import Joined
    from mirab.resolve.players import play
    from mirab.stages.carrying import declared, drawn, method_words
    from mirab.warn import carriage

    plan = declared(domain, seen)
    start = carriage.carried(plan, drawn(plan, seen, wish, MEMBERS), rounds=1)
    tried = bench(start, wish.on, known, progress)
    names = state_names(seen)
    found = play(known, tried.usd, names, apart=seen.region.settings.get("apart", ()), met=tried.met)
    everything = [change for one in known if one.id not in found.left_out for change in one.changes]
    titles = {one.id: one.title for one in known}
    lines = unmodelled(seen, known, tried.base), tried.over(everything), *method_words(tried.base)
    frame = wish.on, start.draws.members, wish.seed, tried.base.gap, tuple(filter(None, lines))
    return Joined(found, tried.told(everything, found.game.states), titles, names, *frame)


def rests_on(domain: Domain, seen: Seen) -> tuple[Evidence, ...]:
    """What the money rests on: rows of the value of time, of parameters and of owners, each source once."""
    tables = (f"{domain.name}/{name}" for name in ("commodities", "parameters", "owners"))
    rows = (row for table in tables for row in seen.region.rows(table))
    return tuple(dict.fromkeys(replace(evidence(row), note="") for row in rows))


def unmodelled(seen: Seen, known: Sequence[Option], base: Carried) -> str:
    """States of the region, and those that act in a step, of which the pack has no cargo; empty if none."""
    from mirab.warn import earnings

    states = {row["state"] for row in seen.region.states} | {state for one in known for state in one.actors}
    silent = sorted(states - set(earnings.touched(base.plan, base.ways)))
    names = state_names(seen)
    if not silent:
        return ""
    return say(
        "Not modelled, as no cargo of the pack begins, ends or passes there: {states}.",
        states=listed([names.get(state, state) for state in silent]),
    )


def state_names(seen: Seen) -> dict[str, str]:
    """Names of the states of the region and of the others that the pack names."""
    return {
        row["state"]: row["name"] for name in ("other_states", "states") for row in seen.region.rows(name)
    }
