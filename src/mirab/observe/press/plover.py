"""Events of the store with the field names of PLOVER, as rows of CSV or as JSON.

Fields of the PLOVER manual (2021): id, date, enddate, actor, recipient, event, mode, context, event_loc,
event_text, quad_code, text_info. Ours beside them: aux_mode (held, future, negated and so on), date_known,
reports and confidence. What stands in context are our themes, which are not the manual's 37 contexts. Several
reports of one story are one event.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from mirab.observe.press.counts import Told, told
from mirab.observe.press.store import Stored

QUADS = ("verbal cooperation", "material cooperation", "verbal conflict", "material conflict")
COLUMNS = (
    *("id", "date", "enddate", "actor", "recipient", "event", "mode", "aux_mode", "context", "event_loc"),
    *("event_text", "quad_code", "date_known", "reports", "confidence", "text_info"),
)


def exported(records: Iterable[Stored]) -> list[dict[str, Any]]:
    """Events by story, in order of day; `quad_code` counts 1 to 4 as the quads stand in QUADS.

    `text_info` has for each report the document, its publisher, day and address, the characters of the
    words that show the event and of their sentence, and the rule.
    """
    stories = told(one for one in records if one.kind == "event")
    return sorted((_row(one) for one in stories), key=lambda row: (row["date"], row["id"]))


def as_json(rows: Iterable[dict[str, Any]]) -> str:
    """The rows as a JSON list."""
    return json.dumps(list(rows), ensure_ascii=False, indent=1)


def as_csv(rows: Iterable[dict[str, Any]]) -> str:
    """The rows as CSV: lists joined by |, `text_info` as JSON."""
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(name, value) for name, value in row.items()} for row in rows)
    return file.getvalue()


def _cell(name: str, value: Any) -> Any:
    if name == "text_info":
        return json.dumps(value, ensure_ascii=False)
    return "|".join(value) if isinstance(value, list) else value


def _row(story: Told) -> dict[str, Any]:
    one, body = story.first, story.first.body
    when, where = body["when"], body["where"]
    return {
        "id": one.story or one.id,
        "date": when["start"] or "",
        "enddate": when["end"] or "",
        "actor": body["actors"],
        "recipient": body["recipients"],
        "event": [body["type"]],
        "mode": [body["manner"]] if body["manner"] else [],
        "aux_mode": body["mode"],
        "context": body["contexts"],
        "event_loc": "|".join(part for part in (where["name"], where["state"]) if part),
        "event_text": " ".join(one.sentence.split()),
        "quad_code": QUADS.index(body["quad"]) + 1,
        "date_known": when["known"],
        "reports": story.reports,
        "confidence": body["confidence"],
        "text_info": [_text(record) for record in story.records],
    }


def _text(one: Stored) -> dict[str, Any]:
    trigger, sentence = one.body["evidence"][0], one.body["evidence"][1]
    return {
        "document": one.document,
        "title": one.title,
        "publisher": one.publisher,
        "published": one.published,
        "url": one.url,
        "start": trigger["start"],
        "end": trigger["end"],
        "sentence_start": sentence["start"],
        "sentence_end": sentence["end"],
        "rule": trigger["rule"],
        "record": one.id,
    }
