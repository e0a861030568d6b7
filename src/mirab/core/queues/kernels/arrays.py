"""The arrays of the fluid queues: what all members share, what drives a block, its state, and its results."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mirab.core.queues.kernels.spells import allocating

LANES = 8


class Clock(NamedTuple):
    """Steps: `edge` has their starts and the end of the last (h), `hours` their lengths.

    `axis` is the step of the axis that each is part of.
    """

    edge: Any
    hours: Any
    axis: Any


class Delays(NamedTuple):
    """By (delay, step): after how many steps the first of what leaves comes, and `share` in three steps."""

    offset: Any
    share: Any


class Stations(NamedTuple):
    """By station: its cells, capacity by (axis step, station), gates and factors as rows from `*_start` on.

    `order` is that in which they serve. `direction` numbers the ways of fleets, -1 at nodes.
    """

    order: Any
    first: Any
    last: Any
    capacity: Any
    gate_start: Any
    gate: Any
    factor_start: Any
    factor: Any
    direction: Any


class Cells(NamedTuple):
    """By cell: what a unit takes of the service, class of priority, stream, next cell, delay until there.

    The last cell of a stream is followed by row cells + stream, where what is delivered arrives.
    """

    use: Any
    rank: Any
    stream: Any
    after: Any
    delay: Any


class Ways(NamedTuple):
    """By way of a fleet (out and back in turn): load, delay until ready at the other end, hours of waiting.

    `begin` are the vessels that come in each step from the start on, (step, way). `rate` is how many leave in
    an hour where none waits, `cycle_h` the length of a round; `steady` ways take it as it is, since a step is
    longer than a passage.
    """

    load: Any
    delay: Any
    wait_h: Any
    begin: Any
    rate: Any
    cycle_h: Any
    steady: Any


class Net(NamedTuple):
    """All that members share; `entry` is the first cell of each stream."""

    clock: Clock
    delays: Delays
    stations: Stations
    cells: Cells
    ways: Ways
    entry: Any


class Given(NamedTuple):
    """What drives one block: `demand` (axis step, stream, lane) a day, `gate` (step, gate, lane), `factor`.

    `factor` is (axis step, factor, lane).
    """

    demand: Any
    gate: Any
    factor: Any


class Curves(NamedTuple):
    """By (edge, cell, lane): height of the curve of what has come, and the wait (h) of what comes then.

    By (cell, lane): `next` is the first edge that has not passed, `earlier` what had left when the closing
    hours began. By (axis step, station, lane): what came, and that times its wait. `headway` by (step, way).
    """

    height: Any
    wait: Any
    next: Any
    earlier: Any
    weight: Any
    weighted: Any
    headway: Any


class Memory(NamedTuple):
    """Working state of one thread, by (cell, lane), (row, cell or stream, lane), (way, lane), (lane,).

    `queue` waits, `left` is the sum of what has left, `noted` that by the last step of the axis; `ring` holds
    what arrives; `ready`, `sailed` and `often` are vessels at an end, those that left in a step, and how many
    leave in an hour of late. `pace` is the part of the step in which a class was served, `out` what left.
    """

    queue: Any
    left: Any
    noted: Any
    ring: Any
    vessels: Any
    ready: Any
    sailed: Any
    often: Any
    transit: Any
    room: Any
    share: Any
    open: Any
    pace: Any
    out: Any
    used: Any
    offered: Any
    curves: Curves


class Results(NamedTuple):
    """What a block leaves by (axis step, item, lane); it holds zeros before."""

    queue: Any
    waits: Any
    served: Any
    utilisation: Any
    entered: Any
    delivered: Any
    under_way: Any
    trips: Any


class Sizes(NamedTuple):
    """How many there are, and how many rows the ring has."""

    cells: int
    streams: int
    stations: int
    ways: int
    steps: int
    axis: int
    ring: int


@allocating
def new_memory(size: Sizes) -> Memory:
    """Room for one block of members."""
    curves = Curves(
        np.zeros((size.steps + 1, size.cells, LANES)),
        np.zeros((size.steps + 1, size.cells, LANES), dtype=np.float32),
        np.zeros((size.cells, LANES), dtype=np.int64),
        np.zeros((size.cells, LANES)),
        np.zeros((size.axis, size.stations, LANES)),
        np.zeros((size.axis, size.stations, LANES)),
        np.zeros((size.steps, size.ways, LANES)),
    )
    return Memory(
        np.zeros((size.cells, LANES)),
        np.zeros((size.cells, LANES)),
        np.zeros((size.cells, LANES)),
        np.zeros((size.ring, size.cells + size.streams, LANES)),
        np.zeros((size.ring, size.ways, LANES)),
        np.zeros((size.ways, LANES)),
        np.zeros((size.ways, LANES)),
        np.zeros((size.ways, LANES)),
        np.zeros((size.streams, LANES)),
        np.zeros(LANES),
        np.zeros(LANES),
        np.zeros(LANES, dtype=np.bool_),
        np.zeros(LANES),
        np.zeros(LANES),
        np.zeros((size.stations, LANES)),
        np.zeros((size.stations, LANES)),
        curves,
    )
