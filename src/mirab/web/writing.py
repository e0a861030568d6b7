"""Writing: the forms of the page."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from mirab.core.errors import InputError
from mirab.web import entry
from mirab.web.asked import AtDesk, InFrame, own_form

router = APIRouter()
INVALID = 422


@router.get("/enter", response_class=HTMLResponse)
def forms(frame: InFrame) -> str:
    """All that can be entered."""
    return frame.forms(entry.FORMS)


@router.get("/enter/{name}", response_class=HTMLResponse)
def form(request: Request, frame: InFrame, name: str) -> str:
    """An empty form, or one that the address has begun to fill in."""
    return frame.form(entry.form(name), dict(request.query_params))


@router.post("/enter/{name}", response_class=HTMLResponse, dependencies=[own_form])
async def enter(request: Request, desk: AtDesk, frame: InFrame, name: str) -> Response:
    """Write what was typed, or show it again with everything that is wrong with it."""
    asked = entry.form(name)
    given = {key: value for key, value in (await request.form()).items() if isinstance(value, str)}
    try:
        written = entry.write(desk, asked, given)
    except InputError as wrong:
        return HTMLResponse(frame.form(asked, given, problems=wrong.problems), INVALID)
    return HTMLResponse(frame.form(asked, {}, written=written))
