"""Plain: records as JSON values and back, checked against their types, phrases among them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from enum import Enum
from typing import Any, TypeVar

from mirab.core.phrase import Phrase

R = TypeVar("R")
PHRASES = "phrases"


@dataclass(frozen=True)
class _Made:
    """The template of a phrase, the one for other counts, and the values of both."""

    template: str
    many: str
    values: dict[str, Any]


def to_dict(record: Any) -> Any:
    """Plain JSON values of a record: dates as ISO text, enumerations as their words, tuples as lists."""
    if is_dataclass(record) and not isinstance(record, type):
        return {f.name: to_dict(getattr(record, f.name)) for f in fields(record)}
    if isinstance(record, Enum):
        return record.value
    if isinstance(record, date):
        return record.isoformat()
    if isinstance(record, dict):
        return {str(key): to_dict(value) for key, value in record.items()}
    if isinstance(record, (list, tuple)):
        return [to_dict(value) for value in record]
    return record


def with_phrases(record: Any) -> dict[str, Any]:
    """The values of `to_dict`, and beside them under `phrases` how each phrase was made, by its English text.

    The records read as English; from `phrases` `from_dict` gives phrases back, so that an issue can be said
    in another language later.
    """
    return {**to_dict(record), PHRASES: to_dict(_made_of(record))}


def mapped(record: Any, change: Callable[[str], str]) -> Any:
    """The record with every text in it changed; keys, enumerations, numbers and days stay."""
    if isinstance(record, Enum):
        return record
    if isinstance(record, str):
        return change(record)
    if is_dataclass(record) and not isinstance(record, type):
        return replace(record, **{f.name: mapped(getattr(record, f.name), change) for f in fields(record)})
    if isinstance(record, Mapping):
        return {key: mapped(value, change) for key, value in record.items()}
    if isinstance(record, (list, tuple)):
        return type(record)([mapped(value, change) for value in record])
    return record


def schema(record_type: type) -> dict[str, Any]:
    """JSON schema of a record type."""
    from pydantic import TypeAdapter

    return TypeAdapter(record_type).json_schema()


def from_dict(record_type: type[R], values: dict[str, Any]) -> R:
    """The record that `to_dict` or `with_phrases` wrote, checked against its type, phrases as phrases."""
    from pydantic import TypeAdapter

    found = TypeAdapter(record_type).validate_python(values)
    made = TypeAdapter(dict[str, _Made]).validate_python(values.get(PHRASES, {}))
    told: R = mapped(found, lambda text: _again(text, made)) if made else found
    return told


def _made_of(record: Any) -> dict[str, _Made]:
    """How each phrase of a record was made, and each phrase inside a phrase."""
    found: dict[str, _Made] = {}

    def note(text: str) -> str:
        if isinstance(text, Phrase) and text not in found:
            inner = _unwrapped(text)
            found[str(text)] = _Made(inner.template, inner.many, _plain(inner.values))
            mapped(dict(inner.values), note)
        return text

    mapped(record, note)
    return found


def _unwrapped(phrase: Phrase) -> Phrase:
    """The phrase inside one that says nothing else."""
    inner = next((one for one in phrase.values.values() if isinstance(one, Phrase) and one == phrase), None)
    return phrase if inner is None else _unwrapped(inner)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a phrase for JSON; a day stands as `{"day": ISO}`, so that no text is taken for one."""
    return {k: {"day": one.isoformat()} if isinstance(one, date) else one for k, one in values.items()}


def _again(text: str, made: Mapping[str, _Made]) -> str:
    """The phrase that had this English text, where one had; the bare text else."""
    if text not in made:
        return text
    one = made[text]
    values = {name: value if value == text else _part(value, made) for name, value in one.values.items()}
    told = Phrase(one.template, one.many, **values)
    return told if told == text else text


def _part(value: Any, made: Mapping[str, _Made]) -> Any:
    if isinstance(value, dict):
        return date.fromisoformat(value["day"])
    return _again(value, made) if isinstance(value, str) else value
