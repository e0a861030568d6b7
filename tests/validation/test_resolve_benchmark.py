"""What the benchmark of sharing compares is shared alike; a library that cannot run is absent."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from mirab.resolve.game import Game
from mirab.resolve.sharing import least_core, shapley

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sharing_benchmark", ROOT / "benchmarks" / "sharing.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_games_are_drawn_again_by_their_seed_and_not_all_have_a_core(benchmark: ModuleType) -> None:
    game = benchmark.drawn(500)
    assert np.array_equal(game.values, benchmark.drawn(500).values)
    assert 0 < (least_core(game) > 0).sum() < 500


def test_enumeration_gives_the_shapley_value(benchmark: ModuleType) -> None:
    game = benchmark.drawn(1)
    assert benchmark.in_every_order(game.values[0]) == pytest.approx(shapley(game).amounts[0])


def test_a_library_that_cannot_run_is_absent_with_one_line(
    benchmark: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(benchmark, "PEERS", ROOT / "nowhere")
    assert benchmark.compiled(np.zeros((1, 64))) is None
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2
    assert "coopgame-py could not be run, its figures are absent" in told[1]


def test_a_result_that_differs_misses_its_aim(benchmark: ModuleType) -> None:
    game = benchmark.drawn(20)
    shares = shapley(game).amounts
    wrong = benchmark.Outcome("a library", np.ones(2), shares * 1.01, shares)
    aims = [figure.aim for figure in benchmark.same_results(Game(game.states, game.values), wrong)]
    assert [("missed" in aim) for aim in aims] == [False, True, True]
