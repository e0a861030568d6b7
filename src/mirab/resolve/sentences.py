"""A deal in three neutral sentences: what acting together brings, how it is shared, and whether it lasts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mirab.core.records import StateEffect
    from mirab.resolve.deal import Deal, Part
    from mirab.resolve.stability import Stability

Names = Mapping[str, str]
ORDERS = ((1e9, " billion"), (1e6, " million"), (1e3, " thousand"), (1.0, ""))
MINUS = "\u2212"
FEW = 20
TITLES = {"shapley": "the Shapley value", "nucleolus": "the nucleolus"}


def of(deal: Deal, names: Names) -> tuple[str, ...]:
    """The gain, its sharing with compensation, and whether it lasts; or what is missing for a gain."""
    if len(deal.states) < 2:
        return (f"{names[deal.states[0]]} stands alone: there is nobody to share with.",)
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
    part = f"With {who} taking part the states gain {usd(figures[0], figures.order)} together"
    return f"{part}; without, the others gain {usd(figures[1], figures.order)} among themselves."


def in_kind(effects: Iterable[StateEffect], names: Names) -> str:
    """What changes hands in water and in winter electricity, in the middle member: how practitioners trade.

    Less than 1 GWh or 0.01 km3 is left out; nothing at all gives no sentence.
    """
    parts = [
        f"{names.get(one.state, one.state)} {verb} {abs(amount):,.{digits}f}\u00a0{unit} {word}"
        for one in effects
        for verb, amount, digits, unit, what, least in (
            ("makes", one.winter_energy_gwh[1], 0, "GWh", "electricity from October to March", 1.0),
            ("receives", one.water_km3[1], 2, "km\u00b3", "water", 0.01),
        )
        if abs(amount) >= least
        for word in [f"{'more' if amount > 0 else 'less'} {what}"]
    ]
    return f"In kind, in the middle member: {listed(parts)}." if parts else ""


class Figures(list[str]):
    """Numbers of one sentence, all of one order of magnitude, which is said once."""

    order: str = ""


def figured(values: Sequence[float]) -> Figures:
    """Numbers as people read them: of one order, as many digits as the largest needs.

    >>> figures = figured([12_300_000.0, -450_000.0, 0.0])
    >>> figures, figures.order
    (['12.3', '\u22120.5', '0.0'], ' million')
    """
    largest = max((abs(value) for value in values), default=0.0)
    divisor, order = next((pair for pair in ORDERS if largest >= pair[0]), ORDERS[-1])
    digits = 0 if largest >= 100.0 * divisor or not order else 1
    texts = [f"{value / divisor:,.{digits}f}".replace("-", MINUS) for value in values]
    found = Figures(text if _some(text.strip(MINUS)) else text.strip(MINUS) for text in texts)
    found.order = order
    return found


def usd(figure: str, order: str) -> str:
    """An amount with its currency: `USD 12.3 million`, with spaces that do not break."""
    return f"USD\u00a0{figure}{order}".replace(" ", "\u00a0")


def listed(words: Sequence[str]) -> str:
    """Words in a row: `A`, `A and B`, `A, B and C`.

    >>> listed(["A", "B", "C"])
    'A, B and C'
    """
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def among(fraction: float, members: int) -> str:
    r"""A fraction of members in words, as a count of few, and never rounded to none or all of many.

    >>> among(0.997, 1000), among(1.0, 1000), among(0.25, 4)
    ('more than 99\xa0% of the 1,000 members', 'all 1,000 members', '1 of 4 members')
    """
    if members < FEW:
        return f"{round(fraction * members)} of {members} member{'s' if members > 1 else ''}"
    if fraction in (0.0, 1.0):
        return f"all {members:,} members" if fraction else f"none of the {members:,} members"
    shown = round(100.0 * fraction)
    bounded = "less than 1" if shown < 1 else "more than 99" if shown > 99 else f"{shown}"
    return f"{bounded}\u00a0% of the {members:,} members"


def _gain(deal: Deal, names: Names) -> str:
    who = listed([names[state] for state in deal.states])
    low, middle, high = figures = figured(deal.surplus)
    spread = "" if deal.members == 1 else f" ({low} to {high} in the middle 80\u00a0% of members)"
    more = f"{usd(middle, figures.order)} more than each by itself{spread}"
    if deal.surplus[1] <= 0.0:
        more = f"no more than each by itself on average: {usd(middle, figures.order)}{spread}"
    return f"Acting together, {who} reach {more}; there is a gain in {among(deal.worthwhile, deal.members)}."


def _shared(deal: Deal, names: Names) -> str:
    """Each state's gain by the two rules, the range over all, and the compensation that it takes."""
    values = [value for part in deal.parts for value in _told(part)]
    figures = figured(values)
    width = len(values) // len(deal.parts)
    rows = {names[part.state]: figures[i * width : (i + 1) * width] for i, part in enumerate(deal.parts)}
    gains = [f"{name} {_gained(row)}" for name, row in rows.items()]
    order = f"in{figures.order} US dollars"
    told = f"Of this every rule gives, {order},"
    if any(len(set(row[:4])) > 1 for row in rows.values()):
        told = (
            f"Of this the Shapley value gives, {order} (in brackets the nucleolus; the range over all rules),"
        )
    return f"{told} {listed(gains)}{_compensated(rows)}."


