"""What the press tells, counted: events once, reports each."""

from datetime import date
from pathlib import Path

import pytest

from mirab.core.records import Series
from mirab.observe.press import counts, summary
from mirab.observe.press.document import Document
from mirab.observe.press.reader import Reader
from mirab.observe.press.store import PressStore

TEXTS = (
    "Source: First Agency\n\nASTANA, 5 March 2024 – President Tokayev met with Sadyr Japarov. They discussed "
    "transboundary water resources.",
    "АСТАНА, 6 марта 2024 года – Президент Токаев 5 марта встретился с Садыром Жапаровым. Обсуждены водные "
    "ресурсы и пути их охраны.",
    "TASHKENT, 1 May 2025 – Kyrgyzstan will supply 300 million kWh to Kazakhstan by 2026.",
    "TASHKENT, 3 May 2025 – President Tokayev will meet with Shavkat Mirziyoyev in Khiva on 9 May 2025.",
)
STATES = ("KAZ", "KGZ", "UZB")
ON = date(2025, 5, 2)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory, reader: Reader) -> Path:
    kept = PressStore(tmp_path_factory.mktemp("press") / "press.sqlite")
    for text in TEXTS:
        kept.keep(reader.read(Document(text)))
    return kept.path


def rows(found: tuple[Series, ...], name: str) -> list[dict[str, object]]:
    (one,) = (one for one in found if one.id == f"press:{name}")
    return [dict(zip(one.columns, row, strict=True)) for row in zip(*one.columns.values(), strict=True)]


def test_one_meeting_that_two_agencies_tell_is_one_with_two_reports(path: Path) -> None:
    (one,) = rows(summary.series(PressStore(path), ON, STATES), "meetings")
    assert (one["day"], one["reports"], one["mode"]) == ("2024-03-05", 2, "held")
    assert one["parties"] == "Kassym-Jomart Tokayev; Sadyr Japarov"
    assert "met with Sadyr Japarov" in str(one["quote"])


def test_what_was_published_later_is_not_known_yet(path: Path) -> None:
    later = rows(summary.series(PressStore(path), date(2025, 5, 4), STATES), "meetings")
    assert [one["mode"] for one in later] == ["future", "held"]


def test_days_count_from_the_last_meeting_and_absent_ones_are_told_apart(path: Path) -> None:
    pairs = rows(summary.series(PressStore(path), ON, STATES), "pairs")
    assert [(one["one"], one["other"], one["days"]) for one in pairs] == [
        ("KAZ", "KGZ", 423),
        ("KAZ", "UZB", None),
        ("KGZ", "UZB", None),
    ]


def test_a_promise_waits_to_be_confirmed_with_amount_and_day(path: Path) -> None:
    (one,) = rows(summary.series(PressStore(path), ON, STATES), "promises")
    assert (one["by"], one["to"], one["amount"], one["due"]) == ("KGZ", "KAZ", 3e8, "2026-12-31")


def test_events_and_reports_are_observed_apart(path: Path) -> None:
    told = counts.observations(PressStore(path), ON, STATES)
    found = {(one.item, one.quantity, str(one.start)): one.value for one in told}
    assert found["KAZ", "press_events", "2024-03-01"] == 1.0
    assert found["KAZ", "press_reports", "2024-03-01"] == 2.0
    assert found["KAZ", "press_events", "2025-05-01"] == 0.0
    assert found["KAZ+KGZ", "press_meetings", "2024-03-05"] == 1.0
    assert all(one.evidence.span for one in counts.observations(PressStore(path), ON, STATES))


def test_a_theme_has_its_share_of_the_documents_of_a_publisher(path: Path) -> None:
    found = rows(summary.series(PressStore(path), date(2024, 12, 1), STATES), "themes")
    assert {(one["publisher"], one["theme"]): one["share"] for one in found}["First Agency", "water"] == 1.0


def test_where_nothing_was_read_nothing_is_told(tmp_path: Path) -> None:
    assert summary.series(PressStore(tmp_path / "none.sqlite"), ON, STATES) == ()
    assert counts.observations(PressStore(tmp_path / "none.sqlite"), ON, STATES) == ()
