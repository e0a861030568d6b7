"""The API as its own document tells it: whatever is asked gets an answer that is named there."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mirab.observe.press.batch import read_all
from mirab.web.app import create
from web.conftest import ADDRESS, briefing, desk
from web.test_meeting import RELEASE

NAMES = ["today", "data", "XAA", "press", "reading", "sources.json", *(one.id for one in briefing().threats)]
TRICKY = [
    "",
    "..",
    "../../etc/passwd",
    "%",
    "%00",
    "'",
    '"',
    "a b",
    "*",
    "NEAR(",
    "\x00",
    "ru",
    "2026-13-45",
    "-1",
]
TEXTS = st.one_of(st.sampled_from([*NAMES, *TRICKY]), st.text(max_size=30))
SETTINGS = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def asked(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """A server whose user has read one release, so that a search has where to look."""
    home = tmp_path_factory.mktemp("home")
    (home / "release.txt").write_text(RELEASE, encoding="utf-8")
    list(read_all(str(home / "release.txt"), "toy", home / "press.sqlite"))
    app = create(desk(folder, home))
    return TestClient(app, base_url=ADDRESS, raise_server_exceptions=False, follow_redirects=False)


def operations(method: str) -> list[Any]:
    known = create(desk(Path("none"), Path("none"))).openapi()["paths"]
    return [pytest.param(path, ways[method], id=path) for path, ways in known.items() if method in ways]


def segment(text: str) -> str:
    """A value as a part of an address; dots alone would lead to another one."""
    return quote(text if text.strip(".") else f"x{text}", safe="")


def check(answer: Any, operation: dict[str, Any]) -> None:
    assert str(answer.status_code) in operation["responses"], answer.text[:500]
    assert "Traceback" not in answer.text
    assert "content-security-policy" in answer.headers
    if answer.headers.get("content-type") == "application/json":
        answer.json()


@pytest.mark.parametrize(("path", "operation"), operations("get"))
@given(data=st.data())
@SETTINGS
def test_every_get_with_any_values_is_answered_as_the_document_says(
    asked: TestClient, path: str, operation: dict[str, Any], data: st.DataObject
) -> None:
    query = {}
    for one in operation.get("parameters", ()):
        value = data.draw(TEXTS, label=one["name"])
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", segment(value))
        elif data.draw(st.booleans()):
            query[one["name"]] = value
    check(asked.get(path, params=query), operation)


@pytest.mark.parametrize(("path", "operation"), operations("post"))
@given(data=st.data())
@SETTINGS
def test_every_post_without_the_token_is_refused_as_the_document_says(
    asked: TestClient, path: str, operation: dict[str, Any], data: st.DataObject
) -> None:
    for one in operation.get("parameters", ()):
        path = path.replace(f"{{{one['name']}}}", segment(data.draw(TEXTS)))
    answer = asked.post(path, data=data.draw(st.dictionaries(st.text(max_size=8), TEXTS, max_size=3)))
    check(answer, operation)
    assert answer.status_code >= 400


def test_an_address_that_there_is_not_is_answered_as_a_page(asked: TestClient) -> None:
    for path in ("/a/b/c", "/today/more"):
        answer = asked.get(path)
        assert (answer.status_code, "<h1>" in answer.text) == (404, True)
    assert asked.delete("/today").status_code == 405
    long = asked.get("/today", params={"lang": "x" * 20})
    assert (long.status_code, "lang" in long.text, "<h1>" in long.text) == (422, True, True)
    assert asked.get("/today.json/../nowhere.json").json()["error"]
