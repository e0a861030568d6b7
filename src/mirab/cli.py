"""The commands: one short function each. Only this module reads arguments and the environment.

Heavy libraries and the stages are imported inside the commands, so that `mirab --help` stays quick.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mirab import __version__
from mirab.core.errors import InputError, MirabError, Problem, SetupError
from mirab.core.records import Marking

if TYPE_CHECKING:
    from mirab.centre import Wish
    from mirab.observe.describe import Summary

USER_MISTAKE = 2
INTERRUPTED = 130

app = typer.Typer(
    name="mirab",
    help="What is happening, what will fail, what every state would accept, and what was promised.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

check_app = typer.Typer(help="Prove a region, a domain or a section.", no_args_is_help=True)
region_app = typer.Typer(help="Make and describe region packs.", no_args_is_help=True)
observe_app = typer.Typer(help="Bring in your own observations.", no_args_is_help=True)
app.add_typer(check_app, name="check")
app.add_typer(region_app, name="region")
app.add_typer(observe_app, name="observe")

RegionPath = Annotated[str, typer.Option(help="Folder of a region pack, or a bundled one.")]
On = Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="As-of date; today by default.")]
Members = Annotated[int, typer.Option(min=1, max=10_000, help="Members of the ensemble.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of all randomness.")]
Out = Annotated[Path, typer.Option(help="Folder of the briefing.")]
Cluster = Annotated[
    str, typer.Option(metavar="ADDRESS", help="Dask scheduler whose workers simulate; else this machine.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Write = Annotated[
    bool, typer.Option("--write", help="Write the committed table under docs/ (in a checkout).")
]


def main() -> None:
    """Run the command line: exit code 2 and the message alone for a user's mistake, 130 for an interrupt."""
    try:
        app(prog_name="mirab")
    except MirabError as mistake:
        print(mistake, file=sys.stderr)
        sys.exit(USER_MISTAKE)
    except (KeyboardInterrupt, SystemExit, RuntimeError) as end:
        if not _is_interrupt(end):
            raise
        print("interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)


def _is_interrupt(end: BaseException) -> bool:
    """Whether Ctrl-C is behind an end: Typer makes it an exit code, DuckDB an error without a class."""
    if isinstance(end, SystemExit):
        return end.code == INTERRUPTED
    return isinstance(end, KeyboardInterrupt) or str(end) == "Query interrupted"


def _wish(region: str, on: str | None, members: int, seed: int, out: Path) -> Wish:
    from mirab.centre import Wish

    today = datetime.now(UTC).date()
    return Wish(region, _day(on) if on else today, today, out, _own(), members=members, seed=seed)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as cause:
        problem = Problem("--on", f"{text!r} is not a date", "give it as 2023-10-01")
        raise InputError("options", [problem]) from cause


def _own() -> Path:
    """File of the user's own observations: in MIRAB_HOME, else in the user's data folder."""
    home = os.environ.get("MIRAB_HOME")
    data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return (Path(home) if home else Path(data).expanduser() / "mirab") / "observations.sqlite"


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A line on the terminal's error stream that counts simulated parts; silent where that is no terminal."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("simulating", total=None)
        yield lambda done, whole: bar.update(task, completed=done, total=whole)


def _print_tables(rows: Iterable[Summary]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("table", "rows", "by confidence", box=None)
    for row in rows:
        shares = ", ".join(f"{count} {name}" for name, count in row.by_confidence.items())
        table.add_row(row.table, str(row.rows), shares)
    Console().print(table)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"mirab {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Take the options that stand before a command."""


@app.command()
def brief(
    region: RegionPath = "central_asia",
    on: On = None,
    profile: Annotated[str, typer.Option(help="prevention or sdg; the region's own by default.")] = "",
    members: Members = 1000,
    seed: Seed = 1,
    focus: Annotated[str, typer.Option(help="Only threats that touch this state (ISO alpha-3).")] = "",
    audience: Annotated[Marking, typer.Option(help="Who may read it.")] = Marking.PUBLIC,
    out: Out = Path("briefing"),
    cluster: Cluster = "",
) -> None:
    """Write the briefing as a page, records and tables, and print its short form."""
    from rich.console import Console

    from mirab import centre
    from mirab.brief import terminal
    from mirab.cluster import connected

    wish = _wish(region, on, members, seed, out)
    wish = replace(wish, profile=profile, focus=focus.upper(), audience=audience)
    with connected(cluster) as client, _progress() as show:
        written, paths = centre.brief(replace(wish, client=client), show)
    terminal.show(written, Console())
    print(f"\nwrote {paths[0]} and {len(paths) - 1} more files beside it")


@app.command()
def explain(
    threat: Annotated[str, typer.Argument(help="Id of a threat of the last briefing.")],
    out: Out = Path("briefing"),
    region: Annotated[str, typer.Option(help="Pack of the briefing, where it is not a bundled one.")] = "",
    cluster: Cluster = "",
) -> None:
    """Say why a threat of the last briefing comes about: what bound, who was senior, what would help."""
    from mirab import inquiry
    from mirab.cluster import connected

    with connected(cluster) as client, _progress() as show:
        lines = inquiry.explain(threat, out, _own(), region=region, progress=show, client=client)
    print("\n".join(lines))


@app.command()
def simulate(
    domain: Annotated[str, typer.Argument(help="A domain with a network: water.")],
    scenario: Annotated[str, typer.Option(help="A scenario of the pack; --list shows them.")] = "",
    region: RegionPath = "central_asia",
    on: On = None,
    members: Members = 1000,
    seed: Seed = 1,
    list_: Annotated[bool, typer.Option("--list", help="List the scenarios of the pack.")] = False,
    json: AsJson = False,
    cluster: Cluster = "",
) -> None:
    """Run a scenario beside the outlook, and say what it changes for each account, store, gauge and state."""
    from mirab import inquiry
    from mirab.brief import comparison
    from mirab.cluster import connected

    wish = _wish(region, on, members, seed, Path())
    if list_ or not scenario:
        known = inquiry.scenarios_of(domain, wish)
        comparison.print_json(known) if json else comparison.show_list(known)
        return
    with connected(cluster) as client, _progress() as show:
        found = inquiry.simulate(domain, scenario, replace(wish, client=client), show)
    comparison.print_json(found) if json else comparison.show(found)


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

    added = store.Store(_own()).add(file, regions.load(region), partial=partial)
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


@app.command()
def validate(
    area: Annotated[str, typer.Argument(help="calendar, water, ...")],
    json: AsJson = False,
    write: Write = False,
) -> None:
    """Compare an area with published values; exit code 1 when a must misses."""
    from mirab.validation import harness

    report = harness.run(area)
    if write:
        print(f"wrote {harness.write(report)}", file=sys.stderr)
    print(harness.as_json(report)) if json else harness.show(report)
    raise typer.Exit(1 if report.missed else 0)


@app.command()
def bench(
    area: Annotated[str, typer.Argument(help="A file of benchmarks/ without its ending.")],
    json: AsJson = False,
    write: Write = False,
) -> None:
    """Measure an area against a named peer in the same run, each figure as a ratio."""
    from mirab.validation import ratios

    measured = ratios.run(area)
    if write:
        print(f"wrote {ratios.write(measured)}", file=sys.stderr)
    print(ratios.as_json(measured)) if json else ratios.show(measured)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test() -> None:
    """Say how to run the tests: they belong to a checkout and to its own script."""
    raise SetupError("the tests run in a checkout: ./mirab test installs their tools and runs all checks")
