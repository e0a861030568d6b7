"""How fast what six states reach is shared, beside what was asked, a compiled library and plain enumeration.

All programmes share the same games, drawn from a seed: what a coalition reaches grows faster than its weight,
times a noise that takes the core from most. The peer that is a library runs in an environment of its
own; enumeration walks all 720 orders of joining in plain Python. Values are in one table before the clock
starts; times are CPU seconds of one process.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, permutations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mirab.resolve.game import Game
from mirab.resolve.nucleolus import membership
from mirab.resolve.sharing import Shares, nucleolus, shapley
from mirab.validation.ratios import Ratio

Floats = NDArray[np.float64]
TITLE = "sharing what six states reach together"
SEED, STATES, MANY, FEW = 1953, 6, 100_000, 1_000
ROUNDS, MOST_SECONDS = 7, 300
PEERS = Path(__file__).parent / "peers"
LIBRARY = ("coopgame-py==0.3.0", "numpy")
UNIT = "games per CPU second"


class Outcome(NamedTuple):
    """What the library found: games per CPU second of both rules, and the shares."""

    label: str
    rates: Floats
    shapley: Floats
    nucleolus: Floats


def figures() -> Sequence[Ratio]:
    """Both rules beside what is asked and the peers, then the largest differences between results."""
    game = drawn(MANY)
    few = Game(game.states, game.values[:FEW])
    theirs = compiled(game.values)
    return [*of_shapley(game, theirs), *of_nucleolus(few, theirs), *same_results(few, theirs)]


def drawn(members: int) -> Game:
    """Games of six states in which joining mostly pays, and most of which have no core."""
    rng = np.random.default_rng(SEED)
    weight = rng.uniform(0.0, 10.0, (members, STATES)) @ membership(STATES).T
    values = weight**1.1 * rng.uniform(0.8, 1.1, weight.shape)
    values[:, -1] = weight[:, -1] ** 1.1
    return Game(("A", "B", "C", "D", "E", "F"), values)


def seconds(job: Callable[[], object]) -> float:
    """Least CPU seconds of a few rounds."""
    found = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        job()
        found.append(time.process_time() - begun)
    return min(found)


def of_shapley(game: Game, theirs: Outcome | None) -> Iterator[Ratio]:
    """A hundred thousand Shapley vectors."""
    part = "Shapley value"
    taken = seconds(lambda: shapley(game))
    yield Ratio(f"{MANY:,} games", taken, 0.2, "s", "what is asked", "", part, at_most=1.0)
    rate = MANY / taken
    if theirs:
        yield Ratio(f"{MANY:,} games", rate, theirs.rates[0], UNIT, theirs.label, "", part)
    begun = time.process_time()
    for value in game.values[:20]:
        in_every_order(value)
    plain = 20 / (time.process_time() - begun)
    remark = "the peer shares 20 games"
    yield Ratio(f"{MANY:,} games", rate, plain, UNIT, "the 720 orders in plain Python", remark, part)


def of_nucleolus(game: Game, theirs: Outcome | None) -> Iterator[Ratio]:
    """One nucleolus, and a thousand side by side."""
    part = "Nucleolus"
    one = Game(game.states, game.values[:1])
    taken = seconds(lambda: nucleolus(one))
    yield Ratio("one game", 1e3 * taken, 20.0, "ms", "what is asked", "", part, at_most=1.0)
    if theirs:
        remark = "ours pays for its arrays, which serve many games as well"
        yield Ratio("one game", 1.0 / taken, theirs.rates[1], UNIT, theirs.label, remark, part)
        rate = FEW / seconds(lambda: nucleolus(game))
        yield Ratio(f"{FEW:,} games", rate, theirs.rates[1], UNIT, theirs.label, "", part)


def same_results(game: Game, theirs: Outcome | None) -> Iterator[Ratio]:
    """The largest difference between the shares, as a fraction of what all reach."""
    part = "Same results: largest difference of a share, relative to the total"
    plain = np.array([in_every_order(value) for value in game.values[:20]])
    pairs: list[tuple[str, Shares, Floats]] = [("Shapley value and enumeration", shapley(game), plain)]
    if theirs:
        pairs.append(("Shapley value and coopgame-py", shapley(game), theirs.shapley[:FEW]))
        pairs.append(("nucleolus and coopgame-py", nucleolus(game), theirs.nucleolus))
    for what, ours, other in pairs:
        count = len(other)
        gap = float((np.abs(ours.amounts[:count] - other) / game.total[:count, None]).max())
        yield Ratio(what, gap, 1e-9, "", "what is allowed", f"{count:,} games", part, at_most=1.0)


def in_every_order(value: Floats) -> list[float]:
    """What each adds on joining, on average over all orders."""
    table, found = value.tolist(), [0.0] * STATES
    for order in permutations(range(STATES)):
        masks = [sum(1 << i for i in order[:count]) for count in range(STATES + 1)]
        for state, (before, after) in zip(order, pairwise(masks), strict=True):
            found[state] += (table[after] - table[before]) / 720
    return found


def compiled(values: Floats) -> Outcome | None:
    """What coopgame-py found; None, with a line on standard error, where it cannot be installed or run."""
    print("measuring coopgame-py", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        given, results = Path(folder) / "in.npz", Path(folder) / "out.npz"
        np.savez(given, values=values, few=FEW)
        try:
            python = started(sys.executable, str(PEERS / "environment.py"), *LIBRARY).strip()
            started(python, str(PEERS / "coopgame_py.py"), str(given), str(results))
        except (subprocess.SubprocessError, OSError) as fault:
            told = str(getattr(fault, "stderr", "") or fault).strip().splitlines()[-1]
            print(f"coopgame-py could not be run, its figures are absent: {told}", file=sys.stderr)
            return None
        with np.load(results, allow_pickle=False) as found:
            parts: Any = (found[name] for name in ("rates", "shapley", "nucleolus"))
            return Outcome(str(found["label"]), *parts)


def started(*command: str) -> str:
    """Standard output of a program."""
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=MOST_SECONDS)
    return done.stdout
