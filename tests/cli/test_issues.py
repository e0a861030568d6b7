"""Issues by command: listed, commented, reviewed, cleared, and written again from what is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from issues_of import issue, threat
from typer.testing import CliRunner

from mirab import centre
from mirab.brief.specimen import ground, specimen
from mirab.cli import app
from mirab.core.errors import InputError, MirabError
from mirab.core.imprint import Cadence, Imprint
from mirab.core.records import Clearance
from mirab.follow.issue_store import Made


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MIRAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    store = centre.issue_store(tmp_path / "home" / "observations.sqlite")
    kept = specimen()
    store.keep(issue(threat("dam"), imprint=Imprint(Cadence.FORTNIGHTLY)), Made())
    store.keep(kept, Made(ground().plain()))


def told(*arguments: str) -> str:
    shown = CliRunner().invoke(app, ["issues", *arguments])
    if isinstance(shown.exception, MirabError):
        raise shown.exception
    assert shown.exit_code == 0, shown.output
    return shown.output


def test_issues_are_listed_by_name_with_their_status() -> None:
    first, second = told("list").splitlines()
    assert first.startswith("toy-prevention-public-1  as of 2026-10-01  draft")
    assert len(json.loads(told("list", "--json", "--region", "toy"))) == 1
    assert second.split()[0] in told("list", "--audience", "internal")


def test_an_issue_says_when_the_next_of_its_series_is_due() -> None:
    shown = told("show", "toy-prevention-public-1")
    assert "The next issue of this fortnightly series is due on 15 October 2026." in shown


def test_an_issue_goes_to_clearance_by_named_people_and_the_list_shows_it() -> None:
    told("comment", "toy-prevention-public-1", "whose figure?", "--by", "Aigul")
    assert "1 open comment" in told("list")
    told("review", "toy-prevention-public-1", "--by", "Bakyt")
    with pytest.raises(InputError, match="comment 1 of Aigul is open"):
        told("clear", "toy-prevention-public-1", "--by", "Bakyt")
    told("answer", "toy-prevention-public-1", "1", "of the basin office", "--by", "Bakyt")
    assert "the issue is cleared" in told("clear", "toy-prevention-public-1", "--by", "Chynara")
    assert "clear by Chynara" in told("show", "toy-prevention-public-1")
    assert "  cleared  " in told("list")


def test_a_draft_is_marked_on_the_page_and_a_cleared_issue_is_not(tmp_path: Path) -> None:
    name = json.loads(told("list", "--json"))[1]["reference"]
    out = tmp_path / "again"
    told("show", name, "--out", str(out))
    page = (out / "briefing.html").read_text("utf-8")
    assert '<p class="watermark" aria-hidden="true">Draft</p>' in page
    told("review", name, "--by", "Aigul")
    told("clear", name, "--by", "Bakyt")
    told("show", name, "--out", str(out))
    page = (out / "briefing.html").read_text("utf-8")
    assert "<p class=watermark" not in page.replace('"', "")
    records = json.loads((out / "briefing.json").read_text("utf-8"))
    assert (records["status"], records["cleared_by"]) == (Clearance.CLEARED, "Bakyt")
    assert [one["id"] for one in records["threats"]] == [one.id for one in specimen().threats]


def test_an_issue_of_before_is_said_in_another_language_from_what_was_kept(tmp_path: Path) -> None:
    name = json.loads(told("list", "--json"))[1]["reference"]
    out = tmp_path / "said"
    told("show", name, "--out", str(out), "--lang", "ru", "--format", "html")
    page = (out / "briefing.ru.html").read_text("utf-8")
    assert '<html lang="ru">' in page
    assert "Чего мы не знаем" in page
