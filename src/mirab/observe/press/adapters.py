"""Optional helpers that propose names and phrases beside the rules: spaCy, natasha, GLiNER2, a local model.

All are off unless asked for. Whatever a helper proposes is a span of the text, or it is dropped: a local
model has to quote, and what it does not quote literally is not taken. What it proposes goes through the same
frames as the rules' own finds, under the helper's name as rule, unrated until people have reviewed it. Ours.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mirab.core.errors import InputError, Problem, SetupError
from mirab.observe.press.deeds import quads
from mirab.observe.press.meetings import ORDER
from mirab.observe.press.promises import STRENGTH
from mirab.observe.press.proposals import PERSON, Proposal

SECONDS = 120.0
LOCAL = ("localhost", "127.0.0.1", "::1")
LARGEST = 5_000_000
KINDS: Mapping[str, tuple[str, ...]] = {
    PERSON: ("",),
    "meetings": ORDER,
    "commitments": STRENGTH,
    "events": tuple(quads()),
}
PEOPLE = ("PERSON", "PER", "person")
ASKED = (
    "List people and the words that tell of a meeting, a promise or an event in the text. Quote each exactly "
    "as it stands, as short as it can be told by. Groups and their kinds: {kinds}. Answer with JSON only: "
    '{{"found": [{{"group": "...", "kind": "...", "quote": "..."}}]}}'
)


Adapter = Callable[[str], Iterable[Proposal]]
"""A helper: it gives what it finds in a text, and raises SetupError or OSError where it gives no answer."""


def adapter(wish: str) -> Adapter:
    """The helper of a wish such as `spacy:PATH`, `natasha`, `gliner2:PATH` or `openai:BASE_URL`.

    Raises InputError for one that is not known, a folder that is not there or an address of another machine,
    SetupError where its package is not installed.
    """
    name, _, where = wish.partition(":")
    if name not in HELPERS:
        fix = "give spacy:PATH, natasha, gliner2:PATH or openai:http://localhost:PORT/v1"
        raise InputError("read", [Problem("--with", f"{wish!r} is not known", fix)])
    return HELPERS[name](where)


def _folder(where: str, name: str) -> str:
    if not where or not Path(where).is_dir():
        fix = f"give the folder of the model: {name}:PATH"
        raise InputError("read", [Problem("--with", f"{where!r} is no folder", fix)])
    return where


def _package(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as cause:
        raise SetupError(f"{name} is not installed; pip install {name}") from cause


def _spacy(where: str) -> Adapter:
    model = _package("spacy").load(_folder(where, "spacy"))

    def propose(text: str) -> Iterator[Proposal]:
        for entity in model(text).ents:
            if entity.label_ in PEOPLE:
                yield Proposal(PERSON, "", entity.start_char, entity.end_char, "spacy")

    return propose


def _natasha(where: str) -> Adapter:
    package = _package("natasha")
    segmenter, tagger = package.Segmenter(), package.NewsNERTagger(package.NewsEmbedding())

    def propose(text: str) -> Iterator[Proposal]:
        document = package.Doc(text)
        document.segment(segmenter)
        document.tag_ner(tagger)
        for span in document.spans:
            if span.type in PEOPLE:
                yield Proposal(PERSON, "", span.start, span.stop, "natasha")

    return propose


def _gliner2(where: str) -> Adapter:
    model = _package("gliner2").GLiNER2.from_pretrained(_folder(where, "gliner2"), local_files_only=True)

    def propose(text: str) -> Iterable[Proposal]:
        found = model.extract_entities(text, ["person"])["entities"]["person"]
        return quoted([{"group": PERSON, "quote": quote} for quote in found], text, "gliner2")

    return propose


def _openai(where: str) -> Adapter:
    address = urlsplit(where)
    if address.scheme != "http" or address.hostname not in LOCAL:
        fix = "texts are sent to this machine only: openai:http://localhost:PORT/v1"
        raise InputError("read", [Problem("--with", f"{where!r} is not an address of this machine", fix)])

    def propose(text: str) -> Iterable[Proposal]:
        kinds = "; ".join(f"{group}: {', '.join(kinds) or 'no kind'}" for group, kinds in KINDS.items())
        messages = [
            {"role": "system", "content": ASKED.format(kinds=kinds)},
            {"role": "user", "content": text},
        ]
        body = {"messages": messages, "temperature": 0, "response_format": {"type": "json_object"}}
        answer = _answered(address.hostname or "", address.port, address.path, body)
        return quoted(_found(answer), text, "openai")

    return propose


def _answered(host: str, port: int | None, path: str, body: Mapping[str, Any]) -> bytes:
    connection = HTTPConnection(host, port, timeout=SECONDS)
    try:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", f"{path.rstrip('/')}/chat/completions", json.dumps(body), headers)
        response = connection.getresponse()
        if response.status != 200:
            raise SetupError(f"answers {response.status} {response.reason}")
        return response.read(LARGEST)
    except HTTPException as cause:
        raise SetupError(f"gives no answer: {cause!r}") from cause
    finally:
        connection.close()


def _found(answer: bytes) -> list[Any]:
    """The list in an answer; SetupError where it is not what was asked for."""
    try:
        content = json.loads(json.loads(answer)["choices"][0]["message"]["content"])
        return list(content["found"])
    except (ValueError, KeyError, IndexError, TypeError, RecursionError) as cause:
        raise SetupError("answers with something that is no list of quotes") from cause


def quoted(found: Iterable[Any], text: str, by: str) -> Iterator[Proposal]:
    """What is quoted literally, a person at every place of the name; all else is dropped."""
    for one in found:
        if not isinstance(one, dict):
            continue
        group, kind, quote = (str(one.get(name) or "") for name in ("group", "kind", "quote"))
        known = kind in KINDS.get(group, ()) and len(quote.strip()) > 1
        start = text.find(quote) if known else -1
        while start >= 0:
            yield Proposal(group, kind, start, start + len(quote), by)
            start = text.find(quote, start + len(quote)) if group == PERSON else -1


HELPERS: Mapping[str, Callable[[str], Adapter]] = {
    "spacy": _spacy,
    "natasha": _natasha,
    "gliner2": _gliner2,
    "openai": _openai,
}
