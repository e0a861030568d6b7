"""Canaries: marked values planted in every table of a pack and in every file of a user."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from issues_of import issue, threat

from mirab.core.records import Marking
from mirab.follow.commitments import Known
from mirab.follow.diary import Diary, Kind
from mirab.follow.issue_store import IssueStore, Made
from mirab.follow.store import Store as Promises
from mirab.observe.region import Region, load
from mirab.observe.store import Store as Readings
from mirab.observe.tables import Column, Schema
from mirab.warn.journal import Journal

TODAY = datetime.now(UTC).date()
SOON = TODAY + timedelta(days=60)


@dataclass(frozen=True)
class Canary:
    """A marking with a word and a number that stand nowhere else."""

    marking: Marking
    word: str
    number: float

    def is_in(self, text: str) -> bool:
        """Whether a text gives it away, in whatever letters."""
        return self.word in text.casefold() or f"{self.number:.2f}"[:-1] in text


PARTNERS = Canary(Marking.PARTNERS, "quetzal", 271.82)
INTERNAL = Canary(Marking.INTERNAL, "kakapo", 618.03)
BOTH = (PARTNERS, INTERNAL)


def plant_tables(pack: Path) -> list[str]:
    """One row of each canary in every table of a pack whose key leaves room for it; their names."""
    region = load(pack)
    planted = [name for name, table in region.tables.items() if not _is_full(table.schema)]
    for name in planted:
        path = pack / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        columns = [*rows[0], *({"marking"} - rows[0].keys())]
        added = [_row(rows[0], region.tables[name].schema, canary) for canary in BOTH]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows([*rows, *added])
    return planted


def _is_full(schema: Schema) -> bool:
    """Whether the key of a table is made of choices alone, which its rows have taken."""
    keys = [one for one in schema.values() if one.key]
    return bool(keys) and all(one.choices for one in keys)


def _row(row: dict[str, str], schema: Schema, canary: Canary) -> dict[str, str]:
    cells = {name: _cell(cell, schema.get(name) or Column(name), canary) for name, cell in row.items()}
    return {**cells, "marking": canary.marking.value, "source_id": canary.word}


def _cell(cell: str, column: Column, canary: Canary) -> str:
    if column.key and column.type == "string" and not column.choices:
        return canary.word
    if column.type == "number" and column.maximum is None and not column.key:
        return f"{canary.number}"
    if column.type == "string" and not (column.references or column.choices):
        return f"{canary.word} {column.name}"
    return cell


def plant_files(home: Path, region: Region) -> None:
    """One entry of each canary in every file of a user."""
    for canary in BOTH:
        for plant in (_reading, _promise, _judgement, _entry, _issue):
            plant(home, region, canary)


def _reading(home: Path, region: Region, canary: Canary) -> None:
    form = home / "form.csv"
    head = "station,quantity,date,value,unit,author,note,marking"
    line = f"highdam,volume,2023-09-30,{canary.number},mcm,{canary.word} office,{canary.word}"
    form.write_text(f"{head}\n{line},{canary.marking.value}\n", "utf-8")
    Readings(home / "observations.sqlite").add(form, region, today=TODAY)
    form.unlink()


def _promise(home: Path, region: Region, canary: Canary) -> None:
    cells = {"commitment_id": canary.word, "what": f"Open the {canary.word} gate", "owner": canary.word}
    cells |= {"by": "XAA", "due": "2023-10-20", "source": f"Letter of {canary.word}", "adopted": "2023-01-01"}
    store = Promises(home / "commitments.sqlite", region.name)
    store.create({**cells, "marking": canary.marking.value}, Known.of(region), person=canary.word)


def _judgement(home: Path, region: Region, canary: Canary) -> None:
    journal = Journal(home / "threats.sqlite", region.name)
    said = {
        "level": "potential",
        "reason": f"seen by {canary.word}",
        "review": f"{SOON}",
        "author": canary.word,
    }
    said |= {"marking": canary.marking.value}
    entered = {"title": f"{canary.word} stopped", "states": "XAA|XBB", "probability": "10-30%"}
    entered |= {"window": f"{TODAY}/{SOON}", "source": f"{canary.word} harbour"}
    journal.write("add", f"analyst:{canary.word}", {**said, **entered}, {"XAA", "XBB"})
    journal.write("assess", "water:store_near_dead_volume:highdam", said, {"XAA"})
    journal.write("add", f"analyst:{canary.word}2", {**said, **entered}, {"XAA", "XBB"})
    withdrawn = {"came": "yes", "source": f"{canary.word} log", "author": canary.word}
    journal.write("close", f"analyst:{canary.word}2", withdrawn, {"XAA"})


def _entry(home: Path, region: Region, canary: Canary) -> None:
    diary = Diary(home / "diary.sqlite", region.name)
    cells = {"about": "XAA", "marking": canary.marking.value, "source": canary.word}
    diary.add(Kind.MEETING, {**cells, "text": f"{canary.word} said", "on": f"{TODAY}"}, person=canary.word)
    diary.add(Kind.OBJECTIVE, {**cells, "text": f"{canary.word} wanted"}, person=canary.word)
    diary.add(Kind.POINT, {**cells, "text": f"{canary.word} raised", "stance": "raise"}, person=canary.word)


def _issue(home: Path, region: Region, canary: Canary) -> None:
    told = issue(threat(canary.word), region=region.name, audience=canary.marking, situation=(canary.word,))
    IssueStore(home / "issues.sqlite").keep(told, Made())
