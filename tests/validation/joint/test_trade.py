"""A transaction cost is taken from what lies beyond a right; exchange gains, and less the dearer it is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from mirab.core.records import Change
from mirab.core.values import Piece, Values
from mirab.resolve import changes
from mirab.validation.joint.trade import DEAREST, Market, charged, market

PIECES = (Piece(0.5, 0.05), Piece(0.8, 0.03), Piece(1.0, 0.02))
shares = some.floats(0.0, 1.0)


def worth_of(pieces: tuple[Piece, ...], taken: float) -> float:
    values = Values(water={"fields": pieces})
    return float(values.water_usd("fields", np.array(taken), np.ones(()), np.ones(())))


@given(shares, shares)
def test_without_a_cost_a_claim_is_worth_what_it_was(share: float, taken: float) -> None:
    assert worth_of(charged(PIECES, share, 0.0), taken) == pytest.approx(worth_of(PIECES, taken))


@given(shares, shares, some.floats(0.0, 0.1))
def test_a_cost_is_paid_beyond_the_right_only_and_never_more_than_the_water_is_worth(
    share: float, taken: float, cost: float
) -> None:
    whole, left = worth_of(PIECES, taken), worth_of(charged(PIECES, share, cost), taken)
    within = worth_of(PIECES, min(share, taken))
    paid = cost * max(taken - share, 0.0) * 1e6
    assert left == pytest.approx(whole - min(paid, whole - left), abs=1.0)
    assert within - 1.0 <= left <= whole + 1.0
    if cost <= 0.02:
        assert left == pytest.approx(whole - paid, abs=1.0)


@given(shares, some.floats(0.0, 0.1))
def test_pieces_with_a_cost_stay_concave(share: float, cost: float) -> None:
    worth = [piece.usd_per_m3 for piece in charged(PIECES, share, cost)]
    assert worth == sorted(worth, reverse=True)
    assert worth[-1] >= 0.0


@pytest.fixture(scope="module")
def dry() -> Market:
    return market("dry")


@pytest.mark.slow
def test_exchange_within_catchments_gains_and_between_them_more(dry: Market) -> None:
    assert 0.0 < dry.gain(dry.catchments) < dry.gain(dry.all)


@pytest.mark.slow
def test_the_gain_falls_with_the_cost_to_nothing(dry: Market) -> None:
    gains = [dry.gain(dry.all, cost) for cost in (0.0, 0.01, 0.03)]
    assert gains == sorted(gains, reverse=True)
    assert gains[1] > 1.0
    assert dry.gain(dry.all, DEAREST) == pytest.approx(0.0, abs=1e-3)


@pytest.mark.slow
def test_where_nobody_is_short_there_is_nothing_to_exchange(dry: Market) -> None:
    twice = Change("inflow_factor", "all", 2.0, "1")
    wet = Market(*changes.apply(dry.network, dry.inflow, [twice]))
    assert min(wet.shares.values()) > 0.99
    assert wet.gain(wet.all) < 0.05 * dry.gain(dry.all)
