"""Sources of live data: rows of `connectors/sources.csv` and files beside it, or a folder made like it."""

from __future__ import annotations

import csv
import importlib
import importlib.util
import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType, ModuleType

from mirab.core.domain import Row, Tables
from mirab.core.errors import Problem, SourceError, UnknownNameError
from mirab.core.records import Marking
from mirab.observe import plain
from mirab.observe.connector import Connector, Terms

SERVICES, PREFIX = "services", "MIRAB_"
TABLE, REPLIES, FORMS = "sources.csv", "replies", ("code", "csv", "json")
NEEDED = ("source_id", "title", "publisher", "address", "licence", "citation")
NUMBERS = {"cadence_days": "", "stale_days": "", "per_minute": ""}
NUMBERS |= {"at_once": "1", "largest_mb": "20", "longest_s": "300"}
_FILL = "every source needs it"


@dataclass(frozen=True)
class Folder:
    """A folder with sources.csv, a file for each connector of code, and small replies."""

    path: Path

    @property
    def terms(self) -> Mapping[str, Terms]:
        """The terms of its sources by id; SourceError lists all that is wrong with the table."""
        try:
            text = (self.path / TABLE).read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            what = f"cannot be read: {getattr(error, 'strerror', '') or 'it is not UTF-8 text'}"
            fix = f"a folder of connectors holds {TABLE}, NAME.py and {REPLIES}/ID/"
            raise SourceError(str(self.path), [Problem(TABLE, what, fix)]) from None
        return read(text, TABLE)

    def replies(self, source_id: str) -> dict[str, bytes]:
        """Small replies of a source by the name of their page."""
        folder = self.path / REPLIES / source_id
        return {one.stem: one.read_bytes() for one in sorted(folder.glob("*.*"))}

    def connector(self, source: Terms) -> Connector:
        """The connector of one of its sources; the file of a stranger is run from where it lies."""
        if self == ours() or not _is_code(source):
            return connector(source)
        return _named(source, _of_path(self.path / f"{_file(source)}.py"))


@cache
def terms() -> Mapping[str, Terms]:
    """The terms of every source by id, in the order of sources.csv."""
    return MappingProxyType(ours().terms)


def ours() -> Folder:
    """The sources that come with mirab."""
    return Folder(Path(str(files("mirab.observe.connectors"))))


def of(tables: Tables) -> Mapping[str, Terms]:
    """The terms of the sources that come with mirab, and of the plain services of a region pack, by id.

    Raises SourceError for a service that takes the id of a source of ours, or a setting that is not its own:
    no pack may send the keys of a user anywhere else.
    """
    own, rows = terms(), tables.rows(SERVICES)
    taken = {name for one in own.values() for name in (one.key, one.user) if name}
    titles = {row["source_id"]: row for row in tables.rows("sources")} if rows else {}
    found = [_service(row, titles[row["source_id"].partition("|")[0]]) for row in rows]
    problems = [problem for one in found for problem in _service_problems(one, own, taken)]
    if problems:
        raise SourceError(SERVICES, problems)
    return {**own, **{one.source_id: one for one in found}} if rows else own


def chosen(names: Sequence[str], known: Mapping[str, Terms]) -> tuple[Terms, ...]:
    """The terms of the sources that are named, or of those that are asked where none is named."""
    for name in names:
        if name not in known:
            raise UnknownNameError("source", name, known)
    return tuple(one for one in known.values() if (one.source_id in names if names else one.by_default))


def connector(source: Terms) -> Connector:
    """The connector of a source: made from its columns, or of the file that they name.

    One file may serve several sources of one publisher, such as the editions of one data set; `file` in the
    columns names it, or else the id of the source does. Raises UnknownNameError where the file knows no such
    source.
    """
    if not _is_code(source):
        return plain.connector(source)
    return _named(source, importlib.import_module(f"mirab.observe.connectors.{_file(source)}"))


def read(text: str, where: str) -> dict[str, Terms]:
    """The terms in a table like sources.csv; SourceError lists every problem of every row."""
    rows = list(csv.DictReader(text.splitlines()))
    problems = [one for n, row in enumerate(rows, 2) for one in _problems(row, f"{where}:{n}")]
    if problems:
        raise SourceError(where, problems)
    return {row["source_id"]: _terms(row) for row in rows}


def _is_code(source: Terms) -> bool:
    return source.form == "code"


