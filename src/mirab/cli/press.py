"""The press: read releases and news, search what was read, review what was found."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mirab.cli.options import AsJson, RegionPath, day, own, wish
from mirab.core.errors import InputError, Problem
from mirab.core.marking import Marking

if TYPE_CHECKING:
    from mirab.observe.press.store import PressStore, Stored

commands = typer.Typer()

Store = Annotated[
    Path | None, typer.Option(help="File of what was read; the user's own by default.", show_default=False)
]


def press_file(store: Path | None) -> Path:
    """File of what was read: the one named, else the user's own beside the observations."""
    return store or own().with_name("press.sqlite")


@commands.command()
def read(
    source: Annotated[
        str, typer.Argument(help="File (txt, HTML, RSS or Atom, JSON lines), folder, https address, or -.")
    ],
    region: RegionPath = "central_asia",
    store: Store = None,
    licence: Annotated[
        str, typer.Option(help="Licence of the texts; under an open one (CC BY) they are shown whole.")
    ] = "",
    marking: Annotated[Marking, typer.Option(help="Who may see what is read from them.")] = Marking.PUBLIC,
    helper: Annotated[
        str,
        typer.Option("--with", help="A helper: spacy:PATH, natasha, gliner2:PATH, openai:URL."),
    ] = "",
    dry: Annotated[bool, typer.Option("--dry", help="Keep nothing, only show what is read.")] = False,
    json: AsJson = False,
) -> None:
    """Read releases and news into meetings, events and commitments, each with the words it rests on."""
    from mirab.observe.press import telling
    from mirab.observe.press.adapters import adapter
    from mirab.observe.press.batch import read_all

    refused = 0
    kept = None if dry else press_file(store)
    beside = adapter(helper) if helper else None
    for one in read_all(source, region, kept, licence=licence, marking=marking, helper=beside):
        if isinstance(one, Problem):
            refused += 1
            print(f"refused: {one}", file=sys.stderr)
        elif json:
            print(telling.as_line(one), flush=True)
        else:
            print(telling.as_text(one), flush=True)
    if refused:
        raise typer.Exit(1)


@commands.command()
def search(
    query: Annotated[str, typer.Argument(help="Words in any of the languages.")],
    store: Store = None,
    json: AsJson = False,
) -> None:
    """Find what was read by its words, or by parts of them."""
    from mirab.observe.press import telling
    from mirab.observe.press.store import PressStore

    print(telling.found(PressStore(press_file(store)).search(query), as_json=json))


@commands.command()
def review(
    record: Annotated[str, typer.Argument(help="Id of a record; without one, what waits.")] = "",
    verdict: Annotated[
        str, typer.Argument(help="accept, correct or reject; without one, the record is shown.")
    ] = "",
    field: Annotated[str, typer.Option(help="Which value is corrected: day, place, parties and so on.")] = "",
    value: Annotated[str, typer.Option(help="The corrected value; several joined by |.")] = "",
    by: Annotated[str, typer.Option(help="Who says so.")] = "",
    region: RegionPath = "central_asia",
    store: Store = None,
    json: AsJson = False,
) -> None:
    """Confirm what was read: accept, correct or reject a record; the verdicts measure the rules.

    A corrected value is shown in place of the one that was read, and both are kept. A commitment that is
    accepted is written down among the promises (mirab commit list).
    """
    from mirab.observe.press import telling
    from mirab.observe.press.store import VERDICTS, PressStore

    kept = PressStore(press_file(store))
    if not (record and verdict):
        told = (
            telling.one(kept.record(record), as_json=json) if record else telling.waiting(kept, as_json=json)
        )
        print(told)
        return
    if verdict not in VERDICTS:
        fix = f"give one of {', '.join(VERDICTS)}"
        raise InputError("review", [Problem("verdict", f"{verdict!r} is not known", fix)])
    change = _change(kept, record, field, value, region) if verdict == "correct" else None
    kept.review(record, verdict, field=field, change=change, who=by)
    print(f"{record}: {verdict}")
    if change:
        print(telling.one(kept.record(record), as_json=json))
    if verdict == "accept" and record.startswith("commitment_"):
        _write_down(kept.records(kind="commitment"), record, region, by)


@commands.command()
def events(
    since: Annotated[str, typer.Option(metavar="DATE", help="First day of the events.")] = "",
    to: Annotated[str, typer.Option(metavar="DATE", help="Last day of the events.")] = "",
    format: Annotated[str, typer.Option(help="csv or json.")] = "csv",
    store: Store = None,
) -> None:
    """Print the events that were read with the field names of PLOVER, each with its words and their place."""
    from mirab.observe.press import plover
    from mirab.observe.press.store import PressStore

    ways = {"csv": plover.as_csv, "json": plover.as_json}
    if format not in ways:
        raise InputError("events", [Problem("--format", f"{format!r} is not known", "give csv or json")])
    days = (day(one, where) if one else None for one, where in ((since, "--since"), (to, "--to")))
    records = PressStore(press_file(store)).records(kind="event", since=next(days), to=next(days))
    print(ways[format](plover.exported(records)).rstrip("\n"))


@commands.command()
def person(
    name: Annotated[str, typer.Argument(help="Name, given names first.")],
    variants: Annotated[str, typer.Option(help="Other spellings, in any script, joined by |.")] = "",
    role: Annotated[str, typer.Option(help="Post, such as Minister of Energy.")] = "",
    state: Annotated[str, typer.Option(help="State of the post (ISO alpha-3).")] = "",
    since: Annotated[str, typer.Option(metavar="DATE", help="First day of the post, as known.")] = "",
    by: Annotated[str, typer.Option(help="Who says so.")] = "",
    store: Store = None,
) -> None:
    """Add somebody whom the registry lacks: later texts are linked to the name in all its forms."""
    from mirab.core.calendar import day_range
    from mirab.observe.press.records import Person
    from mirab.observe.press.store import PressStore
    from mirab.observe.press.words import fold

    if not name.strip() or (since and day_range(since) is None):
        where, what = ("--since", f"{since!r} is not a date") if name.strip() else ("name", "is empty")
        raise InputError("person", [Problem(where, what, "write a name, and 2025, 2025-04 or 2025-04-01")])
    found = Person("_".join(fold(name).split()), name.strip(), variants, role, state.upper(), since)
    PressStore(press_file(store)).add_person(found, who=by)
    print(f"added {found.id}; texts that are read from now on are linked to it")


def _change(kept: PressStore, record: str, field: str, value: str, region: str) -> dict[str, Any]:
    """What a correction changes in a record."""
    from mirab.core.calendar import day_range
    from mirab.observe import region as regions
    from mirab.observe.press.corrections import Choices, patch
    from mirab.observe.press.registry import Registry

    one = kept.record(record)
    published = day_range(one.published)
    registry = Registry(regions.load(region), kept.people())
    return patch(one.kind, field, value, Choices(registry, published[0] if published else None))


def _write_down(promises: Sequence[Stored], record: str, region: str, by: str) -> None:
    """Write an accepted promise into the user's book, where it does not stand already."""
    from mirab import inquiry
    from mirab.observe.press.accepted import cells

    book = inquiry.promises(wish(region, None, 1, 1, Path()))
    (one,) = (one for one in promises if one.id == record)
    if record not in {entry.id for entry in book.store.entries(book.known)}:
        book.store.create(cells(one, book.known.states), book.known, person=by or getpass.getuser())
        print(f"wrote down {record}")
