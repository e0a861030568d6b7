from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.core.errors import InputError
from mirab.core.records import Level, Origin, Severity, Threat
from mirab.warn import register


def threat(item: str, level: Level = Level.WATCH, probability: float | None = 0.3, **more: object) -> Threat:
    day = date(2024, 1, 1)
    made = Threat(
        id=f"water:low:{item}",
        domain="water",
        rule="low",
        title=f"Low: {item}",
        items=(item,),
        states=("XAA",),
        level=level,
        probability=probability,
        window=(day, day),
        lead_days=3,
        severity=(Severity("XAA", 5.0, "million m3", f"at {item}"),),
        why=(f"why {item}",),
        evidence=(),
        confidence_shares={},
        track_record="none",
        basis="simulated",
    )
    return replace(made, **more)


def beside(one: str, other: str) -> bool:
    return abs(ord(one) - ord(other)) == 1


def test_level_comes_first_then_probability_then_id() -> None:
    rows = [
        threat("d", probability=None),
        threat("c", probability=0.9),
        threat("b", Level.EXISTING, None),
        threat("a", Level.POTENTIAL, 0.5),
        threat("e", probability=0.9),
    ]
    assert [row.items[0] for row in register.order(rows)] == ["b", "a", "c", "e", "d"]


def test_neighbours_with_the_same_threat_become_one_and_nothing_is_dropped() -> None:
    late = (date(2024, 3, 1), date(2024, 4, 1))
    rows = [threat("a", probability=0.2), threat("c", states=("XBB",), window=late), threat("b"), threat("x")]
    merged, alone = sorted(register.merge(rows, beside), key=lambda row: -len(row.items))
    assert merged.items == ("a", "b", "c")
    assert merged.states == ("XAA", "XBB")
    assert (merged.probability, merged.window) == (0.3, (date(2024, 1, 1), late[1]))
    assert {"why a", "why b", "why c"} <= set(merged.why)
    assert len(merged.severity) == 3
    assert alone.items == ("x",)


def test_other_rules_and_levels_stay_apart() -> None:
    rows = [threat("a"), threat("b", Level.POTENTIAL), threat("c", rule="other")]
    assert len(register.merge(rows, lambda one, other: True)) == 3


def test_merging_keeps_one_severity_per_state_and_perimeter_the_largest() -> None:
    hits = [(Severity("XBB", amount, "million m3", "river"),) for amount in (5.0, 9.0)]
    rows = [threat("a", severity=hits[0]), threat("b", severity=hits[1])]
    (merged,) = register.merge(rows, beside)
    assert merged.severity == hits[1]


def test_an_assessment_stands_beside_the_computed_level() -> None:
    first = register.assess(threat("a"), Level.EXISTING, by="A. Analyst", reason="seen on site")
    again = register.assess(first, Level.POTENTIAL, by="B. Analyst", reason="rain")
    assert (again.level, again.computed_level) == (Level.POTENTIAL, Level.WATCH)
    assert again.origin is Origin.ASSESSED
    assert (again.assessed_by, again.assessment) == ("B. Analyst", "rain")


def test_an_assessment_without_name_and_reason_is_refused() -> None:
    message = r"assessment of water:low:a: 2 problems\n  by is empty; name the analyst"
    with pytest.raises(InputError, match=message):
        register.assess(threat("a"), Level.EXISTING, by=" ", reason="")


def test_an_assessed_threat_is_not_merged() -> None:
    assessed = register.assess(threat("a"), Level.WATCH, by="A", reason="r")
    assert len(register.merge([assessed, threat("b")], beside)) == 2


def test_a_state_in_focus_keeps_its_threats_first_and_those_downstream_of_it() -> None:
    rows = [
        threat("a", Level.POTENTIAL, states=("XBB",), upstream=("XAA",)),
        threat("b"),
        threat("c", states=("XBB",), upstream=("XBB",)),
    ]
    assert [row.items[0] for row in register.narrowed(rows, "XAA")] == ["b", "a"]
    assert register.narrowed(rows, "") == tuple(rows)


def test_the_scale_is_level_then_class_then_share_then_probability() -> None:
    def hit(item: str, chance: float | None, share: float | None, level: Level = Level.WATCH) -> Threat:
        return threat(item, level, chance, severity=(Severity("XAA", 1.0, "GWh", "norm", share=share),))

    rows = [
        hit("none", None, 0.9),
        hit("unlikely", 0.30, 0.9),
        hit("little", 0.60, 0.1),
        hit("unknown", 0.60, None),
        hit("much", 0.40, 0.5),
        hit("likely", 0.70, 0.0),
        hit("more", 0.50, 0.1),
        hit("there", None, None, Level.EXISTING),
    ]
    order = ["there", "likely", "much", "unknown", "little", "more", "unlikely", "none"]
    assert [row.items[0] for row in register.ranked(rows)] == order


AMOUNTS = st.floats(0.001, 1e6)
ROWS = st.lists(
    st.tuples(st.sampled_from(Level), st.none() | st.floats(0, 1), st.none() | st.floats(0, 2), AMOUNTS),
    max_size=8,
)


@settings(derandomize=True, max_examples=80)
@given(ROWS, st.sampled_from([1e-3, 1e6, 264.172]), st.randoms(use_true_random=False))
def test_the_rank_is_stable_when_units_change_and_rows_are_shuffled(
    rows: list[tuple[Level, float | None, float | None, float]], factor: float, random: Random
) -> None:
    def made(i: int, amount: float, unit: str) -> Threat:
        level, chance, share, _ = rows[i]
        return threat(f"{i}", level, chance, severity=(Severity("XAA", amount, unit, "all", share=share),))

    plain = [made(i, row[3], "million m3") for i, row in enumerate(rows)]
    other = [made(i, row[3] * (factor if i % 2 else 1.0), "other") for i, row in enumerate(rows)]
    random.shuffle(other)
    assert [one.id for one in register.ranked(other)] == [one.id for one in register.ranked(plain)]


def test_the_classes_are_those_of_the_words_on_the_page() -> None:
    from mirab.brief.figures import LIKELIHOODS

    assert sorted(lowest for lowest, _ in LIKELIHOODS) == list(register.CLASSES)


def test_duplicates_are_joined_and_what_differs_in_state_place_or_window_stays() -> None:
    same = threat("a", Level.POTENTIAL, 0.6, id="water:dry:a", title="Dry: a", rule="dry")
    other = (threat("a"), threat("a", states=("XBB",)), threat("b"), threat("a", window=None))
    later = threat("a", window=(date(2024, 1, 1), date(2024, 2, 1)))
    analyst = threat("a", id="analyst:a", origin=Origin.ASSESSED)
    found = register.joined([*other, same, later, analyst])
    assert len(found) == 6
    assert found[0].id == "water:dry:a"
    assert found[0].why[-1] == "Same states, place and window under another rule: Low: a."
