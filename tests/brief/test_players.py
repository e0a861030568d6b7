"""Gains on corridors on the page: by state, all steps together apart from pairs, and a chart of each step."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from mirab.brief.page import Page
from mirab.brief.sections import section
from mirab.brief.series import gain
from mirab.brief.specimen import ground, specimen
from mirab.brief.words import load
from mirab.core.carriage_gain import CarriageGain
from mirab.core.records import Option

NONE = (0.0, 0.0, 0.0)
GAIN = CarriageGain("XAA", (1e6, 2e6, 3e6), (1e6, 1.5e6, 2e6), (0.0, 5e5, 1e6), NONE, (0.1, 0.2, 0.3), 2.5e6)
LOSS = CarriageGain("XCC", (-2e5, -1e5, 0.0), NONE, NONE, (-2e5, -1e5, 0.0), NONE, -1e5)
BOAT = replace(
    specimen().options[0], id="lines:boat", title="One boat more", states=(), carriage=(GAIN, LOSS)
)
PAIR = replace(BOAT, id="lines:boat+rail", kind="pair", parts=("lines:boat", "lines:rail"))
JOINED = replace(BOAT, id="lines:together", title="All 2 steps together", kind="together", parts=PAIR.parts)


def shown(options: tuple[Option, ...], language: str = "en") -> str:
    briefing = replace(specimen(), options=options)
    text = str(Page(briefing, ground(), load(language)).section(section("joint")))
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def test_all_steps_together_stand_apart_from_pairs() -> None:
    view = section("joint").view(replace(specimen(), options=(BOAT, JOINED, PAIR)))
    assert view["together"] == [JOINED]
    assert view["pairs"] == [PAIR]
    assert view["carried"] is True
    assert section("joint").view(specimen())["carried"] is False


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("+2 (+1 to +3)", "of it: carrying the cargo of others", "Not counted: what a step costs")),
        ("ru", ("из него: перевозка чужого груза", "Не учтено: сколько стоит шаг")),
        ("kk", ("өзгелердің жүгін тасымалдау", "Есепке алынбаған: қадамның құны")),
    ],
)
def test_a_page_tells_gains_by_state_and_what_is_not_counted(language: str, said: tuple[str, ...]) -> None:
    text = shown((BOAT, JOINED), language)
    assert [one for one in said if one not in text] == []


def test_the_chart_of_a_step_has_the_mean_and_the_middle_eighty_percent_of_each_state() -> None:
    columns = gain(BOAT).columns
    assert columns["state"] == ("XAA", "XCC")
    assert columns["mean_musd"] == (2.5, -0.1)
    assert columns["low_musd"] == (1.0, -0.2)
    assert columns["high_musd"] == (3.0, 0.0)
