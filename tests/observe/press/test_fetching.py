"""A page by its address, from a server of the test itself."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mirab.core.errors import Problem
from mirab.observe.press.fetching import fetch


class Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/loop":
            self.send_response(302)
            self.send_header("Location", "/loop")
            self.end_headers()
        elif self.path == "/leave":
            self.send_response(302)
            self.send_header("Location", "file:///etc/hosts")
            self.end_headers()
        elif self.path == "/none":
            self.send_error(404)
        else:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"x" * 1000)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_a_page_comes_with_its_type(address: str) -> None:
    assert fetch(f"{address}/page", 5000) == (b"x" * 1000, "text/html")


def test_no_more_is_taken_than_one_byte_over_the_bound(address: str) -> None:
    found = fetch(f"{address}/page", 10)
    assert isinstance(found, tuple)
    assert len(found[0]) == 11


@pytest.mark.parametrize(
    ("path", "told"),
    [("/none", "answers 404"), ("/loop", "leads from page to page"), ("/leave", "leads to file:")],
)
def test_a_wrong_address_is_told(address: str, path: str, told: str) -> None:
    assert told in str(fetch(address + path, 10))


def test_an_address_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        found = fetch(f"http://127.0.0.1:{silent.getsockname()[1]}/", 10, seconds=0.3)
    assert isinstance(found, Problem)
    assert "does not answer within 0.3 seconds" in str(found)
