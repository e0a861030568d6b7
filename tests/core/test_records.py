"""Records go to plain JSON and come back the same, checked by their schema."""

import json
from datetime import date

import pytest

from mirab.core.plain import from_dict, schema, to_dict
from mirab.core.presence import Presence
from mirab.core.records import Confidence, Evidence, Level, Observation, Severity, Span, Threat

EVIDENCE = Evidence("src-1", Confidence.SECONDARY, "note", Span("doc", 3, 9, "rule-2"))
OBSERVATION = Observation(
    "toktogul",
    "volume",
    date(2023, 1, 1),
    date(2023, 1, 11),
    None,
    "million m3",
    "BWO",
    EVIDENCE,
    Presence.ABSENT,
)
THREAT = Threat(
    "t1",
    "water",
    "low_store",
    "Low",
    ("a",),
    ("KGZ",),
    Level.WATCH,
    0.25,
    (date(2023, 4, 1), date(2023, 5, 1)),
    30,
    (Severity("KGZ", 1.5, "million m3", "canals", share=0.1),),
    ("why",),
    (EVIDENCE,),
    {"published": 1.0},
    "base rate, no forecast skill",
    "simulation",
)


@pytest.mark.parametrize("record", [EVIDENCE, OBSERVATION, THREAT])
def test_a_record_comes_back_from_json_as_it_was(record: object) -> None:
    stored = json.loads(json.dumps(to_dict(record)))
    assert from_dict(type(record), stored) == record


def test_absent_stays_absent_and_is_not_zero() -> None:
    stored = to_dict(OBSERVATION)
    assert (stored["value"], stored["presence"]) == (None, "absent")


def test_a_value_of_a_wrong_type_is_refused() -> None:
    with pytest.raises(ValueError, match="level"):
        from_dict(Threat, to_dict(THREAT) | {"level": "alarming"})


def test_a_schema_names_every_field() -> None:
    assert set(schema(Threat)["properties"]) == set(to_dict(THREAT))


def test_levels_rise_from_watch_to_existing() -> None:
    assert [level.rank for level in Level] == [0, 1, 2]
    assert [str(level) for level in sorted(Level, key=lambda level: level.rank)] == [
        "watch",
        "potential",
        "existing",
    ]
