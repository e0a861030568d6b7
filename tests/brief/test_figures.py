"""Figures: numbers with thin spaces, dates in words, calibrated words for probabilities."""

from __future__ import annotations

from datetime import date

import pytest

from mirab.brief.figures import Figures, day_range, likelihood
from mirab.brief.words import load

SAY = Figures(load(), {"KGZ": "Kyrgyzstan", "KAZ": "Kazakhstan"})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.126, "0.13"),
        (12.34, "12.3"),
        (5.0, "5"),
        (100, "100"),
        (12345.6, "12\u202f346"),
        (-3, "\u22123"),
    ],
)
def test_a_number_has_three_digits_or_thin_spaces(value: float, text: str) -> None:
    assert SAY.number(value) == text


def test_an_absent_number_is_not_zero() -> None:
    assert (SAY.number(None), SAY.amount(None, "mcm"), SAY.amount(0, "mcm")) == (
        "not known",
        "not known",
        "0\u00a0million m³",
    )


@pytest.mark.parametrize(
    ("probability", "key"),
    [
        (1.0, "virtually_certain"),
        (0.95, "extremely_likely"),
        (0.9, "very_likely"),
        (0.66, "likely"),
        (0.5, "about_as_likely_as_not"),
        (0.2, "unlikely"),
        (0.07, "very_unlikely"),
        (0.01, "extremely_unlikely"),
        (0.0, "exceptionally_unlikely"),
    ],
)
def test_a_probability_has_its_calibrated_word(probability: float, key: str) -> None:
    assert likelihood(probability) == key


def test_a_small_share_is_never_zero_nor_a_large_one_whole() -> None:
    assert [SAY.percent(share) for share in (0, 0.001, 0.999, 1)] == [
        "0\u00a0%",
        "less than 1\u00a0%",
        "more than 99\u00a0%",
        "100\u00a0%",
    ]


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2023, 4, 1), date(2023, 4, 10), "1 to 10\u00a0April 2023"),
        (date(2023, 4, 21), date(2023, 5, 10), "21\u00a0April to 10\u00a0May 2023"),
        (date(2023, 12, 21), date(2024, 1, 10), "21\u00a0December 2023 to 10\u00a0January 2024"),
        (date(2023, 4, 1), date(2023, 4, 1), "1\u00a0April 2023"),
    ],
)
def test_a_period_says_month_and_year_once(first: date, last: date, text: str) -> None:
    assert SAY.period(first, last) == text


@pytest.mark.parametrize(
    ("iso", "text"),
    [
        ("2024-02-05", "5\u00a0February 2024"),
        ("2024-02", "February 2024"),
        ("2024", "2024"),
        ("", "not known"),
        ("about 1998", "about 1998"),
    ],
)
def test_a_partial_date_is_said_as_far_as_it_is_known(iso: str, text: str) -> None:
    assert SAY.iso(iso) == text


def test_a_date_that_does_not_exist_has_no_range() -> None:
    assert (day_range("2023-02-30"), day_range("2023-13"), day_range("soon")) == (None, None, None)


def test_states_stand_a_to_z_by_name_not_by_code() -> None:
    assert SAY.names(["KGZ", "KAZ", "XYZ"]) == "Kazakhstan, Kyrgyzstan, XYZ"


def test_shares_stand_with_the_strongest_class_first() -> None:
    assert SAY.shares({"recalled": 0.2, "published": 0.8, "computed": 0.0}) == (
        "80\u00a0% published, 20\u00a0% recalled, not verified"
    )


def test_no_share_of_members_is_certain() -> None:
    assert SAY.likelihood(1.0) == "virtually certain in the model (more than 99\u00a0%)"
    assert SAY.likelihood(0.0) == "exceptionally unlikely in the model (less than 1\u00a0%)"


def test_an_event_of_which_the_year_alone_is_known_says_so() -> None:
    assert SAY.when("2023") == "2023, day not known"
    assert SAY.when("2023-10-05") == SAY.iso("2023-10-05")


def test_codes_of_states_are_spelled_out_inside_a_text() -> None:
    states = Figures(SAY.words, {"XAA": "Ardia", "XBB": "Boria", "XCC": "Calda"})
    assert states.spelled("Services of XAA XBB and XCC (BWO)") == "Services of Ardia, Boria and Calda (BWO)"
