"""What was promised: write it down, change it with a source, list what is due, hand it on."""

from __future__ import annotations

import getpass
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mirab.cli.options import AsJson, On, RegionPath, wish
from mirab.core.records import Marking

if TYPE_CHECKING:
    from mirab.centre import Wish
    from mirab.follow.book import Book

commands = typer.Typer()
commit_app = typer.Typer(help="Write down promises, change them, list and export them.", no_args_is_help=True)
commands.add_typer(commit_app, name="commit")

Id = Annotated[str, typer.Option("--id", help="Id: small letters, digits and _ . -")]
Source = Annotated[
    str, typer.Option(help="Document or report that shows it: words, or a source of the pack.")
]
Person = Annotated[str, typer.Option(help="Who writes it down; the name of your account by default.")]
Owner = Annotated[str, typer.Option(help="Body that answers for it; it needs no account.")]
Due = Annotated[str, typer.Option(metavar="DATE", help="When it is due: 2027, 2027-04 or 2027-04-01.")]
Note = Annotated[str, typer.Option(help="A remark.")]
Status = Annotated[str, typer.Option(help="scheduled, met, partially met or not met.")]
StatusOn = Annotated[str, typer.Option(metavar="DATE", help="Day of the status; today by default.")]
MarkingOf = Annotated[str, typer.Option("--marking", help="Who may see it: public, partners or internal.")]
Days = Annotated[int, typer.Option(min=1, help="How many days ahead to look.")]


@commands.command("calendar")
def calendar_(
    days: Days = 90,
    ics: Annotated[Path | None, typer.Option(help="Write an iCalendar file instead.")] = None,
    region: RegionPath = "central_asia",
    on: On = None,
    json: AsJson = False,
) -> None:
    """Say what comes next: handovers, summits, agreements that end, promises that fall due."""
    from mirab.brief import promises
    from mirab.follow.book import written

    book = _book(wish(region, on, 1, 1, Path()))
    events, due = book.ahead(days)
    if ics is not None:
        print(f"wrote {written(ics, book.calendar(days))}")
    elif json:
        promises.print_json([*events, *due])
    else:
        promises.show_calendar(events, due, book.on)


@commands.command()
def follow(
    days: Days = 30,
    region: RegionPath = "central_asia",
    on: On = None,
    json: AsJson = False,
) -> None:
    """Say what was promised and is due, by whom, what is overdue, and of what nothing was heard."""
    from mirab.brief import promises
    from mirab.follow import commitments

    book = _book(wish(region, on, 1, 1, Path()))
    due = book.chosen(days=days)
    if json:
        promises.print_json(due)
    else:
        silent = commitments.to_report(book.found, book.on)
        promises.show_due(due, silent, book.on + timedelta(days=days))


