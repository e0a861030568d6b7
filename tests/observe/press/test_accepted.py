"""A confirmed promise becomes a commitment with its sentence and source."""

from pathlib import Path

from mirab.observe.press.accepted import cells
from mirab.observe.press.document import Document
from mirab.observe.press.reader import Reader
from mirab.observe.press.store import PressStore, Stored


def stored(folder: Path, reader: Reader, text: str) -> Stored:
    kept = PressStore(folder / "press.sqlite")
    kept.keep(reader.read(Document(text)))
    (one,) = kept.records(kind="commitment")
    return one


def test_states_day_and_amount_stand_in_their_cells(tmp_path: Path, reader: Reader) -> None:
    text = "BISHKEK, 5 May 2025 – Kyrgyzstan will supply 300 million kWh to Kazakhstan by 2026."
    found = cells(stored(tmp_path, reader, text), {"KAZ", "KGZ"})
    assert (found["by"], found["to"], found["due"], found["adopted"]) == (
        "KGZ",
        "KAZ",
        "2026-12-31",
        "2025-05-05",
    )
    assert found["what"].startswith("Kyrgyzstan will supply")
    assert "300000000" in (found.get("amount", "") + found.get("note", ""))


def test_a_body_that_is_no_state_of_the_region_is_the_owner(tmp_path: Path, reader: Reader) -> None:
    text = "BISHKEK, 5 May 2025 – The World Bank pledged 50 million US dollars to Kyrgyzstan."
    found = cells(stored(tmp_path, reader, text), {"KAZ", "KGZ"})
    assert (found["owner"], found.get("by"), found["to"]) == ("wb", None, "KGZ")
    assert (found["amount"], found["unit"]) == ("50000000", "USD")
