from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from mirab import centre, inquiry
from mirab.brief.sections import section
from mirab.centre import Seen, Warned, Wish
from mirab.core.errors import InputError, UnknownNameError
from mirab.core.records import Confidence, Evidence, Level, Observation
from mirab.observe import describe
from mirab.resolve import options
from mirab.stages import connecting, observing

ON = date(2023, 10, 1)


@pytest.fixture(scope="module")
def wish(tmp_path_factory: pytest.TempPathFactory) -> Wish:
    folder = tmp_path_factory.mktemp("fibre")
    return Wish("toy", ON, date(2026, 11, 22), folder / "out", folder / "own.sqlite", members=60)


@pytest.fixture(scope="module")
def seen(wish: Wish) -> Seen:
    return centre.observe(wish)


@pytest.fixture(scope="module")
def warned(wish: Wish, seen: Seen) -> Warned:
    domain = next(one for one in seen.domains if one.name == "fibre")
    return centre.connected(domain, seen, wish)


def test_a_published_share_stands_behind_a_dependence_which_is_a_standing_condition(warned: Warned) -> None:
    threat = next(one for one in warned.threats if one.items == ("XBB:XCC",))
    assert threat.level is Level.WATCH
    assert "standing condition" in threat.basis
    assert "90" in threat.basis
    assert "observed share of the traffic for Boria through Calda" in threat.basis
    assert "90\u00a0%, at least 80\u00a0% (author: Ardian Post)" in threat.basis


def test_a_simulation_alone_is_at_most_potential(warned: Warned) -> None:
    levels = {threat.level for threat in warned.threats if threat.items != ("XBB:XCC",)}
    assert levels <= {Level.POTENTIAL, Level.WATCH}


def test_a_cable_past_its_day_is_told_with_its_days(warned: Warned) -> None:
    (threat,) = (one for one in warned.threats if one.rule == "cable_past_ready")
    assert threat.states == ("XBB",)
    assert threat.severity[0].amount == (ON - date(2022, 6, 30)).days


def test_no_skill_is_claimed_and_all_inputs_are_told_as_estimated(warned: Warned) -> None:
    assert {threat.track_record for threat in warned.threats} == {"base rate, no forecast skill"}
    assert all(threat.confidence_shares == {"estimated": 1.0} for threat in warned.threats)
    assert any("are estimated" in line for line in warned.assumptions)


def test_tables_say_what_they_rest_on(warned: Warned) -> None:
    made = {one.id: one for one in warned.material.made}
    assert set(made) == {"exits:fibre", "gone:fibre", "cables:fibre"}
    assert all("6 of 6 links that carry traffic" in one.note for one in made.values())
    assert made["exits:fibre"].columns["ways_planned"] == (2, 3, 2)


def test_what_is_left_stands_beside_what_there_is(wish: Wish) -> None:
    found = inquiry.without("fibre", ["XCC"], [], wish)
    boria = next(i for i, one in enumerate(found.surveyed) if one.state == "XBB")
    assert (found.surveyed[boria].ways, found.left[boria].ways) == (2, 1)
    assert found.left[boria].at_once < 0.1 < found.left[boria].restored


def test_a_planned_system_is_opened_before_it_is_taken_away(wish: Wish) -> None:
    found = inquiry.without("fibre", ["southern cable"], [], wish)
    assert [(one.ways, left.ways) for one, left in zip(found.surveyed, found.left, strict=True)] == [
        (2, 2),
        (3, 2),
        (2, 2),
    ]


def test_a_name_that_is_nothing_is_refused(wish: Wish) -> None:
    with pytest.raises(UnknownNameError, match="'XCD' is not known; nearest is"):
        inquiry.without("fibre", ["XCD"], [], wish)


def test_a_region_without_the_domain_is_refused(wish: Wish) -> None:
    with pytest.raises(UnknownNameError, match="domain with links in this region 'water_pipes'"):
        inquiry.without("water_pipes", [], [], wish)


def test_the_section_is_there_for_the_domain() -> None:
    assert section("exits").title == "section.exits"


def test_a_cable_is_worth_what_it_saves_on_the_same_members(seen: Seen, wish: Wish, warned: Warned) -> None:
    found = {one.id: one for one in centre.resolve(warned, seen, wish)}
    cable = found["fibre:southern_cable"]
    helped = {effect.threat for effect in cable.threats if effect.helps}
    assert {"fibre:cable_past_ready:boria_south__dorn", "fibre:single_state_dependence:XBB:XCC"} <= helped
    assert cable.coalition == ("XBB",)
    assert "Days of lost connection saved" in cable.deal[0]


def test_states_save_no_less_together_than_any_of_them(seen: Seen, wish: Wish) -> None:
    domain = next(one for one in seen.domains if one.name == "fibre")
    found = connecting.joint(domain, options.load(seen.region, "fibre"), seen, wish)
    means = found.game.values.mean(axis=0)
    assert means[-1] == pytest.approx(means.max())
    assert found.steps["XBB",] == ("fibre:southern_cable",)


def test_the_pack_of_another_is_checked_with_its_options(tmp_path: Path) -> None:
    folder = describe.new(tmp_path / "pack")
    table = folder / "fibre" / "option_changes.csv"
    table.write_text(table.read_text("utf-8").replace("boria_south__dorn", "boria_south__dorm"), "utf-8")
    with pytest.raises(InputError, match="change opened names 'boria_south__dorm'; nearest is"):
        inquiry.check_region(str(folder))


def with_measured(seen: Seen, share: float, last: date) -> Seen:
    """What is seen with a figure of a monitor for the day before another."""
    evidence = Evidence("ioda", Confidence.COMPUTED)
    told = ("connectivity_share", last - timedelta(days=1), last, share, "fraction", "Monitor", evidence)
    return replace(seen, observations=(*seen.observations, Observation("XBB", *told)))


@pytest.mark.parametrize(
    ("share", "last", "found"),
    [(0.4, ON, [Level.EXISTING]), (0.9, ON, []), (0.4, ON - timedelta(days=30), [])],
)
def test_a_measured_fall_exists_while_it_is_fresh(
    wish: Wish, seen: Seen, share: float, last: date, found: list[Level]
) -> None:
    domain = next(one for one in seen.domains if one.name == "fibre")
    judged = centre.connected(domain, with_measured(seen, share, last), replace(wish, members=8))
    assert [one.level for one in judged.threats if one.rule == "measured_fall"] == found
    assert not any("70 %" in gap for gap in judged.gaps)


def test_without_a_monitor_its_rule_is_not_spoken_of(warned: Warned) -> None:
    assert "measured_fall" not in {rule.rule_id for rule in warned.rules}


def test_what_a_monitor_saw_is_among_the_events(wish: Wish, seen: Seen) -> None:
    found = observing.events(wish, with_measured(seen, 0.4, ON))
    assert [one.states for one in found if one.kind == "fibre:measured"] == [("XBB",)]
