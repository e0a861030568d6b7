"""Region packs and own readings: make, describe, prove, bring in."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mirab.cli.observing import observe_app
from mirab.cli.options import RegionPath, own
from mirab.core.errors import Problem
from mirab.core.records import Marking

if TYPE_CHECKING:
    from mirab.observe.describe import Summary

commands = typer.Typer()
check_app = typer.Typer(help="Prove a region, a domain, a section or a template.", no_args_is_help=True)
region_app = typer.Typer(help="Make and describe region packs.", no_args_is_help=True)
commands.add_typer(check_app, name="check")
commands.add_typer(region_app, name="region")


@check_app.command("region")
def check_region(path: Annotated[str, typer.Argument(help="Folder of a pack, or a bundled one.")]) -> None:
    """Check a region pack: all problems at once, or its tables when it is sound."""
    from mirab import inquiry
    from mirab.observe import describe

    _print_tables(describe.summary(inquiry.check_region(path)))


@check_app.command("section")
def check_section(name: Annotated[str, typer.Argument(help="Name of a section of the briefing.")]) -> None:
    """Prove a section: template, words, an empty briefing and a full one."""
    from mirab.brief import proof

    print("\n".join(proof.check(name)))


@check_app.command("domain")
def check_domain(name: Annotated[str, typer.Argument(help="Name of a domain.")]) -> None:
    """Prove a domain: its tables, rules, network and names."""
    from mirab import inquiry

    print("\n".join(inquiry.check_domain(name)))


@check_app.command("connector")
def check_connector(
    name: Annotated[str, typer.Argument(help="Id of a source, or a folder with sources.csv and replies/.")],
    region: RegionPath = "central_asia",
) -> None:
    """Prove a connector without a network: terms, asks, and its parser on replies that are spoilt."""
    from mirab.observe import check_connector
    from mirab.observe import region as regions

    print("\n".join(check_connector.check(name, regions.load(region))))


@check_app.command("template")
def check_template(path: Annotated[Path, typer.Argument(help="House template, .docx.")]) -> None:
    """Prove a house template: a Word document with every style that is needed."""
    from mirab.brief import word

    word.opened(path)
    print(f"{path} has every style: {', '.join((*word.STYLES, word.TABLE))}")


@region_app.command("describe")
def region_describe(path: Annotated[str, typer.Argument(help="Folder of a pack.")]) -> None:
    """Write the descriptor of a pack from its tables, and list them."""
    from mirab.observe import describe

    _print_tables(describe.describe(path))


@region_app.command("new")
def region_new(path: Annotated[Path, typer.Argument(help="Folder to make.")]) -> None:
    """Make a small valid pack to start from."""
    from mirab.observe import describe

    print(f"made {describe.new(path)}; next: mirab check region {path}")


@observe_app.command("add")
def observe_add(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX with station, quantity, date, value, author.")],
    region: RegionPath = "central_asia",
    partial: Annotated[bool, typer.Option("--partial", help="Take the good lines of a bad file.")] = False,
) -> None:
    """Bring in your own readings; a bad file is listed line by line and nothing of it is taken."""
    from mirab.observe import region as regions
    from mirab.observe import store

    added = store.Store(own()).add(file, regions.load(region), partial=partial)
    print(f"{added.taken} taken, {added.corrected} of them corrections; {added.repeated} were known already")
    _print_refused(added.refused)


@observe_app.command("table")
def observe_table(
    file: Annotated[
        Path,
        typer.Argument(help="XLSX, saved page or text file with a table by dekad or month; - is pasted."),
    ],
    author: Annotated[str, typer.Option(help="Whose figures they are, such as 'BWO Syrdarya'.")],
    year: Annotated[
        int | None, typer.Option(help="Year of the first column, where the table names none.")
    ] = None,
    period: Annotated[
        str, typer.Option(help="2026-04-D2 or 2026-04, where the columns are quantities.")
    ] = "",
    unit: Annotated[str, typer.Option(help="m3/s, million m3, km3 or m, where the table names none.")] = "",
    marking: Annotated[Marking, typer.Option(help="Who may see the readings.")] = Marking.PUBLIC,
    region: RegionPath = "central_asia",
    partial: Annotated[bool, typer.Option("--partial", help="Take the good cells of a bad table.")] = False,
    dry: Annotated[bool, typer.Option("--dry", help="Keep nothing, only show what is read.")] = False,
) -> None:
    """Bring in a table of a basin organisation by dekad or month: stations in rows, periods in columns."""
    from mirab.observe import dekads, forms, grids, store
    from mirab.observe import region as regions

    pasted = str(file) == "-"
    pack, name = regions.load(region), "table" if pasted else file.name
    grid = grids.of_text(sys.stdin.read()) if pasted else grids.of_file(file)
    found = dekads.read(grid, pack, dekads.Asked(author, year, period, unit, marking.value), name=name)
    for line, cells in found.lines if dry else ():
        print(
            f"{line}: {cells['station']} {cells['quantity']} {cells['date']} {cells['value']} {cells['unit']}"
        )
    for why, count in found.left_out.items():
        print(f"left out: {count} {why}")
    readings, wrong = forms.read_lines(found.lines, pack, today=datetime.now(UTC).date())
    problems = [*found.problems, *wrong]
    if dry:
        print(f"{len(readings)} readings, {len(problems)} problems; nothing was kept")
        _print_refused(problems)
        return
    added = store.Store(own()).take(readings, problems, pack, name, partial=partial)
    print(f"{added.taken} taken, {added.corrected} of them corrections; {added.repeated} were known already")
    _print_refused(added.refused)


@observe_app.command("withdraw")
def observe_withdraw(
    station: Annotated[str, typer.Argument(help="Station by id or name.")],
    quantity: Annotated[str, typer.Argument(help="What was measured, such as volume.")],
    date: Annotated[str, typer.Argument(metavar="DATE", help="2026-04-01, 2026-04, or 2026-04-D2.")],
    author: Annotated[str, typer.Option(help="Whose figure it is.")],
    reason: Annotated[str, typer.Option(help="Why it does not stand.")],
    region: RegionPath = "central_asia",
) -> None:
    """Withdraw a reading of your own: nothing rests on it any more, its history stays."""
    from mirab.observe import forms, store
    from mirab.observe import region as regions

    pack = regions.load(region)
    reading = forms.named(pack, station, quantity, date, author, today=datetime.now(UTC).date())
    store.Store(own()).withdraw(pack, reading, reason)
    print(f"withdrew {reading.item} {quantity} {date} of {author}")


@observe_app.command("history")
def observe_history(
    station: Annotated[str, typer.Argument(help="Id of a station; all by default.")] = "",
    region: RegionPath = "central_asia",
) -> None:
    """List your own readings with what was corrected and withdrawn."""
    from mirab.observe import region as regions
    from mirab.observe import store

    for line in store.Store(own()).history(regions.load(region), station):
        print(line)


def _print_refused(problems: Iterable[Problem]) -> None:
    for problem in problems:
        print(f"refused: {problem}", file=sys.stderr)


@observe_app.command("template")
def observe_template(
    out: Annotated[Path, typer.Argument(help="File to write, .csv or .xlsx.")],
    dekads: Annotated[
        int | None, typer.Option(metavar="YEAR", help="A table by dekad of a growing season instead.")
    ] = None,
    region: RegionPath = "central_asia",
) -> None:
    """Write the form for readings, or a table by dekad, with the stations and quantities of the region."""
    from mirab.observe import dekads as tables
    from mirab.observe import forms
    from mirab.observe import region as regions

    pack = regions.load(region)
    print(f"wrote {forms.template(pack, out) if dekads is None else tables.template(pack, out, dekads)}")


def _print_tables(rows: Iterable[Summary]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("table", "rows", "by confidence", box=None)
    for row in rows:
        shares = ", ".join(f"{count} {name}" for name, count in row.by_confidence.items())
        table.add_row(row.table, str(row.rows), shares)
    Console().print(table)
