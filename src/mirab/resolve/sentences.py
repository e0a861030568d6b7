"""A deal in three neutral sentences: what acting together brings, how it is shared, and whether it lasts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from mirab.core.phrase import Part, Phrase, chained, listed, say, say_count

if TYPE_CHECKING:
    from mirab.core.records import StateEffect
    from mirab.resolve.deal import Deal
    from mirab.resolve.deal import Part as DealPart
    from mirab.resolve.stability import Stability

Names = Mapping[str, str]
ORDERS = ((1e9, say("billion")), (1e6, say("million")), (1e3, say("thousand")), (1.0, say("")))
MINUS = "\u2212"
FEW = 20
TITLES = {"shapley": say("the Shapley value"), "nucleolus": say("the nucleolus")}


def of(deal: Deal, names: Names) -> tuple[Phrase, ...]:
    """The gain, its sharing with compensation, and whether it lasts; or what is missing for a gain."""
    if len(deal.states) < 2:
        return (say("{name} stands alone: there is nobody to share with.", name=names[deal.states[0]]),)
    if deal.surplus[1] <= 0.0:
        return _gain(deal, names), _missing(deal)
    return _gain(deal, names), _shared(deal, names), _lasting(deal, names)


def beside(deal: Deal, without: Deal, apart: Iterable[str], names: Names) -> str:
    """What the others gain together when some states take no part, beside the gain of all.

    The first figure is the gain of all, the second that of the others among themselves. Empty where neither
    gains.
    """
    if max(deal.surplus[1], without.surplus[1]) <= 0.0:
        return ""
    who = listed([names[state] for state in apart])
    figures = figured([deal.surplus[1], without.surplus[1]])
    return say(
        "With {who} taking part the states gain {all} together; without, the others gain {others} among "
        "themselves.",
        who=who,
        all=usd(figures[0], figures.order),
        others=usd(figures[1], figures.order),
    )


def in_kind(effects: Iterable[StateEffect], names: Names) -> str:
    """What changes hands in water and in winter electricity, in the middle member: how practitioners trade.

    Less than 1 GWh or 0.01 km3 is left out; nothing at all gives no sentence.
    """
    parts = [
        TRADED[what, amount > 0](names.get(one.state, one.state), f"{abs(amount):,.{digits}f}")
        for one in effects
        for what, amount, digits, least in (
            ("electricity", one.winter_energy_gwh[1], 0, 1.0),
            ("water", one.water_km3[1], 2, 0.01),
        )
        if abs(amount) >= least
    ]
    return say("In kind, in the middle member: {parts}.", parts=listed(parts)) if parts else ""


TRADED: Mapping[tuple[str, bool], Callable[[str, str], Phrase]] = {
    ("electricity", True): lambda name, amount: say(
        "{name} makes {amount}\u00a0GWh more electricity from October to March", name=name, amount=amount
    ),
    ("electricity", False): lambda name, amount: say(
        "{name} makes {amount}\u00a0GWh less electricity from October to March", name=name, amount=amount
    ),
    ("water", True): lambda name, amount: say(
        "{name} receives {amount}\u00a0km³ more water", name=name, amount=amount
    ),
    ("water", False): lambda name, amount: say(
        "{name} receives {amount}\u00a0km³ less water", name=name, amount=amount
    ),
}


class Figures(list[str]):
    """Numbers of one sentence, all of one order of magnitude, which is said once."""

    order: Phrase = ORDERS[-1][1]


def figured(values: Sequence[float]) -> Figures:
    """Numbers as people read them: of one order, as many digits as the largest needs.

    >>> figures = figured([12_300_000.0, -450_000.0, 0.0])
    >>> figures, figures.order
    (['12.3', '\u22120.5', '0.0'], 'million')
    """
    largest = max((abs(value) for value in values), default=0.0)
    divisor, order = next((pair for pair in ORDERS if largest >= pair[0]), ORDERS[-1])
    digits = 0 if largest >= 100.0 * divisor or not order else 1
    texts = [f"{value / divisor:,.{digits}f}".replace("-", MINUS) for value in values]
    found = Figures(text if _some(text.strip(MINUS)) else text.strip(MINUS) for text in texts)
    found.order = order
    return found


def usd(figure: str, order: Phrase) -> Phrase:
    """An amount with its currency: `USD 12.3 million`, with spaces that do not break."""
    if not order:
        return say("USD\u00a0{figure}", figure=figure)
    return say("USD\u00a0{figure}\u00a0{order}", figure=figure, order=order)


def among(fraction: float, members: int) -> Phrase:
    r"""A fraction of members in words, as a count of few, and never rounded to none or all of many.

    >>> among(0.997, 1000), among(1.0, 1000), among(0.25, 4)
    ('more than 99\xa0% of the 1,000 members', 'all 1,000 members', '1 of 4 members')
    """
    if members < FEW:
        number = round(fraction * members)
        return say_count("{number} of {count} member", "{number} of {count} members", members, number=number)
    if fraction in (0.0, 1.0):
        known = {"members": members}
        return (
            say("all {members:,} members", **known)
            if fraction
            else say("none of the {members:,} members", **known)
        )
    shown = round(100.0 * fraction)
    if shown < 1:
        return say("less than 1\u00a0% of the {members:,} members", members=members)
    if shown > 99:
        return say("more than 99\u00a0% of the {members:,} members", members=members)
    return say("{shown}\u00a0% of the {members:,} members", shown=shown, members=members)


def _gain(deal: Deal, names: Names) -> Phrase:
    low, middle, high = figures = figured(deal.surplus)
    told = {"who": listed([names[state] for state in deal.states])}
    told["members"] = among(deal.worthwhile, deal.members)
    tell = _more if deal.surplus[1] > 0.0 else _no_more
    told["more"] = tell(usd(middle, figures.order), low, high, sure=deal.members == 1)
    return say("Acting together, {who} reach {more}; there is a gain in {members}.", **told)


def _more(more: Phrase, low: str, high: str, *, sure: bool) -> Phrase:
    """By how much all reach more than each by itself, with its spread over members."""
    if sure:
        return say("{more} more than each by itself", more=more)
    return say(
        "{more} more than each by itself ({low} to {high} in the middle 80\u00a0% of members)",
        **{"more": more, "low": low, "high": high},
    )


def _no_more(more: Phrase, low: str, high: str, *, sure: bool) -> Phrase:
    if sure:
        return say("no more than each by itself on average: {more}", more=more)
    return say(
        "no more than each by itself on average: {more} ({low} to {high} in the middle 80\u00a0% of members)",
        **{"more": more, "low": low, "high": high},
    )


def _shared(deal: Deal, names: Names) -> Phrase:
    """Each state's gain by the two rules, the range over all, and the compensation that it takes."""
    values = [value for part in deal.parts for value in _told(part)]
    figures = figured(values)
    width = len(values) // len(deal.parts)
    rows = {names[part.state]: figures[i * width : (i + 1) * width] for i, part in enumerate(deal.parts)}
    gains = [say("{name} {gain}", name=name, gain=_gained(row)) for name, row in rows.items()]
    told = {"order": _dollars(figures.order), "gains": listed(gains), "paid": _compensated(rows)}
    if any(len(set(row[:4])) > 1 for row in rows.values()):
        return say(
            "Of this the Shapley value gives, in {order} (in brackets the nucleolus; the range over all "
            "rules), {gains}{paid}.",
            **told,
        )
    return say("Of this every rule gives, in {order}, {gains}{paid}.", **told)


