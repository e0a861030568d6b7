from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.core.plain import to_dict
from mirab.core.records import Confidence, Evidence, Level, Marking
from mirab.warn import threats
from mirab.warn.situation import Impact, Situation

from .made import ON, ensemble, observation, rule

LAKE = np.full((10, 6, 1), 200.0)
LAKE[:6, 2:4, 0] = np.linspace(50, 95, 6)[:, None]
LOST = ensemble(
    np.concatenate([LAKE < 100, 2.0 * (LAKE < 100)], axis=2) * 10.0,
    items=("river:XAA", "river:XBB"),
    quantity="shortage",
    states=(("XAA",), ("XBB",)),
)


def situation(**more: object) -> Situation:
    whole = {"river:XAA": [100.0] * 6, "river:XBB": [50.0] * 6}
    given = {
        "ensembles": {"volume": ensemble(LAKE)},
        "impacts": {"shortage": (Impact(LOST, "demand on the river", whole),)},
        "affected": lambda item: LOST.items,
        **more,
    }
    return Situation("water", ON, **given)


def one(seen: Situation, **more: object) -> threats.Threat:
    (threat,) = threats.evaluate([rule(**more)], seen)
    return threat


def test_a_simulated_threat_says_how_likely_when_and_who_is_hurt() -> None:
    threat = one(situation())
    assert (threat.id, threat.level, threat.probability) == ("water:low:lake", Level.POTENTIAL, 0.6)
    assert threat.window == (date(2023, 10, 21), date(2023, 10, 31))
    assert threat.lead_days == 20
    assert threat.states == ("XAA", "XBB")
    own, first, second = threat.severity
    assert own.amount == pytest.approx(100 - np.linspace(50, 95, 6).mean())
    assert (first.state, first.amount, first.share) == ("XAA", 20, pytest.approx(20 / 600))
    assert (second.state, second.amount, second.share) == ("XBB", 40, pytest.approx(40 / 300))
    assert second.perimeter == "demand on the river, 1 October to 30 November 2023"


def test_severity_reaches_only_what_lies_below() -> None:
    threat = one(situation(affected=lambda item: {"river:XBB"}))
    assert [hit.state for hit in threat.severity] == ["XAA", "XBB"]
    alone = one(situation(affected=Situation("water", ON).affected))
    assert alone.states == ("XAA",)


def test_a_simulation_alone_is_never_existing() -> None:
    seen = situation(ensembles={"volume": ensemble(np.zeros((4, 6, 1)))})
    threat = one(seen)
    assert (threat.level, threat.probability) == (Level.POTENTIAL, 1.0)
    assert "scenario from climatology, not a current outlook" in threat.basis


def test_existing_needs_a_young_observation_that_breaks_the_rule() -> None:
    young = observation(90.0, ON - timedelta(days=30))
    old = observation(90.0, ON - timedelta(days=90))
    threat = one(situation(observations=[young]))
    assert threat.level is Level.EXISTING
    assert "observed volume at lake, 1 September 2023: 90.0 million m³, below 100 million m³" in threat.basis
    assert one(situation(observations=[old])).level is Level.POTENTIAL
    assert one(situation(observations=[replace(young, value=150.0)])).level is Level.POTENTIAL


def test_an_observation_older_than_the_rule_allows_makes_it_a_scenario() -> None:
    seen = situation(observations=[observation(150.0, ON - timedelta(days=90))])
    assert one(seen).basis.endswith("scenario from climatology, not a current outlook")
    seen = situation(observations=[observation(150.0, ON - timedelta(days=9))])
    assert "scenario" not in one(seen).basis


def test_what_rests_mainly_on_recalled_rows_is_at_most_watch() -> None:
    threat = one(situation(shares=lambda item: {"recalled": 0.6, "published": 0.4}))
    assert threat.level is Level.WATCH
    assert threat.basis.endswith("it rests mainly on recalled figures")
    assert threat.confidence_shares == {"recalled": 0.6, "published": 0.4}


