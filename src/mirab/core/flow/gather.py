"""Gather: chunks made in threads or on a cluster, and put together in the order of the members.

A source is read READ members at a time and a bounded number of chunks is under way, so that memory does not
grow with the members. A cluster gets ranges of READ members as tasks and makes or receives its own inflow;
nothing large lies in its graph. The order in which parts are added up is that of the members everywhere:
neither threads nor workers leave a trace in the results, bit by bit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any, Protocol, TypeAlias

from numpy.typing import NDArray

from mirab.core.ensemble import LANES, READ, Ensemble, Members
from mirab.core.flow import chunks
from mirab.core.flow.chunks import pieces, run_chunk, run_range
from mirab.core.flow.run import Run, State
from mirab.core.flow.work import Part, Work, rows

Progress = Callable[[int, int], None]
Lanes: TypeAlias = Mapping[str, NDArray[Any]]
AHEAD = 2


class Client(Protocol):
    """What a cluster must offer; `distributed.Client` does."""

    def scatter(self, data: Sequence[Any], *, broadcast: bool = False, hash: bool = True) -> Sequence[Any]:
        """Send data to one worker, or to all, and give handles that `submit` takes in their place."""
        ...

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function on a worker; what comes back has `result()` and `cancel()`."""
        ...

    def nthreads(self) -> Mapping[Any, int]:
        """Number of threads by worker."""
        ...


def local(work: Work, source: Members, begin: State, threads: int, lanes: Lanes) -> Generator[Part]:
    """Chunks of all members from threads, in order; at most AHEAD for each thread are under way.

    What they keep they write to their members' part of `lanes`.
    """
    _ = work.servers  # made once, before the threads ask for them
    waiting: deque[Any] = deque()
    pool = ThreadPoolExecutor(threads)
    try:
        for first, last in _spans(source.members):
            for piece in pieces(work, source.part(first, last), rows(begin, first, last), first):
                if len(waiting) >= AHEAD * threads:
                    yield waiting.popleft().result()
                at, end = piece[2] // LANES, -(-(piece[2] + piece[0].members) // LANES)
                into = {name: values[at:end] for name, values in lanes.items()}
                waiting.append(pool.submit(run_chunk, work, *piece, into))
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def remote(work: Work, source: Members, begin: State, client: Client) -> Generator[Part]:
    """Chunks of all members from a cluster, in order; at most AHEAD ranges for each of its threads wait.

    What the chunks share is sent to each worker once; of a source in memory, and of the state, each task
    gets its own range.
    """
    (shared,) = client.scatter([work], broadcast=True, hash=False)
    in_memory = isinstance(source, Ensemble)
    made = None if in_memory else client.scatter([source], broadcast=True, hash=False)[0]
    at_once = AHEAD * max(sum(client.nthreads().values()), 1)
    waiting: deque[Any] = deque()
    try:
        for first, last in _spans(source.members):
            if len(waiting) >= at_once:
                yield from waiting.popleft().result()
            own = [rows(begin, first, last), *([] if made else [source.part(first, last)])]
            sent = client.scatter(own, hash=False)
            waiting.append(client.submit(run_range, shared, made or sent[1], sent[0], first, last))
        while waiting:
            yield from waiting.popleft().result()
    finally:
        for task in waiting:
            task.cancel()


def together(
    work: Work,
    source: Members,
    begin: State,
    parts: Generator[Part],
    lanes: Lanes,
    progress: Progress | None,
) -> Run:
    """The run that the chunks make, `lanes` what they keep; closes them when it is interrupted."""
    end, whole, pivots, repaired = begin.copy(), -(-source.members // chunks.CHUNK), 0, 0
    summary: dict[str, Any] = {}
    with closing(parts):
        for done, part in enumerate(parts, start=1):
            for name, values in part.kept.items():
                lanes[name][part.first // LANES : -(-part.last // LANES)] = values
            for name, values in vars(end).items():
                values[part.first : part.last] = getattr(part.end, name)
            summary = {n: summary[n].with_more(s) if summary else s for n, s in part.summary.items()}
            pivots, repaired = pivots + part.pivots, repaired + part.repaired
            if progress:
                progress(done, whole)
    found = {name: work.ensemble(name, source, lanes[name], work.keep[name]) for name in lanes}
    return Run(
        model=work.model,
        inflow=source,
        start=begin,
        end=end,
        pivots=pivots,
        repaired=repaired,
        summary=summary,
        **found,
    )


def _spans(members: int) -> Iterator[tuple[int, int]]:
    """First member, and the one after the last, of each range that is read at once."""
    return ((first, min(first + READ, members)) for first in range(0, members, READ))
