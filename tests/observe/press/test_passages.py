"""The words of documents are shown as far as they may be."""

from datetime import date
from pathlib import Path

import pytest

from mirab.core.marking import Marking
from mirab.observe.press import counts, summary
from mirab.observe.press.document import Document
from mirab.observe.press.passages import passages
from mirab.observe.press.reader import Reader
from mirab.observe.press.store import PressStore

TEXT = (
    "ASTANA, 6 March 2025 – President Tokayev met with Sadyr Japarov. The weather was fine. Kyrgyzstan will "
    "supply 300 million kWh to Kazakhstan by 2026."
)
ON = date(2025, 5, 1)


def kept(
    folder: Path, reader: Reader, document: Document, audience: Marking = Marking.INTERNAL
) -> PressStore:
    store = PressStore(folder / "press.sqlite", audience)
    store.keep(reader.read(document))
    return store


def test_of_a_text_without_a_licence_only_the_sentences_are_quoted(tmp_path: Path, reader: Reader) -> None:
    store = kept(tmp_path, reader, Document(TEXT, licence="CC BY-NC-ND 4.0"))
    found = passages(store, store.records())
    assert [TEXT[one["start"] : one["end"]] for one in found] == [one["text"] for one in found]
    assert not any("weather" in one["text"] or one["whole"] for one in found)


def test_an_open_text_is_shown_whole_with_the_words_marked(tmp_path: Path, reader: Reader) -> None:
    store = kept(tmp_path, reader, Document(TEXT, licence="CC BY 4.0"))
    (one,) = passages(store, store.records())
    assert (one["text"], one["whole"]) == (TEXT, True)
    first, last = map(int, one["marks"].split("|")[0].split(":"))
    assert TEXT[first:last] == "met with"


def test_an_address_that_is_no_web_page_is_not_linked(tmp_path: Path, reader: Reader) -> None:
    store = kept(tmp_path, reader, Document(TEXT, url="javascript:alert(1)"))
    assert {one["url"] for one in passages(store, store.records())} == {""}


@pytest.mark.parametrize(("audience", "seen"), [(Marking.PUBLIC, False), (Marking.INTERNAL, True)])
def test_a_document_for_few_leaves_no_trace_for_others(
    tmp_path: Path, reader: Reader, audience: Marking, seen: bool
) -> None:
    store = kept(tmp_path, reader, Document(TEXT, marking=Marking.INTERNAL), audience)
    assert bool(summary.series(store, ON, ("KAZ", "KGZ"))) is seen
    assert bool(counts.observations(store, ON, ("KAZ", "KGZ"))) is seen
    assert bool(store.texts([Document(TEXT).id])) is seen
