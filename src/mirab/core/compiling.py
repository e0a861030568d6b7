"""Compiling: how a folder of kernels is turned into machine code, and where that is kept.

Each folder of kernels has a cache of its own, so that a change in one does not recompile another. Processes
that need the same kernel at once take turns: one compiles, the others load what it has made. Numba's cache
alone lets all of them compile and write over each other, after which a process may load parts that do not
belong together.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import IO, Any, TypeVar, cast

import numba
from numba.core.compiler_lock import global_compiler_lock

F = TypeVar("F", bound=Callable[..., Any])


class Kernels:
    """The functions of one folder that numba compiles."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def compiled(self, function: F) -> F:
        """The function compiled by numba without the interpreter lock, cached on disk; it allocates nothing.

        Without memory of its own it need not count references to its arrays, which takes longer than most of
        what is done with them.
        """
        return self._cached(function, allocates=False)

    def allocating(self, function: F) -> F:
        """The same for the few that make arrays."""
        return self._cached(function, allocates=True)

    def _cached(self, function: F, *, allocates: bool) -> F:
        """Numba looks for changes in the file of a function only, not in those that it calls.

        So the cache lies in a folder of its own for each state of all kernels, or an old kernel would go on
        inside a new one.
        """
        settings: Any = numba.config
        njit: Any = numba.njit
        outside = settings.CACHE_DIR
        root = Path(outside) if outside else self._root
        folder = root / f"{self.name}-{self.digest}"
        settings.CACHE_DIR = str(folder)
        try:
            made = njit(nogil=True, cache=True, error_model="numpy", _nrt=allocates)(function)
        finally:
            settings.CACHE_DIR = outside
        return in_turn(cast(F, made), folder)

    @property
    def name(self) -> str:
        """What the folder of compiled kernels is called: that of the kernels and the one above."""
        return f"{self.folder.parent.name}-{self.folder.name}"

    @cached_property
    def digest(self) -> str:
        """Twelve letters that stand for the sources of all kernels of the folder, and of this file."""
        sources = [*sorted(self.folder.glob("*.py")), Path(__file__)]
        return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]

    @cached_property
    def _root(self) -> Path:
        """Beside the kernels where that can be written, else in the user's cache."""
        beside = self.folder / "__pycache__"
        writable = os.access(beside if beside.is_dir() else self.folder, os.W_OK)
        return beside if writable else Path("~/.cache/mirab").expanduser()


def in_turn(made: F, folder: Path) -> F:
    """A function that numba compiles, one process at a time for all that have a cache in this folder.

    Where the folder cannot be written, or its disk knows no locks, processes compile side by side.
    """
    turn, dispatcher = Turn.of(folder), cast(Any, made)
    compile_alone = dispatcher.compile

    def compiled(signature: Any) -> Any:
        with global_compiler_lock, turn:
            return compile_alone(signature)

    dispatcher.compile = compiled
    return made


class Turn:
    """The turn of one process in a folder; inside a process numba's own lock must be held around it."""

    _known: dict[Path, Turn] = {}

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._depth = 0
        self._file: IO[bytes] | None = None

    @classmethod
    def of(cls, folder: Path) -> Turn:
        """The turn of a folder, one in a process: what is compiled calls what is compiled."""
        return cls._known.setdefault(folder, cls(folder))

    def __enter__(self) -> None:
        self._depth += 1
        if self._depth > 1:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._file = (self.folder / "turn").open("wb")
            fcntl.flock(self._file, fcntl.LOCK_EX)
        except OSError:
            self._close()

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if not self._depth:
            self._close()

    def _close(self) -> None:
        if self._file:
            self._file.close()
        self._file = None


def inlined(function: F) -> F:
    """Compiled into each of its callers, which are kernels: a call would hand over every array of a tuple."""
    plain = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "forceinline": True}
    njit: Any = numba.njit
    return cast(F, njit(nogil=True, error_model="numpy", _nrt=False, **plain)(function))
