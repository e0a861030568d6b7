"""Forecasts of what is counted: chances by state, with how the same method did before."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mirab.cli.options import AsJson, Members, On, RegionPath, Seed, wish

commands = typer.Typer()


@commands.command()
def forecast(
    domain: Annotated[str, typer.Argument(help="security, ...; or a quantity with figures, such as inflow.")],
    region: RegionPath = "central_asia",
    on: On = None,
    members: Members = 1000,
    seed: Seed = 1,
    method: Annotated[
        str,
        typer.Option(metavar="NAME", help="Another forecaster than the default, such as recency_boosted."),
    ] = "",
    json: AsJson = False,
) -> None:
    """Show the chances of the next months or years, with past scores, and where there is no skill.

    Of any other quantity that has figures, such as inflow or press_events: the year ahead from past years.
    """
    from mirab import inquiry
    from mirab.brief import outlooks
    from mirab.core.fields import fields

    asked = wish(region, on, members, seed, Path())
    if domain in fields():
        made = inquiry.series_ahead(domain, asked, method)
        told = outlooks.as_json(outlooks.series("series", made)) if json else "\n".join(outlooks.ahead(made))
        print(told)
        return
    found = inquiry.forecasts(domain, asked, method)
    print(outlooks.as_json(found)) if json else outlooks.show(found)
