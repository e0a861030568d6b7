"""Letters handed to a mail server, when a user asks for it: over TLS, all to one server, each told apart."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from email.message import EmailMessage

from mirab.core.errors import InputError, Problem

TIMEOUT_S = 30
LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Server:
    """A mail server; `user` and `password` are empty where it asks for none.

    The way to it is encrypted (STARTTLS) unless it is this machine.
    """

    host: str
    port: int = 587
    user: str = ""
    password: str = ""

    @classmethod
    def of(cls, text: str, user: str = "", password: str = "") -> Server:
        """The server of HOST or HOST:PORT; raises InputError for a port that is no number."""
        host, _, port = text.partition(":")
        if not host or (port and not port.isdigit()):
            problem = Problem("--smtp", f"{text!r} is no server", "write mail.example.org:587")
            raise InputError("send", [problem])
        return cls(host, int(port or 587), user, password)


def send(letters: Sequence[EmailMessage], server: Server, told: Callable[[EmailMessage], None]) -> None:
    """Hand letters to a server one by one and tell of each that it took.

    Raises InputError at the first one that it does not take: those told of before are sent.
    """
    try:
        with smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S) as line:
            if server.host not in LOCAL:
                line.starttls(context=ssl.create_default_context())
            if server.user:
                line.login(server.user, server.password)
            for one in letters:
                ready = deepcopy(one)
                del ready["X-Unsent"]
                line.send_message(ready)
                told(one)
    except (OSError, smtplib.SMTPException) as cause:
        problem = Problem(
            f"{server.host}:{server.port}", f"did not take a letter: {cause}", "those told before are sent"
        )
        raise InputError("send", [problem]) from cause
