"""The resolve area checks what is printed, and misses where a rule is wrong."""

import numpy as np
import pytest

from mirab.resolve.game import Game
from mirab.resolve.sharing import Shares, equal
from mirab.validation import resolve
from mirab.validation.harness import Kind, Verdict


@pytest.fixture(autouse=True)
def games_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolve, "CHECKS", resolve.GAMES)


def test_every_published_game_holds() -> None:
    found = resolve.findings()
    assert len(found) >= 15
    assert not [one.what for one in found if one.kind is Kind.MUST and one.verdict is not Verdict.HOLDS]


@pytest.mark.parametrize("rule", ["shapley", "nucleolus", "tau", "gately"])
def test_a_rule_that_is_wrong_misses(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolve, rule, equal)
    assert [one for one in resolve.findings() if one.missed]


def test_a_share_that_rounds_to_another_number_misses(monkeypatch: pytest.MonkeyPatch) -> None:
    true = resolve.tau

    def nearly(game: Game) -> Shares:
        return Shares("tau", game.states, true(game).amounts + 0.0001)

    monkeypatch.setattr(resolve, "tau", nearly)
    assert any(one.missed and "six claims" in one.what for one in resolve.findings())


def test_values_by_size_stand_at_their_coalitions() -> None:
    game = resolve.by_size(3, (1, 2, 3, 12, 13, 23, 123))
    assert game.values.tolist() == [[0, 1, 2, 12, 3, 13, 23, 123]]


def test_an_estate_that_covers_all_claims_is_shared_as_claimed() -> None:
    game = resolve.claims_on(60.0, (10.0, 20.0, 30.0))
    assert game.alone.tolist() == [[10.0, 20.0, 30.0]]
    assert np.all(game.total == 60.0)
