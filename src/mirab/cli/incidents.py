"""Dated events that a user writes down: border incidents, attacks, protests, prices, hazards."""

from __future__ import annotations

import getpass
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mirab.cli.options import On, RegionPath, own, wish

if TYPE_CHECKING:
    from mirab.core.incidents import Aside, Sorted
    from mirab.observe.incidents import IncidentStore, Known

commands = typer.Typer()
incident_app = typer.Typer(
    help="Write down dated, sourced events of kinds of the pack.", no_args_is_help=True
)
commands.add_typer(incident_app, name="incident")

Id = Annotated[
    str, typer.Argument(help="Id: small letters, digits and _; one that is there: a later edition.")
]
Author = Annotated[str, typer.Option(help="Who writes it down; the name of your account by default.")]


@incident_app.command("add")
def incident_add(
    id: Id,
    kind: Annotated[str, typer.Option(help="A kind of the pack, such as border_incident.")] = "",
    states: Annotated[str, typer.Option(help="States concerned, joined by |.")] = "",
    date: Annotated[str, typer.Option(metavar="DATE", help="The day on which it happened.")] = "",
    title: Annotated[str, typer.Option(help="What happened, in neutral words.")] = "",
    place: Annotated[str, typer.Option(help="Where, in words.")] = "",
    source: Annotated[str, typer.Option(help="Who tells it, with address or number.")] = "",
    vintage: Annotated[str, typer.Option(help="Edition that tells it, such as 'Candidate 26.0.9'.")] = "",
    told: Annotated[str, typer.Option(metavar="DATE", help="When that edition appeared; today.")] = "",
    apart: Annotated[str, typer.Option(help="Ids of events that it is not, joined by |.")] = "",
    marking: Annotated[str, typer.Option(help="Who may see it: public, partners, internal.")] = "internal",
    author: Author = "",
    region: RegionPath = "central_asia",
) -> None:
    """Write down an event, or a later edition of one; only an audience that its marking allows sees it."""
    cells = {"kind": kind, "states": states.upper(), "date": date, "title": title, "place": place}
    cells |= {"source": source, "vintage": vintage, "told": told, "apart": apart, "marking": marking}
    given = {name: cell for name, cell in cells.items() if cell} | {"author": author or getpass.getuser()}
    store, known = _store(region)
    line = store.add(id, given, known)
    print(f"entered own:{id} ({line.cells['vintage']}), seen by: {marking}")
    for one in _sorted(region, None).aside:
        if f"own:{id}" in (one.incident.id, one.other.id):
            print(_told(one))


@incident_app.command("withdraw")
def incident_withdraw(
    id: Annotated[str, typer.Argument(help="Id of an event that was entered.")],
    reason: Annotated[str, typer.Option(help="Why it is taken out.")] = "",
    author: Author = "",
    region: RegionPath = "central_asia",
) -> None:
    """Take an event out; its lines stay in the file."""
    store, _ = _store(region)
    store.withdraw(id, reason, author or getpass.getuser())
    print(f"withdrawn own:{id}")


@incident_app.command("list")
def incident_list(region: RegionPath = "central_asia", on: On = None) -> None:
    """List the events of the pack and your own that were told by a date, and what was set aside."""
    found = _sorted(region, on)
    if not found.standing:
        print("no dated event is written down: absent is not none")
    for one in found.standing:
        what = ": ".join(part for part in (one.kind_title, one.place, one.title) if part)
        print(f"{one.day} {one.id} ({', '.join(one.states)}): {what} [{one.vintage}]")
    for aside in found.aside:
        print(_told(aside))


@incident_app.command("kinds")
def incident_kinds(region: RegionPath = "central_asia") -> None:
    """List the kinds of the pack, with what counts as one and the entry of an outside catalogue of risks."""
    _, known = _store(region)
    for row in known.kinds.values():
        print(f"{row['kind']}: {row['meaning']} (catalogue: {row['catalogue'] or 'not mapped'})")


def _sorted(region: str, on: str | None) -> Sorted:
    from mirab import centre
    from mirab.core.records import Marking

    return centre.observe(replace(wish(region, on, 1, 1, Path()), audience=Marking.INTERNAL)).incidents


def _told(aside: Aside) -> str:
    return f"not counted: {aside.incident.id} ({aside.incident.vintage}): {aside.reason}"


def _store(region: str) -> tuple[IncidentStore, Known]:
    from mirab.observe import region as regions
    from mirab.stages.observing import incident_store

    return incident_store(own(), regions.load(region))
