"""An ensemble gives back what was put in, by item, and never lets a wrong shape pass."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.core.calendar import dekads
from mirab.core.ensemble import LANES, READ, Ensemble, Ranged, one_member, to_lanes
from mirab.core.errors import InputError, UnknownNameError

AXIS = dekads(date(2023, 4, 1), 3)
sizes = settings(derandomize=True, deadline=None, max_examples=40)


def drawn(members: int, items: int = 2) -> Ensemble:
    values = np.random.default_rng(members).normal(size=(members, 3, items))
    names = [f"i{k}" for k in range(items)]
    return Ensemble.of("flow", "m3/s", names, AXIS, values, states=tuple((f"S{k}",) for k in range(items)))


@sizes
@given(st.integers(1, 40), st.integers(0, 4))
def test_values_come_back_as_they_went_in(members: int, items: int) -> None:
    values = np.random.default_rng(0).normal(size=(members, 3, items))
    ensemble = Ensemble.of("flow", "m3/s", [f"i{k}" for k in range(items)], AXIS, values)
    assert np.array_equal(ensemble.values(), values)
    for k in range(items):
        assert np.array_equal(ensemble[f"i{k}"], values[:, :, k].T)


@sizes
@given(st.integers(1, 40))
def test_lanes_beyond_the_last_member_repeat_it(members: int) -> None:
    lanes = to_lanes(np.random.default_rng(1).normal(size=(members, 3, 2)))
    last = (members - 1) % LANES
    assert (lanes[-1, :, :, last:] == lanes[-1, :, :, last : last + 1]).all()


def test_a_selection_keeps_values_and_states_in_the_order_asked() -> None:
    ensemble = drawn(9, 3)
    chosen = ensemble.select(["i2", "i0"])
    assert (chosen.items, chosen.states) == (("i2", "i0"), (("S2",), ("S0",)))
    assert np.array_equal(chosen["i0"], ensemble["i0"])


def test_quantiles_and_mean_are_over_members_without_the_repeated_lanes() -> None:
    ensemble = drawn(9)
    values = ensemble.values()[:, :, 0]
    assert ensemble.mean("i0") == pytest.approx(values.mean(axis=0))
    assert ensemble.quantiles("i0", [0.1, 0.9]) == pytest.approx(np.quantile(values, [0.1, 0.9], axis=0))


@pytest.mark.parametrize("members", [[3], [8, 0, 8], list(range(17))])
def test_some_members_come_in_the_order_asked(members: list[int]) -> None:
    values = np.random.default_rng(2).normal(size=(17, 3, 2))
    found = Ensemble.of("flow", "m3/s", ["a", "b"], AXIS, values).of_members(members)
    assert np.array_equal(found.values(), values[members])
    beyond = found.lanes[-1, :, :, (len(members) - 1) % LANES :]
    assert np.ptp(beyond, axis=-1).max() == 0.0


def test_an_unknown_item_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="item of flow 'i9' is not known; nearest is 'i"):
        drawn(1)["i9"]


def test_an_array_of_a_wrong_shape_is_refused_with_both_shapes() -> None:
    with pytest.raises(InputError, match=r"has shape \(1, 2, 1, 8\); expected \(1, 3, 1, 8\)"):
        Ensemble("flow", "m3/s", ("a",), AXIS, 1, np.zeros((1, 2, 1, 8)))


@pytest.mark.parametrize(("first", "last"), [(0, READ), (READ, READ + 13), (0, 5)])
def test_a_part_has_the_members_of_its_range_and_copies_nothing(first: int, last: int) -> None:
    ensemble = drawn(READ + 13)
    part = ensemble.part(first, last)
    assert np.array_equal(part.values(), ensemble.values()[first:last])
    assert np.shares_memory(part.lanes, ensemble.lanes)


@pytest.mark.parametrize(("first", "last"), [(8, 16), (0, READ + 14), (READ, READ), (-READ, 1)])
def test_a_range_that_a_source_cannot_give_is_refused(first: int, last: int) -> None:
    with pytest.raises(InputError, match=f"range is {first} to {last}; start at a multiple of 1024"):
        drawn(READ + 13).part(first, last)


def ranged(whole: Ensemble) -> Ranged:
    return Ranged("flow", "m3/s", whole.items, AXIS, whole.members, whole.part, whole.states)


def test_a_ranged_source_is_cut_selected_and_changed_as_its_parts_are() -> None:
    whole = drawn(READ + 13, 3)
    source = ranged(whole).select(["i2", "i0"]).steps(1, 3)
    expected = whole.select(["i2", "i0"]).steps(1, 3).part(READ, READ + 13)
    part = source.changed(lambda made: made).part(READ, READ + 13)
    assert np.array_equal(part.values(), expected.values())
    assert (part.items, part.states, part.axis) == (source.items, source.states, source.axis)


@pytest.mark.parametrize("member", [0, 9, READ, READ + 12])
def test_one_member_of_a_source_is_an_ensemble_of_its_own(member: int) -> None:
    whole = drawn(READ + 13)
    for source in (whole, ranged(whole)):
        assert np.array_equal(one_member(source, member).values()[0], whole.values()[member])


def test_what_is_read_from_single_precision_is_double() -> None:
    whole = drawn(9)
    single = replace(whole, lanes=whole.lanes.astype(np.float32))
    for values in (single["i0"], single.values(), single.mean("i0"), single.quantiles("i0", [0.5])):
        assert values.dtype == np.float64


def test_the_doors_out_carry_labels_and_values() -> None:
    pytest.importorskip("pandas")
    pytest.importorskip("xarray")
    ensemble = drawn(3)
    table = ensemble.to_dataframe()
    row = table[(table.item == "i1") & (table.member == 2) & (table.time == AXIS.starts[1])]
    assert row.value.item() == ensemble["i1"][1, 2]
    cube = ensemble.to_xarray()
    assert float(cube.sel(item="i1", member=2)[1]) == ensemble["i1"][1, 2]
    assert cube.attrs["unit"] == "m3/s"
