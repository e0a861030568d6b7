"""What a user writes of commitments: cells by column, checked all together, and read from a CSV file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import isfinite
from pathlib import Path

from mirab.core.calendar import day_range
from mirab.core.errors import CommitmentError, Problem, suggest
from mirab.core.fields import convertible, fields, units
from mirab.core.records import Marking, Sense, Status
from mirab.follow.commitments import COLUMNS, WRITTEN, Cells, Known, period_of

NEEDED = ("commitment_id", "what", "source")
DATES = ("adopted", "due", "status_on", "period_start", "period_end")
CHANGEABLE = ("what", "owner", "due", "status", "status_on", "note", "marking", "source")
LIMIT_MB, MOST_COMPARED = 20, 500
FORMULA = ("=", "+", "-", "@")
_ID = re.compile(r"[a-z0-9][a-z0-9_.-]*")
_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)


@dataclass(frozen=True)
class Written:
    """A line of a form: where it stands, and its cells that are not empty."""

    where: str
    cells: Cells


def created(cells: Cells, known: Known, *, where: str, today: date) -> list[Problem]:
    """What is wrong with the cells of a new commitment; nothing where it can be taken."""
    found = [Problem(where, f"{name} is empty", "fill it in") for name in NEEDED if not cells.get(name)]
    found += _own_id(cells, known, where)
    if not cells.get("by") and not cells.get("owner"):
        fix = "name the states in `by`, or the body that answers for it in `owner`"
        found.append(Problem(where, "nobody promises: by and owner are empty", fix))
    found += _names(cells, known, where)
    return [*found, *_values(cells, where, today), *_amount(cells, where)]


def changed(cells: Cells, before: Cells, *, where: str, today: date) -> list[Problem]:
    """What is wrong with a change of a commitment that stands as `before`.

    Every change names its source. What was promised to whom does not change: that is another commitment.
    """
    found = []
    if not cells.get("source"):
        what = (
            "the change has no source" if "status" not in cells else "the change of the status has no source"
        )
        found.append(Problem(where, what, "name the document or report that shows it"))
    if not set(cells) - {"source", "status_on"}:
        what = f"nothing is changed; what can be: {', '.join(CHANGEABLE[:4])}"
        found.append(Problem(where, what, "name the new value"))
    for name in sorted(set(cells) - set(CHANGEABLE)):
        found.append(Problem(where, f"{name} does not change", "record another commitment"))
    return [*found, *_values({**_frame(before), **cells}, where, today)]


def read(path: Path, known: Known, *, today: date) -> tuple[list[Written], list[Problem]]:
    """The good lines of a CSV form, and a problem for each line that cannot be taken.

    A line may name another line of the form as its parent. Raises CommitmentError where the file as a
    whole cannot be read.
    """
    lines = list(_lines(path))
    there = {**known.commitments, **{line.cells.get("commitment_id", ""): line.cells for line in lines}}
    good, bad, seen = [], [], dict.fromkeys(known.commitments, "the pack or your own")
    for line in lines:
        mine = replace(known, commitments={})
        wrong = created({**line.cells, "parent": ""}, mine, where=line.where, today=today)
        wrong += [*_parent(line.cells, there, line.where), *_twice(line, seen)]
        bad += wrong
        if not wrong:
            good.append(line)
            seen[line.cells["commitment_id"]] = line.where
    return _with_parents(good, known, bad), bad


def _with_parents(good: list[Written], known: Known, bad: list[Problem]) -> list[Written]:
    """The lines whose parents are taken too; the others go, one after the other, to the problems."""
    while True:
        taken = {line.cells["commitment_id"] for line in good} | set(known.commitments)
        taken.add("")
        orphans = [line for line in good if line.cells.get("parent", "") not in taken]
        if not orphans:
            return good
        lost = {line.where for line in orphans}
        for line in orphans:
            what = f"parent={line.cells['parent']!r} is a line that cannot be taken"
            bad.append(Problem(line.where, what, "mend that line first"))
        good = [line for line in good if line.where not in lost]


def _frame(before: Cells) -> dict[str, str]:
    """What a change is held against: the dates of the commitment."""
    return {name: before[name] for name in ("adopted", "due") if before.get(name)}


def _own_id(cells: Cells, known: Known, where: str) -> Iterator[Problem]:
    name = cells.get("commitment_id", "")
    if name and not _ID.fullmatch(name):
        fix = "use small letters, digits, and _ . - between them"
        yield Problem(where, f"commitment_id={name!r} is no id", fix)
    if name in known.commitments:
        yield Problem(
            where, f"commitment_id={name!r} is there already", "change it with `mirab commit update`"
        )
    yield from _parent(cells, known.commitments, where)


def _parent(cells: Cells, there: Mapping[str, Cells], where: str) -> Iterator[Problem]:
    parent, name = cells.get("parent", ""), cells.get("commitment_id", "")
    if parent and parent not in there:
        fix = (
            suggest(parent, sorted(there))
            if len(there) <= MOST_COMPARED
            else "`mirab commit list` shows them"
        )
        yield Problem(where, f"parent={parent!r} is not a commitment", fix)
    chain = [name]
    while parent and parent in there and parent not in chain:
        chain.append(parent)
        parent = there[parent].get("parent", "")
    if parent and parent == name:
        what = f"{name!r} is a part of itself ({' < '.join([*chain, name])})"
        yield Problem(where, what, "take the parent out of one of them")


def _twice(line: Written, seen: Mapping[str, str]) -> Iterator[Problem]:
    name = line.cells.get("commitment_id", "")
    if name in seen:
        yield Problem(line.where, f"commitment_id={name!r} is there already, in {seen[name]}", "rename it")


def _names(cells: Cells, known: Known, where: str) -> Iterator[Problem]:
    for name in ("by", "to"):
        for code in (part for part in cells.get(name, "").split("|") if part):
            if known.states and code not in known.states:
                fix = f"{suggest(code, sorted(known.states))}; a body stands in `owner`"
                yield Problem(where, f"{name}={code!r} is not a state of the pack", fix)
    for name, there in (("agreement_id", known.agreements), ("item", known.items)):
        value = cells.get(name, "")
        if value and there and value not in there:
            yield Problem(where, f"{name}={value!r} is not in the pack", suggest(value, sorted(there)))


def _values(cells: Cells, where: str, today: date) -> Iterator[Problem]:
    for name in DATES:
        value = cells.get(name, "")
        if value and not (_DAY.fullmatch(value) and day_range(value)):
            yield Problem(where, f"{name}={value!r} is not a date", "write 2027, 2027-04 or 2027-04-01")
    for name, words in (("status", WRITTEN), ("sense", tuple(Sense)), ("marking", tuple(Marking))):
        value = cells.get(name, "")
        if value and value not in list(words):
            fix = suggest(value, list(words))
            if value == Status.OVERDUE:
                fix = f"it follows from the date; {fix}"
            yield Problem(where, f"{name}={value!r} is not a choice", fix)
    yield from _order(cells, where, today)


def _order(cells: Cells, where: str, today: date) -> Iterator[Problem]:
    days = {name: day_range(cells.get(name, "")) for name in DATES}
    adopted, due, told = days["adopted"], days["due"], days["status_on"]
    if adopted and due and due[1] < adopted[0]:
        what = f"due={cells['due']} lies before its adoption on {cells['adopted']}"
        yield Problem(where, what, "correct one of the dates")
    if told and told[0] > today:
        yield Problem(where, f"status_on={cells['status_on']} lies ahead", "a status is what has been seen")
    if adopted and told and told[1] < adopted[0]:
        what = f"status_on={cells['status_on']} lies before its adoption on {cells['adopted']}"
        yield Problem(where, what, "correct one of the dates")


def _amount(cells: Cells, where: str) -> Iterator[Problem]:
    amount, quantity, unit = (cells.get(name, "") for name in ("amount", "quantity", "unit"))
    if amount and not _is_number(amount):
        yield Problem(where, f"amount={amount!r} is not a number", "write it like 1234.5")
    if amount and not unit:
        yield Problem(where, f"amount={amount} has no unit", "write it in `unit`, such as km3")
    if quantity and quantity not in fields():
        yield Problem(where, f"quantity={quantity!r} is not known", suggest(quantity, sorted(fields())))
    elif quantity and unit and not convertible(unit, fields()[quantity].unit):
        fix = f"give it in {fields()[quantity].unit}"
        yield Problem(where, f"unit={unit!r} does not measure {quantity}", fix)
    elif unit and not quantity and unit not in units():
        yield Problem(where, f"unit={unit!r} is not known", suggest(unit, sorted(units())))
    named = [bool(cells.get(name)) for name in ("period_start", "period_end")]
    period = period_of(cells)
    if any(named) and not all(named):
        yield Problem(where, "the period has only one end", "give period_start and period_end")
    elif period and period[1] <= period[0]:
        yield Problem(where, "the period ends before it begins", "correct period_start or period_end")


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False


def _lines(path: Path) -> Iterator[Written]:
    if not path.is_file():
        fix = "`mirab commit export form.csv` writes one with the right columns"
        raise CommitmentError("form", [Problem(str(path), "is not a file", fix)])
    if path.stat().st_size > LIMIT_MB * 1e6:
        raise CommitmentError(
            "form", [Problem(path.name, f"has more than {LIMIT_MB} MB", "give it in parts")]
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        problem = Problem(f"{path.name}:{line}", "is not UTF-8 text", "save the file as CSV in UTF-8")
        raise CommitmentError("form", [problem]) from error
    yield from _rows(text, path.name)


def _rows(text: str, name: str) -> Iterator[Written]:
    mark = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        _check_header(header, name)
        for row in reader:
            found = {column: unquoted(cell.strip()) for column, cell in zip(header, row, strict=False)}
            cells = {column: found[column] for column in COLUMNS if found.get(column)}
            if cells:
                yield Written(f"{name}:{reader.line_num}", cells)
    except csv.Error as error:
        problem = Problem(f"{name}:{reader.line_num}", f"does not parse: {error}", "save it again as CSV")
        raise CommitmentError("form", [problem]) from error


def quoted(cell: str) -> str:
    """A cell as a spreadsheet may read it: one that would start a formula is led in by an apostrophe.

    >>> quoted("=1+1"), unquoted(quoted("=1+1"))
    ("'=1+1", '=1+1')
    """
    return f"'{cell}" if cell[:1] in FORMULA else cell


def unquoted(cell: str) -> str:
    """The cell that `quoted` was given."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA else cell


def _check_header(header: list[str], name: str) -> None:
    wrong = [
        Problem(f"{name}:1", f"has no column {column!r}", f"it is needed; known are {', '.join(COLUMNS)}")
        for column in NEEDED
        if column not in header
    ]
    if wrong:
        raise CommitmentError("form", wrong)
