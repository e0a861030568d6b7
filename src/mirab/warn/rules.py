"""Rules: what counts as a threat, one row of a table each (§8).

A rule names a quantity and places, compares it with a value or a reference, and says from which probability
it is shown at which level. Columns of rules.csv, in this order:

rule_id, title, quantity        what it is about; the quantity is one of core/fields.csv
where                           item ids joined by |, or `all`
relative_to                     value, norm, limit, schedule, other author, age
comparison, threshold, unit     below, above or at least; unit `fraction` for norm, limit, schedule and other
                                author, `day` for age, else the unit of the quantity
steps_in_a_row, measure         how many steps, and whether each of them or their mean is compared
season_from, season_to          MM-DD, first and last day of the window that counts; empty: all year
by_date                         MM-DD: only what happens before this day counts
max_age_days                    an observation older than this is no longer evidence of what exists
watch_probability, potential_probability   levels by share of members (ours, and said to be ours); without the
                                second it is a standing condition and no event: a watch at most
severity_quantity               impact by state that is counted where the threat comes true; may be empty
addressee, source, note         who should act, where the threshold comes from (source_id), remarks
catalogue                       entry of an external catalogue of risks; may be empty, may be left out
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal, cast, get_args

from mirab.core.errors import InputError, Problem, suggest

Reference = Literal["value", "norm", "limit", "schedule", "other author", "age"]
Comparison = Literal["below", "above", "at least"]
Measure = Literal["each", "mean"]
Row = Mapping[str, str]
ALL = "all"
OBSERVED_ONLY: tuple[Reference, ...] = ("other author", "age")
UNIT_OF: dict[Reference, str] = {
    "norm": "fraction",
    "limit": "fraction",
    "schedule": "fraction",
    "other author": "fraction",
    "age": "day",
}
ID = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Rule:
    """One row of rules.csv: dates are (month, day), probabilities in [0, 1], `where` is empty for all."""

    rule_id: str
    title: str
    quantity: str
    where: tuple[str, ...]
    relative_to: Reference
    comparison: Comparison
    threshold: float
    unit: str
    steps_in_a_row: int
    measure: Measure
    season_from: tuple[int, int] | None
    season_to: tuple[int, int] | None
    by_date: tuple[int, int] | None
    max_age_days: int
    watch_probability: float
    potential_probability: float | None
    severity_quantity: str
    addressee: str
    source: str
    note: str
    catalogue: str = ""

    @property
    def observed_only(self) -> bool:
        """Whether the rule speaks of observations alone (their age, the gap between their authors)."""
        return self.relative_to in OBSERVED_ONLY

    def in_season(self, day: date) -> bool:
        """Whether a day lies in the rule's window; a window may run over the turn of the year."""
        if self.season_from is None or self.season_to is None:
            return True
        here = (day.month, day.day)
        if self.season_from <= self.season_to:
            return self.season_from <= here <= self.season_to
        return here >= self.season_from or here <= self.season_to

    def deadline(self, on: date) -> date | None:
        """Return the next `by_date` after the day `on`, or None where the rule has none."""
        if self.by_date is None:
            return None
        this_year = date(on.year, *self.by_date)
        return this_year if this_year > on else date(on.year + 1, *self.by_date)

    def breaks(self, value: float, bound: float) -> bool:
        """Whether a value lies on the wrong side of the bound."""
        if self.comparison == "at least":
            return value >= bound
        return value < bound if self.comparison == "below" else value > bound


COLUMNS = tuple(field.name for field in fields(Rule))
WORDS: dict[str, tuple[str, ...]] = {
    "relative_to": get_args(Reference),
    "comparison": get_args(Comparison),
    "measure": get_args(Measure),
}
OPTIONAL = ("catalogue",)
NEEDED = ("title", "where", "threshold", "unit", "steps_in_a_row", "max_age_days", "addressee", "source")


def load(path: Path | Traversable, *, quantities: Mapping[str, str] | Collection[str]) -> tuple[Rule, ...]:
    """Rules of a table, checked.

    `quantities` are the known quantities, as names or as name -> unit. Raises InputError with every
    problem of the table as `rules.csv:LINE ...`.
    """
    rows, problems = _rows(path)
    units = quantities if isinstance(quantities, Mapping) else dict.fromkeys(quantities, "")
    if not problems:
        for line, row in rows:
            found = [*_word_problems(row, units), *_number_problems(row), *_date_problems(row)]
            found = found or [*_sense_problems(row, units)]
            problems += [Problem(f"{path.name}:{line}", *what) for what in found]
        problems += _repeated(path.name, rows)
    if problems:
        raise InputError(f"rules {path.name}", problems)
    return tuple(_rule(row) for _, row in rows)


def applying(rules: Sequence[Rule], places: Collection[str]) -> tuple[Rule, ...]:
    """Rules that speak of `places`, each with the items that exist there; one left without any is dropped."""
    kept = (replace(rule, where=tuple(item for item in rule.where if item in places)) for rule in rules)
    return tuple(new for rule, new in zip(rules, kept, strict=True) if new.where or not rule.where)


