"""Feeds of publishers: what is asked for, and which entries become texts."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from replied import asked, of, page, parsed, replies

from mirab.core.errors import SourceError
from mirab.observe.connector import Parsed
from mirab.observe.connectors.feeds import CONNECTORS

HEAD = '<?xml version="1.0"?><rss version="2.0"><channel><title>Feed</title>'


def item(title: str, link: str = "https://x.org/1", day: str = "Fri, 30 Oct 2026 12:00:00 +0000") -> str:
    named = f"<link>{link}</link>" if link else ""
    return (
        f"<item><title>{title}</title>{named}<pubDate>{day}</pubDate><description>Text.</description></item>"
    )


def feed(*items: str) -> str:
    return f"{HEAD}{''.join(items)}</channel></rss>"


def titles(found: Parsed) -> Sequence[str]:
    return [json.loads(line)["title"] for one in found.texts for line in one.data.decode().splitlines()]


@pytest.mark.parametrize("source", [one.source_id for one in CONNECTORS])
def test_the_feed_of_a_publisher_is_one_page_and_its_reply_one_text_with_a_publisher(source: str) -> None:
    assert [(ask.page, ask.path) for ask in asked(source, lambda ask: None)] == [("feed", "")]
    (text,) = parsed(source, *replies(source).values()).texts
    (line,) = map(json.loads, text.data.decode().splitlines())
    assert line["publisher"] == of(source).publisher
    assert line["url"].startswith("https://")
    assert "2026" in line["date"]
    assert line["text"].startswith(line["title"])


def test_every_row_that_names_the_file_is_a_feed() -> None:
    assert [one.source_id for one in CONNECTORS] == ["astana_times", "timesca", "kazinform", "un_news_asia"]


def test_an_entry_that_two_pages_carry_is_one_text_and_the_newer_one_counts() -> None:
    newer, older = (
        feed(item("New"), item("B", "https://x.org/2")),
        feed(item("Old"), item("C", "https://x.org/3")),
    )
    assert titles(parsed("timesca", page("a", newer), page("b", older))) == ["New", "B", "C"]


def test_an_entry_of_tomorrow_is_taken_and_one_of_next_week_refused() -> None:
    days = (
        item("A", "https://x.org/1", "Mon, 02 Nov 2026 01:00:00 +0500"),
        item("B", "https://x.org/2", "2026-11-09"),
    )
    found = parsed("timesca", page("a", feed(*days)))
    assert titles(found) == ["A"]
    assert "in the future" in str(found.refused[0])


def test_entries_without_address_are_told_apart_by_their_text_and_an_empty_feed_is_no_fault() -> None:
    assert titles(parsed("timesca", page("a", feed(item("A", ""), item("A", ""), item("B", ""))))) == [
        "A",
        "B",
    ]
    assert parsed("timesca", page("a", feed())) == Parsed()


def test_a_feed_that_breaks_off_gives_its_whole_entries() -> None:
    assert titles(parsed("timesca", page("a", feed(item("A"), item("B", "https://x.org/2"))[:-60]))) == ["A"]


@pytest.mark.parametrize("wrong", ["<!doctype html><html><body>Please wait", "", '{"error": "no"}'])
def test_what_is_no_feed_is_refused_with_how_it_begins(wrong: str) -> None:
    with pytest.raises(SourceError, match="is no feed but begins with"):
        parsed("timesca", page("a", wrong))
