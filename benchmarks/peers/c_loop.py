"""The same filling in C, compiled on the spot: the ceiling of the claims kernel.

python c_loop.py INPUT.npz OUTPUT.npz, two files of arrays
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

LANES, ROUNDS, MCM_PER_DAY = 8, 12, 0.0864
# gcc 12 turns the loops over lanes into one register each with -O2 only, and is half as fast with -O3.
TRIED = (("-O3", "-march=native"), ("-O2", "-ftree-vectorize", "-march=native"))
COUNTS = ("blocks", "steps", "sources", "rows", "requests", "stores", "takes")
NUMBERS = ("parent", "source_row", "store_row", "kind", "item", "first", "row")
AMOUNTS = ("gain", "share", "inverse", "length", "start", "target")
TAKE, STORE, KEPT = range(3)


class Network(ctypes.Structure):
    """The struct of the C file."""

    _fields_ = (
        *((name, ctypes.c_int64) for name in COUNTS),
        *((name, ctypes.POINTER(ctypes.c_int64)) for name in NUMBERS),
        *((name, ctypes.POINTER(ctypes.c_double)) for name in AMOUNTS),
    )


def downstream(matrix: Any, reaches: Any) -> tuple[Any, Any]:
    """Row below each row (-1 at the outlet) and the gain on the way, from the columns of the reaches."""
    parent, gain = np.full(matrix.shape[0], -1), np.ones(matrix.shape[0])
    for column in matrix.T[reaches]:
        tail, head = int(np.argmax(column)), int(np.argmin(column))
        if column[head] < 0:
            parent[tail], gain[tail] = head, -column[head]
    return parent, gain


def path(row: int, parent: Any, gain: Any) -> tuple[list[int], list[float]]:
    """Rows from this one to the outlet, and what of one unit taken here is missing in each."""
    rows, shares = [row], [1.0]
    while parent[rows[-1]] >= 0:
        shares.append(shares[-1] * float(gain[rows[-1]]))
        rows.append(int(parent[rows[-1]]))
    return rows, shares


def upstream_first(parent: Any, gain: Any) -> Any:
    """Rows in an order in which each stands before the one below it."""
    depth = [len(path(row, parent, gain)[0]) for row in range(len(parent))]
    return np.argsort(-np.array(depth), kind="stable")


def compiled(given: Any) -> dict[str, Any]:
    """The arrays of the struct, rows put into their order, requests senior first."""
    matrix = given["matrix"]
    others = set(given["take_column"].tolist()) | set(given["carry_column"].tolist())
    parent, gain = downstream(matrix, [j for j in range(matrix.shape[1]) if j not in others])
    order = upstream_first(parent, gain)
    place = np.argsort(order)
    parent = np.where(parent[order] >= 0, place[parent[order]], -1)
    gain = gain[order]
    length = given["days"] * MCM_PER_DAY
    wants = {
        TAKE: ("take", given["demand"]),
        STORE: ("carry", given["full_mcm"] / length[:, None]),
        KEPT: ("kept", np.tile(given["kept"], (length.size, 1))),
    }
    requests = []
    for kind, (name, targets) in wants.items():
        weights = given["store_weight" if kind == STORE else f"{name}_weight"]
        for item, column in enumerate(given[f"{name}_column"]):
            row = int(place[np.argmax(matrix[:, column])])
            rows, shares = path(row, parent, gain) if kind != KEPT else ([row], [1.0])
            requests.append((-weights[item], kind, item, rows, shares, targets[:, item]))
    requests.sort(key=lambda request: request[0])
    _, kinds, items, rows, shares, targets = zip(*requests, strict=True)
    return {
        "parent": parent,
        "gain": gain,
        "source_row": place[given["source_row"]],
        "store_row": place[given["store_row"]],
        "kind": kinds,
        "item": items,
        "first": np.cumsum([0, *map(len, rows)]),
        "row": np.concatenate(rows),
        "share": np.concatenate(shares),
        "inverse": 1.0 / np.concatenate(shares),
        "length": length,
        "start": given["start_mcm"],
        "target": np.stack(targets, axis=1),
    }


def library(folder: Path, flags: tuple[str, ...]) -> Any:
    """The compiled C file; exits with one line where there is no compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        sys.exit("no C compiler (cc or gcc) is installed")
    target, source = folder / f"c_loop{flags[0]}.so", Path(__file__).with_suffix(".c")
    command = [compiler, *flags, "-std=c11", "-shared", "-fPIC", "-o", str(target), str(source)]
    subprocess.run(command, check=True)
    return ctypes.CDLL(str(target))


def pointer(values: Any) -> Any:
    """An array as C sees it."""
    kind = ctypes.c_double if values.dtype == np.float64 else ctypes.c_int64
    return values.ctypes.data_as(ctypes.POINTER(kind))


def by_member(lanes: Any, members: int) -> Any:
    """Values of shape (time, member, item) from lanes (block, time, item, lane)."""
    blocks, steps, items, _ = lanes.shape
    return lanes.transpose(1, 0, 3, 2).reshape(steps, blocks * LANES, items)[:, :members]


def timed(c: Any, net: Network, lanes: Any) -> tuple[float, list[Any]]:
    """Least CPU seconds of a few runs, and deliveries, volumes and outflow in fresh memory each time."""
    blocks, steps = lanes.shape[:2]
    found = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        results = [np.empty((blocks, steps, size, LANES)) for size in (net.takes, net.stores, 1)]
        c.run(ctypes.byref(net), pointer(lanes), *map(pointer, results))
        found.append(time.process_time() - begun)
    return min(found), results


def main() -> None:
    """Run all members with each choice of flags, and write the best: rate, flags and results."""
    given = dict(np.load(sys.argv[1], allow_pickle=False))
    steps, members, sources = given["inflow"].shape
    blocks = -(-members // LANES)
    padded = given["inflow"][:, np.minimum(np.arange(blocks * LANES), members - 1)]
    lanes = np.ascontiguousarray(padded.reshape(steps, blocks, LANES, sources).transpose(1, 0, 3, 2))
    parts = {
        name: np.ascontiguousarray(values, dtype=np.int64 if name in NUMBERS else np.float64)
        for name, values in compiled(given).items()
    }
    takes, stores = len(given["at"]), len(given["stores"])
    counts = (blocks, steps, sources, len(parts["parent"]), len(parts["kind"]), stores, takes)
    net = Network(*counts, *(pointer(parts[name]) for name in (*NUMBERS, *AMOUNTS)))
    with tempfile.TemporaryDirectory() as folder:
        found = {flags: timed(library(Path(folder), flags), net, lanes) for flags in TRIED}
    rates = {" ".join(flags): steps * members / seconds for flags, (seconds, _) in found.items()}
    best = max(rates, key=lambda flags: rates[flags])
    delivered, volume, outflow = (by_member(one, members) for one in found[tuple(best.split())][1])
    np.savez(
        sys.argv[2],
        label=f"the same filling in C, {best}, {members} members",
        tried=", ".join(f"{flags} {rate:.0f}" for flags, rate in rates.items() if flags != best),
        rate=rates[best],
        delivered=delivered,
        volume=volume,
        outflow=outflow[:, :, 0],
    )


if __name__ == "__main__":
    main()
