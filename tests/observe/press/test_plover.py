"""Events with the field names of PLOVER."""

import csv
import io
import json
from datetime import date

import pytest

from mirab.observe.press import plover
from mirab.observe.press.document import Document
from mirab.observe.press.reader import Reader
from mirab.observe.press.store import PressStore

TEXTS = (
    "Source: First Agency\n\nASTANA, 5 March 2025 – President Tokayev held a telephone conversation with "
    "Sadyr Japarov. They discussed transboundary water resources.",
    "АСТАНА, 6 марта 2025 года – Президент Токаев 5 марта провел телефонный разговор с Садыром Жапаровым. "
    "Обсуждены водные ресурсы.",
    "BISHKEK, 7 March 2025 – Kyrgyzstan denied that it had imposed sanctions on Kazakhstan.",
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, reader: Reader) -> PressStore:
    kept = PressStore(tmp_path_factory.mktemp("press") / "press.sqlite")
    for number, text in enumerate(TEXTS):
        kept.keep(reader.read(Document(text, url=f"https://example.org/{number}")))
    return kept


def test_a_call_that_two_agencies_tell_is_one_event_with_both_texts(store: PressStore) -> None:
    call = plover.exported(store.records())[0]
    assert (call["event"], call["mode"], call["quad_code"]) == (["CONSULT"], ["phone"], 1)
    assert (call["date"], sorted(call["actor"]), call["reports"]) == ("2025-03-05", ["KAZ", "KGZ"], 2)
    for told in call["text_info"]:
        text = next(one for one in TEXTS if Document(one).id == told["document"])
        words = text[told["start"] : told["end"]]
        assert "telephone" in words or "телефон" in words


def test_what_is_denied_keeps_its_type_and_says_so(store: PressStore) -> None:
    denied = [row for row in plover.exported(store.records()) if row["event"] == ["SANCTION"]]
    assert [(row["aux_mode"], row["quad_code"]) for row in denied] == [("negated", 4)]


def test_csv_and_json_hold_the_same_rows(store: PressStore) -> None:
    rows = plover.exported(store.records())
    read = list(csv.DictReader(io.StringIO(plover.as_csv(rows))))
    assert json.loads(plover.as_json(rows)) == rows
    assert [row["actor"].split("|") for row in read] == [row["actor"] for row in rows]
    assert [json.loads(row["text_info"]) for row in read] == [row["text_info"] for row in rows]


def test_events_of_a_period_are_exported_alone(store: PressStore) -> None:
    assert plover.exported(store.records(since=date(2025, 3, 6), kind="event"))[0]["date"] == "2025-03-07"
