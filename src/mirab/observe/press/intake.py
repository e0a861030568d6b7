"""Texts from files, folders, the standard input and addresses, made ready to be read.

Nothing is unpacked; a file over 5 MB and a text over 300,000 letters are refused. What cannot be read is a
Problem among the documents, so that a batch goes on.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from datetime import date
from email.utils import parsedate_to_datetime
from pathlib import Path

from mirab.core.errors import InputError, Problem
from mirab.observe.press.document import Document
from mirab.observe.press.fetching import fetch
from mirab.observe.press.markup import entries, page

LARGEST, MOST_LETTERS = 5_000_000, 300_000
TEXTS, PAGES, FEEDS, LINES = (
    (".txt", ".md", ""),
    (".html", ".htm"),
    (".xml", ".rss", ".atom"),
    (".jsonl", ".ndjson"),
)
_MAGIC = {
    b"PK\x03\x04": "is a ZIP archive or an office document; unpack it or save it as text",
    b"\x1f\x8b": "is compressed; unpack it first",
    b"%PDF": "is a PDF; save it as text",
    b"\x89PNG": "is a picture",
    b"\xff\xd8\xff": "is a picture",
}
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_BROKEN = re.compile("[\ud800-\udfff]")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def intake(source: str) -> Iterator[Document | Problem]:
    """The documents of a file, of a folder with its folders, of an address, or of the standard input (`-`).

    Raises InputError where there is no such file or folder; what is wrong inside comes as a Problem.
    """
    if source == "-":
        yield from documents(sys.stdin.buffer.read(LARGEST + 1), "-", "", "standard input")
    elif re.match("https?://", source):
        found = fetch(source, LARGEST)
        yield from [found] if isinstance(found, Problem) else documents(found[0], source, found[1], source)
    else:
        yield from _of_path(Path(source))


def _of_path(path: Path) -> Iterator[Document | Problem]:
    if path.is_dir():
        for one in sorted(path.rglob("*")):
            known = one.suffix.lower() in (*TEXTS, *PAGES, *FEEDS, *LINES)
            if (
                one.is_file()
                and known
                and not any(part.startswith(".") for part in one.relative_to(path).parts)
            ):
                yield from _of_file(one)
    elif path.is_file():
        yield from _of_file(path)
    else:
        fix = "give a file, a folder, an address that begins with https://, or - for the standard input"
        raise InputError("read", [Problem(str(path), "is not there", fix)])


def _of_file(path: Path) -> Iterator[Document | Problem]:
    suffix = path.suffix.lower()
    try:
        if suffix in LINES:
            with path.open("rb") as lines:
                for number, line in enumerate(lines, 1):
                    yield from _of_line(line, f"{path.name}:{number}")
            return
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        yield Problem(path.name, f"cannot be read: {error.strerror}", "check the file and its permissions")
        return
    yield from documents(data, "", suffix, path.name)


def documents(data: bytes, url: str, kind: str, where: str) -> Iterator[Document | Problem]:
    """Documents of one file: `kind` is a suffix or a content type."""
    text = _decoded(data, where)
    if isinstance(text, Problem):
        yield text
        return
    head = text[:500].lstrip().lower()
    address = url if url != "-" else ""
    if kind in FEEDS or "xml" in kind and "html" not in kind or head.startswith(("<?xml", "<rss", "<feed")):
        yield from _of_feed(text, where)
    elif kind in PAGES or "html" in kind or head.startswith(("<!doctype html", "<html")):
        found = page(text)
        yield from _made(found.text, where, address, found.publisher, found.published, found.title)
    elif kind in LINES:
        for number, line in enumerate(text.splitlines(), 1):
            yield from _of_line(line.encode(), f"{where}:{number}")
    else:
        yield from _made(text, where, address)


def _decoded(data: bytes, where: str) -> str | Problem:
    if len(data) > LARGEST:
        return Problem(where, f"is larger than {LARGEST // 1_000_000} MB", "split it into its documents")
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            return Problem(where, what)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    if b"\x00" in data[:4096]:
        return Problem(where, "is not a text: it holds zero bytes", "save it as text in UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = data.decode("cp1251", errors="replace")
        letters = [letter for letter in text[:5000] if letter.isalpha()]
        if letters and sum("а" <= letter.lower() <= "я" for letter in letters) > 0.6 * len(letters):
            return text
        return Problem(where, f"is not in UTF-8 (byte {error.start + 1})", "save it in UTF-8")


def _of_feed(text: str, where: str) -> Iterator[Document | Problem]:
    found = entries(text)
    if not found:
        yield Problem(
            where, "is not a feed: it has no item and no entry", "give an RSS or Atom file, or a text"
        )
    for number, one in enumerate(found, 1):
        yield from _made(
            one.text, f"{where} entry {number}", one.url, one.publisher, one.published, one.title
        )


def _of_line(line: bytes, where: str) -> Iterator[Document | Problem]:
    if not line.strip():
        return
    fix = 'each line is an object such as {"text": "...", "title": "...", "date": "2024-02-21", "url": "..."}'
    if len(line) > LARGEST:
        yield Problem(where, f"is longer than {LARGEST // 1_000_000} MB", "split it")
        return
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        yield Problem(where, f"is not JSON: {error}", fix)
        return
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        yield Problem(where, "has no text", fix)
        return
    cells = {name: str(row.get(name) or "") for name in ("url", "publisher", "date", "title")}
    yield from _made(row["text"], where, cells["url"], cells["publisher"], cells["date"], cells["title"])


def _made(
    text: str, where: str, url: str = "", publisher: str = "", published: str = "", title: str = ""
) -> Iterator[Document | Problem]:
    """A document of a text whose control characters are spaces; a Problem where nothing is left of it."""
    clean = _CONTROL.sub(" ", _BROKEN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n")))
    if not any(letter.isalpha() for letter in clean):
        yield Problem(where, "holds no text", "an empty document was left out")
    elif len(clean) > MOST_LETTERS:
        yield Problem(where, f"has more than {MOST_LETTERS:,} letters", "split it into its documents")
    else:
        yield Document(clean, url, publisher, day_of(published), title)


def day_of(text: str) -> date | None:
    """A day from ISO text or from the date of a feed."""
    match = _ISO.search(text)
    try:
        return date.fromisoformat(match.group()) if match else parsedate_to_datetime(text).date()
    except (ValueError, TypeError):
        return None