def _rows(path: Path | Traversable) -> tuple[list[tuple[int, Row]], list[Problem]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return [], [Problem(path.name, "is not there", "a domain keeps its rules in this file")]
    except UnicodeDecodeError as wrong:
        return [], [Problem(path.name, f"is not UTF-8 at byte {wrong.start}", "save it as CSV in UTF-8")]
    reader = csv.DictReader(io.StringIO(text), restkey="", restval=None)
    header = tuple(reader.fieldnames or ())
    problems = [
        Problem(f"{path.name}:1", f"lacks the column {name!r}", suggest(name, header))
        for name in COLUMNS
        if name not in header and name not in OPTIONAL
    ]
    problems += [
        Problem(f"{path.name}:1", f"has the unknown column {name!r}", suggest(name, COLUMNS))
        for name in header
        if name not in COLUMNS
    ]
    rows: list[tuple[int, Row]] = []
    for row in reader:
        if "" in row or None in row.values():
            what = f"does not have {len(header)} cells"
            problems.append(Problem(f"{path.name}:{reader.line_num}", what, "put text with commas in quotes"))
        rows.append((reader.line_num, row))
    if not rows and not problems:
        problems.append(Problem(path.name, "has no rule", "add one row per rule"))
    return rows, problems


def _word_problems(row: Row, units: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    if not ID.fullmatch(row["rule_id"]):
        yield f"rule_id={row['rule_id']!r} is not an id", "use lower-case letters, digits and _"
    for name in NEEDED:
        if not row[name].strip():
            yield f"{name} is empty", "every rule needs it"
    if row["quantity"] not in units:
        what = f"quantity={row['quantity']!r} is not in core/fields.csv"
        yield what, suggest(row["quantity"], sorted(units))
    for name, words in WORDS.items():
        if row[name] not in words:
            yield f"{name}={row[name]!r} is not a choice", suggest(row[name], words)


def _number_problems(row: Row) -> Iterable[tuple[str, str]]:
    for name in ("steps_in_a_row", "max_age_days"):
        if row[name] and not (row[name].isdecimal() and int(row[name]) >= 1):
            yield f"{name}={row[name]!r} is not a whole number above 0", "for example 1"
    if row["threshold"] and _number(row["threshold"]) is None:
        yield f"threshold={row['threshold']!r} is not a number", "use a point, no thousands separator"
    for name in ("watch_probability", *(["potential_probability"] if row["potential_probability"] else [])):
        value = _number(row[name])
        if value is None or not 0 < value <= 1:
            yield f"{name}={row[name]!r} is not a probability", "give a number above 0, at most 1"


def _date_problems(row: Row) -> Iterable[tuple[str, str]]:
    for name in ("season_from", "season_to", "by_date"):
        if row[name] and _month_day(row[name]) is None:
            yield f"{name}={row[name]!r} is not a day of every year", "write it as MM-DD, for example 04-01"
    if bool(row["season_from"]) != bool(row["season_to"]):
        yield "has only one of season_from and season_to", "give both or none"


def _sense_problems(row: Row, units: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Problems between columns, looked for only once each column is right."""
    reference = cast(Reference, row["relative_to"])
    unit = UNIT_OF.get(reference, units[row["quantity"]])
    if unit and row["unit"] != unit:
        yield f"unit={row['unit']!r} does not fit relative_to={reference!r}", f"write {unit!r}"
    if float(row["watch_probability"]) > float(row["potential_probability"] or 1):
        yield "watch_probability is above potential_probability", "watch is the lower level"
    if reference in OBSERVED_ONLY and row["by_date"]:
        yield f"by_date does not go with relative_to={reference!r}", "leave it empty"
    if not all(item.strip() for item in row["where"].split("|")):
        yield f"where={row['where']!r} has an empty item", "write item ids joined by |, or 'all'"
    if ALL in row["where"].split("|") and row["where"] != ALL:
        yield f"where={row['where']!r} mixes 'all' with items", "write 'all' alone, or the items"


def _repeated(name: str, rows: Sequence[tuple[int, Row]]) -> list[Problem]:
    first: dict[str, int] = {}
    problems = []
    for line, row in rows:
        earlier = first.setdefault(row["rule_id"], line)
        if earlier != line:
            what = f"rule_id={row['rule_id']!r} is already in line {earlier}"
            problems.append(Problem(f"{name}:{line}", what, "give each rule an id of its own"))
    return problems


def _rule(row: Row) -> Rule:
    where = () if row["where"] == ALL else tuple(item.strip() for item in row["where"].split("|"))
    return Rule(
        rule_id=row["rule_id"],
        title=row["title"].strip(),
        quantity=row["quantity"],
        where=where,
        relative_to=cast(Reference, row["relative_to"]),
        comparison=cast(Comparison, row["comparison"]),
        threshold=float(row["threshold"]),
        unit=row["unit"],
        steps_in_a_row=int(row["steps_in_a_row"]),
        measure=cast(Measure, row["measure"]),
        season_from=_month_day(row["season_from"]),
        season_to=_month_day(row["season_to"]),
        by_date=_month_day(row["by_date"]),
        max_age_days=int(row["max_age_days"]),
        watch_probability=float(row["watch_probability"]),
        potential_probability=float(row["potential_probability"]) if row["potential_probability"] else None,
        severity_quantity=row["severity_quantity"],
        addressee=row["addressee"],
        source=row["source"],
        note=row["note"],
        catalogue=row.get("catalogue", "").strip(),
    )


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def _month_day(text: str) -> tuple[int, int] | None:
    """Month and day of `MM-DD`; None where empty or no day of a common year."""
    if not re.fullmatch(r"\d\d-\d\d", text):
        return None
    month, day = int(text[:2]), int(text[3:])
    try:
        date(2001, month, day)
    except ValueError:
        return None
    return month, day
