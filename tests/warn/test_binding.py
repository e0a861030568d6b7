"""The reasons of a threat say what binds at its places over all members; the first few threats get them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from mirab.core.calendar import dekads
from mirab.core.ensemble import Ensemble
from mirab.core.flow.run import Run
from mirab.core.flow.shortage import Shortages
from mirab.core.network import Network, Zone
from mirab.core.records import Level, Threat
from mirab.warn import binding

CLAIMS = (
    {"claim_id": "field", "node_id": "ford", "account": "river"},
    {"claim_id": "town", "node_id": "ford", "account": "other"},
)
SHARES = ({"claim_id": "field", "state": "XAA"}, {"claim_id": "town", "state": "XBB"})


class Made:
    """Two tables of a pack that does not exist."""

    def rows(self, table: str) -> Sequence[dict[str, Any]]:
        return {"water/claims": CLAIMS, "water/claim_shares": SHARES}.get(table, ())


def threat(*items: str) -> Threat:
    return Threat(
        "water:made", "water", "made", "Made", items, ("XAA",), Level.WATCH, 0.5,
        (date(2023, 4, 1), date(2023, 4, 15)), 0, (), ("seen.",), (), {}, "none", "simulation",
    )  # fmt: skip


@pytest.fixture(scope="module")
def run() -> Run:
    network = Network("made", states=("XAA", "XBB"))
    network.source("spring", into="lake")
    network.store("lake", full_mcm=50, start_mcm=20, zones=[Zone(20, 1), Zone(50, 9)])
    network.reach("lake", "ford")
    network.node("ford")
    network.boundary("sea")
    network.reach("ford", "sea")
    network.claim("town", at="ford", demand=10.0, priority=2, shares={"XBB": 1.0})
    network.claim("field", at="ford", demand=20.0, priority=5, shares={"XAA": 1.0})
    springs = np.array([12.0, 15.0, 18.0, 100.0])[:, None, None] * np.ones((1, 3, 1))
    axis = dekads(date(2023, 4, 1), 3)
    return network.compile().simulate(Ensemble.of("inflow", "m3/s", ("spring",), axis, springs))


@pytest.mark.parametrize(
    ("item", "claims"),
    [
        ("ford", ("field", "town")),
        ("town", ("town",)),
        ("river:XAA", ("field",)),
        ("river:XBB", ()),
        ("x", ()),
    ],
)
def test_the_claims_of_an_item_are_its_own_those_at_its_node_or_of_its_account(
    item: str, claims: tuple[str, ...]
) -> None:
    assert binding.claims_of(Made(), "water", item) == claims


def test_the_uses_of_a_threat_are_told_before_its_stores(run: Run) -> None:
    known = Shortages(run)
    uses = binding.causes(known, Made(), "water", threat("lake", "river:XAA", "field"))
    stores = binding.causes(known, Made(), "water", threat("lake"))
    assert uses is not None
    assert stores is not None
    assert (uses.items, uses.short) == (("field",), 3)
    assert (stores.items, stores.short) == (("lake",), 3)
    assert [one.part for one in uses.constraints] == ["ford"]


def test_only_steps_of_the_window_count(run: Run) -> None:
    early = replace(threat("field"), window=(date(2022, 4, 1), date(2022, 5, 1)))
    assert binding.causes(Shortages(run), Made(), "water", early) is None


def test_a_typical_member_is_one_of_those_that_are_short(run: Run) -> None:
    told = binding.typical(run, Made(), "water", threat("field"))
    assert told is not None
    assert told.member == 1
    assert told.fraction < 1.0
    assert binding.typical(run, Made(), "water", threat("town")) is None


def test_the_first_threats_get_at_most_three_sentences_and_keep_their_own(run: Run) -> None:
    first, second = binding.with_causes(
        [threat("field"), threat("field")], run, Made(), "water", {"ford": "the Ford"}, most=1
    )
    assert second.why == ("seen.",)
    assert first.why == (
        "seen.",
        "In all of the 3 members that fall short, what binds first is the water that reaches the Ford.",
        "Served before it: lake (water kept in store, 20 million m³), town (a use, 10 m³/s).",
        "1 m³/s more at the Ford for a dekad would bring what falls short here 0.86 million m³, and all uses "
        "together 0.86 (XAA 0.86).",
    )
