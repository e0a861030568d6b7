"""Asks a source for one answer after the other: politely, within bounds, and only where its terms allow.

Starts of requests to a host lie as far apart as the terms say. An answer that is known already is not sent
again (RFC 9110, conditional requests). 429 is obeyed (Retry-After, else exponential back-off with jitter), a
fault of the server or the line is tried again a few times. Bounds hold for an answer as it comes and as it is
unpacked, for its time and for all of a run. Redirections stay on the hosts of the terms; certificates are
verified; the only way without TLS is this machine itself.
"""

from __future__ import annotations

import hashlib
import json
import logging
import ssl
import threading
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np

from mirab import __version__
from mirab.core.errors import Problem, SourceError
from mirab.observe.connector import Ask, Terms
from mirab.observe.secrets import Secrets

if TYPE_CHECKING:
    import httpx2

TRIES, LEAPS, SILENCE_S, BACK_OFF_S, MARGIN = 4, 5, 20.0, 1.0, 1.02
MOVED, BUSY = (301, 302, 303, 307, 308), 429
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_STAYS = "what was stored stays"
_LATER = f"{_STAYS}; ask again later"


@dataclass(frozen=True)
class Edition:
    """By what a server tells one edition of a page from another: its entity tag and its date."""

    etag: str = ""
    modified: str = ""

    @property
    def conditions(self) -> dict[str, str]:
        """Headers that ask for the page only if it is another edition."""
        told = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True)
class Answer:
    """What a source says: the data of a page, `unchanged` since a known edition, or `absent` (404)."""

    data: bytes = field(default=b"", repr=False)
    kind: str = ""
    edition: Edition = Edition()
    unchanged: bool = False
    absent: bool = False


@dataclass(frozen=True)
class _Fault:
    """A fault that may pass; `wait` are the seconds that the server asks for, None where it says nothing."""

    what: str
    wait: float | None = None


class Pace:
    """Requests to one host, `at_once` together, their starts apart, whichever of its sources asks."""

    def __init__(self, at_once: int = 1) -> None:
        self._places = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        self._free = 0.0

    @contextmanager
    def turn(self, apart: float, until: float, stop: threading.Event) -> Iterator[bool]:
        """Wait for a place and for the time since the last answer; whether both came before `until`."""
        if not self._places.acquire(timeout=max(0.0, until - time.monotonic())):
            yield False
            return
        try:
            with self._lock:
                start = max(time.monotonic(), self._free)
                self._free = start + apart
            stopped = start > until or stop.wait(max(0.0, start - time.monotonic()))
            yield not stopped
        finally:
            with self._lock:
                self._free = max(self._free, time.monotonic() + apart)
            self._places.release()


