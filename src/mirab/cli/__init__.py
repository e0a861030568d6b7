"""The commands: one short function each, a file for each group.

Only this package reads arguments and the environment.
Heavy libraries and the stages are imported inside the commands, so that `mirab --help` stays quick.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from mirab import __version__
from mirab.cli import (
    briefing,
    follow,
    forecasts,
    incidents,
    issues,
    notes,
    observing,
    packs,
    press,
    proof,
    safety,
    sending,
    serve,
    targets,
    threats,
    translating,
)
from mirab.core.errors import MirabError

USER_MISTAKE = 2
INTERRUPTED = 130

app = typer.Typer(
    name="mirab",
    help="What is happening, what will fail, what every state would accept, and what was promised.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for group in (
    briefing,
    issues,
    serve,
    follow,
    targets,
    forecasts,
    threats,
    incidents,
    press,
    observing,
    packs,
    proof,
    notes,
    safety,
    sending,
    translating,
):
    app.add_typer(group.commands)


def main() -> None:
    """Run the command line: exit code 2 and the message alone for a user's mistake, 130 for an interrupt."""
    try:
        app(prog_name="mirab")
    except MirabError as mistake:
        print(mistake, file=sys.stderr)
        sys.exit(USER_MISTAKE)
    except (KeyboardInterrupt, SystemExit, RuntimeError) as end:
        if not _is_interrupt(end):
            raise
        print("interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)


def _is_interrupt(end: BaseException) -> bool:
    """Whether Ctrl-C is behind an end: Typer makes it an exit code, DuckDB an error without a class."""
    if isinstance(end, SystemExit):
        return end.code == INTERRUPTED
    return isinstance(end, KeyboardInterrupt) or str(end) == "Query interrupted"


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
