"""Partnerships: which states meet in which format on which theme, and who could bring a matter to one table.

Themes of a mandate are our reading of it, written in the pack. A format counts for a state where it is a
member or associate on the day. Nothing is scored: what is counted are formats and agreements.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from mirab.core.declared import codes, evidence
from mirab.core.domain import Row, Tables
from mirab.core.phrase import Phrase, chained, say
from mirab.core.records import Event, Evidence, Series
from mirab.follow import bodies, calendar
from mirab.follow.calendar import GROUP

MOST = 5
OPERATORS = (
    *("organ", "basin organisation", "power-system operator body", "development bank", "joint venture"),
    "association of transport companies",
)
COUNT = "formats"
PRIORITIES = ("state", "kind", "themes", "text", "announced", "progress")
TREATIES = ("themes", "treaty", "state", "status", "signed", "ratified")
SUPPORT = ("state", "actor", "theme", "amount", "unit_of_amount", "status", "date")


@dataclass(frozen=True)
class Convenor:
    """An organisation that could bring a matter to one table, and why: members, mandate, chair on the day.

    `missing` are states of the matter that are no members; `chair` and `last_verified` are empty where no
    chair is known, `is_sure` is false for one that is only expected.
    """

    org: str
    title: str
    theme: str
    members: tuple[str, ...]
    missing: tuple[str, ...]
    chair: str
    last_verified: str
    is_sure: bool
    evidence: Evidence

    def reason(self, names: Mapping[str, str]) -> Phrase:
        """The reason in words; `names` are those of states by code."""
        who = say("all states concerned are members")
        if self.missing:
            there, lack = (
                chained([names.get(code, code) for code in one], ", ") for one in (self.members, self.missing)
            )
            who = say("members are {there}, not {lack}", there=there, lack=lack)
        chair = say("chair now {who}", who=self.chair) if self.chair else say("no chair is known")
        return say(
            "{title}: {who}; its mandate covers {theme}; {chair}",
            **{"title": self.title, "who": who, "theme": self.theme, "chair": chair},
        )


def convenors(
    tables: Tables, states: Sequence[str], theme: str, on: date, *, group: str = GROUP
) -> tuple[Convenor, ...]:
    """At most five organisations whose mandate covers a theme, those with the most of the states first.

    Of those that reach equally far one with a known chair stands first, then the more specialised (fewer
    themes), then the smaller. Who has fewer than two of the states convenes nobody, and bodies that operate
    or lend are left out. The order is ours and says nothing of merit.
    """
    chairs = {
        event.id.rpartition(":")[2]: event for event in calendar.current_chairs(tables, on, group=group)
    }
    terms = {row["chair_id"]: row["org_id"] for row in tables.rows(f"{group}/chairmanships")}
    now = {terms[id]: event for id, event in chairs.items()}
    found = []
    for row in tables.rows(f"{group}/organisations"):
        if row["kind"] in OPERATORS:
            continue
        there = bodies.members(tables, row["org_id"], on, group=group)
        present = tuple(code for code in sorted(states) if code in there)
        if theme in codes(row["themes"]) and len(present) >= min(2, len(states)):
            one = _convenor(row, theme, present, states, now.get(row["org_id"]))
            size = len(codes(row["themes"])), len(there)
            found.append((len(one.missing), not one.chair, *size, one.title, one))
    return tuple(one for *_, one in sorted(found, key=lambda item: item[:5])[:MOST])


def _convenor(
    row: Row, theme: str, present: tuple[str, ...], states: Sequence[str], chair: Event | None
) -> Convenor:
    missing = tuple(sorted(set(states) - set(present)))
    held = _holder(chair.title) if chair else ""
    sure = chair is None or chair.evidence.confidence not in calendar.DOUBTS
    seen = chair.last_verified if chair else ""
    return Convenor(
        row["org_id"], calendar.titled(row), theme, present, missing, held, seen, sure, evidence(row)
    )


def _holder(title: str) -> str:
    """The state in the title of a chair, with what is doubtful about it."""
    made = title.values if isinstance(title, Phrase) else {}
    if "doubts" in made:
        return say("{text} ({doubts})", text=_holder(str(made["text"])), doubts=made["doubts"])
    return str(made["state"]) if "state" in made else title.partition(": ")[2]


def series(tables: Tables, on: date, *, group: str = GROUP) -> tuple[Series, ...]:
    """The partnerships of the states of a region as numbers and tables; none where it has no diplomacy.

    `partners:themes` counts formats by state and theme, `shared:pairs` formats and agreements in force of
    two states, `stated:priorities` what states announced, `stated:treaties` who has signed or ratified
    what, `stated:support` who supports whom with how much.
    """
    if not tables.rows(f"{group}/organisations"):
        return ()
    made = (_themes(tables, on, group), _pairs(tables, on, group), *_stated(tables, on, group))
    return tuple(one for one in made if any(one.columns.values()))


def _themes(tables: Tables, on: date, group: str) -> Series:
    """How many formats a state has on each theme, zero where it has none: a state without a forum."""
    formats = [row for row in tables.rows(f"{group}/organisations") if row["themes"]]
    there = {row["org_id"]: bodies.members(tables, row["org_id"], on, group=group) for row in formats}
    themes = sorted({theme for row in formats for theme in codes(row["themes"])})
    rows = [
        (
            state,
            theme,
            [row for row in formats if theme in codes(row["themes"]) and state in there[row["org_id"]]],
        )
        for state in _states(tables)
        for theme in themes
    ]
    columns = {
        "state": tuple(state for state, _, _ in rows),
        "theme": tuple(theme for _, theme, _ in rows),
        "formats": tuple(len(found) for *_, found in rows),
        "names": tuple(", ".join(sorted(_short(row) for row in found)) for *_, found in rows),
    }
    note = say("Members and associates on {day}; themes are our reading of the mandates.", day=on)
    return _made("partners:themes", say("Formats by state and theme"), COUNT, columns, formats, note)


def _pairs(tables: Tables, on: date, group: str) -> Series:
    formats = tables.rows(f"{group}/organisations")
    there = {row["org_id"]: bodies.members(tables, row["org_id"], on, group=group) for row in formats}
    made = [row for row in tables.rows(f"{group}/agreements") if (row["date"] or "9") <= on.isoformat()]
    rows = []
    for one, other in combinations(_states(tables), 2):
        meet = sorted(_short(row) for row in formats if {one, other} <= set(there[row["org_id"]]))
        share = [row["name"] for row in made if {one, other} <= set(codes(row.get("parties")))]
        rows.append((one, other, len(meet), ", ".join(meet), len(share), chained(share)))
    names = ("state", "with", "formats", "names", "agreements", "agreement_names")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}
    note = say("Agreements of whole groups are counted with the group only.")
    return _made("shared:pairs", say("Formats and agreements of two states"), COUNT, columns, formats, note)


def _stated(tables: Tables, on: date, group: str) -> list[Series]:
    day = on.isoformat()
    told = [row for row in tables.rows(f"{group}/priorities") if (row["announced"] or "") <= day]
    given = [row for row in tables.rows(f"{group}/support") if (row["date"] or "") <= day]
    texts = {row["agreement_id"]: row for row in tables.rows(f"{group}/agreements")}
    bound = [
        {
            **row,
            "treaty": texts[row["agreement_id"]]["name"],
            "themes": texts[row["agreement_id"]].get("subject"),
        }
        for row in tables.rows(f"{group}/parties")
        if max(row["signed"] or "", row["ratified"] or "") <= day
    ]
    return [
        _listed("stated:priorities", say("Priorities and initiatives as announced"), told, PRIORITIES),
        _listed("stated:treaties", say("Treaties and their parties"), bound, TREATIES),
        _listed("stated:support", say("Support, by actor and theme"), given, SUPPORT),
    ]


def _listed(id: str, title: str, rows: Sequence[Row], names: Sequence[str]) -> Series:
    ordered = sorted(rows, key=lambda row: tuple(str(row.get(name) or "") for name in names[:3]))
    columns = {
        name: tuple(row["unit" if name == "unit_of_amount" else name] for row in ordered)
        for name in (*names, "last_verified")
    }
    columns["rests_on"] = tuple(f"{row['source_id']} ({row['confidence']})" for row in ordered)
    return _made(id, title, "", columns if ordered else {}, ordered, "")


def _made(
    id: str, title: str, unit: str, columns: dict[str, tuple[object, ...]], rows: Iterable[Row], note: str
) -> Series:
    kept = list(rows)
    sources = tuple(dict.fromkeys(id for row in kept for id in codes(row["source_id"])))
    classes = ", ".join(dict.fromkeys(str(row["confidence"]) for row in kept))
    return Series(id, title, unit, columns, sources, classes, note)


def _states(tables: Tables) -> list[str]:
    return sorted(row["state"] for row in tables.rows("states"))


def _short(row: Row) -> str:
    return str(row["acronym"] or row["name_en"])
