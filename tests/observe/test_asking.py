"""Asking: every fault of a source ends in words that name the page, and nobody learns a secret."""

from __future__ import annotations

import gzip
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from replaying import Replay, Reply, Request, in_turn, packed, replaying

from mirab.core.errors import SourceError
from mirab.observe import sources
from mirab.observe.asking import Answer, Asker, Edition, Pace, Unpacked, digest
from mirab.observe.connector import KEY, USER, Ask
from mirab.observe.secrets import Secrets

TERMS = replace(sources.terms()["unhcr"], per_minute=60000.0, longest_s=10.0, largest_mb=1.0)
ASK = Ask("levels", "levels.json")
CANARY = "kakapo-618/03+quetzal=="


def fetched(server: Replay, ask: Ask = ASK, known: Edition | None = None, **changes: Any) -> Answer:
    terms = replace(
        TERMS, **{"address": server.address} | {k: v for k, v in changes.items() if k in vars(TERMS)}
    )
    others = {k: v for k, v in changes.items() if k not in vars(TERMS)}
    asker = Asker(terms, **{"back_off_s": 0.01, "silence_s": 2.0} | others)
    try:
        return asker.fetch(ask, known)
    finally:
        asker.close()


def refused(server: Replay, told: str, **changes: Any) -> str:
    with pytest.raises(SourceError, match=told) as caught:
        fetched(server, **changes)
    return str(caught.value)


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(status=401), r"levels \(127.0.0.1/levels.json\) refuses \(401\)"),
        (Reply(status=403), r"refuses \(403\)"),
        (Reply(status=404), "answers 404; what was stored stays; look whether the source has moved"),
        (Reply(status=429), r"asks for fewer requests \(429\); what was stored stays"),
        (Reply(status=500), r"has a fault of its own \(500\)"),
        (
            Reply(status=429, headers={"Retry-After": "3600"}),
            "for a rest of 3600 s, longer than this run may",
        ),
        (Reply(b"abc", length=2_000_000_000), "is larger than 1 MB"),
        (packed(b"0" * 50_000_000), "is larger than 1 MB"),
        (Reply(gzip.compress(b"x" * 9000)[:40], headers={"Content-Encoding": "gzip"}), "ends in the middle"),
        (Reply(b"not packed", headers={"Content-Encoding": "gzip"}), "cannot be unpacked"),
        (Reply(b"x", headers={"Content-Encoding": "br"}), "is packed as 'br', which was not asked for"),
        (Reply(b"x" * 4000, cut=100), "cannot be reached"),
        (
            Reply(status=302, headers={"Location": "https://other.example/x"}),
            "leads to 'other.example', a host",
        ),
        (Reply(status=302, headers={"Location": "/levels.json"}), "from page to page without an end"),
    ],
)
def test_a_fault_is_told_with_the_page_and_the_address(reply: Reply, told: str) -> None:
    with replaying(lambda request: reply) as server:
        refused(server, told)


def test_a_fault_that_passes_is_tried_again() -> None:
    bad = [Reply(status=500), Reply(b"x" * 4000, cut=10), Reply(status=429, headers={"Retry-After": "0"})]
    with replaying(in_turn(*bad, Reply(b"good"))) as server:
        assert fetched(server).data == b"good"
        assert len(server.requests) == 4


def test_a_refusal_and_too_large_an_answer_are_not_tried_again() -> None:
    for reply in (Reply(status=403), Reply(b"abc", length=2_000_000_000)):
        with replaying(lambda request, reply=reply: reply) as server:
            refused(server, "refuses|is larger")
            assert len(server.requests) == 1


def test_the_rest_that_a_source_asks_for_is_kept() -> None:
    with replaying(in_turn(Reply(status=429, headers={"Retry-After": "1"}), Reply(b"good"))) as server:
        fetched(server)
        assert server.requests[1].at - server.requests[0].at >= 1.0


def test_a_slow_drip_ends_with_the_time_of_the_run() -> None:
    began = time.monotonic()
    with replaying(lambda request: Reply(b"x" * 1000, drip=0.05)) as server:
        refused(server, r"takes longer than 1 s; what was stored stays", longest_s=1.0)
    assert time.monotonic() - began < 10


def test_silence_ends_before_the_time_of_the_run() -> None:
    with replaying(lambda request: Reply(b"x", wait=1.0)) as server:
        refused(server, "says nothing for 0.2 seconds", silence_s=0.2)


def test_an_answer_may_be_packed_in_several_members() -> None:
    whole = Unpacked(packed=True, largest=100)
    data = gzip.compress(b"one ") + gzip.compress(b"two")
    assert all(whole.add(data[place : place + 1]) for place in range(len(data)))
    assert (whole.data, whole.whole) == (b"one two", True)


