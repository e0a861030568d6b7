"""Plain: records as JSON values and back, checked against their types."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any, TypeVar

R = TypeVar("R")


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


def schema(record_type: type) -> dict[str, Any]:
    """JSON schema of a record type."""
    from pydantic import TypeAdapter

    return TypeAdapter(record_type).json_schema()


def from_dict(record_type: type[R], values: dict[str, Any]) -> R:
    """The record that `to_dict` wrote, checked against its type."""
    from pydantic import TypeAdapter

    return TypeAdapter(record_type).validate_python(values)
