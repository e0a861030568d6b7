"""Events of the UCDP: which edition counts for a month, and what is no figure."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

import pytest
from replayed import asked, of, page, parsed, replayed, replies, scope, values

from mirab.core.errors import SourceError
from mirab.core.fields import fields
from mirab.observe.connectors import ucdp

STATES = "AFG PAK TJK"
CSV = "id,country_id,type_of_violence,date_end,best,low\n"


def edition(name: str, *rows: str) -> tuple[str, str]:
    return name, CSV + "".join(f"{row}\n" for row in rows)


def deaths(
    *editions: tuple[str, str], today: date = date(2026, 11, 1)
) -> dict[tuple[str, str], float | None]:
    pages = [page(name, text) for name, text in editions]
    return values(parsed("ucdp_candidate", scope(STATES, today), pages), "deaths")


def test_small_replies_give_each_month_in_its_edition() -> None:
    found = of(replayed("ucdp_candidate", scope(STATES)), "deaths")
    told = {(o.item, o.start.month): (o.value, o.vintage) for o in found if o.value}
    assert told == {
        ("AFG", 1): (5.0, "UCDP Candidate 26.01.26.06"),
        ("PAK", 2): (9.0, "UCDP Candidate 26.01.26.06"),
        ("AFG", 5): (4.0, "UCDP Candidate 26.01.26.06"),
        ("TJK", 7): (3.0, "UCDP Candidate 26.0.7"),
        ("PAK", 7): (14.0, "UCDP Candidate 26.0.8"),
        ("AFG", 8): (6.0, "UCDP Candidate 26.0.8"),
    }


def test_a_covered_month_without_an_event_of_a_state_has_none_and_an_uncovered_one_no_figure() -> None:
    found = values(replayed("ucdp_candidate", scope(STATES)), "deaths")
    assert found["TJK", "2026-03-01"] == 0.0
    assert ("TJK", "2026-09-01") not in found


def test_a_month_without_an_event_in_the_whole_world_is_missing() -> None:
    assert ("AFG", "2026-08-01") not in deaths(edition("candidate_26_0_8", "1,700,1,2026-07-30,4,4"))


def test_kinds_of_violence_are_counted_apart() -> None:
    found = replayed("ucdp_candidate", scope(STATES))
    assert values(found, "one_sided_deaths")["AFG", "2026-03-01"] == 2.0
    assert values(found, "non_state_deaths")["PAK", "2026-06-01"] == 3.0
    assert values(found, "deaths")["PAK", "2026-06-01"] == 0.0
    assert {o.quantity for o in found.observations} <= set(fields())


def test_an_event_counts_as_the_newest_edition_lists_it_whatever_the_order_of_pages() -> None:
    first = edition("candidate_26_0_7", "1,700,1,2026-07-05,10,1", "2,700,1,2026-07-06,1,1")
    later = edition("candidate_26_0_8", "1,770,1,2026-07-05,12,1", "3,500,1,2026-08-01,1,1")
    for order in ((first, later), (later, first)):
        found = deaths(*order)
        assert (found["AFG", "2026-07-01"], found["PAK", "2026-07-01"]) == (1.0, 12.0)


def test_an_event_that_a_longer_edition_no_longer_lists_is_dropped() -> None:
    month = edition("candidate_26_0_2", "1,700,1,2026-02-05,10,1", "2,700,1,2026-02-06,7,7")
    quarter = edition("candidate_26_01_26_03", "2,700,1,2026-02-06,8,8")
    assert deaths(month, quarter)["AFG", "2026-02-01"] == 8.0


def test_late_rows_of_a_month_that_no_edition_covers_are_no_figure() -> None:
    found = deaths(edition("candidate_26_0_8", "1,700,1,2023-12-30,4,4", "2,700,1,2026-08-02,1,1"))
    assert set(found) == {(state, "2026-08-01") for state in STATES.split()}


def test_of_two_answers_for_one_edition_the_first_counts() -> None:
    again = edition("candidate_26_0_8", "1,700,1,2026-08-02,5,1")
    before = edition("candidate_26_0_8", "1,700,1,2026-08-02,3,1")
    assert deaths(again, before)["AFG", "2026-08-01"] == 5.0


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("2,700,1,2026-12-24,5,5", "after the months of"),
        ("2,700,1,soon,5,5", "date_end='soon'"),
        ("2,700,1,2026-08-05,many,5", "best='many'"),
    ],
)
def test_a_row_that_cannot_be_is_refused_and_the_rest_counts(row: str, what: str) -> None:
    name, text = edition("candidate_26_0_8", "1,700,1,2026-08-02,3,3", row)
    found = parsed("ucdp_candidate", scope(STATES), [page(name, text)])
    assert values(found, "deaths")["AFG", "2026-08-01"] == 3.0
    (refused,) = found.refused
    assert what in str(refused)


def test_an_edition_that_was_cut_off_gives_no_nought() -> None:
    name, text = edition("candidate_26_0_8", "1,700,1,2026-08-02,3,3", "2,700,1,2026-0")
    found = parsed("ucdp_candidate", scope(STATES), [page(name, text)])
    assert found.observations == ()
    assert "is no whole row" in str(found.refused[0])


def test_a_renamed_column_is_named_with_the_nearest() -> None:
    text = CSV.replace("best", "best_est") + "1,700,1,2026-08-02,3,3\n"
    with pytest.raises(SourceError, match="no column 'best'.*nearest is 'best_est'"):
        parsed("ucdp_candidate", scope(STATES), [page("candidate_26_0_8", text)])


def test_a_page_of_a_portal_is_refused() -> None:
    with pytest.raises(SourceError, match="no column 'id'"):
        parsed("ucdp_candidate", scope(STATES), [page("candidate_26_0_8", "<html>busy</html>")])


def test_a_year_that_the_longest_file_covers_is_asked_for_once() -> None:
    there = {name: path.read_bytes() for name, path in replies("ucdp_candidate").items()}
    behind = [{"month": date(2025, 12, 1)}]
    asks, _ = asked("ucdp_candidate", scope(STATES, deaths=behind), there)
    assert [ask.path for ask in asks] == [
        "GEDEvent_v26_01_26_06.csv",
        "GEDEvent_v26_0_7.csv",
        "GEDEvent_v26_0_8.csv",
        "GEDEvent_v26_0_9.csv",
    ]


@pytest.mark.parametrize(
    "kept", [{"candidate_25_01_25_12"}, {f"candidate_25_0_{month}" for month in range(1, 13)}]
)
def test_a_year_that_is_kept_whole_is_not_asked_for_again(kept: set[str]) -> None:
    asks, _ = asked("ucdp_candidate", replace(scope(STATES), kept=frozenset(kept)), {})
    assert {ask.page.split("_")[1] for ask in asks} == {"26"}


@pytest.mark.parametrize(("day", "last"), [(9, "26_0_9"), (10, "26_0_10")])
def test_a_month_is_asked_for_once_it_can_be_out(day: int, last: str) -> None:
    behind = [{"month": date(2026, 6, 1)}]
    asks, _ = asked("ucdp_candidate", scope(STATES, date(2026, 11, day), deaths=behind), {})
    assert asks[-1].page == f"candidate_{last}"


def test_the_yearly_archive_and_the_pages_of_the_interface_say_the_same_as_files() -> None:
    yearly = of(replayed("ucdp_ged", scope(STATES)), "deaths")
    assert {(o.item, o.value, o.vintage) for o in yearly if o.value} == {
        ("AFG", 50.0, "UCDP GED 26.1"),
        ("PAK", 90.0, "UCDP GED 26.1"),
    }
    asked_for = values(replayed("ucdp_api", scope(STATES)), "deaths")
    files = values(replayed("ucdp_candidate", scope(STATES)), "deaths")
    assert asked_for["AFG", "2026-08-01"] == files["AFG", "2026-08-01"] == 6.0


def test_candidate_events_say_that_nobody_has_vetted_them() -> None:
    notes = {o.evidence.note for o in of(replayed("ucdp_candidate", scope(STATES)), "deaths")}
    assert notes == {ucdp.UNVETTED}
    assert {o.evidence.note for o in of(replayed("ucdp_ged", scope(STATES)), "deaths")} == {""}


def test_places_of_columns_without_a_first_line_are_those_of_the_files_that_have_one() -> None:
    path = replies("ucdp_candidate")["candidate_26_01_26_06"]
    head = next(csv.reader(io.StringIO(path.read_text("utf-8"))))
    assert len(head) == ucdp.WIDTH
    assert tuple(head[place] for place in ucdp.PLACES) == ucdp.FIELDS
