"""Meeting: notes for a meeting, what was read of meetings, and what of it waits for a reader's word."""

from __future__ import annotations

import getpass
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, Response

from mirab.core.errors import InputError, Problem
from mirab.observe.press.store import VERDICTS
from mirab.stages.noting import Meeting, Office
from mirab.web.asked import AtDesk, InFrame, own_form

router = APIRouter()


@router.get("/note", response_class=HTMLResponse)
def note(
    desk: AtDesk,
    frame: InFrame,
    with_: Annotated[str, Query(alias="with", max_length=200)] = "",
    on: Annotated[str, Query(max_length=10)] = "",
    theme: Annotated[str, Query(max_length=40)] = "",
) -> str:
    """Two pages for a meeting with a person, a state or a body."""
    if not with_.strip():
        return frame.note(None)
    day = _day(on) if on else datetime.now(UTC).date()
    office = Office.of(replace(desk.wish, on=day, audience=desk.issue().briefing.audience))
    return frame.note(office.note(Meeting(with_, day, tuple(theme.split()))))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as cause:
        raise InputError("note", [Problem("on", f"{text!r} is no date", "write 2027-04-01")]) from cause


@router.get("/press", response_class=HTMLResponse)
def press(desk: AtDesk, frame: InFrame, q: Annotated[str, Query(max_length=200)] = "") -> str:
    """What was read, by its words; without words, what waits for a reader's word."""
    return frame.press(q, desk.press.search(q) if q.strip() else (), desk.press.waiting())


@router.post("/press/{record}", dependencies=[own_form])
def judge(
    desk: AtDesk, frame: InFrame, record: str, verdict: Annotated[str, Form(max_length=10)]
) -> Response:
    """Accept or reject a record that was read."""
    if verdict not in VERDICTS:
        what = f"{verdict!r} is not known"
        raise InputError("review", [Problem("verdict", what, f"choose from {', '.join(VERDICTS)}")])
    desk.press.review(record, verdict, who=getpass.getuser())
    return frame.led("/press")
