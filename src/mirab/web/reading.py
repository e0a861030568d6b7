"""Reading: every view as a page, as records and as rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from mirab.brief.words import REFERENCE
from mirab.core.errors import UnknownNameError
from mirab.web import exports
from mirab.web.answers import KeptRoute
from mirab.web.asked import AtDesk, InFrame
from mirab.web.views import view

router = APIRouter(route_class=KeptRoute)


@router.get("/", include_in_schema=False)
def start(frame: InFrame) -> Response:
    """The first view, in the language that is asked for."""
    return RedirectResponse(frame.address("/today"))


@router.get("/threats/{id:path}.json")
def threat_records(desk: AtDesk, id: str) -> dict[str, Any]:
    """One threat, with how to cite it."""
    issue = desk.issue()
    one, _ = issue.threat(id, REFERENCE)
    return exports.as_json(replace(issue.briefing, threats=(one,)), ("threats",))


@router.get("/threats/{id:path}", response_class=HTMLResponse)
def threat(frame: InFrame, id: str) -> str:
    """One threat in full."""
    return frame.threat(id)


@router.get("/state/{state}", response_class=HTMLResponse)
def state(frame: InFrame, state: str) -> str:
    """One state over all domains."""
    return frame.view(view("state"), focus=state.upper())


@router.get("/explore", response_class=HTMLResponse)
def explore(frame: InFrame) -> str:
    """The map of the region with layers and time."""
    return frame.explore()


@router.get("/explore.json")
def explore_layers(frame: InFrame) -> dict[str, Any]:
    """The layers of the map as GeoJSON."""
    return frame.layers()


@router.get("/charts/{id}.json")
def chart(frame: InFrame, id: str) -> dict[str, Any]:
    """A chart as a Vega specification with its data, in the language of the page."""
    return frame.chart(id)


@router.get("/data/{name}.csv")
def data(desk: AtDesk, name: str) -> Response:
    """The rows behind one chart, with unit, sources and confidence in each."""
    files, path = desk.tables(), f"data/{name}.csv"
    if path not in files:
        raise UnknownNameError("table", path, files)
    return _rows(files[path])


@router.get("/{name}.json")
def view_records(desk: AtDesk, name: str) -> dict[str, Any]:
    """The records behind a view, with how to cite them."""
    return exports.as_json(desk.issue().briefing, view(name).records)


@router.get("/{name}.csv")
def view_rows(desk: AtDesk, name: str) -> Response:
    """The rows behind a view, with how to cite them."""
    return _rows(exports.as_csv(desk.issue().briefing, view(name).records[0]))


@router.get("/{name}", response_class=HTMLResponse)
def view_page(frame: InFrame, name: str) -> str:
    """A view as a page."""
    return frame.view(view(name))


def _rows(text: str) -> Response:
    return PlainTextResponse(text, media_type="text/csv; charset=utf-8")
