"""Which edition counts for a month: the later one, whatever the order, and nothing of it unsaid."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest

from mirab.core.calendar import next_start
from mirab.core.records import Confidence, Evidence, Observation
from mirab.domains.security.editions import Editions

ROWS = [
    {"vintage": "old", "provisional": False},
    {"vintage": "open", "provisional": True},
    {"vintage": "Candidate *", "provisional": True},
    {"vintage": "GED *", "provisional": False},
]
EDITIONS = Editions(ROWS)
NAMES = {"AFG": "Afghanistan"}
ORDER = ["unheard of", "old", "open", "Candidate 24.0.12", "Candidate 26.0.8", "GED 25.1", "GED 26.1"]


def figure(value: float, vintage: str, author: str = "UCDP", month: int = 9) -> Observation:
    start = date(2023, month, 1)
    rests = Evidence("ucdp", Confidence.PUBLISHED)
    end = next_start(start, "month")
    return Observation("AFG", "deaths", start, end, value, "deaths", author, rests, vintage=vintage)


def test_editions_count_in_the_order_of_the_table_and_of_their_numbers() -> None:
    ranks = [EDITIONS.rank(name) for name in ORDER]
    assert ranks == sorted(set(ranks))


def test_a_longer_edition_up_to_a_month_counts_before_the_edition_of_that_month() -> None:
    ranks = [EDITIONS.rank(f"Candidate {name}") for name in ("26.0.3", "26.01.26.03", "26.0.4")]
    assert ranks == sorted(set(ranks))


def test_an_edition_of_a_series_is_as_provisional_as_the_series() -> None:
    assert [EDITIONS.provisional(name) for name in ORDER] == [False, False, True, True, True, False, False]


@pytest.mark.parametrize("order", list(permutations(["open", "GED 26.1", "Candidate 26.0.8"])))
def test_the_figure_of_the_last_edition_stands_whatever_the_order(order: tuple[str, ...]) -> None:
    seen = [figure(float(len(name)), name) for name in order]
    kept, told = EDITIONS.chosen(seen, {"UCDP"}, NAMES)
    assert [o.vintage for o in kept] == ["GED 26.1"]
    assert told == [
        "Afghanistan: months that a later edition gives otherwise: 1; most in 2023-09, 8 (GED 26.1) in "
        "place of 16 (Candidate 26.0.8)."
    ]


def test_revisions_of_many_months_are_one_sentence() -> None:
    seen = [figure(10.0 * month, "open", month=month) for month in range(1, 10)]
    seen += [figure(10.0 * month + (month == 4), "GED 26.1", month=month) for month in range(1, 10)]
    seen += [figure(95.0, "GED 26.1", month=10), figure(100.0, "open", month=10)]
    _, told = EDITIONS.chosen(seen, {"UCDP"}, NAMES)
    assert len(told) == 1
    assert "otherwise: 2; most in 2023-10, 95 (GED 26.1) in place of 100 (open)" in told[0]


def test_another_author_is_told_beside_and_never_counts_as_an_edition() -> None:
    kept, told = EDITIONS.chosen([figure(5.0, "", "own desk"), figure(3.0, "old")], {"UCDP"}, NAMES)
    assert [o.author for o in kept] == ["UCDP"]
    assert told == ["Afghanistan, 2023-09: 3 (UCDP) and 5 (own desk); the first is used."]
