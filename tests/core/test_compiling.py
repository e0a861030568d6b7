"""Each folder of kernels has a cache of its own, named by what its machine code is made of."""

import subprocess
import sys
from pathlib import Path

from mirab.core.compiling import Kernels
from mirab.core.flow.kernels import simplex
from mirab.core.queues.kernels import fluid, spells


def test_a_change_in_one_folder_leaves_the_cache_of_another(tmp_path: Path) -> None:
    folders = [tmp_path / name / "kernels" for name in ("one", "two")]
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / "loop.py").write_text("x = 1")
    before = [Kernels(folder).digest for folder in folders]
    (folders[0] / "loop.py").write_text("x = 2")
    after = [Kernels(folder).digest for folder in folders]
    assert before[0] != after[0]
    assert before[1] == after[1]


def test_the_kernels_of_flow_and_queues_are_kept_apart() -> None:
    assert simplex.KERNELS.name == "flow-kernels"
    assert spells.KERNELS.name == "queues-kernels"
    assert f"queues-kernels-{spells.KERNELS.digest}" in fluid.run_block.stats.cache_path


SOURCE = """
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mirab.core.compiling import Kernels

KERNELS = Kernels(Path(__file__).parent)


class Pair(NamedTuple):
    one: np.ndarray
    two: np.ndarray


@KERNELS.allocating
def pair(size):
    return Pair(np.zeros(size), np.ones(size))


@KERNELS.allocating
def total(size):
    found = pair(size)
    return found.one.sum() + found.two.sum()


if __name__ == "__main__":
    print(total(3), pair(3).two.sum(), sum(pair.stats.cache_misses.values()))
"""


def test_of_processes_that_need_a_kernel_at_once_one_compiles_it(tmp_path: Path) -> None:
    folder = tmp_path / "some" / "kernels"
    folder.mkdir(parents=True)
    (folder / "loop.py").write_text(SOURCE)
    runs = [
        subprocess.Popen([sys.executable, str(folder / "loop.py")], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    told = [run.communicate(timeout=300)[0].split() for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0]
    assert sorted(told) == [["3.0", "3.0", "0"], ["3.0", "3.0", "0"], ["3.0", "3.0", "1"]]
