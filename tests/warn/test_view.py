"""View: norms by dekad of the year, gaps against the mean year, threats that are one matter."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from mirab.core.calendar import dekads
from mirab.core.domain import Domain, DriverPlan, DriverRequest
from mirab.core.ensemble import Ensemble
from mirab.core.flow.model import Model
from mirab.core.network import Network, Zone
from mirab.core.records import Level, Threat
from mirab.warn import view
from mirab.warn.outlook import Outlook, mean_year, project
from mirab.warn.rules import Rule

from .made import ON, SNOW, plan, rule
from .test_register import threat

AXIS = dekads(date(2023, 9, 21), 37)
SPRING = dekads(date(2023, 4, 11), 36)
TABLES = {
    "states": [{"state": "XAA", "name": "Ardia"}, {"state": "XBB", "name": "Boria"}],
    "field/nodes": [{"node_id": "lake", "name": "the Lake"}, {"node_id": "sea", "name": "the Sea"}],
    "field/links": [{"link_id": "lake__sea", "from_node": "lake", "to_node": "sea"}],
    "field/claims": [{"claim_id": "canal", "name": "the Canal"}],
    "field/accounts": [{"account_id": "east", "title": "East", "perimeter": "all canals"}],
    "field/charts": [{"quantity": "volume"}, {"quantity": "absent"}],
    "field/authors": [{"author": "service", "state": "XAA"}],
}


@dataclass
class Tables:
    """Tables of a pack, made in a test."""

    given: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=lambda: TABLES)

    def rows(self, table: str) -> Sequence[Mapping[str, Any]]:
        return self.given.get(table, ())


@dataclass
class Upstream:
    """Stands for what lies upstream of an item."""

    def shares(self, item: str) -> Mapping[str, float]:
        return {"estimated": 1.0}

    def affected(self, item: str) -> tuple[str, ...]:
        return (item,)

    def upstream(self, item: str) -> Collection[str]:
        return (item,)


def by_account(quantity: str, values: Ensemble, factor: float) -> Ensemble:
    lanes = np.repeat(values.lanes[:, :, :1], 2, axis=2) * factor
    items, states = ("east:XAA", "east:XBB"), (("XAA",), ("XBB",))
    return replace(values, quantity=quantity, items=items, states=states, lanes=lanes)


def derive(tables: Any, run: Any, request: DriverRequest) -> tuple[Ensemble, ...]:
    """Each account gets half of what it asks for, each state's winter energy is its inflow."""
    energy = replace(run.inflow, quantity="winter_energy", unit="GWh", items=("XAA",), states=(("XAA",),))
    asked = by_account("demand_volume", run.inflow, 2.0)
    return energy, asked, by_account("shortage", run.inflow, 1.0)


DOMAIN = Domain(
    "field", "A field", (), derive=derive, bounds=lambda tables: {("limit", "volume"): {"lake": 1.0}}
)


@pytest.fixture(scope="module")
def model() -> Model:
    net = Network("made", states=("XAA", "XBB"))
    net.source("s0", into="lake", state="XAA")
    net.store("lake", state=("XAA", "XBB"), full_mcm=90_000, start_mcm=5_000, zones=[Zone(90_000, 4)])
    net.boundary("sea")
    net.reach("lake", "sea")
    net.instream("release_lake__sea", reach="lake__sea", flow=350.0, priority=3)
    return net.compile()


def seen(model: Model, factor: float = 0.5) -> tuple[Outlook, DriverRequest]:
    """An outlook in which each source carries `factor` of its norm."""
    given: DriverPlan = plan(1)
    request = DriverRequest(AXIS, 9, 1, ON, ())
    values = np.broadcast_to(AXIS.spread(SNOW)[None, :, None] * factor, (9, 37, 1)).copy()
    inflow = Ensemble.of("inflow", "m3/s", ("s0",), AXIS, values, states=(("XAA",),))
    return project(model, inflow, given, ON, seed=1), request


def judged(model: Model) -> Any:
    outlook, request = seen(model)
    mean = mean_year(model, plan(1), outlook.run.axis)
    now, norm = (view.quantities(DOMAIN, Tables(), run, request) for run in (outlook.run, mean))
    return view.situation(DOMAIN, Tables(), outlook, (now, norm), ((), Upstream()))


def test_a_run_gives_plain_and_derived_quantities_on_its_own_steps(model: Model) -> None:
    outlook, request = seen(model)
    found = view.quantities(DOMAIN, Tables(), outlook.run, request)
    assert set(found) == {"volume", "flow", "energy", "winter_energy", "demand_volume", "shortage"}
    assert found["volume"].axis.starts[0] == ON


@pytest.mark.parametrize(
    ("judge", "flows"),
    [
        (rule(), ()),
        (rule(quantity="flow", where=("lake__sea", "elsewhere")), ("lake__sea",)),
        (rule(quantity="flow", where=(), relative_to="norm"), ("s0__lake", "lake__sea")),
        (rule(quantity="flow", where=(), relative_to="limit"), ("s0__lake",)),
        (rule(quantity="flow", where=(), relative_to="age"), ()),
    ],
    ids=["named volume", "named flow", "all flows", "flows with a limit", "observations only"],
)
def test_a_run_keeps_what_derive_charts_and_rules_read(
    model: Model, judge: Rule, flows: tuple[str, ...]
) -> None:
    domain = replace(
        DOMAIN,
        bounds=lambda tables: {("limit", "flow"): {"s0__lake": 9.0}},
        keeps=lambda tables, network: {"energy": ()},
    )
    tables = Tables({"field/charts": [{"quantity": "volume", "node_id": "lake"}]})
    kept = view.keeps(domain, tables, model.network, [judge])
    assert kept is not None
    assert (kept["flow"], kept["volume"], kept["delivered"]) == (flows, ("lake",), ())


