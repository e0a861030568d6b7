"""Every mistake in a declared network is named with its value and the way out, all at once."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from mirab.core.errors import NetworkError
from mirab.core.flow.check import problems
from mirab.core.network import Curve, Network, Zone


def sound() -> Network:
    network = Network("toy", states=("AAA", "BBB"))
    network.boundary("sea")
    network.source("spring", into="lake")
    curve = Curve((0.0, 50.0, 100.0), (0.0, 4.0, 6.0), (0.0, 10.0, 15.0))
    zones = [Zone(40.0, 2), Zone(100.0, 5)]
    network.store("lake", full_mcm=100.0, start_mcm=50.0, zones=zones, curve=curve, evaporation_mm=100.0)
    network.node("gauge", state="AAA")
    network.reach("lake", "gauge")
    network.reach("gauge", "sea")
    network.claim("canal", at="gauge", demand=5.0, priority=3, shares={"AAA": 1.0})
    return network


def told(network: Network) -> str:
    return "\n".join(map(str, problems(network)))


def test_a_sound_network_has_no_problem() -> None:
    assert not problems(sound())


def store(**change: object) -> Callable[[Network], None]:
    def apply(network: Network) -> None:
        network.stores["lake"] = replace(network.stores["lake"], **change)

    return apply


def claim(**change: object) -> Callable[[Network], None]:
    def apply(network: Network) -> None:
        network.claims["canal"] = replace(network.claims["canal"], **change)

    return apply


def reach(**change: object) -> Callable[[Network], None]:
    def apply(network: Network) -> None:
        network.reaches["gauge__sea"] = replace(network.reaches["gauge__sea"], **change)

    return apply


MISTAKES: Sequence[tuple[Callable[[Network], None], str]] = [
    (lambda n: n.node("lake"), "node lake is declared twice; rename one of them"),
    (reach(tail="gaugé"), "tail='gaugé' is not declared; nearest is 'gauge'"),
    (reach(head="see"), "reach gauge__sea head='see' is not declared; nearest is 'sea'"),
    (reach(excess_to="seaa"), "reach gauge__sea excess_to='seaa' is not declared; nearest is 'sea'"),
    (claim(node="guage"), "claim canal at='guage' is not declared; nearest is 'gauge'"),
    (claim(return_node="laek"), "claim canal returns='laek' is not declared; nearest is 'lake'"),
    (claim(shares=(("AAB", 1.0),)), "claim canal share='AAB' is not declared; nearest is 'AAA'"),
    (lambda n: n.cap("head", claims=[], flow=1.0), "cap head names no claim; name at least one"),
    (
        lambda n: n.cap("head", claims=["cana"], flow=1.0),
        "cap head claim='cana' is not declared; nearest is 'canal'",
    ),
    (
        lambda n: n.quota("limit", claims=["cana"], volume_mcm=1.0, season="growing"),
        "quota limit claim='cana' is not declared; nearest is 'canal'",
    ),
    (
        lambda n: n.instream("low", reach="gauge_sea", flow=1.0, priority=1),
        "instream low reach='gauge_sea' is not declared; nearest is 'gauge__sea'",
    ),
    (
        lambda n: n.turbine("plant", reach="lake_gauge", max_flow_m3s=1.0, installed_mw=1.0),
        "turbine plant reach='lake_gauge' is not declared; nearest is 'lake__gauge'",
    ),
    (
        lambda n: n.turbine("plant", reach="lake__gauge", max_flow_m3s=1.0, installed_mw=1.0, store="laek"),
        "turbine plant store='laek' is not declared; nearest is 'lake'",
    ),
    (reach(loss=1.0), "loss=1.0 is not a fraction; give 0 <= loss < 1"),
    (reach(lag=-1), "lag=-1 or under_way_m3s=0.0 is negative"),
    (lambda n: n.reach("sea", "gauge", lag=1), "leaves the boundary 'sea'; let it start at a node"),
    (reach(capacity_m3s=-3.0, excess_to="sea"), "capacity_m3s=-3.0 is negative or missing"),
    (reach(capacity_m3s=3.0), "no place for what does not fit (§5); give excess_to, for instance 'sea'"),
    (claim(shares=(("AAA", 0.4), ("BBB", 0.4))), "shares add to 0.8; let them add to 1"),
    (claim(priority=0), "priority=0; 1 is the most senior; 0 belongs to evaporation"),
    (claim(demand_m3s=-1.0), "has a negative or missing demand; give m3/s >= 0"),
    (claim(demand_m3s=float("nan")), "has a negative or missing demand"),
    (claim(return_fraction=1.0), "returns 1.0 of what it takes; give a fraction below 1"),
    (
        lambda n: n.instream("low", reach="gauge__sea", flow=1.0, priority=0),
        "instream low priority=0; 1 is the most senior",
    ),
    (store(zones=(Zone(100.0, 0),)), "store lake zone priority=0; 1 is the most senior"),
    (
        lambda n: n.turbine(
            "plant", reach="lake__gauge", max_flow_m3s=1.0, installed_mw=1.0, store="lake", efficiency=88
        ),
        "turbine plant efficiency=88 is not a fraction; give 0 < efficiency <= 1",
    ),
    (
        lambda n: n.turbine("plant", reach="gauge__sea", max_flow_m3s=-1.0, installed_mw=1.0, head_m=5.0),
        "turbine plant has flow, MW, head = (-1.0, 1.0, 5.0); give numbers >= 0",
    ),
    (claim(node="sea"), "stands at the boundary 'sea'; put it at the node above"),
    (store(start_mcm=101.0), "start_mcm=101.0 is not between 0 and full_mcm=100.0"),
    (store(start_mcm=float("nan")), "start_mcm=nan is not between 0 and full_mcm=100.0"),
    (store(zones=()), "has no zone; give at least Zone(100.0, priority)"),
    (
        store(zones=(Zone(50.0, 1), Zone(40.0, 2))),
        "zone top 40.0 lies under 50.0; list zones from the bottom",
    ),
    (store(evaporation_mm=-1.0), "has a negative or missing evaporation; give net mm a month >= 0"),
    (store(curve=None), "evaporates but has no curve; give volumes and areas"),
    (store(curve=Curve((0.0,), (1.0,))), "curve has 1 volumes and 1 areas; give as many, 2 at least"),
    (
        store(curve=Curve((0.0, 0.0), (1.0, 2.0))),
        "curve volumes (0.0, 0.0) do not rise; sort them, each once",
    ),
    (store(curve=Curve((0.0, 9.0), (2.0, 1.0))), "curve areas (2.0, 1.0) fall"),
    (store(curve=Curve((0.0, 9.0), (1.0, 2.0), (3.0, 2.0))), "curve heads (3.0, 2.0) fall"),
    (
        store(curve=Curve((0.0, 9.0), (1.0, 2.0), (3.0,))),
        "curve has 2 volumes and 1 heads; give as many, or none",
    ),
    (
        lambda n: n.cap("head", claims=["canal"], flow=-1.0),
        "cap head has a negative or missing flow; give m3/s >= 0",
    ),
    (
        lambda n: n.quota("limit", claims=["canal"], volume_mcm=-1.0, season="growing"),
        "quota limit has volume_mcm=-1.0; give million m3 >= 0",
    ),
    (
        lambda n: n.instream("low", reach="gauge__sea", flow=-1.0, priority=1),
        "instream low has a negative or missing flow; give m3/s >= 0",
    ),
    (
        lambda n: n.reaches.pop("gauge__sea"),
        "has no way out to a boundary that is free of capacities; add a reach",
    ),
    (
        lambda n: n.reach("gauge", "lake"),
        "reaches run in a circle without lag: lake > gauge > lake; remove one, or give one a lag",
    ),
]


@pytest.mark.parametrize(("mistake", "message"), MISTAKES, ids=[message[:60] for _, message in MISTAKES])
def test_a_mistake_is_named_with_its_value_and_the_way_out(
    mistake: Callable[[Network], None], message: str
) -> None:
    network = sound()
    mistake(network)
    assert message in told(network)
    with pytest.raises(NetworkError, match="network toy: "):
        network.compile()


def test_all_problems_are_shown_together() -> None:
    network = sound()
    for mistake in (claim(priority=0), store(start_mcm=-1.0), reach(loss=2.0)):
        mistake(network)
    assert len(problems(network)) == 3


def test_a_turbine_whose_head_nobody_gives_is_refused() -> None:
    network = sound()
    network.turbine("plant", reach="gauge__sea", max_flow_m3s=10.0, installed_mw=5.0)
    assert "turbine plant has no head; give head_m, or a store whose curve has heads" in told(network)
