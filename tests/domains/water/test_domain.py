"""The water domain on the real pack and on the toy: network, plan, observations, accounts of a run."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mirab.core.calendar import dekads
from mirab.core.domain import DriverRequest
from mirab.core.ensemble import Ensemble
from mirab.core.flow.check import problems
from mirab.core.presence import Presence
from mirab.domains.water.domain import DOMAIN, derive, keeps, network, observations, plan
from mirab.observe.region import Region, load
from mirab.warn.drivers import draw
from mirab.warn.outlook import mean_year

ON = date(2023, 10, 1)


@pytest.fixture(scope="module")
def pack() -> Region:
    return load("central_asia")


@pytest.fixture(scope="module")
def request_(pack: Region) -> DriverRequest:
    return DriverRequest(dekads(date(2023, 9, 21), 37), 1, 1, ON, observations(pack))


@pytest.fixture(scope="module")
def derived(pack: Region, request_: DriverRequest) -> dict[str, Ensemble]:
    net = network(pack, ON)
    run = mean_year(net.compile(), plan(pack, net, request_), request_.axis)
    return {ensemble.quantity: ensemble for ensemble in derive(pack, run, request_)}


@pytest.mark.parametrize("region", ["central_asia", "toy"])
def test_the_network_of_a_bundled_pack_has_no_problem(region: str) -> None:
    assert problems(network(load(region), ON)) == []


def test_the_tables_that_the_domain_names_are_in_the_pack(pack: Region) -> None:
    assert [table for table in DOMAIN.tables if not pack.rows(table)] == []


def test_storing_in_the_energy_stores_is_senior_to_irrigation(pack: Region) -> None:
    net = network(pack, ON)
    working = {store: net.stores[store].zones[-1].priority for store in ("toktogul", "nurek", "shardara")}
    use = net.claims["kyzylkum_canal"].priority
    assert working["toktogul"] < use
    assert working["nurek"] < use
    assert working["shardara"] > use


def test_closing_losses_are_senior_claims_of_their_own(pack: Region) -> None:
    losses = [claim for claim in network(pack, ON).claims.values() if claim.kind == "loss"]
    assert len(losses) == 3
    assert {claim.priority for claim in losses} == {2}


def test_observations_keep_every_author_and_absent_values(pack: Region) -> None:
    seen = observations(pack)
    contested = [o for o in seen if (o.item, o.quantity) == ("shardara", "inflow")]
    assert {o.author for o in contested} == {"Kazhydromet", "Uzhydromet"}
    absent = [o for o in seen if o.item == "farkhad" and o.presence is Presence.ABSENT]
    assert absent
    assert all(o.value is None for o in absent)


def test_a_reading_known_only_by_its_month_speaks_for_that_month(pack: Region) -> None:
    reading = next(o for o in observations(pack) if o.item == "toktogul" and o.start == date(2024, 9, 1))
    assert reading.end == date(2024, 10, 1)
    assert reading.unit == "million m3"


def test_the_plan_keeps_norms_and_starts_stores_from_the_last_observation(
    pack: Region, request_: DriverRequest
) -> None:
    drivers = plan(pack, network(pack, ON), request_)
    assert len(drivers.items) == len(drivers.norm) == len(drivers.cv_annual) == 22
    assert drivers.start["toktogul"].value == pytest.approx(11_669)
    assert drivers.anchors["naryn_upper"][-1].start == date(2023, 9, 21)
    assert drivers.readings == ()


def test_nothing_seen_after_the_date_is_used(pack: Region) -> None:
    early = DriverRequest(dekads(date(2022, 6, 1), 3), 1, 1, date(2022, 6, 15), observations(pack))
    drivers = plan(pack, network(pack, ON), early)
    used = [o for group in drivers.anchors.values() for o in group]
    used += [*drivers.readings, *drivers.start.values()]
    assert max(o.start for o in used) <= date(2022, 6, 15)


def test_accounts_add_up(derived: dict[str, Ensemble]) -> None:
    asked, given, short = (derived[q] for q in ("demand_volume", "delivered_volume", "shortage"))
    for item in asked.items:
        assert given[item] + short[item] == pytest.approx(asked[item], abs=1e-6)


def test_demand_of_the_limits_is_the_limit_of_the_year(derived: dict[str, Ensemble]) -> None:
    year = derived["demand_volume"]["syr_darya:UZB"][1:, 0].sum() / 1000.0
    assert year == pytest.approx(8.8 + 3.347, rel=0.01)


def test_served_fractions_are_between_none_and_all(derived: dict[str, Ensemble]) -> None:
    values = derived["served_fraction"].values()
    assert values.min() >= 0.0
    assert values.max() <= 1.0 + 1e-9


def test_winter_energy_is_nothing_in_summer(derived: dict[str, Ensemble]) -> None:
    energy = derived["winter_energy"]
    summer = [i for i, day in enumerate(energy.axis.starts) if day.month in range(4, 10)]
    assert energy["KGZ"][summer].max() == 0.0
    assert energy["KGZ"].sum() > 5_000.0


def test_an_inflow_is_counted_below_the_losses_of_its_reaches(
    pack: Region, request_: DriverRequest, derived: dict[str, Any]
) -> None:
    assert {"toktogul", "north_aral", "kerki", "lower_panj"} <= set(derived["inflow"].items)
    drivers = plan(pack, network(pack, ON), request_)
    norm = request_.axis.spread(drivers.norm[drivers.items.index("naryn_upper")])
    assert derived["inflow"]["toktogul"][:, 0] == pytest.approx(norm)


def test_the_toy_has_accounts_and_gauges_too() -> None:
    toy = load("toy")
    request = DriverRequest(dekads(date(2023, 10, 1), 6), 1, 1, ON, observations(toy))
    net = network(toy, ON)
    run = mean_year(net.compile(), plan(toy, net, request), request.axis)
    found = {ensemble.quantity: ensemble for ensemble in derive(toy, run, request)}
    assert found["served_fraction"].items == ("mira:XBB", "mira:XCC")
    assert "highdam" in found["inflow"].items


def test_what_is_derived_needs_no_more_than_the_domain_keeps() -> None:
    toy = load("toy")
    request = DriverRequest(dekads(date(2023, 10, 1), 6), 4, 1, ON, observations(toy))
    net = network(toy, ON)
    inflow = draw(plan(toy, net, request), request)
    whole, few = (net.compile().simulate(inflow, keep=keep) for keep in (None, keeps(toy, net)))
    assert len(few.flow.items) < len(whole.flow.items)
    for one, other in zip(derive(toy, whole, request), derive(toy, few, request), strict=True):
        assert one.items == other.items
        assert other.values() == pytest.approx(one.values(), rel=1e-6, abs=1e-4)
