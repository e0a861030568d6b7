"""Letters: the marking comes from the records, the attachment arrives whole, and no machine is named."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from mirab.brief import letter
from mirab.brief.specimen import specimen
from mirab.core.errors import InputError, UnknownNameError
from mirab.core.plain import to_dict
from mirab.core.records import Clearance, Marking
from mirab.follow.recipients import Recipient

AIGUL = Recipient("Aigul Öser", "aigul@example.org", Marking.INTERNAL)
NOW = datetime(2030, 4, 1, tzinfo=UTC)


def folder(tmp_path: Path, **more: object) -> Path:
    out = tmp_path / "briefing"
    out.mkdir()
    (out / "briefing.json").write_text(json.dumps({**to_dict(specimen()), **more}), encoding="utf-8")
    (out / "briefing.html").write_text("<p>page</p>", encoding="utf-8")
    (out / "briefing.docx").write_bytes(bytes(range(256)))
    return out


def test_what_is_sent_says_its_own_marking_and_takes_the_files_that_were_written(tmp_path: Path) -> None:
    found = letter.parcel(folder(tmp_path, audience="partners"))
    assert (found.marking, found.status) == (Marking.PARTNERS, Clearance.CLEARED)
    assert [file.name for file in found.files] == ["briefing.docx", "briefing.html"]
    assert [file.name for file in letter.parcel(tmp_path / "briefing", ["html"]).files] == ["briefing.html"]


def test_a_letter_arrives_with_its_attachment_whole_and_names_no_machine(tmp_path: Path) -> None:
    parcel = letter.parcel(folder(tmp_path), ["docx"])
    made = letter.letters(parcel, [AIGUL], sender="office@example.org", now=NOW)
    (path,) = letter.write(made, tmp_path / "outbox")
    assert path.name == "001-aigul-example-org.eml"
    read = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (read["To"].addresses[0].display_name, read["X-Unsent"]) == ("Aigul Öser", "1")
    (attached,) = read.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("briefing.docx", bytes(range(256)))
    assert attached.get_content_type().endswith("wordprocessingml.document")
    assert read["Message-ID"].endswith("@mirab.invalid>")
    assert socket.gethostname().encode() not in path.read_bytes()


def test_an_issue_that_is_not_cleared_goes_out_as_a_draft(tmp_path: Path) -> None:
    parcel = letter.parcel(folder(tmp_path, status="draft"))
    (made,) = letter.letters(parcel, [AIGUL], sender="office@example.org", now=NOW)
    assert made["Subject"].startswith("Draft: ")
    body = made.get_body()
    assert body is not None
    assert "Its status is: draft." in body.get_content()


def test_a_note_and_a_visit_are_sent_by_the_marking_of_their_records(tmp_path: Path) -> None:
    note = {"subject": {"title": "Ada"}, "on": "2030-04-01", "audience": "internal"}
    visit = {
        "title": "Autumn",
        "first": "2030-04-01",
        "notes": [{"audience": "public"}, {"audience": "partners"}],
    }
    for name, told, marking in (("note", note, Marking.INTERNAL), ("tour", visit, Marking.PARTNERS)):
        (tmp_path / f"{name}.json").write_text(json.dumps(told), encoding="utf-8")
        (tmp_path / f"{name}.docx").write_bytes(b"x")
        assert letter.parcel(tmp_path / f"{name}.json").marking is marking


def test_without_records_or_files_nothing_can_be_sent(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no records"):
        letter.parcel(tmp_path)
    out = folder(tmp_path)
    with pytest.raises(InputError, match="has no file as pdf"):
        letter.parcel(out, ["pdf"])
    with pytest.raises(UnknownNameError, match="format 'odt' is not known"):
        letter.parcel(out, ["odt"])
    (out / "briefing.json").write_text('{"audience": "secret"}')
    with pytest.raises(InputError, match="its marking is not known"):
        letter.parcel(out)


def test_letters_are_written_to_a_folder_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_text("")
    with pytest.raises(InputError, match="holds 'plan.txt', which is no letter"):
        letter.write([], tmp_path)
