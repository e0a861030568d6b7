"""Views: what each address shows, by the sections of the briefing and the records behind them."""

from __future__ import annotations

from dataclasses import dataclass

from mirab.core.errors import UnknownNameError


@dataclass(frozen=True)
class View:
    """One address: its sections in order, the records that its `.json` and `.csv` hold, the first as rows.

    `main` are the seven views of the head of the page; the others stand below it.
    """

    name: str
    sections: tuple[str, ...]
    records: tuple[str, ...]
    main: bool = False


VIEWS = (
    View(
        "today",
        ("masthead", "summary", "changes", "top_threats", "small_map", "steps", "ahead", "unknowns"),
        ("threats", "options", "commitments", "events"),
        main=True,
    ),
    View("threats", ("threat_map", "threats"), ("threats", "compounds"), main=True),
    View("solutions", ("joint",), ("options",), main=True),
    View("meetings", ("record", "partnerships"), ("series",), main=True),
    View("promises", ("promises",), ("commitments",), main=True),
    View("state", ("focus",), ("threats", "commitments"), main=True),
    View("data", ("ledger", "sources"), ("series", "observations", "sources"), main=True),
    View("rivers", ("outlook", "served", "contested"), ("observations", "series")),
    View("corridors", ("corridors", "bottlenecks", "corridor_record"), ("series",)),
    View("fibre", ("exits",), ("series",)),
    View("security", ("security",), ("series",)),
    View("goals", ("goals", "landlocked", "integration"), ("series",)),
    View("calendar", ("calendar",), ("events", "commitments")),
    View("about", ("method",), ("sources",)),
)


def view(name: str) -> View:
    """The view of a name; raises UnknownNameError with the nearest one."""
    known = {one.name: one for one in VIEWS}
    if name not in known:
        raise UnknownNameError("view", name, known)
    return known[name]


def home(section: str) -> str:
    """Name of the view that shows a section, the narrowest where two do; raises UnknownNameError."""
    homes = {part: one.name for one in VIEWS for part in one.sections}
    if section not in homes:
        raise UnknownNameError("section", section, homes)
    return homes[section]
