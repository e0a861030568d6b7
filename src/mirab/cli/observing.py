"""Live data: ask sources, see how old everything is, and on which terms they may be asked."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperGroup

from mirab.cli.options import AsJson, RegionPath, Seed, day, own

if TYPE_CHECKING:
    from typer._click import Context

    from mirab.observe.connector import Terms
    from mirab.observe.polling import Outcome, Progress

POLL, MISSED, SERVICE = "poll", 1, "mirab"


class Polling(TyperGroup):
    """A group of commands in which words that are none of them are sources to poll."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Take `observe unhcr` and `observe` alone as `observe poll ...`."""
        given = args[0] if args else ""
        named = given in self.commands or given in ctx.help_option_names
        return super().parse_args(ctx, args if named else [POLL, *args])


commands = typer.Typer()
observe_app = typer.Typer(
    cls=Polling, help="Bring in live data (`mirab observe [SOURCE ...]`) and your own observations."
)
commands.add_typer(observe_app, name="observe")


@observe_app.command(POLL)
def observe_poll(
    source: Annotated[
        list[str] | None, typer.Argument(help="Ids of sources; the usual ones if none.")
    ] = None,
    since: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="First day that is asked for.")] = "",
    again: Annotated[
        bool, typer.Option("--again", help="Ask for pages that were asked for lately too.")
    ] = False,
    kept: Annotated[
        bool, typer.Option("--kept", help="Ask for nothing: parse the pages that are kept again.")
    ] = False,
    region: RegionPath = "central_asia",
    seed: Seed = 1,
    json: AsJson = False,
) -> None:
    """Ask sources of live data and keep what they say; exit 1 where one is absent."""
    from mirab.observe import region as regions
    from mirab.observe import sources
    from mirab.observe.polling import Plan, poll
    from mirab.stages.observing import live_store

    pack = regions.load(region)
    chosen = sources.chosen(source or ())
    plan = Plan(
        store=live_store(own(), pack),
        tables=pack,
        since=day(since, "--since") if since else None,
        again=again,
        kept=kept,
        settings=_settings(chosen),
        seed=seed,
    )
    with _progress(chosen) as told:
        found = poll(chosen, plan, told)
    _print_json(found) if json else _show(found)
    if any(one.absent for one in found):
        raise typer.Exit(MISSED)


def _settings(chosen: Sequence[Terms]) -> dict[str, str]:
    """Values of the settings that sources name: from the environment, else from a keyring."""
    names = {name for one in chosen for name in (one.key, one.user) if name}
    return {name: os.environ.get(name) or _from_keyring(name) for name in sorted(names)}


def _from_keyring(name: str) -> str:
    if not find_spec("keyring"):
        return ""
    keyring, errors = importlib.import_module("keyring"), importlib.import_module("keyring.errors")
    try:
        return str(keyring.get_password(SERVICE, name) or "")
    except errors.KeyringError:
        return ""


@contextmanager
def _progress(chosen: Sequence[Terms]) -> Iterator[Progress]:
    """A line for each source on the terminal's error stream; silent where that is no terminal."""
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import SpinnerColumn, TextColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed:.0f} pages"))
    with Bars(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        tasks = {one.source_id: bar.add_task(one.source_id, total=None) for one in chosen}
        yield lambda name, pages: bar.update(tasks[name], completed=pages)


def _show(found: Sequence[Outcome]) -> None:
    from rich.console import Console
    from rich.table import Table

    names = ("asked", "new", "revised", "edition", "same", "gone", "refused", "last good")
    table = Table("source", *names, box=None)
    for one in found:
        tally = one.tally
        counts = (one.asked, tally.new, tally.revised, tally.editions, tally.repeated, tally.withdrawn)
        told = (*map(str, (*counts, len(tally.refused))), str(one.last_good or "never"))
        table.add_row(one.terms.source_id, *told)
    Console().print(table)
    for one in found:
        for problem in one.tally.refused:
            print(f"refused: {one.terms.source_id}: {problem}", file=sys.stderr)
        if one.absent:
            print(f"absent: {one.terms.source_id}: {one.absent}", file=sys.stderr)


def _print_json(found: Sequence[Outcome]) -> None:
    import json

    told = [
        {
            "source": one.terms.source_id,
            "asked": one.asked,
            "new": one.tally.new,
            "revised": one.tally.revised,
            "new_edition": one.tally.editions,
            "as_before": one.tally.repeated,
            "withdrawn": one.tally.withdrawn,
            "refused": list(map(str, one.tally.refused)),
            "absent": one.absent,
            "last_good": one.last_good.isoformat() if one.last_good else None,
            "seconds": round(one.seconds, 3),
        }
        for one in found
    ]
    print(json.dumps(told, ensure_ascii=False, indent=1))
