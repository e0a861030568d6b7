"""The whole path on the toy region: what is written, what it says, and that it can be drawn again."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mirab import centre, inquiry
from mirab.brief import bulletin
from mirab.brief.sections import section
from mirab.brief.tables import path
from mirab.centre import Wish
from mirab.core.errors import InputError, RegionError, StoredFileError, UnknownNameError
from mirab.core.plain import from_dict
from mirab.core.records import Briefing, Level, Marking
from mirab.observe import describe
from mirab.observe.region import load
from mirab.observe.store import OWN, Store

GOLDEN = Path(__file__).parent / "golden"
ON = date(2023, 10, 1)
FUND = "Flood fund of the three capitals"
FORM = "station,quantity,date,value,unit,author,note,marking\n"

Brief = Callable[..., Briefing]


@pytest.fixture(scope="module")
def wish(tmp_path_factory: pytest.TempPathFactory) -> Wish:
    folder = tmp_path_factory.mktemp("toy")
    return Wish("toy", ON, date(2026, 11, 21), folder / "out", folder / "own.sqlite", members=40)


@pytest.fixture(scope="module")
def issue(wish: Wish) -> Briefing:
    return bulletin.audience(centre.brief(wish)[0], wish.audience)


@pytest.fixture
def brief(wish: Wish, tmp_path: Path) -> Brief:
    """Writes the records of a briefing into a folder of its own, and its page where that is asked for."""

    def make(**more: Any) -> Briefing:
        parts = {"out": tmp_path / "out", "own": tmp_path / "own.sqlite", "formats": ("json",), **more}
        return centre.brief(replace(wish, **parts))[0]

    return make


def own(folder: Path, *lines: str) -> Path:
    """A store of own observations with these lines of a form."""
    form, store = folder / "form.csv", folder / "own.sqlite"
    form.write_text(FORM + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    Store(store).add(form, load("toy"), today=date(2026, 11, 21))
    return store


def numbers(found: Briefing) -> Any:
    """Everything simulated: probabilities, and the columns behind each chart."""
    return [t.probability for t in found.threats], [one.columns for one in found.series if "fan" in one.id]


def test_a_folder_with_page_records_and_tables_is_written(issue: Briefing, wish: Wish) -> None:
    names = {file.relative_to(wish.out).as_posix() for file in wish.out.rglob("*") if file.is_file()}
    tables = {path(one) for one in issue.series}
    assert names >= {"briefing.html", "briefing.json"} | tables
    charts = {f"data/fan-{row['chart_id']}.csv" for row in load("toy").rows("water/charts")}
    assert tables > charts


def test_the_records_are_read_back_by_their_schema(issue: Briefing, wish: Wish) -> None:
    written = json.loads((wish.out / "briefing.json").read_text(encoding="utf-8"))
    assert replace(from_dict(Briefing, written), audience=issue.audience) == issue


def test_the_page_asks_for_nothing_from_outside(issue: Briefing, wish: Wish) -> None:
    page = (wish.out / "briefing.html").read_text(encoding="utf-8")
    assert issue.region_title in page
    assert 'src="http' not in page
    assert "<script" not in page


def test_states_stand_a_to_z_and_threats_by_level(issue: Briefing) -> None:
    assert all(list(threat.states) == sorted(threat.states) for threat in issue.threats)
    ranks = [threat.level.rank for threat in issue.threats]
    assert ranks == sorted(ranks, reverse=True)


def test_what_is_simulated_is_at_most_potential(issue: Briefing) -> None:
    for threat in issue.threats:
        assert threat.level is not Level.EXISTING or "observ" in threat.basis
        assert threat.track_record


def test_every_cited_source_is_listed(issue: Briefing) -> None:
    ids = {id for one in issue.observations for id in one.evidence.source_id.split("|")}
    assert ids <= {source.id for source in issue.sources}


def test_one_state_has_its_threats_support_and_promises_on_one_page(brief: Brief, tmp_path: Path) -> None:
    found = brief(focus="XCC", members=20, formats=("html",))
    view = section("focus").view(found)
    assert all("XCC" in (*one.states, *one.upstream) for one in found.threats)
    assert view["threats"]
    assert [row["actor"] for row in view["support"]] == [FUND]
    promises = {key: {one.id for one in rows} for key, rows in view["promises"]}
    assert promises == {"by": {"gauge_exchange"}, "to": {"lake_2024", "lake_2024_summer"}}
    assert 'id="focus"' in (tmp_path / "out" / "briefing.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_afghanistan_has_a_page_of_its_own_with_what_lies_downstream(brief: Brief) -> None:
    found = brief(region="central_asia", focus="AFG", on=date(2026, 11, 22), members=20)
    view = section("focus").view(found)
    assert {one.domain for one in view["threats"]} >= {"security"}
    assert all("AFG" in one.upstream and set(one.states) - {"AFG"} for one in view["downstream"])
    assert {row["state"] for row in view["support"]} == {"AFG"}


@pytest.mark.parametrize("day", ["2022-10-01", "2023-10-01"])
def test_threats_are_those_of_the_golden_bulletin(day: str, brief: Brief) -> None:
    found = brief(on=date.fromisoformat(day))
    rows = [[one.id, one.level.value, one.probability and round(one.probability, 3)] for one in found.threats]
    assert rows == json.loads((GOLDEN / f"{day}.json").read_text(encoding="utf-8"))


def test_the_same_seed_gives_the_same_bytes(
    wish: Wish, issue: Briefing, brief: Brief, tmp_path: Path
) -> None:
    brief(formats=())
    for name in ("briefing.html", "briefing.json"):
        assert (wish.out / name).read_bytes() == (tmp_path / "out" / name).read_bytes()


def test_another_seed_gives_other_members(issue: Briefing, brief: Brief) -> None:
    assert numbers(brief(seed=2)) != numbers(issue)


def test_a_focus_keeps_the_threats_that_touch_the_state_then_those_downstream(
    issue: Briefing, brief: Brief
) -> None:
    found = brief(focus="XAA")
    touched = [one.id for one in issue.threats if "XAA" in one.states]
    below = [one.id for one in issue.threats if one.id not in touched and "XAA" in one.upstream]
    assert touched
    assert below
    assert [one.id for one in found.threats] == [*touched, *below]


def test_one_member_is_enough_to_run(brief: Brief) -> None:
    found = brief(members=1)
    assert all(one.probability in (None, 0.0, 1.0) for one in found.threats)


def test_before_any_observation_the_page_says_that_it_rests_on_climatology(brief: Brief) -> None:
    found = brief(on=date(2020, 5, 1))
    assert found.last_observation is None
    assert "climatology" in " ".join(found.situation)
    assert found.observations == ()


def test_long_after_the_last_observation_it_is_a_scenario_and_the_data_are_called_old(brief: Brief) -> None:
    found = brief(on=date(2026, 11, 21))
    assert "climatology" in found.situation[0]
    assert {one.rule for one in found.threats} >= {"stale_inflow", "stale_volume"}
    assert all(one.level is not Level.EXISTING for one in found.threats)


def test_what_is_observed_after_the_date_changes_nothing(
    issue: Briefing, brief: Brief, tmp_path: Path
) -> None:
    planted = own(tmp_path, "highdam,volume,2023-10-05,450,mcm,me,,", "highdam,inflow,2023-10-05,1,m3/s,me,,")
    found = brief(own=planted)
    assert numbers(found) == numbers(issue)
    assert found.observations == issue.observations


def test_an_own_reading_moves_the_outlook_and_is_cited(issue: Briefing, brief: Brief, tmp_path: Path) -> None:
    found = brief(own=own(tmp_path, "highdam,volume,2023-09-30,500,mcm,me,by eye,"))
    assert numbers(found) != numbers(issue)
    assert OWN in found.sources
    risk = {one.rule: one.probability for one in found.threats}
    before = {one.rule: one.probability for one in issue.threats}
    assert risk["store_near_dead_volume"] > before["store_near_dead_volume"]


def test_what_an_audience_may_not_see_plays_no_part_in_its_issue(
    issue: Briefing, brief: Brief, tmp_path: Path
) -> None:
    store = own(tmp_path, "highdam,volume,2023-09-30,500,mcm,me,by eye,internal")
    assert numbers(brief(own=store)) == numbers(issue)
    inside = brief(own=store, audience=Marking.INTERNAL, out=tmp_path / "inside")
    assert numbers(inside) != numbers(issue)


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        (
            {"profile": "preventoin"},
            UnknownNameError,
            "profile 'preventoin' is not known; nearest is 'preven",
        ),
        ({"focus": "XAB"}, UnknownNameError, "state 'XAB' is not known; nearest is 'XAA'|nearest is 'XBB'"),
        ({"region": "tooy"}, RegionError, "tooy"),
    ],
)
def test_a_wrong_name_is_one_message(
    wrong: dict[str, str], error: type[Exception], words: str, brief: Brief
) -> None:
    with pytest.raises(error, match=words):
        brief(**wrong)


def test_a_scenario_runs_beside_the_outlook_from_one_state(wish: Wish) -> None:
    found = inquiry.simulate("water", "dry_year", replace(wish, on=date(2023, 5, 1)))
    by_item = {(one.quantity, one.item): one for one in found.effects}
    dam = by_item["inflow", "highdam"]
    assert dam.scenario == pytest.approx([0.7 * value for value in dam.base])
    assert all(low <= 0 for low, _, _ in (one.difference for one in found.effects))
    assert by_item["delivered_volume", "mira:XCC"].perimeter == "canals at the Fork"
    assert (found.on, found.end) == (date(2023, 5, 1), date(2024, 5, 1))


def test_a_scenario_of_an_unknown_domain_names_the_nearest(wish: Wish) -> None:
    with pytest.raises(
        UnknownNameError, match="domain that is simulated 'watr' is not known; nearest is 'water'"
    ):
        inquiry.simulate("watr", "dry_year", wish)


def test_the_threats_of_an_issue_can_be_explained(issue: Briefing, wish: Wish) -> None:
    short = next(one for one in issue.threats if one.rule == "limits_served")
    told = inquiry.explain(short.id, wish.out, wish.own)
    assert told[0] == f"{short.level.value.capitalize()}: {short.title}"
    ranked, one = told.index("") + 1, told.index(inquiry.TYPICAL)
    assert "what binds first is" in told[ranked]
    assert told[ranked] in short.why
    assert "asked for" in told[one + 1]
    with pytest.raises(UnknownNameError, match="threat 'water:limits' is not known"):
        inquiry.explain("water:limits", wish.out, wish.own)


def test_an_issue_is_not_explained_from_other_tables_than_its_own(
    issue: Briefing, wish: Wish, tmp_path: Path
) -> None:
    pack = describe.new(tmp_path / "toy")
    table = pack / "water" / "stores.csv"
    table.write_text(table.read_text("utf-8").replace("3200", "3100"), "utf-8")
    with pytest.raises(StoredFileError, match="was written from other tables or readings .* with --region"):
        inquiry.explain(issue.threats[0].id, wish.out, wish.own, region=str(pack))


def test_a_pack_is_sound_with_its_own_rules_only(tmp_path: Path) -> None:
    pack = describe.new(tmp_path / "toy")
    assert inquiry.check_region(str(pack)).path == pack
    (pack / "rules").mkdir()
    (pack / "rules" / "water.csv").write_text("rule_id,x\n", "utf-8")
    with pytest.raises(InputError, match="lacks the column 'title'"):
        inquiry.check_region(str(pack))


def test_the_whole_path_needs_no_network(brief: Brief, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object) -> None:
        raise AssertionError(f"something asked for the network: {given}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert brief(formats=()).threats
