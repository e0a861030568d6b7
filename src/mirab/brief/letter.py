"""A briefing or a note as letters with attachments (.eml), one for each person, for an office to send.

What a document is marked with is read from its own records, never asked for. Letters name no machine.
"""

from __future__ import annotations

import json
import mimetypes
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from typing import Any

from mirab.brief.figures import Figures
from mirab.brief.words import REFERENCE, languages, load
from mirab.core.errors import InputError, Problem, UnknownNameError
from mirab.core.records import Clearance, Marking
from mirab.follow.recipients import Recipient

READABLE = ("pdf", "docx", "html")
DOMAIN = "mirab.invalid"
TYPES = {".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}


@dataclass(frozen=True)
class Parcel:
    """What is sent: its title, marking, day and status, and the files that go with the letter."""

    title: str
    marking: Marking
    day: date
    status: Clearance | None
    files: tuple[Path, ...]


def parcel(path: Path, formats: Sequence[str] = ()) -> Parcel:
    """A briefing by its folder, or a note by its JSON file, with the readable files beside its records.

    `formats` chooses among pdf, docx and html; without it all that were written. Raises InputError where
    there are no records or no such file.
    """
    records = path / "briefing.json" if path.is_dir() else path
    try:
        found = json.loads(records.read_text(encoding="utf-8"))
        told = _told(found)
    except (OSError, ValueError, KeyError, TypeError) as cause:
        what = "holds no records of a briefing or a note, so that its marking is not known"
        problem = Problem(str(path), what, "name the folder of a briefing, or the .json file of a note")
        raise InputError("send", [problem]) from cause
    for name in formats:
        if name not in READABLE:
            raise UnknownNameError("format", name, READABLE)
    beside = {name: records.with_suffix(f".{name}") for name in formats or READABLE}
    missing = [name for name, file in beside.items() if not file.is_file()]
    there = tuple(file for name, file in beside.items() if name not in missing)
    if not there or (formats and missing):
        what = f"has no file as {' or '.join(missing)}"
        raise InputError("send", [Problem(str(path), what, "write it with --format first")])
    return Parcel(*told, there)


def letters(
    what: Parcel, people: Sequence[Recipient], *, sender: str, now: datetime | None = None
) -> tuple[EmailMessage, ...]:
    """A letter to each person in the person's language (English where there are no words), unsent."""
    return tuple(_letter(what, one, sender, now or datetime.now(UTC)) for one in people)


def write(found: Sequence[EmailMessage], out: Path) -> tuple[Path, ...]:
    """Write letters as numbered .eml files that mail programs open as drafts; the paths.

    Raises InputError where the folder holds other files, or cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        strangers = sorted(entry.name for entry in out.iterdir() if entry.suffix != ".eml")
        if strangers:
            problem = Problem(
                str(out), f"holds {strangers[0]!r}, which is no letter", "choose a new folder with --out"
            )
            raise InputError("send", [problem])
        paths = [out / f"{number:03d}-{_slug(one)}.eml" for number, one in enumerate(found, start=1)]
        for path, one in zip(paths, found, strict=True):
            path.write_bytes(one.as_bytes())
    except OSError as cause:
        problem = Problem(
            str(out), f"cannot be written: {cause.strerror}", "choose another folder with --out"
        )
        raise InputError("send", [problem]) from cause
    return tuple(paths)


def _told(found: Any) -> tuple[str, Marking, date, Clearance | None]:
    """Title, marking, day and status of a briefing, a note or a visit, from its JSON values."""
    if "notes" in found:
        widest = max((Marking(one["audience"]) for one in found["notes"]), key=lambda one: one.rank)
        return found["title"], widest, date.fromisoformat(found["first"]), None
    marking = Marking(found["audience"])
    if "subject" in found:
        return found["subject"]["title"], marking, date.fromisoformat(found["on"]), None
    return found["region_title"], marking, date.fromisoformat(found["as_of"]), Clearance(found["status"])


def _letter(what: Parcel, person: Recipient, sender: str, now: datetime) -> EmailMessage:
    words = load(person.language if person.language in languages() else REFERENCE)
    day = Figures(words, {}).day(what.day)
    marking = words(f"marking.{what.marking.value}")
    is_draft = what.status not in (None, Clearance.CLEARED)
    subject = words(
        "letter.draft" if is_draft else "letter.subject", title=what.title, day=day, marking=marking
    )
    names = ", ".join(file.name for file in what.files)
    body = words("letter.body", name=person.name, title=what.title, day=day, marking=marking, files=names)
    made = EmailMessage()
    made["Subject"] = subject.replace("\u00a0", " ")
    made["From"] = sender
    made["To"] = Address(person.name, addr_spec=person.email)
    made["Date"] = now
    made["Message-ID"] = make_msgid(domain=DOMAIN)
    made["X-Unsent"] = "1"
    status = words(f"clearance.{what.status.value}") if what.status else ""
    made.set_content(
        "\n\n".join(part for part in (body, status and words("letter.status", status=status)) if part)
    )
    for file in what.files:
        kind = TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        main, _, sub = kind.partition("/")
        made.add_attachment(file.read_bytes(), maintype=main, subtype=sub, filename=file.name)
    return made


def _slug(letter: EmailMessage) -> str:
    return re.sub(r"[^a-z0-9]+", "-", str(letter["To"].addresses[0].addr_spec).lower()).strip("-")
