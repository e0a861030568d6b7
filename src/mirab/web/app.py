"""The application: what every answer has in common, and the addresses that it is made of."""

from __future__ import annotations

from functools import partial
from importlib import resources
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from mirab import __version__
from mirab.core.errors import MirabError, UnknownNameError
from mirab.web import bringing, guard, issuing, meeting, reading, running, writing
from mirab.web.answers import Answers
from mirab.web.frame import mistake
from mirab.web.runs import Runs
from mirab.web.uploads import Waiting

if TYPE_CHECKING:
    from mirab.web.desk import Desk

NOT_FOUND, REFUSED, INVALID = 404, 400, 422
ANSWERS: dict[int | str, dict[str, Any]] = {
    307: {"description": "An address with a slash at its end leads to the one without."},
    304: {"description": "The reader has this answer already."},
    REFUSED: {"description": "What was asked cannot be done; the answer says why and what to do."},
    NOT_FOUND: {"description": "A name that nothing carries; the answer says the nearest."},
    INVALID: {"description": "Values that do not fit; the answer says which."},
}
"""What every address may answer beside what it is for."""


def create(desk: Desk) -> FastAPI:
    """The application over what a desk holds: the issue that is shown, the pack and the user's own files."""
    app = FastAPI(title="Mirab", version=__version__, docs_url=None, redoc_url=None, responses=ANSWERS)
    app.state.desk, app.state.token, app.state.runs = desk, guard.Token(), Runs()
    app.state.answers, app.state.waiting = Answers(), Waiting()
    for name in ("page.css", "note.css"):
        app.get(f"/static/{name}", include_in_schema=False)(partial(_shared, name))
    app.mount("/static", StaticFiles(packages=[("mirab.web", "static")]), name="static")
    app.add_middleware(guard.Guard)
    app.exception_handler(MirabError)(_mistake)
    app.exception_handler(HTTPException)(_unanswered)
    app.exception_handler(RequestValidationError)(_misfit)
    for part in (writing, bringing, running, meeting, issuing, reading):
        app.include_router(part.router)
    return app


def _mistake(request: Request, error: Exception) -> Response:
    """A user's mistake, with the way out; never a trace."""
    return _told(request, str(error), NOT_FOUND if isinstance(error, UnknownNameError) else REFUSED)


def _unanswered(request: Request, error: Exception) -> Response:
    """An address or a way to ask that there is not."""
    status = error.status_code if isinstance(error, HTTPException) else NOT_FOUND
    return _told(request, f"{request.method} {request.url.path} is answered by nothing here", status)


def _misfit(request: Request, error: Exception) -> Response:
    """Values of an address or a form that do not fit, all of them."""
    wrong = error.errors() if isinstance(error, RequestValidationError) else ()
    return _told(request, "\n".join(f"{one['loc'][-1]}: {one['msg']}" for one in wrong), INVALID)


def _told(request: Request, message: str, status: int) -> Response:
    """What went wrong as a page, or as JSON where that was asked for."""
    if request.url.path.endswith(".json"):
        return JSONResponse({"error": message}, status)
    return HTMLResponse(mistake(message, request.query_params.get("lang", "")), status)


def _shared(name: str) -> Response:
    """A style of the briefing, which the views share."""
    text = (resources.files("mirab.brief") / "templates" / name).read_text("utf-8")
    return PlainTextResponse(text, media_type="text/css; charset=utf-8")
