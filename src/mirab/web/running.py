"""Running: a scenario of the pack beside the outlook, with the sliders of the page."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, Response

from mirab import inquiry
from mirab.core.errors import UnknownNameError
from mirab.core.plain import to_dict
from mirab.resolve import scenarios
from mirab.web.asked import AllRuns, AtDesk, InFrame, own_form

router = APIRouter()
MEMBERS = 300


@router.get("/scenarios", response_class=HTMLResponse)
def choice(desk: AtDesk, frame: InFrame) -> str:
    """The scenarios that can be run, each with its sliders."""
    return frame.scenarios({name: inquiry.scenarios_of(name, desk.asked()) for name in desk.modelled()})


@router.post("/scenarios", dependencies=[own_form])
def start(
    desk: AtDesk,
    runs: AllRuns,
    frame: InFrame,
    domain: Annotated[str, Form(max_length=40)],
    scenario: Annotated[str, Form(max_length=80)],
    value: Annotated[float | None, Form()] = None,
) -> Response:
    """Start a run; the answer leads to its page."""
    asked = replace(desk.asked(), members=MEMBERS)
    known = {one.id: one for one in inquiry.scenarios_of(domain, asked)}
    if scenario not in known:
        raise UnknownNameError("scenario", scenario, known)
    chosen = known[scenario] if value is None else scenarios.at(known[scenario], value)
    run = runs.start(chosen.title, partial(inquiry.simulate, domain, chosen, asked, kept=desk.outlooks))
    return frame.led(f"/runs/{run.id}")


@router.get("/runs/{id}.json")
def run_records(runs: AllRuns, id: str) -> dict[str, object]:
    """How far a run is, and what it gave."""
    one = runs.run(id)
    far = {"done": one.done, "whole": one.whole, "over": one.is_over.is_set(), "refused": one.refused}
    return {"title": one.title, **far, "comparison": to_dict(one.found) if one.found else None}


@router.get("/runs/{id}", response_class=HTMLResponse)
def run(runs: AllRuns, frame: InFrame, id: str) -> str:
    """How far a run is, or what it gave; read again by itself while it is under way."""
    return frame.run(runs.run(id))


@router.post("/runs/{id}/end", dependencies=[own_form])
def end(runs: AllRuns, frame: InFrame, id: str) -> Response:
    """End a run."""
    runs.run(id).is_ended.set()
    return frame.led(f"/runs/{id}")
