"""Every rule of rivers and targets has a case in cases.csv: a situation that breaks it, one that keeps it."""

import csv
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from mirab.core.records import Level, Observation, Threat
from mirab.warn import rules, threats
from mirab.warn.rules import Rule
from mirab.warn.situation import Situation

from .made import GENERAL, RULES, TARGETS, UNITS, ensemble, observation

Row = dict[str, str]
CASES: list[Row] = list(csv.DictReader((Path(__file__).parent / "cases.csv").open(encoding="utf-8")))
BY_ID = {
    rule.rule_id: rule for path in (GENERAL, RULES, TARGETS) for rule in rules.load(path, quantities=UNITS)
}


def test_every_rule_has_a_case() -> None:
    assert {row["rule_id"] for row in CASES} == set(BY_ID)


def test_the_table_of_rules_in_the_docs_is_whole() -> None:
    page = (Path(__file__).parents[2] / "docs" / "warnings.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `") and line.endswith(" d |")]
    assert sorted(row.split("`")[1] for row in rows) == sorted(BY_ID)


def named(row: Row) -> str:
    return f"{row['rule_id']}-{row['item']}-{row['by']}"


def situation(row: Row, rule: Rule, **more: object) -> Situation:
    norm = {row["item"]: float(row["reference"])} if row["reference"] else {}
    given = {"norms": {(rule.relative_to, rule.quantity): norm}, **more}
    return Situation(domain="water", on=date.fromisoformat(row["on"]), **given)


def simulated(row: Row, rule: Rule, share: float) -> Situation:
    members = np.where(np.arange(10) < 10 * share, float(row["bad"]), float(row["good"] or 0))
    values = np.repeat(members[:, None, None], 40, axis=1)
    named = {"quantity": rule.quantity, "unit": UNITS[rule.quantity], "states": (("XAA",),)}
    made = ensemble(values, items=(row["item"],), start=date.fromisoformat(row["on"]), **named)
    return situation(row, rule, ensembles={rule.quantity: made})


def observed(row: Row, rule: Rule, cell: str) -> Situation:
    """Monthly figures of each author for two years before the date."""
    on = date.fromisoformat(row["on"])
    figures: list[Observation] = []
    for author, value in enumerate(cell.split("|")):
        for back in range(70):
            start = on - timedelta(days=10 * (back + 1))
            more = {"item": row["item"], "quantity": rule.quantity, "unit": UNITS[rule.quantity]}
            figures.append(observation(float(value), start, days=10, author=f"service {author}", **more))
    return situation(row, rule, observations=figures)


def last_seen(row: Row, rule: Rule, cell: str) -> Situation:
    more = {"item": row["item"], "quantity": rule.quantity, "unit": UNITS[rule.quantity]}
    return situation(row, rule, observations=[observation(1.0, date.fromisoformat(cell), **more)])


def found(row: Row, rule: Rule, cell: str, share: float) -> Sequence[Threat]:
    if row["by"] == "simulation":
        seen = simulated(row, rule, share)
    else:
        seen = last_seen(row, rule, cell) if row["by"] == "age" else observed(row, rule, cell)
    return [threat for threat in threats.evaluate([rule], seen) if threat.items == (row["item"],)]


@pytest.mark.parametrize("row", CASES, ids=named)
def test_what_breaks_a_rule_is_found_at_its_level(row: Row) -> None:
    rule = BY_ID[row["rule_id"]]
    share = float(row["share"] or 1)
    (threat,) = found(row, rule, row["bad"], share)
    assert threat.level is Level(row["level"])
    assert threat.probability == (pytest.approx(share) if row["by"] == "simulation" else None)
    assert threat.why
    assert threat.basis
    assert threat.track_record == "base rate, no forecast skill"


@pytest.mark.parametrize("row", CASES, ids=named)
def test_what_keeps_a_rule_is_not_found(row: Row) -> None:
    assert found(row, BY_ID[row["rule_id"]], row["good"], 0.0) == []
