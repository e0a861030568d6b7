"""Runs: scenarios that a reader asks for, one at a time beside the page, with progress; they can be ended."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mirab.core.errors import EndedError, InputError, MirabError, Problem, UnknownNameError

if TYPE_CHECKING:
    from mirab.centre import Progress
    from mirab.resolve.scenarios import Comparison

KEPT = 20
PATIENCE = 10.0
"""Seconds to wait for a run to stop when the server ends."""
Work = Callable[["Progress"], "Comparison"]


@dataclass
class Run:
    """One run: how far it is, what it gave or why it gave nothing."""

    id: str
    title: str
    done: int = 0
    whole: int = 0
    found: Comparison | None = None
    refused: str = ""
    is_over: threading.Event = field(default_factory=threading.Event)
    is_ended: threading.Event = field(default_factory=threading.Event)

    def progress(self, done: int, whole: int) -> None:
        """Take how far the engine is; raises EndedError where the reader has ended the run."""
        self.done, self.whole = done, whole
        if self.is_ended.is_set():
            raise EndedError("this run was ended")


class Runs:
    """The runs of this server, the last KEPT of them."""

    def __init__(self) -> None:
        self._runs: dict[str, Run] = {}
        self._lock = threading.Lock()

    def start(self, title: str, work: Work) -> Run:
        """Start a run in a thread of its own; raises InputError while another one is under way."""
        with self._lock:
            if busy := next((one for one in self._runs.values() if not one.is_over.is_set()), None):
                what = f"{busy.title!r} is under way"
                raise InputError("run", [Problem("run", what, "wait for it, or end it")])
            run = Run(secrets.token_hex(6), title)
            self._runs[run.id] = run
            for old in list(self._runs)[:-KEPT]:
                del self._runs[old]
        threading.Thread(target=_work, args=(run, work), daemon=True).start()
        return run

    def run(self, id: str) -> Run:
        """The run of an id; raises UnknownNameError where there is none, or no more."""
        if id not in self._runs:
            raise UnknownNameError("run", id, self._runs)
        return self._runs[id]

    def end(self) -> None:
        """End what is under way, and wait until it has stopped; called when the server ends."""
        for run in [one for one in self._runs.values() if not one.is_over.is_set()]:
            run.is_ended.set()
            run.is_over.wait(PATIENCE)


def _work(run: Run, work: Work) -> None:
    try:
        run.found = work(run.progress)
    except MirabError as refused:
        run.refused = str(refused)
    finally:
        run.is_over.set()
