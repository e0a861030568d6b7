"""The page in a browser: every view at two widths without an error, an overflow or a barrier."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from mirab.brief.words import languages
from mirab.web.app import create
from mirab.web.views import VIEWS
from web.conftest import desk
from web.test_writing import READING

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (Debian: apt install chromium)"),
]
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
PAGES = [
    *(one.name for one in VIEWS),
    "explore",
    "scenarios",
    "enter",
    "enter/threat",
    "bring",
    "bring/table",
    "state/XAA",
    "nowhere",
]
WIDTHS = (1280, 390)
FLAGS = ["--no-sandbox", "--enable-unsafe-swiftshader", "--disable-background-networking"]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


@pytest.fixture(scope="module")
def address(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = create(desk(folder, tmp_path_factory.mktemp("home")))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", languages())
def test_every_page_stands_without_error_overflow_or_barrier(
    browser: Any, address: str, language: str, width: int
) -> None:
    tab = browser.new_page(viewport={"width": width, "height": 900})
    told: list[str] = []
    tab.on("pageerror", lambda error: told.append(f"{tab.url}: {error}"))
    tab.on("console", lambda line: told.append(line.text) if _is_error(line) else None)
    tab.on("request", lambda asked: None if _is_inside(asked.url, address) else told.append(asked.url))
    for name in PAGES:
        tab.goto(f"{address}/{name}?lang={language}")
        if (wide := tab.evaluate(OVERFLOW)) > 0:
            told.append(f"{name} is {wide} pixels too wide at {width}")
        if (language, width) == ("en", min(WIDTHS)):
            told += [f"{name}: {barrier}" for barrier in _barriers(tab)]
    tab.close()
    assert told == []


def _is_error(line: Any) -> bool:
    return line.type == "error" and "404" not in line.text


def _is_inside(url: str, address: str) -> bool:
    return url.startswith((address, "data:", "blob:"))


def _barriers(tab: Any) -> list[str]:
    """What axe finds, with the first element of each; the library is put in past the policy of the page."""
    tab.evaluate(AXE.read_text("utf-8"))
    found = tab.evaluate("rules => axe.run(document, rules)", RULES)
    return [f"{one['id']}: {one['nodes'][0]['html'][:150]}" for one in found["violations"]]


def test_the_map_moves_and_its_address_brings_the_view_back(browser: Any, address: str) -> None:
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    tab.goto(f"{address}/explore")
    tab.wait_for_selector("#map[data-ready=yes]", timeout=30_000)
    tab.locator("#day").fill("2")
    shown = tab.locator("#shown-day").inner_text()
    assert any(letter.isdigit() for letter in shown)
    tab.goto("about:blank")
    tab.go_back()
    tab.wait_for_selector("#map[data-ready=yes]", timeout=30_000)
    assert tab.locator("#shown-day").inner_text() == shown
    tab.close()


def test_a_chart_tells_its_values_after_it_is_asked(browser: Any, address: str) -> None:
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    tab.goto(f"{address}/rivers")
    tab.locator("figure.chart button.quiet").first.click()
    tab.wait_for_selector(".moving-chart svg")
    assert tab.locator("figure.chart").first.locator(".wide").count() == 0
    tab.close()


def test_forms_that_a_browser_sends_are_taken(browser: Any, address: str, tmp_path: Path) -> None:
    tab = browser.new_page()
    tab.goto(f"{address}/enter/reading")
    for name, value in READING.items():
        tab.locator(f"#field-{name}").fill(value)
    tab.locator("form.entry button").click()
    assert tab.locator(".banner.done").count() == 1
    file = tmp_path / "own.csv"
    file.write_text(",".join(READING) + "\n" + ",".join(READING.values()).replace("900", "901") + "\n")
    tab.goto(f"{address}/bring/readings")
    tab.locator("#file").set_input_files(file)
    tab.locator("form.entry button").click()
    tab.locator("section form button").click()
    assert "own.csv" in tab.locator(".banner.done").inner_text()
    tab.close()


def test_every_page_reads_without_scripts(browser: Any, address: str) -> None:
    still = browser.new_context(java_script_enabled=False)
    tab = still.new_page()
    for name in PAGES:
        tab.goto(f"{address}/{name}")
        assert tab.locator("h1").count() == 1
    assert tab.locator("main").inner_text()
    tab.goto(f"{address}/explore")
    assert tab.locator("svg").first.is_visible()
    still.close()
