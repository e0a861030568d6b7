"""What the press tells of a state or a pair against its own past: the situation that its rules judge.

The norm of a state is what its share of the documents of the year before would make of the documents of the
last whole month, so that a month in which more was read is no change. Of the world's online news, which a
live source counts as a share of all articles, it is the median of the state's months before. Method ours.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from statistics import median

from mirab.core.calendar import next_start
from mirab.core.phrase import say
from mirab.core.records import Observation
from mirab.warn.situation import Situation, Wording

MONTHS, LEAST_NORM, LEAST_MEETINGS = 12, 5.0, 4
BACK = timedelta(days=730)
CEILING = say("it counts what was read, not what happened")
METHOD = (
    say(
        "What the press tells of a state in the last whole month is compared with its share of the "
        "documents of the {months} months before, where that makes {least:g} events or more. Two states "
        "count as silent where they had met on {meetings} days or more in two years. Counts follow what "
        "was read.",
        months=MONTHS,
        least=LEAST_NORM,
        meetings=LEAST_MEETINGS,
    ),
)
NEWS = "news_share"
OF_NEWS = say(
    "How often the world's online news names a state is compared with the median of the {months} months "
    "before.",
    months=MONTHS,
)
FEWEST = 6
_MONTHLY = ("press_events", "press_reports")


def situation(
    domain: str, told: Sequence[Observation], read: Mapping[str, int], names: Mapping[str, str], on: date
) -> Situation:
    """The counts of the last whole month with their norms, and the meetings of pairs that used to meet.

    `told` are observations of press_events, press_reports, NEWS (state and month) and press_meetings (pair
    and day), `read` the documents by month as 2024-02, `names` the states of the region.
    """
    met = Counter(one.item for one in told if one.quantity == "press_meetings" and one.start >= on - BACK)
    pairs = {item for item, days in met.items() if days >= LEAST_MEETINGS}
    norms = {("norm", name): _norms(name, told, read, names, on) for name in _MONTHLY}
    norms["norm", NEWS] = _own_past([one for one in told if one.quantity == NEWS and one.end <= on])
    kept = (one for one in told if one.item in (names if one.quantity in (*_MONTHLY, NEWS) else pairs))
    return Situation(
        domain=domain,
        on=on,
        norms=norms,
        observations=tuple(kept),
        titles={**names, **{pair: _title(pair, names) for pair in pairs}},
        states={**{state: (state,) for state in names}, **{pair: tuple(pair.split("+")) for pair in pairs}},
        wording=Wording(
            at="of",
            names={
                "press_events": "events told",
                "press_reports": "reports",
                "press_meetings": "meeting told",
                NEWS: say("articles among ten thousand"),
            },
        ),
        ceiling=CEILING,
    )


def _title(pair: str, names: Mapping[str, str]) -> str:
    one, other = pair.split("+")
    return say("{one} and {other}", one=names[one], other=names[other])


def _norms(
    quantity: str,
    told: Sequence[Observation],
    read: Mapping[str, int],
    names: Mapping[str, str],
    on: date,
) -> dict[str, float]:
    """What the last whole month would bring by state; only norms that are large enough to be judged."""
    last = max((month for month in read if _end(month) <= on), default="")
    past = sorted(month for month in read if month < last)[-MONTHS:]
    documents = sum(read[month] for month in past)
    amounts: dict[str, float] = defaultdict(float)
    for one in told:
        if one.quantity == quantity and one.item in names and one.start.isoformat()[:7] in past:
            amounts[one.item] += one.value or 0.0
    norms = {item: whole / documents * read[last] for item, whole in amounts.items()} if documents else {}
    return {item: norm for item, norm in norms.items() if norm >= LEAST_NORM}


def _own_past(news: Sequence[Observation]) -> dict[str, float]:
    """Median by state of the MONTHS months before its last one, where FEWEST are known and it is not zero."""
    by_state: dict[str, list[Observation]] = defaultdict(list)
    for one in sorted(news, key=lambda one: one.start):
        by_state[one.item].append(one)
    past = {item: [one.value or 0.0 for one in seen[:-1]][-MONTHS:] for item, seen in by_state.items()}
    return {item: norm for item, seen in past.items() if len(seen) >= FEWEST and (norm := median(seen)) > 0}


def _end(month: str) -> date:
    return next_start(date.fromisoformat(f"{month}-01"), "month")
