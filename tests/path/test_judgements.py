"""What an analyst wrote reaches the briefing of an audience that may see it, beside what is computed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mirab import centre, inquiry
from mirab.centre import Wish
from mirab.core.records import Level, Marking
from mirab.observe.region import load

TODAY = datetime.now(UTC).date()
CELLS = {
    "title": "Ferry stopped by ice",
    "states": "XAA",
    "level": "watch",
    "probability": "10-30%",
    "window": f"{TODAY}/{TODAY + timedelta(days=90)}",
    "reason": "cold weeks announced",
    "source": "harbour office",
    "review": f"{TODAY + timedelta(days=30)}",
    "author": "A. Analyst",
    "marking": "partners",
}


@pytest.mark.slow
def test_a_judgement_is_seen_by_its_audience_only_and_can_be_explained(tmp_path: Path) -> None:
    wish = Wish("toy", TODAY, TODAY, tmp_path / "public", tmp_path / "own.sqlite", members=20)
    pack = load("toy")
    journal = centre.journal(wish, pack)
    journal.write("add", "analyst:ferry", CELLS, {"XAA"})
    public, _ = centre.brief(wish)
    assert "analyst:ferry" not in {threat.id for threat in public.threats}
    assert "Ferry" not in (wish.out / "briefing.html").read_text(encoding="utf-8")

    computed = public.threats[0]
    moved = {
        "level": "potential",
        "reason": "seen on site",
        "review": CELLS["review"],
        "author": "B",
        "marking": "partners",
    }
    journal.write("assess", computed.id, moved, {"XAA"})
    near = replace(wish, audience=Marking.PARTNERS, out=tmp_path / "partners")
    issue, _ = centre.brief(near)
    threats = {threat.id: threat for threat in issue.threats}
    assert threats["analyst:ferry"].probability == 0.2
    assert threats[computed.id].level is Level.POTENTIAL
    assert threats[computed.id].computed_level is computed.level
    page = (near.out / "briefing.html").read_text(encoding="utf-8")
    assert "Assessed by B: seen on site" in page
    assert "cold weeks announced" in page
    written = json.loads((near.out / "briefing.json").read_text(encoding="utf-8"))
    assert "analysts_judgement" in {source["id"] for source in written["sources"]}
    told = inquiry.explain("analyst:ferry", near.out, near.own)
    assert "cold weeks announced" in told
