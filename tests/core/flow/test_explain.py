"""An explanation is true: what one more m3/s is said to bring it brings; who is named senior is."""

from datetime import date

import numpy as np
import pytest
from random_networks import random_case, random_network

from mirab.core.calendar import dekads
from mirab.core.ensemble import Ensemble
from mirab.core.errors import InputError, UnknownNameError
from mirab.core.flow.explain import Explanation
from mirab.core.flow.run import Run
from mirab.core.network import Network


def simulated(network: Network, spring: float, steps: int = 1) -> Run:
    axis = dekads(date(2023, 4, 1), steps)
    inflow = Ensemble.of("inflow", "m3/s", ("spring",), axis, np.full((1, steps, 1), spring))
    return network.compile().simulate(inflow)


def canals() -> Network:
    network = Network("canals", states=("AAA", "BBB"))
    network.boundary("sea")
    network.node("top")
    network.node("low")
    network.source("spring", into="top")
    network.reach("top", "low", loss=0.2)
    network.reach("low", "sea")
    network.claim("town", at="top", demand=10.0, priority=1)
    network.claim("field", at="low", demand=30.0, priority=4)
    network.claim("orchard", at="low", demand=10.0, priority=4)
    return network


def with_probe(seed: int, node: str, amount: float, item: str) -> float:
    """Delivery to `item` when a source at `node` brings `amount` m3/s more, by a run of its own."""
    network = random_network(np.random.default_rng(seed))
    network.source("probe", into=node)
    inflow = random_case(seed, members=1, steps=1)[1]
    values = np.concatenate([inflow.values(), np.full((1, 1, 1), amount)], axis=2)
    more = Ensemble.of("inflow", "m3/s", (*inflow.items, "probe"), inflow.axis, values)
    return float(network.compile().simulate(more, threads=1).delivered[item][0, 0])


def explained(seed: int) -> list[Explanation]:
    model, inflow = random_case(seed, members=1, steps=1)
    run = model.simulate(inflow, threads=1)
    return [run.explain(claim, 0, 0) for claim in model.network.claims]


@pytest.mark.parametrize("seed", range(15))
def test_one_more_unit_at_a_named_node_brings_the_named_gain(seed: int) -> None:
    # To a thousandth: the named gain keeps evaporation as it was, a run of its own corrects it.
    for found in explained(seed):
        for node, gain in found.one_more:
            rise = with_probe(seed, node, 1.0, found.item) - with_probe(seed, node, 0.0, found.item)
            assert rise == pytest.approx(gain, rel=1e-3, abs=1e-5), found


@pytest.mark.parametrize("seed", range(15))
def test_who_is_named_as_holding_the_water_comes_first_and_holds_some(seed: int) -> None:
    for found in explained(seed):
        assert all(holder.priority <= found.priority and holder.held > 0 for holder in found.seniors)
        assert found.item not in found.sharing


def test_the_senior_and_the_loss_on_the_way_are_named() -> None:
    found = simulated(canals(), 20.0).explain("field", 0, 0)
    assert (found.asked, found.got, found.fraction) == pytest.approx((30.0, 6.0, 0.2), abs=1e-6)
    assert [(holder.part, holder.held) for holder in found.seniors] == [("town", pytest.approx(10.0))]
    assert found.sharing == ("orchard",)
    # A quarter of what comes goes to the orchard, a fifth is lost between top and low.
    assert dict(found.one_more) == pytest.approx({"low": 0.75, "top": 0.6})
    assert found.lines() == (
        "field, step from 2023-04-01, member 0: asked for 30 m3/s at priority 4, got 6 m3/s.",
        "town (a use, priority 1) is senior and holds 10 m3/s.",
        "It was held to 20.0% together with orchard.",
        "1 m3/s more at low would bring it 0.75 m3/s.",
        "1 m3/s more at top would bring it 0.6 m3/s.",
    )


def test_a_full_cap_a_full_reach_and_a_used_quota_are_named_with_their_limit() -> None:
    capped, narrow, limited = canals(), canals(), canals()
    capped.cap("head", claims=["field"], flow=12.0)
    narrow.node("far")
    narrow.diversion("low", "far", capacity_m3s=3.0)
    narrow.reach("far", "sea")
    narrow.claim("far_field", at="far", demand=9.0, priority=2)
    limited.quota("season", claims=["field"], volume_mcm=20.0, season="growing")
    cap = simulated(capped, 100.0).explain("field", 0, 0).limits
    reach = simulated(narrow, 100.0).explain("far_field", 0, 0).limits
    quota = simulated(limited, 100.0, steps=2).explain("field", 1, 0).limits
    assert [(x.kind, x.part, x.limit_m3s, x.gain) for x in cap] == [("cap", "head", 12.0, pytest.approx(1.0))]
    assert [(x.kind, x.part, x.limit_m3s, x.gain) for x in reach] == [
        ("capacity", "low__far", 3.0, pytest.approx(1.0))
    ]
    assert [(x.kind, x.part, x.gain) for x in quota] == [("quota", "season", pytest.approx(1.0))]
    assert quota[0].limit_m3s == pytest.approx(0.0, abs=1e-6)


def test_where_a_senior_is_short_too_more_water_brings_the_junior_nothing() -> None:
    found = simulated(canals(), 5.0).explain("field", 0, 0)
    assert found.one_more == (("low", pytest.approx(0.75)),)
    assert dict(simulated(canals(), 5.0).explain("town", 0, 0).one_more) == pytest.approx({"top": 1.0})
    network = canals()
    network.claim("mill", at="low", demand=50.0, priority=2)
    found = simulated(network, 5.0).explain("field", 0, 0)
    assert found.lines()[-1].startswith("1 m3/s more at any one node would bring it nothing")


def test_a_request_that_was_met_has_nothing_that_bound() -> None:
    found = simulated(canals(), 100.0).explain("field", 0, 0)
    assert found.fraction == 1.0
    assert (found.seniors, found.limits, found.sharing, found.one_more) == ((), (), (), ())
    assert found.lines()[1:] == ("Nothing bound: the request was met.",)


def test_an_explanation_of_a_later_step_starts_from_the_state_of_that_step() -> None:
    model, inflow = random_case(11, members=9, steps=6)
    run = model.simulate(inflow)
    for claim in model.network.claims:
        found = run.explain(claim, 5, 8)
        assert found.got == pytest.approx(run.delivered[claim][5, 8], abs=1e-6)


def test_an_unknown_item_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="'orchart' is not known; nearest is 'orchard'"):
        simulated(canals(), 1.0).explain("orchart", 0, 0)


def test_a_step_or_member_outside_the_run_is_refused_both_at_once() -> None:
    with pytest.raises(InputError, match=r"(?s)time 1 is not in the run; choose 0 to 0.*member -1 is not"):
        simulated(canals(), 1.0).explain("field", 1, -1)
