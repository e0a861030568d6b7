"""Sections of the briefing: one file each with TITLE, ORDER and `view`, and a template of the same name.

TITLE is a key of the words, ORDER the place in the page: below PAGE_ONE the section is a block of page one.
`view(briefing)` picks what its template shows; it does not write words or draw. A section that not every
briefing has says so by `is_shown(briefing)`. Adding the two files is all.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mirab.core.errors import UnknownNameError
from mirab.core.records import Briefing

PAGE_ONE = 100


@dataclass(frozen=True)
class Section:
    """One section: its name (that of its two files), the key of its title, its place, view, and if shown."""

    name: str
    title: str
    order: int
    view: Callable[[Briefing], dict[str, Any]]
    is_shown: Callable[[Briefing], bool] = lambda briefing: True

    @property
    def on_page_one(self) -> bool:
        """Whether the section is a block of page one."""
        return self.order < PAGE_ONE


def section(name: str) -> Section:
    """The section of a name; raises UnknownNameError with the nearest one."""
    known = _names()
    if name not in known:
        raise UnknownNameError("section", name, known)
    module = importlib.import_module(f"{__name__}.{name}")
    is_shown = getattr(module, "is_shown", Section.is_shown)
    return Section(name, module.TITLE, module.ORDER, module.view, is_shown)


def sections(first: Sequence[str] = ()) -> tuple[Section, ...]:
    """All sections: page one in its fixed order, then those named in `first`, then the rest by ORDER.

    Raises UnknownNameError for a name in `first` that no section carries.
    """
    named = [section(name).name for name in first]
    found = [section(name) for name in _names()]
    return tuple(sorted(found, key=lambda one: _place(one, named)))


def _place(one: Section, named: Sequence[str]) -> tuple[bool, int, int]:
    asked = not one.on_page_one and one.name in named
    return not one.on_page_one, named.index(one.name) if asked else len(named), one.order


def _names() -> tuple[str, ...]:
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))
