"""The briefing, and what is asked beside it: why a threat comes about, what a change does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from mirab.cli.exits import Opened, Without, print_exits
from mirab.cli.options import (
    AsJson,
    Cluster,
    Formats,
    Guiding,
    Languages,
    Members,
    On,
    Out,
    RegionPath,
    Seed,
    Template,
    languages,
    own,
    progress,
    wish,
)
from mirab.core.imprint import Cadence, Imprint
from mirab.core.records import Marking

commands = typer.Typer()


@commands.command()
def brief(
    region: RegionPath = "central_asia",
    on: On = None,
    profile: Annotated[str, typer.Option(help="prevention or sdg; the region's own by default.")] = "",
    members: Members = 1000,
    seed: Seed = 1,
    focus: Annotated[str, typer.Option(metavar="STATE", help="One state on one page (ISO alpha-3).")] = "",
    audience: Annotated[Marking, typer.Option(help="Who may read it.")] = Marking.PUBLIC,
    lang: Languages = "en",
    out: Out = Path("briefing"),
    cluster: Cluster = "",
    cadence: Annotated[Cadence, typer.Option(help="How often this series appears.")] = Cadence.AD_HOC,
    corrects: Annotated[int, typer.Option(metavar="NUMBER", help="Issue that this one corrects.")] = 0,
    correction: Annotated[str, typer.Option(help="What was wrong in it.")] = "",
    format: Formats = None,
    template: Template = None,
    flood_forecast: Guiding = "",
) -> None:
    """Write the briefing as a page, records and tables, and print its short form."""
    from rich.console import Console

    from mirab import centre
    from mirab.brief import terminal
    from mirab.cluster import connected

    asked = wish(region, on, members, seed, out)
    asked = replace(asked, profile=profile, focus=focus.upper(), audience=audience, languages=languages(lang))
    asked = replace(asked, imprint=Imprint(cadence, corrects=corrects, correction=correction))
    asked = replace(asked, formats=tuple(format or ()), template=template, guiding=flood_forecast)
    with connected(cluster) as client, progress() as show:
        written, paths = centre.brief(replace(asked, client=client), show)
    terminal.show(written, Console())
    print(f"\nwrote {paths[0]} and {len(paths) - 1} more files beside it")


@commands.command("template")
def template_(
    out: Annotated[Path, typer.Argument(help="File to write, .docx.")],
) -> None:
    """Write the house template of Word files, for an office to change and give back with --template."""
    from mirab.brief import house

    print(f"wrote {house.write(out)}; change it, then: mirab brief --format docx --template {out}")


@commands.command()
def explain(
    threat: Annotated[str, typer.Argument(help="Id of a threat or a joint step of the last briefing.")],
    out: Out = Path("briefing"),
    region: Annotated[str, typer.Option(help="Pack of the briefing, where it is not a bundled one.")] = "",
    cluster: Cluster = "",
    flood_forecast: Guiding = "",
) -> None:
    """Say why a threat of the last briefing comes about, or what a joint step of it changes and does."""
    from mirab import inquiry
    from mirab.brief import joint
    from mirab.cluster import connected

    if step := inquiry.step_told(threat, out):
        option, issue = step
        joint.show_one(option, {one.id: one.title for one in issue.threats}, issue.state_names)
        return
    with connected(cluster) as client, progress() as show:
        lines = inquiry.explain(
            threat, out, own(), region=region, guiding=flood_forecast, progress=show, client=client
        )
    print("\n".join(lines))


@commands.command()
def resolve(
    about: Annotated[
        str, typer.Argument(help="A threat, a step, or a system (water:syr-darya, corridor:together).")
    ] = "",
    region: RegionPath = "central_asia",
    on: On = None,
    members: Members = 1000,
    seed: Seed = 1,
    audience: Annotated[Marking, typer.Option(help="Who may read it.")] = Marking.INTERNAL,
    json: AsJson = False,
    cluster: Cluster = "",
) -> None:
    """Say which joint steps make a threat less likely, who must agree, and what each state gains or loses."""
    from mirab import joint as answers
    from mirab.brief import joint, players, relief, together
    from mirab.cluster import connected

    asked = replace(wish(region, on, members, seed, Path()), audience=audience)
    with connected(cluster) as client, progress() as show:
        found = answers.resolved(about, replace(asked, client=client), show)
    if isinstance(found, relief.Saved):
        relief.print_json(found) if json else relief.show(found)
    elif isinstance(found, together.Together):
        together.print_json(found) if json else together.show(found)
    elif isinstance(found, players.Joined):
        players.print_json(found) if json else players.show(found)
    elif json:
        joint.print_json(found.options)
    elif about and len(found.options) == 1:
        titles = {threat.id: threat.title for threat in found.threats}
        joint.show_one(found.options[0], titles, found.state_names)
    else:
        joint.show(found.threats, found.options, found.state_names)


@commands.command()
def simulate(
    domain: Annotated[str, typer.Argument(help="A domain: water, corridor, or fibre.")],
    scenario: Annotated[str, typer.Option(help="A scenario of the pack; --list shows them.")] = "",
    region: RegionPath = "central_asia",
    on: On = None,
    members: Members = 1000,
    seed: Seed = 1,
    list_: Annotated[bool, typer.Option("--list", help="List the scenarios of the pack.")] = False,
    without: Without = None,
    opened: Opened = None,
    json: AsJson = False,
    cluster: Cluster = "",
) -> None:
    """Run a scenario beside the outlook, and say what it changes; of links, what is left without some."""
    from mirab import inquiry
    from mirab.brief import comparison
    from mirab.cluster import connected

    asked = wish(region, on, members, seed, Path())
    if inquiry.has_links(domain):
        print_exits(inquiry.without(domain, without or (), opened or (), asked), json=json)
        return
    if list_ or not scenario:
        known = inquiry.scenarios_of(domain, asked)
        comparison.print_json(known) if json else comparison.show_list(known)
        return
    with connected(cluster) as client, progress() as show:
        found = inquiry.simulate(domain, scenario, replace(asked, client=client), show)
    comparison.print_json(found) if json else comparison.show(found)
