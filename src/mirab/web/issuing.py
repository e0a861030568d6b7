"""Issuing: the issues that there are, who read them, and what brings one to its release."""

from __future__ import annotations

import getpass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, Response

from mirab.core.errors import UnknownNameError
from mirab.follow.clearance import Deed, cleared_for, cleared_in
from mirab.stages import translating
from mirab.web.asked import AtDesk, InFrame, own_form

router = APIRouter()


@router.get("/issues", response_class=HTMLResponse)
def issues(desk: AtDesk, frame: InFrame) -> str:
    """All issues that the audience may see, the last one first."""
    widest = desk.issue().briefing.audience
    found = [one for one in desk.issues.listed() if one.audience.rank <= widest.rank]
    return frame.issues([(one, cleared_in(one.acts)) for one in found[::-1]])


@router.post("/issues/{reference}", dependencies=[own_form])
def act(
    desk: AtDesk,
    frame: InFrame,
    reference: str,
    deed: Annotated[str, Form(max_length=10)],
    text: Annotated[str, Form(max_length=4000)] = "",
    about: Annotated[int, Form(ge=0)] = 0,
) -> Response:
    """Comment, answer or review an issue, or clear it in the language of the page."""
    if deed not in list(Deed):
        raise UnknownNameError("deed", deed, list(Deed))
    store, said = desk.issues, text.strip()
    found = store.found(reference)
    if deed == Deed.CLEAR:
        said = cleared_for((frame.words.language,))
        known = translating.translations(desk.wish.own)
        translating.refuse_untranslated(store.briefing(found), known, (frame.words.language,))
    store.act(found, Deed(deed), getpass.getuser(), said, about)
    return frame.led("/issues")
