"""The sentences of a deal say its numbers, in neutral words."""

import re

import numpy as np
import pytest

from mirab.core.records import StateEffect
from mirab.resolve.deal import deal, enabled
from mirab.resolve.game import Game
from mirab.resolve.sentences import among, figured, in_kind, listed

from . import games

NAMES = {"AFG": "Afghanistan", "KAZ": "Kazakhstan", "KGZ": "Kyrgyzstan", "UZB": "Uzbekistan"}
LOADED = re.compile(r"side pay|blame|fault|angry|threat|enem|blackmail|guilt|rival|player")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_a_deal_worked_by_hand_is_told_in_three_sentences() -> None:
    """KAZ gains 9 million if KGZ acts at a loss of 4: 2.5 each, so 6.5 are handed over."""
    gains = np.array([[9e6, -4e6]] * 30)
    told = deal(enabled(("KAZ", "KGZ"), gains, ["KGZ"]), NAMES, before=gains).sentences
    assert [plain(text) for text in told] == [
        "Acting together, Kazakhstan and Kyrgyzstan reach USD 5.0 million more than each by itself (5.0 to "
        "5.0 in the middle 80 % of members); there is a gain in all 30 members.",
        "Of this every rule gives, in million US dollars, Kazakhstan 2.5 and Kyrgyzstan 2.5; as compensation "
        "Kazakhstan pays 6.5 and Kyrgyzstan receives 6.5.",
        "By both rules, in all 30 members, no state and no group of states would do better by itself.",
    ]


def test_where_no_sharing_keeps_all_it_is_said_who_would_do_better() -> None:
    pairs = Game(("AFG", "KAZ", "KGZ"), 1e6 * (games.members(3).sum(axis=1) >= 2).astype(float)[None, :])
    last = plain(deal(pairs, NAMES).sentences[2])
    assert last == (
        "By both rules, in 0 of 1 member, no state and no group of states would do better by itself; in 1 of "
        "1 member no sharing reaches that; most often Afghanistan and Kazakhstan would gain USD 333 thousand "
        "more by themselves than by the Shapley value."
    )


def test_a_deal_made_ahead_is_told_where_members_differ() -> None:
    """Alone they reach 6 each in one member and nothing in the other: on average it pays to stay."""
    game = Game(("KAZ", "UZB"), 1e6 * np.array([[0.0, 6.0, 6.0, 8.0], [0.0, 0.0, 0.0, 8.0]]))
    last = deal(game, NAMES).sentences[2]
    assert last.startswith("By both rules, in 1 of 2 members, no state")
    assert last.endswith("; at mean values, for a deal made ahead, none would.")


def test_a_deal_that_does_not_hold_ahead_says_so() -> None:
    pairs = (games.members(3).sum(axis=1) >= 2).astype(float)
    game = Game(("AFG", "KAZ", "KGZ"), 1e6 * np.stack([pairs, 2.0 * pairs]))
    assert (
        deal(game, NAMES).sentences[2].endswith("at mean values, for a deal made ahead, some would as well.")
    )


def test_the_two_rules_and_the_range_are_told_where_they_differ() -> None:
    game = games.claims_on(200.0, [100.0, 200.0, 300.0])
    told = plain(deal(Game(("AFG", "KAZ", "KGZ"), game.values * 1e3), NAMES).sentences[1])
    assert "Afghanistan 33.3 (50.0; 33.3 to 66.7)" in told
    assert "compensation" not in told


def test_where_nothing_is_gained_nothing_is_shared() -> None:
    told = deal(Game(("KAZ", "UZB"), np.array([[0.0, 4e6, 4e6, 6e6]] * 40)), NAMES).sentences
    assert "reach no more than each by itself on average: USD \u22122.0 million" in plain(told[0])
    assert plain(told[1]) == (
        "There is nothing to share; to leave no state worse off, USD 2.0 million would have to come from "
        "outside."
    )
    assert len(told) == 2


def test_where_each_has_its_share_nobody_owes_compensation() -> None:
    game = Game(("KAZ", "UZB"), np.array([[0.0, 0.0, 0.0, 4e6]]))
    assert deal(game, NAMES, before=np.array([[2e6, 2e6]])).sentences[1].endswith("nobody owes compensation.")


def test_rules_that_disagree_on_who_pays_say_so() -> None:
    game = games.claims_on(200.0, [100.0, 200.0, 300.0])
    before = np.array([[40.0, 80.0, 80.0]])
    told = deal(game, before=before).sentences[1]
    assert "AFG pays 7 (receives 10)" in told
    assert "KAZ receives 3 (pays 5)" in told


def test_a_state_alone_has_nobody_to_share_with() -> None:
    assert deal(Game(("UZB",), np.array([[0.0, 3.0]])), NAMES).sentences == (
        "Uzbekistan stands alone: there is nobody to share with.",
    )


def test_with_and_without_a_state_two_gains_stand_side_by_side() -> None:
    weight = games.members(4).sum(axis=1)
    game = Game(("AFG", "KAZ", "KGZ", "UZB"), 1e6 * (weight * (weight - 1.0))[None, :])
    told = plain(deal(game, NAMES, apart=["AFG"]).beside)
    assert told == (
        "With Afghanistan taking part the states gain USD 12.0 million together; without, the others gain "
        "USD 6.0 million among themselves."
    )


@pytest.mark.parametrize("kind", ["convex", "whole", "any"])
def test_states_stand_a_to_z_in_neutral_words(kind: str) -> None:
    for seed in range(10):
        told = " ".join(deal(games.drawn(seed, 4, kind, count=25), apart=["AFG"]).sentences)
        assert not LOADED.search(told.lower())
        places = [told.index(state) for state in games.NAMES[:4]]
        assert places == sorted(places)


def test_what_changes_hands_in_kind_is_told_unless_it_is_a_trifle() -> None:
    nothing = (0.0, 0.0, 0.0)
    more = StateEffect("KAZ", (0.1, 0.25, 0.4), nothing, (-1.0, -0.5, 0.0), nothing, nothing, 0.0, 0.0)
    less = StateEffect("KGZ", nothing, nothing, (-900.0, -800.0, -1.0), nothing, nothing, 0.0, 0.0)
    assert plain(in_kind((more, less), NAMES)) == (
        "In kind, in the middle member: Kazakhstan receives 0.25 km\u00b3 more water and Kyrgyzstan makes "
        "800 GWh less electricity from October to March."
    )
    assert not in_kind((), NAMES)


def test_fractions_of_members_never_round_to_none_or_all() -> None:
    told = [plain(among(share, 5000)) for share in (0.0, 0.001, 0.5, 0.999, 1.0)]
    assert told == [
        "none of the 5,000 members",
        "less than 1 % of the 5,000 members",
        "50 % of the 5,000 members",
        "more than 99 % of the 5,000 members",
        "all 5,000 members",
    ]
    assert among(0.5, 2) == "1 of 2 members"


def test_numbers_of_one_sentence_are_of_one_order() -> None:
    figures = figured([1.23e9, -4e7, 1.0])
    assert (figures, figures.order) == (["1.2", "0.0", "0.0"], "billion")
    assert (figured([12.0, -3.0]), figured([12.0]).order) == (["12", "\u22123"], "")
    assert figured([345_600_000.0, 1e6]) == ["346", "1"]


def test_words_in_a_row() -> None:
    assert [listed(words) for words in (["A"], ["A", "B"], ["A", "B", "C"])] == ["A", "A and B", "A, B and C"]
