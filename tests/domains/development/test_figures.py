"""Which figures of an indicator count: those of the pack, or newer ones that a live source told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.core.records import Confidence, Evidence, Observation
from mirab.core.targets import Fresh
from mirab.domains.development.domain import measured
from mirab.domains.development.figures import counting

NAMED = {"source_id": "a", "confidence": "published", "note": ""}
BOUNDED = NAMED | {"indicator_id": "water", "name": "Safe water", "goal": 6, "measured_in": "%"}
BOUNDED |= {"kind": "share", "direction": "up", "lower": 0.0, "upper": 100.0, "tolerance": 1.0}
AUTHORS = {"first": "First Office", "second": "Second Office"}


class Pack:
    """One indicator in one state, told by the pack and by two sources that it names."""

    def __init__(self, **years: float) -> None:
        self.tables: Mapping[str, Sequence[Mapping[str, Any]]] = {
            "states": [{"state": "XAA"}],
            "development/indicators": [BOUNDED],
            "development/series": [
                {"indicator_id": "water", "connector": name, "code": "W", "dimensions": ""}
                for name in AUTHORS
            ],
            "development/values": [
                NAMED | {"indicator_id": "water", "state": "XAA", "year": int(year[1:]), "value": value}
                for year, value in years.items()
            ],
        }

    def rows(self, table: str) -> Sequence[Mapping[str, Any]]:
        return self.tables.get(table, [])


def told(source: str, year: int, value: float, **more: Any) -> Observation:
    period = date(year, 1, 1), date(year + 1, 1, 1)
    evidence = Evidence(source, Confidence.PUBLISHED)
    item, quantity = more.pop("item", "XAA"), more.pop("quantity", "water")
    author = AUTHORS.get(source, source)
    return Observation(item, quantity, *period, value, "%", author, evidence, **more)


def figures(pack: Pack, *known: Observation) -> dict[int, float]:
    series, _ = counting(pack, known)
    return {year: one.value for year, one in sorted(series.get(("water", "XAA"), {}).items())}


def fresh(pack: Pack, *known: Observation) -> Sequence[Fresh]:
    return counting(pack, known)[1]


def test_without_live_figures_those_of_the_pack_count() -> None:
    assert figures(Pack(y2019=50.0, y2020=52.0)) == {2019: 50.0, 2020: 52.0}
    assert fresh(Pack(y2020=52.0)) == ()


def test_a_newer_series_counts_from_its_first_year_on_and_the_pack_before_it() -> None:
    pack = Pack(y2015=40.0, y2018=48.0, y2020=52.0)
    known = told("first", 2018, 47.0), told("first", 2019, 49.5), told("first", 2021, 55.0)
    assert figures(pack, *known) == {2015: 40.0, 2018: 47.0, 2019: 49.5, 2021: 55.0}
    (one,) = fresh(pack, *known)
    assert (one.author, one.last, one.packed, one.apart) == ("First Office", 2021, 2020, 1.0)
    assert not one.differs


def test_a_series_that_ends_before_the_pack_or_has_less_than_half_of_its_years_does_not_count() -> None:
    years = {f"y{year}": 50.0 for year in range(2010, 2021)}
    assert fresh(Pack(**years), told("first", 2019, 60.0)) == ()
    assert fresh(Pack(**years), told("first", 2010, 60.0), told("first", 2022, 61.0)) == ()


def test_of_several_authors_the_furthest_counts_and_of_equal_ones_the_first_in_the_pack() -> None:
    known = told("first", 2021, 60.0), told("second", 2021, 70.0)
    assert fresh(Pack(), *reversed(known))[0].author == "First Office"
    assert figures(Pack(), *known, told("second", 2022, 71.0)) == {2021: 70.0, 2022: 71.0}


def test_a_figure_out_of_bounds_or_of_a_source_that_the_pack_does_not_name_does_not_count() -> None:
    strangers = (
        told("first", 2021, 140.0),
        told("stranger", 2021, 60.0),
        told("first", 2021, 9.0, quantity="gdp"),
    )
    assert figures(Pack(y2020=52.0), *strangers) == {2020: 52.0}


def test_figures_far_from_those_of_the_pack_are_counted_and_said_to_differ() -> None:
    (one,) = fresh(Pack(y2019=50.0, y2020=52.0), told("first", 2019, 30.0), told("first", 2020, 31.0))
    assert one.differs
    assert one.apart == pytest.approx(20.5)


def test_the_panel_carries_edition_and_source_and_an_indicator_without_packed_figures_gets_one() -> None:
    known = told("first", 2021, 60.0, vintage="2026-10-01"), told("first", 2023, 61.0, vintage="2026-10-01")
    found = measured(Pack(), known)
    panel = found.panels["water"]
    assert panel.vintages is not None
    assert panel.vintages.tolist() == [["2026-10-01", "", "2026-10-01"]]
    assert {one.source_id for one in panel.evidence} == {"first"}
    assert found.fresh[0].packed is None


@settings(derandomize=True, max_examples=40, deadline=None)
@given(
    st.dictionaries(st.integers(2000, 2012), st.integers(0, 100), max_size=5),
    st.dictionaries(st.integers(2000, 2012), st.integers(0, 100), max_size=5),
)
def test_every_figure_that_counts_was_told_by_somebody_and_no_newest_year_is_lost(
    packed: dict[int, int], live: dict[int, int]
) -> None:
    pack = Pack(**{f"y{year}": value for year, value in packed.items()})
    found = figures(pack, *(told("first", year, value) for year, value in live.items()))
    assert all(value in (packed.get(year), live.get(year)) for year, value in found.items())
    assert max(found, default=0) >= max(packed, default=0)
    if packed:
        assert min(found) <= min(packed)