def test_a_redirection_on_a_host_of_the_terms_is_followed_without_the_secret_in_headers() -> None:
    def script(request: Request) -> Reply:
        if request.path == "/levels.json":
            place = f"http://localhost:{port}/there"
            return Reply(status=301, headers={"Location": place})
        return Reply(b"moved")

    with replaying(script) as server:
        port = server.address.rstrip("/").rpartition(":")[2]
        ask = Ask("levels", "levels.json", headers={"Authorization": f"Bearer {KEY}"})
        secrets = Secrets({KEY: CANARY})
        assert fetched(server, ask, hosts=("localhost",), secrets=secrets).data == b"moved"
        assert server.requests[0].headers["Authorization"] == f"Bearer {CANARY}"
        assert "Authorization" not in server.requests[1].headers


def test_an_address_without_tls_is_asked_on_this_machine_alone() -> None:
    with replaying(lambda request: Reply(b"x")) as server:
        refused(server, "leads to http://levels.example without TLS", address="http://levels.example/")
        assert server.requests == []


def test_a_known_edition_is_not_sent_again() -> None:
    with replaying(
        in_turn(Reply(b"x", headers={"ETag": '"7"', "Last-Modified": "yesterday"}), Reply(status=304))
    ) as server:
        first = fetched(server)
        second = fetched(server, known=first.edition)
        assert (second.unchanged, second.data) == (True, b"")
        assert server.requests[1].headers["If-None-Match"] == '"7"'
        assert server.requests[1].headers["If-Modified-Since"] == "yesterday"


def test_an_optional_page_may_be_absent() -> None:
    with replaying(lambda request: Reply(status=404)) as server:
        assert fetched(server, replace(ASK, optional=True)).absent


def test_forms_and_bodies_are_posted_with_secrets_put_in_at_the_moment_of_sending() -> None:
    with replaying(lambda request: Reply(b"token")) as server:
        secrets = Secrets({KEY: CANARY, USER: "aigul"})
        form = Ask("token", "token", form={"username": USER, "password": KEY}, keep=False)
        fetched(server, form, secrets=secrets)
        fetched(server, Ask("reports", "reports", body={"query": "water"}))
        assert b"username=aigul&password=kakapo-618%2F03%2Bquetzal%3D%3D" in server.requests[0].body
        assert server.requests[1].body == b'{"query":"water"}'
    assert CANARY not in digest(TERMS, form) + repr(secrets) + repr(form)


@pytest.mark.parametrize("status", [200, 401, 404, 429, 500])
def test_a_secret_is_in_no_answer_error_or_log(status: int, caplog: pytest.LogCaptureFixture) -> None:
    def script(request: Request) -> Reply:
        echo = f"{request.query['key']} {request.headers['X-Key']} kakapo-618%2F03%2Bquetzal%3D%3D".encode()
        return Reply(echo, status=status, headers={"Location": f"/?key={CANARY}"})

    ask = Ask("levels", "levels.json", {"key": KEY}, {"X-Key": KEY})
    with replaying(script) as server, caplog.at_level(logging.DEBUG):
        try:
            told = repr(fetched(server, ask, secrets=Secrets({KEY: CANARY})).data)
        except SourceError as error:
            told = f"{error!r} {error} {error.problems}"
        assert server.requests[0].query["key"] == CANARY
    assert all(one not in told + caplog.text for one in (CANARY, "kakapo-618"))


def test_no_stretch_has_more_requests_than_the_terms_allow() -> None:
    pace = Pace()
    with replaying(lambda request: Reply(b"x")) as server:
        terms = replace(TERMS, address=server.address, per_minute=600.0)
        askers = [Asker(replace(terms, source_id=name), pace=pace) for name in ("a", "b")]
        threads = [
            threading.Thread(target=lambda one=one: [one.fetch(ASK) for _ in range(5)]) for one in askers
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert server.most_in(0.5) <= 5
        assert server.most_together == 1
        assert len(server.requests) == 10


@contextmanager
def tls(certificate: Path) -> Iterator[int]:
    """A server on this machine whose certificate nobody has signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    context.wrap_socket(listening.accept()[0], server_side=True)
                except ssl.SSLError:
                    continue
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        yield int(listening.getsockname()[1])


def test_a_wrong_certificate_is_told_in_plain_words_and_nothing_is_sent() -> None:
    with tls(Path(__file__).with_name("wrong_certificate.pem")) as port:
        asker = Asker(replace(TERMS, address=f"https://127.0.0.1:{port}/"), back_off_s=0.01)
        with pytest.raises(
            SourceError, match=r"shows a certificate that does not hold: .*; nothing was sent"
        ):
            asker.fetch(ASK)
