"""The page: the region on one machine, in a browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from mirab.cli.options import Members, On, Out, RegionPath, Seed, progress, wish
from mirab.core.records import Marking

commands = typer.Typer()


@commands.command()
def serve(
    out: Out = Path("briefing"),
    region: RegionPath = "central_asia",
    on: On = None,
    members: Members = 1000,
    seed: Seed = 1,
    audience: Annotated[Marking, typer.Option(help="Who may read it; never wider than the briefing.")] = (
        Marking.INTERNAL
    ),
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = 8000,
    host: Annotated[str, typer.Option(help="Address on this machine.")] = "127.0.0.1",
) -> None:
    """Show the region in a browser on this machine; writes a briefing first where the folder holds none."""
    from mirab import centre
    from mirab.follow import issues
    from mirab.web import guard, serving

    guard.check_address(host)
    asked = replace(wish(region, on, members, seed, out), audience=audience)
    if issues.previous(out) is None:
        with progress() as show:
            centre.brief(asked, show)
    serving.run(asked, host, port)
