"""The proof of a section: every section that ships passes, and a broken one says how."""

from __future__ import annotations

import pytest

from mirab.brief import proof
from mirab.brief.proof import check
from mirab.brief.sections import Section, sections
from mirab.core.errors import InputError, UnknownNameError


@pytest.mark.parametrize("name", [one.name for one in sections()])
def test_every_section_is_proved(name: str) -> None:
    assert "renders on an empty and on a full briefing" in check(name)[-1]


def test_a_section_without_words_and_view_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Section("summary", "section.nowhere", 20, lambda briefing: {})
    monkeypatch.setattr(proof, "section", lambda name: broken)
    with pytest.raises(
        InputError, match=r"lacks 'section.nowhere'; add the phrase\n.*fails on an empty briefing"
    ):
        check("summary")


def test_a_section_without_template_says_which_file_to_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        proof, "section", lambda name: Section("nothing", "section.summary", 1, lambda briefing: {})
    )
    with pytest.raises(InputError, match=r"nothing.html is missing; write sections/nothing.html"):
        check("nothing")


def test_an_unknown_section_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="section 'methods' is not known; nearest is 'method'"):
        check("methods")
