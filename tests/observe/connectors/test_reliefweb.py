"""ReliefWeb: which reports are asked for, with the name of the application kept apart, and their titles."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from replied import asked, page, parsed, replies, scope

from mirab.core.errors import SourceError
from mirab.observe.connector import KEY


def report(number: int, **changed: Any) -> dict[str, Any]:
    fields = {"title": "Report", "url": f"https://reliefweb.int/node/{number}"}
    fields |= {"date": {"created": "2026-10-30T00:00:00+00:00"}, "source": [{"name": "OCHA"}]}
    return {"id": str(number), "fields": fields | changed}


def full(ask: Any) -> Any:
    return page(ask.page, {"data": [report(number) for number in range(100)]})


def test_reports_on_the_states_are_asked_for_newest_first_without_their_body_and_no_secret_is_written() -> (
    None
):
    (ask,) = asked("reliefweb", lambda ask: page(ask.page, {"data": []}))
    assert ask.query == {"appname": KEY}
    assert ask.body is not None
    assert ask.body["sort"] == ["date.created:desc"]
    assert "body" not in ask.body["fields"]["include"]
    states, since = ask.body["filter"]["conditions"]
    assert states["value"] == [state.lower() for state in scope().states]
    assert since["value"]["from"].startswith("2025-01-01")


def test_a_first_run_asks_for_a_thousand_reports_at_most_and_later_ones_for_two_hundred() -> None:
    first = asked("reliefweb", full)
    assert [ask.body["offset"] for ask in first if ask.body] == list(range(0, 1000, 100))
    assert len(asked("reliefweb", full, replace(scope(), kept=frozenset(["reports_1"])))) == 2


def test_a_report_is_its_title_with_who_published_it_and_when() -> None:
    (text,) = parsed("reliefweb", *replies("reliefweb").values()).texts
    first, second = map(json.loads, text.data.decode().splitlines())
    both = "UN High Commissioner for Refugees; International Organization for Migration"
    assert first["publisher"] == both
    assert first["text"] == f"Made-up report on Afghanistan\n\n{both}, 2026-10-30"
    assert second["url"] == "https://reliefweb.int/node/2"


def test_a_report_on_two_pages_is_one_text() -> None:
    one, two = page("reports_1", {"data": [report(1)]}), page("reports_2", {"data": [report(1), report(2)]})
    found = parsed("reliefweb", one, two)
    assert sum(len(text.data.decode().splitlines()) for text in found.texts) == 2


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("<html>", "is not JSON"),
        ({"status": 403, "error": {}}, "has no field 'data'"),
        ({"data": [{"id": "1", "fields": {"title": "A", "url": "u", "date": {}}}]}, "created"),
    ],
)
def test_another_answer_is_refused_with_its_place(wrong: Any, told: str) -> None:
    with pytest.raises(SourceError, match=told):
        parsed("reliefweb", page("reports_1", wrong))
