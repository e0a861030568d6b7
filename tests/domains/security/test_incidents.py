"""Counts of dated events and the rules on them: in a state, around it, between parties, and how long ago."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from mirab.centre import Wish, forecast, observe, rules_of
from mirab.core.incidents import Incident
from mirab.core.records import Confidence, Evidence, Level, Marking, Threat
from mirab.domains.security.domain import DOMAIN
from mirab.domains.security.incidents import counts, events
from mirab.observe.region import Region, load

ON = date(2023, 10, 1)


@pytest.fixture(scope="module")
def pack() -> Region:
    return load("toy")


def incident(id: str, days_ago: int, states: tuple[str, ...], kind: str = "border_incident") -> Incident:
    day, seen = ON - timedelta(days_ago), Evidence("radio", Confidence.SECONDARY)
    kind = f"security:{kind}"
    return Incident(id, kind, "Event", day, states, "", "Told", "weekly", day, seen, "Radio")


def value(pack: Region, quantity: str, item: str, *incidents: Incident) -> float | None:
    found = counts(pack, incidents, ON).observations
    return next((o.value for o in found if (o.quantity, o.item) == (quantity, item)), None)


def test_the_rows_of_a_pack_carry_edition_and_author(pack: Region) -> None:
    (shots,) = (one for one in events(pack) if one.id == "security:ford_shots")
    assert (shots.kind_title, shots.place) == ("Border incident", "Midtown ford")
    assert (shots.vintage, shots.told, shots.author) == ("weekly 34", date(2023, 8, 27), "Toy news")


def test_events_of_the_last_ninety_days_count_in_their_state_and_around_it_once(pack: Region) -> None:
    seen = (incident("a", 90, ("XAA",)), incident("b", 91, ("XAA",)), incident("c", 5, ("XAA", "XBB")))
    assert value(pack, "incidents", "XAA", *seen) == 2
    assert value(pack, "incidents", "XBB", *seen) == 1
    assert value(pack, "incidents_nearby", "around:XBB", *seen) == 1
    assert value(pack, "incidents_nearby", "around:XCC", *seen) == 1


def test_prices_protests_and_hazards_count_against_nobody(pack: Region) -> None:
    seen = [incident(kind, 5, ("XAA", "XBB"), kind) for kind in ("price", "protest", "hazard")]
    assert {o.quantity for o in counts(pack, seen, ON).observations} == {"dated_event"}


def test_a_state_without_an_event_ever_has_no_count_and_one_that_is_quiet_now_has_nought(
    pack: Region,
) -> None:
    assert value(pack, "incidents", "XCC", incident("a", 5, ("XAA",))) is None
    assert value(pack, "incidents", "XAA", incident("a", 400, ("XAA",))) == 0


def test_what_nobody_wrote_down_is_told_as_absent(pack: Region) -> None:
    assert counts(pack, [incident("a", 5, ("XAA",))], ON).gaps == (
        "No dated event is written down of Boria, Calda: absent is not none.",
    )


def test_only_what_names_two_parties_counts_between_them_and_only_agreements_that_stand(pack: Region) -> None:
    treaty, protocol = "agreement:mira_1998", "agreement:power_for_water_2019"
    one_party, both = incident("a", 5, ("XAA",)), incident("b", 170, ("XAA", "XBB"))
    assert value(pack, "incidents_between", treaty, one_party) is None
    assert value(pack, "incidents_between", treaty, one_party, both) == 1
    assert value(pack, "incidents_between", protocol, both) is None
    attack = incident("c", 5, ("XAA", "XBB"), "terrorism")
    assert value(pack, "incidents_between", treaty, attack) is None


def test_a_count_is_as_private_as_its_most_private_event(pack: Region) -> None:
    seen = (incident("a", 5, ("XAA",)), replace(incident("b", 9, ("XAA",)), marking=Marking.PARTNERS))
    (count,) = (o for o in counts(pack, seen, ON).observations if o.quantity == "incidents")
    assert count.marking is Marking.PARTNERS


def judged(tmp_path: Path, *incidents: Incident) -> dict[str, Threat]:
    wish = Wish("toy", ON, ON, tmp_path / "out", tmp_path / "own.sqlite", members=50)
    seen = observe(wish)
    sorted_ones = replace(seen.incidents, standing=incidents)
    found = forecast(DOMAIN, replace(seen, incidents=sorted_ones), wish).threats
    return {one.rule: one for one in found}


def test_two_incidents_between_parties_put_their_agreement_at_risk_and_one_does_not(tmp_path: Path) -> None:
    two = [incident(id, days, ("XAA", "XBB")) for id, days in (("a", 5), ("b", 60))]
    found = judged(tmp_path, *two)["agreement_at_risk"]
    assert (found.level, found.probability) == (Level.EXISTING, None)
    assert found.states == ("XAA", "XBB", "XCC")
    assert "Agreement on the Waters of the Mira" in found.title
    assert "agreement_at_risk" not in judged(tmp_path, two[0])


def test_three_events_in_a_state_are_told_there_and_in_the_states_around(tmp_path: Path) -> None:
    three = [incident(id, days, ("XAA",)) for id, days in (("a", 5), ("b", 60), ("c", 80))]
    found = judged(tmp_path, *three)
    assert found["incidents_in_a_state"].states == ("XAA",)
    assert found["incidents_nearby"].states == ("XBB",)
    assert {"incidents_in_a_state", "incidents_nearby"} & set(judged(tmp_path, *three[:2])) == set()


def test_an_event_half_a_year_ago_and_no_later_one_is_a_gap_of_data(tmp_path: Path) -> None:
    assert "stale_events" in judged(tmp_path, incident("a", 190, ("XAA",)))
    assert "stale_events" not in judged(tmp_path, incident("a", 170, ("XAA",)))


def test_without_any_event_no_rule_on_events_is_judged_and_the_gap_is_told_once(tmp_path: Path) -> None:
    wish = Wish("toy", ON, ON, tmp_path / "out", tmp_path / "own.sqlite", members=50)
    seen = observe(wish)
    found = forecast(DOMAIN, replace(seen, incidents=replace(seen.incidents, standing=())), wish)
    about = [gap for gap in found.gaps if "event" in gap]
    assert about == ["No dated event is written down of Ardia, Boria, Calda: absent is not none."]


def test_no_kind_and_no_rule_on_events_rates_a_group(pack: Region) -> None:
    kinds = " ".join(f"{row['kind']} {row['title']} {row['meaning']}" for row in pack.rows("security/kinds"))
    assert "no group is rated" in kinds
    quantities = {rule.quantity for rule in rules_of(DOMAIN, pack)}
    assert not {name for name in quantities if "group" in name}
