"""A promised amount is served, not served, or cannot be told, by observations alone; members give a share."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirab.core.calendar import dekads
from mirab.core.ensemble import Ensemble
from mirab.core.presence import Presence
from mirab.core.records import Commitment, Confidence, Evidence, Kept, Observation, Sense, Status
from mirab.follow.amounts import findings, verdict

FIRST, END = date(2025, 10, 1), date(2026, 4, 1)
DAYS = (END - FIRST).days
SAID = Evidence("source", Confidence.SECONDARY)
# 100 m3/s over 182 days: 100 x 86,400 x 182 m3.
VOLUME_KM3 = 1.572480


def promise(amount: float, *, quantity: str = "inflow_volume", sense: Sense = Sense.AT_LEAST) -> Commitment:
    unit = "km3" if quantity == "inflow_volume" else "m3/s"
    plain = ("p", (), (), "Deliver", quantity, amount, unit, END, Status.SCHEDULED, (), (SAID,))
    return replace(Commitment(*plain), item="fork", sense=sense, period=(FIRST, END))


def seen(flow: float | None, first: int = 0, last: int = DAYS, author: str = "Service") -> Observation:
    presence = Presence.PRESENT if flow is not None else Presence.ABSENT
    start, end = FIRST + timedelta(days=first), FIRST + timedelta(days=last)
    return Observation("fork", "inflow", start, end, flow, "m3/s", author, SAID, presence)


def kept(one: Commitment, *found: Observation) -> Kept | None:
    return verdict(findings(one, found, {}))


@pytest.mark.parametrize(("asked", "word"), [(1.57, Kept.SERVED), (1.58, Kept.NOT_SERVED)])
def test_a_volume_is_the_sum_of_the_true_days(asked: float, word: Kept) -> None:
    (found,) = findings(promise(asked), [seen(100.0)], {})
    assert found.value == pytest.approx(VOLUME_KM3, rel=1e-5)
    assert (found.kept, found.unit, found.basis) == (word, "km3", "Service: 182 of 182 days observed")


def test_what_arrived_early_serves_a_least_and_breaks_a_most_before_the_period_ends() -> None:
    half = seen(100.0, 0, 91)
    assert kept(promise(0.7), half) is Kept.SERVED
    assert kept(promise(0.9), half) is Kept.UNTOLD
    assert kept(promise(0.7, sense=Sense.AT_MOST), half) is Kept.NOT_SERVED
    assert kept(promise(0.9, sense=Sense.AT_MOST), half) is Kept.UNTOLD


def test_a_flow_that_shall_never_fall_below_is_broken_by_one_step_and_told_only_by_all() -> None:
    floor = promise(30.0, quantity="inflow")
    assert kept(floor, seen(40.0, 0, 91), seen(31.0, 91)) is Kept.SERVED
    assert kept(floor, seen(40.0, 0, 91), seen(29.0, 91, 101)) is Kept.NOT_SERVED
    assert kept(floor, seen(40.0, 0, 91)) is Kept.UNTOLD


def test_an_observation_that_reaches_beyond_the_period_says_nothing_of_it() -> None:
    (found,) = findings(promise(1.0), [seen(100.0, -1, DAYS)], {})
    assert (found.kept, found.value) == (Kept.UNTOLD, None)
    assert "no observation" in found.basis


def test_an_absent_value_is_no_zero() -> None:
    assert kept(promise(0.1, sense=Sense.AT_MOST), seen(None)) is Kept.UNTOLD


def test_authors_who_differ_leave_it_untold_and_both_stay() -> None:
    found = findings(promise(1.5), [seen(100.0), seen(90.0, author="Other")], {})
    assert [one.kept for one in found] == [Kept.NOT_SERVED, Kept.SERVED]
    assert verdict(found) is Kept.UNTOLD


def test_the_shorter_observation_counts_where_two_of_one_author_overlap() -> None:
    (found,) = findings(promise(1.0), [seen(100.0), seen(200.0, 0, 91)], {})
    assert found.value == pytest.approx(1.5 * VOLUME_KM3, rel=1e-5)


def members(*flows: float, first: date = FIRST) -> dict[str, Ensemble]:
    axis = dekads(first, 18)
    values = np.array(flows)[:, None, None] * np.ones((1, len(axis), 1))
    return {"inflow": Ensemble.of("inflow", "m3/s", ["fork"], axis, values)}


def test_members_give_the_share_that_serves_and_no_verdict() -> None:
    told, share = findings(promise(1.5), [], members(90.0, 100.0, 110.0, 120.0))
    assert (told.kept, share.kept, share.probability) == (Kept.UNTOLD, Kept.UNTOLD, 0.75)
    assert share.basis == "simulated: 4 members, the middle one gives 1.65 km3"
    assert verdict([told, share]) is Kept.UNTOLD


def test_a_flow_is_served_by_a_member_whose_every_step_holds() -> None:
    found = findings(promise(95.0, quantity="inflow"), [], members(90.0, 100.0))
    assert found[1].probability == 0.5


def test_members_that_begin_after_the_period_say_nothing() -> None:
    assert len(findings(promise(1.5), [], members(100.0, first=date(2025, 10, 11)))) == 1


def test_a_promise_without_amount_period_or_place_is_not_held_against_anything() -> None:
    whole = promise(1.0)
    for bare in (replace(whole, amount=None), replace(whole, period=None), replace(whole, item="")):
        assert findings(bare, [seen(100.0)], {}) == ()
        assert verdict(()) is None


@given(flows=st.lists(st.floats(0, 500), min_size=1, max_size=8), share=st.floats(0.1, 1.9))
def test_seeing_more_never_takes_a_verdict_back(flows: list[float], share: float) -> None:
    edges = np.linspace(0, DAYS, len(flows) + 1).astype(int)
    steps = [seen(flow, int(a), int(b)) for flow, a, b in zip(flows, edges, edges[1:], strict=False)]
    total = sum((one.value or 0) * (one.end - one.start).days for one in steps) * 86_400 / 1e9
    for sense in Sense:
        verdicts = [kept(promise(share * total, sense=sense), *steps[:n]) for n in range(len(steps) + 1)]
        told = [word for word in verdicts if word is not Kept.UNTOLD]
        assert len(set(told)) <= 1
        assert verdicts[-1] in (Kept.SERVED, Kept.NOT_SERVED)
