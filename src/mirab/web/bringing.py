"""Bringing: files are handed in, shown as they were read, and taken."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import UploadFile

from mirab.core.errors import InputError
from mirab.web import uploads
from mirab.web.asked import AtDesk, InFrame, own_form
from mirab.web.writing import INVALID

router = APIRouter()


@router.get("/bring", response_class=HTMLResponse)
def kinds(frame: InFrame) -> str:
    """All kinds of files that can be handed in."""
    return frame.kinds(uploads.KINDS)


@router.get("/bring/{name}", response_class=HTMLResponse)
def empty(frame: InFrame, name: str) -> str:
    """The form for a file of a kind."""
    return frame.bring(uploads.kind(name), {})


@router.post("/bring/{name}", response_class=HTMLResponse, dependencies=[own_form])
async def hand_in(request: Request, desk: AtDesk, frame: InFrame, name: str) -> Response:
    """What was read of a file, with all its problems or the way to take it; nothing is written yet."""
    kind, sent = uploads.kind(name), await request.form()
    given = {key: cell for key, cell in sent.items() if isinstance(cell, str)}
    file = sent.get(uploads.FILE)
    called, data = (file.filename or "", await file.read()) if isinstance(file, UploadFile) else ("", b"")
    try:
        found = uploads.upload(kind, called, data, given)
    except InputError as wrong:
        return HTMLResponse(frame.bring(kind, given, problems=wrong.problems), INVALID)
    seen = await run_in_threadpool(uploads.read, desk, kind, found)
    if seen.problems:
        return HTMLResponse(
            frame.bring(kind, given, problems=seen.problems, seen=seen, called=found.name), INVALID
        )
    waiting: uploads.Waiting = request.app.state.waiting
    return HTMLResponse(frame.bring(kind, given, seen=seen, called=found.name, id=waiting.hold(found)))


@router.post("/bring/{name}/take", response_class=HTMLResponse, dependencies=[own_form])
def take(
    request: Request,
    desk: AtDesk,
    frame: InFrame,
    name: str,
    id: Annotated[str, Form(max_length=40)],
) -> Response:
    """Take a file that was shown: all of it, or nothing where it has a problem by now."""
    kind, waiting = uploads.kind(name), request.app.state.waiting
    found = waiting.release(id)
    try:
        taken = uploads.take(desk, kind, found)
    except InputError as wrong:
        return HTMLResponse(frame.bring(kind, found.given, problems=wrong.problems), INVALID)
    return HTMLResponse(frame.bring(kind, {}, taken=taken, called=found.name))
