"""Each folder of kernels has a cache of its own, named by what its machine code is made of."""

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
