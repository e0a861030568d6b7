"""A program that is killed at any moment has lost nothing that it had confirmed, and left nothing half."""

from __future__ import annotations

import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from issues_of import issue, threat

from mirab import audit
from mirab.follow.clearance import Deed
from mirab.follow.commitments import Known
from mirab.follow.issue_store import IssueStore, Made
from mirab.follow.store import Store as Promises
from mirab.observe.region import Region, load
from mirab.observe.store import Store as Readings
from mirab.warn.journal import Journal

TRIALS, LONGEST_S = 200, 0.15
FORM = "station,quantity,date,value,unit,author,note,marking\n"
PROMISE = {"what": "Open the gate", "owner": "gate office", "adopted": "2023-08", "source": "Minutes 4"}
JUDGED = {"title": "Ferry stopped", "states": "XAA", "level": "watch", "probability": "10-30%"}
JUDGED |= {"window": "2098-01-01/2099-01-01", "reason": "cold", "source": "harbour", "review": "2099-01-01"}


class Writer:
    """One who enters readings, promises, judgements and issues, and confirms each."""

    def __init__(self, home: Path, region: Region) -> None:
        self.home, self.region = home, region
        self.readings = Readings(home / "observations.sqlite")
        self.promises = Promises(home / "commitments.sqlite", region.name)
        self.journal = Journal(home / "threats.sqlite", region.name)
        self.issues = IssueStore(home / "issues.sqlite")

    def read(self, name: str) -> None:
        form = self.home / f"{name}.csv"
        form.write_text(f"{FORM}highdam,volume,2023-09-01,{400 + int(name) % 100},mcm,a{name},,\n", "utf-8")
        self.readings.add(form, self.region, today=date(2026, 11, 21))

    def promise(self, name: str) -> None:
        cells = {**PROMISE, "commitment_id": f"p{name}"}
        self.promises.create(cells, Known.of(self.region), person="Aigul")

    def judge(self, name: str) -> None:
        self.journal.write("add", f"analyst:j{name}", {**JUDGED, "author": "A."}, {"XAA"})

    def brief(self, name: str) -> None:
        self.issues.keep(issue(threat(name)), Made({}, {f"file{name}": os.urandom(20_000)}))
        self.issues.act(self.issues.listed()[-1], Deed.COMMENT, "Aigul", f"comment {name}")

    def deeds(self) -> tuple[Callable[[str], None], ...]:
        return self.read, self.promise, self.judge, self.brief

    def kept(self) -> set[str]:
        """What is there, by kind and name."""
        found = {f"read {one.author.removeprefix('a')}" for one in self.readings.observations(self.region)}
        found |= {
            f"promise {one.id.removeprefix('p')}" for one in self.promises.entries(Known.of(self.region))
        }
        found |= {f"judge {act.id.removeprefix('analyst:j')}" for act in self.journal.acts()}
        commented = {act.text.removeprefix("comment ") for one in self.issues.listed() for act in one.acts}
        return found | {f"brief {name}" for name in commented}


def write(writer: Writer, first: int, out: int) -> NoReturn:
    """Enter one thing after the other and confirm each, until it is killed; an error is said, and ends it."""
    try:
        for number in range(first, first + 10_000):
            deed = writer.deeds()[number % 4]
            deed(str(number))
            os.write(out, f"{deed.__name__} {number}\n".encode())
    finally:
        os.write(out, f"ended {traceback.format_exc()!r}\n".encode())
        os._exit(1)


def confirmed(writer: Writer, first: int, seconds: float) -> list[str]:
    """What a writer had confirmed when it was killed after some time."""
    inlet, outlet = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(inlet)
        write(writer, first, outlet)
    os.close(outlet)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(inlet) as lines:
        return lines.read().splitlines()


def trials(writer: Writer, count: int) -> Iterator[set[str]]:
    """What was confirmed up to each kill, at moments drawn at random."""
    moments, said, first = np.random.default_rng(1), set[str](), 0
    for _ in range(count):
        lines = confirmed(writer, first, float(moments.uniform(0, LONGEST_S)))
        assert not [line for line in lines if line.startswith("ended")]
        said |= set(lines)
        first = max([int(line.split()[1]) for line in lines] or [first]) + 5  # each time another deed first
        yield said


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="a writer is forked, which this system cannot")
def test_in_200_trials_a_kill_loses_no_confirmed_record_and_no_issue(tmp_path: Path) -> None:
    writer = Writer(tmp_path, load("toy"))
    said: set[str] = set()
    for count, said in enumerate(trials(writer, TRIALS), start=1):
        if count % 20 == 0:  # what is lost stays lost, so a loss is seen here too
            assert said <= writer.kept()
            verdicts = [audit.verify(path) for path in tmp_path.glob("*.sqlite")]
            assert not [one for one in verdicts if one.faults or one.damage]
    issues = writer.issues.listed()
    assert [one.issue for one in issues] == list(range(1, len(issues) + 1))
    assert all(writer.issues.briefing(one).threats for one in issues)
    kinds = {line.split()[0] for line in said}
    assert kinds == {"read", "promise", "judge", "brief"}
