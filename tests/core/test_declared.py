"""Tables of a pack declare a network and observations, whatever the field of work."""

from __future__ import annotations

from datetime import date

import pytest

from mirab.core import declared
from mirab.core.presence import Presence
from mirab.observe.region import load


def test_each_row_of_the_toy_becomes_a_part() -> None:
    toy = load("toy")
    net = declared.network(toy, "water", name="toy")
    assert list(net.nodes) == [row["node_id"] for row in toy.rows("water/nodes")]
    assert set(net.claims) == {row["claim_id"] for row in toy.rows("water/claims")}
    assert set(net.reaches) == {row["link_id"] for row in toy.rows("water/links")}
    assert net.states == ("XAA", "XBB", "XCC")


def test_a_group_that_the_pack_lacks_declares_nothing() -> None:
    net = declared.network(load("toy"), "air", name="none")
    assert not net.nodes
    assert declared.observations(load("toy"), "air") == ()


def test_an_empty_value_is_absent_and_not_zero() -> None:
    seen = declared.observations(load("central_asia"), "water")
    assert all((o.value is None) == (o.presence is Presence.ABSENT) for o in seen)


def test_a_dekad_of_the_series_ends_where_the_next_begins() -> None:
    seen = declared.observations(load("central_asia"), "water")
    last = next(o for o in seen if o.start == date(2023, 2, 21))
    assert last.end == date(2023, 3, 1)


@pytest.mark.parametrize(("cells", "ids"), [(("a|b", "c"), ("a", "b", "c")), ((None, ""), ())])
def test_ids_joined_in_a_cell_are_taken_apart(cells: tuple[str | None, ...], ids: tuple[str, ...]) -> None:
    assert declared.codes(*cells) == ids
