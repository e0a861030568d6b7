"""Measures of corridors: concentration, dependence, the four CAREC indicators, drafts, plans, odd figures.

Pure functions on arrays and rows; nothing here names a route or a state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mirab.core.declared import codes
from mirab.core.declared_plans import ahead
from mirab.core.domain import Tables
from mirab.core.phrase import say
from mirab.core.records import Series

Floats = NDArray[np.float64]
Row = Mapping[str, Any]
TIMES_NEIGHBOUR, ROUNDING = 5.0, 0.02
RAILS, ROADS = ("rail_1435", "rail_1520"), ("road",)
BORDERS = ("border", "gauge change")


@dataclass(frozen=True)
class Odd:
    """A row that is set aside: its table, title, what it says, why it is not believed, and itself."""

    table: str
    title: str
    says: str
    why: str
    row: Row


def draft_share(level: Floats, level_m: Sequence[float], share: Sequence[float]) -> Floats:
    """Share of a full load at a water level, linear between the points given, flat beyond them; any shape."""
    order = np.argsort(level_m)
    return np.asarray(np.interp(level, np.asarray(level_m)[order], np.asarray(share)[order]))


@dataclass(frozen=True)
class Indicators:
    """The four CAREC indicators of a state, as medians over members with 10 and 90 % where they vary.

    `border_h` is TFI1, `section_usd` TFI3 (USD for 500 km and 20 t), `with_delay` and `without_delay` TFI4 in
    km/h. TFI2, what is paid at a border, is not simulated.
    """

    border_h: tuple[float, float, float]
    section_usd: float
    with_delay: tuple[float, float, float]
    without_delay: float


def indicators(
    border_h: Floats, km: float, moving_h: float, stops_h: Floats, usd_per_tkm: float
) -> Indicators:
    """Indicators from hours at a border and hours of stops by member, and km and hours under way.

    Speed with delay is distance over all time, without delay over the time under way (CAREC CPMM).
    """
    low, middle, high = (float(q) for q in np.quantile(border_h, (0.1, 0.5, 0.9)))
    slow = km / (moving_h + stops_h)
    speeds = tuple(float(q) for q in np.quantile(slow, (0.1, 0.5, 0.9)))
    return Indicators(
        (low, middle, high), usd_per_tkm * 500.0 * 20.0, (speeds[0], speeds[1], speeds[2]), km / moving_h
    )


def plan_ratio(rows: Sequence[Row]) -> tuple[float | None, int]:
    """Mean of actual over plan of the rows that count, and how many they are; None where there is none.

    Plans are biased forecasts (Flyvbjerg 2008): the ratio is stated with its n and never without.
    """
    ratios = [row["actual"] / row["plan"] for row in rows if row["counted"]]
    return (sum(ratios) / len(ratios) if ratios else None), len(ratios)


@dataclass(frozen=True)
class PlanLaw:
    """What comes over what was planned, as the plans that came due say: a lognormal law known from few.

    `middle` and `spread` are mean and standard deviation of the logarithm of the ratio over `count` plans.
    """

    middle: float
    spread: float
    count: int

    def drawn(self, members: int, seed: Sequence[int]) -> Floats:
        """Ratios of the next plan, shape (member,), from the predictive law of Student (n - 1 degrees).

        With few plans its tails are wide: what is not known of the law is in it.
        """
        drawn = np.random.default_rng(seed).standard_t(self.count - 1, members)
        return np.asarray(np.exp(self.middle + self.spread * np.sqrt(1.0 + 1.0 / self.count) * drawn))


def plan_law(ratios: Sequence[float]) -> PlanLaw | None:
    """The law of some ratios; None where they are fewer than two (reference class, Flyvbjerg 2008)."""
    logs = np.log(np.asarray(ratios))
    return PlanLaw(float(logs.mean()), float(logs.std(ddof=1)), logs.size) if logs.size > 1 else None


def set_aside(performance: Sequence[Row], volumes: Sequence[Row]) -> tuple[Odd, ...]:
    """Rows that contradict themselves or their neighbours; they stay in the pack and are not used.

    Speed with delay above speed without; a figure beyond five times that of the years beside it, of the same
    state, mode or series, perimeter, unit and kind (thresholds ours); a cost of a section under a fifth of
    the median of all states; a whole that its parts do not make; hours at borders outside those of the two
    directions of which they are the mean.
    """
    return (
        *_speeds(performance),
        *_between(performance),
        *_costs(performance),
        *_jumps(volumes),
        *_sums(volumes),
    )


def _speeds(rows: Sequence[Row]) -> Iterator[Odd]:
    for row in rows:
        slow, fast = row["with_delay_kmh"], row["without_delay_kmh"]
        if slow is not None and fast is not None and slow > fast:
            says = f"with delay {slow:g} km/h, without {fast:g}"
            yield _odd("performance", row, says, say("speed with delay above speed without"))
    for one, two, three in _beside([row for row in rows if row["with_delay_kmh"] is not None]):
        slow = two["with_delay_kmh"]
        if slow > 2.0 * max(one["with_delay_kmh"], three["with_delay_kmh"]):
            says = f"with delay {slow:g} km/h"
            yield _odd("performance", two, says, say("over twice the years before and after"))


def _between(rows: Sequence[Row]) -> Iterator[Odd]:
    for row in rows:
        both, out, back = (row[name] for name in ("border_h", "border_out_h", "border_in_h"))
        if None not in (both, out, back) and not min(out, back) <= both <= max(out, back):
            says = f"{both:g} h, outbound {out:g}, inbound {back:g}"
            yield _odd("performance", row, says, say("the whole lies outside its two directions"))


def _sums(rows: Sequence[Row]) -> Iterator[Odd]:
    """Wholes of a year that differ from the sum of their parts by more than rounding (2 %, ours)."""
    parts: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        if row["part_of"]:
            parts.setdefault(_sum_of(row, row["part_of"]), []).append(row)
    for row in rows:
        own = parts.get(_sum_of(row, row["series_id"]), ())
        total = sum(part["value"] for part in own)
        if own and abs(total - row["value"]) > ROUNDING * row["value"]:
            names = ", ".join(f"{part['title']} {part['value']:,.0f}" for part in own)
            says = f"{row['value']:,.0f} {row['measured_in']}; {names}: {total:,.0f}"
            yield _odd("volumes", row, says, say("its parts do not add up to it"))


def _sum_of(row: Row, series: str) -> tuple[Any, ...]:
    return series, row["perimeter"], row["measured_in"], row["year"], row["first"]


def _costs(rows: Sequence[Row]) -> Iterator[Odd]:
    for mode in sorted({row["mode"] for row in rows}):
        own = [row for row in rows if row["mode"] == mode and row["usd_per_tkm"] is not None]
        middle = float(np.median([row["usd_per_tkm"] for row in own])) if own else 0.0
        for row in own:
            if row["usd_per_tkm"] * TIMES_NEIGHBOUR < middle:
                says = f"{row['section_usd']:g} USD for 500 km and 20 t"
                yield _odd("performance", row, says, say("under a fifth of the median of all states"))


def _beside(rows: Sequence[Row]) -> Iterator[tuple[Row, Row, Row]]:
    """Each row with those of the years before and after, of one state and mode."""
    known = {(row["state"], row["mode"], row["year"]): row for row in rows}
    for (state, mode, year), row in known.items():
        before, after = known.get((state, mode, year - 1)), known.get((state, mode, year + 1))
        if before is not None and after is not None:
            yield before, row, after


def _jumps(rows: Sequence[Row]) -> Iterator[Odd]:
    """Figures of whole years of one series, perimeter, unit and kind beyond five times their neighbours."""
    groups: dict[tuple[Any, ...], dict[int, Row]] = {}
    for row in rows:
        if row["year"] is not None and not row["first"]:
            key = tuple(row[name] for name in ("series_id", "perimeter", "measured_in", "kind"))
            groups.setdefault(key, {})[row["year"]] = row
    for own in groups.values():
        for year, row in own.items():
            near = [own[other]["value"] for other in (year - 1, year + 1) if other in own]
            if near and all(_apart(row["value"], value) for value in near) and len(near) == 2:
                yield _odd(
                    "volumes",
                    row,
                    f"{row['value']:g} {row['measured_in']}",
                    say("beyond five times its neighbours"),
                )


def _apart(one: float, other: float) -> bool:
    return max(one, other) > TIMES_NEIGHBOUR * min(one, other)


def _odd(table: str, row: Row, says: str, why: str) -> Odd:
    head = row.get("title") or " ".join(str(row[name]) for name in ("state", "mode") if row.get(name))
    return Odd(table, f"{head or row.get('scope', '')} {row['year']}", says, why, row)


def spliced(rows: Sequence[Row], series: str, perimeter: str) -> list[Row]:
    """The rows of one series and one perimeter: another perimeter is another series, and is never joined."""
    return [row for row in rows if (row["series_id"], row["perimeter"]) == (series, perimeter)]


def points(rows: Sequence[Row]) -> dict[str, dict[str, list[tuple[float, float]]]]:
    """Level and share of a full load by fleet and port."""
    found: dict[str, dict[str, list[tuple[float, float]]]] = {}
    for row in rows:
        ports = found.setdefault(row["fleet_id"], {})
        ports.setdefault(row["node_id"], []).append((row["level_m"], row["share"]))
    return found


def record(tables: Tables, carried: Any, group: str) -> tuple[Series, ...]:
    """Plans beside what came, the CAREC indicators of the run beside the published, and rows set aside."""
    return (
        *_series(f"{group}:plans", say("Plans and what came"), _plans(tables, group)),
        *_series(f"{group}:ahead", say("Plans for years ahead"), _ahead(tables, group)),
        *_series(f"{group}:indicators", say("CAREC indicators"), _indicator_rows(tables, carried, group)),
        *_series(f"{group}:set_aside", say("Rows set aside"), _odd_rows(tables, group)),
    )


def _series(id: str, title: str, rows: Sequence[Row]) -> tuple[Series, ...]:
    if not rows:
        return ()
    columns = {key: tuple(row[key] for row in rows) for key in rows[0]}
    sources = tuple(dict.fromkeys(one for row in rows for one in codes(row["row_sources"])))
    classes = ", ".join(dict.fromkeys(str(row["row_confidence"]) for row in rows))
    return (Series(id, title, "as in the columns", columns, sources, classes),)


def _plans(tables: Tables, group: str) -> Sequence[Row]:
    rows = tables.rows(f"{group}/plans")
    mean, count = plan_ratio(rows)
    return [
        {
            "item": row["item"],
            "perimeter": row["perimeter"],
            "plan": row["plan"],
            "plan_year": row["plan_year"],
            "actual": row["actual"],
            "actual_year": row["actual_year"],
            "measured_in": row["measured_in"],
            "ratio": _rounded(row["actual"] / row["plan"]),
            "counted": row["counted"],
            "mean_ratio": _rounded(mean),
            "count": count,
            **_cited(row),
        }
        for row in rows
    ]


def _ahead(tables: Tables, group: str) -> Sequence[Row]:
    """Plans of a series for years after its last figure, and the growth a year that they need."""
    mean, count = plan_ratio(tables.rows(f"{group}/plans"))
    found = []
    for row, last in ahead(tables.rows(f"{group}/volumes")):
        growth = (row["value"] / last["value"]) ** (1.0 / (row["year"] - last["year"])) - 1.0
        found.append(
            {
                "item": row["title"],
                "perimeter": row["perimeter"],
                "last_perimeter": last["perimeter"],
                "plan": row["value"],
                "plan_year": row["year"],
                "last": last["value"],
                "last_year": last["year"],
                "measured_in": row["measured_in"],
                "growth_needed": _rounded(growth),
                "plan_times_ratio": _rounded(row["value"] * mean) if mean is not None else None,
                "mean_ratio": _rounded(mean),
                "count": count,
                **_cited(row),
            }
        )
    return found


def _indicator_rows(tables: Tables, carried: Any, group: str) -> Sequence[Row]:
    """One row for each state and mode of which both the run and CAREC speak."""
    published = [row for row in tables.rows(f"{group}/performance") if row["state"]]
    aside = {(odd.row["state"], odd.row["mode"], odd.row["year"]) for odd in _odd_performance(tables, group)}
    kept = [row for row in published if (row["state"], row["mode"], row["year"]) not in aside]
    found = []
    for state, mode in sorted({(row["state"], row["mode"]) for row in kept}):
        own = max((r for r in kept if (r["state"], r["mode"]) == (state, mode)), key=lambda r: r["year"])
        made = of_state(carried, state, ROADS if mode == "road" else RAILS, own["usd_per_tkm"])
        if made is not None:
            found.append(_beside_row(own, made))
    return found


def _beside_row(own: Row, made: Indicators) -> Row:
    return {
        "state": own["state"],
        "mode": own["mode"],
        "border_h_low": _rounded(made.border_h[0]),
        "border_h": _rounded(made.border_h[1]),
        "border_h_high": _rounded(made.border_h[2]),
        "with_delay_kmh": _rounded(made.with_delay[1]),
        "without_delay_kmh": _rounded(made.without_delay),
        "section_usd": _rounded(made.section_usd),
        "published_year": own["year"],
        "published_border_h": own["border_h"],
        "published_border_usd": own["border_usd"],
        "published_section_usd": own["section_usd"],
        "published_with_delay_kmh": own["with_delay_kmh"],
        "published_without_delay_kmh": own["without_delay_kmh"],
        **_cited(own),
    }


def of_state(carried: Any, state: str, modes: Sequence[str], usd_per_tkm: float | None) -> Indicators | None:
    """The indicators of a state over the ways of a run, weighed by what passes times its worth of time.

    None where nothing passes.
    """
    km = moving = 0.0
    members = carried.draws.members
    stops, border, passing = np.zeros(members), np.zeros(members), 0.0
    for place, way in enumerate(carried.ways):
        passing_t = carried.shares[:, place] * carried.volumes[:, place]
        weight = float(np.median(passing_t * carried.worth_of_time[:, place]))
        legs = [s for s in way.stages if s.kind == "leg" and s.state == state and s.mode in modes]
        stays = [s for s in way.stages if s.kind == "dwell" and s.state == state] if legs else []
        km += weight * sum(stage.km for stage in legs)
        moving += weight * sum(stage.hours for stage in legs)
        for stage in stays:
            hours = carried.dwell_h(stage.station)
            stops = stops + weight * hours
            if carried.plan.stations[stage.station].kind in BORDERS:
                border, passing = border + weight * hours, passing + weight
    if not km or not passing:
        return None
    return indicators(border / passing, km, moving, stops, usd_per_tkm or 0.0)


def entering_h(carried: Any, state: str, modes: Sequence[str]) -> Floats | None:
    """Hours at the border where ways by some modes come into a state, by member; None where none does.

    The mean over ways, weighed by what passes times its worth of time, as in `of_state`: TFI1 inbound.
    """
    hours, passing = np.zeros(carried.draws.members), 0.0
    for place, way in enumerate(carried.ways):
        passing_t = carried.shares[:, place] * carried.volumes[:, place]
        weight = float(np.median(passing_t * carried.worth_of_time[:, place]))
        for before, stage in pairwise(way.stages):
            kind = carried.plan.stations[stage.station].kind if stage.kind == "dwell" else ""
            entered = stage.state == state and before.state != state and before.mode in modes
            if entered and kind in BORDERS:
                hours, passing = hours + weight * carried.dwell_h(stage.station), passing + weight
    return hours / passing if passing else None


def _odd_rows(tables: Tables, group: str) -> Sequence[Row]:
    odd = set_aside(tables.rows(f"{group}/performance"), tables.rows(f"{group}/volumes"))
    return [
        {"table": one.table, "row": one.title, "says": one.says, "why": one.why, **_cited(one.row)}
        for one in odd
    ]


def _odd_performance(tables: Tables, group: str) -> list[Odd]:
    return [one for one in set_aside(tables.rows(f"{group}/performance"), ()) if one.table == "performance"]


def _cited(row: Row) -> dict[str, Any]:
    return {"row_sources": row["source_id"], "row_confidence": row["confidence"]}


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")
