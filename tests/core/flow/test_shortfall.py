"""The sentences of a shortfall say what the record holds, and nothing is rounded to none or all."""

from dataclasses import replace

import pytest

from mirab.core.flow.shortfall import Constraint, Gain, Holder, Shortfall

NAMES = {"kara": "the Kara canal", "ford": "the Ford", "town": "Town", "XAA": "Zeta", "XBB": "Alpha"}
CAP = Constraint(
    "cap", "kara", (600.0, 600.0), 0.712, 0.6, 0.5, (), Gain(0.864, 0.864, (("XAA", 0.3), ("XBB", 0.564)))
)
WATER = Constraint(
    "water",
    "ford",
    None,
    0.22,
    0.3,
    0.4,
    (
        Holder("zone", "lake", 1234.5, "million m³", True),
        Holder("take", "town", 8.25, "m³/s", True),
        Holder("take", "orchard", 3.0, "m³/s", False),
        Holder("take", "grove", 4.0, "m³/s", False),
    ),
    Gain(0.0, 0.0, (("XAA", 0.0), ("XBB", 0.0))),
)
OTHER = Constraint("capacity", "tunnel", (20.0, 30.0), 0.068, 0.1, 0.1)
FOUND = Shortfall(("field",), 1000, 1000, 412, 412, False, "dekad", (CAP, WATER, OTHER))


def test_the_ranking_names_each_limit_with_its_share_of_the_members() -> None:
    assert FOUND.lines(NAMES)[0] == (
        "In 71\xa0% of the 412 members that fall short, what binds first is the intake cap of the Kara canal "
        "(600 m³/s); in 22\xa0% the water that reaches the Ford; "
        "in 7\xa0% the capacity of tunnel (20 to 30 m³/s)."
    )


def test_three_short_sentences_tell_the_leading_constraint() -> None:
    led = replace(FOUND, constraints=(WATER, CAP))
    assert led.short_lines(NAMES)[1:] == (
        "Served before it: lake (water kept in store, 1,234 million m³), Town (a use, 8.25 m³/s); "
        "2 others share its priority (7 m³/s).",
        "1 m³/s more at the Ford for a dekad would bring nothing: "
        "others come first, or another limit is full.",
    )
    assert len(FOUND.short_lines(NAMES)) == 2


def test_gains_name_states_a_to_z() -> None:
    assert FOUND.short_lines(NAMES)[1] == (
        "1 m³/s more of the intake cap of the Kara canal for a dekad would bring what falls short here "
        "0.86 million m³, and all uses together 0.86 (Alpha 0.56, Zeta 0.30)."
    )


def test_members_without_a_known_cause_and_samples_are_told() -> None:
    part, sample = replace(FOUND, attributed=400), replace(FOUND, attributed=12, sampled=True)
    of = "Of the 412 members that fall short"
    assert part.lines()[0].startswith(
        f"{of}, 400 could be attributed. In 71\xa0% of these, what binds first is"
    )
    assert sample.lines()[0].startswith(
        f"{of}, a sample of 12 was looked at. In 71\xa0% of these, what binds"
    )
    many = replace(FOUND, drawn=100_000).lines()[0]
    assert many.startswith("In 71\xa0% of the 412 members that fall short among the first 1,000, what binds")
    none = replace(FOUND, attributed=0, constraints=())
    assert none.lines() == ("What binds in the 412 members that fall short could not be attributed.",)
    assert none.short_lines() == none.lines()


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (1.0, "In all of"),
        (0.9999, "In more than 99\xa0% of"),
        (0.995, "In more than 99\xa0% of"),
        (0.5, "In 50\xa0% of"),
    ],
)
def test_a_share_is_all_only_where_it_is(share: float, words: str) -> None:
    one = replace(FOUND, constraints=(replace(CAP, first=share),))
    assert one.lines(NAMES)[0].startswith(words)


def test_the_whole_list_tells_every_cause_with_its_three_shares() -> None:
    told = FOUND.lines(NAMES)
    assert (
        "The capacity of tunnel (20 to 30 m³/s): binds first in 7\xa0% of the members; "
        "stops 10\xa0% of the requests "
        "that fall short, and 10\xa0% of the water that is missing."
    ) in told
    small = replace(FOUND, constraints=(CAP, replace(WATER, first=0.0, often=0.001)))
    assert any("binds first in none of the members; stops less than 1\xa0%" in line for line in small.lines())


def test_one_member_is_told_in_the_singular() -> None:
    assert "of the 1 member that falls short" in replace(FOUND, short=1, attributed=1).lines()[0]
