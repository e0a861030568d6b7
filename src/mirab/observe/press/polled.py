"""Texts of live sources into the press store: each document once, whatever feed carries it and how often."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from mirab.core.domain import Tables
from mirab.core.errors import Problem
from mirab.observe.connector import Page, Terms
from mirab.observe.press.document import Document
from mirab.observe.press.intake import documents
from mirab.observe.press.reader import Reader
from mirab.observe.press.store import PressStore


@dataclass(frozen=True)
class Taken:
    """What became of the texts of a source: read now, known before, and refused."""

    read: int = 0
    known: int = 0
    refused: tuple[Problem, ...] = ()


def take_in(
    found: Iterable[tuple[Terms, Iterable[Page]]], tables: Tables, store: PressStore
) -> Mapping[str, Taken]:
    """Read the documents of pages that the store lacks, by source; each is kept as soon as it is read.

    They carry the licence and the marking of their source. What cannot be read is refused, and the rest
    goes on.
    """
    reader: Reader | None = None
    taken: dict[str, Taken] = {}
    for terms, pages in found:
        own = [one for page in pages for one in documents(page.data, "", page.kind, page.name)]
        texts = [one for one in own if isinstance(one, Document)]
        new = [one for one in texts if not store.has(one.id)]
        for one in new:
            reader = reader or Reader(tables, store.precision(), store.people())
            store.keep(reader.read(replace(one, licence=terms.licence, marking=terms.marking)))
        refused = tuple(one for one in own if isinstance(one, Problem))
        taken[terms.source_id] = Taken(len(new), len(texts) - len(new), refused)
    return taken
