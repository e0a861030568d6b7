"""Issuing: an issue is commented, reviewed and cleared on the page as by the commands."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fastapi.testclient import TestClient

from mirab.brief import specimen
from mirab.brief.page import Page
from mirab.brief.words import load
from mirab.core.records import Clearance, Marking
from mirab.follow import clearance
from mirab.follow.issue_store import Made
from mirab.web.app import create
from web.conftest import ADDRESS, desk
from web.test_writing import token


def test_an_issue_is_cleared_once_no_comment_is_open(folder: Path, tmp_path: Path) -> None:
    at = desk(folder, tmp_path)
    at.issues.keep(specimen.specimen(), Made())
    (one,) = at.issues.listed()
    page = TestClient(create(at), base_url=ADDRESS)
    address, mark = f"/issues/{one.reference}", token(page)
    remark = {"deed": "comment", "text": "see page two", "token": mark}
    assert page.post(address, data=remark).status_code == 200
    assert page.post(address, data={"deed": "review", "token": mark}).status_code == 200
    blocked = page.post(address, data={"deed": "clear", "token": mark})
    assert blocked.status_code == 400
    answer = {"deed": "answer", "about": "1", "text": "mended", "token": mark}
    assert page.post(address, data=answer).status_code == 200
    assert page.post(address, data={"deed": "clear", "token": mark}).status_code == 200
    assert at.issues.found(one.reference).status is Clearance.CLEARED
    assert "see page two" in page.get("/issues").text


def test_clearing_on_a_page_clears_the_language_of_the_page(folder: Path, tmp_path: Path) -> None:
    at = desk(folder, tmp_path)
    computed = tuple(replace(one, assessment="") for one in specimen.specimen().threats)
    at.issues.keep(replace(specimen.specimen(), threats=computed, commitments=()), Made())
    (one,) = at.issues.listed()
    page = TestClient(create(at), base_url=ADDRESS)
    address, mark = f"/issues/{one.reference}", token(page)
    page.post(address, data={"deed": "review", "token": mark})
    assert page.post(address, data={"deed": "clear", "token": mark}).status_code == 200
    assert 'value="clear"' not in page.get("/issues").text
    assert 'value="clear"' in page.get("/issues?lang=ru").text
    cleared = at.issues.briefing(at.issues.found(one.reference))
    english, russian = (Page(cleared, specimen.ground(), load(code)) for code in ("en", "ru"))
    assert (english.shown.status, russian.shown.status) == (Clearance.CLEARED, Clearance.REVIEWED)
    assert 'class="watermark"' in russian.html()
    assert 'class="watermark"' not in english.html()
    assert page.post(f"{address}?lang=ru", data={"deed": "clear", "token": mark}).status_code == 200
    assert clearance.cleared_in(at.issues.found(one.reference).acts) == ("en", "ru")
    again = page.post(f"{address}?lang=ru", data={"deed": "clear", "token": mark})
    assert (again.status_code, "stays as it is" in again.text) == (400, True)


def test_a_page_is_not_cleared_while_words_of_an_analyst_are_untranslated(
    folder: Path, tmp_path: Path
) -> None:
    at = desk(folder, tmp_path)
    at.issues.keep(specimen.specimen(), Made())
    (one,) = at.issues.listed()
    page = TestClient(create(at), base_url=ADDRESS)
    address, mark = f"/issues/{one.reference}?lang=ru", token(page)
    page.post(address, data={"deed": "review", "token": mark})
    answer = page.post(address, data={"deed": "clear", "token": mark})
    assert (answer.status_code, "is not translated into ru" in answer.text) == (400, True)


def test_issues_of_a_wider_audience_are_not_listed(folder: Path, tmp_path: Path) -> None:
    at = desk(folder, tmp_path, Marking.PUBLIC)
    at.issues.keep(specimen.specimen(), Made())
    shown = TestClient(create(at), base_url=ADDRESS).get("/issues").text
    assert (specimen.specimen().audience is Marking.PUBLIC) == ("specimen" in shown)


def test_an_unknown_deed_says_which_there_are(folder: Path, tmp_path: Path) -> None:
    at = desk(folder, tmp_path)
    at.issues.keep(specimen.specimen(), Made())
    page = TestClient(create(at), base_url=ADDRESS)
    (one,) = at.issues.listed()
    answer = page.post(f"/issues/{one.reference}", data={"deed": "burn", "token": token(page)})
    assert answer.status_code == 404
    assert "review" in answer.text
