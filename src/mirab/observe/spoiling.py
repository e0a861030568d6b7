"""Spoils a small reply in every way that sources have been seen to spoil theirs."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

PORTAL = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in to the network</body></html>"
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
RENAMED, EXTRA, YEARS = "_renamed", "an_extra_field", re.compile(r"(?<!\d)20(1[0-9]|2[0-6])(?!\d)")


class Allowed(Enum):
    """What may come of a spoilt reply, beside a refusal."""

    SAME = "the same values, or a refusal"
    ALWAYS_SAME = "the same values"
    OTHER = "any values"


@dataclass(frozen=True)
class Spoilt:
    """A reply as it was spoilt, in words, and what may come of it."""

    what: str
    data: bytes
    allowed: Allowed


def spoilt(data: bytes) -> Iterator[Spoilt]:
    """A reply spoilt in one way after the other: as bytes, and field by field where it is JSON or CSV."""
    yield Spoilt("is empty", b"", Allowed.OTHER)
    yield Spoilt("is a page of a portal", PORTAL, Allowed.OTHER)
    yield Spoilt("is cut in the middle", data[: len(data) // 2], Allowed.OTHER)
    text = _text(data)
    if text is None:
        return
    yield Spoilt("tells of the future", YEARS.sub("2099", text).encode(), Allowed.OTHER)
    found = _json(text)
    yield from _spoilt_json(found) if found is not None else _spoilt_csv(text)


def shape(data: bytes) -> object:
    """What replies of one shape share: names of fields, or the first line; of two, one need be spoilt."""
    text = _text(data)
    found = None if text is None else _json(text)
    if found is not None:
        return frozenset(_names(found))
    return data if text is None else text.partition("\n")[0]


def _spoilt_json(found: Any) -> Iterator[Spoilt]:
    yield Spoilt("is an empty list", b"[]", Allowed.OTHER)
    yield Spoilt("is an empty object", b"{}", Allowed.OTHER)
    yield _again("has no rows", _changed(found, _emptied), Allowed.OTHER)
    yield _again("has an extra field", _changed(found, _extended), Allowed.ALWAYS_SAME)
    yield _again("has every row twice", _changed(found, _doubled), Allowed.ALWAYS_SAME)
    for name in sorted(_names(found)):
        yield _again(f"has field {name!r} renamed", _changed(found, _renaming(name)), Allowed.SAME)


def _spoilt_csv(text: str) -> Iterator[Spoilt]:
    """A table spoilt; what has one column or row is none, and what has no head keeps its columns."""
    mark = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    if len(rows) < 2 or len(rows[0]) < 2 or text.lstrip().startswith("<"):
        return
    head, body = rows[0], rows[1:]
    if any(NUMBER.fullmatch(cell) for cell in head):
        yield Spoilt("has every row twice", _written([*rows, *rows], mark), Allowed.ALWAYS_SAME)
        return
    yield Spoilt("has no rows", _written([head], mark), Allowed.OTHER)
    yield Spoilt("has an extra column", _written([[*row, EXTRA] for row in rows], mark), Allowed.ALWAYS_SAME)
    yield Spoilt("has every row twice", _written([head, *body, *body], mark), Allowed.ALWAYS_SAME)
    for place, name in enumerate(head):
        renamed = [*head[:place], name + RENAMED, *head[place + 1 :]]
        yield Spoilt(f"has column {name!r} renamed", _written([renamed, *body], mark), Allowed.SAME)


def _again(what: str, found: Any, allowed: Allowed) -> Spoilt:
    return Spoilt(what, json.dumps(found, ensure_ascii=False).encode(), allowed)


def _changed(found: Any, change: Callable[[Any], Any]) -> Any:
    """A JSON value with a change made to each of its parts, the innermost first."""
    if isinstance(found, dict):
        return change({name: _changed(value, change) for name, value in found.items()})
    return change([_changed(one, change) for one in found]) if isinstance(found, list) else found


def _are_rows(found: Any) -> bool:
    return isinstance(found, list) and bool(found) and all(isinstance(one, dict) for one in found)


def _emptied(found: Any) -> Any:
    return [] if _are_rows(found) else found


def _doubled(found: Any) -> Any:
    return [*found, *found] if _are_rows(found) else found


def _extended(found: Any) -> Any:
    return [{**one, EXTRA: "x"} for one in found] if _are_rows(found) else found


def _renaming(name: str) -> Callable[[Any], Any]:
    def change(found: Any) -> Any:
        if not isinstance(found, dict):
            return found
        return {key + RENAMED if key == name else key: value for key, value in found.items()}

    return change


def _names(found: Any) -> set[str]:
    """Names of all fields of a JSON value."""
    inner = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    own = set(found) if isinstance(found, dict) else set()
    return own.union(*map(_names, inner))


def _written(rows: list[list[str]], mark: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=mark).writerows(rows)
    return out.getvalue().encode()


def _text(data: bytes) -> str | None:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
