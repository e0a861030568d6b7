"""Rules are data: each has an id of its own and a sentence in which it is found."""

import pytest

from mirab.observe.press.document import Document
from mirab.observe.press.reader import Reader
from mirab.observe.press.registry import PostName
from mirab.observe.press.rows import Rule, rows

FILES = ("meetings", "cues", "events", "commitments", "announcements")
RULES = [(file, row) for file in FILES for row in rows(file)]
THEMES = rows("themes")
WITH_IDS = (*FILES, "posts", "relative", "background")


@pytest.mark.parametrize("file", WITH_IDS)
def test_ids_are_unique_and_every_rule_has_its_sentence(file: str) -> None:
    ids = [row["rule_id"] for row in rows(file)]
    assert len(set(ids)) == len(ids)
    assert not [row["rule_id"] for row in rows(file) if not row["test"]]


def found(reader: Reader, sentence: str) -> set[str]:
    hits = reader.registry.lexicon.find(Document(sentence).words)
    return {hit.entry.id for hit in hits if isinstance(hit.entry, Rule)}


@pytest.mark.parametrize(
    ("file", "row"), RULES, ids=lambda one: one if isinstance(one, str) else one["rule_id"]
)
def test_a_rule_is_found_in_its_sentence(reader: Reader, file: str, row: dict[str, str]) -> None:
    assert row["rule_id"] in found(reader, row["test"])


@pytest.mark.parametrize("row", rows("posts"), ids=lambda row: row["rule_id"])
def test_a_post_is_found_in_its_sentence(reader: Reader, row: dict[str, str]) -> None:
    hits = reader.registry.lexicon.find(Document(row["test"]).words)
    assert row["rule_id"] in {hit.entry.rule for hit in hits if isinstance(hit.entry, PostName)}


@pytest.mark.parametrize("row", THEMES, ids=lambda row: f"{row['theme']} {row['lang']}")
def test_a_theme_is_found_in_its_sentence(reader: Reader, row: dict[str, str]) -> None:
    assert f"theme_{row['theme']}_{row['lang']}" in found(reader, row["test"])


@pytest.mark.parametrize(
    "row", [r for r in rows("meetings") if r["lang"] in ("en", "ru")], ids=lambda r: r["rule_id"]
)
def test_a_meeting_is_read_from_its_sentence(reader: Reader, row: dict[str, str]) -> None:
    reading = reader.read(Document(row["test"]))
    assert [one.kind for one in reading.meetings] == [row["kind"]], row["test"]
