"""What the command line offers, for tests of the texts that name it."""

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
