"""The page on one machine: first paint, readers at once, a scenario run again, beside what is asked of them.

The briefing is one of the whole Central Asian pack as of today. `mirab serve` shows it in a process of its
own; every address is asked once before anything is measured. *First paint* is the first contentful paint of
the overview in a headless Chromium with nothing in its cache; bytes are those of all that the page loads.
*Readers* are connections that ask for one address after the other without a pause, each in an order of its
own: harder than people, who read between. *Run again* is a river scenario asked for through the form of the
page with another amount than before, from the click to the answer that holds its tables.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import numpy as np

from mirab.core.errors import SetupError
from mirab.validation.ratios import Ratio
from mirab.web.views import VIEWS

TITLE = "the page from a warm server, with readers at once"
MEMBERS, ROUNDS, READERS, ASKED_EACH, SEED = 300, 7, 50, 40, 7
PAINT_S, BYTES_KB, P95_S, AGAIN_S = 1.0, 300.0, 0.3, 5.0
SCENARIO = "dry_year"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BESIDE = ("/today?lang=ru", "/today?lang=kk", "/threats.json", "/explore", "/explore.json", "/scenarios")
MIX = (*(f"/{view.name}" for view in VIEWS), *BESIDE)
LOADED = """() => {
  const parts = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  const sum = key => parts.reduce((all, one) => all + one[key], 0);
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return [paint.startTime, sum("decodedBodySize"), sum("transferSize"), parts.length];
}"""


class Server(NamedTuple):
    """A server in a process of its own."""

    address: str
    process: int

    def cpu_seconds(self) -> float:
        """CPU time that its process has taken so far."""
        import psutil

        return float(sum(psutil.Process(self.process).cpu_times()[:2]))


class Told(NamedTuple):
    """What readers met: seconds of each answer, and how many were no success."""

    seconds: list[float]
    errors: int
    clock: float


def figures() -> Sequence[Ratio]:
    """First paint and bytes of the overview, 50 readers at once, a scenario run again."""
    with tempfile.TemporaryDirectory(prefix="mirab-") as aside, served(Path(aside)) as server:
        with httpx2.Client(base_url=server.address, timeout=60) as client:
            for path in MIX:
                client.get(path).raise_for_status()
        return [*of_overview(server.address), *of_readers(server), *of_scenario(server.address)]


@contextmanager
def served(aside: Path) -> Iterator[Server]:
    """A server over a new briefing, once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = os.environ | {"MIRAB_HOME": str(aside / "home")}
    mirab, out = [sys.executable, "-m", "mirab"], ["--out", str(aside / "briefing")]
    written = [*mirab, "brief", *out, "--members", str(MEMBERS), "--format", "json", "--lang", "en"]
    subprocess.run(written, env=home, check=True, capture_output=True)
    shown = [*mirab, "serve", *out, "--port", str(port)]
    server = subprocess.Popen(shown, env=home, stdout=subprocess.DEVNULL)
    try:
        yield Server(_answering(f"http://127.0.0.1:{port}"), server.pid)
    finally:
        server.terminate()
        server.wait(30)


def _answering(address: str) -> str:
    for _ in range(600):
        try:
            httpx2.get(f"{address}/today", timeout=60)
        except httpx2.TransportError:
            time.sleep(0.1)
        else:
            return address
    raise SetupError("the server does not answer")


def of_overview(address: str) -> list[Ratio]:
    """First paint of the overview, and its bytes as they are and as they travel."""
    from playwright.sync_api import sync_playwright

    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise SetupError("needs Chromium (Debian: apt install chromium)")
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        rounds = [_loaded(opened, address) for _ in range(ROUNDS)]
        opened.close()
    paint = statistics.median(one[0] for one in rounds) / 1e3
    _, plain, packed, parts = rounds[-1]
    said = f"median of {ROUNDS} loads, {max(one[0] for one in rounds):.0f} ms the longest"
    return [
        Ratio("first paint", paint, PAINT_S, "s", "what is asked", said, "Overview", at_most=1.0),
        _bytes("bytes, not packed", plain, f"{parts:.0f} files"),
        _bytes("bytes, as they travel", packed, "packed by gzip where it is text of the issue"),
    ]


