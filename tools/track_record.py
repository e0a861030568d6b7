"""Writes development/track_record.csv of a pack: how its forecasts did on figures that they had not seen.

    python tools/track_record.py src/mirab/regions/central_asia

Run it after the values of the pack or the forecast have changed, then `mirab region describe PACK`.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from mirab.domains.development.domain import measured
from mirab.observe.region import load
from mirab.validation.targets import ORIGINS
from mirab.warn.forecast.record import LEADS, track_record

COLUMNS = (
    *("indicator_id", "first_origin", "last_origin", "years_ahead", "cases"),
    *("score", "score_last", "score_line", "source_id", "confidence"),
)


def main(pack: str) -> None:
    """Score every indicator of the pack and write the table."""
    found = measured(load(pack))
    with (Path(pack) / "development" / "track_record.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for name, panel in sorted(found.panels.items()):
            one = track_record(found.indicators[name], panel, ORIGINS)
            if one is not None:
                scores = [f"{score:.4g}" for score in (one.score, one.last, one.line)]
                made = (ORIGINS[0], ORIGINS[-1], LEADS.last, one.cases)
                writer.writerow([name, *made, *scores, "mirab_calculation", "computed"])


if __name__ == "__main__":
    main(sys.argv[1])
