"""Shapley values and nucleoli of many games by coopgame-py, one game after the other.

python coopgame_py.py INPUT.npz OUTPUT.npz
"""

from __future__ import annotations

import sys
import time
from importlib.metadata import version
from typing import Any

import coopgame
import numpy as np

ROUNDS = 3


def measured(rule: Any, games: list[Any]) -> tuple[float, Any]:
    """Games per CPU second, the best of a few rounds, and what each was given."""
    best, found = 0.0, []
    for _ in range(ROUNDS):
        begun = time.process_time()
        found = [rule(game) for game in games]
        best = max(best, len(games) / (time.process_time() - begun))
    return best, found


def main(given_path: str, results: str) -> None:
    """Measure both rules and write their rates and shares."""
    given = np.load(given_path)
    games = [coopgame.Game(list(values[1:])) for values in given["values"]]
    rate, shapley = measured(coopgame.shapley, games)
    few = games[: int(given["few"])]
    slow, nucleolus = measured(coopgame.nucleolus, few)
    shares = [one["allocation"] for one in nucleolus]
    label = f"coopgame-py {version('coopgame-py')} (compiled Rust)"
    np.savez(results, label=label, rates=[rate, slow], shapley=shapley, nucleolus=shares)


if __name__ == "__main__":
    main(*sys.argv[1:])
