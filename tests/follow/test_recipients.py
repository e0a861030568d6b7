"""Recipients: nobody without a marking, nobody twice, and nobody of too low a marking."""

from __future__ import annotations

from pathlib import Path

import pytest

from mirab.core.errors import InputError
from mirab.core.records import Marking
from mirab.follow.recipients import Recipient, allowed, read

LOW = Recipient("Bakyt", "bakyt@example.org", Marking.PUBLIC)
HIGH = Recipient("Aigul", "aigul@example.org", Marking.INTERNAL, "ru")


def file(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "people.csv"
    path.write_text("\n".join(["name,email,marking,language", *lines]), encoding="utf-8")
    return path


def test_people_are_read_with_their_marking_and_language(tmp_path: Path) -> None:
    lines = "Bakyt,bakyt@example.org,Public,", " Aigul ,aigul@example.org,internal,RU"
    assert read(file(tmp_path, *lines)) == (LOW, HIGH)


def test_every_line_that_cannot_be_taken_is_told_and_no_marking_is_assumed(tmp_path: Path) -> None:
    lines = (
        "A,a@example.org,,",
        "B,b at example,public,",
        "C,c@example.org,secret,",
        "D,a@example.org,public,",
    )
    with pytest.raises(InputError, match="4 problems") as told:
        read(file(tmp_path, *lines))
    assert [(one.where, one.what.partition(" ")[0]) for one in told.value.problems] == [
        ("people.csv:2", "marking"),
        ("people.csv:3", "email='b"),
        ("people.csv:4", "marking='secret'"),
        ("people.csv:5", "names"),
    ]


def test_an_address_cannot_carry_a_second_one_or_a_header(tmp_path: Path) -> None:
    for email in (
        "a@example.org;b@example.org",
        '"a@example.org, b@example.org"',
        "a@example.org<b@example.org>",
    ):
        with pytest.raises(InputError, match="is no address"):
            read(file(tmp_path, f"A,{email},public,"))


def test_a_file_without_people_and_one_that_is_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="names nobody"):
        read(file(tmp_path))
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path / "none.csv")


def test_a_person_of_too_low_a_marking_stops_all_letters_unless_left_out_on_purpose() -> None:
    with pytest.raises(
        InputError, match="Bakyt <bakyt@example.org> may see public, the document is partners"
    ):
        allowed([LOW, HIGH], Marking.PARTNERS)
    assert allowed([LOW, HIGH], Marking.PARTNERS, partial=True) == (HIGH,)
    assert allowed([LOW, HIGH], Marking.PUBLIC) == (LOW, HIGH)
    with pytest.raises(InputError, match="Bakyt"):
        allowed([LOW], Marking.INTERNAL, partial=True)
