"""Deaths from organised violence by state and month: what is known, what is forecast, what is not said.

The figures are state-based deaths as the Uppsala Conflict Data Program defines them. Nothing here names a
state or a group; the pack does. There is no index of any group, and there will be none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

from mirab.core.calendar import next_start
from mirab.core.declared import codes, evidence
from mirab.core.domain import Domain, ForecastPlan, Row, Tables
from mirab.core.panel import Panel
from mirab.core.phrase import Phrase, say
from mirab.core.presence import Presence
from mirab.core.records import Observation
from mirab.domains.security import incidents, methods
from mirab.domains.security.editions import Editions

GROUP, QUANTITY, UNIT = "security", "deaths", "deaths"
PARTS = ("states", "vintages", "deaths", "kinds", "events")
FORECASTER, BASELINE = "recency_onset", "conflictology_12_poisson"
HORIZON, EVENT, YEAR, MEMORY = 12, 25.0, 12, 60
ALERTS, LEAST_NORM = 3, 2.0
RIVALS = ("deaths_forecast", "violent_events_forecast")
WATCHED = (
    "non_state_deaths",
    "one_sided_deaths",
    "violent_events",
    "violent_deaths",
    "demonstrations",
    "food_price_change",
    "food_crisis",
    "displaced",
    "refugees_from",
    "refugees_in",
    "appeal_required",
    "appeal_funded",
    "news_share",
    "news_tone",
)
COUNTED = say("state-based deaths, UCDP definition; other violence is not counted")


def observations(tables: Tables) -> tuple[Observation, ...]:
    """Deaths by state and month; a figure for a month before the state existed is not modelled (§3)."""
    since = {row["state"]: row["since"] for row in tables.rows(f"{GROUP}/states")}
    rows = tables.rows(f"{GROUP}/deaths")
    return tuple(_observation(row, since[row["state"]]) for row in rows)


def _observation(row: Row, since: date) -> Observation:
    start, early = row["month"], row["month"] < since
    presence = Presence.NOT_MODELLED if early else Presence.PRESENT
    value = None if early else float(row["deaths"])
    return Observation(
        row["state"],
        QUANTITY,
        start,
        next_start(start, "month"),
        value,
        UNIT,
        row["author"],
        evidence(row),
        presence,
        vintage=row["vintage"],
    )


def forecasts(tables: Tables, known: Sequence[Observation], on: date) -> tuple[ForecastPlan, ...]:
    """The plan of deaths by state and month from what was known on the date; none without a figure."""
    states = {row["state"]: row for row in tables.rows(f"{GROUP}/states")}
    seen = [o for o in known if o.quantity == QUANTITY and o.item in states and _could_be(o, states)]
    if not any(o.value is not None for o in seen):
        return ()
    names = _names(tables)
    packed = {row["author"] for row in tables.rows(f"{GROUP}/deaths")}
    editions = Editions(tables.rows(f"{GROUP}/vintages"))
    kept, twice = editions.chosen(seen, packed, names)
    items = tuple(sorted({o.item for o in kept}))
    panel = Panel.of(QUANTITY, kept, "month", items=items, states=[(item,) for item in items])
    missing = _absent(panel, names)
    open_ones = {o.vintage for o in kept if editions.provisional(o.vintage)}
    panel, doubled = methods.without_doubles(panel, open_ones, names)
    focus, beside = (tuple(i for i in items if states[i]["role"] == r) for r in ("focus", "neighbour"))
    near = {item: tuple(n for n in codes(states[item]["neighbours"]) if n in items) for item in focus}
    quiet = tuple(item for item in focus if methods.most(panel, item, YEAR) < EVENT)
    return (
        ForecastPlan(
            panel,
            FORECASTER,
            BASELINE,
            HORIZON,
            focus,
            COUNTED,
            names
            | {methods.around(item): say("the states around {name}", name=names[item]) for item in near},
            names=dict.fromkeys((QUANTITY, "new_deaths", "deaths_nearby"), say("number of deaths"))
            | {"food_price_change": say("change of food prices over a year")},
            event=EVENT,
            empty=frozenset(item for item in items if methods.most(panel, item, MEMORY) == 0),
            beside=beside,
            norms=methods.norms(panel, near, YEAR, LEAST_NORM),
            drivers={item: methods.drivers(panel, item, YEAR, MEMORY, EVENT) for item in (*focus, *beside)},
            derive=partial(methods.derived, quiet=quiet, near=near, alerts=ALERTS, event=EVENT),
            gaps=(*twice, *doubled, *missing),
            assumptions=(
                say("Deaths are {counted}; they stand as the last edition has them.", counted=COUNTED),
            ),
            rivals=RIVALS,
        ),
    )


def _could_be(o: Observation, states: Mapping[str, Row]) -> bool:
    """Whether a figure is of a month in which the state was there; data sets count it as none before (§3)."""
    return o.presence is Presence.NOT_MODELLED or o.start >= states[o.item]["since"]


def _absent(panel: Panel, names: Mapping[str, str]) -> list[Phrase]:
    """Sentences on months without a figure between the first and the last of a state (§3)."""
    missing = {item: months for item in panel.items if (months := panel.missing(item))}
    return [
        say(
            "{name}: months without a figure: {number}, last {month}; absent is not zero.",
            name=names[item],
            number=len(months),
            month=f"{months[-1]:%Y-%m}",
        )
        for item, months in missing.items()
    ]


def _names(tables: Tables) -> dict[str, str]:
    return {row["state"]: row["name"] for table in ("other_states", "states") for row in tables.rows(table)}


DOMAIN = Domain(
    name=GROUP,
    title="Security",
    tables=tuple(f"{GROUP}/{part}" for part in PARTS),
    observations=observations,
    forecasts=forecasts,
    incidents=incidents.events,
    counts=incidents.counts,
    watched=WATCHED,
    forecasters=(FORECASTER, BASELINE),
    sections=("security",),
)
