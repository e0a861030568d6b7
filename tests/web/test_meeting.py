"""Meeting: notes, the press and its review on the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from mirab.core.records import Marking
from mirab.observe.press.batch import read_all
from mirab.observe.press.store import PressStore
from mirab.web.app import create
from web.conftest import ADDRESS, desk
from web.test_writing import token

RELEASE = "ASTANA, 21 February 2024 – Foreign Minister Murat Nurtleu met with Kaha Imnadze on 20 February."


@pytest.fixture
def read(folder: Path, tmp_path: Path) -> TestClient:
    """A server whose user has read one release."""
    file = tmp_path / "release.txt"
    file.write_text(RELEASE, encoding="utf-8")
    list(read_all(str(file), "central_asia", tmp_path / "press.sqlite"))
    return TestClient(create(desk(folder, tmp_path)), base_url=ADDRESS)


def test_a_note_is_asked_for_and_written(page: TestClient) -> None:
    assert "<form" in page.get("/note").text
    answer = page.get("/note", params={"with": "XAA"})
    assert answer.status_code == 200
    assert "Upland" in answer.text or "XAA" in answer.text


def test_a_note_with_nobody_says_who_there_is(page: TestClient) -> None:
    answer = page.get("/note", params={"with": "Qqqq"})
    assert answer.status_code in (400, 404)
    assert "Traceback" not in answer.text
    assert page.get("/note", params={"with": "XAA", "on": "soon"}).status_code == 400


def test_what_was_read_is_found_by_its_words(read: TestClient) -> None:
    assert "Nurtleu" in read.get("/press", params={"q": "Imnadze"}).text
    assert "Nothing that was read" in read.get("/press", params={"q": "xylophone"}).text


def test_a_record_is_judged_on_the_page(read: TestClient, tmp_path: Path) -> None:
    store = PressStore(tmp_path / "press.sqlite")
    first = store.waiting()[0]
    answer = read.post(f"/press/{first.id}", data={"verdict": "accept", "token": token(read)})
    assert answer.status_code == 200
    assert first.id not in {one.id for one in store.waiting()}
    assert read.post(f"/press/{first.id}", data={"verdict": "maybe", "token": token(read)}).status_code == 400


def test_a_text_of_a_narrower_audience_is_neither_found_nor_waits(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "release.txt"
    file.write_text(RELEASE, encoding="utf-8")
    list(read_all(str(file), "central_asia", tmp_path / "press.sqlite", marking=Marking.INTERNAL))
    for audience, seen in ((Marking.INTERNAL, True), (Marking.PUBLIC, False)):
        page = TestClient(create(desk(folder, tmp_path, audience)), base_url=ADDRESS)
        assert ("Nurtleu" in page.get("/press", params={"q": "Imnadze"}).text) == seen
        assert ("Nurtleu" in page.get("/press").text) == seen
