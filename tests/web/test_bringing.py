"""Bringing: a file is read and shown before it is taken, whole or not at all, and no name of it is a path."""

from __future__ import annotations

import html
import io
import json
import re
import struct
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient

from mirab import inquiry
from mirab.core.errors import InputError
from mirab.core.records import Marking
from mirab.observe import region
from mirab.observe.press.store import PressStore
from mirab.observe.store import Store
from mirab.web import uploads
from mirab.web.app import create
from web.conftest import ADDRESS, desk
from web.test_writing import token

HEAD = "station,quantity,date,value,author\n"
READINGS = HEAD + "highdam,volume,2026-11-01,900,Office\nhighdam,volume,2026-11-11,910,Office\n"
TABLE = "Station;2026-04;2026-05\nhighdam, volume, million m3;900;910\n"
PROMISES = "commitment_id,what,by,source\nown_gate,Repair the gate,XAA,own readout\n"
RELEASE = "ASTANA, 21 February 2024 – Foreign Minister Murat Nurtleu met with Kaha Imnadze on 20 February."


def hand_in(page: TestClient, kind: str, data: bytes, name: str = "file.csv", **given: str) -> Any:
    sent = {"token": token(page), **given}
    return page.post(f"/bring/{kind}", data=sent, files={"file": (name, data)})


def take(page: TestClient, kind: str, shown: Any) -> Any:
    found = re.search(r'name="id" value="([^"]+)"', shown.text)
    assert found, shown.text
    return page.post(f"/bring/{kind}/take", data={"token": token(page), "id": found[1]})


def workbook(rows: list[list[object]]) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def as_book() -> bytes:
    return workbook([line.split(",") for line in READINGS.splitlines()])


def kept(tmp_path: Path) -> list[tuple[str, float]]:
    found = Store(tmp_path / "observations.sqlite").observations(region.load("toy"))
    return [(one.start.isoformat(), one.value or 0.0) for one in found]


@pytest.mark.parametrize("data", [READINGS.encode(), as_book()], ids=["csv", "xlsx"])
def test_readings_are_shown_first_and_taken_then(page: TestClient, tmp_path: Path, data: bytes) -> None:
    shown = hand_in(page, "readings", data)
    assert (shown.status_code, "910" in shown.text) == (200, True)
    assert not (tmp_path / "observations.sqlite").exists()
    taken = take(page, "readings", shown)
    assert (taken.status_code, "2 records of file.csv" in taken.text) == (200, True)
    assert kept(tmp_path) == [("2026-11-01", 900.0), ("2026-11-11", 910.0)]


def test_a_file_is_taken_once(page: TestClient, tmp_path: Path) -> None:
    shown = hand_in(page, "readings", READINGS.encode())
    assert take(page, "readings", shown).status_code == 200
    again = take(page, "readings", shown)
    assert (again.status_code, "does not wait any more" in again.text) == (400, True)


def test_a_table_is_read_by_what_is_typed_beside_it(page: TestClient, tmp_path: Path) -> None:
    shown = hand_in(page, "table", TABLE.encode(), "table.txt", author="BWO")
    assert "highdam" in shown.text
    assert take(page, "table", shown).status_code == 200
    assert kept(tmp_path) == [("2026-04-30", 900.0), ("2026-05-31", 910.0)]


def test_a_pasted_table_needs_no_file(page: TestClient) -> None:
    sent = {"token": token(page), "pasted": TABLE, "author": "BWO"}
    shown = page.post("/bring/table", data=sent, files={"file": ("", b"")})
    assert (shown.status_code, "2026-04" in shown.text) == (200, True)


def test_promises_stand_in_the_book(folder: Path, tmp_path: Path) -> None:
    at = desk(folder, tmp_path)
    page = TestClient(create(at), base_url=ADDRESS)
    shown = hand_in(page, "promises", PROMISES.encode())
    assert "Repair the gate" in shown.text
    assert take(page, "promises", shown).status_code == 200
    assert "own_gate" in {one.id for one in inquiry.promises(at.wish).found}
    again = hand_in(page, "promises", PROMISES.encode())
    assert (again.status_code, "own_gate" in again.text) == (422, True)


@pytest.mark.parametrize(
    "data",
    [RELEASE.encode(), json.dumps({"text": RELEASE}).encode(), f"<!doctype html><p>{RELEASE}</p>".encode()],
    ids=["text", "lines of JSON", "HTML"],
)
def test_a_release_is_found_once_it_is_taken_by_those_who_may_see_it(
    page: TestClient, tmp_path: Path, data: bytes
) -> None:
    shown = hand_in(page, "press", data, "release.txt", marking="internal")
    assert shown.status_code == 200
    assert not (tmp_path / "press.sqlite").exists()
    assert take(page, "press", shown).status_code == 200
    assert "Nurtleu" in page.get("/press", params={"q": "Imnadze"}).text
    assert not PressStore(tmp_path / "press.sqlite", Marking.PUBLIC).search("Imnadze")


