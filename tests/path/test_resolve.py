"""From a threat to a joint step: what `mirab resolve` says on the toy region, and what a bad pack is told."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from mirab import inquiry, joint
from mirab.centre import Wish
from mirab.core.errors import InputError, RegionError, UnknownNameError
from mirab.core.records import Marking, Standing
from mirab.observe import region

ON = date(2023, 10, 1)
DRY = "water:limits_served:mira:XBB"


@pytest.fixture(scope="module")
def wish(tmp_path_factory: pytest.TempPathFactory) -> Wish:
    folder = tmp_path_factory.mktemp("resolve")
    return Wish("toy", ON, ON, folder / "out", folder / "own.sqlite", members=100, audience=Marking.INTERNAL)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    found = tmp_path / "toy"
    shutil.copytree(region.load("toy").path, found)
    return found


def add(path: Path, line: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")


def test_steps_that_help_against_a_threat_stand_by_what_they_change(wish: Wish) -> None:
    found = joint.steps(DRY, wish)
    (threat,) = found.threats
    known = {option.id: option for option in found.options}
    after = [next(e.after for e in known[id].threats if e.threat == DRY) for id in threat.options]
    assert len(after) >= 3
    assert after == sorted(after)


def test_a_step_by_its_id_has_its_states_and_its_promise(wish: Wish) -> None:
    (option,) = joint.steps("water:power_for_water", wish).options
    gains = {effect.state: effect for effect in option.states}
    assert gains["XAA"].winter_energy_gwh[1] < 0.0 < gains["XBB"].water_km3[2]
    assert option.agreements == ("Protocol on Winter Power and Summer Water (2019-11-03): under negotiation",)
    assert "XAA" in option.coalition


def test_what_cannot_be_valued_is_listed_with_the_reason(wish: Wish) -> None:
    listed = {option.id: option.not_valued for option in joint.steps("", wish).options}
    assert listed["water:joint_gauge"] == "data do not change the water"


def test_the_public_sees_what_is_agreed_or_under_negotiation(wish: Wish) -> None:
    seen = joint.steps("", replace(wish, audience=Marking.PUBLIC)).options
    assert {option.standing for option in seen} <= {Standing.AGREED, Standing.UNDER_NEGOTIATION}
    assert seen


def test_an_unknown_id_names_the_nearest(wish: Wish) -> None:
    with pytest.raises(UnknownNameError, match="nearest is 'water:power_for_water'"):
        joint.steps("water:power_for_wate", wish)


def test_a_pack_is_told_which_line_dangles_and_which_contradicts(pack: Path) -> None:
    table = pack / "water" / "option_changes.csv"
    add(table, "all_summer,release_share,highdm__midtown,6,0.5,fraction,toy_invented,estimated,")
    add(table, "early_limits,demand_factor,left_bank,5|6,0.8,1,toy_invented,estimated,")
    with pytest.raises(RegionError, match="2 problems") as told:
        inquiry.check_region(str(pack))
    assert "option_changes.csv:5 release_share highdm__midtown is not in the network" in str(told.value)
    assert "option_changes.csv:6 demand_factor left_bank contradicts another row" in str(told.value)


def test_a_scenario_that_dangles_is_told_with_its_line(pack: Path) -> None:
    add(pack / "water" / "scenarios.csv", "low,Low,start_mcm,highdm,,10,million m3,toy_invented,estimated,")
    with pytest.raises(RegionError, match=r"scenarios.csv:3 start_mcm highdm is not in the network"):
        inquiry.check_region(str(pack))


def test_values_whose_shares_do_not_reach_the_whole_are_refused(pack: Path) -> None:
    table = pack / "water" / "values.csv"
    table.write_text(table.read_text("utf-8").replace("municipal,,,1,", "municipal,,,0.9,"), encoding="utf-8")
    with pytest.raises(InputError, match="midtown_supply has pieces up to 0.9; give shares that rise to 1"):
        inquiry.check_region(str(pack))


@pytest.mark.slow
def test_a_whole_system_is_asked_for_by_its_river(wish: Wish) -> None:
    few = replace(wish, members=6)
    found = joint.together("water:mira", few)
    assert (found.title, found.members, found.found.states) == ("Mira", 6, ("XAA", "XBB", "XCC"))
    with pytest.raises(UnknownNameError, match="nearest is 'water:mira'"):
        joint.together("water:mirra", few)


def test_the_public_is_not_told_what_is_analytical_only(wish: Wish) -> None:
    with pytest.raises(InputError, match="water:mira is analytical only; ask for partners or internal"):
        joint.resolved("water:mira", replace(wish, audience=Marking.PUBLIC, members=3))


def test_what_a_step_is_worth_names_what_the_values_rest_on(pack: Path, wish: Wish) -> None:
    table = pack / "water" / "values.csv"
    table.write_text(table.read_text("utf-8").replace("estimated", "recalled"), encoding="utf-8")
    found = joint.resolved("water:power_for_water", replace(wish, region=str(pack), members=5))
    assert isinstance(found, joint.Steps)
    assert {line.confidence.value for line in found.options[0].evidence} == {"estimated", "recalled"}


def test_a_month_without_a_price_is_refused_and_not_taken_as_worth_nothing(pack: Path) -> None:
    table = pack / "water" / "values.csv"
    lines = [line for line in table.read_text("utf-8").splitlines(True) if not line.startswith("power,")]
    table.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(
        InputError, match="electricity of the other states has no price in the months 4, 5, 6, 7"
    ):
        inquiry.check_region(str(pack))
