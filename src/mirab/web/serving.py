"""Serving: the application on a port of this machine until it is interrupted."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from mirab.brief.words import REFERENCE
from mirab.core.errors import InputError, MirabError, Problem
from mirab.web import guard
from mirab.web.app import create
from mirab.web.desk import Desk
from mirab.web.frame import Frame
from mirab.web.views import VIEWS

if TYPE_CHECKING:
    from mirab.centre import Wish


def run(wish: Wish, host: str, port: int) -> None:
    """Serve until Ctrl-C; raises InputError for an address that others reach or a port that is taken."""
    import uvicorn

    guard.check_address(host)
    _check_free(host, port)
    desk = Desk(wish)
    desk.issue()
    print(f"Mirab is open at http://{host}:{port} (only on this machine); Ctrl-C ends it")
    app = create(desk)
    threading.Thread(target=_draw_ahead, args=(desk,), daemon=True).start()
    try:
        uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)
    finally:
        app.state.runs.end()


def _draw_ahead(desk: Desk) -> None:
    """Draw every view beside the server, so that its first reader need not wait for it."""
    with suppress(MirabError):
        for view in VIEWS:
            Frame(desk, REFERENCE, "").view(view)


def _check_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OSError as cause:
            problem = Problem("--port", f"{port} cannot be used: {cause.strerror}", "choose another, as 8001")
            raise InputError("serve", [problem]) from cause
