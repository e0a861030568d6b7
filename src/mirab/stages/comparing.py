"""What moved between two issues, and why: the old one run again with one cause let in after the other."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from mirab import __version__
from mirab.core.errors import MirabError
from mirab.core.imprint import Cause
from mirab.core.records import Briefing
from mirab.stages.judging import judged
from mirab.stages.observing import HORIZON_DEKADS, Progress, Wish, seen_of

if TYPE_CHECKING:
    from mirab.follow.issue_store import Made
    from mirab.follow.turns import Between, Node
    from mirab.follow.turns import Path as Order

RULES = "rules/"


@dataclass(frozen=True)
class Whole:
    """An issue with what it was made from."""

    briefing: Briefing
    made: Made

    @property
    def is_runnable(self) -> bool:
        """Whether this program is the one that made it: the method of another cannot be run again."""
        return (self.briefing.version, self.briefing.steps) == (__version__, HORIZON_DEKADS)


def compared(before: Whole, now: Whole, wish: Wish, progress: Progress | None = None) -> Between:
    """Two issues with the orders in which their causes were let in, run only where something needs it.

    Nothing is run where one cause is at work, or where nothing that is computed has changed. Without an
    order the parts of the causes stay untold: where this program is not the one that made the new issue, or
    cannot run the pack that was kept.
    """
    from mirab.follow import issues
    from mirab.follow.turns import Between, Node, Path

    causes = issues.causes(before.briefing, now.briefing)
    found = Between(before.briefing, now.briefing, causes)
    if len(causes) == 1:
        return replace(found, paths=(Path(((causes[0], Node.of(now.briefing)),)),))
    untold = [one for one in found.turns() if any(part.levels is None for part in one.parts)]
    needed = any(one.kind in ("threat", "forecast") for one in untold)
    if not (needed and now.is_runnable and before.made.pack and now.made.pack):
        return found
    orders = (causes, (*causes[1:], causes[0]))
    wanted = orders if causes[0] is Cause.METHOD and before.is_runnable else orders[:1]
    runs = _Runs(before, now, wish, progress)
    return replace(found, paths=tuple(filter(None, map(runs.path, wanted))))


@dataclass(frozen=True)
class _Runs:
    """Two issues, and how to run what lies between them."""

    before: Whole
    now: Whole
    wish: Wish
    progress: Progress | None

    def path(self, order: Sequence[Cause]) -> Order | None:
        """What is found as causes are let in; None where this program cannot run what was kept.

        It cannot where the rules of the old method are not there any more, or an older pack lacks what the
        program now asks of one.
        """
        from mirab.follow.turns import Node, Path

        nodes = []
        for count in range(1, len(order)):
            try:
                rules, node = self.run(order[:count])
            except MirabError:
                return None
            if Cause.METHOD not in order[:count] and rules != self.before.briefing.rules:
                return None
            nodes.append(node)
        return Path(tuple(zip(order, (*nodes, Node.of(self.now.briefing)), strict=True)))

    def run(self, causes: Sequence[Cause]) -> tuple[str, Node]:
        """Fingerprint of the rules, and what is found with these causes let in and the others not."""
        method = self.now if Cause.METHOD in causes else self.before
        data = self.now if Cause.DATA in causes else self.before
        dated = self.now if {Cause.TIME, Cause.EARLIER} & set(causes) else self.before
        files = {name: body for name, body in data.made.pack.items() if not name.startswith(RULES)}
        files |= {name: body for name, body in method.made.pack.items() if name.startswith(RULES)}
        issue = method.briefing
        asked = replace(self.wish, on=dated.briefing.as_of, seed=issue.seed, members=issue.members)
        return _found(replace(data.made, pack=files), asked, data.briefing.as_of, self.progress)


def _found(made: Made, wish: Wish, known: date, progress: Progress | None) -> tuple[str, Node]:
    """Fingerprint of the rules, and what is found from kept files with what was known on a day."""
    from mirab.follow.issues import fingerprint
    from mirab.follow.turns import Node
    from mirab.observe import region
    from mirab.warn import register

    with tempfile.TemporaryDirectory(prefix="mirab-") as folder:
        path = _written(made.pack, Path(folder) / str(Path(wish.region).name))
        pack = region.load(path).seen_by(wish.audience)
        warned = judged(seen_of(pack, made.own, min(known, wish.on), wish), wish, progress)
    threats = register.joined([threat for part in warned for threat in part.threats])
    series = tuple(one for part in warned for one in part.material.made)
    rules = fingerprint(*(rule for part in warned for rule in part.rules))
    return rules, Node(register.narrowed(threats, wish.focus), series)


def _written(files: Mapping[str, bytes], folder: Path) -> Path:
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    return folder