def _gained(figures: Sequence[str]) -> str:
    first, second, lowest, highest, *_ = figures
    return first if {first} == set(figures[:4]) else f"{first} ({second}; {lowest} to {highest})"


def _told(part: Part) -> list[float]:
    gains = [*(part.gains[name][1] for name in TITLES), part.lowest, part.highest]
    return gains + [part.compensation[name][1] for name in TITLES if part.compensation]


def _compensated(rows: Mapping[str, Sequence[str]]) -> str:
    """Who receives and who pays, from what stands behind the four figures of gains."""
    if all(len(figures) == 4 for figures in rows.values()):
        return ""
    paid = {name: figures[4:] for name, figures in rows.items() if any(map(_some, figures[4:]))}
    each = [f"{name} {_settled(figures)}" for name, figures in paid.items()]
    return f"; as compensation {listed(each)}" if each else "; nobody owes compensation"


def _settled(figures: Sequence[str]) -> str:
    """What a state receives or pays by the first rule, and in brackets by the second."""
    first, second = (text.lstrip(MINUS) for text in figures)
    verbs = ["pays" if text.startswith(MINUS) else "receives" for text in figures]
    if figures[0] == figures[1]:
        return f"{verbs[0]} {first}"
    return f"{verbs[0]} {first} ({'' if verbs[0] == verbs[1] else verbs[1] + ' '}{second})"


def _some(figure: str) -> bool:
    return bool(figure.strip("0.,"))


def _lasting(deal: Deal, names: Names) -> str:
    known = {one.rule: one for one in deal.stability}
    one, other = (among(known[name].in_core, deal.members) for name in TITLES)
    where = f"In {one} by the Shapley value and in {other} by the nucleolus"
    if one == other:
        where = f"By both rules, in {one}"
    text = f"{where}, no state and no group of states would do better by itself"
    if known["nucleolus"].core < 1.0:
        text += f"; in {among(1.0 - known['nucleolus'].core, deal.members)} no sharing reaches that"
    objecting = [one for one in known.values() if one.objections]
    if objecting:
        ahead = f"; at mean values, for a deal made ahead, {_ahead(known)}" if deal.members > 1 else ""
        text += f"; {_objecting(objecting[0], names)}{ahead}"
    return f"{text}."


def _ahead(known: Mapping[str, Stability]) -> str:
    held = [title for name, title in TITLES.items() if known[name].ahead]
    if not held:
        return "some would as well"
    return "none would" if len(held) == len(TITLES) else f"none would by {held[0]}, some by the other rule"


def _missing(deal: Deal) -> str:
    figures = figured([-deal.surplus[1]])
    amount = usd(figures[0], figures.order)
    return (
        f"There is nothing to share; to leave no state worse off, {amount} would have to come from outside."
    )


def _objecting(of_rule: Stability, names: Names) -> str:
    most = of_rule.objections[0]
    figures = figured([most.mean])
    who, amount = listed([names[state] for state in most.coalition]), usd(figures[0], figures.order)
    alone = "by itself" if len(most.coalition) == 1 else "by themselves"
    return f"most often {who} would gain {amount} more {alone} than by {TITLES[of_rule.rule]}"
