"""Make the pictures of the README: `.venv/bin/python tools/pictures.py FOLDER_OF_THE_BRIEFING`.

The overview is the first view of `mirab serve`, taken by a headless Chromium; beside it stands page one of
the bulletin in Russian, set as in the PDF. Both are made again whenever they look different. Needs Chromium
and the tools of the tests.
"""

from __future__ import annotations

import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from mirab.brief import pdf
from mirab.centre import Wish
from mirab.web.app import create
from mirab.web.desk import Desk

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WINDOW = {"width": 1120, "height": 860}
BULLETIN, PPI = "ru", 72.0


def main() -> None:
    """Take both pictures of the briefing in a folder, of the bundled pack of its region."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "briefing")
    OUT.mkdir(exist_ok=True)
    today = datetime.now(UTC).date()
    with tempfile.TemporaryDirectory() as aside:
        desk = Desk(Wish("central_asia", today, today, folder, Path(aside) / "observations.sqlite"))
        with served(desk) as address:
            take(f"{address}/today", OUT / "overview.png")
        (OUT / "bulletin.png").write_bytes(pdf.front(desk.issue().page(BULLETIN), PPI))
    for path in sorted(OUT.glob("*.png")):
        print(f"wrote {path.relative_to(ROOT)}, {path.stat().st_size // 1000} kB")


@contextmanager
def served(desk: Desk) -> Iterator[str]:
    """The address of a server over a desk while it is needed."""
    import uvicorn

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create(desk), port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def take(address: str, out: Path) -> None:
    """What a window of WINDOW shows of an address, as PNG."""
    from playwright.sync_api import sync_playwright

    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise SystemExit("needs Chromium (Debian: apt install chromium)")
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        tab = opened.new_page(viewport=WINDOW)
        tab.goto(address)
        tab.screenshot(path=out)
        opened.close()


if __name__ == "__main__":
    main()
