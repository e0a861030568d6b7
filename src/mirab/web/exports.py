"""Exports: the records behind a view as JSON and as rows, each with how to cite them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from mirab.brief.tables import plain_cell
from mirab.core.phrase import Phrase, say
from mirab.core.plain import to_dict
from mirab.core.records import Briefing

Scalar = str | int | float | bool | None


def citation(briefing: Briefing) -> Phrase:
    """How to cite what an issue says."""
    return say(
        "Mirab {version}, {region}, issue {issue} as of {day}; sources beside each record",
        version=briefing.version,
        region=briefing.region_title,
        issue=briefing.issue,
        day=briefing.as_of,
    )


def as_json(briefing: Briefing, names: Sequence[str]) -> dict[str, Any]:
    """Records of an issue by the name of their field, with the issue they are of and their citation."""
    head = {"citation": citation(briefing), "issue": briefing.issue, "as_of": briefing.as_of.isoformat()}
    records = {name: to_dict(getattr(briefing, name)) for name in names}
    return {**head, "audience": briefing.audience.value, "records": records}


def as_csv(briefing: Briefing, name: str) -> str:
    """One kind of records as rows, the citation last; lists joined by |, what has parts as JSON."""
    rows = [_flat(to_dict(record)) for record in getattr(briefing, name)]
    heads = list(dict.fromkeys(key for row in rows for key in row))
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([*heads, "citation"])
    for row in rows:
        writer.writerow([plain_cell(row.get(head)) for head in heads] + [citation(briefing)])
    return file.getvalue()


def _flat(record: Mapping[str, Any]) -> dict[str, Scalar]:
    return {key: _cell(value) for key, value in record.items()}


def _cell(value: Any) -> Scalar:
    if isinstance(value, list) and not any(isinstance(one, (list, dict)) for one in value):
        return "|".join(str(one) for one in value)
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    scalar: Scalar = value
    return scalar
