"""The application: what every answer has in common, and the addresses that it is made of."""

from __future__ import annotations

from functools import partial
from importlib import resources
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from fastapi.staticfiles import StaticFiles

from mirab import __version__
from mirab.core.errors import MirabError, UnknownNameError
from mirab.web import guard, issuing, meeting, reading, running, writing
from mirab.web.answers import Answers
from mirab.web.frame import mistake
from mirab.web.runs import Runs

if TYPE_CHECKING:
    from mirab.web.desk import Desk

NOT_FOUND, REFUSED = 404, 400


def create(desk: Desk) -> FastAPI:
    """The application over what a desk holds: the issue that is shown, the pack and the user's own files."""
    app = FastAPI(title="Mirab", version=__version__, docs_url=None, redoc_url=None)
    app.state.desk, app.state.token, app.state.runs = desk, guard.Token(), Runs()
    app.state.answers = Answers()
    for name in ("page.css", "note.css"):
        app.get(f"/static/{name}", include_in_schema=False)(partial(_shared, name))
    app.mount("/static", StaticFiles(packages=[("mirab.web", "static")]), name="static")
    app.add_middleware(guard.Guard)
    app.exception_handler(MirabError)(_mistake)
    for part in (writing, running, meeting, issuing, reading):
        app.include_router(part.router)
    return app


def _mistake(request: Request, error: Exception) -> Response:
    """A user's mistake as a page with the way out, or as JSON where that was asked for; never a trace."""
    status = NOT_FOUND if isinstance(error, UnknownNameError) else REFUSED
    if request.url.path.endswith(".json"):
        return JSONResponse({"error": str(error)}, status)
    return HTMLResponse(mistake(str(error), request.query_params.get("lang", "")), status)


def _shared(name: str) -> Response:
    """A style of the briefing, which the views share."""
    text = (resources.files("mirab.brief") / "templates" / name).read_text("utf-8")
    return PlainTextResponse(text, media_type="text/css; charset=utf-8")
