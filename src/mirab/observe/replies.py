"""Reads answers of sources: JSON, CSV and archives, with bounds, and page and field named in errors."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mirab.core.errors import Problem, SourceError, suggest
from mirab.observe.connector import Page

_TELLING = 60


def json_of(page: Page) -> Any:
    """The JSON value of a page; SourceError where it is something else, such as a page of a portal."""
    try:
        return json.loads(page.data)
    except ValueError:
        raise SourceError(
            page.name, [Problem(page.name, f"is not JSON but {_begins(page.data)}", _LATER)]
        ) from None


def entry(record: Any, name: str, where: str) -> Any:
    """The value of a field of a JSON object; SourceError names the field and the nearest that is there."""
    if isinstance(record, Mapping) and name in record:
        return record[name]
    there = sorted(map(str, record)) if isinstance(record, Mapping) else []
    what = f"has no field {name!r}" if there else f"is no object with a field {name!r}"
    raise SourceError(where, [Problem(where, what, suggest(name, there) if there else _LATER)])


def entries(record: Any, name: str, where: str) -> Sequence[Any]:
    """The list in a field of a JSON object; SourceError where it is no list."""
    found = entry(record, name, where)
    if not isinstance(found, list):
        raise SourceError(
            where, [Problem(where, f"has in {name!r} no list but {type(found).__name__}", _LATER)]
        )
    return found


def records(page: Page, columns: Sequence[str], *, delimiter: str = ",") -> Iterator[Mapping[str, str]]:
    """The rows of a page of CSV by column; SourceError where one of `columns` is not in its first line."""
    text = io.StringIO(page.data.decode("utf-8-sig", errors="replace"), newline="")
    reader = csv.DictReader(text, delimiter=delimiter)
    there = reader.fieldnames or []
    missing = [
        Problem(page.name, f"has no column {name!r}", suggest(name, there))
        for name in columns
        if name not in there
    ]
    if missing:
        raise SourceError(page.name, missing)
    yield from reader


def unpacked(page: Page, ending: str, largest_mb: float) -> Page:
    """The one file of an archive whose name has an ending; SourceError for another, a broken or a huge one.

    At most `largest_mb` are unpacked, whatever the archive says of itself.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(page.data)) as archive:
            names = [name for name in archive.namelist() if name.lower().endswith(ending)]
            if len(names) != 1:
                what = f"holds {len(names)} files that end in {ending}"
                raise SourceError(page.name, [Problem(page.name, what, _LATER)])
            with archive.open(names[0]) as file:
                data = file.read(int(largest_mb * 1e6) + 1)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise SourceError(page.name, [Problem(page.name, f"is no sound archive: {error}", _LATER)]) from None
    if len(data) > largest_mb * 1e6:
        raise SourceError(page.name, [Problem(page.name, f"unpacks to more than {largest_mb:g} MB", _LATER)])
    return Page(names[0], data, page.retrieved, ending)


_LATER = "what was stored stays; ask again later, or look whether the source has changed"


def _begins(data: bytes) -> str:
    head = data[:_TELLING].decode("utf-8", errors="replace").strip()
    return f"begins with {head!r}" if head else "is empty"
