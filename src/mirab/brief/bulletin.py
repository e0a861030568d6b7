"""The briefing as a folder: page, records and tables, for one audience, written whole or not at all."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mirab.brief.basemap import Basemap
from mirab.brief.edition import Edition
from mirab.core.errors import InputError, Problem
from mirab.core.imprint import Imprint
from mirab.core.plain import to_dict
from mirab.core.records import (
    PUBLIC_STANDINGS,
    Briefing,
    Evidence,
    LedgerLine,
    Marking,
    Option,
    Standing,
    Threat,
)

PART = re.compile(r"data|briefing\.json|briefing(\.[a-z]{2})?\.(html|pdf|docx)")
RECORDS = ("threats", "options", "commitments", "events", "observations", "series", "compounds")
FREE_TEXT = ("situation", "changes", "unknowns", "method", "ledger")


def write(
    briefing: Briefing, out: Path, *, basemap: Basemap, edition: Edition | None = None
) -> tuple[Path, ...]:
    """Write the files of an edition (briefing.html, data/*.csv) into the folder `out`; returns their paths.

    A page in another language than English carries its code (briefing.ru.html).
    Only what the briefing's own audience may see is written. The files are made aside and then renamed, so
    that `out` holds either the old briefing or the new one. Raises InputError where `out` is a file, holds
    anything that is no briefing, or cannot be written, and for a template that will not do.
    """
    wanted = edition or Edition()
    files = wanted.files(audience(briefing, briefing.audience), basemap)
    try:
        check(out, wanted)
        _place(files, out)
    except OSError as cause:
        raise _refusal(out, f"cannot be written: {cause.strerror or cause}") from cause
    return tuple(out / name for name in files)


def audience(briefing: Briefing, marking: Marking) -> Briefing:
    """The briefing as an audience may see it: every record with a narrower marking is gone.

    With it go the sources that only such records cite, their ids in other records, and sentences without a
    marking of their own that name one of them. Sentences of a briefing that is itself marked narrower are
    all left out. The public sees only options that are agreed or under negotiation (§13). Raises InputError
    where a record that stays says the title of one that goes.
    """
    parts: dict[str, Any] = {
        name: tuple(one for one in getattr(briefing, name) if visible(one, marking)) for name in RECORDS
    }
    kept = [one for records in parts.values() for one in records]
    gone = [one for name in RECORDS for one in getattr(briefing, name) if not visible(one, marking)]
    names = _names(gone) - _names(kept)
    closed = _narrower(briefing.marking, marking)
    for name in FREE_TEXT:
        parts[name] = (
            () if closed else tuple(one for one in getattr(briefing, name) if _says_none(one, names))
        )
    cited = _cited(gone) - _cited(kept)
    parts["sources"] = tuple(source for source in briefing.sources if source.id not in cited)
    parts["imprint"] = _imprint(briefing.imprint, marking, names, closed=closed)
    shown = replace(briefing, **parts, audience=marking, marking=marking)
    _refuse_leaks(kept, names)
    return _without_ids(shown, {one.id for one in gone if hasattr(one, "id")})


def _imprint(imprint: Imprint, marking: Marking, names: set[str], *, closed: bool) -> Imprint:
    """The imprint without turns and words that an audience may not see."""
    seen = (one for one in imprint.turns if visible(one, marking) and _says_none(one.text, names))
    told = "" if closed or not _says_none(imprint.correction, names) else imprint.correction
    return replace(imprint, correction=told, turns=() if closed else tuple(seen))


def _narrower(one: Marking, other: Marking) -> bool:
    order = list(Marking)
    return order.index(one) > order.index(other)


def visible(record: Any, marking: Marking) -> bool:
    """Whether an audience may see a record: by its marking and, for the public, its standing (§13)."""
    standing = getattr(record, "standing", Standing.AGREED)
    if marking is Marking.PUBLIC and standing not in PUBLIC_STANDINGS:
        return False
    return not _narrower(record.marking, marking)


def _names(records: Iterable[Any]) -> set[str]:
    texts = {getattr(record, name, "") for record in records for name in ("id", "title", "what")}
    return {text.casefold() for text in texts if text}


def _says_none(said: str | LedgerLine, names: set[str]) -> bool:
    text = f"{said.part} {said.remark}" if isinstance(said, LedgerLine) else said
    return not any(name in text.casefold() for name in names)


def _refuse_leaks(kept: Iterable[Any], names: set[str]) -> None:
    """Raise InputError where a record that stays says the title of one that goes."""
    written = (re.escape(json.dumps(name, ensure_ascii=False)[1:-1]) for name in names if " " in name)
    said = [rf"(?<!\w){name}(?!\w)" for name in written]
    leaks = [one for one in kept if any(re.search(name, _said(one)) for name in said)]
    if leaks:
        what = "names a record that this audience may not see"
        fix = "reword it or give it the narrower marking"
        raise InputError(
            "audience", [Problem(getattr(one, "id", one.__class__.__name__), what, fix) for one in leaks]
        )


def _said(record: Any) -> str:
    return json.dumps(to_dict(record), ensure_ascii=False).casefold()


def _cited(records: Iterable[Any]) -> set[str]:
    found: set[str] = set()
    for record in records:
        evidence = getattr(record, "evidence", ())
        found |= {one.source_id for one in ([evidence] if isinstance(evidence, Evidence) else evidence)}
        found |= {step.evidence.source_id for step in getattr(record, "history", ())}
        found |= set(getattr(record, "source_ids", ()))
    return found


def _without_ids(briefing: Briefing, gone: set[str]) -> Briefing:
    def threat(one: Threat) -> Threat:
        return replace(one, options=tuple(id for id in one.options if id not in gone))

    def option(one: Option) -> Option:
        return replace(one, threats=tuple(effect for effect in one.threats if effect.threat not in gone))

    threats, options = tuple(map(threat, briefing.threats)), tuple(map(option, briefing.options))
    return replace(briefing, threats=threats, options=options)


def check(out: Path, edition: Edition | None = None) -> None:
    """Raise InputError where a briefing cannot be written: `out` is a file, or a folder of something else.

    So it does for an edition that cannot be made.
    """
    if out.exists() and not out.is_dir():
        raise _refusal(out, "is a file")
    strangers = sorted(e.name for e in out.iterdir() if not PART.fullmatch(e.name)) if out.is_dir() else []
    if strangers:
        raise _refusal(out, f"holds {strangers[0]!r}, which is no part of a briefing")
    if edition:
        edition.check()


def _refusal(out: Path, what: str) -> InputError:
    return InputError("briefing folder", [Problem(str(out), what, "choose a new or empty folder with --out")])


def _place(files: Mapping[str, str | bytes], out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as aside:
        fresh, old = Path(aside) / "new", Path(aside) / "old"
        for name, text in files.items():
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            (fresh / name).write_bytes(text.encode() if isinstance(text, str) else text)
        if out.exists():
            out.rename(old)
        try:
            fresh.rename(out)
        except OSError:
            if old.exists():
                shutil.move(old, out)
            raise
