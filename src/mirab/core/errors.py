"""The exception tree, and the report that shows every problem of an input at once.

MirabError                  base of everything that mirab raises on purpose
├── InputError              something a user gave cannot be used; carries a list of problems
│   ├── RegionError         a region pack
│   ├── NetworkError        a declared network
│   ├── ReadingsError       a file of observations
│   ├── CommitmentError     a commitment, or a file of them
│   └── SourceError         an answer of a source of live data, or its terms
├── UnknownNameError        a name that nothing carries (rule, option, section, threat, scenario)
├── NotKeptError            a result whose members a run did not keep
├── StoredFileError         a file that was not written by mirab, or not by a version that can be read
├── SolutionError           an allocation that is infeasible or did not converge
├── EndedError              a run that its reader ended
└── SetupError              a missing extra, or a machine that cannot run a command
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


class MirabError(Exception):
    """Base of all errors that mirab raises on purpose; the message says what to do next."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors come back from a worker as they were, whatever their `__init__` asks for."""
        return _again, (type(self), self.args, vars(self))


def _again(kind: type[MirabError], args: tuple[Any, ...], content: dict[str, Any]) -> MirabError:
    error = kind.__new__(kind, *args)
    vars(error).update(content)
    return error


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong with an input.

    `where` is a file and line (`links.csv:9`) or a field (`claim fergana`); `what` states the value and
    the rule that it breaks; `fix` is the nearest valid choice or the way out.
    """

    where: str
    what: str
    fix: str = ""

    def __str__(self) -> str:
        return f"{self.where} {self.what}" + (f"; {self.fix}" if self.fix else "")


class InputError(MirabError):
    """An input with one or more problems, shown together.

    >>> print(InputError("region toy", [Problem("links.csv:9", "to_node='n999' is not in nodes.node_id")]))
    region toy: 1 problem
      links.csv:9 to_node='n999' is not in nodes.node_id
    """

    def __init__(self, subject: str, problems: Sequence[Problem]) -> None:
        self.subject = subject
        self.problems = tuple(problems)
        count = f"{len(self.problems)} problem" + ("s" if len(self.problems) != 1 else "")
        super().__init__("\n  ".join([f"{subject}: {count}", *map(str, self.problems)]))


class RegionError(InputError):
    """A region pack that cannot be used."""


class NetworkError(InputError):
    """A declared network that cannot be compiled."""


class ReadingsError(InputError):
    """A file of observations that cannot be taken."""


class SourceError(InputError):
    """An answer of a source of live data that is not what it promises, or terms that cannot be used."""


class CommitmentError(InputError):
    """A commitment, a change of one, or a file of them that cannot be taken."""


class UnknownNameError(MirabError):
    """A name that nothing carries; the message names the nearest that exists."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        choices = sorted(known)
        super().__init__(f"{kind} {name!r} is not known; {suggest(name, choices)}")


class NotKeptError(MirabError):
    """A result whose members a run did not keep."""

    def __init__(self, quantity: str, item: str) -> None:
        what = f"the members of {quantity} of {item!r} were not kept in this run"
        more = f"a run that has a summary has their mean and extremes in run.summary[{quantity!r}]"
        super().__init__(f"{what}; run again with {quantity!r} in keep; {more}")


class StoredFileError(MirabError):
    """A stored file that mirab did not write or cannot read."""


class SolutionError(MirabError):
    """An allocation that is infeasible or did not converge; the message names the constraint."""


class EndedError(MirabError):
    """A run that its reader ended before it was over."""


class SetupError(MirabError):
    """A missing extra or a machine that cannot run a command."""


def suggest(value: str, choices: Sequence[str]) -> str:
    """Words that point from a wrong `value` to the nearest of the `choices`.

    >>> suggest("n999", ["n1", "n99"])
    "nearest is 'n99'"
    """
    near = difflib.get_close_matches(value, choices, n=1, cutoff=0.5)
    if near:
        return f"nearest is {near[0]!r}"
    if not choices:
        return "there is none to choose from"
    shown = ", ".join(map(repr, choices[:8]))
    return f"choose from {shown}" + (f" and {len(choices) - 8} more" if len(choices) > 8 else "")
