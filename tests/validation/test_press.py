"""What the validation of the press reader says, and that it can say no."""

from pathlib import Path

import pytest

from mirab.observe.press.document import Document
from mirab.observe.press.reader import Reader
from mirab.observe.press.rows import rows
from mirab.observe.region import load
from mirab.validation import labelled, press
from mirab.validation.harness import Kind, Verdict
from mirab.validation.labelled import PARTS, Release, Score, Tally, releases

LANGUAGES = {"kk", "ky", "uz", "tg", "tk", "fa", "ps"}


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(load("central_asia"))


def test_the_labelled_set_has_sixty_releases_and_five_in_each_further_language() -> None:
    every = [one for part in PARTS for one in releases(part)]
    assert len(every) >= 60
    assert len({one.id for one in every}) == len(every)
    assert all(sum(one.language == code for one in every) >= 5 for code in LANGUAGES)
    assert {one.language for one in releases("scored")} == LANGUAGES | {"en", "ru"}


def test_a_label_names_people_of_the_registry_and_words_of_the_text(reader: Reader) -> None:
    for release in (one for part in PARTS for one in releases(part)):
        people = {id for meeting in release.meetings for id in meeting.people} | set(release.people)
        assert people <= reader.registry.entities.keys(), release.id
        assert all(words in release.text for words in release.promises), release.id


def test_shares_hold_on_the_part_that_was_not_tuned_on(reader: Reader) -> None:
    found = press._shares(labelled.score(reader, "scored"), "scored")
    assert not [finding for finding in found if finding.missed]


def test_the_tuned_part_never_counts_as_holds(reader: Reader) -> None:
    found = press._shares(labelled.score(reader, "tune"), "tune")
    assert Verdict.HOLDS not in {finding.verdict for finding in found}


def test_a_reader_that_knows_nobody_misses() -> None:
    reader = Reader(load("toy"))
    found = press._shares(labelled.score(reader, "scored"), "scored")
    assert {finding.what for finding in found if finding.missed} >= {"meetings: recall"}


def test_an_invented_meeting_counts_against_precision(reader: Reader) -> None:
    text = "ASTANA, 5 May 2025 – President Tokayev received Bakhtiyor Saidov."
    score = Score()
    score.add(Release("x", "en", text, (), (), (), (), (), ()), reader.read(Document(text)))
    assert (score.tallies["meetings"].wrong, score.tallies["meetings"].precision) == (1, 0.0)


def test_shares_of_nothing_are_none() -> None:
    assert (Tally().precision, Tally().recall, Tally().f) == (None, None, None)
    assert press._share(press.AIMS[0], Tally(), "", fitted=False).verdict is Verdict.MISSES


def test_without_the_articles_nothing_is_said_of_them(reader: Reader, tmp_path: Path) -> None:
    for folder in (None, tmp_path):
        found = press._articles(reader, folder)
        assert {finding.verdict for finding in found} == {Verdict.CANNOT_BE_CHECKED}
        assert {finding.kind for finding in found} == {Kind.MUST}


def test_the_measured_precision_of_rules_is_that_of_the_labelled_releases(reader: Reader) -> None:
    committed = [(row["rule_id"], int(row["judged"]), int(row["right"])) for row in rows("measured")]
    assert committed == labelled.measured_rows(reader), "run tools/press_measured.py"
