"""Writing: what is entered on the page stands where the commands write it, or is refused whole."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from mirab import centre
from mirab.observe import region
from mirab.observe.store import Store
from mirab.stages.noting import Office
from mirab.web.app import create
from mirab.web.entry import FORMS
from web.conftest import ADDRESS, desk

READING = {
    "station": "highdam",
    "quantity": "volume",
    "date": "2026-11-01",
    "value": "900",
    "author": "Office",
}
THREAT = {
    "id": "border",
    "title": "A crossing may close",
    "states": "XAA|XBB",
    "level": "watch",
    "probability": "10-30%",
    "window": "2026-12-01/2027-01-31",
    "reason": "told by two drivers",
    "source": "own readout",
    "review": "2027-01-01",
    "marking": "internal",
}


def token(page: TestClient) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page.get("/enter/reading").text)
    assert found
    return found[1]


@pytest.mark.parametrize("name", [one.name for one in FORMS])
def test_every_form_has_a_label_for_each_field(page: TestClient, name: str) -> None:
    text = page.get(f"/enter/{name}").text
    fields = re.findall(r'<(?:input|select|textarea) id="([^"]+)"', text)
    assert fields
    assert all(f'<label for="{field}">' in text for field in fields)


def test_a_reading_from_the_page_is_one_of_the_user(page: TestClient, tmp_path: Path) -> None:
    answer = page.post("/enter/reading", data={**READING, "token": token(page)})
    assert answer.status_code == 200
    assert "Written down" in answer.text
    (kept,) = Store(tmp_path / "observations.sqlite").observations(region.load("toy"))
    assert (kept.item, kept.value, kept.author) == ("highdam", 900.0, "Office")


def test_a_threat_from_the_page_is_in_the_journal(folder: Path, tmp_path: Path) -> None:
    at = desk(folder, tmp_path)
    page = TestClient(create(at), base_url=ADDRESS)
    assert page.post("/enter/threat", data={**THREAT, "token": token(page)}).status_code == 200
    (act,) = centre.journal(at.wish, region.load("toy")).acts()
    assert (act.id, act.cells["title"]) == ("analyst:border", "A crossing may close")


def test_what_is_wrong_is_said_at_once_and_what_was_typed_is_kept(page: TestClient, tmp_path: Path) -> None:
    given = {"station": "highdamm", "quantity": "volume", "value": "<b>", "token": token(page)}
    answer = page.post("/enter/reading", data=given)
    assert answer.status_code == 422
    assert "date is empty" in answer.text
    assert "author is empty" in answer.text
    assert 'value="highdamm"' in answer.text
    assert "<b>" not in answer.text
    wrong = page.post("/enter/reading", data={**READING, "station": "highdamm", "token": token(page)})
    assert "nearest is 'highdam'" in html.unescape(wrong.text)
    assert not (tmp_path / "observations.sqlite").exists()


@pytest.mark.parametrize(
    ("given", "head"),
    [({"token": "guessed"}, {}), ({}, {}), (None, {"origin": "https://news.example"})],
    ids=["a guessed token", "no token", "another origin"],
)
def test_a_form_of_another_page_writes_nothing(
    page: TestClient, tmp_path: Path, given: dict[str, str] | None, head: dict[str, str]
) -> None:
    sent = {**READING, **({"token": token(page)} if given is None else given)}
    answer = page.post("/enter/reading", data=sent, headers=head)
    assert answer.status_code == 400
    assert "not filled in on a page of this server" in answer.text
    assert not (tmp_path / "observations.sqlite").exists()


def test_a_text_without_end_is_refused(page: TestClient) -> None:
    answer = page.post("/enter/threat", data={**THREAT, "reason": "x" * 200_000, "token": token(page)})
    assert answer.status_code == 422
    assert "at most 100,000" in answer.text


def test_a_meeting_from_the_page_is_in_the_diary(folder: Path, tmp_path: Path) -> None:
    at = desk(folder, tmp_path)
    page = TestClient(create(at), base_url=ADDRESS)
    given = {
        "with": "XAA; XBB",
        "on": "2026-11-20",
        "text": "They spoke of the winter.",
        "token": token(page),
    }
    assert page.post("/enter/meeting", data=given).status_code == 200
    (kept,) = Office.of(at.wish).diary.entries()
    assert (set(kept.about), kept.marking.value) == ({"XAA", "XBB"}, "internal")
    unknown = page.post("/enter/meeting", data={**given, "with": "Nobody at all"})
    assert unknown.status_code in (404, 422)
    assert len(Office.of(at.wish).diary.entries()) == 1
