import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest

from mirab.core.errors import InputError
from mirab.warn import rules

from .made import GENERAL, RULES, UNITS

GOOD = {
    "rule_id": "low",
    "title": "Low",
    "quantity": "volume",
    "where": "lake",
    "relative_to": "value",
    "comparison": "below",
    "threshold": "100",
    "unit": "million m3",
    "steps_in_a_row": "2",
    "measure": "each",
    "season_from": "10-01",
    "season_to": "03-31",
    "by_date": "04-01",
    "max_age_days": "60",
    "watch_probability": "0.2",
    "potential_probability": "0.5",
    "severity_quantity": "shortage",
    "addressee": "operator",
    "source": "made",
    "note": "",
}


def table(tmp_path: Path, *rows: dict[str, str], columns: Sequence[str] = rules.COLUMNS) -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({**GOOD, **row} for row in rows)
    path = tmp_path / "rules.csv"
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def test_a_row_becomes_a_rule_with_dates_and_items(tmp_path: Path) -> None:
    (rule,) = rules.load(table(tmp_path, {"where": "lake|pond"}), quantities=UNITS)
    assert rule.where == ("lake", "pond")
    assert (rule.season_from, rule.season_to, rule.by_date) == ((10, 1), (3, 31), (4, 1))
    assert rule.threshold == 100.0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"rule_id": "Low store"}, r"rules\.csv:2 rule_id='Low store' is not an id; use lower-case"),
        ({"title": ""}, r"rules\.csv:2 title is empty"),
        ({"quantity": "volum"}, r"quantity='volum' is not in core/fields.csv; nearest is 'volume'"),
        ({"relative_to": "norms"}, r"relative_to='norms' is not a choice; nearest is 'norm'"),
        ({"comparison": "under"}, r"comparison='under' is not a choice; choose from 'below', 'above'"),
        ({"measure": "means"}, r"measure='means' is not a choice; nearest is 'mean'"),
        ({"threshold": "8,500"}, r"threshold='8,500' is not a number; use a point"),
        ({"threshold": "nan"}, r"threshold='nan' is not a number"),
        ({"unit": "m3/s"}, r"unit='m3/s' does not fit relative_to='value'; write 'million m3'"),
        ({"relative_to": "norm", "unit": "million m3"}, r"does not fit relative_to='norm'; write 'fraction'"),
        ({"steps_in_a_row": "0"}, r"steps_in_a_row='0' is not a whole number above 0"),
        ({"max_age_days": "two"}, r"max_age_days='two' is not a whole number above 0"),
        ({"season_from": "31-10"}, r"season_from='31-10' is not a day of every year; write it as MM-DD"),
        ({"by_date": "02-29"}, r"by_date='02-29' is not a day of every year"),
        ({"season_to": ""}, r"has only one of season_from and season_to; give both or none"),
        ({"watch_probability": "20"}, r"watch_probability='20' is not a probability"),
        ({"potential_probability": "0.1"}, r"watch_probability is above potential_probability"),
        ({"relative_to": "age", "unit": "day"}, r"by_date does not go with relative_to='age'"),
        ({"where": "all|lake"}, r"where='all\|lake' mixes 'all' with items"),
        ({"where": "lake||pond"}, r"where='lake\|\|pond' has an empty item"),
    ],
)
def test_a_wrong_cell_gets_its_message(tmp_path: Path, wrong: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        rules.load(table(tmp_path, wrong), quantities=UNITS)


def test_all_problems_of_a_table_come_together(tmp_path: Path) -> None:
    path = table(tmp_path, {"quantity": "volum"}, {"threshold": "x", "by_date": "1 April"})
    with pytest.raises(InputError, match=r"rules rules\.csv: 4 problems") as caught:
        rules.load(path, quantities=UNITS)
    lines = [problem.where for problem in caught.value.problems]
    assert lines == ["rules.csv:2", "rules.csv:3", "rules.csv:3", "rules.csv:3"]


def test_a_rule_id_is_used_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"rules\.csv:3 rule_id='low' is already in line 2"):
        rules.load(table(tmp_path, {}, {}), quantities=UNITS)


def test_a_wrong_header_names_the_nearest_column(tmp_path: Path) -> None:
    columns = [*(name for name in rules.COLUMNS if name != "threshold"), "treshold"]
    message = r"lacks the column 'threshold'; nearest is 'treshold'(.|\n)*unknown column"
    with pytest.raises(InputError, match=message):
        rules.load(table(tmp_path, {}, columns=columns), quantities=UNITS)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"rules\.csv is not there"),
        (b"", r"lacks the column 'rule_id'"),
        (",".join(rules.COLUMNS).encode(), r"rules\.csv has no rule; add one row per rule"),
        (b"rule_id\n\xff\xfe", r"is not UTF-8 at byte 8"),
        ((",".join(rules.COLUMNS) + "\nlow,Low, comma").encode(), r"rules\.csv:2 does not have 21 cells"),
    ],
)
def test_a_file_that_holds_no_rules_is_refused(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "rules.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        rules.load(path, quantities=UNITS)


def test_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = table(tmp_path, {})
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert rules.load(path, quantities=UNITS)[0].rule_id == "low"


def test_the_rules_of_the_rivers_are_right() -> None:
    assert len(rules.load(RULES, quantities=UNITS)) >= 8


def test_the_rules_of_the_domain_speak_of_every_region() -> None:
    assert all(not rule.where for rule in rules.load(GENERAL, quantities=UNITS))


def test_the_rules_of_the_rivers_use_quantities_and_units_of_the_dictionary() -> None:
    fields = pytest.importorskip("mirab.core.fields").fields()
    assert rules.load(RULES, quantities={name: field.unit for name, field in fields.items()})