def test_a_domain_that_does_not_say_what_it_reads_keeps_all(model: Model) -> None:
    assert view.keeps(DOMAIN, Tables(), model.network, [rule()]) is None


def test_norms_are_laid_by_dekad_of_the_year(model: Model) -> None:
    norm = judged(model).norms[("norm", "winter_energy")]["XAA"]
    assert norm == pytest.approx(dekads(date(2024, 1, 1), 36).spread(SNOW))


def test_under_a_year_of_mean_there_is_no_norm(model: Model) -> None:
    short = mean_year(model, plan(1), dekads(ON, 35))
    assert view._norms(short.volume) == {}
    assert set(view._norms(mean_year(model, plan(1), SPRING).volume)) == {"lake"}


def test_bounds_of_the_domain_stand_beside_the_norms(model: Model) -> None:
    assert judged(model).norms[("limit", "volume")] == {"lake": 1.0}


def test_a_gap_is_what_a_state_lacks_against_the_mean_year_and_never_negative(model: Model) -> None:
    (gap,) = judged(model).impacts["winter_energy_gap"]
    outlook, _ = seen(model)
    assert gap.amounts["XAA"][:, 0] == pytest.approx(0.5 * outlook.run.axis.spread(SNOW))
    assert gap.whole["XAA"] == pytest.approx(outlook.run.axis.spread(SNOW))
    assert gap.perimeter.endswith(", against the mean year")
    more = replace(gap.amounts, quantity="winter_energy", lanes=gap.amounts.lanes * 9)
    assert (view._gap(more, gap.amounts).lanes == 0).all()


def test_shortages_stand_beside_their_demand_and_perimeter(model: Model) -> None:
    (short,) = judged(model).impacts["shortage"]
    assert short.perimeter == "all canals"
    assert short.whole["east:XBB"] == pytest.approx(2 * short.amounts["east:XBB"][:, 0])


def test_only_places_of_one_state_make_a_gap(model: Model) -> None:
    assert set(judged(model).impacts) == {"shortage", "winter_energy_gap"}


def test_everything_has_the_name_of_its_table(model: Model) -> None:
    titles = view.titles(DOMAIN, Tables())
    assert titles["lake__sea"] == "the Lake to the Sea"
    assert (titles["canal"], titles["east:XBB"], titles["XAA"]) == ("the Canal", "East, Boria", "Ardia")
    assert judged(model).states["lake"] == ("XAA", "XBB")
    assert judged(model).author_states == {"service": ("XAA",)}


def test_charts_show_the_steps_before_the_date_and_after_it(model: Model) -> None:
    outlook, request = seen(model)
    now = view.quantities(DOMAIN, Tables(), outlook.run, request)
    whole = view.charted(DOMAIN, Tables(), outlook, request, now)
    assert set(whole) == {"volume"}
    assert whole["volume"].axis.starts == AXIS.starts
    assert whole["volume"]["lake"][1:] == pytest.approx(now["volume"]["lake"])


def gathered(*threats: Threat) -> list[tuple[str, ...]]:
    net = Network("made")
    net.node("a")
    net.node("b")
    net.boundary("c")
    net.reach("a", "b")
    net.reach("b", "c")
    rules = [rule(rule_id="old", relative_to="age"), rule()]
    return [one.items for one in view.gathered(threats, rules, net)]


def test_the_states_of_an_account_are_one_matter() -> None:
    found = gathered(threat("east:XAA"), threat("east:XBB"), threat("west:XAA"))
    assert found == [("east:XAA", "east:XBB"), ("west:XAA",)]


def test_reaches_that_follow_each_other_are_one_matter_and_places_are_not() -> None:
    assert gathered(threat("a__b"), threat("b__c")) == [("a__b", "b__c")]
    assert gathered(threat("a"), threat("b")) == [("a",), ("b",)]


def test_all_stale_data_are_one_matter() -> None:
    found = gathered(threat("a", rule="old"), threat("b", rule="old"), threat("a", level=Level.POTENTIAL))
    assert found == [("a",), ("a", "b")]


def test_a_cap_is_called_what_its_claims_have_in_common() -> None:
    """One canal of two states by its name; places that share a head, by all of theirs."""
    names = {"north": ("Big canal (Old), Ardia", "Big canal (Old), Boria"), "south": ("Dargom", "Kash")}
    rows = [
        {"claim_id": f"{cap}{i}", "name": name, "cap_id": cap}
        for cap, claims in names.items()
        for i, name in enumerate(claims)
    ]
    tables = Tables({**TABLES, "field/claims": rows, "field/caps": [{"cap_id": cap} for cap in names]})
    told = view.titles(DOMAIN, tables)
    assert (told["north"], told["south"]) == ("Big canal (Old)", "Dargom and Kash")


def test_a_simulated_threat_names_the_states_upstream_of_it_and_no_other_does() -> None:
    net = Network("made", states=("XAA", "XBB", "XCC"))
    net.node("spring", state="XAA")
    net.node("border", state=("XBB", "XAA"))
    net.boundary("end", state="XCC")
    net.reach("spring", "border")
    net.reach("border", "end")
    above = {"spring": {"spring"}, "border": {"spring", "border"}, "end": {"spring", "border", "end"}}

    class Above(Upstream):
        def upstream(self, item: str) -> Collection[str]:
            return above[item]

    items = [
        threat("spring"),
        threat("border"),
        threat("end"),
        threat("XCC"),
        threat("end", probability=None),
    ]
    found = view.rooted(items, Above(), net)
    assert [one.upstream for one in found] == [("XAA",), ("XAA", "XBB"), ("XAA", "XBB", "XCC"), (), ()]
