"""What shows that it is right and fast: validate, bench; and where the tests are."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from mirab.cli.options import AsJson, Write
from mirab.core.errors import SetupError

commands = typer.Typer()


@commands.command()
def validate(
    area: Annotated[str, typer.Argument(help="calendar, water, ...")],
    data: Annotated[
        Path | None,
        typer.Option(envvar="MIRAB_VALIDATION_DATA", help="Folder of data that are not part of the project."),
    ] = None,
    json: AsJson = False,
    write: Write = False,
) -> None:
    """Compare an area with published values; exit code 1 when a must misses."""
    from mirab.validation import harness

    report = harness.run(area, data)
    if write:
        print(f"wrote {harness.write(report)}", file=sys.stderr)
    print(harness.as_json(report)) if json else harness.show(report)
    raise typer.Exit(1 if report.missed else 0)


@commands.command()
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


@commands.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test() -> None:
    """Say how to run the tests: they belong to a checkout and to its own script."""
    raise SetupError("the tests run in a checkout: ./mirab test installs their tools and runs all checks")
