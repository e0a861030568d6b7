"""Asked: what the addresses take from a request."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Form, Query, Request

from mirab.web.desk import Desk
from mirab.web.frame import Frame
from mirab.web.runs import Runs


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def _runs(request: Request) -> Runs:
    runs: Runs = request.app.state.runs
    return runs


def _frame(
    request: Request,
    lang: Annotated[str, Query(max_length=8, description="Language of the page: en, ru or kk.")] = "",
) -> Frame:
    return Frame(request.app.state.desk, lang, request.app.state.token.value)


def _own_form(request: Request, token: Annotated[str, Form(max_length=100)] = "") -> None:
    """Let a form through that this server gave; raises InputError for any other."""
    head = request.headers
    request.app.state.token.check(token, head.get("origin", ""), head.get("host", ""))


AtDesk = Annotated[Desk, Depends(_desk)]
AllRuns = Annotated[Runs, Depends(_runs)]
InFrame = Annotated[Frame, Depends(_frame)]
own_form = Depends(_own_form)
