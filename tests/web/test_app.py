"""The application: every view answers, links lead somewhere, nothing is asked of another host."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from mirab.brief.sections import sections
from mirab.core.errors import InputError
from mirab.core.records import Marking
from mirab.web.app import create
from mirab.web.views import VIEWS
from web.conftest import ADDRESS, briefing, desk, written

NAMES = [one.name for one in VIEWS]


@pytest.mark.parametrize("name", NAMES)
def test_every_view_answers_as_page_json_and_rows(page: TestClient, name: str) -> None:
    shown = page.get(f"/{name}")
    assert shown.status_code == 200
    assert "<h1>" in shown.text
    assert "citation" in page.get(f"/{name}.json").json()
    rows = list(csv.DictReader(io.StringIO(page.get(f"/{name}.csv").text)))
    assert rows
    assert all(row["citation"].startswith("Mirab ") for row in rows)


@pytest.mark.parametrize("name", NAMES)
def test_no_view_asks_another_host(page: TestClient, name: str) -> None:
    followed = r'<a href="[^"]*" rel="noreferrer">'
    text = re.sub(rf'xmlns(:\w+)?="[^"]*"|{followed}', "", page.get(f"/{name}").text)
    assert not re.search(r'(src|href|action)="(https?:)?//', text)


def test_every_link_leads_to_a_place_that_exists(page: TestClient) -> None:
    found: dict[str, str] = {}
    for name in NAMES:
        for link in set(re.findall(r'href="(/[^"]*|#[^"]*)"', page.get(f"/{name}").text)):
            path, _, place = (link if link.startswith("/") else f"/{name}{link}").partition("#")
            if path not in found:
                answer = page.get(path)
                assert answer.status_code == 200, link
                found[path] = answer.text
            assert not place or f'id="{place}"' in found[path], f"{name}: {link}"


def test_every_section_has_a_view() -> None:
    assert {one.name for one in sections()} == {name for one in VIEWS for name in one.sections}


def test_a_threat_has_a_page_of_its_own(page: TestClient) -> None:
    threat = briefing().threats[0]
    assert threat.title in page.get(f"/threats/{threat.id}").text
    records = page.get(f"/threats/{threat.id}.json").json()["records"]
    assert [one["id"] for one in records["threats"]] == [threat.id]


def test_the_first_address_leads_to_today_in_the_language_that_is_asked_for(page: TestClient) -> None:
    assert page.get("/?lang=ru").url.path == "/today"
    assert '<html lang="ru"' in page.get("/?lang=ru").text
    assert '<html lang="en"' in page.get("/").text


def test_the_disclaimer_of_the_moving_map_is_in_the_language_of_the_page(page: TestClient) -> None:
    assert "invented for teaching" in page.get("/explore").text
    russian = page.get("/explore?lang=ru").text
    assert "invented for teaching" not in russian
    assert "вымышлена для обучения" in russian


def test_a_threat_whose_id_has_a_slash_has_a_page_too(folder: Path, tmp_path: Path) -> None:
    issue = briefing()
    port = replace(issue.threats[0], id="corridor:long_wait:upper/port", title="Wait at the port")
    out = tmp_path / "briefing"
    written(replace(issue, threats=(port, *issue.threats)), out)
    page = TestClient(create(desk(out, tmp_path)), base_url=ADDRESS)
    assert "Wait at the port" in page.get(f"/threats/{port.id}").text
    (record,) = page.get(f"/threats/{port.id}.json").json()["records"]["threats"]
    assert record["id"] == port.id


@pytest.mark.parametrize(
    "path", ["/nowhere", "/threats/none", "/state/XYZ", "/data/none.csv", "/today?lang=xx"]
)
def test_a_wrong_address_says_what_there_is(page: TestClient, path: str) -> None:
    answer = page.get(path)
    assert answer.status_code == 404
    assert "is not known" in answer.text
    assert "Traceback" not in answer.text


def test_a_name_of_another_host_is_refused(page: TestClient) -> None:
    assert page.get("/today", headers={"host": "news.example"}).status_code == 400


def test_a_policy_without_eval_or_inline_scripts_stands_on_every_answer(page: TestClient) -> None:
    for path in ("/today", "/threats.json", "/static/web.css", "/nowhere"):
        policy = page.get(path).headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy


def test_no_page_carries_a_style_or_a_script_in_its_text(page: TestClient) -> None:
    for name in NAMES:
        assert not re.search(
            r'<style|\sstyle="|<script(?![^>]*\ssrc=)|\son\w+="', page.get(f"/{name}").text
        ), name


def test_what_an_audience_may_not_see_is_in_no_answer(folder: Path, tmp_path: Path) -> None:
    issue = briefing()
    secret = replace(
        issue.threats[0], id="water:canary", title="Canary of the river", marking=Marking.INTERNAL
    )
    out = tmp_path / "briefing"
    whole = replace(issue, audience=Marking.INTERNAL, threats=(*issue.threats, secret))
    written(whole, out)
    inside = TestClient(create(desk(out, tmp_path)), base_url=ADDRESS)
    outside = TestClient(create(desk(out, tmp_path, Marking.PUBLIC)), base_url=ADDRESS)
    assert "Canary of the river" in inside.get("/threats").text
    for name in NAMES:
        for ending in ("", ".json", ".csv"):
            assert "anary" not in outside.get(f"/{name}{ending}").text
    assert outside.get("/threats/water:canary").status_code == 404


def test_a_new_issue_is_shown_without_a_new_start(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "briefing"
    written(briefing(), out)
    shown = TestClient(create(desk(out, tmp_path)), base_url=ADDRESS)
    assert shown.get("/threats.json").json()["issue"] == briefing().issue
    written(replace(briefing(), issue=77), out)
    assert shown.get("/threats.json").json()["issue"] == 77


def test_without_a_briefing_the_page_says_how_to_write_one(tmp_path: Path) -> None:
    empty = TestClient(create(desk(tmp_path / "none", tmp_path)), base_url=ADDRESS)
    answer = empty.get("/today")
    assert answer.status_code == 400
    assert "mirab brief" in answer.text


def test_a_briefing_of_another_region_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "briefing"
    written(replace(briefing(), region="elsewhere"), out)
    with pytest.raises(InputError, match="briefing of elsewhere, the pack is toy; name"):
        desk(out, tmp_path)
