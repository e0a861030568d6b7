"""One year of so many members, in a process of its own: its time and the most memory that it took.

python growth.py MEMBERS, prints CPU seconds and MB

The members repeat 96 that are drawn, so that nothing but the inflow itself is in memory before the run.
"""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from mirab.core.calendar import dekads
from mirab.core.ensemble import LANES, Ensemble
from mirab.validation import engine

SEED, DRAWN, STEPS, ROUNDS = 7, 96, 36, 3


def repeated(drawn: Ensemble, members: int) -> Ensemble:
    """As many members as wanted from those drawn."""
    blocks = np.arange(-(-members // LANES)) % drawn.lanes.shape[0]
    return replace(drawn, members=members, lanes=drawn.lanes[blocks])


def megabytes() -> float:
    """The most memory of this process so far.

    On Linux `ru_maxrss` begins with what the starting process held, so the kernel's own mark is read there.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        (mark,) = (line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(mark) / 2**10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def main() -> None:
    """Run once to load the kernel, then so many members a few times."""
    members = int(sys.argv[1])
    model = engine.basin(SEED).compile()
    drawn = engine.inflow(SEED, DRAWN, dekads(date(1991, 1, 1), STEPS))
    model.simulate(drawn, threads=1, keep={})
    inflow = repeated(drawn, members)
    found = []
    for _ in range(ROUNDS if members < 100_000 else 1):
        begun = time.process_time()
        model.simulate(inflow, threads=1, keep={})
        found.append(time.process_time() - begun)
    print(min(found), megabytes() - inflow.lanes.nbytes / 2**20)


if __name__ == "__main__":
    main()
