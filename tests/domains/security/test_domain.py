"""The domain of security on the real pack and on bad input: refused or told, never silently filled."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from mirab.centre import Wish, forecast, observe, rules_of
from mirab.core.calendar import next_start
from mirab.core.domain import ForecastPlan
from mirab.core.errors import RegionError
from mirab.core.presence import Presence
from mirab.core.records import Confidence, Evidence, Observation
from mirab.domains.security.domain import COUNTED, DOMAIN, forecasts, observations
from mirab.observe.check import check
from mirab.observe.describe import describe
from mirab.observe.region import BUNDLED, Region, load
from mirab.warn.situation import NO_SKILL

ON = date(2023, 10, 1)
FOCUS = ("AFG", "KAZ", "KGZ", "TJK", "TKM", "UZB")
Changed = Callable[[str, str], Region]


@pytest.fixture(scope="module")
def pack() -> Region:
    return load("central_asia")


@pytest.fixture(scope="module")
def known(pack: Region) -> tuple[Observation, ...]:
    return tuple(o for o in observations(pack) if o.end <= ON)


@pytest.fixture(scope="module")
def plan(pack: Region, known: tuple[Observation, ...]) -> ForecastPlan:
    return forecasts(pack, known, ON)[0]


@pytest.fixture
def changed(tmp_path: Path) -> Changed:
    """A copy of the pack in which one line of the deaths is another."""

    def make(old: str, new: str) -> Region:
        folder = tmp_path / "pack"
        shutil.copytree(BUNDLED / "central_asia", folder)
        path = folder / "security" / "deaths.csv"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return check(folder)

    return make


def figure(item: str, month: date, value: float, author: str = "own desk") -> Observation:
    seen = Evidence("own", Confidence.SECONDARY)
    end = next_start(month, "month")
    return Observation(item, "deaths", month, end, value, "deaths", author, seen)


def test_every_state_of_the_region_is_judged_and_its_neighbours_are_listed(plan: ForecastPlan) -> None:
    assert plan.focus == FOCUS
    assert plan.beside == ("CHN", "IRN", "PAK", "RUS")
    assert plan.panel.axis.end == ON


def test_every_figure_carries_its_author_and_vintage(known: Sequence[Observation]) -> None:
    assert {o.author for o in known} == {"UCDP"}
    assert {o.vintage for o in known if o.start.year < 2022} == {"ged_22_1_or_23_1"}
    assert {o.vintage for o in known if o.start.year >= 2022} == {"candidate_like_2022_2023"}


def test_the_pack_has_the_months_with_deaths_that_its_source_counts(known: Sequence[Observation]) -> None:
    """The five states have 29 of 840 months with a death since 2010, 413 in all, to the end of 2023."""
    five = [o for o in observations(load("central_asia")) if o.item in FOCUS[1:] and o.start.year >= 2010]
    deaths = [o.value for o in five if o.value]
    assert (len(five), len(deaths), sum(deaths)) == (840, 29, 413)


def test_what_looks_like_one_event_in_two_editions_is_set_aside_and_told(plan: ForecastPlan) -> None:
    told = "Uzbekistan: 18 deaths for 2022-06 and 21 for 2022-07 look like one event; the first is set aside."
    assert plan.gaps == (told,)
    row = plan.panel.values[plan.panel.position("UZB")]
    place = plan.panel.axis.index(date(2022, 6, 1))
    assert np.isnan(row[place])
    assert row[place + 1] == 21


def test_borders_are_the_same_from_both_sides(pack: Region) -> None:
    near = {row["state"]: set((row["neighbours"] or "").split("|")) for row in pack.rows("security/states")}
    assert all(state in near[other] for state, others in near.items() for other in others)


def test_without_a_figure_on_the_date_there_is_no_plan(pack: Region) -> None:
    assert forecasts(pack, [], date(1989, 1, 1)) == ()


def test_a_figure_for_a_state_that_did_not_exist_is_not_modelled(changed: Changed) -> None:
    old = "KAZ,1991-12-01,0,"
    region = changed(old, f"KAZ,1990-03-01,7,UCDP,ged_22_1_or_23_1,ucdp_ged,published,\n{old}")
    (early,) = (o for o in observations(region) if o.item == "KAZ" and o.start == date(1990, 3, 1))
    assert (early.value, early.presence) == (None, Presence.NOT_MODELLED)
    found = forecasts(region, observations(region), date(2024, 1, 1))[0].panel
    assert found.presence("KAZ", found.axis.index(date(1990, 3, 1))) is Presence.NOT_MODELLED
    assert found.missing("KAZ") == ()


def test_a_gap_stays_a_gap_and_is_told(changed: Changed) -> None:
    region = changed("TJK,2015-05-01,0,UCDP,ged_22_1_or_23_1,ucdp_ged,published,\n", "")
    found = forecasts(region, observations(region), date(2024, 1, 1))[0]
    assert "Tajikistan: months without a figure: 1, last 2015-05; absent is not zero." in found.gaps
    assert found.panel.missing("TJK") == (date(2015, 5, 1),)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("TJK,2015-05-01,0,", "TJK,2015-05-01,-4,", "deaths=-4 is out of bounds; allowed is 0 or more"),
        ("TJK,2015-05-01,0,", "TJK,2015-04-01,0,", "state=TJK, month=2015-04-01 is already in line"),
        (
            "TJK,2015-05-01,0,UCDP,ged_22_1_or_23_1",
            "TJK,2015-05-01,0,UCDP,ged_99",
            "vintage='ged_99' is not in",
        ),
        ("TJK,2015-05-01,0,", "TJX,2015-05-01,0,", "state='TJX' is not in security/states.state"),
    ],
)
def test_bad_rows_are_refused_with_their_line(changed: Changed, old: str, new: str, words: str) -> None:
    with pytest.raises(RegionError, match=rf"security/deaths.csv:\d+ {re.escape(words)}"):
        changed(old, new)


def test_a_figure_that_a_user_adds_stands_where_the_data_set_has_none(
    pack: Region, known: tuple[Observation, ...]
) -> None:
    later = figure("TJK", date(2023, 10, 1), 4.0)
    found = forecasts(pack, (*known, later), date(2023, 11, 1))[0]
    assert found.panel.values[found.panel.position("TJK"), -1] == 4
    assert np.isnan(found.panel.values[found.panel.position("KGZ"), -1])


def test_two_figures_for_one_month_are_both_told(pack: Region, known: tuple[Observation, ...]) -> None:
    other = figure("TJK", date(2023, 9, 1), 5.0)
    found = forecasts(pack, (*known, other), ON)[0]
    assert "Tajikistan, 2023-09: 3 (UCDP) and 5 (own desk); the first is used." in found.gaps
    assert found.panel.values[found.panel.position("TJK"), -1] == 3


def polled(state: str, month: date, value: float, vintage: str) -> Observation:
    return replace(figure(state, month, value), author="UCDP", vintage=vintage)


def test_months_of_later_editions_move_the_origin_of_the_forecast(
    pack: Region, known: tuple[Observation, ...]
) -> None:
    later = [
        polled("AFG", month, 7.0, "UCDP Candidate 24.0.2") for month in (date(2024, 1, 1), date(2024, 2, 1))
    ]
    on = date(2024, 3, 5)
    (before,), (after,) = (forecasts(pack, seen, on) for seen in (known, (*known, *later)))
    assert (before.panel.axis.end, after.panel.axis.end) == (date(2023, 10, 1), date(2024, 3, 1))
    assert after.panel.values[after.panel.position("AFG"), -2:].tolist() == [7.0, 7.0]
    assert after.panel.vintages is not None
    assert after.panel.vintages[after.panel.position("AFG"), -1] == "UCDP Candidate 24.0.2"


def test_a_yearly_edition_puts_right_what_the_pack_has_and_says_so(
    pack: Region, known: tuple[Observation, ...]
) -> None:
    final = polled("TJK", date(2023, 9, 1), 30.0, "UCDP GED 26.1")
    (found,) = forecasts(pack, (*known, final), ON)
    assert found.panel.values[found.panel.position("TJK"), -1] == 30.0
    (told,) = (gap for gap in found.gaps if "gives otherwise" in gap)
    assert "30 (UCDP GED 26.1) in place of 3 (candidate_like_2022_2023)" in told


def test_an_event_on_the_turn_of_a_month_that_two_editions_hold_is_counted_once(
    pack: Region, known: tuple[Observation, ...]
) -> None:
    months = {date(2024, month, 1): 0.0 for month in range(1, 13)}
    months |= {date(2024, 5, 1): 18.0, date(2024, 6, 1): 21.0}
    twice = [polled("KGZ", month, deaths, "UCDP Candidate 24.0.6") for month, deaths in months.items()]
    (found,) = forecasts(pack, (*known, *twice), date(2025, 1, 1))
    row = found.panel.values[found.panel.position("KGZ")]
    assert np.isnan(row[-8])
    assert row[-7] == 21.0
    assert any("look like one event" in gap and "2024-05" in gap for gap in found.gaps)


def test_noughts_before_there_was_a_state_are_no_figures(
    pack: Region, known: tuple[Observation, ...]
) -> None:
    early = polled("TJK", date(1990, 5, 1), 0.0, "UCDP GED 26.1")
    (found,) = forecasts(pack, (*known, early), ON)
    assert np.isnan(found.panel.values[found.panel.position("TJK"), 4])


@pytest.fixture(scope="module")
def warned(tmp_path_factory: pytest.TempPathFactory) -> object:
    folder = tmp_path_factory.mktemp("security")
    wish = Wish("central_asia", ON, ON, folder / "out", folder / "own.sqlite", members=200)
    return forecast(DOMAIN, observe(wish), wish)


def test_what_no_history_can_tell_is_said_so(warned: object) -> None:
    (odds,) = (one for one in warned.material.made if one.id == "odds:security_deaths")
    rows = {
        row["place"]: row
        for row in (dict(zip(odds.columns, r, strict=True)) for r in zip(*odds.columns.values(), strict=True))
    }
    for place in ("Kazakhstan", "Turkmenistan"):
        assert rows[place]["record"] == NO_SKILL
        assert 0 < rows[place]["chance"] < 0.1
        assert rows[place]["counts"] == COUNTED
    assert rows["Afghanistan"]["chance"] > 0.9
    assert rows["Afghanistan"]["counts"] == ""
    assert list(rows) == sorted(rows)
    assert not {one.id for one in warned.material.made} & {"forecast:security_deaths_KAZ"}


def test_no_threat_speaks_of_water_and_none_is_existing_without_a_fresh_figure(warned: object) -> None:
    words = " ".join(" ".join((one.title, *one.why, one.basis, one.track_record)) for one in warned.threats)
    assert warned.threats
    assert not re.search("water|flow|inflow|climatology|simulation|dekad|ten days", words)
    assert not [one for one in warned.threats if one.level.value == "existing"]


def test_no_table_and_no_rule_knows_a_group_of_people(pack: Region) -> None:
    columns = {
        name
        for table in DOMAIN.tables
        for name in (pack.tables[table].columns if table in pack.tables else ())
    }
    rules = " ".join(f"{rule.title} {rule.quantity}" for rule in rules_of(DOMAIN, pack))
    assert not re.search("ethnic|religio|group|minorit", " ".join(columns) + rules, re.IGNORECASE)


CASES = [
    ("month_of_25_deaths", "deaths", "AFG", 25.0, 24.0),
    ("deaths_above_norm", "deaths", "AFG", 41.0, 40.0),
    ("onset_in_a_quiet_state", "new_deaths", "TJK", 25.0, 24.0),
    ("spillover", "deaths_nearby", "around:TJK", 31.0, 30.0),
]


@pytest.mark.parametrize(("rule_id", "quantity", "item", "bad", "good"), CASES)
def test_each_rule_finds_what_breaks_it_and_nothing_else(
    pack: Region, warned: object, rule_id: str, quantity: str, item: str, bad: float, good: float
) -> None:
    from mirab.warn import threats

    (rule,) = (one for one in rules_of(DOMAIN, pack) if one.rule_id == rule_id)
    norms = {("norm", "deaths"): {"AFG": 20.0}, ("norm", "deaths_nearby"): {"around:TJK": 10.0}}
    drawn = warned.situation.ensembles[quantity].select([item])
    for value, found in ((bad, 1), (good, 0)):
        made = replace(drawn, lanes=np.full_like(drawn.lanes, value))
        seen = replace(warned.situation, ensembles={quantity: made}, norms=norms, observations=())
        assert len(threats.evaluate([rule], seen)) == found


def test_dearer_food_is_a_watch_from_a_quarter_on(pack: Region) -> None:
    from mirab.warn import threats
    from mirab.warn.situation import Situation

    (rule,) = (one for one in rules_of(DOMAIN, pack) if one.rule_id == "food_price_rise")
    price = replace(figure("TJK", date(2023, 8, 1), 0.0), quantity="food_price_change", unit="fraction")
    for rise, levels in ((0.26, ["watch"]), (0.24, []), (-0.3, [])):
        seen = Situation("security", ON, observations=[replace(price, value=rise)])
        assert [one.level.value for one in threats.evaluate([rule], seen)] == levels


def test_a_long_gap_of_data_is_a_threat_of_its_own(pack: Region, known: Sequence[Observation]) -> None:
    from mirab.warn import threats
    from mirab.warn.situation import Situation

    (rule,) = (one for one in rules_of(DOMAIN, pack) if one.rule_id == "stale_deaths")
    for on, found in ((date(2024, 2, 1), 15), (date(2024, 1, 1), 0)):
        assert len(threats.evaluate([rule], Situation("security", on, observations=known))) == found


def test_a_figure_of_a_day_is_told_and_not_used(pack: Region, known: tuple[Observation, ...]) -> None:
    day = replace(figure("TJK", date(2023, 9, 1), 5.0), start=date(2023, 9, 3), end=date(2023, 9, 4))
    found = forecasts(pack, (*known, day), ON)[0]
    assert "Tajikistan: 5 (own desk) is not of one month; not used." in found.gaps
    assert found.panel.axis.end == ON


def test_a_threat_is_explained_by_what_its_forecast_follows_from(warned: object, tmp_path: Path) -> None:
    from mirab import inquiry

    wish = Wish("central_asia", ON, ON, tmp_path / "out", tmp_path / "own.sqlite", members=200)
    threat = next(one for one in warned.threats if one.states == ("AFG",))
    lines = inquiry._behind(DOMAIN, observe(wish), wish, threat)
    assert lines[0].startswith("Level rests on: forecast, share of 200 members")
    assert "Afghanistan: 440 in the last 12 months, last in 2023-09; 51 of 60 months at 25 or more." in lines
    assert lines[-1] == f"Counted: {COUNTED}."


def test_a_dated_event_of_a_kind_reaches_the_page_with_its_source(tmp_path: Path) -> None:
    from mirab.brief.incidents import series
    from mirab.brief.sections import section
    from mirab.brief.specimen import blank
    from mirab.domains.security.incidents import events
    from mirab.observe.incidents import sorted_out

    folder = tmp_path / "pack"
    shutil.copytree(BUNDLED / "central_asia", folder)
    path = folder / "security" / "events.csv"
    head = "event_id,kind,date,states,place,title,author,vintage,told,apart,source_id,confidence,note"
    lines = (
        "a,protest,2023-09-01,KGZ,Osh,Made for a test,Radio,weekly,2023-09-03,,mirab_estimate,estimated,",
        "b,hazard,2021-05-01,TJK,,Long ago,Radio,weekly,2021-05-03,,mirab_estimate,estimated,",
    )
    path.write_text("\n".join([head, *lines, ""]), encoding="utf-8")
    describe(folder)
    found = sorted_out(events(check(folder)), ON)
    titles = [one.event.title for one in found.standing]
    assert titles == ["Hazard: Long ago", "Protest: Osh: Made for a test"]
    told = tuple(one.event for one in found.standing)
    shown = replace(blank(), as_of=ON, events=told, series=series("security", found, ON))
    view = section("security").view(shown)
    assert [(row["place"], row["vintage"]) for row in view["events"]] == [("Osh", "weekly")]
    assert view["events"][0]["rests_on"] == "mirab_estimate (estimated)"
    assert section("calendar").view(shown)["dated"] == []


def test_an_event_of_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    shutil.copytree(BUNDLED / "central_asia", folder)
    path = folder / "security" / "events.csv"
    head = "event_id,kind,date,states,place,title,author,vintage,told,apart,source_id,confidence,note"
    row = "a,protests,2023-09-01,KGZ,,Made,Radio,weekly,2023-09-03,,mirab_estimate,estimated,"
    path.write_text(f"{head}\n{row}\n", encoding="utf-8")
    describe(folder)
    with pytest.raises(
        RegionError, match="kind='protests' is not in security/kinds.kind; nearest is 'protest'"
    ):
        check(folder)


@pytest.mark.parametrize("on", [date(1985, 1, 1), date(1990, 2, 15), date(1992, 1, 10), date(1996, 1, 1)])
def test_an_early_date_gives_less_and_no_error(on: date, tmp_path: Path) -> None:
    wish = Wish("central_asia", on, on, tmp_path / "out", tmp_path / "own.sqlite", members=50)
    found = forecast(DOMAIN, observe(wish), wish)
    assert all(one.track_record == NO_SKILL for one in found.threats)
    assert bool(found.material.made) == (on.year > 1985)
