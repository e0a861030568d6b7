"""One state on one page: each record once where it belongs, neutral words, silence without a focus."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from mirab.brief.page import Page
from mirab.brief.sections import section
from mirab.brief.specimen import blank, ground, specimen
from mirab.brief.words import load
from mirab.core.presence import Presence
from mirab.core.records import Briefing, LedgerLine, Series


def shown(state: str, **parts: object) -> str:
    text = str(Page(focused(state, **parts), ground(), load()).section(section("focus")))
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def focused(state: str, **parts: object) -> Briefing:
    return replace(specimen(), focus=state, **parts)


def test_without_a_focus_the_page_has_no_such_section_and_with_one_it_stands_first_at_the_back() -> None:
    page = Page(blank(), ground(), load()).html()
    assert 'id="focus"' not in page
    narrowed = replace(blank(), focus="XAA", sections=("focus", "threats"))
    contents = Page(narrowed, ground(), load()).html().partition('<nav class="contents"')[2]
    assert re.findall(r'href="#(\w+)"', contents)[:2] == ["focus", "threats"]


@pytest.mark.parametrize(
    ("state", "touched", "downstream"),
    [("XAA", ["water:upper", "water:gauge"], []), ("XBB", [], ["water:gauge"])],
)
def test_threats_that_touch_a_state_are_apart_from_those_downstream_of_it(
    state: str, touched: list[str], downstream: list[str]
) -> None:
    view = section("focus").view(focused(state))
    assert [one.id for one in view["threats"]] == touched
    assert [one.id for one in view["downstream"]] == downstream


def test_a_threat_to_the_state_alone_is_none_to_others() -> None:
    (_, gauge, _) = specimen().threats
    alone = replace(gauge, states=("XBB",), upstream=("XBB",))
    view = section("focus").view(focused("XBB", threats=(alone,)))
    assert (view["threats"], view["downstream"]) == ([alone], [])


def test_what_is_promised_by_a_state_and_to_it_stands_apart_and_what_was_met_is_gone() -> None:
    giver, taker = (dict(section("focus").view(focused(one))["promises"]) for one in ("XAA", "XCC"))
    assert [one.id for one in giver["by"]] == [one.id for one in taker["to"]]
    assert [one.id for one in giver["by"]] == ["promise-scheduled", "promise-overdue"]
    assert giver["to"] == taker["by"] == []


def test_support_is_that_of_the_state_and_a_table_without_it_is_a_gap() -> None:
    assert "Flood fund" in shown("XCC")
    assert "This is a gap in the tables, not a finding that there is none." in shown("XAA")


def test_downstream_says_nothing_of_cause_or_fault() -> None:
    text = shown("XBB")
    assert "it says nothing of cause or fault" in text
    assert not re.search(r"\b(blame|guilty|aggressor|caused by)\b", text)


def test_what_is_not_known_names_the_themes_without_a_format_and_lines_on_the_state() -> None:
    name = specimen().state_names["XBB"]
    line = LedgerLine("Gauges", Presence.ABSENT, 0, {}, f"None in {name}.")
    other = LedgerLine("Canals", Presence.ABSENT, 0, {}, "None at all.")
    unknown = section("focus").view(focused("XBB", ledger=(line, other)))["unknown"]
    assert unknown["themes"] == ["water"]
    assert unknown["lines"] == [f"Gauges: None in {name}."]


def test_an_empty_briefing_of_one_state_says_what_it_lacks() -> None:
    text = str(Page(replace(blank(), focus="XAA"), ground(), load()).section(section("focus")))
    assert "No such promise has been recorded." in text
    assert "what no table holds is absent, not zero" in text


def test_a_page_on_afghanistan_carries_the_note_on_recognition() -> None:
    names = specimen().state_names | {"AFG": "Afghanistan"}
    page = Page(focused("AFG", state_names=names, series=()), ground(), load()).html()
    part = page[page.index('<section class="back focus"') :]
    assert "do not imply recognition" in part[: part.index("</section>")]


def test_what_was_observed_last_in_the_state_stands_with_its_age_and_nothing_of_others() -> None:
    columns = {"state": ("XAA", "XBB"), "what": ("refugees from", "refugees in"), "value": (120.0, 45.0)}
    columns |= {"unit": ("persons",) * 2, "first": ("2025-01-01",) * 2, "last": ("2025-12-31",) * 2}
    columns |= {"age": (325, 325), "rests_on": ("unhcr (published)",) * 2}
    told = Series("beside:security", "Observed", "1", columns, ("unhcr",), "published")
    text = shown("XBB", series=(told,))
    assert "1 January 2025 to 31 December 2025; 325 days old" in text
    assert "refugees in: " in text
    assert "refugees from" not in text
