"""Helpers beside the rules: what they propose is a span of the text, or it is dropped."""

import json
import sys
import types
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from mirab.core.errors import InputError, Problem, SetupError
from mirab.observe.press.adapters import adapter, quoted
from mirab.observe.press.batch import read_all
from mirab.observe.press.document import Document
from mirab.observe.press.proposals import Proposal
from mirab.observe.press.reader import Reader, Reading

TEXT = "ASTANA, 5 March 2025 – Nurlan Abenov broke bread with Kaha Imnadze. They spoke of trade."
QUOTES = [
    {"group": "person", "kind": "", "quote": "Nurlan Abenov"},
    {"group": "meetings", "kind": "meeting", "quote": "broke bread with"},
    {"group": "meetings", "kind": "meeting", "quote": "shook hands"},
    {"group": "meetings", "kind": "party", "quote": "spoke of trade"},
    {"group": "secrets", "kind": "", "quote": "ASTANA"},
    "Imnadze",
]


class Model(BaseHTTPRequestHandler):
    answer = b""
    asked: dict[str, Any] = {}

    def do_POST(self) -> None:
        type(self).asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def model() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Model)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"openai:http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def says(content: object) -> bytes:
    return json.dumps({"choices": [{"message": {"content": json.dumps(content)}}]}).encode()


def test_a_local_model_adds_a_meeting_by_words_that_stand_in_the_text(model: str, reader: Reader) -> None:
    Model.answer = says({"found": QUOTES})
    proposals = [*adapter(model)(TEXT)]
    assert [TEXT[one.start : one.end] for one in proposals] == ["Nurlan Abenov", "broke bread with"]
    (meeting,) = reader.read(Document(TEXT), proposals).meetings
    assert {party.id for party in meeting.parties} == {"?nurlan_abenov", "kaha_imnadze"}
    assert (meeting.evidence[0].rule, meeting.confidence) == ("openai", None)
    assert Model.asked["messages"][1]["content"] == TEXT
    assert reader.read(Document(TEXT)).meetings == ()


@pytest.mark.parametrize("answer", [b"", b"[]", says([]), says({"found": 3}), says("text"), b"\xff"])
def test_an_answer_that_is_no_list_of_quotes_is_told_and_the_text_is_read(
    model: str, tmp_path: Path, answer: bytes
) -> None:
    Model.answer = answer
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    problem, reading = read_all(str(tmp_path), "toy", None, helper=adapter(model))
    assert isinstance(problem, Problem)
    assert "was read without the helper" in problem.what
    assert isinstance(reading, Reading)


def test_a_model_that_does_not_run_is_told() -> None:
    with pytest.raises(OSError, match="refused"):
        adapter("openai:http://127.0.0.1:9/v1")(TEXT)


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ("bert:here", "is not known; give spacy:PATH"),
        ("openai:https://example.org/v1", "is not an address of this machine"),
        ("openai:http://example.org/v1", "is not an address of this machine"),
    ],
)
def test_a_helper_that_cannot_be_is_refused(wish: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        adapter(wish)


def test_a_package_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "natasha", None)
    with pytest.raises(SetupError, match="pip install natasha"):
        adapter("natasha")


def test_spacy_names_people_beyond_the_registry(tmp_path: Path) -> None:
    spacy = pytest.importorskip("spacy", reason="spaCy is optional and not installed")
    made = spacy.blank("en")
    made.add_pipe("entity_ruler").add_patterns([{"label": "PERSON", "pattern": "Nurlan Abenov"}])
    made.to_disk(tmp_path / "model")
    (one,) = adapter(f"spacy:{tmp_path / 'model'}")(TEXT)
    assert (TEXT[one.start : one.end], one.by) == ("Nurlan Abenov", "spacy")
    with pytest.raises(InputError, match="is no folder"):
        adapter("spacy:nowhere")


def test_natasha_names_people_in_russian() -> None:
    pytest.importorskip("natasha", reason="natasha is optional and not installed")
    text = "Министр Нурлан Абенов встретился с послом Пьером Мартеном в Астане."
    found = {text[one.start : one.end] for one in adapter("natasha")(text)}
    assert {"Нурлан Абенов", "Пьером Мартеном"} <= found


def test_gliner2_names_people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its interface only: the package needs a model of hundreds of megabytes."""

    class Made:
        @classmethod
        def from_pretrained(cls, path: str, *, local_files_only: bool) -> "Made":
            assert (path, local_files_only) == (str(tmp_path), True)
            return cls()

        def extract_entities(self, text: str, kinds: list[str]) -> dict[str, dict[str, list[str]]]:
            return {"entities": {kinds[0]: ["Nurlan Abenov", "Somebody Else"]}}

    monkeypatch.setitem(sys.modules, "gliner2", types.SimpleNamespace(GLiNER2=Made))
    (one,) = adapter(f"gliner2:{tmp_path}")(TEXT)
    assert (TEXT[one.start : one.end], one.by) == ("Nurlan Abenov", "gliner2")


def test_a_person_is_proposed_at_every_place_of_the_name() -> None:
    found = quoted([{"group": "person", "quote": "Abenov"}], "Abenov met. Abenov left.", "openai")
    assert [one.start for one in found] == [0, 12]
    assert Proposal("person", "", 0, 6, "openai") in quoted(
        [{"group": "person", "quote": "Abenov"}], "Abenov", "openai"
    )
