"""The briefing as a folder: page, records and tables, for one audience, written whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from mirab.brief import tables
from mirab.brief.basemap import Basemap
from mirab.brief.page import Page
from mirab.brief.words import REFERENCE, load
from mirab.core.errors import InputError, Problem
from mirab.core.records import Briefing, Evidence, Marking, Standing, to_dict

PARTS = {"briefing.html", "briefing.json", "briefing.pdf", "data"}
RECORDS = ("threats", "options", "commitments", "events", "observations", "series")
FREE_TEXT = ("situation", "changes", "unknowns", "method")
PUBLIC_STANDINGS = (Standing.AGREED, Standing.UNDER_NEGOTIATION)


def write(briefing: Briefing, out: Path, *, basemap: Basemap, language: str = REFERENCE) -> tuple[Path, ...]:
    """Write briefing.html, briefing.json and data/*.csv into the folder `out`; returns their paths.

    Only what the briefing's own audience may see is written. The files are made aside and then renamed, so
    that `out` holds either the old briefing or the new one. Raises InputError where `out` is a file, holds
    anything that is no briefing, or cannot be written.
    """
    files = _files(audience(briefing, briefing.audience), basemap, language)
    try:
        _check(out)
        _place(files, out)
    except OSError as cause:
        raise _refusal(out, f"cannot be written: {cause.strerror or cause}") from cause
    return tuple(out / name for name in files)


def audience(briefing: Briefing, marking: Marking) -> Briefing:
    """The briefing as an audience may see it: every record with a narrower marking is gone.

    With it go the sources that only such records cite, their ids in other records, and sentences without a
    marking of their own that name one of them. Sentences of a briefing that is itself marked narrower are
    all left out. The public sees only options that are agreed or under negotiation (§13).
    """
    kept = {name: tuple(one for one in getattr(briefing, name) if _visible(one, marking)) for name in RECORDS}
    gone = [one for name in RECORDS for one in getattr(briefing, name) if not _visible(one, marking)]
    names = {text for one in gone for text in _names(one)} - {text for one in _all(kept) for text in _names(one)}
    closed = _narrower(briefing.marking, marking)
    texts = {name: () if closed else _free(getattr(briefing, name), names) for name in FREE_TEXT}
    ledger = () if closed else tuple(line for line in briefing.ledger if _says_none(f"{line.part} {line.remark}", names))
    cited = _cited(gone) - _cited(_all(kept))
    sources = tuple(source for source in briefing.sources if source.id not in cited)
    shown = replace(briefing, **kept, **texts, ledger=ledger, sources=sources, audience=marking, marking=marking)
    return _without_ids(shown, {one.id for one in gone if hasattr(one, "id")})


def _narrower(one: Marking, other: Marking) -> bool:
    order = list(Marking)
    return order.index(one) > order.index(other)


def _visible(record: Any, marking: Marking) -> bool:
    hidden = hasattr(record, "standing") and marking is Marking.PUBLIC and record.standing not in PUBLIC_STANDINGS
    return not hidden and not _narrower(record.marking, marking)


def _all(kept: dict[str, tuple[Any, ...]]) -> Iterable[Any]:
    return (one for records in kept.values() for one in records)


def _names(record: Any) -> set[str]:
    texts = {getattr(record, name, "") for name in ("id", "title", "what")}
    return {text.casefold() for text in texts if text}


def _says_none(sentence: str, names: set[str]) -> bool:
    return not any(name in sentence.casefold() for name in names)


def _free(sentences: Iterable[str], names: set[str]) -> tuple[str, ...]:
    return tuple(sentence for sentence in sentences if _says_none(sentence, names))


def _cited(records: Iterable[Any]) -> set[str]:
    found: set[str] = set()
    for record in records:
        evidence = getattr(record, "evidence", ())
        found |= {one.source_id for one in ([evidence] if isinstance(evidence, Evidence) else evidence)}
        found |= {step.evidence.source_id for step in getattr(record, "history", ())}
        found |= set(getattr(record, "source_ids", ()))
    return found


def _without_ids(briefing: Briefing, gone: set[str]) -> Briefing:
    threats = tuple(
        replace(threat, options=tuple(id for id in threat.options if id not in gone)) for threat in briefing.threats
    )
    options = tuple(
        replace(option, effect_on_threats={id: v for id, v in option.effect_on_threats.items() if id not in gone})
        for option in briefing.options
    )
    return replace(briefing, threats=threats, options=options)


def _files(briefing: Briefing, basemap: Basemap, language: str) -> dict[str, str]:
    return {
        "briefing.html": Page(briefing, basemap, load(language)).html(),
        "briefing.json": _json(briefing),
        **tables.files(briefing, basemap),
    }


def _json(briefing: Briefing) -> str:
    try:
        return json.dumps(to_dict(briefing), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    except ValueError as cause:
        problem = Problem("records", f"hold a number that is not finite: {cause}", "say None where a figure is absent")
        raise InputError("briefing", [problem]) from cause


def _check(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise _refusal(out, "is a file")
    strangers = sorted({entry.name for entry in out.iterdir()} - PARTS) if out.is_dir() else []
    if strangers:
        raise _refusal(out, f"holds {strangers[0]!r}, which is no part of a briefing")


def _refusal(out: Path, what: str) -> InputError:
    return InputError("briefing folder", [Problem(str(out), what, "choose a new or empty folder with --out")])


def _place(files: dict[str, str], out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as aside:
        fresh, old = Path(aside) / "new", Path(aside) / "old"
        for name, text in files.items():
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            (fresh / name).write_text(text, encoding="utf-8")
        if out.exists():
            os.rename(out, old)
        try:
            os.rename(fresh, out)
        except OSError:
            if old.exists():
                shutil.move(old, out)
            raise
