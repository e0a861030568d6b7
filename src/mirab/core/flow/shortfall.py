"""Shortfall: the record of why a whole ensemble falls short, and its sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mirab.core.flow.explain import WORDS
from mirab.core.phrase import Part, Phrase, chained, listed, say, say_count

KINDS: Mapping[str, Callable[[str], Phrase]] = {
    "cap": lambda part: say("the intake cap of {part}", part=part),
    "quota": lambda part: say("the limit {part}", part=part),
    "capacity": lambda part: say("the capacity of {part}", part=part),
    "room": lambda part: say("the room in {part}", part=part),
    "water": lambda part: say("the water that reaches {part}", part=part),
    "seniors": lambda part: say("what is senior to {part}", part=part),
}
LEAST_TOLD = 0.005


@dataclass(frozen=True)
class Holder:
    """A request that takes from the room that a constraint leaves, before or together with what falls short.

    `held` is the mean over the members in which the constraint binds first: million m3 in the step for water
    kept in store, else m3/s. `is_senior` is false for others of the same priority, which are held to equal
    fractions.
    """

    kind: str
    part: str
    held: float
    unit: str
    is_senior: bool


@dataclass(frozen=True)
class Gain:
    """What 1 m3/s more during one step would bring to uses, in million m3 of that step.

    The mean over the members in which the constraint binds first: `all_mcm` to all uses, `by_state` by the
    states' shares in them, `own_mcm` to what falls short. Served from the packing rows with the evaporation
    of the run: exact where the claims kernel serves the step with no help of the simplex, else near it.
    """

    all_mcm: float
    own_mcm: float
    by_state: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Constraint:
    """One constraint that keeps a request from more, and how often.

    `kind` and `part` name it (see `shortage.name_of`); `limit_m3s` is its lowest and highest value, None for
    water. Shares in [0, 1]: `first` of the members, by what stops most in their first short step; `often` of
    all attributed short (item, member, step); `volume` of the shortage in these.
    """

    kind: str
    part: str
    limit_m3s: tuple[float, float] | None
    first: float
    often: float
    volume: float
    holders: tuple[Holder, ...] = ()
    gain: Gain | None = None


@dataclass(frozen=True)
class Shortfall:
    """Why some items fall short over the members and steps of a run; constraints by share of members.

    Of `drawn` members the first `members` were looked at. Of these `short` fall short; for `attributed` what
    bound is known, and all shares are of them. `sampled` says that they are a sample. `step` is the length
    of a step in words.
    """

    items: tuple[str, ...]
    drawn: int
    members: int
    short: int
    attributed: int
    sampled: bool
    step: str
    constraints: tuple[Constraint, ...]

    def lines(self, names: Mapping[str, str] | None = None) -> tuple[str, ...]:
        """All in sentences: the ranking, then each constraint; `names` are the titles of parts and states."""
        return tuple(_sentences(self, names or {}))

    def short_lines(self, names: Mapping[str, str] | None = None) -> tuple[str, ...]:
        """At most three sentences: the ranking, who comes before, and what one more unit would bring."""
        words = names or {}
        if not self.constraints:
            return (_ranking(self, words),)
        lead = self.constraints[0]
        told = (_ranking(self, words), _before(lead, words, 3), _one_more(self, lead, words))
        return tuple(line for line in told if line)


def named(constraint: Constraint, names: Mapping[str, str]) -> Phrase:
    """A constraint in words, with its limit: `the intake cap of the Karakum canal (600 m³/s)`."""
    said = KINDS[constraint.kind](names.get(constraint.part, constraint.part))
    if constraint.limit_m3s is None:
        return said
    low, high = (f"{value:.4g}" for value in constraint.limit_m3s)
    if low == high:
        return say("{what} ({low} m³/s)", what=said, low=low)
    return say("{what} ({low} to {high} m³/s)", what=said, low=low, high=high)


def _sentences(found: Shortfall, names: Mapping[str, str]) -> Iterator[Phrase]:
    yield _ranking(found, names)
    for constraint in found.constraints:
        first, often, volume = map(_share, (constraint.first, constraint.often, constraint.volume))
        yield say(
            "{what:capital}: binds first in {first} of the members; stops {often} of the requests that fall "
            "short, and {volume} of the water that is missing.",
            **{"what": named(constraint, names), "first": first, "often": often, "volume": volume},
        )
        yield from filter(None, (_before(constraint, names, 6), _one_more(found, constraint, names)))


def _share(part: float) -> Phrase:
    """A share in words; what is rounded is never none or all."""
    if part in (0.0, 1.0):
        return say("all") if part else say("none")
    if part < LEAST_TOLD:
        return say("less than 1\u00a0%")
    if part >= 1.0 - LEAST_TOLD:
        return say("more than 99\u00a0%")
    return say("{share:.0f}\u00a0%", share=100.0 * part)


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _ranking(found: Shortfall, names: Mapping[str, str]) -> Phrase:
    """What binds first in which share of the members, and of how many it is known."""
    short = _short(found)
    if not found.constraints:
        return say("What binds in the {short} could not be attributed.", short=short)
    told = [constraint for constraint in found.constraints if constraint.first >= LEAST_TOLD][:3]
    rest = 1.0 - sum(constraint.first for constraint in told)
    lead = {"short": short, "share": _share(told[0].first), "what": named(told[0], names)}
    if found.attributed < found.short:
        head = say(
            "Of the {short}, {known}. In {share} of these, what binds first is {what}",
            **lead,
            known=_known(found),
        )
    else:
        head = say("In {share} of the {short}, what binds first is {what}", **lead)
    shares = [say("in {share} {what}", share=_share(one.first), what=named(one, names)) for one in told[1:]]
    shares += [say("in {share} something else", share=_share(rest))] if rest >= LEAST_TOLD else []
    return say("{parts}.", parts=chained([head, *shares]))


def _short(found: Shortfall) -> Phrase:
    """How many members fall short, of those that were looked at."""
    if found.members < found.drawn:
        return say_count(
            "{count:,} member that falls short among the first {members:,}",
            "{count:,} members that fall short among the first {members:,}",
            found.short,
            members=found.members,
        )
    return say_count("{count:,} member that falls short", "{count:,} members that fall short", found.short)


def _known(found: Shortfall) -> Phrase:
    if found.sampled:
        return say("a sample of {number:,} was looked at", number=found.attributed)
    return say("{number:,} could be attributed", number=found.attributed)


def _before(constraint: Constraint, names: Mapping[str, str], most: int) -> Phrase | None:
    """The senior requests that take from the same room, and what others of the same priority have."""
    seniors = [holder for holder in constraint.holders if holder.is_senior]
    equals = [holder for holder in constraint.holders if not holder.is_senior]
    said = [_served_before(seniors, names, most)] if seniors else []
    said += [_equals(equals, names)] if equals else []
    return say("{said:capital}.", said=chained(said)) if said else None


def _served_before(seniors: Sequence[Holder], names: Mapping[str, str], most: int) -> Phrase:
    told = [
        say(
            "{name} ({kind}, {amount} {unit})",
            name=names.get(h.part, h.part),
            kind=WORDS[h.kind],
            amount=_amount(h.held),
            unit=_unit(h.unit),
        )
        for h in seniors
    ]
    list = chained(told[:most], ", ")
    if len(told) > most:
        return say("Served before it: {list} and {more} more", list=list, more=len(told) - most)
    return say("Served before it: {list}", list=list)


def _equals(equals: Sequence[Holder], names: Mapping[str, str]) -> Phrase:
    amounts = _together(equals)
    if len(equals) == 1:
        name = names.get(equals[0].part, equals[0].part)
        return say("{name} shares its priority ({amounts})", name=name, amounts=amounts)
    return say("{number} others share its priority ({amounts})", number=len(equals), amounts=amounts)


def _together(holders: Sequence[Holder]) -> Part:
    """Amounts added up by unit."""
    units = dict.fromkeys(holder.unit for holder in holders)
    sums = {unit: sum(one.held for one in holders if one.unit == unit) for unit in units}
    return listed([say("{amount} {unit}", amount=_amount(sums[u]), unit=_unit(u)) for u in units])


def _unit(unit: str) -> str:
    return unit.replace("m3", "m³")


def _one_more(found: Shortfall, constraint: Constraint, names: Mapping[str, str]) -> Phrase | None:
    """What 1 m³/s more would bring, by state A to Z."""
    if constraint.gain is None:
        return None
    gain, part = constraint.gain, names.get(constraint.part, constraint.part)
    head = {"step": found.step, "where": say("of {what}", what=KINDS[constraint.kind](part))}
    if constraint.kind == "water":
        head["where"] = say("at {place}", place=part)
    if gain.all_mcm < LEAST_TOLD and gain.own_mcm < LEAST_TOLD:
        return say(
            "1 m³/s more {where} for a {step} would bring nothing: others come first, or another limit is "
            "full.",
            **head,
        )
    own = f"{gain.own_mcm:.2f}"
    if gain.all_mcm < LEAST_TOLD:
        return say(
            "1 m³/s more {where} for a {step} would bring what falls short here {own} million m³.",
            **head,
            own=own,
        )
    shares = sorted((names.get(state, state), amount) for state, amount in gain.by_state)
    states = [say("{name} {amount:.2f}", name=n, amount=a) for n, a in shares if a >= LEAST_TOLD]
    every = say("{amount:.2f}", amount=gain.all_mcm)
    if states:
        every = say("{amount:.2f} ({states})", amount=gain.all_mcm, states=chained(states, ", "))
    return say(
        "1 m³/s more {where} for a {step} would bring what falls short here {own} million m³, and all uses "
        "together {every}.",
        **head,
        own=own,
        every=every,
    )
