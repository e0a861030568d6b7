"""The folder of a briefing: written whole, with nothing that its audience may not see."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from mirab.brief import tables
from mirab.brief.bulletin import audience, write
from mirab.brief.edition import Edition
from mirab.brief.specimen import blank, ground, specimen
from mirab.core.errors import InputError, UnknownNameError
from mirab.core.plain import from_dict, to_dict
from mirab.core.records import Briefing, Confidence, Evidence, Marking, Source, Standing

HIDDEN = "Zanzibar"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("briefing") / "issue"
    write(specimen(), out, basemap=ground())
    return out


def secretive() -> Briefing:
    """A full briefing in which every kind of record has one internal twin that says the secret."""
    full = specimen()
    proof = (Evidence("hidden_source", Confidence.PUBLISHED, HIDDEN),)
    marked = {"marking": Marking.INTERNAL}
    threat = replace(
        full.threats[0], id=f"water:{HIDDEN}", title=f"Threat {HIDDEN}", evidence=proof, **marked
    )
    option = replace(full.options[0], id=HIDDEN, title=f"Step {HIDDEN}", evidence=proof, **marked)
    promise = replace(full.commitments[0], id=HIDDEN, what=f"Promise {HIDDEN}", evidence=proof, **marked)
    event = replace(full.events[0], id=HIDDEN, title=f"Meeting {HIDDEN}", evidence=proof[0], **marked)
    seen = replace(full.observations[0], author=HIDDEN, evidence=proof[0], **marked)
    series = replace(
        full.series[0], id=f"fan:{HIDDEN}", title=HIDDEN, source_ids=("hidden_source",), **marked
    )
    first = replace(full.threats[0], options=("release", HIDDEN))
    return replace(
        full,
        audience=Marking.PUBLIC,
        threats=(first, *full.threats[1:], threat),
        options=(*full.options, option),
        commitments=(*full.commitments, promise),
        events=(*full.events, event),
        observations=(*full.observations, seen),
        series=(*full.series, series),
        changes=(*full.changes, f"Threat {HIDDEN} is new (new data)."),
        sources=(*full.sources, Source("hidden_source", f"Notes from {HIDDEN}")),
    )


def test_a_briefing_is_a_page_records_and_one_table_for_each_chart(folder: Path) -> None:
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    files = ["data/map.csv", *(tables.path(one) for one in specimen().series)]
    assert names == ["briefing.html", "briefing.json", "briefing.pdf", *sorted(files)]
    assert {"data/contested-gauge.csv", "data/fan-upper.csv", "data/targets-courses.csv"} <= set(names)


def test_the_records_read_back_as_the_briefing_that_was_written(folder: Path) -> None:
    stored = json.loads((folder / "briefing.json").read_text("utf-8"))
    expected = replace(specimen(), marking=Marking.INTERNAL)
    assert to_dict(from_dict(Briefing, stored)) == to_dict(expected)


def read(path: Path) -> str:
    if path.suffix != ".pdf":
        return path.read_text("utf-8")
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def test_every_language_has_its_page_and_its_pdf_and_the_pages_name_each_other(tmp_path: Path) -> None:
    write(specimen(), tmp_path / "out", basemap=ground(), edition=Edition(("en", "ru", "kk")))
    files = {"briefing.html", "briefing.ru.html", "briefing.kk.html"}
    assert files | {"briefing.pdf", "briefing.ru.pdf", "briefing.kk.pdf"} < {
        path.name for path in (tmp_path / "out").iterdir()
    }
    for name in files:
        page = (tmp_path / "out" / name).read_text("utf-8")
        assert all(f'href="{other}"' in page for other in files)


def test_an_unknown_language_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="language 'tg' is not known"):
        write(specimen(), tmp_path / "out", basemap=ground(), edition=Edition(("tg",)))


def test_nothing_of_a_narrower_record_remains_in_any_file(tmp_path: Path) -> None:
    for path in write(secretive(), tmp_path / "out", basemap=ground()):
        text = read(path)
        assert HIDDEN.lower() not in text.lower(), path.name
        assert "hidden_source" not in text, path.name


def test_a_narrower_record_is_there_for_those_who_may_see_it(tmp_path: Path) -> None:
    full = replace(secretive(), audience=Marking.INTERNAL)
    page = write(full, tmp_path / "out", basemap=ground())[0].read_text("utf-8")
    assert f"Threat {HIDDEN}" in page


def test_a_record_that_names_a_hidden_one_is_refused() -> None:
    full = secretive()
    telling = replace(full.threats[0], why=(f"because of threat {HIDDEN}",))
    with pytest.raises(InputError, match="water:upper names a record that this audience may not see"):
        audience(replace(full, threats=(telling, *full.threats[1:])), Marking.PUBLIC)


def test_the_public_sees_only_steps_that_are_agreed_or_under_negotiation() -> None:
    shown = audience(specimen(), Marking.PUBLIC)
    assert [option.standing for option in shown.options] == [Standing.UNDER_NEGOTIATION]


def test_sentences_of_an_internal_briefing_do_not_reach_partners() -> None:
    shown = audience(replace(specimen(), marking=Marking.INTERNAL), Marking.PARTNERS)
    assert (shown.situation, shown.changes, shown.unknowns, shown.method, shown.ledger) == (
        (),
        (),
        (),
        (),
        (),
    )


def test_an_old_briefing_is_replaced_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(specimen(), out, basemap=ground())
    write(blank(), out, basemap=ground())
    assert [path.name for path in (out / "data").iterdir()] == ["map.csv"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match=r"holds 'thesis.txt', which is no part of a briefing; choose a new"):
        write(blank(), tmp_path, basemap=ground())
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_a_file_in_place_of_the_folder_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(InputError, match="out is a file; choose a new or empty folder"):
        write(blank(), tmp_path / "out", basemap=ground())


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        write(blank(), tmp_path / "file" / "out", basemap=ground())


def test_a_number_that_is_not_finite_is_refused(tmp_path: Path) -> None:
    bad = replace(specimen().observations[0], value=float("nan"))
    with pytest.raises(InputError, match="not finite.*say None where a figure is absent"):
        write(replace(blank(), observations=(bad,)), tmp_path / "out", basemap=ground())


def test_a_pair_with_a_threat_that_an_audience_may_not_see_is_gone() -> None:
    full = specimen()
    (pair,) = full.compounds
    shown = audience(
        replace(full, compounds=(pair, replace(pair, id="closed", marking=Marking.INTERNAL))), Marking.PUBLIC
    )
    assert [one.id for one in shown.compounds] == [pair.id]
