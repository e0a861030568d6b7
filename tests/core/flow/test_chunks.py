"""What a run keeps and reduces, and what is wrong with its input, chunk by chunk."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest

from mirab.core.calendar import TimeAxis, dekads
from mirab.core.ensemble import Ensemble
from mirab.core.errors import InputError, NotKeptError
from mirab.core.flow import packing
from mirab.core.flow.model import Model
from mirab.core.flow.run import Run
from mirab.core.flow.work import Kernel
from mirab.core.network import Curve, Network, Zone

NAMES = ("flow", "volume", "delivered", "evaporated", "energy")
AXIS = dekads(date(2023, 4, 1), 4)


def valley() -> Model:
    """A source into a lake with a plant below it, two claims, and the sea."""
    network = Network("valley", states=("AAA", "BBB"))
    network.boundary("sea")
    curve = Curve((0.0, 200.0), (5.0, 20.0))
    network.store(
        "lake", full_mcm=200.0, start_mcm=50.0, zones=[Zone(200.0, 3)], evaporation_mm=30.0, curve=curve
    )
    network.node("weir", state="AAA")
    network.source("spring", into="lake", state="AAA")
    network.reach("lake", "weir", lag=1)
    network.reach("weir", "sea")
    network.claim("town", at="weir", demand=5.0, priority=1, shares={"AAA": 1.0})
    network.claim("field", at="weir", demand=30.0, priority=2, shares={"BBB": 1.0})
    network.turbine("plant", reach="lake__weir", max_flow_m3s=50.0, installed_mw=40.0, head_m=60.0)
    return network.compile()


def inflow(members: int, axis: TimeAxis = AXIS) -> Ensemble:
    values = np.random.default_rng(members).exponential(25.0, (members, len(axis), 1))
    return Ensemble.of("inflow", "m3/s", ["spring"], axis, values)


def same(one: Run, other: Run, items: dict[str, Sequence[str]]) -> bool:
    """The members of the first in single precision are those of the other."""
    return all(
        np.array_equal(getattr(one, name)[item].astype(np.float32), getattr(other, name)[item])
        for name in items
        for item in items[name]
    )


@pytest.mark.parametrize("members", [1, 9, 128, 130, 1025])
def test_the_members_that_are_kept_are_those_of_the_whole_run(members: int) -> None:
    model, driven = valley(), inflow(members)
    keep = {"delivered": ["field"], "volume": ["lake"], "energy": ["plant"]}
    whole, few = model.simulate(driven), model.simulate(driven, keep=keep)
    assert same(whole, few, keep)
    assert (few.delivered.items, few.flow.items) == (("field",), ())
    for name in ("volume_mcm", "under_way_mcm", "quota_used_mcm"):
        assert np.array_equal(getattr(whole.end, name), getattr(few.end, name))


@pytest.mark.parametrize("members", [1, 130, 1025])
def test_every_item_is_reduced_exactly_whether_it_was_kept_or_not(members: int) -> None:
    model, driven = valley(), inflow(members)
    whole, few = model.simulate(driven), model.simulate(driven, keep={})
    for name in NAMES:
        kept = getattr(whole, name)
        for item in kept.items:
            found = few.summary[name]
            assert found.count == members
            assert found.mean(item) == pytest.approx(kept[item].mean(axis=1), rel=1e-12, abs=1e-12)
            assert np.array_equal(found.minimum(item), kept[item].min(axis=1))
            assert np.array_equal(found.maximum(item), kept[item].max(axis=1))
    lacking = whole.demand()[:, 1][:, None] - whole.delivered["field"]
    assert np.array_equal(few.summary["delivered"].short_members("field"), (lacking > 30e-6).sum(axis=1))


@pytest.mark.parametrize("kernel", ["claims", "simplex"])
def test_what_is_kept_is_the_same_where_nothing_else_is_summed_up(kernel: Kernel) -> None:
    """Energy too, which is made of flows and volumes that are not kept themselves."""
    model, driven = valley(), inflow(9)
    names = {name: getattr(model.simulate(driven), name).items for name in NAMES}
    for name in NAMES:
        for item in names[name]:
            full = model.simulate(driven, kernel=kernel, keep={name: [item]})
            bare = model.simulate(driven, kernel=kernel, keep={name: [item]}, reduce=False)
            assert np.array_equal(getattr(full, name)[item], getattr(bare, name)[item])
            assert not bare.summary


def test_named_items_are_kept_in_single_precision_and_all_in_double() -> None:
    model, driven = valley(), inflow(130)
    whole, few = model.simulate(driven), model.simulate(driven, keep={"volume": ["lake"]})
    assert (whole.volume.lanes.dtype, few.volume.lanes.dtype) == (np.float64, np.float32)
    assert few.volume["lake"].dtype == np.float64
    assert np.array_equal(few.volume["lake"], whole.volume["lake"].astype(np.float32))


def test_sums_over_members_kept_in_single_precision_are_made_in_double() -> None:
    values = np.full((1_000, 1, 1), 16_777_217.0)
    lanes = Ensemble.of("volume", "million m3", ["a"], dekads(AXIS.starts[0], 1), values).lanes
    single = Ensemble(
        "volume", "million m3", ("a",), dekads(AXIS.starts[0], 1), 1_000, lanes.astype(np.float32)
    )
    assert single.mean("a")[0] == 16_777_216.0
    assert single.quantiles("a", [0.5]).dtype == np.float64


def test_an_item_that_was_not_kept_says_how_to_keep_it() -> None:
    run = valley().simulate(inflow(3), keep={"delivered": ["town"]})
    with pytest.raises(NotKeptError, match="volume of 'lake' were not kept .* with 'volume' in keep"):
        run.volume["lake"]
    with pytest.raises(NotKeptError, match="flow of 'spring__lake' were not kept in this run"):
        run.balance()
    with pytest.raises(NotKeptError, match="delivered of 'field' were not kept in this run"):
        run.by_state(run.delivered)
    assert run.shortage().items == ("town",)


def test_a_request_is_explained_in_a_run_that_kept_nothing() -> None:
    model, driven = valley(), inflow(9)
    whole, few = model.simulate(driven), model.simulate(driven, keep={})
    assert few.explain("field", 3, 8) == whole.explain("field", 3, 8)


def test_a_wrong_name_to_keep_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="2 problems") as found:
        valley().simulate(inflow(1), keep={"volumes": ["lake"], "delivered": ["fields"]})
    assert "volumes is not a result of a run; nearest is 'volume'" in str(found.value)
    assert "delivered fields is not in the network; nearest is 'field'" in str(found.value)


@pytest.mark.parametrize("bad", [-1.0, float("nan"), float("inf")])
def test_a_bad_inflow_names_its_source_member_and_step(bad: float) -> None:
    values = inflow(300).values()
    values[299, 2, 0] = bad
    wrong = Ensemble.of("inflow", "m3/s", ["spring"], AXIS, values)
    where = (
        f"source spring has a negative or missing inflow, {bad:g} of member 299 in the step from 2023-04-21"
    )
    with pytest.raises(InputError, match=where):
        valley().simulate(wrong)


def test_an_axis_without_steps_is_refused() -> None:
    empty = inflow(2).steps(2, 2)
    with pytest.raises(InputError, match="axis has no steps; give one or more"):
        valley().simulate(empty)


def test_an_ensemble_without_members_is_refused() -> None:
    with pytest.raises(InputError, match="members there are none; give one or more"):
        Ensemble.of("inflow", "m3/s", ["spring"], AXIS, np.zeros((0, 4, 1)))


def test_a_start_volume_over_full_is_refused() -> None:
    with pytest.raises(InputError, match="start volume 201 is not between 0 and full_mcm=200"):
        valley().simulate(inflow(2), start={"lake": 201.0})


def test_a_kernel_that_does_not_carry_the_network_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MOST_SIDES", -1)
    model = valley()
    assert model.kernel == "simplex"
    with pytest.raises(InputError, match="'claims' does not carry it.*leave kernel out, or 'simplex'"):
        model.simulate(inflow(1), kernel="claims")
    assert model.simulate(inflow(1)).repaired == 0
