"""What the studies print, from the table `published.csv`: each row with its source and confidence."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mirab.core.errors import InputError, Problem

TABLE = Path(__file__).with_name("published.csv")


@dataclass(frozen=True)
class Published:
    """A published figure from `low` to `high` in `unit`, which are equal where one value is printed."""

    low: float
    high: float
    unit: str
    source: str
    note: str

    @property
    def words(self) -> str:
        """The figure as printed: a value, or a range."""
        return f"{self.low:g}" if self.low == self.high else f"{self.low:g} to {self.high:g}"

    def near(self, ours: float, part: float) -> bool:
        """Whether a figure of ours lies in the range, or outside by at most this part of its nearest end."""
        nearest = min(max(ours, self.low), self.high)
        return abs(ours - nearest) <= part * abs(nearest)


def figure(study: str, measure: str, scenario: str | None = None, state: str | None = None) -> Published:
    """The one row of a study that fits; a part that is not named may be anything.

    Raises InputError where none or several rows fit.
    """
    wanted = {"study": study, "measure": measure, "scenario": scenario, "state": state}
    named = {key: value for key, value in wanted.items() if value is not None}
    found = [row for row in _rows() if all(row[key] == value for key, value in named.items())]
    if len(found) != 1:
        what = f"fits {len(found)} rows, not one"
        raise InputError(TABLE.name, [Problem(" ".join(named.values()), what, "name more or other parts")])
    row = found[0]
    source = f"{row['source']} ({row['confidence']})"
    return Published(float(row["low"]), float(row["high"]), row["unit"], source, row["note"])


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
