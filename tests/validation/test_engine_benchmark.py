"""What the benchmark of the engine compares: a peer gets the same basin and gives the same results."""

import importlib.util
from datetime import date
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from mirab.core.calendar import dekads
from mirab.validation import engine

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("engine_benchmark", ROOT / "benchmarks" / "engine.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_peer_that_cannot_run_is_absent_with_one_line(
    benchmark: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert benchmark.outcome(benchmark.Peer("pywr 9", "pywr9.py"), tmp_path / "in.npz") is None
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2
    assert "pywr 9 could not be run, its figures are absent" in told[1]


@pytest.mark.slow
def test_the_lps_and_the_loop_in_c_give_what_the_engine_gives(benchmark: ModuleType, tmp_path: Path) -> None:
    model = engine.basin(3).compile()
    inflow = engine.inflow(3, 11, dekads(date(1991, 1, 1), 40))
    run = model.simulate(inflow)
    np.savez(tmp_path / "in.npz", **benchmark.as_arrays(model, inflow))
    found = [benchmark.outcome(peer, tmp_path / "in.npz") for peer in (benchmark.HIGHS, benchmark.IN_C)]
    gaps = [benchmark.gaps(run, outcome) for outcome in found if outcome]
    assert gaps
    assert max(gap for one in gaps for gap in one.values()) < 1e-9
    assert sorted(gaps[0]) == ["delivered", "outflow", "volume"]
