"""The cause of a change is found by running the old issue again, and agrees with briefings made apart."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from issues_of import issue, threat

from mirab import __version__, centre, inquiry
from mirab.centre import Whole, Wish
from mirab.core.errors import InputError, StoredFileError
from mirab.core.imprint import Cause
from mirab.core.records import Briefing
from mirab.follow.issue_store import Made
from mirab.follow.turns import LEAST_PART, Between
from mirab.observe import describe
from mirab.observe.region import load
from mirab.observe.store import Store
from mirab.stages import comparing
from mirab.stages.issuing import files as files_of
from mirab.stages.observing import HORIZON_DEKADS

OLD, NEW = date(2023, 10, 1), date(2024, 2, 1)
FORM = "station,quantity,date,value,unit,author,note,marking\nhighdam,volume,2024-01-31,900,mcm,me,,\n"
RULE = "store_near_dead_volume"


@dataclass(frozen=True)
class Desk:
    """A user's folder in which issues of a region are made."""

    folder: Path
    region: str = "toy"

    @property
    def own(self) -> Path:
        return self.folder / "observations.sqlite"

    def brief(self, on: date, **more: Any) -> Briefing:
        wish = Wish(self.region, on, NEW, self.folder / "out", self.own, members=40, formats=("json",))
        return centre.brief(replace(wish, **more))[0]

    def read(self) -> None:
        form = self.folder / "form.csv"
        form.write_text(FORM, "utf-8")
        Store(self.own).add(form, load(self.region), today=date(2026, 11, 21))

    def between(self, **names: str) -> Between:
        return inquiry.changes(self.own, **names)[2]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "desk").mkdir()
    return Desk(tmp_path / "desk")


def chance(issue: Briefing) -> float:
    return next((one.probability or 0.0 for one in issue.threats if one.rule == RULE), 0.0)


def parts(between: Between) -> dict[Cause, float]:
    turn = next(one for one in between.turns() if f":{RULE}:" in one.id)
    return {part.cause: part.probability or 0.0 for part in turn.parts}


def moved(pack: Path) -> None:
    """Give the pack a rule of its own in the place of the domain's: a higher margin."""
    rows = list(csv.DictReader(io.StringIO((files("mirab.domains.water") / "rules.csv").read_text("utf-8"))))
    (row,) = [row for row in rows if row["rule_id"] == RULE]
    (pack / "rules").mkdir()
    with (pack / "rules" / "water.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(row))
        table.writeheader()
        table.writerow({**row, "threshold": "1.6"})


def test_the_parts_of_time_and_data_add_up_and_stand_in_the_issue(desk: Desk) -> None:
    old = desk.brief(OLD)
    desk.read()
    new = desk.brief(NEW)
    told = parts(desk.between())
    assert sum(told.values()) == pytest.approx(chance(new) - chance(old), abs=LEAST_PART)
    assert abs(told[Cause.DATA]) >= 0.05
    assert new.imprint.since == 1
    assert new.imprint.turns == desk.between().turns()


def test_one_cause_alone_needs_no_run(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.brief(NEW)
    desk.read()
    monkeypatch.setattr(comparing, "judged", None)
    desk.brief(NEW)
    between = desk.between()
    assert between.causes == (Cause.DATA,)
    assert set(parts(between)) == {Cause.DATA}


def test_an_issue_run_again_from_what_was_kept_finds_what_it_found(desk: Desk) -> None:
    old = desk.brief(OLD)
    desk.brief(NEW)
    store = centre.issue_store(desk.own)
    before, now = (centre.whole(store, one) for one in store.listed())
    runs = comparing._Runs(before, now, Wish("toy", NEW, NEW, desk.folder, desk.own), None)
    rules, node = runs.run(())
    assert rules == old.rules
    assert [(one.id, one.level, one.probability) for one in node.threats] == [
        (one.id, one.level, one.probability) for one in old.threats
    ]


@pytest.mark.slow
def test_a_new_method_has_the_part_that_it_has_at_the_old_date_and_at_the_new_one(tmp_path: Path) -> None:
    pack = describe.new(tmp_path / "toy")
    (tmp_path / "desk").mkdir()
    desk = Desk(tmp_path / "desk", str(pack))
    old = desk.brief(OLD)
    later = desk.brief(NEW, out=tmp_path / "later", own=tmp_path / "later.sqlite")
    moved(pack)
    new = desk.brief(NEW)
    mended = desk.brief(OLD, out=tmp_path / "mended", own=tmp_path / "mended.sqlite")
    between = desk.between()
    assert between.causes[0] is Cause.METHOD
    assert len(between.paths) == 2
    both = [chance(mended) - chance(old), chance(new) - chance(later)]
    assert chance(mended) > chance(old)
    assert parts(between)[Cause.METHOD] == pytest.approx(sum(both) / 2)


@pytest.mark.slow
def test_the_method_of_another_program_is_not_told_apart(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.brief(OLD)
    desk.read()
    desk.brief(NEW)
    monkeypatch.setattr(comparing, "__version__", "9.9")
    between = desk.between()
    assert between.paths == ()
    assert parts(between) == {Cause.TIME: 0.0, Cause.DATA: 0.0}


def test_a_pack_that_this_program_cannot_run_any_more_is_not_told_apart(desk: Desk) -> None:
    old = issue(threat("dam", 0.2), as_of=OLD, version=__version__, steps=HORIZON_DEKADS)
    new = replace(old, as_of=NEW, data="other", threats=(threat("dam", 0.6),))
    pack = files_of(load("toy"))
    pack["water/nodes.csv"] = b"node_id\nhighdam\n"
    before, now = Whole(old, Made({}, pack)), Whole(new, Made({}, pack))
    between = comparing.compared(before, now, Wish("toy", NEW, NEW, desk.folder, desk.own))
    assert between.paths == ()
    assert {part.levels for turn in between.turns() for part in turn.parts} == {None}


def test_there_must_be_an_older_issue_of_the_same_series(desk: Desk) -> None:
    with pytest.raises(StoredFileError, match="holds no issue; mirab brief writes one"):
        desk.between()
    desk.brief(OLD)
    with pytest.raises(InputError, match="toy-prevention-public-1 is the first of its series"):
        desk.between()
    desk.brief(OLD, profile="sdg")
    with pytest.raises(InputError, match="are of different series"):
        desk.between(since="toy-prevention-public-1")
