"""Archive: a declared network, its drivers and a run in one file, stamped, and refused if it is not whole.

The file is a stamped zip (`mirab.stamped`) of `content.json` (the declaration and all labels) and `.npy`
arrays that are read without pickle. Layout of the content: ours.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mirab import __version__
from mirab.core.calendar import TimeAxis
from mirab.core.ensemble import Ensemble
from mirab.core.errors import InputError, StoredFileError
from mirab.core.network import Network
from mirab.core.plain import from_dict, to_dict
from mirab.core.records import Evidence
from mirab.stamped import Kind

if TYPE_CHECKING:
    from mirab.core.flow.run import Run
    from mirab.core.flow.summary import Summary

WAY_OUT = "save it again or take a copy"
KIND = Kind("mirab archive", 1, __version__, "archive of mirab", "archive.save wrote", WAY_OUT)
CONTENT = "content.json"
RESULTS = ("flow", "volume", "delivered", "evaporated", "energy")
STATES = ("start", "end")
REDUCED = ("total", "least", "most", "short")
KEPT_TYPES = (np.float32, np.int64)

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Archive:
    """What a file holds: the network always, the inflow and the run where they were saved."""

    network: Network
    inflow: Ensemble | None = None
    run: Run | None = None


def save(path: Path, *, network: Network, inflow: Ensemble | None = None, run: Run | None = None) -> None:
    """Write network, inflow (m3/s) and run to one file; a run brings its own inflow.

    The file appears whole or not at all: an older one of that name stays until the new one is on disk.
    """
    arrays: Arrays = {}
    inflow = run.inflow.part(0, run.inflow.members) if run else inflow
    content = {"network": to_dict(network), "inflow": _ensemble_out("inflow", inflow, arrays)}
    content["run"] = _run_out(run, arrays) if run else None
    entries = {CONTENT: _json(content)} | {f"{name}.npy": _npy(values) for name, values in arrays.items()}
    KIND.write(path, entries)


def open(path: Path) -> Archive:
    """Read what `save` wrote.

    Raises StoredFileError for a file that is missing, foreign, damaged, cut short or of a newer format.
    """
    entries = KIND.read(path)
    if CONTENT not in entries:
        raise StoredFileError(f"{path} is damaged at {CONTENT}; {KIND.again}")
    try:
        content = json.loads(entries[CONTENT])
        arrays = {name: _array(values) for name, values in entries.items() if name.endswith(".npy")}
        network = from_dict(Network, content["network"])
        inflow = _ensemble_in(content["inflow"], arrays)
        run = _run_in(network, inflow, content["run"], arrays)
    except (InputError, KeyError, TypeError, ValueError) as fault:
        raise StoredFileError(f"{path}: content does not fit together ({fault}); save it again") from fault
    return Archive(network, inflow, run)


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True).encode()


def _npy(values: NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(values), allow_pickle=False)
    return buffer.getvalue()


def _array(data: bytes) -> NDArray[Any]:
    values = np.load(io.BytesIO(data), allow_pickle=False)
    return np.asarray(values, dtype=values.dtype if values.dtype in KEPT_TYPES else np.float64)


def _axis_out(axis: TimeAxis) -> dict[str, Any]:
    return {"kind": axis.kind, "starts": [day.isoformat() for day in axis.starts]}


def _axis_in(stored: Mapping[str, Any]) -> TimeAxis:
    return TimeAxis(stored["kind"], tuple(date.fromisoformat(day) for day in stored["starts"]))


def _ensemble_out(name: str, ensemble: Ensemble | None, arrays: Arrays) -> dict[str, Any] | None:
    if ensemble is None:
        return None
    arrays[name] = ensemble.lanes
    labels = {f.name: getattr(ensemble, f.name) for f in fields(ensemble) if f.name not in ("axis", "lanes")}
    return {**to_dict(labels), "axis": _axis_out(ensemble.axis), "array": name}


def _ensemble_in(stored: Mapping[str, Any] | None, arrays: Mapping[str, Any]) -> Ensemble | None:
    if stored is None:
        return None
    kept = {key: stored[key] for key in ("quantity", "unit", "members", "how", "seed")}
    return Ensemble(
        items=tuple(stored["items"]),
        axis=_axis_in(stored["axis"]),
        lanes=arrays[f"{stored['array']}.npy"],
        states=tuple(tuple(states) for states in stored["states"]),
        evidence=tuple(from_dict(Evidence, part) for part in stored["evidence"]),
        reduced=tuple(stored.get("reduced", ())),
        **kept,
    )


def _run_out(run: Run, arrays: Arrays) -> dict[str, Any]:
    for when in STATES:
        arrays.update({f"{when}.{part}": values for part, values in vars(getattr(run, when)).items()})
    results = {name: _ensemble_out(name, getattr(run, name), arrays) for name in RESULTS}
    summary = {name: _summary_out(name, one, arrays) for name, one in run.summary.items()}
    counts = {"pivots": run.pivots, "repaired": run.repaired}
    return {**counts, "results": results, "summary": summary}


def _summary_out(name: str, summary: Summary, arrays: Arrays) -> dict[str, Any]:
    arrays.update({f"summary.{name}.{part}": getattr(summary, part) for part in REDUCED})
    return {field: getattr(summary, field) for field in ("quantity", "unit", "items", "count")}


def _summary_in(name: str, stored: Mapping[str, Any], arrays: Mapping[str, Any]) -> Summary:
    from mirab.core.flow.summary import Summary

    parts = {part: arrays[f"summary.{name}.{part}.npy"] for part in REDUCED}
    return Summary(**{**stored, "items": tuple(stored["items"])}, **parts)


def _run_in(
    network: Network, inflow: Ensemble | None, stored: Mapping[str, Any] | None, arrays: Mapping[str, Any]
) -> Run | None:
    if stored is None:
        return None
    from mirab.core.flow.run import Run, State

    parts: dict[str, Any] = {name: _ensemble_in(stored["results"][name], arrays) for name in RESULTS}
    for when in STATES:
        parts[when] = State(**{f.name: arrays[f"{when}.{f.name}.npy"] for f in fields(State)})
    reduced = stored.get("summary", {})
    parts["repaired"] = stored.get("repaired", 0)
    parts["summary"] = {name: _summary_in(name, one, arrays) for name, one in reduced.items()}
    return Run(model=network.compile(), inflow=_given(inflow), pivots=stored["pivots"], **parts)


def _given(inflow: Ensemble | None) -> Ensemble:
    if inflow is None:
        raise StoredFileError("the file holds a run without its inflow; save it again")
    return inflow
