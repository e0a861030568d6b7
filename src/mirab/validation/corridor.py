"""Corridors against published times, volumes and lists; what set a parameter is told as fitted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mirab.core.carriage import Carriage
from mirab.core.declared_carriage import carriage
from mirab.domains.corridor.methods import RAILS, entering_h, plan_ratio
from mirab.observe.region import Region, load
from mirab.validation.harness import Finding, Kind, Verdict
from mirab.warn.carriage import Carried, carried, drawn
from mirab.warn.cuts import busiest, more
from mirab.warn.earnings import kept

TITLE = "Corridors: times, queues, shares"
GROUP, ON, MEMBERS, SEED = "corridor", date(2024, 7, 1), 64, 1
TITR, NORTH, KARS, FEEDERS = "titr_poti", "northern_dostyk", "titr_kars", "aktau/feeders"
TWENTY = "within 20 %"
TEU_2021, TEU_2024, SURGE, SURGE_DAYS = 25200.0, 56500.0, 2.5, 180
FEEDER_TEU = 89000.0
FIRST = 5
INCOME_USD, TURNOVER_TKM, PROFIT = 4.2e9, 270e9, 154.0 / 1900.0
DEARER = 0.26 / 0.14
TARIFF, LEFT = INCOME_USD / TURNOVER_TKM * DEARER, 1.0 - (1.0 - PROFIT) / DEARER
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Year:
    """The corridors of Central Asia in the year from the middle of 2024 on, as the pack declares them."""

    pack: Region
    plan: Carriage

    @cached_property
    def found(self) -> Carried:
        """The run with the shares that were observed."""
        draws = drawn(self.plan, ON, MEMBERS, SEED)
        return carried(self.plan, draws)

    def days(self, way: str, begins: str, ends: str) -> float:
        """Median over members of the days from one place to another, with waits and dwell between them."""
        hours, under_way = np.zeros(MEMBERS), not begins
        for stage in self.plan.ways[way].stages:
            if under_way:
                hours = hours + self.found.stage_h(stage)
            under_way = under_way or stage.place == begins
            if under_way and stage.place == ends:
                break
        return float(np.median(hours)) / 24.0

    @cached_property
    def surged(self) -> Carried:
        """The run of half a year with 2.5 times the cargo of 2021 on its fleet.

        The fleet of 2021 is taken in the proportion of the containers of 2021 and 2024; nobody turns away.
        """
        factor = TEU_2021 / TEU_2024
        vessels = self.plan.stations[FEEDERS].units or 0.0
        small = more(self.plan, self.plan.stations[FEEDERS], vessels * (factor - 1.0))
        draws = drawn(small, ON, MEMBERS, SEED, ahead=SURGE_DAYS)
        base = carried(small, draws, rounds=1)
        ships = np.array([FEEDERS in way.stations for way in base.ways])
        shares = np.array([way.share for way in base.ways]) * np.where(ships, factor * SURGE, 1.0)
        many = np.tile(shares, (MEMBERS, 1))
        return carried(small, draws, base=base, shares=many)

    def surge(self) -> float:
        """Days to Constanta in the surge, mean of what sets out in half a year, median over members."""
        place = [way.id for way in self.surged.ways].index(TITR)
        return float(np.median(self.surged.mean_hours[:, place])) / 24.0

    def longest(self) -> float:
        """Days that 95 % of what sets out stay below in the year and the surge together, by the Caspian."""
        both = [run.journey[TITR].ravel() for run in (self.found, self.surged)]
        return float(np.quantile(np.concatenate(both), 0.95)) / 24.0

    def most_teu(self) -> float:
        """TEU a year that the feeders carry at the level of 2025 when ten times the cargo asks for them."""
        steady = drawn(self.plan, ON, 8, SEED)
        base = carried(self.plan, steady, rounds=1)
        start = self.plan.level.start if self.plan.level else 0.0
        draws = replace(steady, level=np.full((len(steady.axis), steady.members), start))
        ships = np.array([FEEDERS in way.stations for way in base.ways])
        asked = np.tile(np.array([way.share for way in base.ways]) * np.where(ships, 10.0, 1.0), (8, 1))
        port = "aktau/aktau_port"
        room = more(self.plan, self.plan.stations[port], 1e6)
        run = carried(room, draws, base=base, shares=asked)
        tonnes = run.run.served[FEEDERS].mean(axis=0)
        return float(np.median(tonnes)) * 365.0 / self.plan.markets["china_europe"].tonnes_each


def findings() -> Iterator[Finding]:
    """All comparisons of the area."""
    pack = load("central_asia")
    year = Year(pack, carriage(pack, GROUP))
    yield from _times(year)
    yield from _queues(year)
    yield from _borders(year)
    yield from _shares(year)
    yield from _ranks(year)
    yield from _money(year)


def _times(year: Year) -> Iterator[Finding]:
    chain = (
        ("Altynkol to Baku (Alat)", 9.0, TITR, "altynkol", "baku_alat"),
        ("Altynkol to Poti", 12.0, TITR, "altynkol", "poti"),
        ("Altynkol to Constanta", 21.0, TITR, "altynkol", "constanta"),
    )
    for what, expected, way, begins, ends in chain:
        source = "KTZ by Kaztag, October 2024; station to station"
        yield _near(f"{what}, 2024", expected, year.days(way, begins, ends), "day", source)
    source = "Navis 2025; terminal to terminal"
    yield _near(
        "Xi'an to Malaszewicze, 12 to 14 days", 13.0, year.days(NORTH, "", "malaszewicze"), "day", source
    )
    band = np.quantile(year.found.journey[TITR] / 24.0, (0.05, 0.95))
    holds = band[0] <= 15.0 and band[1] >= 60.0
    yield Finding(
        "China to Europe by the Caspian: EBRD's 15 to 60 days inside the 5 to 95 % band",
        "15 to 60",
        f"{band[0]:.0f} to {band[1]:.0f}",
        Verdict.of(bool(holds)),
        Kind.AIM,
        "day",
        "EBRD by Azernews, September 2024; what it measures is not stated",
        "band over members and days of setting out in a year, to the first terminal in the European Union",
    )
    longest = year.longest()
    yield Finding(
        "The upper end of EBRD's range: 60 days below the 95 % of the year and the surge of 2022 together",
        "60 or more",
        longest,
        Verdict.of(longest >= 60.0),
        Kind.AIM,
        "day",
        "EBRD by Azernews, September 2024; what it measures is not stated",
        "the range spans years of other volumes; the spread of one year alone is the line above",
    )


def _queues(year: Year) -> Iterator[Finding]:
    ours = year.surge()
    yield Finding(
        "2022: 2.5 times the cargo of 2021 on its fleet, China to the Black Sea, by queues alone",
        "38 to 53",
        ours,
        Verdict.of(38.0 <= ours <= 53.0),
        Kind.AIM,
        "day",
        "Kazakh government by News Central Asia, March 2023",
        f"mean of what sets out in {SURGE_DAYS} days; the fleet of 2021 is not in the sources",
    )
    yield Finding(
        "Six feeders, one way",
        FEEDER_TEU,
        year.most_teu(),
        Verdict.FITTED,
        Kind.AIM,
        "TEU a year",
        "owners by SIA",
        "the share of the ships in service was set by it",
    )


def _borders(year: Year) -> Iterator[Finding]:
    inbound = entering_h(year.found, "KAZ", RAILS)
    hours = None if inbound is None else float(np.median(inbound))
    yield Finding(
        "TFI1 of Kazakhstan, rail inbound, 2022",
        78.0,
        hours,
        Verdict.of(hours is not None and abs(hours - 78.0) <= 0.2 * 78.0),
        Kind.AIM,
        "h",
        "CAREC CPMM 2022",
        "where ways come in; in CPMM 2022 regular trains wait for express ones; the pack has only those",
    )
    yield Finding(
        "TFI1 of Kazakhstan, road inbound, 2022",
        4.6,
        None,
        Verdict.CANNOT_BE_CHECKED,
        Kind.AIM,
        "h",
        "CAREC CPMM 2022",
        "no road border of Kazakhstan carries cargo in the pack",
    )


def _shares(year: Year) -> Iterator[Finding]:
    rows = {
        row["series_id"]: row["value"] for row in year.pack.rows(f"{GROUP}/volumes") if row["year"] == 2024
    }
    names = [f"afghan_rail_{place}" for place in ("hairatan", "aqina", "torghundi", "khaf_herat")]
    share = rows[names[0]] / sum(rows[name] for name in names)
    yield Finding(
        "Hairatan of Afghan rail freight, 2024",
        78.0,
        round(100.0 * share, 1),
        Verdict.of(round(100.0 * share) == 78),
        Kind.MUST,
        "percent",
        "Ministry of Public Works by Pajhwok",
        "rows of the pack",
    )
    land = [way for way in year.plan.loaded("china_europe") if way.nest != "sea"]
    place = {way.id: i for i, way in enumerate(year.found.ways)}
    shares = {way.id: float(np.median(year.found.shares[:, place[way.id]])) for way in land}
    ours = 100.0 * (shares[TITR] + shares[KARS]) / sum(shares.values())
    yield Finding(
        "Trans-Caspian share of China to Europe by land, 2024",
        8.4,
        ours,
        Verdict.FITTED,
        Kind.AIM,
        "percent",
        "358 trains of 105 TEU beside 412,000 TEU of OTLK",
        "the constants of the ways were set by it",
    )
    ratio, count = plan_ratio(year.pack.rows(f"{GROUP}/plans"))
    yield Finding(
        "What came over what was planned, mean",
        0.646,
        ratio,
        Verdict.of(ratio is not None and abs(ratio - 0.646) < 0.001),
        Kind.MUST,
        "1",
        "0.464, 0.672 and 0.802 computed by hand",
        f"n = {count}",
    )


def _ranks(year: Year) -> Iterator[Finding]:
    """Where each bottleneck that the World Bank names stands among the stations with a capacity."""
    ranked = busiest(year.found, 99)
    for id, station in year.plan.stations.items():
        if station.named != "world_bank":
            continue
        rank = ranked.index(id) + 1 if id in ranked else None
        verdict = Verdict.CANNOT_BE_CHECKED if rank is None else Verdict.of(rank <= FIRST)
        yield Finding(
            f"Named by the World Bank: {station.title}",
            f"among the first {FIRST}",
            None if rank is None else f"{rank} of {len(ranked)}",
            verdict,
            Kind.AIM,
            "",
            "World Bank 2023, a list and no ranking",
            "no capacity is known" if rank is None else "rank by use of capacity; the threshold is ours",
        )


def _money(year: Year) -> Iterator[Finding]:
    """What time, carrying and transit are worth, beside the few figures that are published."""
    draws, way = year.found.draws, year.plan.ways[NORTH]
    leg = next(stage for stage in way.stages if stage.link == "dostyk__aktogay__rail_1520")
    low, high = (end / leg.km for end in leg.usd_per_t)
    part = kept(year.plan.kept, SEED, MEMBERS) if year.plan.kept else None
    rows = (
        (
            "Tariff of transit by rail in Kazakhstan",
            "USD per t and km",
            TARIFF,
            low + draws.freight * (high - low),
        ),
        ("Time of a container, by rail", "USD per t and h", 0.38, draws.time["transit"] / 24.0),
        ("Part of a freight of transit that is left", "1", LEFT, part),
    )
    sources = (
        "income a t-km of KTZ in 2023 (Astana Times), 26/14 times as much for transit (Kazinform 2018)",
        "default of open-gira, a model of transport; 0.48 by road",
        "profit of KTZ in 2023 and the same ratio, were a t-km of transit as dear to carry as any",
    )
    for (what, unit, expected, values), source in zip(rows, sources, strict=True):
        yield _inside(what, expected, values, unit, source, fitted=unit == "1")


def _inside(
    what: str, expected: float, values: Floats | None, unit: str, source: str, *, fitted: bool
) -> Finding:
    band = None if values is None else np.quantile(values, (0.05, 0.95))
    holds = band is not None and bool(band[0] <= expected <= band[1])
    verdict = Verdict.FITTED if fitted else Verdict.of(holds)
    ours = None if band is None else f"{band[0]:.3g} to {band[1]:.3g}"
    return Finding(what, round(expected, 4), ours, verdict, Kind.AIM, unit, source, "5 to 95 % of members")


def _near(what: str, expected: float, ours: float, unit: str, source: str) -> Finding:
    verdict = Verdict.of(abs(ours - expected) <= 0.2 * expected)
    return Finding(what, expected, ours, verdict, Kind.AIM, unit, source, TWENTY)
