"""Guard: what the server refuses, and the headers that keep a page from asking anything of anybody else.

The server is for one person on one machine: it answers to its own names only, so that a page of another site
cannot reach it through a name of its own (DNS rebinding), and takes a form only with the token that it gave.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

from mirab.core.errors import InputError, Problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOCAL = ("127.0.0.1", "localhost", "[::1]", "::1")
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "worker-src 'self' blob:",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
# A browser tells the origin of a form only where the policy lets it tell pages of this server who sent them.
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
REFUSED, NO_LENGTH, TOO_LARGE = 400, 411, 413
LARGEST = 12_000_000
"""Bytes of a form with its files."""


def check_address(host: str) -> None:
    """Raise InputError for an address that others could reach: there are no accounts yet."""
    if host not in LOCAL:
        what = f"{host!r} can be reached by others, and the page has no accounts yet"
        raise InputError("serve", [Problem("--host", what, "leave it out: the page is on 127.0.0.1")])


class Guard:
    """What stands before the application: it refuses names of others and puts the headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        refused = _refused(scope["method"], Headers(scope=scope))
        await (refused or self.app)(scope, receive, headed)


def _refused(method: str, head: Headers) -> PlainTextResponse | None:
    """The answer to a request for another name, or with more to read than any form takes; else None."""
    if not is_own_name(head.get("host", "")):
        return PlainTextResponse("this page answers to 127.0.0.1 and localhost only", REFUSED)
    if method == "POST" and not head.get("content-length", "").isdigit():
        return PlainTextResponse("say how long the form is", NO_LENGTH)
    if method == "POST" and int(head["content-length"]) > LARGEST:
        return PlainTextResponse(f"a form has at most {LARGEST // 1_000_000} MB; go back", TOO_LARGE)
    return None


class Token:
    """The secret that each form carries; new at every start of the server."""

    def __init__(self) -> None:
        self.value = secrets.token_urlsafe(32)

    def check(self, given: str, origin: str, host: str) -> None:
        """Raise InputError for a form that did not come from a page of this server."""
        if secrets.compare_digest(given, self.value) and origin in ("", f"http://{host}"):
            return
        what = "was not filled in on a page of this server, or before its last start"
        raise InputError("form", [Problem("form", what, "open the page again and fill it in there")])


def is_own_name(host: str) -> bool:
    """Whether a request was sent to this machine by a name of this machine.

    >>> is_own_name("127.0.0.1:8000"), is_own_name("news.example")
    (True, False)
    """
    name, _, port = host.rpartition(":") if not host.endswith("]") else (host, "", "")
    return (name if port.isdigit() else host) in LOCAL