def _bytes(what: str, size: float, said: str) -> Ratio:
    return Ratio(what, size / 1e3, BYTES_KB, "kB", "what is asked", said, "Overview", at_most=1.0)


def _loaded(browser: Any, address: str) -> list[float]:
    fresh = browser.new_context(viewport={"width": 1280, "height": 900})
    tab = fresh.new_page()
    tab.goto(f"{address}/today", wait_until="networkidle")
    found: list[float] = tab.evaluate(LOADED)
    fresh.close()
    return found


def of_readers(server: Server) -> list[Ratio]:
    """How long an answer takes while READERS ask at once, and what it takes of the server."""
    begun = server.cpu_seconds()
    told = asyncio.run(_read_at_once(server.address, MIX))
    count, waiting = len(told.seconds), os.getloadavg()[0]
    each, cut = (server.cpu_seconds() - begun) / count, statistics.quantiles(told.seconds, n=100)
    said = f"{count} answers to {len(MIX)} addresses, {count / told.clock:.0f} a second; {told.errors} errors"
    busy = f"{waiting:.1f} processes were running on {os.cpu_count()} cores"
    part = f"{READERS} readers at once"
    return [
        Ratio("p50", cut[49], P95_S, "s", "what is asked of p95", said, part),
        Ratio("p95", cut[94], P95_S, "s", "what is asked", busy, part, at_most=1.0),
        Ratio("longest", max(told.seconds), P95_S, "s", "what is asked of p95", "", part),
        Ratio("CPU for each answer", each, P95_S / READERS, "s", "what leaves p95 on one core", "", part),
    ]


async def _read_at_once(address: str, mix: Sequence[str]) -> Told:
    begun = time.perf_counter()
    found = await asyncio.gather(*(_reader(address, mix, number) for number in range(READERS)))
    clock = time.perf_counter() - begun
    return Told([second for one in found for second in one.seconds], sum(one.errors for one in found), clock)


async def _reader(address: str, mix: Sequence[str], number: int) -> Told:
    """One connection that asks for ASKED_EACH addresses of the mix one after the other."""
    host, _, port = address.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    chosen, seconds, errors = np.random.default_rng(SEED + number).choice(mix, ASKED_EACH), [], 0
    for path in chosen:
        begun = time.perf_counter()
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept-Encoding: gzip\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = re.search(r"content-length: (\d+)", head)
        await reader.readexactly(int(length[1]) if length else 0)
        seconds.append(time.perf_counter() - begun)
        errors += " 200 " not in head.partition("\r\n")[0]
    writer.close()
    return Told(seconds, errors, 0.0)


def of_scenario(address: str) -> list[Ratio]:
    """A river scenario through its form, first and then with other amounts."""
    with httpx2.Client(base_url=address, timeout=60, follow_redirects=True) as client:
        first, _ = _run(client, 0.7)
        again = [_run(client, amount) for amount in (0.6, 0.5, 0.8)]
    took, seen = statistics.median(seconds for seconds, _ in again), max(steps for _, steps in again)
    part, said = (
        f"River scenario, {MEMBERS} members",
        f"median of {len(again)}; {seen} states of progress seen",
    )
    beside = "with the outlook beside it, and what is compiled read in"
    return [
        Ratio("the first", first, AGAIN_S, "s", "what is asked of the next", beside, part),
        Ratio("run again", took, AGAIN_S, "s", "what is asked", said, part, at_most=1.0),
    ]


def _run(client: httpx2.Client, amount: float) -> tuple[float, int]:
    """Seconds from the form to the answer with tables, and how many states of the progress were seen."""
    token = re.findall(r'name="token" value="([^"]+)"', client.get("/scenarios").text)[0]
    sent = {"token": token, "domain": "water", "scenario": SCENARIO, "value": str(amount)}
    begun, seen = time.perf_counter(), set()
    run = client.post("/scenarios", data=sent).raise_for_status().url.path
    while not (told := client.get(f"{run}.json").json())["over"]:
        seen.add((told["done"], told["whole"]))
        time.sleep(0.02)
    if told["refused"]:
        raise SetupError(told["refused"])
    client.get(run).raise_for_status()
    return time.perf_counter() - begun, len(seen)
