"""The application: addresses to views; every error is a page with the way out and without a trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles

from mirab import __version__
from mirab.core.errors import MirabError, UnknownNameError
from mirab.web import exports, guard
from mirab.web.frame import Frame
from mirab.web.frame import mistake as mistake_page
from mirab.web.views import view

if TYPE_CHECKING:
    from mirab.web.desk import Desk

Language = Annotated[str, Query(alias="lang", max_length=8, description="Language of the page: en, ru, kk.")]
NOT_FOUND, REFUSED = 404, 400


def create(desk: Desk) -> FastAPI:
    """The application over what a desk holds: the issue that is shown, the pack and the user's own files."""
    app = FastAPI(title="Mirab", version=__version__, docs_url=None, redoc_url=None)
    app.state.desk, app.state.token = desk, guard.Token()
    app.get("/static/page.css", include_in_schema=False)(_page_css)
    app.mount("/static", StaticFiles(packages=[("mirab.web", "static")]), name="static")
    _guarded(app)
    _views(app, desk)
    return app


def _guarded(app: FastAPI) -> None:
    """Foreign names are refused, every answer carries the headers, a user's mistake is a page."""

    @app.middleware("http")
    async def guarded(request: Request, call_next: guard.Next) -> Response:
        if not guard.is_own_name(request.headers.get("host", "")):
            return PlainTextResponse("this page answers to 127.0.0.1 and localhost only", REFUSED)
        response = await call_next(request)
        response.headers.update(guard.HEADERS)
        return response

    @app.exception_handler(MirabError)
    def mistake(request: Request, error: MirabError) -> Response:
        status = NOT_FOUND if isinstance(error, UnknownNameError) else REFUSED
        if request.url.path.endswith(".json"):
            return JSONResponse({"error": str(error)}, status)
        return HTMLResponse(mistake_page(str(error), request.query_params.get("lang", "")), status)


def _frame(request: Request, language: str) -> Frame:
    desk: Desk = request.app.state.desk
    return Frame(desk, language, request.app.state.token.value)


def _views(app: FastAPI, desk: Desk) -> None:
    @app.get("/", include_in_schema=False)
    def start() -> Response:
        return RedirectResponse("/today")

    @app.get("/threats/{id}.json")
    def threat_json(id: str) -> dict[str, Any]:
        """One threat with how to cite it."""
        issue = desk.issue()
        one, _ = issue.threat(id, desk.languages[0])
        return exports.as_json(replace(issue.briefing, threats=(one,)), ("threats",))

    @app.get("/threats/{id}", response_class=HTMLResponse)
    def threat(request: Request, id: str, lang: Language = "") -> str:
        """One threat in full."""
        return _frame(request, lang).threat(id)

    @app.get("/state/{state}", response_class=HTMLResponse)
    def state(request: Request, state: str, lang: Language = "") -> str:
        """One state over all domains."""
        return _frame(request, lang).view(view("state"), focus=state.upper())

    @app.get("/data/{name}.csv")
    def data(name: str) -> Response:
        """The rows behind one chart, with unit, sources and confidence in each."""
        return _csv(desk.tables(), f"data/{name}.csv")

    @app.get("/{name}.json")
    def view_json(name: str) -> dict[str, Any]:
        """The records behind a view, with how to cite them."""
        return exports.as_json(desk.issue().briefing, view(name).records)

    @app.get("/{name}.csv")
    def view_csv(name: str) -> Response:
        """The rows behind a view, with how to cite them."""
        text = exports.as_csv(desk.issue().briefing, view(name).records[0])
        return PlainTextResponse(text, media_type="text/csv; charset=utf-8")

    @app.get("/{name}", response_class=HTMLResponse)
    def shown(request: Request, name: str, lang: Language = "") -> str:
        """A view as a page."""
        return _frame(request, lang).view(view(name))


def _page_css() -> Response:
    """The style of the briefing's page, which the views share."""
    text = (resources.files("mirab.brief") / "templates" / "page.css").read_text("utf-8")
    return PlainTextResponse(text, media_type="text/css; charset=utf-8")


def _csv(files: Mapping[str, str], path: str) -> Response:
    if path not in files:
        raise UnknownNameError("table", path, files)
    return PlainTextResponse(files[path], media_type="text/csv; charset=utf-8")
