"""A declaration is plain records; what the same words mean is fixed here."""

import pytest

from mirab.core.errors import NetworkError
from mirab.core.network import Network, Zone


def test_a_source_has_a_reach_of_its_own_into_the_node_below() -> None:
    network = Network("n")
    network.source("spring", into="top", state="AAA")
    assert (network.reaches["spring__top"].tail, network.reaches["spring__top"].head) == ("spring", "top")
    assert network.nodes["spring"].states == ("AAA",)


def test_a_diversion_takes_only_what_is_asked_for_beyond_it() -> None:
    network = Network("n")
    network.diversion("a", "b", capacity_m3s=5.0, loss=0.1)
    link = network.reaches["a__b"]
    assert (link.capacity_m3s, link.loss, link.rank) == (5.0, 0.1, 9)


def test_a_claim_keeps_shares_and_the_place_of_its_return() -> None:
    network = Network("n")
    network.claim("c", at="a", demand=[1, 2], priority=3, shares={"AAA": 0.4, "BBB": 0.6}, returns=("b", 0.3))
    claim = network.claims["c"]
    assert claim.shares == (("AAA", 0.4), ("BBB", 0.6))
    assert (claim.return_node, claim.return_fraction, claim.demand_m3s) == ("b", 0.3, (1.0, 2.0))


def test_a_node_may_belong_to_several_states_and_the_first_owns_it() -> None:
    network = Network("n")
    network.store("lake", full_mcm=2, start_mcm=1, zones=[Zone(2, 1)], state=("AAA", "BBB"))
    assert network.nodes["lake"].states == ("AAA", "BBB")


def test_a_part_declared_twice_is_remembered_and_refused() -> None:
    network = Network("n")
    network.boundary("sea")
    network.node("a")
    network.reach("a", "sea")
    network.reach("a", "sea")
    with pytest.raises(NetworkError, match="reach a__sea is declared twice; rename one of them"):
        network.compile()


def test_two_declarations_of_the_same_are_equal() -> None:
    one, other = Network("n"), Network("n")
    for network in (one, other):
        network.node("a", title="A")
        network.reach("a", "b", lag=1)
    assert one == other
