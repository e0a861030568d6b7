"""What goes out: letters with a briefing or a note, written for sending and never sent unasked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from mirab.core.errors import InputError, Problem

commands = typer.Typer()


@commands.command()
def send(
    what: Annotated[Path, typer.Argument(help="Folder of a briefing, or the .json file of a note.")],
    recipients: Annotated[Path, typer.Option(help="CSV with name, email, marking and, if wanted, language.")],
    sender: Annotated[str, typer.Option("--from", help="Address of the office that sends.")],
    attach: Annotated[
        list[str] | None, typer.Option(help="pdf, docx or html; may be repeated; all that were written.")
    ] = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="Leave out people of too low a marking.")
    ] = False,
    out: Annotated[Path, typer.Option(help="Folder of the letters.")] = Path("outbox"),
    smtp: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="Mail server; only named, nothing is sent.")
    ] = "",
    user: Annotated[
        str, typer.Option(help="User there; the password is read from MIRAB_SMTP_PASSWORD.")
    ] = "",
    really: Annotated[
        bool, typer.Option("--really", help="Hand the letters to the mail server now.")
    ] = False,
) -> None:
    """Write letters (.eml) for people who may see it; sends nothing unless --really hands them to --smtp."""
    from mirab.brief import letter
    from mirab.follow import mail
    from mirab.follow import recipients as people

    if really and not smtp:
        raise InputError("send", [Problem("--really", "has no mail server", "name it with --smtp HOST:PORT")])
    if not people.is_address(sender):
        raise InputError("send", [Problem("--from", f"{sender!r} is no address", "write office@example.org")])
    parcel = letter.parcel(what, attach or ())
    listed = people.read(recipients)
    chosen = people.allowed(listed, parcel.marking, partial=partial)
    letters = letter.letters(parcel, chosen, sender=sender)
    for path in letter.write(letters, out):
        print(f"wrote {path}")
    if left := [one for one in listed if one not in chosen]:
        print(f"left out, of too low a marking: {', '.join(one.name for one in left)}")
    if not smtp:
        print("nothing was sent")
        return
    server = mail.Server.of(smtp, user, os.environ.get("MIRAB_SMTP_PASSWORD", ""))
    if really:
        mail.send(letters, server, lambda one: print(f"sent to {one['To']}"))
        return
    for one in letters:
        print(f"would be sent over {server.host}:{server.port} to {one['To']}: {one['Subject']}")
    print("nothing was sent; --really sends it")
