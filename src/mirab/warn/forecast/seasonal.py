"""A forecast plan of any regular series: prices, counts, outages, flows, by dekad, month or year.

The method is the plainest that knows the season: each member follows one past year of the item; its baseline
is the last figure with its own past changes. Yearly figures have no season and keep to the latter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from mirab.core.calendar import STEPS_PER_YEAR, StepKind, next_start, steps
from mirab.core.domain import ForecastPlan
from mirab.core.errors import InputError, Problem
from mirab.core.fields import field
from mirab.core.panel import Panel
from mirab.core.phrase import say
from mirab.core.records import Observation

KINDS: tuple[StepKind, ...] = ("dekad", "month", "year")
SEASON, LAST = "season", "persistence"
FEWEST_YEARS = 5


def plan(quantity: str, observations: Sequence[Observation], titles: Mapping[str, str]) -> ForecastPlan:
    """The plan of a quantity from its observations: a year of steps ahead (one, of yearly figures).

    The steps are those in which most figures stand; of several authors of an item the one with the most
    figures is taken, and the others are told among the gaps, as are items with figures of fewer than
    FEWEST_YEARS (ours). Raises UnknownNameError for an unknown quantity, InputError where no item is left.
    """
    known = field(quantity)
    seen = [o for o in observations if o.quantity == quantity]
    kind = _kind(seen)
    if kind is None:
        fix = "figures by dekad, month or year can be forecast; observe add takes them"
        raise InputError("forecast", [Problem(quantity, "has no figure of one whole step", fix)])
    whole = [o for o in seen if _is_step(o, kind)]
    leading = {item: _author([o for o in whole if o.item == item]) for item in {o.item for o in whole}}
    kept = [o for o in whole if o.author == leading[o.item] and o.value is not None]
    years = {item: sum(o.item == item for o in kept) / STEPS_PER_YEAR[kind] for item in leading}
    items = tuple(sorted(item for item in leading if years[item] >= FEWEST_YEARS))
    if not items:
        longest = max(years.values())
        what = f"has figures of {longest:.1f} years at most"
        fix = f"a spread needs {FEWEST_YEARS}: add more with observe add"
        raise InputError("forecast", [Problem(quantity, what, fix)])
    others = sorted({(o.item, o.author) for o in whole} - set(leading.items()))
    told = "{item}: the figures of {author} are not used; {used} has more."
    few = "{item}: figures of {years:.1f} years are too few for a forecast."
    return ForecastPlan(
        Panel.of(quantity, kept, kind, items=items),
        LAST if kind == "year" else SEASON,
        LAST,
        1 if kind == "year" else STEPS_PER_YEAR[kind],
        items,
        known.meaning,
        {item: titles.get(item, item) for item in items},
        gaps=(
            *(say(told, item=titles.get(i, i), author=author, used=leading[i]) for i, author in others),
            *(say(few, item=titles.get(i, i), years=years[i]) for i in sorted(years) if i not in items),
        ),
    )


def _kind(seen: Sequence[Observation]) -> StepKind | None:
    counts = {kind: sum(_is_step(o, kind) for o in seen) for kind in KINDS}
    best = max(KINDS, key=lambda kind: counts[kind])
    return best if counts[best] else None


def _is_step(o: Observation, kind: StepKind) -> bool:
    return steps(o.start, 1, kind).starts[0] == o.start and next_start(o.start, kind) == o.end


def _author(seen: Sequence[Observation]) -> str:
    """The author of the most figures; the first A to Z of several with as many."""
    counts = Counter(o.author for o in seen)
    return min(counts, key=lambda author: (-counts[author], author))
