"""The short form: plain in a pipe, whole in 80 columns, the blocks in the order of the page."""

from __future__ import annotations

import io

from rich.console import Console

from mirab.brief.specimen import blank, specimen
from mirab.brief.terminal import show
from mirab.core.records import Briefing


def said(briefing: Briefing, width: int = 80) -> str:
    file = io.StringIO()
    show(briefing, Console(file=file, width=width))
    return file.getvalue()


def test_no_line_is_wider_than_the_terminal() -> None:
    assert max(map(len, said(specimen()).splitlines())) <= 80
    assert max(map(len, said(specimen(), 40).splitlines())) <= 40


def test_a_pipe_gets_no_colour_codes() -> None:
    assert "\x1b" not in said(specimen())


def test_levels_are_words_and_blocks_stand_in_order() -> None:
    text = said(specimen())
    wanted = (
        "An invented basin",
        "In three sentences",
        "Changes",
        "Existing: ",
        "Joint steps",
        "next 30",
        "do not know",
    )
    places = [text.index(words) for words in wanted]
    assert places == sorted(places)


def test_square_brackets_in_a_title_are_text() -> None:
    from dataclasses import replace

    assert "[red]basin[/red]" in said(replace(blank(), region_title="[red]basin[/red]"))


def test_an_empty_briefing_says_what_it_lacks() -> None:
    text = " ".join(said(blank()).split())
    assert "No rule gives a threat at this date." in text
    assert "There is no dated observation in the data." in text


def test_a_focused_issue_says_so_and_for_whom_it_is_written() -> None:
    from dataclasses import replace

    state = next(iter(specimen().state_names))
    text = " ".join(said(replace(specimen(), focus=state)).split())
    name = specimen().state_names[state]
    assert f"Only threats that touch {name}, or that lie downstream of it, are shown." in text
    assert "early-warning briefing" in text
