"""A server over the specimen: the briefing that has something in every section."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from mirab.brief import bulletin, specimen
from mirab.brief.edition import Edition
from mirab.centre import Wish
from mirab.core.records import Briefing, Marking
from mirab.web.app import create
from mirab.web.desk import Desk
from mirab.web.issue import Issue

ADDRESS = "http://127.0.0.1:8000"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("web") / "briefing"
    written(briefing(), out)
    return out


def written(issue: Briefing, out: Path) -> None:
    """Write the records of an issue, which is all that a server reads."""
    bulletin.write(issue, out, basemap=specimen.ground(), edition=Edition(formats=("json",)))


def briefing() -> Briefing:
    """The specimen, with threats at places of the toy region, which the server draws."""
    issue = specimen.specimen()
    threats = tuple(
        replace(one, items=(f"water:{node}",))
        for one, node in zip(issue.threats, ("highdam", "midtown", "mira_upper"), strict=True)
    )
    return replace(issue, threats=threats, region="toy", region_title="Two valleys")


def desk(folder: Path, home: Path, audience: Marking = Marking.INTERNAL) -> Desk:
    """A desk over a briefing, with a data folder of its own; what was drawn once is not drawn again."""
    on = date(2026, 11, 22)
    found = Desk(Wish("toy", on, on, folder, home / "observations.sqlite", audience=audience))
    if (folder / "briefing.json").is_file():
        found._read = _drawn(folder, (folder / "briefing.json").stat().st_mtime_ns, audience)
    return found


@cache
def _drawn(folder: Path, stamp: int, audience: Marking) -> tuple[int, Issue]:
    on = date(2026, 11, 22)
    return stamp, Desk(Wish("toy", on, on, folder, folder / "own.sqlite", audience=audience)).issue()


@pytest.fixture
def page(folder: Path, tmp_path: Path) -> TestClient:
    return TestClient(create(desk(folder, tmp_path)), base_url=ADDRESS)
