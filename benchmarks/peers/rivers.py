"""Both rivers of the pack for a year of many members, in a process of its own, as the briefing runs them.

python rivers.py REGION DATE MEMBERS, prints seconds on the clock, MB, and the share of member-steps that the
simplex served after the claims kernel

Members are drawn range by range; what the briefing reads is kept. A small run before loads the kernels.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from growth import megabytes

from mirab import centre


def main() -> None:
    """Project the outlook of a few members, then that of all."""
    region, on, members = sys.argv[1], date.fromisoformat(sys.argv[2]), int(sys.argv[3])
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for count in (8, members):
            wish = centre.Wish(region, on, on, place / "out", place / "own.sqlite", members=count)
            seen = centre.observe(wish)
            domain = next(domain for domain in seen.domains if domain.network)
            begun = time.perf_counter()
            run = centre.project(domain, seen, wish).outlook.run
            seconds = time.perf_counter() - begun
    repaired = run.repaired / (members * len(run.axis) * len(run.model.layouts))
    print(seconds, megabytes(), repaired, len(run.axis))


if __name__ == "__main__":
    main()
