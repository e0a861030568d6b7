"""Write the measured precision of the press rules anew: `PYTHONPATH=src python tools/press_measured.py`.

Every rule that found at least five records in the labelled releases is given as judged and right.
"""

from __future__ import annotations

import csv
from pathlib import Path

from mirab.observe.press.reader import Reader
from mirab.observe.region import load
from mirab.validation.labelled import measured_rows

FILE = Path(__file__).resolve().parents[1] / "src/mirab/observe/press/rules/measured.csv"


def main() -> None:
    """Count on both parts and write the table."""
    rows = measured_rows(Reader(load("central_asia")))
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["rule_id", "judged", "right"])
        writer.writerows(rows)
    print(f"{FILE.name}: {len(rows)} rules")


if __name__ == "__main__":
    main()
