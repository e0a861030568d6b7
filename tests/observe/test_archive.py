"""An archive gives back what was saved, is refused when it is not whole, and is never half written."""

import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from random_networks import random_case

from mirab import stamped
from mirab.core.calendar import TimeAxis
from mirab.core.ensemble import Ensemble, Ranged
from mirab.core.errors import NotKeptError, StoredFileError
from mirab.core.flow.run import Run
from mirab.core.records import Confidence, Evidence
from mirab.observe import archive
from mirab.stamped import STAMP


def part(inflow: Ensemble, first: int, last: int) -> Ensemble:
    axis = TimeAxis(inflow.axis.kind, inflow.axis.starts[first:last])
    evidence = (Evidence("source-1", Confidence.ESTIMATED, "a note"),)
    values = inflow.values()[:, first:last]
    return Ensemble.of("inflow", "m3/s", inflow.items, axis, values, seed=7, how="drawn", evidence=evidence)


def run_of(seed: int, steps: int = 3) -> Run:
    model, inflow = random_case(seed, members=9, steps=steps)
    return model.simulate(part(inflow, 0, steps), threads=1)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "naryn.mirab"
    run = run_of(11)
    archive.save(path, network=run.model.network, run=run)
    return path


@pytest.mark.parametrize("seed", [5, 11, 17])
def test_what_was_saved_comes_back_bit_for_bit(tmp_path: Path, seed: int) -> None:
    run, path = run_of(seed), tmp_path / "a.mirab"
    archive.save(path, network=run.model.network, run=run)
    back = archive.open(path)
    assert back.network == run.model.network
    assert back.run is not None
    for name in archive.RESULTS:
        mine, theirs = getattr(run, name), getattr(back.run, name)
        assert np.array_equal(mine.lanes, theirs.lanes)
        assert (mine.items, mine.states, mine.unit, mine.axis) == (
            theirs.items,
            theirs.states,
            theirs.unit,
            theirs.axis,
        )
    assert back.run.inflow.evidence == run.inflow.evidence
    assert (back.run.inflow.seed, back.run.inflow.how) == (7, "drawn")


def test_a_run_that_kept_little_comes_back_with_what_it_reduced(tmp_path: Path) -> None:
    model, inflow = random_case(11, members=9, steps=3)
    store = next(iter(model.network.stores))
    source = Ranged("inflow", "m3/s", inflow.items, inflow.axis, 9, inflow.part)
    run = model.simulate(source, threads=1, keep={"volume": [store]})
    archive.save(tmp_path / "few", network=model.network, run=run)
    back = archive.open(tmp_path / "few").run
    assert back is not None
    assert (back.volume.lanes.dtype, back.volume.reduced) == (np.float32, run.volume.reduced)
    assert np.array_equal(back.volume[store], run.volume[store])
    assert np.array_equal(back.inflow.part(0, 9).values(), inflow.values())
    with pytest.raises(NotKeptError, match="were not kept in this run"):
        back.balance()
    for name, summary in run.summary.items():
        for part in archive.REDUCED:
            assert np.array_equal(getattr(back.summary[name], part), getattr(summary, part))
        assert (back.summary[name].items, back.summary[name].count) == (summary.items, 9)


def test_a_network_alone_and_a_network_with_its_inflow_are_archives(tmp_path: Path) -> None:
    run = run_of(5)
    archive.save(tmp_path / "n", network=run.model.network)
    archive.save(tmp_path / "i", network=run.model.network, inflow=run.inflow)
    alone, driven = archive.open(tmp_path / "n"), archive.open(tmp_path / "i")
    assert (alone.inflow, alone.run, driven.run) == (None, None, None)
    assert driven.inflow is not None
    again = driven.network.compile().simulate(driven.inflow)
    assert np.array_equal(again.volume.lanes, run.volume.lanes)


def test_a_reopened_run_goes_on_and_explains(tmp_path: Path) -> None:
    model, inflow = random_case(11, members=9, steps=6)
    whole = model.simulate(inflow, threads=1)
    first = model.simulate(part(inflow, 0, 3), threads=1)
    archive.save(tmp_path / "first", network=model.network, run=first)
    back = archive.open(tmp_path / "first").run
    assert back is not None
    after = back.model.simulate(part(inflow, 3, 6), start=back.end, threads=1)
    assert after.volume.values() == pytest.approx(whole.volume.values()[:, 3:], abs=1e-6)
    claim = next(iter(model.network.claims))
    assert back.explain(claim, 2, 8).lines() == first.explain(claim, 2, 8).lines()


def test_the_same_content_makes_the_same_file(tmp_path: Path, saved: Path) -> None:
    run = run_of(11)
    archive.save(tmp_path / "again", network=run.model.network, run=run)
    assert (tmp_path / "again").read_bytes() == saved.read_bytes()


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(StoredFileError, match="does not exist; check the path"):
        archive.open(tmp_path / "none")


