"""UNRCCA: the list names the articles, each is asked for once, and a page that is none is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from replied import asked, page, parsed, replies, scope

from mirab.core.errors import SourceError

LISTED = replies("unrcca")["list"]
FIRST, SECOND = "made-up-round-of-consultations", "made-up-seminar"


def listed(ask: Any) -> Any:
    return LISTED if ask.page == "list" else None


def test_articles_of_the_list_are_asked_for_and_those_that_are_kept_are_not() -> None:
    asks = asked("unrcca", listed)
    assert [(ask.page, ask.path) for ask in asks] == [
        ("list", "en/news"),
        (FIRST, f"en/news/{FIRST}"),
        (SECOND, f"en/news/{SECOND}"),
    ]
    again = asked("unrcca", listed, replace(scope(), kept=frozenset(["list", FIRST])))
    assert [ask.page for ask in again] == ["list", SECOND]


def test_a_run_asks_for_ten_articles_at_most() -> None:
    links = "".join(f'<a href="/en/news/article-{number}">A</a>' for number in range(30))
    assert len(asked("unrcca", lambda ask: page("list", links) if ask.page == "list" else None)) == 11


def test_an_article_is_a_text_with_day_title_and_address() -> None:
    found = parsed("unrcca", *replies("unrcca").values())
    (text,) = found.texts
    (line,) = map(json.loads, text.data.decode().splitlines())
    assert line["url"] == f"https://unrcca.unmissions.org/en/news/{FIRST}"
    assert line["date"].startswith("2026-10-28")
    assert line["title"] == "Made-up round of consultations"
    assert "Home News" not in line["text"]
    assert not found.refused


def test_a_page_with_hardly_a_text_is_refused_and_the_others_count() -> None:
    found = parsed("unrcca", page(SECOND, "<html><body>Wait</body></html>"), *replies("unrcca").values())
    assert len(found.texts) == 1
    assert [one.where for one in found.refused] == [SECOND]


@pytest.mark.parametrize("wrong", ["", "<html>maintenance</html>", '{"links": []}'])
def test_a_list_without_articles_is_refused(wrong: str) -> None:
    with pytest.raises(SourceError, match="links no article"):
        parsed("unrcca", page("list", wrong))
