"""Targets: how far each state is, and what the members say of 2030 and 2034."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mirab.cli.options import AsJson, Members, On, RegionPath, Seed, wish

commands = typer.Typer()


@commands.command()
def targets(
    region: RegionPath = "central_asia",
    on: On = None,
    state: Annotated[str, typer.Option(help="Every target of one state (ISO alpha-3).")] = "",
    members: Members = 1000,
    seed: Seed = 1,
    weights: Annotated[str, typer.Option(help="ESCAP-style line: linear, equal or recent.")] = "linear",
    json: AsJson = False,
) -> None:
    """Show goals by state, the targets of programmes, and the chance that each is met in time."""
    from mirab import inquiry
    from mirab.brief import aims
    from mirab.observe import region as regions

    asked = wish(region, on, members, seed, Path())
    found, steps = inquiry.aims(asked, weights), inquiry.steps(region)
    if json:
        chosen = state.upper()
        print(aims.as_json(found, state=chosen, on=asked.on, members=members, seed=seed, steps=steps))
        return
    names = {row["state"]: row["name"] for row in regions.load(region).states}
    aims.show(found, names, state=state.upper(), steps=steps)
