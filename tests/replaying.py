"""A server on this machine that answers as it is told, fault by fault, and notes every request."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Reply:
    """One answer: `drip` are seconds between bytes, `cut` how many bytes come before the line breaks."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    drip: float = 0.0
    cut: int | None = None
    wait: float = 0.0


@dataclass(frozen=True)
class Request:
    """What was asked: when, how, and with which headers and body."""

    at: float
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


Script = Callable[[Request], Reply]


@dataclass
class Replay:
    """The server: `script` says what it answers; `requests` is what it was asked, in order."""

    script: Script
    address: str = ""
    requests: list[Request] = field(default_factory=list)
    together: int = 0
    most_together: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def most_in(self, seconds: float, path: str = "") -> int:
        """The most requests that began within any stretch of so many seconds."""
        times = sorted(one.at for one in self.requests if one.path.startswith(path))
        return max((sum(start <= t < start + seconds for t in times) for start in times), default=0)


def packed(reply: bytes) -> Reply:
    """A reply that is packed by gzip."""
    return Reply(gzip.compress(reply), headers={"Content-Encoding": "gzip"})


def in_turn(*replies: Reply) -> Script:
    """Answer with one reply after the other, and with the last one from then on."""
    left = list(replies)
    return lambda request: left.pop(0) if len(left) > 1 else left[0]


def pieces(reply: Reply) -> list[bytes]:
    """The body of a reply as it is sent."""
    body = reply.body[: reply.cut]
    return [body[i : i + 1] for i in range(len(body))] if reply.drip else [body]


@contextmanager
def replaying(script: Script) -> Iterator[Replay]:
    """A server that runs as long as the block."""
    replay = Replay(script)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(replay))
    server.daemon_threads = True
    replay.address = f"http://127.0.0.1:{server.server_address[1]}/"
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01), daemon=True)
    thread.start()
    try:
        yield replay
    finally:
        server.shutdown()
        server.server_close()


def _handler(replay: Replay) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            seen = dict(self.headers.items())
            request = Request(time.monotonic(), self.command, parts.path, query, seen, body)
            with replay.lock:
                replay.requests.append(request)
                replay.together += 1
                replay.most_together = max(replay.most_together, replay.together)
            try:
                self._send(replay.script(request))
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True
            finally:
                with replay.lock:
                    replay.together -= 1

        def _send(self, reply: Reply) -> None:
            time.sleep(reply.wait)
            self.send_response(reply.status)
            length = len(reply.body) if reply.length is None else reply.length
            told = {} if reply.status == 304 else {"Content-Length": str(length)}
            for name, value in {**told, **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            for piece in pieces(reply):
                self.wfile.write(piece)
                self.wfile.flush()
                time.sleep(reply.drip)
            self.close_connection = reply.cut is not None or reply.length is not None

        def log_message(self, format: str, *args: Any) -> None:
            return

    return Handler
