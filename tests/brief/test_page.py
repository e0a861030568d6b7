"""The page: the eight blocks, hostile text, absent figures, order of states, and no outside request."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from mirab.brief.drawing import charts
from mirab.brief.page import Page, anchor
from mirab.brief.series import chart_of
from mirab.brief.specimen import blank, ground, specimen
from mirab.brief.words import load
from mirab.core.errors import UnknownNameError
from mirab.core.imprint import Cadence, Imprint
from mirab.core.plain import from_dict
from mirab.core.records import Briefing, Clearance

BLOCKS = ("summary", "changes", "top_threats", "small_map", "steps", "ahead", "unknowns")
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def html(briefing: Briefing) -> str:
    return Page(briefing, ground(), load()).html()


class Outline(HTMLParser):
    """Tags, headings, ids and addresses of a page; `outward` lead who follows them to a publisher."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.outward: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.ids += [values["id"]] if "id" in values else []
        if tag == "a" and values.get("rel") == "noreferrer":
            self.outward.append(values["href"])
            return
        self.addresses += [values[name] for name in ("href", "src", "action", "srcset") if name in values]
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))


@pytest.fixture(scope="module")
def full() -> str:
    return html(specimen())


def test_page_one_holds_the_blocks_in_their_order(full: str) -> None:
    places = [full.index('class="masthead"'), *(full.index(f'<h2 id="{name}"') for name in BLOCKS)]
    assert places == sorted(places)
    assert places[-1] < full.index('<nav class="contents"')


def test_an_empty_briefing_says_in_words_what_it_lacks() -> None:
    page = html(blank())
    none = ("first issue", "No rule gives a threat", "No joint step", "No meeting, handover", "No unknowns")
    assert all(words in page for words in none)
    assert "There is no dated observation" in page


def test_a_page_asks_for_nothing_from_outside_and_needs_no_script(full: str) -> None:
    outline = Outline(full)
    assert all(address.startswith("#") for address in outline.addresses)
    assert all(address.startswith("https://example.org/") for address in outline.outward)
    assert not {"script", "link", "iframe", "img", "object"} & set(outline.tags)
    assert not re.search(r"url\((?!#)|@import", full)


def test_every_link_inside_the_page_has_its_place_and_every_place_is_one(full: str) -> None:
    outline = Outline(full)
    assert {address[1:] for address in outline.addresses} <= set(outline.ids)
    assert len(outline.ids) == len(set(outline.ids))


def test_headings_never_skip_a_rank(full: str) -> None:
    ranks = Outline(full).headings
    assert ranks[0] == 1
    assert ranks.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(ranks, ranks[1:], strict=False))


def test_hostile_text_stays_text() -> None:
    full = specimen()
    threat = replace(
        full.threats[0], title=HOSTILE, why=(HOSTILE,), addressee=HOSTILE, items=("water:upper",)
    )
    series = replace(full.series[0], title=HOSTILE, note=HOSTILE)
    source = replace(full.sources[0], title=HOSTILE)
    spoiled = replace(
        full,
        region_title=HOSTILE,
        situation=(HOSTILE,),
        threats=(threat,),
        series=(series,),
        sources=(source,),
    )
    outline = Outline(html(spoiled))
    assert not {"script", "img"} & set(outline.tags)


def test_states_stand_a_to_z_by_name(full: str) -> None:
    assert "Lowland, Upland" in full
    assert "Upland, Lowland" not in full
    severities = full[full.index('id="water-upper"') :]
    assert severities.index(">Lowland<") < severities.index(">Upland<")


def test_absent_is_not_zero(full: str) -> None:
    assert "limit or use not known" in full
    ledger = full[full.index('<h2 id="ledger"') :]
    assert "not modelled" in ledger
    assert "absent" in ledger


def test_old_observations_make_the_page_a_scenario() -> None:
    full = specimen()
    fresh = replace(full, last_observation=full.as_of)
    assert "Scenario from climatology" in html(full)
    assert "Scenario from climatology" not in html(fresh)


def test_probability_stands_in_words_and_number(full: str) -> None:
    assert "likely in the model (72\u00a0%)" in full


def test_recalled_inputs_are_badged(full: str) -> None:
    assert "70\u00a0% of inputs recalled" in full


def test_an_assessment_shows_both_values(full: str) -> None:
    assert "Assessed by B. Analyst: seen in the field. Computed level: Potential." in full


def test_every_map_carries_its_disclaimer_and_year(full: str) -> None:
    assert (
        full.count('<figure class="map') == full.count("say nothing about any place. Base map of 2030.") == 2
    )


