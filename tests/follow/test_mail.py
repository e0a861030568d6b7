"""Letters reach a mail server as they were written, and a refusal is told."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from email import message_from_string, policy
from email.message import EmailMessage

import pytest

from mirab.core.errors import InputError
from mirab.follow.mail import Server, send


class Line(socketserver.StreamRequestHandler):
    """The least that a mail server says; an address at refused.example is not taken."""

    def handle(self) -> None:
        """Answer each line of a client, and keep the letters on the server."""
        self.wfile.write(b"220 ready\r\n")
        while words := self.rfile.readline().decode():
            verb = words.split()[0].upper()
            if verb == "DATA":
                self.wfile.write(b"354 go on\r\n")
                letter = iter(lambda: self.rfile.readline().decode(), ".\r\n")
                self.server.letters.append("".join(letter))  # type: the server of this test
            refused = verb == "RCPT" and "refused.example" in words
            answer = (
                b"550 no such person" if refused else b"221 goodbye" if verb == "QUIT" else b"250 so be it"
            )
            self.wfile.write(answer + b"\r\n")


@pytest.fixture
def server() -> Iterator[socketserver.TCPServer]:
    with socketserver.TCPServer(("127.0.0.1", 0), Line) as made:
        made.letters = []
        thread = threading.Thread(target=made.serve_forever, daemon=True)
        thread.start()
        yield made
        made.shutdown()


def letter(to: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["X-Unsent"] = "office@example.org", to, "Briefing", "1"
    made.set_content("attached")
    return made


def test_letters_are_handed_over_one_by_one_and_no_longer_as_drafts(server: socketserver.TCPServer) -> None:
    told: list[str] = []
    letters = [letter("a@example.org"), letter("b@example.org")]
    send(letters, Server("127.0.0.1", server.server_address[1]), lambda one: told.append(one["To"]))
    kept = [message_from_string(text, policy=policy.default) for text in server.letters]
    assert told == [one["To"] for one in kept] == ["a@example.org", "b@example.org"]
    assert [one["X-Unsent"] for one in kept] == [None, None]
    assert letters[0]["X-Unsent"] == "1"


def test_a_letter_that_is_not_taken_stops_the_rest_and_those_before_are_told(
    server: socketserver.TCPServer,
) -> None:
    told: list[str] = []
    letters = [letter("a@example.org"), letter("b@refused.example"), letter("c@example.org")]
    with pytest.raises(InputError, match="did not take a letter.*those told before are sent"):
        send(letters, Server("127.0.0.1", server.server_address[1]), lambda one: told.append(one["To"]))
    assert told == ["a@example.org"]


def test_a_server_is_named_by_host_and_port() -> None:
    assert Server.of("mail.example.org") == Server("mail.example.org", 587)
    assert Server.of("localhost:25", "me", "x") == Server("localhost", 25, "me", "x")
    for text in (":25", "mail.example.org:smtp"):
        with pytest.raises(InputError, match="is no server"):
            Server.of(text)
