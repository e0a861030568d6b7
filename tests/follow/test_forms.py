"""What a user writes is checked all together; each mistake names its line and its reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mirab.core.errors import CommitmentError
from mirab.follow.commitments import Known
from mirab.follow.forms import changed, created, read

TODAY = date(2026, 11, 22)
KNOWN = Known(
    states={"XAA", "XBB"},
    agreements={"pact"},
    items={"fork"},
    commitments={"old": {"what": "Deliver", "adopted": "2025-01-01", "due": "2027"}},
)
GOOD = {"commitment_id": "new", "what": "Deliver water", "by": "XAA", "source": "Protocol 5"}
HEAD = "commitment_id,what,by,source,adopted,due,parent\n"


def wrong(**cells: str) -> list[str]:
    return [str(one) for one in created({**GOOD, **cells}, KNOWN, where="line", today=TODAY)]


def test_a_promise_with_a_name_a_body_and_a_source_is_taken() -> None:
    assert wrong() == []
    assert wrong(by="", owner="an office without an account") == []


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (
            {"due": "2025-01-01", "adopted": "2025-11-22"},
            "due=2025-01-01 lies before its adoption on 2025-11-22",
        ),
        ({"source": ""}, "source is empty"),
        ({"by": "XA"}, "by='XA' is not a state of the pack; nearest is 'XAA'"),
        ({"by": ""}, "nobody promises"),
        ({"status": "overdue"}, "status='overdue' is not a choice; it follows from the date"),
        ({"status": "done"}, "status='done' is not a choice"),
        ({"status_on": "2027-01-01", "status": "met"}, "status_on=2027-01-01 lies ahead"),
        ({"due": "next year"}, "due='next year' is not a date"),
        ({"due": "2026-02-30"}, "due='2026-02-30' is not a date"),
        ({"commitment_id": "old"}, "is there already"),
        ({"commitment_id": "New one"}, "is no id"),
        ({"parent": "ould"}, "parent='ould' is not a commitment; nearest is 'old'"),
        ({"parent": "new"}, "parent='new' is not a commitment"),
        ({"agreement_id": "pakt"}, "nearest is 'pact'"),
        ({"amount": "12"}, "amount=12 has no unit"),
        ({"amount": "nan", "unit": "km3"}, "amount='nan' is not a number"),
        (
            {"amount": "12", "unit": "MW", "quantity": "inflow_volume"},
            "unit='MW' does not measure inflow_volume",
        ),
        ({"amount": "12", "unit": "km3", "quantity": "inflow_volum"}, "nearest is 'inflow_volume'"),
        ({"period_start": "2026-04-01"}, "the period has only one end"),
        ({"period_start": "2026-04-01", "period_end": "2026-03-01"}, "the period ends before it begins"),
        ({"item": "forc"}, "item='forc' is not in the pack; nearest is 'fork'"),
        ({"marking": "secret"}, "marking='secret' is not a choice"),
    ],
)
def test_a_mistake_is_told_with_its_value_and_the_way_out(cells: dict[str, str], reason: str) -> None:
    (told,) = [one for one in wrong(**cells) if reason in one]
    assert told.startswith("line ")


def test_all_mistakes_of_a_line_are_told_at_once() -> None:
    assert len(wrong(by="XA", source="", due="soon", amount="12")) == 4


def told(**cells: str) -> list[str]:
    return [str(one) for one in changed(cells, KNOWN.commitments["old"], where="old", today=TODAY)]


def test_a_change_of_the_status_needs_a_source() -> None:
    assert told(status="met", source="Report 7") == []
    (reason,) = told(status="met")
    assert reason == "old the change of the status has no source; name the document or report that shows it"


def test_a_change_is_held_against_the_dates_of_the_promise() -> None:
    (reason,) = told(due="2024", source="letter")
    assert "due=2024 lies before its adoption on 2025-01-01" in reason
    (reason,) = told(status="met", status_on="2024-12-31", source="letter")
    assert "status_on=2024-12-31 lies before its adoption" in reason


def test_what_was_promised_to_whom_does_not_change_and_something_must() -> None:
    assert "by does not change" in told(by="XBB", source="letter")[0]
    assert "nothing is changed" in told(source="letter")[0]


def form(folder: Path, *lines: str) -> Path:
    path = folder / "form.csv"
    path.write_text(HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_a_form_gives_its_good_lines_and_a_problem_for_each_bad_one(tmp_path: Path) -> None:
    path = form(
        tmp_path, "a,Deliver,XAA,P1,,,", "b,Deliver,XX,P1,,,", "a,Again,XAA,P1,,,", "c,Part,XAA,P1,,,a"
    )
    good, bad = read(path, KNOWN, today=TODAY)
    assert [line.cells["commitment_id"] for line in good] == ["a", "c"]
    assert [one.where for one in bad] == ["form.csv:3", "form.csv:4"]
    assert "is there already, in form.csv:2" in bad[1].what


def test_a_part_of_a_line_that_cannot_be_taken_is_refused_with_it(tmp_path: Path) -> None:
    path = form(
        tmp_path, "a,Deliver,XX,P1,,,", "b,Part,XAA,P1,,,a", "c,Part of it,XAA,P1,,,b", "d,Own,XAA,P1,,,old"
    )
    good, bad = read(path, KNOWN, today=TODAY)
    assert [line.cells["commitment_id"] for line in good] == ["d"]
    assert [one.where for one in bad] == ["form.csv:2", "form.csv:3", "form.csv:4"]


def test_lines_that_are_parts_of_each_other_are_refused(tmp_path: Path) -> None:
    good, bad = read(form(tmp_path, "a,Deliver,XAA,P1,,,b", "b,Part,XAA,P1,,,a"), KNOWN, today=TODAY)
    assert good == []
    assert "is a part of itself" in bad[0].what


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("id,what\nx,y\n", "has no column 'commitment_id'"),
        ("commitment_id;what;by;source\na;Deliver;XAA;P1\n", None),
    ],
)
def test_a_form_names_its_columns_and_may_use_semicolons(
    tmp_path: Path, text: str, reason: str | None
) -> None:
    path = tmp_path / "form.csv"
    path.write_text(text, encoding="utf-8")
    if reason is None:
        assert len(read(path, KNOWN, today=TODAY)[0]) == 1
        return
    with pytest.raises(CommitmentError, match=reason):
        read(path, KNOWN, today=TODAY)


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommitmentError, match="is not a file"):
        read(tmp_path / "none.csv", KNOWN, today=TODAY)
    (tmp_path / "old.csv").write_bytes(HEAD.encode() + "a,Müll,XAA".encode("latin-1"))
    with pytest.raises(CommitmentError, match=r"old.csv:2 is not UTF-8 text"):
        read(tmp_path / "old.csv", KNOWN, today=TODAY)
