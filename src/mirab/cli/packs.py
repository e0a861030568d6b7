"""Region packs and own readings: make, describe, prove, bring in."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mirab.cli.options import RegionPath, own

if TYPE_CHECKING:
    from mirab.observe.describe import Summary

commands = typer.Typer()
check_app = typer.Typer(help="Prove a region, a domain or a section.", no_args_is_help=True)
region_app = typer.Typer(help="Make and describe region packs.", no_args_is_help=True)
observe_app = typer.Typer(help="Bring in your own observations.", no_args_is_help=True)
commands.add_typer(check_app, name="check")
commands.add_typer(region_app, name="region")
commands.add_typer(observe_app, name="observe")


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
    for problem in added.refused:
        print(f"refused: {problem}", file=sys.stderr)


@observe_app.command("template")
def observe_template(
    out: Annotated[Path, typer.Argument(help="File to write, .csv or .xlsx.")],
    region: RegionPath = "central_asia",
) -> None:
    """Write the form for readings, with the stations and quantities of the region."""
    from mirab.observe import forms
    from mirab.observe import region as regions

    print(f"wrote {forms.template(regions.load(region), out)}")


def _print_tables(rows: Iterable[Summary]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("table", "rows", "by confidence", box=None)
    for row in rows:
        shares = ", ".join(f"{count} {name}" for name, count in row.by_confidence.items())
        table.add_row(row.table, str(row.rows), shares)
    Console().print(table)