def test_every_drawing_has_a_spoken_label_and_its_numbers_in_a_table(full: str) -> None:
    drawings = re.findall(r"<svg[^>]*>", full)
    assert all('role="img"' in one and 'direction="ltr"' in one and 'aria-label="' in one for one in drawings)
    drawn = [one for one in specimen().series if chart_of(one) in charts()]
    assert full.count("<details>") == len(drawn) + 1


def test_sections_follow_the_order_that_the_briefing_asks_for() -> None:
    page = html(replace(blank(), sections=("method", "served")))
    places = [page.index(f'<h2 id="{name}"') for name in ("unknowns", "method", "served", "threats")]
    assert places == sorted(places)


def test_an_unknown_section_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="'outlok' is not known; nearest is 'outlook'"):
        html(replace(blank(), sections=("outlok",)))


def test_ids_become_anchors_without_signs() -> None:
    assert (anchor("water:a b/<x>"), anchor("::")) == ("water-a-b-x", "part")


def test_the_print_of_page_one_shrinks_with_its_text_but_stays_readable(full: str) -> None:
    long = replace(specimen(), situation=("word " * 2000,))
    assert "--fit: 1.0" in full
    assert "--fit: 0.78" in html(long)


def test_sources_are_cited_by_their_number_in_the_list(full: str) -> None:
    numbers = re.findall(r'<a class="cite" href="#(source-[^"]+)"[^>]*>\[(\d+)\]</a>', full)
    listed = re.findall(r'<li id="(source-[^"]+)"', full)
    assert numbers
    assert all(listed[int(number) - 1] == id for id, number in numbers)


def test_a_section_that_names_a_state_with_a_note_carries_the_note() -> None:
    note = load()("note.state.AFG")
    named = replace(specimen(), state_names={**specimen().state_names, "AFG": "Afghanistan"})
    assert note not in html(specimen())
    page = html(replace(named, region_title="Afghanistan and its rivers"))
    assert note in page.partition('<nav class="contents"')[0]


def test_a_focused_issue_says_that_it_leaves_threats_out() -> None:
    state = next(iter(specimen().state_names))
    name = specimen().state_names[state]
    assert f"Only threats that touch {name}, or that lie downstream of it, are shown." in html(
        replace(specimen(), focus=state)
    )


def test_a_nought_of_deaths_stands_beside_what_it_does_not_count_and_that_there_is_no_skill() -> None:
    page = html(specimen())
    row = page[page.index("Lowland</td>", page.index('data-label="A month of 25 deaths or more"') - 400) :]
    row = row[: row.index("</tr>")]
    assert "less than 1" in row
    assert "deaths of the invented kind" in row
    assert "base rate, no forecast skill" in row
    assert "Brier 0.12, baseline 0.15; 4 of 15 past years had such a month" in page


def test_every_sharing_rule_stands_in_a_table_and_one_without_an_answer_has_no_figures(full: str) -> None:
    table = full[full.index("What each sharing rule gives") :]
    rows = re.findall(r"<tr role=\"row\">(.*?)</tr>", table[: table.index("</details>")], re.DOTALL)
    shapley, tau = (re.findall(r"<td[^>]*>(.*?)</td>", row) for row in rows[1:])
    assert shapley[0] == "Shapley value"
    assert "100" in shapley[2]
    assert all("+1 (+0.5 to +1.5)" in cell for cell in shapley[3:])
    assert tau[0] == "Tau value"
    assert tau[2:] == ["not known"] * 3


def test_an_issue_of_the_first_format_is_read_and_drawn_for_ever() -> None:
    golden = Path(__file__).parents[1] / "follow" / "golden" / "issue_format_1.json"
    kept = json.loads(golden.read_text("utf-8"))
    page = html(from_dict(Briefing, {**kept, "a_part_of_a_later_program": [1]}))
    assert all(threat["title"] in page for threat in kept["threats"])


@pytest.mark.parametrize(
    ("status", "said"), [("draft", "Draft"), ("reviewed", "Not cleared"), ("cleared", "")]
)
def test_only_a_cleared_issue_has_no_watermark(status: str, said: str) -> None:
    page = html(replace(specimen(), status=Clearance(status)))
    assert re.findall(r'<p class="watermark" aria-hidden="true">(.*)</p>', page) == [said][: bool(said)]


def test_a_correction_and_what_it_corrects_name_each_other() -> None:
    new = Imprint(Cadence.WEEKLY, corrects=6, correction="the reading of May was wrong")
    page = html(replace(specimen(), imprint=new))
    assert "Corrects issue 6: the reading of May was wrong" in page
    assert "<dd>7, weekly</dd>" in page
    assert "Corrected by issue 8." in html(replace(specimen(), imprint=Imprint(corrected_by=8)))
