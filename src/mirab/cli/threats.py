"""What analysts judge: enter a threat, move a level with a reason, close it, and see how they did."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mirab.cli.options import On, RegionPath, wish

if TYPE_CHECKING:
    from mirab.warn.journal import Journal

commands = typer.Typer()
threat_app = typer.Typer(help="Enter threats, move levels, close and score them.", no_args_is_help=True)
commands.add_typer(threat_app, name="threat")

Author = Annotated[str, typer.Option(help="Who judges; the name of your account by default.")]
LevelOf = Annotated[str, typer.Option("--level", help="watch, potential or existing.")]
Reason = Annotated[str, typer.Option(help="Why; what the computation cannot see.")]
Review = Annotated[str, typer.Option(metavar="DATE", help="When it is to be looked at again.")]
SourceOf = Annotated[str, typer.Option("--source", help="What it rests on, in words.")]
MarkingOf = Annotated[str, typer.Option("--marking", help="Who may see it: public, partners, internal.")]
Seen = Annotated[str, typer.Option(metavar="DATE", help="Day of the event; for level existing.")]


@threat_app.command("add")
def threat_add(
    id: Annotated[str, typer.Argument(help="Id: small letters, digits and _.")],
    title: Annotated[str, typer.Option(help="What threatens, in neutral words.")] = "",
    states: Annotated[str, typer.Option(help="States concerned, joined by |.")] = "",
    level: LevelOf = "",
    probability: Annotated[str, typer.Option(metavar="BAND", help="Such as 10-30%.")] = "",
    window: Annotated[str, typer.Option(metavar="FROM/TO", help="First and last day.")] = "",
    reason: Reason = "",
    source: SourceOf = "",
    review: Review = "",
    seen: Seen = "",
    theme: Annotated[str, typer.Option(help="Field: security, water, ...")] = "security",
    marking: MarkingOf = "internal",
    author: Author = "",
    region: RegionPath = "central_asia",
) -> None:
    """Enter a threat of your own; only an audience that its marking allows sees it in a briefing."""
    cells = {"title": title, "states": states.upper(), "level": level, "probability": probability}
    cells |= {"window": window, "reason": reason, "source": source, "review": review, "seen": seen}
    cells |= {"theme": theme, "marking": marking}
    _write("add", f"analyst:{id}", cells, author, region)
    print(f"entered analyst:{id}, seen by: {marking}")


@threat_app.command("assess")
def threat_assess(
    id: Annotated[str, typer.Argument(help="Id of a threat, as the briefing or the list names it.")],
    level: LevelOf = "",
    reason: Reason = "",
    review: Review = "",
    seen: Seen = "",
    marking: MarkingOf = "internal",
    author: Author = "",
    region: RegionPath = "central_asia",
) -> None:
    """Move the level of a threat, with a reason; the computed level stays beside it until the review."""
    cells = {"level": level, "reason": reason, "review": review, "seen": seen, "marking": marking}
    _write("assess", id, cells, author, region)
    print(f"assessed {id}: {level}, seen by: {marking}")


@threat_app.command("close")
def threat_close(
    id: Annotated[str, typer.Argument(help="Id of a threat that was entered.")],
    came: Annotated[str, typer.Option(help="Whether it came: yes, no or withdrawn.")] = "",
    source: SourceOf = "",
    author: Author = "",
    region: RegionPath = "central_asia",
) -> None:
    """Close a threat of an analyst with what came; it is then scored."""
    _write("close", id, {"came": came, "source": source}, author, region)
    print(f"closed {id}: {came}")


@threat_app.command("list")
def threat_list(
    by_author: Annotated[bool, typer.Option("--by-author", help="Scores by author: internal.")] = False,
    region: RegionPath = "central_asia",
    on: On = None,
) -> None:
    """List the open threats of analysts, and how the closed ones came out."""
    from mirab.warn import judgements

    acts, day = _journal(region)[0].acts(), wish(region, on, 1, 1, Path()).on
    for one in judgements.own(acts, day):
        last = one.window[1] if one.window else day
        print(f"{one.id} ({one.level.value}, {', '.join(one.states)}, to {last}): {one.title}")
    known = [act for act in acts if act.day <= day]
    print(judgements.score_words(judgements.score(known)))
    for author in sorted({act.cells["author"] for act in known}) if by_author else ():
        print(f"{author}: {judgements.score_words(judgements.score(known, author=author))} (internal)")


def _write(kind: str, id: str, cells: dict[str, str], author: str, region: str) -> None:
    journal, states = _journal(region)
    given = {name: cell for name, cell in cells.items() if cell}
    journal.write(kind, id, given | {"author": author or getpass.getuser()}, states)


def _journal(region: str) -> tuple[Journal, set[str]]:
    from mirab import centre
    from mirab.observe import region as regions

    pack = regions.load(region)
    states = {row["state"] for row in (*pack.states, *pack.rows("other_states"))}
    return centre.journal(wish(region, None, 1, 1, Path()), pack), states
