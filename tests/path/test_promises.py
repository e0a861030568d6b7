"""A promise along the whole path: its share of members, who may see it, and the threat it belongs to."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from mirab import centre
from mirab.centre import Wish
from mirab.core.records import Briefing, Kept, Marking
from mirab.follow.commitments import Known
from mirab.follow.store import Store

INTERNAL = {
    "commitment_id": "hushed_step",
    "what": "A hushed step",
    "owner": "office",
    "source": "a letter of May",
}


@pytest.fixture(scope="module")
def wish(tmp_path_factory: pytest.TempPathFactory) -> Wish:
    folder = tmp_path_factory.mktemp("promises")
    Store(folder / "commitments.sqlite", "toy").create(
        {**INTERNAL, "marking": "internal"}, Known(), person="Aigul"
    )
    return Wish(
        "toy", date(2023, 10, 1), date(2026, 11, 22), folder / "out", folder / "own.sqlite", members=40
    )


@pytest.fixture(scope="module")
def issue(wish: Wish) -> Briefing:
    return centre.brief(wish)[0]


def test_the_share_of_members_that_serve_a_promise_is_that_of_the_outlook(
    issue: Briefing, wish: Wish
) -> None:
    seen = centre.observe(wish)
    (water,) = [domain for domain in seen.domains if domain.network]
    run = centre.project(water, seen, wish).outlook.run
    (one,) = [one for one in issue.commitments if one.id == "lake_2024"]
    # The lake has one reach into it, and its loss is on the way; 36 dekads from October are the water year.
    (reach,) = [reach for reach in run.model.network.reaches.values() if reach.head == "salt_lake"]
    flow = run.flow[reach.id] * (1.0 - reach.loss)
    volumes = (flow * run.axis.mcm_per_m3s[:, None]).sum(axis=0)
    told, share = one.findings
    assert (told.kept, share.kept) == (Kept.UNTOLD, Kept.UNTOLD)
    assert share.probability == (volumes >= 2500.0).mean()
    assert 0.0 < share.probability < 1.0


def _text(path: Path) -> str:
    if path.suffix != ".pdf":
        return path.read_text(encoding="utf-8")
    return " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())


def test_what_is_internal_is_in_no_file_of_the_public_briefing(issue: Briefing, wish: Wish) -> None:
    assert "hushed_step" not in {one.id for one in issue.commitments}
    for path in wish.out.rglob("*"):
        if path.is_file():
            text = _text(path)
            assert "hushed" not in text
            assert "Aigul" not in text
            assert "a letter of May" not in text
    seen = centre.observe(wish)
    inside = centre.book(replace(wish, audience=Marking.INTERNAL), seen, {})
    assert "hushed_step" in {one.id for one in inside.found}


def test_a_threat_names_who_could_convene_and_why(wish: Wish, issue: Briefing) -> None:
    written = json.loads((wish.out / "briefing.json").read_text(encoding="utf-8"))
    (threat, *_) = [one for one in written["threats"] if one["domain"] == "water"]
    (line,) = threat["convenors"]
    assert line.startswith("Mira River Commission (MRC): all states concerned are members")
    assert "chair now Ardia (expected, not confirmed)" in line
