"""A replay serves what the run served, names the row that was full, and agrees with the exact explanation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_networks import random_case

from mirab.core.flow.explain import Explanation
from mirab.core.flow.packing import ZERO
from mirab.core.flow.replay import Asked, Places, Replay, Served, asked
from mirab.core.flow.run import Run


def everywhere(run: Run) -> Places:
    steps, members = len(run.axis), run.inflow.members
    return Places(np.repeat(np.arange(steps), members), np.tile(np.arange(members), steps))


def replays(run: Run) -> list[Replay]:
    found = [asked(run, component) for component in range(len(run.model.layouts))]
    return [one for one in found if isinstance(one, Replay)]


def limits_of(replay: Replay, row: int) -> set[str]:
    """Caps, quotas and links whose bound stands in a row."""
    columns, way = replay.layout.columns, replay.packing.tree.way
    found = set()
    for i in np.flatnonzero(np.abs(replay.packing.rows.caps[row]) > ZERO):
        kind, number = replay.packing.limits[i]
        column = columns[int(way[number]) if kind == "main" else number]
        found.add(replay.layout.groups[number] if kind == "group" else column.part)
    return found


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.integers(0, 100_000))
def test_a_replay_serves_what_the_kernel_served(seed: int) -> None:
    model, inflow = random_case(seed, members=5, steps=5)
    run = model.simulate(inflow, threads=1)
    places = everywhere(run)
    wrong = [
        replay.differs(replay.serve(replay.room(places), places), places)[-1].sum()
        for replay in replays(run)
        if replay.requests
    ]
    assert sum(wrong) <= run.repaired


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.integers(0, 100_000))
def test_a_request_has_a_row_that_stopped_it_exactly_where_it_falls_short(seed: int) -> None:
    model, inflow = random_case(seed, members=5, steps=5)
    run = model.simulate(inflow, threads=1)
    places = everywhere(run)
    for replay in replays(run):
        served = replay.serve(replay.room(places), places)
        known = ~replay.differs(served, places)
        for r, request in enumerate(replay.requests):
            short = replay.missing(r, places) > 0
            if request.kind != "evaporation":
                assert ((served.row[r] >= 0) == short)[known[r]].all()


@settings(max_examples=20, derandomize=True, deadline=None)
@given(st.integers(0, 100_000))
def test_the_row_that_stopped_a_request_is_full_when_its_class_is_served(seed: int) -> None:
    model, inflow = random_case(seed, members=4, steps=3)
    run = model.simulate(inflow, threads=1)
    places = everywhere(run)
    for replay in replays(run):
        room = replay.room(places)
        for first, last in replay.classes(len(replay.requests)):
            served = replay.serve(room, places, first)
            left = room - replay.packing.rows.y.clip(0.0) @ served.level
            for r in range(first, last):
                stopped = np.flatnonzero(served.row[r] >= 0)
                row = served.row[r, stopped]
                assert (replay.packing.rows.y[row, replay.variable[r]] > 0).all()
                assert left[row, stopped].max(initial=0.0) <= 1e-6


def explained(replay: Replay, served: Served, places: Places) -> list[tuple[int, Explanation]]:
    """Rows that stopped claims and in-stream flows, each with the explanation by exact programmes."""
    known = ~replay.differs(served, places) & (served.row >= 0)
    return [
        (int(served.row[r, i]), replay.run.explain(asking.part, int(places.step[i]), int(places.member[i])))
        for r, asking in enumerate(replay.requests)
        if asking.kind in ("take", "instream")
        for i in np.flatnonzero(known[r])
    ]


@pytest.mark.parametrize("seed", range(24))
def test_the_limit_that_the_exact_proof_rests_on_alone_is_that_of_the_row(seed: int) -> None:
    # A dual without gain is one of several that show the same; the row may be another.
    model, inflow = random_case(seed, members=2, steps=1)
    run = model.simulate(inflow, threads=1)
    places = everywhere(run)
    for replay in replays(run):
        for row, told in explained(replay, replay.serve(replay.room(places), places), places):
            gains = [limit.gain for limit in told.limits]
            others = max((gain for _, gain in told.one_more), default=0.0)
            if len(gains) == 1 and gains[0] > max(1e-6, others):
                assert told.limits[0].part in limits_of(replay, row), told
            if not told.limits and told.fraction > 1e-6:
                assert not limits_of(replay, row), told


def test_what_was_asked_for_and_got_is_that_of_the_run_whichever_kernel_served() -> None:
    model, inflow = random_case(3, members=2, steps=2)
    run = model.simulate(inflow, kernel="simplex", threads=1)
    one = Asked(run, model.layouts[0], replays(run)[0].problem)
    places = everywhere(run)
    for r, request in enumerate(one.requests):
        if request.kind == "take":
            asked_for = run.demand()[:, list(model.network.claims).index(request.part)]
            assert one.target(r, places) == pytest.approx(np.repeat(asked_for, 2))
            assert one.observed(r, places) == pytest.approx(run.delivered[request.part].ravel())
