"""What groups of states can reach together."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mirab.cli.options import AsJson, On, RegionPath, Seed, progress, wish

commands = typer.Typer()


@commands.command()
def coalitions(
    domain: Annotated[str, typer.Argument(help="A domain with a network and values: water.")] = "water",
    region: RegionPath = "central_asia",
    on: On = None,
    members: Annotated[int, typer.Option(min=1, max=1000, help="Members of the ensemble.")] = 50,
    seed: Seed = 1,
    json: AsJson = False,
) -> None:
    """Say what every group of states can reach together, with the inflow known beforehand and without."""
    from mirab import inquiry
    from mirab.brief import together

    with progress() as show:
        found = inquiry.coalitions(domain, wish(region, on, members, seed, Path()), show)
    together.print_json(found) if json else together.show(found)