def test_an_observed_breach_rests_on_its_figures_not_on_the_rows_upstream() -> None:
    recalled = {"recalled": 0.9}
    seen = observation(90.0, ON - timedelta(days=2))
    assert one(situation(observations=[seen], shares=lambda item: recalled)).level is Level.EXISTING
    remembered = replace(seen, evidence=Evidence("talk", Confidence.RECALLED))
    assert one(situation(observations=[remembered])).level is Level.WATCH


@pytest.mark.parametrize(
    ("watch", "potential", "level"), [(0.7, 0.8, None), (0.6, 0.8, "watch"), (0.1, 0.6, "potential")]
)
def test_levels_come_from_the_rule_s_probabilities(watch: float, potential: float, level: str | None) -> None:
    found = threats.evaluate([rule(watch_probability=watch, potential_probability=potential)], situation())
    assert [threat.level for threat in found] == ([Level(level)] if level else [])


def test_a_standing_condition_is_a_watch_however_likely_and_even_where_it_is_seen() -> None:
    standing = rule(watch_probability=0.1, potential_probability=None)
    for known in (situation(), situation(observations=[observation(90.0, ON - timedelta(days=2))])):
        (found,) = threats.evaluate([standing], known)
        assert found.level is Level.WATCH
        assert "standing condition" in found.basis


def test_a_threat_is_as_closed_as_the_figures_that_it_rests_on() -> None:
    seen = observation(90.0, ON - timedelta(days=2), marking=Marking.INTERNAL)
    assert one(situation(observations=[seen])).marking is Marking.INTERNAL
    assert one(situation()).marking is Marking.PUBLIC


def test_old_differences_and_old_data_are_only_watched() -> None:
    then = ON - timedelta(days=400)
    seen = [observation(v, then, days=10, author=a) for v, a in ((300.0, "a"), (480.0, "b"))]
    above = {"comparison": "above", "unit": "fraction"}
    apart = rule(rule_id="apart", relative_to="other author", threshold=0.25, **above)
    old = rule(rule_id="old", relative_to="age", threshold=60, **above)
    found = threats.evaluate([apart, old], situation(observations=seen))
    assert [(threat.rule, threat.level) for threat in found] == [("apart", Level.WATCH), ("old", Level.WATCH)]
    assert "older than 60 days, so no evidence of what is now" in found[0].basis
    assert "390 days ago" in found[1].basis


def test_a_gap_between_authors_names_the_states_of_all_of_them() -> None:
    seen = [observation(v, ON - timedelta(10), days=10, author=a) for v, a in ((300.0, "a"), (480.0, "b"))]
    apart = rule(relative_to="other author", comparison="above", threshold=0.25, unit="fraction")
    reporting = {"a": ("XCC",), "b": ("XBB",), "c": ("XDD",)}
    (threat,) = threats.evaluate([apart], situation(observations=seen, author_states=reporting))
    assert threat.states == ("XAA", "XBB", "XCC")


def test_a_threat_is_plain_json() -> None:
    assert to_dict(one(situation()))["level"] == "potential"


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(10)), st.permutations(range(3)), st.permutations(["XAA", "XBB"]))
def test_the_order_of_members_items_and_states_does_not_matter(
    members: list[int], places: list[int], states: list[str]
) -> None:
    base = np.random.default_rng(3).uniform(0, 300, (10, 6, 3))
    names = ("lake", "pond", "sea")

    def judged(order: list[int], at: list[int], owners: list[str]) -> tuple[threats.Threat, ...]:
        store = ensemble(base[order][:, :, at], items=[names[i] for i in at], states=(tuple(owners),) * 3)
        lost = ensemble(base[order][:, :, :2], items=("a", "b"), states=(("XAA",), ("XBB",)))
        impacts = {"shortage": (Impact(lost, "all"),)}
        seen = situation(ensembles={"volume": store}, impacts=impacts, affected=lambda item: ("a", "b"))
        return threats.evaluate([rule(where=()), rule(rule_id="other", threshold=20.0)], seen)

    assert judged(members, places, states) == judged(list(range(10)), [0, 1, 2], ["XAA", "XBB"])


def test_a_title_that_names_its_place_does_not_name_it_twice() -> None:
    named = replace(rule(), title="The lake under 8.5 km3")
    (threat,) = threats.evaluate([named], situation())
    assert threat.title == "The lake under 8.5 km³"
