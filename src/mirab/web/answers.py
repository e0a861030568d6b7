"""Answers: what is read of an issue is made once for each address and language, then sent as it is kept.

What an answer says depends on the issue, the address and the language only (the audience is that of the
server), so it is kept as bytes, plain and packed, until another issue stands in the folder. Its tag is the
digest of its bytes: a browser that has them is told so and gets nothing more.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

if TYPE_CHECKING:
    from mirab.web.desk import Desk

MOST = 64_000_000
"""Bytes that are kept; those asked for longest ago go first."""
OK, NOT_MODIFIED = 200, 304
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass(frozen=True)
class Answer:
    """One answer as bytes, plain and packed by gzip, with its kind and the tag of its content."""

    body: bytes
    packed: bytes
    kind: str
    tag: str

    @classmethod
    def of(cls, body: bytes, kind: str) -> Answer:
        """The answer of a body of a content type."""
        return cls(body, gzip.compress(body, 6), kind, f'W/"{hashlib.sha256(body).hexdigest()[:32]}"')

    def sent(self, request: Request) -> Response:
        """What a request gets: nothing where it has this already, packed where it can be unpacked."""
        head = {"ETag": self.tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if self.tag in (part.strip() for part in request.headers.get("if-none-match", "").split(",")):
            return Response(status_code=NOT_MODIFIED, headers=head)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(self.packed, headers=head | {"Content-Encoding": "gzip"}, media_type=self.kind)
        return Response(self.body, headers=head, media_type=self.kind)


class Answers:
    """The answers that a server keeps of the issue that it shows, `most` bytes of them."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._kept: OrderedDict[tuple[int, str, str], Answer] = OrderedDict()
        self._making = asyncio.Lock()

    @property
    def size(self) -> int:
        """Bytes of all that is kept."""
        return sum(len(one.body) + len(one.packed) for one in self._kept.values())

    async def of(self, request: Request, make: Handler) -> Response:
        """The answer to a request, made where it is not kept; what is no success is made each time anew.

        Answers are made one after the other, so that many readers of one page wait for one making of it.
        """
        desk: Desk = request.app.state.desk
        key = (desk.stamp(), request.url.path, request.query_params.get("lang", ""))
        if found := self._found(key):
            return found.sent(request)
        async with self._making:
            if found := self._found(key):
                return found.sent(request)
            made = await make(request)
            if made.status_code != OK:
                return made
            kind = made.headers["content-type"]
            answer = await run_in_threadpool(Answer.of, bytes(made.body), kind)
            self._keep(key, answer)
        return answer.sent(request)

    def _found(self, key: tuple[int, str, str]) -> Answer | None:
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def _keep(self, key: tuple[int, str, str], answer: Answer) -> None:
        for old in [known for known in self._kept if known[0] != key[0]]:
            del self._kept[old]
        self._kept[key] = answer
        while self.size > self.most and len(self._kept) > 1:
            self._kept.popitem(last=False)


class KeptRoute(APIRoute):
    """An address whose answer is kept: it depends on the issue and the language alone."""

    def get_route_handler(self) -> Handler:
        """The handler of the address, behind what is kept."""
        make = super().get_route_handler()

        async def kept(request: Request) -> Response:
            answers: Answers = request.app.state.answers
            return await answers.of(request, make)

        return kept