def _file(source: Terms) -> str:
    return source.columns.get("file", source.source_id)


def _named(source: Terms, module: ModuleType) -> Connector:
    known = {one.source_id: one for one in getattr(module, "CONNECTORS", ())}
    if source.source_id not in known:
        raise UnknownNameError("connector", source.source_id, known)
    found: Connector = known[source.source_id]
    return found


def _of_path(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"connector_{path.stem}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise SourceError(
            str(path.parent), [Problem(path.name, "is missing", "a row of form code needs its file")]
        )
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _problems(row: Mapping[str, str | None], where: str) -> Iterator[Problem]:
    """What a row lacks, and numbers, words and columns that are none."""
    for name in NEEDED:
        if not row.get(name):
            yield Problem(where, f"has no {name}", _FILL)
    for name, usual in NUMBERS.items():
        if not _is_positive(row.get(name) or usual):
            yield Problem(where, f"{name}={row.get(name)!r} is no positive number", _FILL)
    form, marking = row.get("form") or "code", row.get("marking") or "public"
    if form not in FORMS:
        yield Problem(where, f"form={form!r} is not a choice", f"give one of {', '.join(FORMS)}")
    if marking not in list(Marking):
        yield Problem(where, f"marking={marking!r} is not a choice", f"give one of {', '.join(Marking)}")
    if row.get("key") and not row.get("key_how"):
        yield Problem(where, "names a key and not how to get one", "fill in key_how")
    if not _is_object(row.get("columns") or "{}"):
        yield Problem(where, "columns are no JSON object of texts", 'write them like {"file": "name"}')


def _is_positive(text: str) -> bool:
    try:
        return 0 < float(text) < math.inf
    except ValueError:
        return False


def _is_object(text: str) -> bool:
    try:
        found = json.loads(text)
    except ValueError:
        return False
    return isinstance(found, dict) and all(isinstance(one, str) for one in found.values())


def _service(row: Row, source: Row) -> Terms:
    """The terms of a row of the table of services, whose source gives title, publisher and licence."""
    texts = {name: source.get(name) or "" for name in ("title", "publisher", "licence")}
    texts |= {name: row.get(name) or "" for name in ("key", "key_how", "columns", "note", "marking")}
    numbers = {name: str(row.get(name) or usual) for name, usual in NUMBERS.items()}
    passed = "no" if source.get("licence_settled") is False else "yes"
    given = {"source_id": row["service"], "address": row["address"], "citation": row["citation"]}
    given |= {"form": row["form"], "by_default": "yes" if row.get("by_default") else "no"}
    full = {**texts, **numbers, **given, "redistributable": passed}
    problems = list(
        _problems({**full, "publisher": full["publisher"] or "?"}, f"{SERVICES} {row['service']}")
    )
    if problems:
        raise SourceError(SERVICES, problems)
    return _terms(full)


def _service_problems(one: Terms, own: Mapping[str, Terms], taken: set[str]) -> Iterator[Problem]:
    where = f"{SERVICES} {one.source_id}"
    if one.source_id in own:
        yield Problem(where, "has the id of a source that comes with mirab", "give it another one")
    if one.key and (one.key in taken or not one.key.startswith(PREFIX)):
        yield Problem(
            where, f"names the setting {one.key!r}", f"name one of its own that begins with {PREFIX}"
        )


def _terms(row: Mapping[str, str]) -> Terms:
    numbers = {name: float(row.get(name) or usual) for name, usual in NUMBERS.items()}
    return Terms(
        source_id=row["source_id"],
        title=row["title"],
        publisher=row["publisher"],
        address=row["address"],
        licence=row["licence"],
        redistributable=row.get("redistributable") == "yes",
        citation=row["citation"],
        cadence_days=numbers["cadence_days"],
        stale_days=numbers["stale_days"],
        per_minute=numbers["per_minute"],
        at_once=int(numbers["at_once"]),
        largest_mb=numbers["largest_mb"],
        longest_s=numbers["longest_s"],
        key=row.get("key") or "",
        user=row.get("user") or "",
        key_how=row.get("key_how") or "",
        hosts=tuple(filter(None, (row.get("hosts") or "").split("|"))),
        marking=Marking(row.get("marking") or "public"),
        form=row.get("form") or "code",
        columns=json.loads(row.get("columns") or "{}"),
        by_default=row.get("by_default") == "yes",
        note=row.get("note") or "",
    )
