"""Amounts of money and of things in a text: a figure, its scale, and its unit. Method ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from mirab.observe.press.rows import rows

_FIGURE = r"\d{1,3}(?:[ \u00a0,]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?"


@dataclass(frozen=True)
class Amount:
    """An amount in its unit, with the characters `start` to `end` that say it."""

    value: float
    unit: str
    start: int
    end: int


def amounts(text: str, start: int, end: int) -> Iterator[Amount]:
    """The amounts between two offsets of a text, in order."""
    pattern, units, scales = _pattern()
    for match in pattern.finditer(text, start, end):
        unit = units[(match["unit"] or match["sign"]).lower()]
        factor = scales[match["scale"].lower()] if match["scale"] else 1.0
        yield Amount(_number(match["figure"]) * factor, unit, match.start(), match.end())


@cache
def _pattern() -> tuple[re.Pattern[str], dict[str, str], dict[str, float]]:
    units = {form.lower(): row["unit"] for row in rows("units") for form in row["forms"].split("|")}
    scales = {
        form.lower(): float(row["factor"]) for row in rows("scales") for form in row["forms"].split("|")
    }
    scale, unit = (
        "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
        for forms in (scales, units)
    )
    after = rf"(?:[ \u00a0]?(?P<scale>{scale})(?!\w))?"
    before = r"(?<![\w.,])(?:US)?(?P<sign>[$€])?[ \u00a0]?"
    text = rf"{before}(?P<figure>{_FIGURE}){after}(?:[ \u00a0-]?(?P<unit>{unit})(?!\w))?"
    return re.compile(text + "(?(sign)|(?(unit)|(?!)))", re.IGNORECASE), units, scales


def _number(figure: str) -> float:
    """The value of a figure: groups of three are thousands, another comma or point is a decimal mark."""
    figure = figure.replace("\u00a0", "").replace(" ", "")
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", figure):
        return float(figure.replace(",", ""))
    return float(figure.replace(",", "."))
