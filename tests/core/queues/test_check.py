"""All that is wrong with a declaration, or with what a run is given, is said at once with the way out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from queue_cases import chain, constant, ferry

from mirab.core.ensemble import Ensemble
from mirab.core.errors import InputError, NetworkError
from mirab.core.queues.check import problems
from mirab.core.queues.engine import run
from mirab.core.queues.network import (
    Availability,
    Closure,
    Commodity,
    Draft,
    Node,
    QueueNetwork,
    Service,
    Stream,
)

GOOD = ferry()
FLEET = GOOD.fleets[0]
SEA, BACK = GOOD.links


def with_links(*links: str) -> QueueNetwork:
    return replace(GOOD, routes=(replace(GOOD.routes[0], links=links),))


def with_service(**changes: object) -> QueueNetwork:
    return replace(GOOD, nodes=(Node("here", (replace(Service(("a",)), **changes),)), Node("there")))


def with_fleet(**changes: object) -> QueueNetwork:
    return replace(GOOD, fleets=(replace(FLEET, **changes),))


def with_spells(**changes: object) -> QueueNetwork:
    spells = replace(Availability("wind", ("here",), 0.2, 30.0), **changes)
    return replace(GOOD, availabilities=(spells,))


CASES: list[tuple[QueueNetwork, str]] = [
    (with_links("sae"), "link='sae' is not declared; nearest is 'sea'"),
    (replace(GOOD, links=(replace(SEA, head="their"), BACK)),
     "head='their' is not declared; nearest is 'there'"),
    (replace(GOOD, streams=(Stream("r", "oil"),)), "commodity='oil' is not declared; choose from 'a'"),
    (replace(GOOD, streams=()), "ferry has no stream"),
    (replace(GOOD, nodes=(*GOOD.nodes, Node("here"))), "node here is declared 2 times"),
    (with_links(), "route r has no link"),
    (with_links("sea", "sea"), "route r is missing a link: sea ends at there, sea begins at here"),
    (with_links("sea", "sea_back"), "passes here 2 times"),
    (replace(GOOD, links=(replace(SEA, lag_h=-1.0), BACK)), "link sea has lag_h=-1; give hours >= 0"),
    (with_service(per_day=0.0), "node here has per_day=0: nothing can ever pass; leave it empty where"),
    (with_service(per_day=-5.0), "node here has a negative or missing per_day"),
    (with_service(hours=-1.0), "node here has hours=-1 and spread=0"),
    (with_service(use=(1.0, 2.0)), "has 2 values of use for 1 commodities"),
    (with_service(use=(0.0,)), "has use=\\(0.0,\\); give numbers > 0"),
    (with_service(commodities=()), "node here has 0 services for a, which passes it"),
    (replace(GOOD, nodes=(Node("here", yard=5.0), Node("there"))), "has a yard and no place for the excess"),
    (replace(GOOD, nodes=(Node("here", (), 5.0, "there"), Node("there", (), 5.0, "here"))),
     "sends its excess in a circle: here > there > here"),
    (replace(GOOD, nodes=(*GOOD.nodes, Node("far")), links=(SEA, replace(BACK, head="far"))),
     "fleet ferry is unbalanced: it goes from here to there and from there to far; let back go from"),
    (with_fleet(vessels=0.0), "fleet ferry has vessels=0; give a number > 0"),
    (with_fleet(load=-1.0), "fleet ferry has load=-1"),
    (with_fleet(in_service=1.5), "in_service=1.5 is not a share"),
    (with_fleet(port_h=(-1.0, 1.0)), "has port_h=\\(-1.0, 1.0\\)"),
    (with_fleet(drafts=(Draft("sea", (1.0, 0.0), (0.5, 1.0)),)), "a draft at sea without rising levels"),
    (with_fleet(drafts=(Draft("sea", (0.0,), (2.0,)),)), "a draft at sea with shares"),
    (replace(GOOD, fleets=(FLEET, replace(FLEET, id="second"))), "link sea has 2 fleets"),
    (with_spells(closed_share=1.0), "availability wind has closed_share=1.0; give 0 <= share < 1"),
    (with_spells(closed_share=(0.1, 0.2)), "has 2 shares"),
    (with_spells(closed_h=0.0), "has closed_h=0"),
    (with_spells(correlation=1.2), "has correlation=1.2"),
    (with_spells(nodes=("her",)), "node='her' is not declared; nearest is 'here'"),
    (replace(GOOD, closures=(Closure("shut", ("here",), ((date(2024, 2, 1), date(2024, 1, 1)),)),)),
     "closure shut ends on 2024-01-01, before it begins on 2024-02-01"),
    (replace(GOOD, closures=(Closure("shut", ("here",), (), 2.0),)), "open_share=2 is not a share"),
]  # fmt: skip


@pytest.mark.parametrize(("network", "message"), CASES)
def test_each_fault_is_named_with_its_value_and_the_way_out(network: QueueNetwork, message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        run(network, constant(GOOD, 1.0, 3), seed=1)


def test_a_sound_network_has_no_problem() -> None:
    assert problems(GOOD) == []
    assert problems(chain([None, 5.0], [1.0])) == []


def test_all_faults_are_said_at_once() -> None:
    bad = replace(with_fleet(vessels=0.0, load=0.0), links=(replace(SEA, lag_h=-1.0), BACK))
    assert len(problems(bad)) == 3


def test_a_fleet_that_does_not_take_a_commodity_of_its_route_is_named() -> None:
    bad = replace(with_fleet(commodities=("b",)), commodities=(Commodity("a"), Commodity("b")))
    with pytest.raises(NetworkError, match="fleet ferry does not take a, which route r brings to sea"):
        run(bad, constant(GOOD, 1.0, 3), seed=1)


def with_level(network: QueueNetwork) -> QueueNetwork:
    return replace(network, fleets=(replace(FLEET, drafts=(Draft("sea", (0.0,), (1.0,)),)),))


GIVEN = constant(GOOD, 1.0, 3)
OTHER = Ensemble.of("factor", "1", ["here"], GIVEN.axis, np.ones((2, 3, 1)))
RUNS: list[tuple[Callable[[], object], str]] = [
    (lambda: run(GOOD, GIVEN, seed=1, step_h=7.0), "step_h is 7; give a divisor of 24 hours"),
    (lambda: run(GOOD, replace(GIVEN, items=("r/b",)), seed=1), "demand r/a is missing; nearest is 'r/b'"),
    (lambda: run(GOOD, constant(GOOD, -1.0, 3), seed=1), "demand r/a is negative or missing in a step"),
    (lambda: run(with_level(GOOD), GIVEN, seed=1), "a draft at the stage 'sea', of which no level is given"),
    (lambda: run(GOOD, GIVEN, seed=1, factors=replace(OTHER, items=("her",))), "item='her' is not declared"),
    (lambda: run(GOOD, constant(GOOD, 1.0, 3, 5), seed=1, factors=OTHER),
     "factors has 2 members; give 1 or 5"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message"), RUNS)
def test_what_a_run_is_given_is_checked(call: Callable[[], object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
