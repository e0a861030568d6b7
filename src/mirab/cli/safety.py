"""What keeps a user's data safe: backup, restore, and the audit of all that was written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mirab.cli.options import AsJson, own

MISSED = 1

commands = typer.Typer()
audit_app = typer.Typer(help="Who wrote what when, in a chain of hashes.", no_args_is_help=True)
commands.add_typer(audit_app, name="audit")

Backup = Annotated[Path, typer.Argument(help="File of the backup.")]


@commands.command()
def backup(file: Backup) -> None:
    """Copy your data folder into one file, verified; readings, promises, judgements, press, issues."""
    from mirab import backup
    from mirab.brief import desk

    copied = backup.save(own().parent, file)
    print(f"wrote {file}: {len(copied.files)} files of {own().parent}, read back")
    desk.show_verdicts([one for one in copied.files.values() if one])


@commands.command()
def restore(
    file: Backup,
    into: Annotated[Path | None, typer.Option(help="Folder to restore; your data folder by default.")] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Set a folder that holds data aside under another name.")
    ] = False,
) -> None:
    """Put a backup back, whole or not at all; what it holds is verified before anything is touched."""
    from mirab import backup
    from mirab.brief import desk

    home = into or own().parent
    copied, old = backup.restore(file, home, replacing=replace)
    print(f"restored {len(copied.files)} files to {home}")
    desk.show_verdicts([one for one in copied.files.values() if one])
    if old:
        print(f"what was there before is in {old}")


@audit_app.command("list")
def audit_list(json: AsJson = False) -> None:
    """List every writing of your files in order of time: when, by which account, how many rows of what."""
    from mirab.brief import desk

    desk.print_audit(_files()) if json else desk.show_audit(_files())


@audit_app.command("verify")
def audit_verify(json: AsJson = False) -> None:
    """Check the chain of every file, and every row against the entry that brought it; exit 1 if one fails."""
    from mirab import audit
    from mirab.brief import desk

    verdicts = [audit.verify(path) for path in _files()]
    desk.print_verdicts(verdicts) if json else desk.show_verdicts(verdicts)
    if any(one.faults or one.damage for one in verdicts):
        raise typer.Exit(MISSED)


def _files() -> list[Path]:
    return sorted(own().parent.rglob("*.sqlite"))
