"""The reader of the bundled region, made once."""

from typing import Any

import pytest

from mirab.observe.press.document import Document
from mirab.observe.press.linking import link
from mirab.observe.press.reader import Reader, Reading
from mirab.observe.region import load


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader(load("central_asia"))


class Read:
    """Reads texts; asks for what was found by the words that it rests on."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def __call__(self, text: str, **given: Any) -> Reading:
        return self.reader.read(Document(text, **given))

    def people(self, text: str) -> list[str]:
        return [one.entity.id for one in link(Document(text), self.reader.registry).people]


@pytest.fixture(scope="session")
def read(reader: Reader) -> Read:
    return Read(reader)
