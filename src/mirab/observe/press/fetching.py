"""One page by its address, with bounds on time and size; only for an address that the user gave."""

from __future__ import annotations

import time
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urljoin, urlsplit

from mirab.core.errors import Problem

SECONDS, LEAPS, PIECE = 20.0, 5, 65_536


def fetch(url: str, largest: int, seconds: float = SECONDS) -> tuple[bytes, str] | Problem:
    """Bytes and content type of a page, or what is wrong; waits `seconds` at most, follows five redirections.

    Asks for no compression and unpacks none; of a larger page one byte more than `largest` is taken.
    """
    until = time.monotonic() + seconds
    where = url
    try:
        for _ in range(LEAPS):
            response = _asked(where, until)
            location = response.headers.get("Location")
            if response.status in (301, 302, 303, 307, 308) and location:
                where = urljoin(where, location)
                if urlsplit(where).scheme not in ("http", "https"):
                    return Problem(url, f"leads to {where}", "give the address of a page")
                continue
            if response.status != 200:
                return Problem(url, f"answers {response.status} {response.reason}", "check the address")
            data = _all(response, largest, until)
            return _late(url, seconds) if data is None else (data, response.headers.get_content_type())
    except TimeoutError:
        return _late(url, seconds)
    except (OSError, HTTPException, ValueError) as error:
        return Problem(url, f"cannot be reached: {error}", "check the address and the network")
    return Problem(url, "leads from page to page without an end", "give the last address")


def _asked(url: str, until: float) -> HTTPResponse:
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_left(until))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.request("GET", path, headers={"User-Agent": "mirab", "Accept-Encoding": "identity"})
    return connection.getresponse()


def _late(url: str, seconds: float) -> Problem:
    return Problem(url, f"does not answer within {seconds:g} seconds", "save the page and give the file")


def _all(response: HTTPResponse, largest: int, until: float) -> bytes | None:
    """The page up to one byte over the bound; None where the time has run out."""
    pieces, size = [], 0
    while size <= largest:
        if time.monotonic() > until:
            return None
        piece = response.read1(min(PIECE, largest + 1 - size))
        if not piece:
            break
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


def _left(until: float) -> float:
    return max(0.001, until - time.monotonic())
