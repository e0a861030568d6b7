"""Running: a scenario from the page shows progress, gives the comparison of the command, and can be ended."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from mirab import inquiry
from mirab.centre import Progress
from mirab.core.errors import EndedError, InputError
from mirab.core.plain import to_dict
from mirab.resolve import scenarios
from mirab.stages import simulating
from mirab.stages.simulating import Base
from mirab.web.app import create
from mirab.web.runs import Run, Runs
from web.conftest import ADDRESS, briefing, desk, written
from web.test_writing import token


def over(page: TestClient, address: str) -> str:
    for _ in range(1200):
        text = page.get(address).text
        if "http-equiv" not in text:
            return text
        time.sleep(0.1)
    raise AssertionError("the run does not end")


@pytest.mark.slow
def test_a_run_gives_what_the_command_gives(folder: Path, tmp_path: Path) -> None:
    at = desk(folder, tmp_path)
    page = TestClient(create(at), base_url=ADDRESS)
    (first, *_) = inquiry.scenarios_of("water", at.asked())
    sent = {"domain": "water", "scenario": first.id, "token": token(page)}
    answer = page.post("/scenarios", data=sent)
    assert first.title in over(page, answer.url.path)
    found = page.get(f"{answer.url.path}.json").json()
    assert found["over"]
    assert found["comparison"]["scenario"] == to_dict(first)
    assert found["comparison"]["effects"]


def test_the_next_scenario_runs_on_the_outlook_of_the_last_one(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = replace(desk(folder, tmp_path).asked(), members=20)
    (first,) = inquiry.scenarios_of("water", asked)
    second = scenarios.at(first, 0.5)
    alone = inquiry.simulate("water", second, asked)
    kept: dict[str, Base] = {}
    inquiry.simulate("water", first, asked, kept=kept)
    with monkeypatch.context() as none:
        none.setattr(simulating, "project", lambda *given: pytest.fail("the outlook was run again"))
        assert inquiry.simulate("water", second, asked, kept=kept) == alone
    last = kept["water"]
    inquiry.simulate("water", first, replace(asked, seed=2), kept=kept)
    assert kept["water"] is not last


def test_an_amount_out_of_its_range_is_refused(page: TestClient) -> None:
    sent = {"domain": "water", "scenario": "none", "token": token(page)}
    assert page.post("/scenarios", data=sent).status_code == 404


def test_a_run_that_its_reader_ends_stops_at_the_next_step() -> None:
    runs, begun = Runs(), threading.Event()

    def work(progress: Progress) -> inquiry.Comparison:
        for step in range(10_000):
            progress(step, 10_000)
            begun.set()
            time.sleep(0.001)
        raise AssertionError("was not ended")

    run = runs.start("long", work)
    assert begun.wait(5)
    run.is_ended.set()
    assert run.is_over.wait(5)
    assert run.refused == "this run was ended"


def test_one_run_at_a_time() -> None:
    runs, free = Runs(), threading.Event()

    def work(progress: Progress) -> inquiry.Comparison:
        free.wait(5)
        raise EndedError("over")

    run = runs.start("first", work)
    with pytest.raises(InputError, match="'first' is under way"):
        runs.start("second", work)
    free.set()
    assert run.is_over.wait(5)
    assert isinstance(runs.start("third", work), Run)


def test_a_page_of_a_run_shows_how_far_it_is(folder: Path, tmp_path: Path) -> None:
    app = create(desk(folder, tmp_path))
    page, free = TestClient(app, base_url=ADDRESS), threading.Event()

    def work(progress: Progress) -> inquiry.Comparison:
        progress(3, 10)
        free.wait(5)
        raise EndedError("over")

    run = app.state.runs.start("a dry year", work)
    while run.done != 3:
        time.sleep(0.01)
    assert '<progress max="10" value="3">' in page.get(f"/runs/{run.id}").text
    page.post(f"/runs/{run.id}/end", data={"token": token(page)})
    free.set()
    assert "over" in over(page, f"/runs/{run.id}")


def test_a_slider_stands_where_one_amount_makes_the_scenario(tmp_path: Path) -> None:
    out = tmp_path / "briefing"
    written(briefing(), out)
    text = TestClient(create(desk(out, tmp_path)), base_url=ADDRESS).get("/scenarios").text
    assert 'type="range"' in text
