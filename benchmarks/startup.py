"""How long `mirab --help` takes beside the smallest program with the same command library."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version

from mirab.validation.ratios import Ratio

TITLE = "start of the command line"
ROUNDS = 7
SMALLEST = "import typer; app = typer.Typer(); app.command()(lambda: None); app()"


def figures() -> Sequence[Ratio]:
    """Median wall time of a start in seconds, ours and the peer's in turn."""
    pairs = [(_seconds("-m", "mirab", "--help"), _seconds("-c", SMALLEST, "--help")) for _ in range(ROUNDS)]
    ours, peer = (statistics.median(times) for times in zip(*pairs, strict=True))
    remark = f"median of {ROUNDS} starts in turn; the limit of the house is 0.6 s"
    return [Ratio("mirab --help", ours, peer, "s", f"empty typer {version('typer')} program", remark)]


def _seconds(*arguments: str) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return time.perf_counter() - begun
