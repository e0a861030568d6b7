"""Answers: what was made once is sent again, packed or not at all, until another issue is in the folder."""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from fastapi import Request, Response
from fastapi.testclient import TestClient

from mirab.web.answers import Answer, Answers
from mirab.web.app import create
from web.conftest import ADDRESS, briefing, desk, written

PLAIN = {"accept-encoding": "identity"}


def asked(path: str, headers: dict[str, str] | None = None, stamp: int = 1) -> Request:
    state = SimpleNamespace(desk=SimpleNamespace(stamp=lambda: stamp))
    rows = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    scope = {"type": "http", "path": path, "query_string": b"", "headers": rows}
    return Request({**scope, "app": SimpleNamespace(state=state)})


@pytest.mark.parametrize("path", ["/today", "/threats.json", "/data.csv", "/state/XAA"])
def test_an_answer_is_the_same_packed_and_plain(page: TestClient, path: str) -> None:
    plain, packed = page.get(path, headers=PLAIN), page.get(path, headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content)
    assert packed.content == plain.content


def test_a_browser_that_has_an_answer_gets_nothing_more(page: TestClient) -> None:
    first = page.get("/today")
    again = page.get("/today", headers={"if-none-match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert "content-security-policy" in again.headers
    assert page.get("/today", headers={"if-none-match": '"other"'}).status_code == 200
    assert page.get("/today?lang=ru").headers["etag"] != first.headers["etag"]


def test_another_issue_has_another_tag(tmp_path: Path) -> None:
    out = tmp_path / "briefing"
    written(briefing(), out)
    page = TestClient(create(desk(out, tmp_path)), base_url=ADDRESS)
    tag = page.get("/today").headers["etag"]
    written(replace(briefing(), issue=77), out)
    answer = page.get("/today", headers={"if-none-match": tag})
    assert (answer.status_code, answer.headers["etag"] == tag) == (200, False)


def test_many_readers_of_one_page_wait_for_one_making_of_it() -> None:
    answers, made = Answers(), []

    async def make(request: Request) -> Response:
        made.append(request.url.path)
        await asyncio.sleep(0.01)
        return Response(b"told", media_type="text/plain")

    async def all_at_once() -> list[Response]:
        paths = ["/today"] * 20 + ["/threats"]
        return await asyncio.gather(*(answers.of(asked(path), make) for path in paths))

    found = asyncio.run(all_at_once())
    assert [one.body for one in found] == [b"told"] * 21
    assert made == ["/today", "/threats"]


def test_a_refusal_is_made_anew() -> None:
    answers, states = Answers(), iter([404, 200, 500])

    async def make(request: Request) -> Response:
        return Response(b"said", status_code=next(states), media_type="text/plain")

    async def twice() -> list[int]:
        return [(await answers.of(asked("/today"), make)).status_code for _ in range(3)]

    assert asyncio.run(twice()) == [404, 200, 200]


def test_those_asked_for_longest_ago_go_first() -> None:
    answers, made = Answers(most=2500), []

    async def make(request: Request) -> Response:
        made.append(request.url.path)
        return Response(b"x" * 1000, media_type="text/plain")

    async def in_turn() -> None:
        for path in ("/a", "/b", "/a", "/c", "/a", "/b"):
            await answers.of(asked(path), make)

    asyncio.run(in_turn())
    assert made == ["/a", "/b", "/c", "/b"]
    assert answers.size <= answers.most


def test_what_is_kept_of_an_old_issue_goes() -> None:
    answers = Answers()

    async def make(request: Request) -> Response:
        return Response(b"x" * 1000, media_type="text/plain")

    async def both() -> None:
        await answers.of(asked("/a", stamp=1), make)
        await answers.of(asked("/b", stamp=2), make)

    asyncio.run(both())
    one = Answer.of(b"x" * 1000, "text/plain")
    assert answers.size == len(one.body) + len(one.packed)
    assert gzip.decompress(cast("bytes", one.packed)) == one.body
