"""The pack of Central Asia: what it must keep so that a briefing can rest on it."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date

import pytest

from mirab.core import declared
from mirab.core.calendar import dekads, season
from mirab.observe.check import check
from mirab.observe.region import Region, load

LIMIT_YEAR = 2026


@pytest.fixture(scope="module")
def pack() -> Region:
    return load("central_asia")


def volumes_km3(row: dict, axis_start: date = date(2025, 10, 1)) -> dict[str, float]:
    axis = dekads(axis_start, 36)
    flow = axis.spread(declared.year(row, "m3s")) * axis.mcm_per_m3s / 1000.0
    total: dict[str, float] = defaultdict(float)
    for day, value in zip(axis.starts, flow, strict=True):
        total[season(day)] += float(value)
    return total


def annual_km3(row: dict) -> float:
    return sum(volumes_km3(row).values())


def test_the_pack_is_valid_with_and_without_rows_of_unsettled_licence() -> None:
    assert check("central_asia").name == "central_asia"


def test_without_unsettled_rows_the_series_is_gone_and_the_release_rule_stays(pack: Region) -> None:
    settled = pack.without_unsettled()
    assert not settled.rows("water/series")
    assert len(settled.rows("water/releases")) == len(pack.rows("water/releases"))
    assert len(settled.rows("water/inflows")) == len(pack.rows("water/inflows"))


def test_every_claim_has_shares_that_sum_to_one(pack: Region) -> None:
    shares: dict[str, float] = defaultdict(float)
    for row in pack.rows("water/claim_shares"):
        shares[row["claim_id"]] += row["share"]
    assert set(shares) == {row["claim_id"] for row in pack.rows("water/claims")}
    assert all(total == pytest.approx(1.0, abs=1e-4) for total in shares.values())


def test_every_headwater_has_one_inflow(pack: Region) -> None:
    sources = [row["node_id"] for row in pack.rows("water/nodes") if row["kind"] == "source"]
    assert sorted(row["node_id"] for row in pack.rows("water/inflows")) == sorted(sources)


@pytest.mark.parametrize(
    ("parts", "published_km3"),
    [
        (("chatkal", "pskem", "charvak_side"), 6.47),
        (("gunt", "kokcha", "panj_rest"), 32.4),
        (("vakhsh_upper",), 18.95),
        (("naryn_upper",), 12.3),
    ],
)
def test_parts_of_a_published_inflow_add_to_it(
    pack: Region, parts: tuple[str, ...], published_km3: float
) -> None:
    inflows = {row["node_id"]: annual_km3(row) for row in pack.rows("water/inflows")}
    assert sum(inflows[part] for part in parts) == pytest.approx(published_km3, rel=0.01)


def test_no_gauge_is_counted_in_two_inflows(pack: Region) -> None:
    counted = [gauge for row in pack.rows("water/inflows") for gauge in declared.codes(row["contains"])]
    assert len(counted) == len(set(counted))


def test_every_capped_link_names_where_the_excess_goes(pack: Region) -> None:
    capped = [row for row in pack.rows("water/links") if row["capacity_m3s"] is not None]
    assert capped
    assert all(row["excess_to"] for row in capped)


def test_demands_of_a_state_sum_to_its_limit_in_each_season(pack: Region) -> None:
    shares = {(row["claim_id"], row["state"]): row["share"] for row in pack.rows("water/claim_shares")}
    demands = {row["claim_id"]: volumes_km3(row) for row in pack.rows("water/demands")}
    asked: dict[tuple[str, str, str], float] = defaultdict(float)
    for claim in pack.rows("water/claims"):
        for (name, state), share in shares.items():
            if name == claim["claim_id"]:
                for part, volume in demands[name].items():
                    asked[claim["account"], state, part] += share * volume
    limits = [
        row
        for row in pack.rows("water/limits")
        if row["water_year"] == LIMIT_YEAR and row["season"] != "water_year" and row["state"]
    ]
    assert len(limits) == 16
    for row in limits:
        ours = asked[row["account"], row["state"], row["season"]]
        assert ours == pytest.approx(row["limit_km3"], rel=0.005), row["limit_id"]


def test_no_demand_of_a_month_exceeds_its_canal(pack: Region) -> None:
    caps = {row["cap_id"]: row["capacity_m3s"] for row in pack.rows("water/caps")}
    demands = {row["claim_id"]: declared.year(row, "m3s") for row in pack.rows("water/demands")}
    asked: dict[str, list[float]] = defaultdict(lambda: [0.0] * 12)
    for claim in pack.rows("water/claims"):
        if claim["cap_id"]:
            asked[claim["cap_id"]] = [
                a + b for a, b in zip(asked[claim["cap_id"]], demands[claim["claim_id"]], strict=True)
            ]
    over = {cap: max(months) for cap, months in asked.items() if max(months) > 1.001 * caps[cap]}
    assert not over


def test_every_estimated_claim_and_inflow_states_its_rule(pack: Region) -> None:
    rows = [*pack.rows("water/claims"), *pack.rows("water/inflows"), *pack.rows("water/releases")]
    assert all(row["rule"] for row in rows)


def test_both_services_report_the_inflow_of_the_contested_reservoir(pack: Region) -> None:
    series = [r for r in pack.rows("water/series") if (r["node_id"], r["quantity"]) == ("shardara", "inflow")]
    assert {row["author"] for row in series} == {"Kazhydromet", "Uzhydromet"}
    terms = {row["term"] for row in pack.rows("water/balances")}
    assert terms == {"inflow", "release", "withdrawal", "storage_change", "evaporation"}


def test_the_note_on_the_de_facto_authorities_stands_beside_the_name(pack: Region) -> None:
    notes = {row["state"]: row["name_note"] for row in pack.states}
    assert "de facto authorities" in notes["AFG"]
    assert "no recognition" in notes["AFG"]


def test_curves_follow_the_power_law_that_their_rows_state(pack: Region) -> None:
    """Depth grows with V^(1/n) and area with V^(1 - 1/n), through the full point."""
    curves = declared.by(pack.rows("water/curves"), "node_id")
    lawful = {node: rows for node, rows in curves.items() if rows[0]["note"].startswith("power law")}
    for node, rows in lawful.items():
        n = float(re.search(r"V\^\(1/([\d.]+)\)", rows[0]["note"])[1])
        full = rows[-1]
        for row in rows:
            share = row["volume_mcm"] / full["volume_mcm"]
            assert row["area_km2"] == pytest.approx(full["area_km2"] * share ** (1 - 1 / n), rel=0.01), node
            if full["head_m"] is not None:
                assert row["head_m"] == pytest.approx(full["head_m"] * share ** (1 / n), rel=0.01), node
    assert len(lawful) >= 15
