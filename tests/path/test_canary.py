"""What is marked for narrower eyes is in no table, word, chart, map, number or name that an audience gets."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from canaries import BOTH, INTERNAL, PARTNERS, TODAY, Canary, plant_files, plant_tables
from pypdf import PdfReader
from rich.console import Console

from mirab import centre, inquiry
from mirab.brief import terminal
from mirab.brief.edition import FORMATS
from mirab.centre import Wish
from mirab.core.errors import InputError, RegionError
from mirab.core.records import Marking
from mirab.observe import describe
from mirab.observe.region import load
from mirab.stages.noting import Meeting, Office

UNPLANTED = {"fibre/parameters"}
HIDDEN = {Marking.PUBLIC: BOTH, Marking.PARTNERS: (INTERNAL,), Marking.INTERNAL: ()}
SEEN = {Marking.PUBLIC: (), Marking.PARTNERS: (PARTNERS,), Marking.INTERNAL: BOTH}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pack = describe.new(tmp_path_factory.mktemp("planted") / "toy")
    assert len(plant_tables(pack)) > 30
    return pack


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    plant_files(home, load("toy"))
    return home


@pytest.mark.parametrize("audience", list(Marking))
def test_an_audience_has_the_rows_of_every_table_that_it_may_see_and_no_other(
    planted: Path, audience: Marking
) -> None:
    bare, seen = load("toy"), load(planted).seen_by(audience)
    assert seen.tables.keys() == bare.tables.keys()
    for name, table in seen.tables.items():
        kept = len(bare.tables[name].rows)
        assert table.rows[:kept] == bare.tables[name].rows
        found = [row["source_id"] for row in table.rows[kept:]]
        assert found in ([one.word for one in SEEN[audience]], []), name
        assert found or not SEEN[audience] or name in UNPLANTED


def test_a_row_that_names_a_hidden_one_is_told_to_the_analyst(planted: Path, tmp_path: Path) -> None:
    pack = describe.new(tmp_path / "toy")
    states = pack / "states.csv"
    head, first, *rest = states.read_text("utf-8").splitlines()
    states.write_text(
        "\n".join([f"{head},marking", f"{first},internal", *(f"{row}," for row in rest)]), "utf-8"
    )
    with pytest.raises(RegionError, match="state='XAA' is not in states.state as seen by: public"):
        load(pack).seen_by(Marking.PUBLIC)


def text_of(path: Path) -> str:
    """All that can be read in a file, what stands beside its text among it."""
    if path.suffix == ".pdf":
        read = PdfReader(path)
        return " ".join(page.extract_text() for page in read.pages) + repr(read.metadata) + repr(read.outline)
    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as parts:
            return " ".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    return path.read_text("utf-8")


def outputs(wish: Wish) -> dict[str, str]:
    """Every file and text that an audience can get, by name: also the names themselves."""
    issue, paths = centre.brief(replace(wish, formats=FORMATS, languages=("en", "ru")))
    shown = io.StringIO()
    terminal.show(issue, Console(file=shown, width=200))
    found = {path.relative_to(wish.out).as_posix(): text_of(path) for path in paths}
    book = inquiry.promises(wish)
    exported = [book.export(wish.out.parent / f"promises{end}") for end in (".csv", ".json", ".ics", ".xml")]
    found |= {path.name: path.read_text("utf-8") for path in exported}
    office = Office.of(replace(wish, on=TODAY))
    notes = [office.note(Meeting("Ardia", TODAY)), office.note(Meeting("Boria", TODAY))]
    found |= {"terminal": shown.getvalue(), "notes": repr(notes), "names": " ".join(found)}
    return found | {"records": repr(issue), "calendar": book.calendar(400)}


@pytest.mark.slow
@pytest.mark.parametrize("audience", [Marking.PUBLIC, Marking.PARTNERS])
def test_no_output_gives_a_canary_away(audience: Marking, planted: Path, home: Path, tmp_path: Path) -> None:
    wish = Wish("toy", TODAY, TODAY, tmp_path / "out", home / "observations.sqlite", members=8)
    for name, text in outputs(replace(wish, audience=audience)).items():
        assert not [one.word for one in HIDDEN[audience] if one.is_in(text)], name


@pytest.mark.slow
def test_what_no_canary_is_hidden_from_has_all_of_them(home: Path, tmp_path: Path) -> None:
    wish = Wish("toy", TODAY, TODAY, tmp_path / "out", home / "observations.sqlite", members=8)
    found = outputs(replace(wish, audience=Marking.INTERNAL))
    for name in (*(f"briefing.{end}" for end in FORMATS[:4]), "terminal", "promises.csv", "notes"):
        assert all(one.is_in(found[name]) for one in BOTH), name


@pytest.mark.slow
def test_a_public_issue_is_the_same_with_and_without_what_is_hidden(
    planted: Path, home: Path, tmp_path: Path
) -> None:
    bare = Wish("toy", TODAY, TODAY, tmp_path / "bare", tmp_path / "bare.sqlite", members=8)
    full = replace(bare, region=planted, out=tmp_path / "full", own=home / "observations.sqlite")
    for wish in (bare, full):
        centre.brief(wish)
    for path in (path for path in bare.out.rglob("*") if path.is_file()):
        other = full.out / path.relative_to(bare.out)
        assert other.read_bytes() == path.read_bytes(), path.name


@pytest.mark.slow
def test_a_public_note_tells_nothing_of_an_internal_briefing_in_its_folder(
    home: Path, tmp_path: Path
) -> None:
    wish = Wish("toy", TODAY, TODAY, tmp_path / "out", home / "observations.sqlite", members=8)
    centre.brief(replace(wish, audience=Marking.INTERNAL))
    issue = Office.of(wish).issue
    assert issue is None or issue.audience is Marking.PUBLIC
    note = repr(Office.of(wish).note(Meeting("Ardia", TODAY)))
    assert not [one.word for one in BOTH if one.is_in(note)]
    inside = Office.of(replace(wish, audience=Marking.INTERNAL)).issue
    assert inside is not None
    assert inside.audience is Marking.INTERNAL


def test_profiles_never_share_restricted_records(home: Path, tmp_path: Path) -> None:
    wish = Wish("toy", TODAY, TODAY, tmp_path / "out", home / "observations.sqlite", members=1)
    inside = replace(wish, audience=Marking.INTERNAL)
    with pytest.raises(InputError, match="keeps restricted records of the profile prevention, which sdg may"):
        centre.brief(replace(inside, profile="sdg"))
    fresh = replace(inside, profile="sdg", own=tmp_path / "sdg" / "observations.sqlite")
    assert centre.brief(fresh)[0].profile == "sdg"
    with pytest.raises(InputError, match="keeps restricted records of the profile sdg, which prevention may"):
        centre.brief(replace(fresh, profile="prevention"))


def test_a_canary_is_noticed_where_it_stands() -> None:
    canary = Canary(Marking.INTERNAL, "kakapo", 618.03)
    assert canary.is_in("a KAKAPO")
    assert canary.is_in("618.0339")
    assert not canary.is_in("618.5")
