"""What is proposed or put first is told apart from what is promised."""

from typing import Any

import pytest

from mirab.observe.press.document import Document
from mirab.observe.press.reader import Reader
from mirab.observe.press.rows import rows


@pytest.mark.parametrize("row", rows("announcements"), ids=lambda row: row["rule_id"])
def test_an_announcement_is_read_from_its_sentence(reader: Reader, row: dict[str, Any]) -> None:
    (one,) = reader.read(Document(row["test"])).announcements
    assert one.kind == row["kind"]
    assert one.by


def test_a_proposal_to_spend_is_an_initiative_and_a_pledge_is_a_promise(reader: Reader) -> None:
    text = "ASTANA, 5 May 2025 – {} $50 million for glaciers by 2030."
    proposal = reader.read(Document(text.format("Kazakhstan proposed to allocate")))
    pledge = reader.read(Document(text.format("Kazakhstan pledged to allocate")))
    assert [(len(one.promises), len(one.announcements)) for one in (proposal, pledge)] == [(0, 1), (1, 0)]


def test_what_was_denied_or_has_no_author_is_not_announced(reader: Reader) -> None:
    text = "It was proposed to create a fund. Kazakhstan denied that it had proposed to create a dam."
    assert reader.read(Document(text)).announcements == ()
