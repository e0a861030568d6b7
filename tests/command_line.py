"""The command line without a new process: what it offers, and what a command says."""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from unittest.mock import patch

import typer.main

from mirab import cli
from mirab.cli.observing import POLL, Polling


def exists(command: str) -> bool:
    """Whether the words of a command lead to one, and its options are options of it."""
    found = typer.main.get_command(cli.app)
    words = command.split()[1:]
    while words and words[0] in getattr(found, "commands", {}):
        found = found.commands[words.pop(0)]
    if isinstance(found, Polling):
        found = found.commands[POLL]
    options = {option for parameter in found.params for option in parameter.opts}
    asked = {word for word in words if word.startswith("--")}
    return not hasattr(found, "commands") and asked <= options


@dataclass(frozen=True)
class Told:
    """What a command left: its exit code and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: str, given: str = "") -> Told:
    """Run a command as `mirab` does, with a text on standard input; imports of another command are shared."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    typed = patch.object(sys, "argv", ["mirab", *arguments])
    piped = patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode()), encoding="utf-8"))
    with typed, piped, redirect_stdout(out), redirect_stderr(err):
        try:
            cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
    return Told(code, out.getvalue(), err.getvalue())
