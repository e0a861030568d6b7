"""Errors say what is wrong, all at once, and what to do."""

import copy

import pytest

from mirab.core import errors
from mirab.core.errors import InputError, MirabError, NotKeptError, Problem, UnknownNameError, suggest


def test_every_error_is_a_mirab_error_and_stands_in_the_tree_that_is_drawn() -> None:
    kinds = [k for k in vars(errors).values() if isinstance(k, type) and issubclass(k, Exception)]
    assert all(issubclass(kind, MirabError) for kind in kinds)
    assert all(kind.__name__ in str(errors.__doc__) for kind in kinds)


def test_problems_are_counted_and_listed() -> None:
    problems = [Problem("a.csv:2", "x=1", "give 2"), Problem("a.csv:3", "y is missing")]
    assert (
        str(InputError("pack", problems)) == "pack: 2 problems\n  a.csv:2 x=1; give 2\n  a.csv:3 y is missing"
    )


@pytest.mark.parametrize(
    ("value", "choices", "words"),
    [
        ("toktogol", ["toktogul", "nurek"], "nearest is 'toktogul'"),
        ("zzz", ["a", "b"], "choose from 'a', 'b'"),
        ("zzz", [], "there is none to choose from"),
        ("zzz", list("abcdefghij"), "and 2 more"),
    ],
)
def test_a_wrong_name_is_pointed_to_the_right_one(value: str, choices: list[str], words: str) -> None:
    assert words in suggest(value, choices)
    assert words in str(UnknownNameError("store", value, choices))


@pytest.mark.parametrize(
    "error",
    [
        InputError("pack", [Problem("a", "is wrong")]),
        UnknownNameError("rule", "x", ["y"]),
        NotKeptError("volume", "lake"),
        MirabError("plain"),
    ],
)
def test_an_error_that_was_handed_between_processes_is_the_same(error: MirabError) -> None:
    again = copy.copy(error)  # asks for the same as pickling
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))
