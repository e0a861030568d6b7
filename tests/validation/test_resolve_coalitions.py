"""What the benchmark of coalitions compares is the same programme; a peer that cannot run is absent."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy.optimize import linprog

from mirab.resolve.coalition import coalitions

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    place = ROOT / "benchmarks" / "coalitions.py"
    spec = importlib.util.spec_from_file_location("coalitions_benchmark", place)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_six_states_own_the_claims_and_the_stores_in_turn(benchmark: ModuleType) -> None:
    network = benchmark.shared_basin()
    owners = [claim.shares[0][0] for claim in network.claims.values()]
    assert owners[:7] == [*benchmark.STATES, benchmark.STATES[0]]
    assert len(network.turbines) == len(network.stores) == 8
    assert benchmark.COALITIONS == 63


def test_cold_programmes_have_the_values_of_those_that_go_on_from_a_basis(benchmark: ModuleType) -> None:
    case = benchmark.made(2, steps=4)
    found = coalitions(case.model, case.inflow, case.values, reference=case.reference, processes=1)
    seconds, gap = benchmark.of_cold(case, found.foresight.values)
    assert seconds > 0
    assert gap < 1e-6


def test_what_linopy_is_given_has_the_same_optimum(benchmark: ModuleType) -> None:
    """The tables, read as sums over a tree of reaches, by scipy in linopy's place."""
    case = benchmark.made(1, steps=4)
    given, (_, ours) = benchmark.as_arrays(case), benchmark.building(case)
    assert ours == pytest.approx(optimum(given), rel=1e-8)


def optimum(given: dict[str, np.ndarray]) -> float:
    """The best of the programme that the tables say, all variables in one row."""
    steps, nodes = given["water"].shape
    cost, upper, rows = [], [], {}

    def add(usd: float, most: float, entries: list[tuple[object, float]]) -> None:
        for row, value in entries:
            rows.setdefault(row, {})[len(cost)] = value
        cost.append(-usd)
        upper.append(most)

    for t in range(steps):
        moves = [(reach, 0.0, given["beside"][t, reach]) for reach in range(len(given["tail"]))]
        moves += [
            (reach, given["power_usd"][t, p], given["limit"][t, p])
            for p, reach in enumerate(given["plant_reach"])
        ]
        for reach, usd, most in moves:
            later, head = t + given["lag"][reach], given["head"][reach]
            entries = [((t, given["tail"][reach]), 1.0)]
            entries += [((later, head), -given["gain"][reach])] if head >= 0 and later < steps else []
            entries += [(("kept", t, g), 1.0) for g, own in enumerate(given["gauge_reach"]) if own == reach]
            add(usd, most, entries)
        for claim, node in enumerate(given["claim_node"]):
            for piece, size in enumerate(given["size"][t, claim]):
                add(given["usd"][claim][piece], size, [((t, node), 1.0)])
        for store, node in enumerate(given["store_node"]):
            usd = given["left_usd"][store] if t == steps - 1 else 0.0
            carried = [((t + 1, node), -1.0)] if t + 1 < steps else []
            add(usd, given["full"][store], [((t, node), 1.0 + given["loss"][t, store]), *carried])
        for gauge, kept in enumerate(given["kept"][t]):
            add(-given["weight"], kept, [(("kept", t, gauge), 1.0)])
    balance = [(t, node) for t in range(steps) for node in range(nodes)]
    gauges = [("kept", t, g) for t in range(steps) for g in range(given["kept"].shape[1])]
    dense = {row: np.zeros(len(cost)) for row in (*balance, *gauges)}
    for row, entries in rows.items():
        dense[row][list(entries)] = list(entries.values())
    found = linprog(
        cost,
        A_eq=np.array([dense[row] for row in balance]),
        b_eq=[given["water"][row] for row in balance],
        A_ub=-np.array([dense[row] for row in gauges]),
        b_ub=[-given["kept"][t, g] for _, t, g in gauges],
        bounds=list(zip(np.zeros(len(upper)), upper, strict=True)),
    )
    return float(-found.fun)


def test_a_peer_that_cannot_run_is_absent_with_one_line(
    benchmark: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(benchmark, "PEERS", ROOT / "nowhere")
    assert benchmark.linopy(benchmark.made(1, steps=2)) is None
    assert "linopy could not be run, its figures are absent" in capsys.readouterr().err
