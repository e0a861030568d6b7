"""`mirab check connector`: ours hold, and each fault that a stranger's can have is found and named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mirab.core.errors import SourceError
from mirab.observe import sources
from mirab.observe.check_connector import check
from mirab.observe.region import load

TOY, REGION = load("toy"), load("central_asia")
HEAD = "source_id,title,publisher,address,licence,redistributable,citation,cadence_days,stale_days,per_minute"
ROW = "wells,Wells,A service,https://wells.example/,CC BY 4.0,yes,Wells 2026,30,90,30"
CODE = """
from datetime import date
from mirab.core.errors import Problem
from mirab.core.records import Observation
from mirab.observe.connector import Ask, Connector, Parsed
from mirab.observe.replies import entries, entry, json_of

def asks(terms, scope):
    yield Ask("levels", "levels.json")

def parse(terms, scope, pages):
    found = {}
    for page in pages:
        for n, row in enumerate(entries(json_of(page), "rows", page.name), 1):
            year, value = (entry(row, name, f"{page.name}:{n}") for name in ("year", "level"))
            key = entry(row, "well", page.name), int(year)
            span = date(key[1], 1, 1), date(key[1] + 1, 1, 1)
            found[key] = Observation(key[0], "level", *span, float(value), "m", "A", terms.evidence())
    return Parsed(tuple(found.values()))

CONNECTORS = (Connector("wells", asks, parse),)
"""
REPLY = json.dumps(
    {"rows": [{"well": "a", "year": 2024, "level": 3.5}, {"well": "b", "year": 2025, "level": 4}]}
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "replies" / "wells").mkdir(parents=True)
    (tmp_path / "replies" / "wells" / "levels.json").write_text(REPLY)
    (tmp_path / "sources.csv").write_text(f"{HEAD}\n{ROW}\n")
    (tmp_path / "wells.py").write_text(CODE)
    return tmp_path


SLOW = {"ioda": pytest.mark.slow}
OURS = [pytest.param(name, marks=SLOW.get(name, ())) for name in sources.terms()]


@pytest.mark.parametrize("name", OURS)
def test_a_source_of_ours_holds(name: str) -> None:
    assert any("spoilt replies" in line for line in check(name, REGION))


def test_a_sound_connector_of_a_stranger_holds(folder: Path) -> None:
    lines = check(str(folder), TOY)
    assert lines[0] == "wells: terms are whole; licence CC BY 4.0; may be passed on"
    assert "2 observations" in lines[2]


FAULTS = {
    "asks http://wells.example": ('"levels.json"', '"http://wells.example/levels.json"'),
    "asks https://other.example": ('"levels.json"', '"https://other.example/levels.json"'),
    "has a secret in its path": ('"levels.json"', '"levels.json?key={key}"'),
    "has no small reply": ('Ask("levels"', 'Ask("depths"'),
    "quantity='levell' is not known": ('"level", *span', '"levell", *span'),
    "unit='kg' does not measure level": ('"m", "A"', '"kg", "A"'),
    "fails: its connector failed: KeyError: 'well'": ('entry(row, "well", page.name)', 'row["well"]'),
    "loses values without a word": (
        'entries(json_of(page), "rows", page.name)',
        'json_of(page).get("rows", [])',
    ),
    "gives other values": ('entry(row, name, f"{page.name}:{n}")', "row.get(name, 2024)"),
    "counts pages that overlap twice": (
        "float(value)",
        "float(value) + (found[key].value if key in found else 0)",
    ),
    "is refused where it has an extra field": (
        '"well", page.name)',
        '"well", page.name) if len(row) == 3 else entry(row, "none", page.name)',
    ),
    "asks otherwise when it is asked again": (
        'Ask("levels", "levels.json")',
        'Ask("levels", f"l?{id(object())}{__import__(\'time\').time()}")',
    ),
    "parses otherwise when it parses again": ('"A", terms', 'str(__import__("time").time()), terms'),
    "cannot be run": ("CONNECTORS = (", "CONNECTORS = 1 / 0 and ("),
}


@pytest.mark.parametrize("told", FAULTS)
def test_a_fault_of_a_connector_is_found(told: str, folder: Path) -> None:
    old, new = FAULTS[told]
    assert old in CODE
    (folder / "wells.py").write_text(CODE.replace(old, new))
    with pytest.raises(SourceError, match=told.replace("cannot be run", "ZeroDivisionError")):
        check(str(folder), TOY)


def test_a_folder_without_a_table_of_sources_says_what_it_should_hold(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"sources.csv cannot be read.*NAME.py and replies/ID/"):
        check(str(tmp_path), TOY)
    (tmp_path / "sources.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SourceError, match="it is not UTF-8 text"):
        check(str(tmp_path), TOY)


def test_a_folder_that_happens_to_be_there_does_not_hide_a_source(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "unhcr").mkdir()
    monkeypatch.chdir(tmp_path)
    assert check("unhcr", REGION)[0].startswith("unhcr: terms are whole")