def foreign_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as other:
        other.writestr("hello.txt", "hello")


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda path: path.write_bytes(b""), "no archive of mirab"),
        (lambda path: path.write_text("volume,1.0\n"), "no archive of mirab"),
        (foreign_zip, "was not written by mirab"),
    ],
    ids=["empty", "text", "zip"],
)
def test_a_strangers_file_is_refused(tmp_path: Path, write: Callable[[Path], Any], message: str) -> None:
    write(tmp_path / "strange")
    with pytest.raises(StoredFileError, match=message):
        archive.open(tmp_path / "strange")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoredFileError, match="no archive of mirab"):
        archive.open(tmp_path)


def test_a_flipped_byte_is_refused_or_changes_nothing(saved: Path) -> None:
    """Bytes that no reader uses, such as the day of an entry, may change; the content may not."""
    whole, back = saved.read_bytes(), archive.open(saved)
    assert back.run is not None
    refused = 0
    places = range(0, len(whole), max(len(whole) // 300, 1))
    for place in places:
        saved.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        try:
            again = archive.open(saved).run
        except StoredFileError:
            refused += 1
            continue
        assert again is not None
        assert np.array_equal(again.volume.lanes, back.run.volume.lanes)
    assert refused > 0.7 * len(places)


def test_a_file_cut_short_is_refused(saved: Path) -> None:
    whole = saved.read_bytes()
    for kept in (1, 100, len(whole) // 2, len(whole) - 1):
        saved.write_bytes(whole[:kept])
        with pytest.raises(StoredFileError, match=r"cut short or damaged.*save it again"):
            archive.open(saved)


def restamped(path: Path, **change: object) -> None:
    """The same file with other words in its stamp."""
    with zipfile.ZipFile(path) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    entries["stamp.json"] = json.dumps(json.loads(entries["stamp.json"]) | change).encode()
    rewritten(path, entries)


def rewritten(path: Path, entries: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as new:
        for name, data in entries.items():
            new.writestr(name, data)


def test_a_newer_format_asks_for_an_update(saved: Path) -> None:
    restamped(saved, number=2, mirab="9.0")
    with pytest.raises(StoredFileError, match=r"written in format 2 of mirab 9\.0.*up to 1; update mirab"):
        archive.open(saved)


def test_another_programs_stamp_and_an_unreadable_one_are_refused(saved: Path) -> None:
    restamped(saved, format="other")
    with pytest.raises(StoredFileError, match="has the format 'other', not 'mirab archive'"):
        archive.open(saved)
    restamped(saved, number="x")
    with pytest.raises(StoredFileError, match="stamp that cannot be read"):
        archive.open(saved)


def test_an_entry_that_was_changed_added_or_taken_out_is_named(saved: Path) -> None:
    with zipfile.ZipFile(saved) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    changed = {**entries, "volume.npy": entries["flow.npy"]}
    lost = {name: data for name, data in entries.items() if name != "energy.npy"}
    for wrong, named in ((changed, "volume"), (lost, "energy"), ({**entries, "more.npy": b""}, "more")):
        rewritten(saved, wrong)
        with pytest.raises(StoredFileError, match=rf"is damaged at {named}\.npy"):
            archive.open(saved)


def test_content_that_does_not_fit_together_is_refused_even_when_its_digest_is_right(saved: Path) -> None:
    with zipfile.ZipFile(saved) as old:
        entries = {name: old.read(name) for name in old.namelist() if name != STAMP}
    content = json.loads(entries[archive.CONTENT])
    content["network"]["claims"] = {}
    content["inflow"]["members"] = 900
    entries[archive.CONTENT] = json.dumps(content).encode()
    rewritten(saved, {STAMP: json.dumps(archive.KIND.stamp(entries)).encode(), **entries})
    with pytest.raises(StoredFileError, match="content does not fit together"):
        archive.open(saved)


class PowerCutError(Exception):
    """Stands for whatever ends a process in the middle."""


@pytest.mark.parametrize("moment", ["writestr", "fsync", "replace", "write"])
@pytest.mark.parametrize("after", [0, 3])
def test_a_save_that_breaks_off_leaves_the_old_file_whole(
    saved: Path, monkeypatch: pytest.MonkeyPatch, moment: str, after: int
) -> None:
    before, calls = saved.read_bytes(), [0]
    owner = {
        "writestr": zipfile.ZipFile,
        "fsync": stamped.os,
        "replace": Path,
        "write": zipfile._ZipWriteFile,
    }[moment]
    original = getattr(owner, moment)

    def cut(*arguments: Any, **named: Any) -> Any:
        calls[0] += 1
        if calls[0] > after or moment in ("fsync", "replace"):
            raise PowerCutError("in the middle")
        return original(*arguments, **named)

    run = run_of(17)
    monkeypatch.setattr(owner, moment, cut)
    with pytest.raises(PowerCutError, match="in the middle"):
        archive.save(saved, network=run.model.network, run=run)
    monkeypatch.undo()
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]


def test_a_date_of_the_axis_is_a_date(saved: Path) -> None:
    inflow = archive.open(saved).inflow
    assert inflow is not None
    assert inflow.axis.starts[0] == date(2023, 3, 11)
