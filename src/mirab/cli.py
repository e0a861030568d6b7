"""The commands: one short function each. Only this module reads arguments and the environment.

Heavy libraries and the stages are imported inside the commands, so that `mirab --help` stays quick.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from mirab import __version__
from mirab.core.errors import MirabError, SetupError

USER_MISTAKE = 2
INTERRUPTED = 130

app = typer.Typer(
    name="mirab",
    help="What is happening, what will fail, what every state would accept, and what was promised.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Write = Annotated[
    bool, typer.Option("--write", help="Write the committed table under docs/ (in a checkout).")
]


def main() -> None:
    """Run the command line: exit code 2 and the message alone for a user's mistake, 130 for an interrupt."""
    try:
        app(prog_name="mirab")
    except MirabError as mistake:
        print(mistake, file=sys.stderr)
        sys.exit(USER_MISTAKE)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"mirab {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Take the options that stand before a command."""


@app.command()
def validate(
    area: Annotated[str, typer.Argument(help="calendar, water, ...")],
    json: AsJson = False,
    write: Write = False,
) -> None:
    """Compare an area with published values; exit code 1 when a must misses."""
    from mirab.validation import harness

    report = harness.run(area)
    if write:
        print(f"wrote {harness.write(report)}", file=sys.stderr)
    print(harness.as_json(report)) if json else harness.show(report)
    raise typer.Exit(1 if report.missed else 0)


@app.command()
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


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test() -> None:
    """Say how to run the tests: they belong to a checkout and to its own script."""
    raise SetupError("the tests run in a checkout: ./mirab test installs their tools and runs all checks")
