"""An issue is reviewed, then cleared, and after that final; an open comment blocks it."""

from __future__ import annotations

import pytest
from issues_of import issue

from mirab.core.errors import InputError
from mirab.core.records import Clearance
from mirab.follow import clearance
from mirab.follow.clearance import Act, Deed

ON = "2026-11-22T08:00:00+00:00"


def act(number: int, deed: str, text: str = "words", about: int = 0, person: str = "Aigul") -> Act:
    return Act(number, Deed(deed), person, text, about, ON)


def test_an_issue_goes_from_draft_to_reviewed_to_cleared() -> None:
    acts = [act(1, "review"), act(2, "clear")]
    assert [clearance.status(acts[:n]) for n in range(3)] == list(Clearance)


def test_a_draft_is_not_cleared() -> None:
    with pytest.raises(InputError, match="is a draft: review it first|is a draft.*review it first"):
        clearance.check(act(1, "clear"), [], issue="toy-1")


def test_an_open_comment_blocks_clearing_until_it_is_answered() -> None:
    acts = [act(1, "comment", "whose figure?"), act(2, "review")]
    with pytest.raises(InputError, match="comment 1 of Aigul is open: whose figure"):
        clearance.check(act(3, "clear"), acts, issue="toy-1")
    clearance.check(act(4, "clear"), [*acts, act(3, "answer", about=1)], issue="toy-1")


@pytest.mark.parametrize("about", [0, 2, 7])
def test_only_an_open_comment_is_answered(about: int) -> None:
    with pytest.raises(InputError, match=f"comment {about} is not open.*open comments: 1"):
        clearance.check(act(3, "answer", about=about), [act(1, "comment"), act(2, "review")], issue="toy-1")


@pytest.mark.parametrize("deed", list(Deed))
def test_a_cleared_issue_is_final_and_is_corrected_by_a_new_one(deed: str) -> None:
    acts = [act(1, "review"), act(2, "clear")]
    with pytest.raises(InputError, match="is cleared and stays as it is.*mirab brief --corrects toy-1"):
        clearance.check(act(3, deed), acts, issue="toy-1")


def test_an_act_names_its_person_and_a_comment_its_words() -> None:
    with pytest.raises(InputError, match=r"(?s)person is not named.*text is empty"):
        clearance.check(act(1, "comment", " ", person=" "), [], issue="toy-1")


def test_a_released_briefing_names_who_reviewed_and_cleared_it() -> None:
    shown = clearance.released(issue(), [act(1, "review"), act(2, "clear", person="Bakyt")])
    assert (shown.status, shown.cleared_by) == (Clearance.CLEARED, "Bakyt")
    assert shown.imprint.reviewed_by == "Aigul"
    assert shown.imprint.cleared_on is not None
    assert shown.imprint.cleared_on.isoformat() == "2026-11-22"


def test_an_issue_cleared_in_some_languages_may_be_cleared_in_others_and_nothing_else() -> None:
    acts = [act(1, "review"), act(2, "clear", "in en, ru")]
    clearance.check(act(3, "clear", "in kk"), acts, issue="toy-1")
    for deed, text in (("clear", "in ru"), ("clear", "again"), ("comment", "in kk")):
        with pytest.raises(InputError, match="is cleared and stays as it is"):
            clearance.check(act(3, deed, text), acts, issue="toy-1")
    shown = clearance.released(issue(), [*acts, act(3, "clear", "in kk")])
    assert shown.imprint.cleared_in == ("en", "ru", "kk")


def test_a_clearance_that_names_no_language_speaks_of_all() -> None:
    shown = clearance.released(issue(), [act(1, "review"), act(2, "clear", "")])
    assert all(shown.imprint.clears(language) for language in ("en", "ru", "kk"))
