"""Live data: ask sources, see how old everything is, and on which terms they may be asked."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperGroup

from mirab.cli.options import AsJson, On, RegionPath, Seed, day, own, wish
from mirab.core.errors import InputError, Problem
from mirab.core.plain import to_dict

if TYPE_CHECKING:
    from typer._click import Context

    from mirab.observe.connector import Terms
    from mirab.observe.freshness import Age
    from mirab.observe.polling import Outcome, Progress
    from mirab.observe.press.polled import Taken

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
    from mirab.stages.hearing import taken_in
    from mirab.stages.observing import live_store

    pack = regions.load(region)
    chosen = sources.chosen(source or (), sources.of(pack))
    plan = Plan(
        store=live_store(own(), pack),
        tables=pack,
        since=_past(since) if since else None,
        again=again,
        kept=kept,
        settings=_settings(chosen),
        seed=seed,
    )
    with _progress(chosen) as told:
        found = poll(chosen, plan, told)
    texts = taken_in(own(), pack, chosen, plan.now().date())
    _print_json(found, texts) if json else _show(found, texts)
    if any(one.absent for one in found):
        raise typer.Exit(MISSED)


def _past(since: str) -> date:
    """The day of --since; InputError for one that has not come yet."""
    first = day(since, "--since")
    if first > datetime.now(UTC).date():
        problem = Problem("--since", f"{since} has not come yet", "give a day of the past, or leave it out")
        raise InputError("options", [problem])
    return first


@observe_app.command("status")
def observe_status(region: RegionPath = "central_asia", on: On = None, json: AsJson = False) -> None:
    """How old every series of every live source is, against its limit; which are absent, and why."""
    from mirab.core.records import Marking
    from mirab.observe import region as regions
    from mirab.stages.observing import ages

    asked = replace(wish(region, on, 1, 1, Path()), audience=Marking.INTERNAL)
    found = ages(asked, regions.load(region))
    _print_ages(found) if json else _show_ages(found)


@observe_app.command("sources")
def observe_sources(region: RegionPath = "central_asia", json: AsJson = False) -> None:
    """List the live sources: licence, how often they change, and what is needed to ask them."""
    from mirab.observe import region as regions
    from mirab.observe import sources

    found = list(sources.of(regions.load(region)).values())
    if json:
        _print([to_dict(one) for one in found])
        return
    for one in found:
        usual = "asked by default" if one.by_default else "asked where it is named"
        passed = "may be passed on" if one.redistributable else "may not be passed on"
        print(f"{one.source_id}: {one.title} ({one.publisher}); {usual}")
        print(f"  {one.licence}, {passed}; cite as: {one.citation}")
        print(
            f"  new every {one.cadence_days:g} days, stale after {one.stale_days:g},"
            f" figures seen by: {one.shown_to.value}, texts by: {one.marking.value}"
        )
        for name in filter(None, (one.key, one.user)):
            print(f"  needs {name}: {one.key_how}")
        if one.note:
            print(f"  {one.note}")


def _show_ages(found: Sequence[Age]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("source", "series", "values", "last day", "age", "limit", "last good", "", box=None)
    for one in found:
        mark = "absent" if one.fault else "stale" if one.stale else "" if one.asked else "never asked"
        rows = [(each.quantity, str(each.values), str(each.last)) for each in one.series] or [("", "", "")]
        for quantity, values, last in rows:
            days = (one.on - date.fromisoformat(last)).days if last else one.days
            age = "" if days is None else f"{max(0, days)} d"
            limit = f"{one.terms.stale_days:g} d"
            table.add_row(
                one.terms.source_id, quantity, values, last, age, limit, str(one.last_good or ""), mark
            )
    Console().print(table)
    for one in found:
        if one.fault:
            print(f"absent: {one.terms.source_id} on {one.asked}: {one.reason}", file=sys.stderr)


def _print_ages(found: Sequence[Age]) -> None:
    _print(
        [
            {
                "source": one.terms.source_id,
                "asked": one.asked.isoformat() if one.asked else None,
                "last_good": one.last_good.isoformat() if one.last_good else None,
                "last": one.last.isoformat() if one.last else None,
                "days": one.days,
                "limit_days": one.terms.stale_days,
                "stale": one.stale,
                "fault": one.fault,
                "reason": one.reason,
                "series": [to_dict(each) for each in one.series],
            }
            for one in found
        ]
    )


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


def _show(found: Sequence[Outcome], texts: Mapping[str, Taken]) -> None:
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
    for name, taken in texts.items():
        if taken.read or taken.known:
            print(f"{name}: texts read {taken.read}, known before {taken.known}")
        for problem in taken.refused:
            print(f"refused: {name}: {problem}", file=sys.stderr)
    for one in found:
        for problem in one.tally.refused:
            print(f"refused: {one.terms.source_id}: {problem}", file=sys.stderr)
        if one.absent:
            print(f"absent: {one.terms.source_id}: {one.absent}", file=sys.stderr)


def _taken(one: Outcome, texts: Mapping[str, Taken]) -> Taken:
    from mirab.observe.press.polled import Taken

    return texts.get(one.terms.source_id, Taken())


def _print_json(found: Sequence[Outcome], texts: Mapping[str, Taken]) -> None:
    told = [
        {
            "source": one.terms.source_id,
            "asked": one.asked,
            "new": one.tally.new,
            "revised": one.tally.revised,
            "new_edition": one.tally.editions,
            "as_before": one.tally.repeated,
            "withdrawn": one.tally.withdrawn,
            "refused": list(map(str, (*one.tally.refused, *_taken(one, texts).refused))),
            "texts_read": _taken(one, texts).read,
            "texts_known": _taken(one, texts).known,
            "absent": one.absent,
            "last_good": one.last_good.isoformat() if one.last_good else None,
            "seconds": round(one.seconds, 3),
        }
        for one in found
    ]
    _print(told)


def _print(told: object) -> None:
    import json

    print(json.dumps(told, ensure_ascii=False, indent=1))
