"""Issues are numbered, never changed, and read again as they were."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from issues_of import AS_OF, issue, threat

from mirab.core.errors import InputError, StoredFileError, UnknownNameError
from mirab.core.imprint import Imprint
from mirab.core.plain import to_dict
from mirab.core.records import Clearance, Marking, Observation
from mirab.follow.clearance import Deed
from mirab.follow.issue_store import FORMAT, IssueStore, Made, digest_of

FIRST = Path(__file__).parent / "golden" / "issue_format_1.json"
MADE = Made({"year": "2026"}, {"region.toml": b"title"})
WRITER = """
import sys
from pathlib import Path
from issues_of import issue, threat
from mirab.follow.issue_store import IssueStore, Made
store = IssueStore(Path(sys.argv[1]))
sys.stdin.readline()
for number in range(5):
    print(store.keep(issue(threat(f"{sys.argv[2]}{number}")), Made()).issue)
"""


@pytest.fixture
def store(tmp_path: Path) -> IssueStore:
    return IssueStore(tmp_path / "issues.sqlite")


def test_issues_are_numbered_within_their_series(store: IssueStore) -> None:
    one, two = (store.keep(issue(threat(name)), MADE) for name in ("dam", "weir"))
    other = store.keep(issue(threat("dam"), audience=Marking.PARTNERS), MADE)
    assert [one.issue, two.issue, other.issue] == [1, 2, 1]
    references = ["toy-prevention-public-1", "toy-prevention-public-2", "toy-prevention-partners-1"]
    assert [found.reference for found in store.listed()] == references


def test_the_same_records_stay_the_same_issue_whatever_stands_beside_them(store: IssueStore) -> None:
    one = store.keep(issue(threat("dam")), MADE)
    store.keep(issue(threat("weir")), MADE)
    later = issue(threat("dam"), written_on=AS_OF + timedelta(days=3), changes=("Something.",), issue=9)
    assert store.keep(later, MADE) == one
    assert digest_of(later) == one.imprint.digest
    assert digest_of(issue(threat("dam"), data="other")) != one.imprint.digest


def test_an_issue_is_read_again_with_all_that_it_was_made_from(store: IssueStore) -> None:
    one = store.keep(issue(threat("dam")), MADE)
    (found,) = store.listed()
    assert store.briefing(found) == one
    assert store.made_from(found) == MADE


@pytest.mark.parametrize("table", ["issues", "acts", "content"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET rowid = rowid + 9"])
def test_the_file_refuses_to_change_or_remove_a_line(store: IssueStore, table: str, statement: str) -> None:
    store.keep(issue(threat("dam")), MADE)
    store.act(store.found("1"), Deed.REVIEW, "Aigul")
    with sqlite3.connect(store.path) as connection, pytest.raises(sqlite3.Error, match="stays as it is"):
        connection.execute(statement.format(table))


def test_clearing_changes_the_status_and_not_the_records(store: IssueStore) -> None:
    one = store.keep(issue(threat("dam")), MADE)
    store.act(store.found("1"), Deed.REVIEW, "Aigul")
    store.act(store.found("1"), Deed.CLEAR, "Bakyt")
    found = store.briefing(store.found("1"))
    assert (found.status, found.cleared_by, found.imprint.reviewed_by) == (
        Clearance.CLEARED,
        "Bakyt",
        "Aigul",
    )
    assert digest_of(found) == one.imprint.digest
    assert store.keep(issue(threat("dam")), MADE) == found


def test_a_refused_act_writes_nothing(store: IssueStore) -> None:
    store.keep(issue(threat("dam")), MADE)
    with pytest.raises(InputError, match="is a draft"):
        store.act(store.found("1"), Deed.CLEAR, "Bakyt")
    assert store.found("1").acts == ()


def test_a_correction_names_the_issue_that_it_corrects_and_is_named_by_it(store: IssueStore) -> None:
    store.keep(issue(threat("dam")), MADE)
    mended = issue(threat("dam", 0.2), imprint=Imprint(corrects=1, correction="a reading was wrong"))
    assert store.keep(mended, MADE).issue == 2
    assert store.briefing(store.found("1")).imprint.corrected_by == 2
    assert store.briefing(store.found("2")).imprint.corrects == 1


def test_a_correction_of_nothing_is_refused(store: IssueStore) -> None:
    store.keep(issue(threat("dam")), MADE)
    with pytest.raises(InputError, match="of issue 1 has the records of issue 1: it corrects nothing"):
        store.keep(issue(threat("dam"), imprint=Imprint(corrects=1)), MADE)
    with pytest.raises(UnknownNameError, match="issue of this series '7' is not known"):
        store.keep(issue(threat("weir"), imprint=Imprint(corrects=7)), MADE)


def test_an_issue_is_found_by_name_number_or_digest(store: IssueStore) -> None:
    one = store.keep(issue(threat("dam")), MADE)
    for name in ("1", "toy-prevention-public-1", one.imprint.digest[:8]):
        assert store.found(name).digest == one.imprint.digest
    with pytest.raises(UnknownNameError, match="nearest is 'toy-prevention-public-1'"):
        store.found("toy-prevention-publik-1")
    store.keep(issue(threat("dam"), audience=Marking.INTERNAL), MADE)
    with pytest.raises(InputError, match="1 is meant by several.*toy-prevention-internal-1"):
        store.found("1")


def test_changes_are_told_against_the_last_cleared_issue_else_the_last(store: IssueStore) -> None:
    now = issue(threat("now"))
    assert store.compared_with(now) is None
    for name in ("dam", "weir", "gate"):
        store.keep(issue(threat(name)), MADE)
    last = store.compared_with(now)
    assert last is not None
    assert last.issue == 3
    for deed in (Deed.REVIEW, Deed.CLEAR):
        store.act(store.found("2"), deed, "Aigul")
    last = store.compared_with(now)
    assert last is not None
    assert last.issue == 2


def test_earlier_issues_are_one_for_each_date_before(store: IssueStore) -> None:
    for day, name in ((0, "a"), (7, "b"), (7, "c"), (14, "d")):
        store.keep(issue(threat(name), as_of=AS_OF + timedelta(days=day)), MADE)
    now = issue(threat("now"), as_of=AS_OF + timedelta(days=14))
    assert [one.threats[0].items for one in store.earlier(now)] == [("a",), ("c",)]
    assert [one.threats[0].items for one in store.earlier(now, most=1)] == [("c",)]


def test_a_damaged_content_is_noticed(store: IssueStore) -> None:
    store.keep(issue(threat("dam")), MADE)
    with sqlite3.connect(store.path) as connection:
        connection.execute("DROP TRIGGER content_stays")
        connection.execute("UPDATE content SET body = x'00'")
    with pytest.raises(StoredFileError, match="toy-prevention-public-1 is damaged"):
        store.briefing(store.found("1"))


def test_an_issue_of_a_later_format_is_refused(store: IssueStore) -> None:
    store.keep(issue(threat("dam")), MADE)
    with sqlite3.connect(store.path) as connection:
        connection.execute("DROP TRIGGER issues_stay")
        connection.execute("UPDATE issues SET format = ?", [FORMAT + 1])
    with pytest.raises(StoredFileError, match=f"reads up to {FORMAT}; update mirab"):
        store.briefing(store.found("1"))


def test_two_writers_share_the_numbers(store: IssueStore) -> None:
    environment = {"PYTHONPATH": ":".join(sys.path)}
    both = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(store.path), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for name in ("left", "right")
    ]
    told = [one.communicate("go\n", timeout=60)[0].split() for one in both]
    assert sorted(int(number) for numbers in told for number in numbers) == list(range(1, 11))


def test_readings_are_kept_with_the_issue(store: IssueStore) -> None:
    seen = json.loads(FIRST.read_text("utf-8"))["observations"][0]
    from mirab.core.plain import from_dict

    reading = from_dict(Observation, seen)
    store.keep(issue(threat("dam")), replace(MADE, own=(reading,)))
    assert store.made_from(store.found("1")).own == (reading,)
    assert to_dict(reading) == seen