def packed(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def bomb(declared: int | None = None) -> bytes:
    """A workbook whose sheet unpacks to more than is allowed, or says that it unpacks to less."""
    with zipfile.ZipFile(io.BytesIO(as_book())) as good:
        files = {name: good.read(name) for name in good.namelist()}
    sheet, size = "xl/worksheets/sheet1.xml", (uploads.books.UNPACKED_MB + 1) * 1_000_000
    data = packed(files | {sheet: files[sheet] + b" " * size})
    if declared is None:
        return data
    real = struct.pack("<I", len(files[sheet]) + size)
    assert real in data
    return data.replace(real, struct.pack("<I", declared))


def broken_book() -> bytes:
    with zipfile.ZipFile(io.BytesIO(as_book())) as good:
        files = {name: good.read(name) for name in good.namelist()}
    return packed(files | {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row></worksheet>"})


BAD = {
    "nothing in it": ("readings", b"", "is empty"),
    "a picture": ("readings", b"\x89PNG\r\n\x1a\n" + bytes(100), "is not UTF-8 text"),
    "a picture as press": ("press", b"\x89PNG\r\n\x1a\n" + bytes(100), "is a picture"),
    "a workbook as press": ("press", as_book(), "is a ZIP archive"),
    "a program": ("press", b"MZ" + bytes(200), "is not a text"),
    "an archive that is no workbook": ("readings", packed({"a.txt": b"a"}), "is not an XLSX file"),
    "half a workbook": ("readings", as_book()[:900], "is not an XLSX file"),
    "a broken sheet": ("table", broken_book(), "is not an XLSX file"),
    "a bomb": ("readings", bomb(), "unpacks to"),
    "a bomb as a table": ("table", bomb(), "unpacks to"),
    "a bomb that lies": ("readings", bomb(1000), "is not an XLSX file"),
    "too wide": ("table", workbook([["x"] * 500]), "more than 400 columns"),
    "no columns": ("readings", b"a,b\n1,2\n", "has no column 'station'"),
    "no promise": ("promises", b"commitment_id,what,by,source\n", "holds no promise"),
    "no reading": ("readings", HEAD.encode(), "holds no reading"),
    "no text": ("press", b"   \n", "holds no text"),
}


@pytest.mark.parametrize(("kind", "data", "said"), BAD.values(), ids=list(BAD))
def test_a_bad_file_is_refused_with_the_reason(
    page: TestClient, tmp_path: Path, kind: str, data: bytes, said: str
) -> None:
    answer = hand_in(page, kind, data, author="BWO")
    assert answer.status_code == 422
    assert said in html.unescape(answer.text)
    assert 'name="id"' not in answer.text
    assert not list(tmp_path.glob("*.sqlite"))


def test_all_that_is_wrong_is_said_at_once_and_nothing_is_taken(page: TestClient, tmp_path: Path) -> None:
    data = READINGS + "highdamm,volume,2026-11-01,900,Office\nhighdam,volume,soon,many,Office\n"
    answer = hand_in(page, "readings", data.encode())
    told = html.unescape(answer.text)
    assert answer.status_code == 422
    for said in ("nearest is 'highdam'", "'soon' is not a date", "'many' is not a number", "910"):
        assert said in told
    assert 'name="id"' not in answer.text
    assert not (tmp_path / "observations.sqlite").exists()


def test_what_is_missing_beside_a_table_is_said_with_what_was_typed(page: TestClient) -> None:
    answer = hand_in(page, "table", b"", year="20x6", unit="m3/s")
    assert answer.status_code == 422
    assert "author is empty" in answer.text
    assert "file is empty" in answer.text
    assert 'value="m3/s"' in answer.text
    year = hand_in(page, "table", TABLE.encode(), author="BWO", year="20x6")
    assert "'20x6' is not a year" in html.unescape(year.text)


@pytest.mark.parametrize(
    "name", ["../../../etc/cron.d/x.csv", "..\\..\\x.csv", "/srv/x.csv", "x.csv\x00.png"]
)
def test_a_name_that_is_a_path_names_no_file(page: TestClient, tmp_path: Path, name: str) -> None:
    shown = hand_in(page, "readings", READINGS.encode(), name)
    assert shown.status_code == 200
    assert not re.search(r"\.\./|\.\.\\|/etc/|/srv/", shown.text)
    assert take(page, "readings", shown).status_code == 200
    assert {path.name for path in tmp_path.rglob("*")} == {"observations.sqlite"}


def test_a_file_over_the_limit_is_not_even_read(page: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = hand_in(page, "readings", b"x" * 13_000_000)
    assert (whole.status_code, "at most 12 MB" in whole.text) == (413, True)
    over = hand_in(page, "readings", b"x" * 10_500_000)
    assert (over.status_code, "more than 10 MB" in over.text) == (422, True)


def test_a_form_that_does_not_say_its_length_is_refused(page: TestClient) -> None:
    answer = page.post("/bring/readings", content=iter([b"token=x"]))
    assert answer.status_code == 411


def test_a_file_from_another_page_is_not_read(page: TestClient) -> None:
    answer = page.post("/bring/readings", data={"token": "guessed"}, files={"file": ("a.csv", READINGS)})
    assert (answer.status_code, "910" in answer.text) == (400, False)
    taken = page.post("/bring/readings/take", data={"token": "guessed", "id": "x"})
    assert taken.status_code == 400


def test_only_the_last_files_wait() -> None:
    waiting = uploads.Waiting()
    ids = [waiting.hold(uploads.Upload("press", "a", b"a", {})) for _ in range(uploads.WAITING + 1)]
    with pytest.raises(InputError, match="choose the file again"):
        waiting.release(ids[0])
    assert waiting.release(ids[1]).data == b"a"


def test_every_kind_has_its_form(page: TestClient) -> None:
    for kind in uploads.KINDS:
        assert f"/bring/{kind.name}" in page.get("/bring").text
        assert 'enctype="multipart/form-data"' in page.get(f"/bring/{kind.name}").text
    assert "readings" in page.get("/bring/reading").text