def _dollars(order: Phrase) -> Phrase:
    return say("{order} US dollars", order=order) if order else say("US dollars")


def _gained(figures: Sequence[str]) -> Part:
    first, second, lowest, highest, *_ = figures
    if {first} == set(figures[:4]):
        return first
    return say(
        "{first} ({second}; {lowest} to {highest})",
        **{"first": first, "second": second, "lowest": lowest, "highest": highest},
    )


def _told(part: DealPart) -> list[float]:
    gains = [*(part.gains[name][1] for name in TITLES), part.lowest, part.highest]
    return gains + [part.compensation[name][1] for name in TITLES if part.compensation]


def _compensated(rows: Mapping[str, Sequence[str]]) -> Part:
    """Who receives and who pays, from what stands behind the four figures of gains."""
    if all(len(figures) == 4 for figures in rows.values()):
        return ""
    paid = {name: figures[4:] for name, figures in rows.items() if any(map(_some, figures[4:]))}
    each = [say("{name} {paid}", name=name, paid=_settled(figures)) for name, figures in paid.items()]
    if not each:
        return say("; nobody owes compensation")
    return say("; as compensation {each}", each=listed(each))


def _settled(figures: Sequence[str]) -> Phrase:
    """What a state receives or pays by the first rule, and in brackets by the second."""
    first, second = (text.lstrip(MINUS) for text in figures)
    pays, also = (text.startswith(MINUS) for text in figures)
    lead = say("pays {amount}", amount=first) if pays else say("receives {amount}", amount=first)
    if figures[0] == figures[1]:
        return lead
    other: Part = second
    if pays != also:
        other = say("pays {amount}", amount=second) if also else say("receives {amount}", amount=second)
    return say("{first} ({second})", first=lead, second=other)


def _some(figure: str) -> bool:
    return bool(figure.strip("0.,"))


def _lasting(deal: Deal, names: Names) -> Phrase:
    known = {one.rule: one for one in deal.stability}
    one, other = (among(known[name].in_core, deal.members) for name in TITLES)
    where = say("In {one} by the Shapley value and in {other} by the nucleolus", one=one, other=other)
    if one == other:
        where = say("By both rules, in {one}", one=one)
    said = [say("{where}, no state and no group of states would do better by itself", where=where)]
    if known["nucleolus"].core < 1.0:
        rest = among(1.0 - known["nucleolus"].core, deal.members)
        said.append(say("in {members} no sharing reaches that", members=rest))
    objecting = [one for one in known.values() if one.objections]
    if objecting:
        said.append(_objecting(objecting[0], names))
    if objecting and deal.members > 1:
        said.append(say("at mean values, for a deal made ahead, {ahead}", ahead=_ahead(known)))
    return say("{said}.", said=chained(said))


def _ahead(known: Mapping[str, Stability]) -> Phrase:
    held = [title for name, title in TITLES.items() if known[name].ahead]
    if not held:
        return say("some would as well")
    if len(held) == len(TITLES):
        return say("none would")
    return say("none would by {rule}, some by the other rule", rule=held[0])


def _missing(deal: Deal) -> Phrase:
    figures = figured([-deal.surplus[1]])
    return say(
        "There is nothing to share; to leave no state worse off, {amount} would have to come from outside.",
        amount=usd(figures[0], figures.order),
    )


def _objecting(of_rule: Stability, names: Names) -> Phrase:
    most = of_rule.objections[0]
    figures = figured([most.mean])
    told = {"who": listed([names[state] for state in most.coalition]), "rule": TITLES[of_rule.rule]}
    told["amount"] = usd(figures[0], figures.order)
    if len(most.coalition) == 1:
        return say("most often {who} would gain {amount} more by itself than by {rule}", **told)
    return say("most often {who} would gain {amount} more by themselves than by {rule}", **told)
