"""Shortfall: the record of why a whole ensemble falls short, and its sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mirab.core.flow.explain import WORDS

KINDS = {
    "cap": "the intake cap of {}",
    "quota": "the limit {}",
    "capacity": "the capacity of {}",
    "room": "the room in {}",
    "water": "the water that reaches {}",
    "seniors": "what is senior to {}",
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


def named(constraint: Constraint, names: Mapping[str, str]) -> str:
    """A constraint in words, with its limit: `the intake cap of the Karakum canal (600 m3/s)`."""
    said = KINDS[constraint.kind].format(names.get(constraint.part, constraint.part))
    if constraint.limit_m3s is None:
        return said
    low, high = (f"{value:.4g}" for value in constraint.limit_m3s)
    return f"{said} ({low if low == high else f'{low} to {high}'} m3/s)"


def _sentences(found: Shortfall, names: Mapping[str, str]) -> Iterator[str]:
    yield _ranking(found, names)
    for constraint in found.constraints:
        told = named(constraint, names)
        first, often, volume = map(_share, (constraint.first, constraint.often, constraint.volume))
        yield (
            f"{told[0].upper()}{told[1:]}: binds first in {first} of the members; stops {often} of the "
            f"requests that fall short, and {volume} of the water that is missing."
        )
        yield from filter(None, (_before(constraint, names, 6), _one_more(found, constraint, names)))


def _share(part: float) -> str:
    """A share in words; what is rounded is never none or all."""
    if part in (0.0, 1.0):
        return "all" if part else "none"
    if part < LEAST_TOLD:
        return "less than 1%"
    return "more than 99%" if part >= 1.0 - LEAST_TOLD else f"{part:.0%}"


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _ranking(found: Shortfall, names: Mapping[str, str]) -> str:
    """What binds first in which share of the members, and of how many it is known."""
    short = f"{found.short:,} member{'s that fall' if found.short != 1 else ' that falls'} short"
    short += f" among the first {found.members:,}" if found.members < found.drawn else ""
    if not found.constraints:
        return f"What binds in the {short} could not be attributed."
    told = [constraint for constraint in found.constraints if constraint.first >= LEAST_TOLD][:3]
    rest = 1.0 - sum(constraint.first for constraint in told)
    lead = f"In {_share(told[0].first)} of the {short}, what binds first is {named(told[0], names)}"
    if found.attributed < found.short:
        count = f"{found.attributed:,}"
        known = f"a sample of {count} was looked at" if found.sampled else f"{count} could be attributed"
        of = f"In {_share(told[0].first)} of these"
        lead = f"Of the {short}, {known}. {of}, what binds first is {named(told[0], names)}"
    shares = [f"in {_share(constraint.first)} {named(constraint, names)}" for constraint in told[1:]]
    shares += [f"in {_share(rest)} something else"] if rest >= LEAST_TOLD else []
    return f"{'; '.join([lead, *shares])}."


def _before(constraint: Constraint, names: Mapping[str, str], most: int) -> str:
    """The senior requests that take from the same room, and what others of the same priority have."""
    seniors = [holder for holder in constraint.holders if holder.is_senior]
    equals = [holder for holder in constraint.holders if not holder.is_senior]
    told = [f"{names.get(h.part, h.part)} ({WORDS[h.kind]}, {_amount(h.held)} {h.unit})" for h in seniors]
    said = []
    if told:
        more = f" and {len(told) - most} more" if len(told) > most else ""
        said.append(f"Served before it: {', '.join(told[:most])}{more}")
    if equals:
        one = names.get(equals[0].part, equals[0].part)
        words = f"{one} shares" if len(equals) == 1 else f"{len(equals)} others share"
        said.append(f"{words} its priority ({_together(equals)})")
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _together(holders: Sequence[Holder]) -> str:
    """Amounts added up by unit."""
    units = dict.fromkeys(holder.unit for holder in holders)
    return " and ".join(f"{_amount(sum(h.held for h in holders if h.unit == u))} {u}" for u in units)


def _one_more(found: Shortfall, constraint: Constraint, names: Mapping[str, str]) -> str:
    """What 1 m3/s more would bring, by state A to Z."""
    if constraint.gain is None:
        return ""
    gain, part = constraint.gain, names.get(constraint.part, constraint.part)
    where = f"at {part}" if constraint.kind == "water" else f"of {KINDS[constraint.kind].format(part)}"
    head = f"1 m3/s more {where} for a {found.step} would bring"
    own = f"what falls short here {gain.own_mcm:.2f} million m3"
    if gain.all_mcm < LEAST_TOLD:
        others = "others come first, or another limit is full"
        return f"{head} {own if gain.own_mcm >= LEAST_TOLD else f'nothing: {others}'}."
    shares = sorted((names.get(state, state), amount) for state, amount in gain.by_state)
    states = ", ".join(f"{name} {amount:.2f}" for name, amount in shares if amount >= LEAST_TOLD)
    by_state = f" ({states})" if states else ""
    return f"{head} {own}, and all uses together {gain.all_mcm:.2f}{by_state}."
