"""Live data from the command line: asked, told by age, listed with their terms."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from replaying import Reply, replaying
from typer.testing import CliRunner

from mirab import audit, backup
from mirab.cli import app
from mirab.observe import sources

ROW = {"year": 2025, "coo_iso": "XAA", "coa_iso": "XBB", "refugees": 20}
PAGE = json.dumps({"page": 1, "maxPages": 1, "items": [ROW]}).encode()


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MIRAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")


def run(*arguments: str, code: int = 0) -> str:
    shown = CliRunner().invoke(app, ["observe", *arguments, "--region", "toy"])
    assert shown.exit_code == code, (shown.output, shown.exception)
    return shown.output


def at(monkeypatch: pytest.MonkeyPatch, address: str, source: str = "unhcr") -> None:
    """Let a source stand at another address, and be the only one that is asked by default."""
    known = {name: replace(one, by_default=False) for name, one in sources.terms().items()}
    known[source] = replace(known[source], address=address, per_minute=6000.0, by_default=True)
    monkeypatch.setattr(sources, "terms", lambda: known)


def test_sources_are_asked_kept_and_told_by_age(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with replaying(lambda request: Reply(PAGE)) as server:
        at(monkeypatch, server.address)
        (first,) = json.loads(run("unhcr", "--json", "--since", "2025-01-01"))
        (second,) = json.loads(run("--json", "--since", "2025-01-01"))
    assert (first["new"], first["asked"], first["absent"]) == (2, 2, "")
    assert (second["new"], second["asked"], second["last_good"]) == (0, 0, first["last_good"])
    told = {one["source"]: one for one in json.loads(run("status", "--json"))}
    assert told["unhcr"]["last"] == "2025-12-31"
    assert told["unhcr"]["series"][0]["quantity"] == "refugees_from"
    assert told["ioda"]["asked"] is None
    assert "never asked" in run("status")
    copied = backup.save(tmp_path / "home", tmp_path / "copy.zip")
    assert any(name.startswith("pages/unhcr/") for name in copied.files)
    verdict = copied.files["observed.sqlite"]
    assert verdict is not None
    assert (verdict.faults, verdict.entries > 0) == ((), True)
    assert audit.verify(tmp_path / "home" / "observed.sqlite").faults == ()


def test_texts_are_read_once_and_counted_for_their_source(monkeypatch: pytest.MonkeyPatch) -> None:
    item = (
        "<item><title>Ministers met</title><link>https://x.org/1</link><pubDate>2024-02-21</pubDate></item>"
    )
    feed = f"<rss version='2.0'><channel>{item}</channel></rss>".encode()
    with replaying(lambda request: Reply(feed)) as server:
        at(monkeypatch, server.address, "timesca")
        (first,) = json.loads(run("timesca", "--json"))
        assert (first["texts_read"], first["texts_known"], first["absent"]) == (1, 0, "")
        assert "timesca: texts read 0, known before 1" in run("timesca", "--again")


def test_an_absent_source_is_named_and_the_command_ends_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with replaying(lambda request: Reply(status=403)) as server:
        at(monkeypatch, server.address)
        assert "absent: unhcr: coo_" in run("unhcr", code=1)
        (one,) = (one for one in json.loads(run("status", "--json")) if one["source"] == "unhcr")
    assert (one["fault"], one["last_good"]) == ("line", None)
    assert "refuses (403)" in one["reason"]


def test_sources_are_listed_with_licence_and_keys() -> None:
    told = run("sources")
    assert "unhcr: Refugee Data Finder" in told
    assert "needs MIRAB_UCDP_TOKEN: ask the UCDP" in told


def test_an_unknown_source_is_refused_with_the_nearest() -> None:
    shown = CliRunner().invoke(app, ["observe", "unhrc", "--region", "toy"])
    assert str(shown.exception) == "source 'unhrc' is not known; nearest is 'unhcr'"


def test_a_first_day_that_has_not_come_is_refused() -> None:
    shown = CliRunner().invoke(app, ["observe", "unhcr", "--since", "2999-01-01", "--region", "toy"])
    assert "--since 2999-01-01 has not come yet" in str(shown.exception)