@commit_app.command("add")
def commit_add(
    file: Annotated[Path | None, typer.Argument(help="CSV of commitments; else give the options.")] = None,
    id: Id = "",
    what: Annotated[str, typer.Option(help="What is promised.")] = "",
    by: Annotated[str, typer.Option(metavar="STATES", help="Who promises, joined by |.")] = "",
    to: Annotated[str, typer.Option(metavar="STATES", help="To whom, joined by |.")] = "",
    owner: Owner = "",
    parent: Annotated[str, typer.Option(metavar="ID", help="Commitment of which it is a part.")] = "",
    agreement: Annotated[str, typer.Option(metavar="ID", help="Agreement of the pack that says it.")] = "",
    adopted: Annotated[str, typer.Option(metavar="DATE", help="When it was adopted.")] = "",
    due: Due = "",
    amount: Annotated[str, typer.Option(help="Promised amount, with --unit.")] = "",
    unit: Annotated[str, typer.Option(help="Unit, such as km3.")] = "",
    quantity: Annotated[str, typer.Option(help="Quantity, such as inflow_volume.")] = "",
    item: Annotated[str, typer.Option(metavar="PLACE", help="Place at which it is measured.")] = "",
    sense: Annotated[str, typer.Option(help="at least, or at most.")] = "",
    period: Annotated[str, typer.Option(metavar="FROM/TO", help="First and last day of the amount.")] = "",
    themes: Annotated[str, typer.Option(help="Themes, joined by |.")] = "",
    source: Source = "",
    note: Note = "",
    marking: MarkingOf = "",
    partial: Annotated[bool, typer.Option("--partial", help="Take the good lines of a bad file.")] = False,
    person: Person = "",
    region: RegionPath = "central_asia",
) -> None:
    """Write down one commitment, or those of a CSV file; a bad file is listed line by line."""
    book = _book(wish(region, None, 1, 1, Path()))
    who = person or getpass.getuser()
    if file is not None:
        added = book.store.add(file, book.known, person=who, partial=partial)
        print(f"{added.taken} taken, {len(added.refused)} refused")
        for problem in added.refused:
            print(f"refused: {problem}", file=sys.stderr)
        return
    first, _, last = period.partition("/")
    cells = {"commitment_id": id, "what": what, "by": by.upper(), "to": to.upper(), "owner": owner}
    cells |= {"parent": parent, "agreement_id": agreement, "adopted": adopted, "due": due, "source": source}
    cells |= {"amount": amount, "unit": unit, "quantity": quantity, "item": item, "sense": sense}
    cells |= {"period_start": first, "period_end": last, "themes": themes, "note": note, "marking": marking}
    book.store.create({name: cell for name, cell in cells.items() if cell}, book.known, person=who)
    print(f"wrote down {id}")


@commit_app.command("update")
def commit_update(
    id: Annotated[str, typer.Argument(help="Id of the commitment.")],
    status: Status = "",
    status_on: StatusOn = "",
    owner: Owner = "",
    due: Due = "",
    note: Note = "",
    marking: MarkingOf = "",
    source: Source = "",
    person: Person = "",
    region: RegionPath = "central_asia",
) -> None:
    """Add a change to a commitment: its status, who answers for it, its date; earlier ones stay."""
    book = _book(wish(region, None, 1, 1, Path()))
    cells = {"status": status, "status_on": status_on, "owner": owner, "due": due, "note": note}
    cells |= {"marking": marking, "source": source}
    given = {name: cell for name, cell in cells.items() if cell}
    book.store.change(id, given, book.known, person=person or getpass.getuser())
    print(f"changed {id}")


@commit_app.command("list")
def commit_list(
    id: Annotated[str, typer.Argument(help="One commitment, with its history; all by default.")] = "",
    due: Annotated[int, typer.Option(metavar="DAYS", help="Only open ones due within so many days.")] = 0,
    owner: Annotated[str, typer.Option(help="Only those of this body.")] = "",
    region: RegionPath = "central_asia",
    on: On = None,
    json: AsJson = False,
) -> None:
    """List commitments with who, what, when due, and where they stand."""
    from mirab.brief import promises

    book = _book(wish(region, on, 1, 1, Path()))
    found = book.chosen(id=id, owner=owner, days=due)
    if json:
        promises.print_json(found)
    elif id:
        promises.show_one(found[0], book.parts(id))
    else:
        promises.show(found)


@commit_app.command("export")
def commit_export(
    out: Annotated[Path, typer.Argument(help="File to write: .csv, .json, .ics, or .xml for IATI 2.03.")],
    region: RegionPath = "central_asia",
    on: On = None,
) -> None:
    """Write commitments as CSV, JSON, an iCalendar of due dates, or IATI 2.03 activities with results."""
    book = _book(wish(region, on, 1, 1, Path()))
    print(f"wrote {book.export(out)}")


def _book(asked: Wish) -> Book:
    """The user's own book: what is marked for partners or internal is the user's to see."""
    from mirab import inquiry

    return inquiry.promises(replace(asked, audience=Marking.INTERNAL))
