"""What `mirab brief` takes of the clock, the processor and memory for the whole Central Asian pack.

Each briefing is made in a process of its own: one that has compiled and kept what it needs, then the one that
is measured. The machine must have nothing else to do for the clock to mean anything.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from mirab.validation.ratios import Ratio

TITLE = "a briefing of the whole region, page, PDF and records"
ON = "2026-11-22"
CLOCK_S, PEAK_MB = 60.0, 1500.0
WAYS = {
    "public, in English": ("--audience", "public", "--lang", "en"),
    "internal, in three languages": ("--audience", "internal", "--lang", "en,ru,kk"),
}


def figures() -> Sequence[Ratio]:
    """Seconds of the clock against what is asked, and the largest memory that the process held."""
    found = []
    for name, options in WAYS.items():
        _briefing(options)
        clock, cpu, peak = _briefing(options)
        remark = f"{cpu:.0f} CPU s, 1,000 members; {os.getloadavg()[0]:.1f} processes were running at the end"
        found.append(Ratio(name, clock, CLOCK_S, "s", "what is asked", remark, at_most=1.0))
        found.append(Ratio(f"{name}: memory", peak, PEAK_MB, "MB", "what is asked", "", at_most=1.0))
    return found


def _briefing(options: Sequence[str]) -> tuple[float, float, float]:
    """Seconds of the clock, CPU seconds, and MB at the peak of one briefing."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "mirab",
            "brief",
            "--on",
            ON,
            "--out",
            f"{folder}/briefing",
            *options,
        ]
        begun = time.perf_counter()
        child = subprocess.Popen(
            command, env=os.environ | {"MIRAB_HOME": str(Path(folder) / "home")}, stdout=subprocess.DEVNULL
        )
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        clock = time.perf_counter() - begun
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command)
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return clock, used.ru_utime + used.ru_stime, used.ru_maxrss / unit
