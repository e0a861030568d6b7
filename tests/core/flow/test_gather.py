"""Threads, ranges and workers leave no trace in a run; an interrupt leaves nothing at all."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pytest

from mirab.core.calendar import TimeAxis, dekads
from mirab.core.ensemble import READ, Ensemble, Ranged
from mirab.core.errors import InputError
from mirab.core.flow import gather
from mirab.core.flow.model import Model
from mirab.core.flow.run import Run
from mirab.core.network import Network, Zone

NAMES = ("flow", "volume", "delivered", "evaporated", "energy")
AXIS = dekads(date(2023, 4, 1), 3)
KEEP = {"volume": ["lake"], "flow": ["lake__sea"]}


@pytest.fixture(scope="module")
def model() -> Model:
    network = Network("one lake", states=("AAA",))
    network.boundary("sea")
    network.store("lake", full_mcm=200.0, start_mcm=50.0, zones=[Zone(200.0, 2)])
    network.source("spring", into="lake", state="AAA")
    network.source("brook", into="lake", state="AAA")
    network.reach("lake", "sea", lag=1)
    network.claim("town", at="lake", demand=40.0, priority=1)
    return network.compile()


def of(first: int, last: int, axis: TimeAxis = AXIS) -> Ensemble:
    """Members whose values come from their numbers alone."""
    number = np.arange(first, last, dtype=float)[:, None, None]
    values = 20.0 + 15.0 * np.sin(number + np.arange(len(axis))[None, :, None] + np.arange(2.0))
    return Ensemble.of("inflow", "m3/s", ["brook", "spring"], axis, values, seed=4)


def made(members: int) -> Ranged:
    return Ranged("inflow", "m3/s", ("brook", "spring"), AXIS, members, of, seed=4)


def pooled() -> int:
    """Threads of pools that are alive."""
    return sum(thread.name.startswith("ThreadPoolExecutor") for thread in threading.enumerate())


def equal(one: Run, other: Run) -> bool:
    """Bit by bit: members that were kept, reductions, and the state at the end."""
    kept = all(np.array_equal(getattr(one, n).lanes, getattr(other, n).lanes) for n in NAMES)
    sums = ("total", "least", "most", "short")
    reduced = all(
        np.array_equal(getattr(one.summary[n], s), getattr(other.summary[n], s)) for n in NAMES for s in sums
    )
    end = all(np.array_equal(getattr(one.end, n), getattr(other.end, n)) for n in vars(one.end))
    return kept and reduced and end


@pytest.mark.parametrize("members", [1, 9, 130, READ, READ + 1, 2 * READ + 77])
def test_a_source_made_by_range_gives_the_run_of_the_whole_ensemble(model: Model, members: int) -> None:
    whole, ranged = model.simulate(of(0, members), keep=KEEP), model.simulate(made(members), keep=KEEP)
    assert equal(whole, ranged)
    assert not isinstance(ranged.inflow, Ensemble)
    assert ranged.volume.seed == 4


def test_the_number_of_threads_leaves_no_trace(model: Model) -> None:
    runs = [model.simulate(made(READ + 300), threads=threads) for threads in (1, 2, 7)]
    assert equal(runs[0], runs[1])
    assert equal(runs[0], runs[2])


def test_a_member_of_a_ranged_source_balances_and_is_explained(model: Model) -> None:
    ranged, whole = model.simulate(made(READ + 9)), model.simulate(of(0, READ + 9))
    assert np.abs(ranged.balance()).max() < 1e-9
    last = READ + 8
    assert ranged.explain("town", 2, last) == whole.explain("town", 2, last)


def test_no_more_than_one_range_and_what_is_under_way_is_read_ahead(model: Model) -> None:
    asked: list[int] = []
    seen: list[tuple[int, int]] = []

    def make(first: int, last: int) -> Ensemble:
        asked.append(first)
        return of(first, last)

    source = Ranged("inflow", "m3/s", ("brook", "spring"), AXIS, 4 * READ, make)
    model.simulate(source, threads=1, progress=lambda done, whole: seen.append((done, len(asked))))
    assert asked == [0, READ, 2 * READ, 3 * READ]
    assert all(ranges <= 1 + (done + gather.AHEAD) * 128 // READ for done, ranges in seen)


def test_an_interrupt_cancels_what_waits_and_the_next_run_is_right(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[int] = []
    run_chunk = gather.run_chunk

    def counted(*piece: Any) -> Any:
        served.append(1)
        return run_chunk(*piece)

    def stop(done: int, whole: int) -> None:
        raise KeyboardInterrupt

    before = model.simulate(made(READ))
    threads = pooled()
    monkeypatch.setattr(gather, "run_chunk", counted)
    with pytest.raises(KeyboardInterrupt, match="^$"):
        model.simulate(made(4 * READ), threads=2, progress=stop)
    assert len(served) <= 1 + 2 * gather.AHEAD
    assert pooled() == threads
    assert equal(model.simulate(made(READ)), before)


@dataclass
class Handle:
    """What a cluster hands out: calls when it is asked for the result."""

    call: Callable[[], Any]
    cancelled: bool = False

    def result(self) -> Any:
        return self.call()

    def cancel(self) -> None:
        self.cancelled = True


class Cluster:
    """Stands for a cluster of one worker, and counts what it is sent."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.tasks: list[Handle] = []

    def scatter(self, data: Sequence[Any], *, broadcast: bool = False, hash: bool = True) -> Sequence[Any]:
        self.sent += data
        return list(data)

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Handle:
        self.tasks.append(Handle(lambda: function(*arguments)))
        return self.tasks[-1]

    def nthreads(self) -> Mapping[str, int]:
        return {"one": 1}


@pytest.mark.parametrize("members", [5, READ, 2 * READ + 77])
@pytest.mark.parametrize("source", [made, lambda members: of(0, members)], ids=["made", "in memory"])
def test_a_cluster_gives_the_run_of_this_machine(
    model: Model, members: int, source: Callable[[int], Ensemble | Ranged]
) -> None:
    there = Cluster()
    assert equal(
        model.simulate(source(members), keep=KEEP, client=there), model.simulate(source(members), keep=KEEP)
    )
    assert len(there.tasks) == -(-members // READ)


def test_a_worker_gets_its_own_range_only(model: Model) -> None:
    there = Cluster()
    model.simulate(of(0, 2 * READ), client=there)
    assert [part.members for part in there.sent if isinstance(part, Ensemble)] == [READ, READ]
    there = Cluster()
    model.simulate(made(2 * READ), client=there)
    assert not any(isinstance(part, Ensemble) for part in there.sent)


def test_an_interrupt_cancels_the_tasks_of_a_cluster(model: Model) -> None:
    there = Cluster()

    def stop(done: int, whole: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match="^$"):
        model.simulate(made(8 * READ), client=there, progress=stop)
    assert [task.cancelled for task in there.tasks] == [False, *[True] * (len(there.tasks) - 1)]


def test_what_is_wrong_on_a_worker_is_said_as_it_is_here(model: Model) -> None:
    values = of(0, READ + 5).values()
    values[READ + 2, 1, 0] = -2.0
    wrong = Ensemble.of("inflow", "m3/s", ["brook", "spring"], AXIS, values)
    with pytest.raises(InputError, match="source brook .* -2 of member 1026 in the step from 2023-04-11"):
        model.simulate(wrong, client=Cluster())


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    before = pooled()
    yield
    assert pooled() == before
