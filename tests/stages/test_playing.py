"""Corridor states as players: the toy by hand, who has no share, what the public sees, what is refused."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from mirab import joint
from mirab.brief import players
from mirab.centre import Wish, observe
from mirab.core.errors import UnknownNameError
from mirab.core.records import Change, Marking, Option
from mirab.domains.corridor.domain import DOMAIN
from mirab.resolve import carriage as changes
from mirab.resolve import options
from mirab.stages import playing, trying
from mirab.stages.carrying import carry, declared, drawn
from mirab.stages.observing import Seen
from mirab.warn.carriage import carried
from mirab.warn.earnings import kept

ON = date(2024, 6, 1)
MEMBERS = 8
RAIL = 0
HOURS = Change("hours_factor", "midtown_gauge", 0.5, "1")
BOAT = Change("vessels", "boats", 1.0, "1")


@pytest.fixture(scope="module")
def wish(tmp_path_factory: pytest.TempPathFactory) -> Wish:
    folder = tmp_path_factory.mktemp("toy")
    found = Wish("toy", ON, ON, folder / "out", folder / "own.sqlite", members=MEMBERS)
    return replace(found, audience=Marking.INTERNAL)


@pytest.fixture(scope="module")
def seen(wish: Wish) -> Seen:
    return observe(wish)


@pytest.fixture(scope="module")
def known(seen: Seen) -> tuple[Option, ...]:
    return options.load(seen.region, "corridor")


@pytest.fixture(scope="module")
def bench(wish: Wish, seen: Seen, known: tuple[Option, ...]) -> playing.Bench:
    plan = declared(DOMAIN, seen)
    return playing.bench(carried(plan, drawn(plan, seen, wish, MEMBERS), rounds=1), ON, known)


@pytest.fixture(scope="module")
def joined(wish: Wish) -> players.Joined:
    found = joint.resolved("corridor:together", wish)
    assert isinstance(found, players.Joined)
    return found


def test_alone_boria_earns_on_its_link_what_a_shorter_dwell_draws_to_the_rail(bench: playing.Bench) -> None:
    """By hand: 210 km of the rail are its own, at 0.03 to 0.08 USD per t and km, of which a part is left."""
    base = bench.base
    plan = changes.apply(base.plan, [HOURS], ON)
    other = carried(plan, base.draws, base=base, gap=playing.GAP)
    more = ((other.shares - base.shares) * base.volumes)[:, RAIL]
    tariff = 210.0 * (0.03 + base.draws.freight * 0.05)
    left = kept((0.2, 0.3, 0.4), 1, MEMBERS)
    assert more.min() > 0.0
    expected = (365.0 * more * tariff * left)[:, None]
    assert bench.usd([HOURS], ["XBB"]) == pytest.approx(expected)


def test_the_game_of_the_toy_has_for_each_group_what_its_own_states_have(
    joined: players.Joined, bench: playing.Bench
) -> None:
    game = joined.found.game
    assert game.states == ("XAA", "XBB", "XCC")
    boats, hours = bench.usd([BOAT], game.states), bench.usd([HOURS], game.states)
    of_groups = {
        ("XAA",): np.zeros(MEMBERS),
        ("XBB",): hours[:, 1],
        ("XAA", "XCC"): boats[:, 0] + boats[:, 2],
        ("XAA", "XBB"): hours[:, 0] + hours[:, 1],
        ("XBB", "XCC"): hours[:, 1] + hours[:, 2],
    }
    for group, expected in of_groups.items():
        assert game.values[:, game.mask(group)] == pytest.approx(expected, rel=1e-6, abs=1.0)
    assert set(joined.found.steps["XAA", "XBB"]) == {"corridor:gauge_hours", "corridor:gauge_paths"}


def test_compensation_takes_from_whom_time_is_saved_to_boria_which_acts_for_it(
    joined: players.Joined,
) -> None:
    parts = {part.state: part for part in joined.found.deal.parts}
    for rule in ("shapley", "nucleolus"):
        assert parts["XBB"].compensation[rule][1] > 0.0
        assert sum(part.compensation[rule][1] for part in parts.values()) == pytest.approx(0.0, abs=1.0)


def test_steps_run_once_and_their_count_is_told(bench: playing.Bench) -> None:
    told: list[tuple[int, int]] = []
    fresh = playing.Bench(bench.base, ON, lambda done, whole: told.append((done, whole)), 2)
    for _ in range(2):
        fresh.gains([BOAT])
        fresh.gains([HOURS])
    assert told == [(1, 2), (2, 2)]
    assert not fresh.gains([]).usd.any()


def test_a_member_in_which_shares_and_queues_do_not_meet_does_not_count(bench: playing.Bench) -> None:
    gaps = np.zeros(MEMBERS)
    gaps[3] = 0.5
    apart = playing.Bench(replace(bench.base, gaps=gaps), ON)
    apart.gains([BOAT])
    assert apart.met([[BOAT]]).tolist() == [number != 3 for number in range(MEMBERS)]
    assert apart.over([BOAT]).startswith(f"Money and days are told over {MEMBERS - 1} of {MEMBERS} members;")
    nowhere = playing.Bench(replace(bench.base, gaps=np.ones(MEMBERS)), ON)
    nowhere.gains([BOAT])
    assert nowhere.met([[BOAT]]).all()
    assert "in none of them shares and queues met" in nowhere.over([BOAT])


def test_a_step_is_told_with_what_it_brings_and_the_deal_of_those_who_act(wish: Wish, seen: Seen) -> None:
    part = carry(DOMAIN, seen, wish)
    found = {one.id: one for one in trying.tried(part, seen, wish)}
    boats = found["corridor:more_boats"]
    assert [one.state for one in boats.carriage] == ["XAA", "XBB", "XCC"]
    assert set(boats.shares) == {"XAA", "XCC"}
    assert boats.deal[0].startswith("Acting together, Ardia and Calda reach")
    everything = found["corridor:together"]
    assert everything.parts == ("corridor:more_boats", "corridor:gauge_paths", "corridor:gauge_hours")
    assert everything.standing == "analytical only"
    assert everything.threats
    assert sum(everything.compensation.values()) == pytest.approx(0.0, abs=1.0)


def test_the_public_sees_the_game_of_what_is_agreed_or_negotiated(wish: Wish) -> None:
    found = joint.resolved("corridor:together", replace(wish, audience=Marking.PUBLIC))
    assert isinstance(found, players.Joined)
    assert set(found.titles) == {"corridor:more_boats", "corridor:gauge_paths"}


def test_a_step_of_one_is_run_with_more_members_than_in_a_briefing(wish: Wish) -> None:
    found = joint.resolved("corridor:gauge_hours", replace(wish, members=50))
    assert isinstance(found, joint.Steps)
    (option,) = found.options
    assert {one.state for one in option.carriage} == {"XAA", "XBB", "XCC"}
    assert option.deal == (
        "Boria stands alone: there is nobody to share with.",
        "Money and days are told over 50 members.",
    )


def test_an_unknown_step_is_named_with_the_nearest(wish: Wish) -> None:
    with pytest.raises(UnknownNameError, match="nearest is 'corridor:gauge_hours'"):
        joint.resolved("corridor:gauge_hour", wish)


def test_a_state_of_which_no_cargo_is_in_the_pack_is_not_modelled(
    seen: Seen, known: tuple[Option, ...], bench: playing.Bench
) -> None:
    assert playing.unmodelled(seen, known, bench.base) == ""
    stranger = replace(known[0], actors=("XDD",))
    said = playing.unmodelled(seen, (*known, stranger), bench.base)
    assert said == "Not modelled, as no cargo of the pack begins, ends or passes there: Dorland."


def test_the_game_is_shown_with_gains_groups_deal_and_what_is_not_counted(joined: players.Joined) -> None:
    out = io.StringIO()
    players.show(joined, Console(file=out, width=200))
    shown = out.getvalue()
    assert "What all steps on corridors bring together, from 1 June 2024" in shown
    assert "Ardia, Boria, Calda: " in shown
    assert (
        "by: One more boat on the lake; Two more trains a day at Midtown; Halve the dwell at Midtown" in shown
    )
    assert "as compensation" in shown
    assert "Not counted: what a step costs" in shown


def test_the_game_is_written_as_json(joined: players.Joined, capsys: pytest.CaptureFixture[str]) -> None:
    players.print_json(joined)
    found = json.loads(capsys.readouterr().out)
    assert found["unit"] == "USD a year"
    assert [one["state"] for one in found["gains"]] == found["players"] == ["XAA", "XBB", "XCC"]
    assert len(found["coalitions"]) == 7
    ardia = found["gains"][0]
    assert ardia["acts"] is True
    assert ardia["gain_usd"] == sorted(ardia["gain_usd"])
    assert {one["rule"] for one in found["rules"]} >= {"shapley", "nucleolus"}


def test_more_states_than_a_game_may_have_are_told(joined: players.Joined) -> None:
    few = replace(joined, found=replace(joined.found, left_out=("corridor:gauge_hours",)))
    out = io.StringIO()
    players.show(few, Console(file=out, width=200))
    assert "left out of the game: Halve the dwell at Midtown." in out.getvalue()


def test_owners_of_a_pack_that_do_not_add_up_are_refused_by_the_check(tmp_path: Path) -> None:
    from mirab import inquiry
    from mirab.core.errors import InputError
    from mirab.observe import describe

    folder = describe.new(tmp_path / "pack")
    path = folder / "corridor" / "owners.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("XAA,0.5", "XAA,0.9"), encoding="utf-8")
    with pytest.raises(InputError, match=r"shares of boats add up to 1\.4"):
        inquiry.check_region(str(folder))
