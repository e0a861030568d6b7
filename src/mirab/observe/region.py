"""A region pack: a folder of CSV and GeoJSON with its descriptor, loaded as typed, checked tables.

>>> toy = load("toy")
>>> [row["state"] for row in toy.states]
['XAA', 'XBB', 'XCC']
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from mirab.core.domain import Row
from mirab.core.errors import Problem, RegionError, suggest
from mirab.core.records import Marking, Source
from mirab.observe.cells import typed
from mirab.observe.check_tables import table_problems
from mirab.observe.reading import read
from mirab.observe.tables import Schema, Table, declared, provenance, schemas

BUNDLED = Path(__file__).parent.parent / "regions"
DESCRIPTOR, SETTINGS, RULES = "datapackage.json", "region.toml", "rules"
SHOWN = 100
HELD = 4
FIX = "give both rows the same marking, or reword the one that names the other"


@dataclass(frozen=True)
class Resource:
    """What the descriptor says of one file: where it lies, and the columns that it declares."""

    path: str
    schema: Schema


@dataclass(frozen=True)
class Region:
    """A region pack in memory; it is what a domain reads (core.domain.Tables).

    `settings` is region.toml; `tables` holds each table with its schema and line numbers.
    """

    path: Path
    settings: Mapping[str, Any]
    tables: Mapping[str, Table] = field(repr=False)

    @property
    def name(self) -> str:
        """Name of the pack: that of its folder."""
        return self.path.name

    @property
    def title(self) -> str:
        """Title from region.toml."""
        return str(self.settings.get("title", self.name))

    @property
    def states(self) -> tuple[Row, ...]:
        """Rows of the table `states`."""
        return self.rows("states")

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """Sources by id."""
        return {row["source_id"]: _source(row) for row in self.rows("sources")}

    def rows(self, table: str) -> tuple[Row, ...]:
        """Typed rows of a table in file order; a table that the pack lacks has none."""
        return self.tables[table].rows if table in self.tables else ()

    def names_in(self, language: str) -> dict[str, str]:
        """What the pack calls its texts in a language, by the English text; none for one that it lacks."""
        return {row["text"]: row[language] for row in self.rows("translations") if row.get(language)}

    def numbered(self, table: str) -> Iterator[tuple[str, Row]]:
        """Rows of a table, each with the place that a problem names; none where the pack lacks it."""
        return self.tables[table].numbered() if table in self.tables else iter(())

    def file(self, name: str) -> Path:
        """Path of a file of the pack, such as `map/states.geojson`; RegionError where it is missing."""
        path = self.path / name
        if not path.is_file():
            there = sorted(file.relative_to(self.path).as_posix() for file in self.path.rglob("*.geojson"))
            raise RegionError(f"region {self.name}", [Problem(name, "is missing", suggest(name, there))])
        return path

    def seen_by(self, audience: Marking) -> Region:
        """The same pack without the rows that are marked narrower than an audience, of whatever table.

        Raises RegionError where a row that stays names one that goes.
        """
        tables = {
            name: table.where(lambda row: _rank(row) <= audience.rank) for name, table in self._marked()
        }
        if all(len(table.rows) == len(self.tables[name].rows) for name, table in tables.items()):
            return self
        shown = {**self.tables, **tables}
        seen = replace(self, tables={name: table for name, table in shown.items() if table.rows})
        if problems := table_problems(seen.tables):
            named = [Problem(one.where, f"{one.what} as seen by: {audience.value}", FIX) for one in problems]
            raise refusal(self, named)
        return seen

    def _marked(self) -> list[tuple[str, Table]]:
        return [(name, table) for name, table in self.tables.items() if "marking" in table.columns]

    def without_unsettled(self) -> Region:
        """The same pack without the rows that rest only on sources whose licence is not settled.

        A table of which nothing is left is left out, as one that the pack never had.
        """
        settled = {name for name, source in self.sources.items() if source.licence_settled}
        tables = {
            name: table if name == "sources" else table.where(lambda row: _rests_on(row, settled))
            for name, table in self.tables.items()
        }
        return replace(self, tables={name: table for name, table in tables.items() if table.rows})


def load(path: Path | str) -> Region:
    """The region pack in a folder, or the bundled one of that name; RegionError lists all problems at once.

    What is looked at here is every table by itself and the ids that tables name in each other; `check`
    looks at the whole as a network too. A pack whose files are as they were is not read again.
    """
    folder = find(path)
    return _loaded(folder, _stamps(folder))


@lru_cache(maxsize=HELD)
def _loaded(folder: Path, stamps: tuple[tuple[str, int, int, int], ...]) -> Region:
    region, problems = scan(folder)
    problems += table_problems(region.tables)
    if problems:
        raise refusal(region, problems)
    return region.without_unsettled() if region.settings.get("drop_unsettled_licences") else region


def _stamps(folder: Path) -> tuple[tuple[str, int, int, int], ...]:
    """Each file of a pack with its number on the disk, its size and the time of its last change."""
    files = ((str(path), path.stat()) for path in sorted(folder.rglob("*")) if path.is_file())
    return tuple((path, one.st_ino, one.st_size, one.st_mtime_ns) for path, one in files)


def refusal(region: Region, problems: Sequence[Problem]) -> RegionError:
    """The error that shows the problems of a pack: up to 100 of one file, then how many more it has."""
    shown: list[Problem] = []
    count = Counter(problem.where.partition(":")[0] for problem in problems)
    so_far: Counter[str] = Counter()
    for problem in problems:
        file = problem.where.partition(":")[0]
        so_far[file] += 1
        if so_far[file] <= SHOWN:
            shown.append(problem)
        elif so_far[file] == SHOWN + 1:
            shown.append(Problem(file, f"has {count[file] - SHOWN} more problems", "mend these first"))
    return RegionError(f"region {region.name}", shown)


def bundled() -> list[str]:
    """Names of the packs that come with mirab, A to Z."""
    return sorted(folder.name for folder in BUNDLED.iterdir() if (folder / SETTINGS).is_file())


def find(path: Path | str) -> Path:
    """Folder of a pack; a bare name is looked for among the bundled packs first."""
    if str(path) in bundled():
        return BUNDLED / str(path)
    folder = Path(path)
    hint = f"give a folder, or a bundled pack: {suggest(str(path), bundled())}"
    if not folder.exists():
        raise RegionError("region", [Problem(str(path), "is not there", hint)])
    if not folder.is_dir():
        raise RegionError("region", [Problem(str(path), "is a file, not a folder", hint)])
    if not (folder / SETTINGS).is_file():
        fix = f"a pack is a folder with {SETTINGS}, {DESCRIPTOR} and states.csv; `mirab region new` makes one"
        raise RegionError("region", [Problem(str(path), f"is no region pack: it has no {SETTINGS}", fix)])
    return folder.resolve()


def scan(folder: Path) -> tuple[Region, list[Problem]]:
    """The pack in a folder as far as it can be read, with what cannot; nothing is compared yet."""
    import duckdb

    settings, problems = _settings(folder)
    resources, more = _resources(folder)
    problems += more
    files = dict(_tables_of(folder))
    for name in sorted(resources.keys() - files.keys()):
        listed = resources[name].path
        if not (folder / listed).is_file():
            problems.append(Problem(listed, "is missing", f"restore it, or take it out of {DESCRIPTOR}"))
    tables = {}
    with duckdb.connect() as connection:
        for name, path in files.items():
            label = path.relative_to(folder).as_posix()
            text, unread = read(connection, path, label)
            table, mistyped = typed(text, name=name, file=label, schema=_schema_of(name, resources.get(name)))
            tables[name] = table
            problems += unread or mistyped
    return Region(folder, settings, tables), problems


def _schema_of(table: str, resource: Resource | None) -> Schema:
    own = resource.schema if resource else {}
    if table in schemas():
        return {**schemas()[table], **{name: own[name] for name in own if name not in schemas()[table]}}
    return {**own, **provenance()}


def _tables_of(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted([*folder.rglob("*.csv"), *folder.rglob("*.parquet")]):
        relative = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in relative.parts)
        if path.is_file() and not hidden and relative.parts[0] != RULES:
            yield relative.with_suffix("").as_posix(), path


def _settings(folder: Path) -> tuple[dict[str, Any], list[Problem]]:
    try:
        settings = tomllib.loads((folder / SETTINGS).read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return {}, [Problem(SETTINGS, f"is not TOML in UTF-8: {error}", "mend that line")]
    missing = [name for name in ("title", "disclaimer") if not settings.get(name)]
    return settings, [Problem(SETTINGS, f"has no {name}", f'add {name} = "..."') for name in missing]


def _resources(folder: Path) -> tuple[dict[str, Resource], list[Problem]]:
    if not (folder / DESCRIPTOR).is_file():
        return {}, [Problem(DESCRIPTOR, "is missing", f"`mirab region describe {folder}` writes it")]
    try:
        listed = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))["resources"]
        return {str(entry["name"]): Resource(str(entry["path"]), declared(entry)) for entry in listed}, []
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        fix = f"remove it, then `mirab region describe {folder}` writes it again"
        return {}, [Problem(DESCRIPTOR, f"is not a Data Package descriptor: {error!r}", fix)]


def _source(row: Row) -> Source:
    return Source(
        row["source_id"],
        row["title"] or "",
        row["publisher"] or "",
        row["date"] or "",
        row["licence"] or "",
        row["licence_settled"] is not False,
    )


def _rank(row: Row) -> int:
    return Marking(row["marking"] or Marking.PUBLIC).rank


def _rests_on(row: Row, settled: set[str]) -> bool:
    return any(part in settled for part in str(row["source_id"]).split("|"))