@dataclass
class Asker:
    """One source, asked within its terms until `longest_s` are over; close it after use."""

    terms: Terms
    secrets: Secrets = field(default_factory=Secrets, repr=False)
    pace: Pace = field(default_factory=Pace)
    stop: threading.Event = field(default_factory=threading.Event)
    seed: int = 1
    silence_s: float = SILENCE_S
    back_off_s: float = BACK_OFF_S

    def __post_init__(self) -> None:
        self._until = time.monotonic() + self.terms.longest_s
        self._apart = 60.0 / self.terms.per_minute * MARGIN
        name = zlib.crc32(self.terms.source_id.encode())
        self._chance = np.random.default_rng([self.seed, name])

    def fetch(self, ask: Ask, known: Edition | None = None) -> Answer:
        """The answer to one ask; `known` is the edition that is at hand.

        Raises SourceError, which names the page and the address without its query, for an answer that is
        refused, too large, too late or not allowed.
        """
        fault = _Fault("")
        for number in range(TRIES):
            found = self._once(ask, known or Edition())
            if isinstance(found, Answer):
                return found
            fault = found
            if number + 1 < TRIES:
                self._rest(ask, fault, number)
        raise self._error(ask, fault.what, _LATER)

    def close(self) -> None:
        """Let go of the connections."""
        if "_client" in vars(self):
            self._client.close()

    @cached_property
    def _client(self) -> httpx2.Client:
        import httpx2

        for name in ("httpx2", "httpcore2"):
            logging.getLogger(name).setLevel(logging.WARNING)
        headers = {"User-Agent": f"mirab/{__version__}", "Accept-Encoding": "gzip"}
        return httpx2.Client(headers=headers, follow_redirects=False)

    def _once(self, ask: Ask, known: Edition) -> Answer | _Fault:
        """One try, over redirections."""
        import httpx2

        try:
            request = self._request(ask, known)
            for _ in range(LEAPS):
                with self.pace.turn(self._apart, self._until, self.stop) as ours:
                    if not ours:
                        raise self._late(ask)
                    with closing(self._client.send(request, stream=True)) as response:
                        if response.status_code not in MOVED:
                            return self._answer(ask, response, known)
                request = self._moved(ask, request, response)
        except httpx2.TimeoutException:
            return _Fault(f"says nothing for {self.silence_s:g} seconds")
        except httpx2.InvalidURL as error:
            raise self._error(ask, f"has an address that is none: {error}", _STAYS) from None
        except httpx2.HTTPError as error:
            return self._broken(ask, error)
        except zlib.error as error:
            return _Fault(f"cannot be unpacked: {error}")
        raise self._error(ask, "leads from page to page without an end", _STAYS)

    def _request(self, ask: Ask, known: Edition) -> httpx2.Request:
        import httpx2

        url = httpx2.URL(address(self.terms, ask))
        if ask.query:
            url = url.copy_merge_params(self.secrets.filled(ask.query))
        self._check(ask, str(url))
        headers = {**known.conditions, **self.secrets.filled(ask.headers)}
        timeout = httpx2.Timeout(max(0.001, min(self.silence_s, self._left)))
        if ask.form is not None:
            form = self.secrets.filled(ask.form)
            return self._client.build_request("POST", url, data=form, headers=headers, timeout=timeout)
        if ask.body is not None:
            body = dict(ask.body)
            return self._client.build_request("POST", url, json=body, headers=headers, timeout=timeout)
        return self._client.build_request("GET", url, headers=headers, timeout=timeout)

    def _check(self, ask: Ask, url: str) -> None:
        """Refuse an address on another host, or one that anybody on the way could read."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if host not in hosts(self.terms):
            what = f"leads to {host!r}, a host that its terms do not name"
            raise self._error(ask, what, f"{_STAYS}; look whether the source has moved")
        if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK):
            raise self._error(ask, f"leads to {parts.scheme}://{host} without TLS", "ask it over https")

    def _moved(self, ask: Ask, request: httpx2.Request, response: httpx2.Response) -> httpx2.Request:
        """The request that a redirection asks for; secrets in headers go to no other host."""
        target = request.url.join(response.headers.get("Location", ""))
        self._check(ask, str(target))
        if request.method != "GET":
            raise self._error(ask, f"redirects what is posted ({response.status_code})", _STAYS)
        kept = dict(request.headers)
        if target.host != request.url.host:
            kept = {name: kept[name] for name in kept if name not in {one.lower() for one in ask.headers}}
        kept.pop("host", None)
        return self._client.build_request("GET", target, headers=kept, extensions=request.extensions)

    def _answer(self, ask: Ask, response: httpx2.Response, known: Edition) -> Answer | _Fault:
        status, rest = response.status_code, response.headers.get("Retry-After", "")
        if status == 304 and known.conditions:
            return Answer(unchanged=True)
        if status == 404 and ask.optional:
            return Answer(absent=True)
        if 200 <= status < 300:
            return self._body(ask, response)
        if status == BUSY:
            return _Fault("asks for fewer requests (429)", _wait(rest))
        if status >= 500:
            return _Fault(f"has a fault of its own ({status})", _wait(rest))
        if status in (401, 403):
            fix = f"{_STAYS}; {self.terms.key_how or 'the source may have closed this door'}"
            raise self._error(ask, f"refuses ({status})" + self._by_key, fix)
        raise self._error(ask, f"answers {status}", f"{_STAYS}; look whether the source has moved")

    @property
    def _by_key(self) -> str:
        return f": look at {self.terms.key}" if self.terms.key else ""

    def _body(self, ask: Ask, response: httpx2.Response) -> Answer | _Fault:
        """The data of an answer; one that says that it is too large is not read."""
        largest = int(self.terms.largest_mb * 1e6)
        told = response.headers.get("Content-Length", "")
        if told.isdigit() and int(told) > largest:
            raise self._too_large(ask)
        coding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if coding not in ("", "identity", "gzip", "x-gzip"):
            raise self._error(ask, f"is packed as {coding!r}, which was not asked for", _STAYS)
        unpacked = Unpacked(coding.endswith("gzip"), largest)
        for piece in response.iter_raw():
            if self.stop.is_set() or self._left <= 0:
                raise self._late(ask)
            if not unpacked.add(piece):
                raise self._too_large(ask)
        if not unpacked.whole:
            return _Fault("ends in the middle")
        headers = response.headers
        edition = Edition(headers.get("ETag", ""), headers.get("Last-Modified", ""))
        data = self.secrets.hidden_bytes(unpacked.data) if ask.keep else unpacked.data
        return Answer(data, headers.get("Content-Type", "").partition(";")[0].strip(), edition)

    def _rest(self, ask: Ask, fault: _Fault, number: int) -> None:
        """Wait before the next try: as long as the server asks, else twice as long each time, with jitter."""
        wait = fault.wait
        if wait is None:
            wait = self.back_off_s * 2**number * (0.5 + float(self._chance.random()))
        if wait >= self._left:
            what = f"{fault.what} and for a rest of {wait:.0f} s, longer than this run may take"
            raise self._error(ask, what if fault.wait is not None else fault.what, _LATER)
        if self.stop.wait(wait):
            raise self._late(ask)

    def _broken(self, ask: Ask, error: httpx2.HTTPError) -> _Fault:
        """A fault of the line; a certificate that cannot be verified is none that passes."""
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLCertVerificationError):
                what = f"shows a certificate that does not hold: {cause.verify_message}"
                fix = "nothing was sent; check the clock of this machine, and whether a proxy opens traffic"
                raise self._error(ask, what, fix) from None
            cause = cause.__cause__ or cause.__context__
        return _Fault(f"cannot be reached: {str(error) or type(error).__name__}")

    def _late(self, ask: Ask) -> SourceError:
        what = "was interrupted" if self.stop.is_set() else f"takes longer than {self.terms.longest_s:g} s"
        return self._error(ask, what, f"{_STAYS}; another run goes on from here")

    def _too_large(self, ask: Ask) -> SourceError:
        return self._error(ask, f"is larger than {self.terms.largest_mb:g} MB", f"{_STAYS}; ask for less")

    def _error(self, ask: Ask, what: str, fix: str) -> SourceError:
        parts = urlsplit(address(self.terms, ask))
        where = f"{ask.page} ({parts.hostname}{parts.path})"
        hidden = (self.secrets.hidden(one) for one in (where, what, fix))
        return SourceError(self.terms.source_id, [Problem(*hidden)])

    @property
    def _left(self) -> float:
        return self._until - time.monotonic()


class Unpacked:
    """Data as they come, unpacked where they are packed by gzip (RFC 1952), never over a bound."""

    def __init__(self, packed: bool, largest: int) -> None:
        self._decoder = zlib.decompressobj(16 + zlib.MAX_WBITS) if packed else None
        self._largest, self._raw, self._size = largest, 0, 0
        self._pieces: list[bytes] = []

    @property
    def data(self) -> bytes:
        """What has come so far."""
        return b"".join(self._pieces)

    @property
    def whole(self) -> bool:
        """Whether the packed data have come to their end."""
        return self._decoder is None or self._decoder.eof

    def add(self, piece: bytes) -> bool:
        """Take a piece; False where it goes over the bound, zlib.error where it is not packed."""
        self._raw += len(piece)
        if self._raw > self._largest:
            return False
        while piece:
            piece = self._take(piece)
            if self._size > self._largest:
                return False
        return True

    def _take(self, piece: bytes) -> bytes:
        """Unpack up to one byte over the bound; what is left belongs to a next member."""
        rest = b""
        if self._decoder is not None:
            if self._decoder.eof:
                self._decoder = zlib.decompressobj(16 + zlib.MAX_WBITS)
            piece = self._decoder.decompress(piece, self._largest - self._size + 1)
            rest = self._decoder.unused_data
        self._size += len(piece)
        self._pieces.append(piece)
        return rest


def address(terms: Terms, ask: Ask) -> str:
    """The whole address of an ask, without its query."""
    return ask.path if "://" in ask.path else terms.address + ask.path


def hosts(terms: Terms) -> frozenset[str]:
    """The hosts that may be asked for a source."""
    return frozenset(filter(None, (urlsplit(terms.address).hostname, *terms.hosts)))


def digest(terms: Terms, ask: Ask) -> str:
    """What tells one ask from another: SHA-256 of its address and what is sent, without secrets."""
    sent: list[Mapping[str, object] | str | None] = [address(terms, ask), ask.query, ask.form, ask.body]
    plain = [dict(one) if isinstance(one, Mapping) else one for one in sent]
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()


def _wait(told: str) -> float | None:
    """Seconds of a Retry-After, which is a number or a date; None where it is neither."""
    if told.strip().isdigit():
        return float(told)
    try:
        until = parsedate_to_datetime(told)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())
