"""Who could bring a matter to one table is said with the reason; only formats are counted."""

from __future__ import annotations

from datetime import date

from mirab.follow.bodies import members
from mirab.follow.partners import MOST, OPERATORS, convenors, series
from mirab.observe.region import load

ON = date(2026, 11, 22)
REGION = load("central_asia")
NAMES = {row["state"]: row["name"] for row in REGION.states}


def test_a_convenor_has_a_mandate_for_the_theme_and_at_least_two_of_the_states() -> None:
    states = ("AFG", "TJK", "TKM", "UZB")
    found = convenors(REGION, states, "water", ON)
    themes = {
        row["org_id"]: (row["themes"] or "").split("|") for row in REGION.rows("diplomacy/organisations")
    }
    kinds = {row["org_id"]: row["kind"] for row in REGION.rows("diplomacy/organisations")}
    assert 0 < len(found) <= MOST
    for one in found:
        there = members(REGION, one.org, ON)
        assert "water" in themes[one.org]
        assert set(one.members) == set(states) & set(there)
        assert set(one.missing) == set(states) - set(there)
        assert len(one.members) >= 2
        assert kinds[one.org] not in OPERATORS
    assert [len(one.missing) for one in found] == sorted(len(one.missing) for one in found)


def test_the_reason_names_members_those_missing_mandate_and_chair() -> None:
    found = {one.org: one for one in convenors(REGION, ("AFG", "TJK", "TKM", "UZB"), "water", ON)}
    assert (
        found["speca"]
        .reason(NAMES)
        .endswith("all states concerned are members; its mandate covers water; chair now Kyrgyzstan")
    )
    icwc = found["icwc"].reason(NAMES)
    assert "members are Tajikistan, Turkmenistan, Uzbekistan, not Afghanistan" in icwc
    assert "no chair is known" in icwc


def test_an_expected_chair_is_never_told_as_a_fact() -> None:
    found = {one.org: one for one in convenors(REGION, ("KAZ", "TKM"), "trade", ON)}
    assert not found["eco"].is_sure
    assert "expected, not confirmed" in found["eco"].reason(NAMES)


def test_a_theme_without_a_mandate_has_no_convenor() -> None:
    assert convenors(REGION, ("KAZ", "TKM"), "chess", ON) == ()


def test_the_matrix_has_every_state_and_theme_and_counts_formats_by_the_day() -> None:
    matrix = series(REGION, ON)[0]
    themes = set(matrix.columns["theme"])
    assert len(matrix.columns["state"]) == len(themes) * len(REGION.states)
    cells = zip(matrix.columns["formats"], matrix.columns["names"], strict=True)
    assert all(count == len([name for name in names.split(", ") if name]) for count, names in cells)


def test_two_states_share_the_formats_of_which_both_are_members() -> None:
    pairs = next(one for one in series(REGION, ON) if one.id == "shared:pairs")
    rows = [dict(zip(pairs.columns, row, strict=True)) for row in zip(*pairs.columns.values(), strict=True)]
    assert len(rows) == len(REGION.states) * (len(REGION.states) - 1) // 2
    (row,) = [row for row in rows if (row["state"], row["with"]) == ("KGZ", "UZB")]
    assert "border treaty" in row["agreement_names"]
    assert row["formats"] == len(row["names"].split(", "))


def test_what_is_announced_or_given_after_the_day_is_left_out() -> None:
    early = {one.id: one for one in series(REGION, date(2021, 12, 31))}
    assert set(early["stated:support"].columns["date"]) == {"2021-09", "2021-12"}
    assert "stated:priorities" not in early


def test_amounts_of_support_keep_their_status_and_source_beside_them() -> None:
    support = next(one for one in series(REGION, ON) if one.id == "stated:support")
    assert "disbursed" not in support.columns["status"]
    assert all(cell.endswith(")") for cell in support.columns["rests_on"])


def test_treaties_name_who_ratified_when_and_the_zone_without_nuclear_weapons_has_its_five_parties() -> None:
    treaties = next(one for one in series(REGION, ON) if one.id == "stated:treaties")
    rows = [
        dict(zip(treaties.columns, row, strict=True)) for row in zip(*treaties.columns.values(), strict=True)
    ]
    zone = {row["state"] for row in rows if row["treaty"].startswith("Treaty on a Nuclear-Weapon-Free Zone")}
    assert zone == {"KAZ", "KGZ", "TJK", "TKM", "UZB"}
    (uzbekistan,) = [row for row in rows if "Watercourses" in row["treaty"]]
    assert (uzbekistan["state"], uzbekistan["ratified"]) == ("UZB", "2014-08-17")
    early = next(one for one in series(REGION, date(2014, 8, 16)) if one.id == "stated:treaties")
    assert not [name for name in early.columns["treaty"] if "Watercourses" in name]


def test_a_region_without_diplomacy_has_no_partnerships() -> None:
    from dataclasses import replace

    bare = replace(REGION, tables={"states": REGION.tables["states"]})
    assert series(bare, ON) == ()
