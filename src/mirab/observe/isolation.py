"""The one place where any error of a connector becomes words, so that it stops no other source (§3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from mirab.core.errors import InputError, MirabError

Made = TypeVar("Made")


@dataclass(frozen=True)
class Failure:
    """What a step could not do; `error` is there where it was raised on purpose."""

    words: str
    error: MirabError | None = None


def isolated(step: Callable[[], Made]) -> Made | Failure:
    """What a step gives, or how it failed."""
    try:
        return step()
    except MirabError as error:
        return Failure(told(error), error)
    except Exception as error:
        return Failure(f"its connector failed: {type(error).__name__}: {error}")


def told(error: MirabError) -> str:
    """The problems of an error in one line."""
    return "; ".join(map(str, error.problems)) if isinstance(error, InputError) else str(error)
