"""Targets on the terminal and as the numbers behind the sections *Goals* and *Landlocked programme*."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from statistics import median
from typing import TYPE_CHECKING, Any

from mirab.brief.figures import Figures
from mirab.brief.series import LEVELS
from mirab.brief.words import Words, load
from mirab.core.phrase import say
from mirab.core.plain import to_dict
from mirab.core.records import Confidence, Option, Series
from mirab.core.targets import Fresh, Target
from mirab.follow.targets.aims import Aims
from mirab.follow.targets.course import EVEN, Course, Outcome, known
from mirab.follow.targets.goals import GOALS, Cell

PATHS, PAST_FIGURES = 4, 10
FRESH = ("goals.fresh", "goals.fresh_edition")

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


def as_json(
    aims: Aims, *, state: str, on: date, members: int, seed: int, steps: Sequence[Option] = ()
) -> str:
    """Targets, courses, goals, index and the goals of steps as JSON; those of one state where it is named."""
    measured = aims.measured
    chosen = aims.of_state(state) if state else aims.courses
    found = {
        "as_of": on,
        "members": members,
        "seed": seed,
        "programmes": tuple(measured.programmes.values()),
        "targets": tuple(measured.targets),
        "courses": chosen,
        "goals": tuple(cell for cell in aims.cells if state in ("", cell.state)),
        "index": tuple(one for one in aims.standings if state in ("", one.state)),
        "shared": aims.shared,
        "fresh": tuple(one for one in measured.fresh if state in ("", one.state)),
        "steps": tuple({"id": one.id, "title": one.title, "goals": one.goals} for one in steps if one.goals),
    }
    return json.dumps(to_dict(found), indent=2, ensure_ascii=False)


def show(
    aims: Aims,
    names: Mapping[str, str],
    *,
    state: str,
    steps: Sequence[Option] = (),
    console: Console | None = None,
) -> None:
    """Print the goals of all states, or the targets of one, with programmes and what states share.

    `steps` are joint steps; a shared goal names those that touch it.
    """
    from rich.console import Console

    console = console or Console()
    say = Figures(load(), names)
    lines = list(_state_lines(aims, state, say)) if state else list(_region_lines(aims, say, steps))
    for line in lines:
        console.print(line, highlight=False, markup=False) if isinstance(line, str) else console.print(line)
    notes = [say.words.get(f"note.state.{code}") for code in ([state] if state else aims.states)]
    for note in filter(None, notes):
        console.print(f"\n{note}", highlight=False, markup=False)


def _region_lines(aims: Aims, say: Figures, steps: Sequence[Option]) -> Iterator[Any]:
    words = say.words
    yield words("goals.how")
    yield _matrix(aims, say)
    yield record_line(aims, words)
    yield from fresh_lines(aims.measured.fresh, words)
    yield words("goals.index_how")
    yield _index(aims, say)
    for one in aims.shared:
        yield words("goals.shared", goal=_goal(one.goal, words), states=say.names(one.states))
        if touching := "; ".join(step.title for step in steps if one.goal in step.goals):
            yield f"  {words('goals.touched', steps=touching)}"
    for programme in aims.measured.programmes.values():
        yield f"\n{programme_line(aims, programme.id, words)}"
        if programme.base_year is not None:
            yield words("landlocked.base", year=str(programme.base_year), basis=programme.base_year_basis)


def programme_line(aims: Aims, programme: str, words: Words) -> str:
    """How many targets of a programme have a number and something that measures them."""
    own = [target for target in aims.measured.targets if target.programme == programme]
    known = sum(target.rule != "unknown" and target.indicator is not None for target in own)
    title = aims.measured.programmes[programme].title
    return words("landlocked.counted", title=title, known=known, all=len(own))


def _matrix(aims: Aims, say: Figures) -> Table:
    from rich.table import Table

    table = Table(say.words("goals.goal"), *aims.states, box=None)
    for goal in GOALS:
        own = {cell.state: cell for cell in aims.cells if cell.goal == goal}
        table.add_row(_goal(goal, say.words), *(_told(own[state], say.words) for state in aims.states))
    return table


def _index(aims: Aims, say: Figures) -> Table:
    from rich.table import Table

    table = Table(say.words("goals.index"), *aims.states, box=None)
    for name in ("present", "filled"):
        values = [getattr(one, name) for one in aims.standings]
        table.add_row(say.words(f"goals.{name}"), *(say.number(value) for value in values))
    return table


def _goal(goal: int, words: Words) -> str:
    return f"{goal} {words(f'goal.{goal}')}"


def _told(cell: Cell, words: Words) -> str:
    """A cell in short: on course of judged, and the word for it."""
    status = words(f"goal_status.{cell.status.replace(' ', '_')}")
    return f"{cell.on_course}/{cell.judged} {status}" if cell.judged else status


def _state_lines(aims: Aims, state: str, say: Figures) -> Iterator[Any]:
    from rich.padding import Padding

    words = say.words
    targets = {target.id: target for target in aims.measured.targets}
    yield words("goals.of_state", state=say.names([state]))
    heads = [words(f"goals.{head}") for head in ("last", "aim", "ahead", "chance", "un_status", "gap")]
    for programme in aims.measured.programmes.values():
        yield f"\n{programme.title}"
        for course in aims.of_state(state):
            target = targets[course.target]
            if target.programme == programme.id:
                title, *values, note = cells(course, target, aims, say)
                told = [f"{head} {value}" for head, value in zip(heads, values, strict=True) if value]
                yield f"{title}: {note}"
                yield Padding("; ".join(told), (0, 0, 0, 2))
    yield words("goals.methods_how")
    yield record_line(aims, words)


def cells(course: Course, target: Target, aims: Aims, say: Figures) -> tuple[str, ...]:
    """One row of a state's table: target, last figure, aim, members by then, chance, methods, note."""
    words, absent = say.words, say.words("figure.absent")
    unit = aims.measured.indicators[target.indicator].unit if target.indicator else ""
    ahead = "" if course.ahead is None else " to ".join(say.number(course.ahead[i]) for i in (0, 2))
    chance = "" if course.probability is None else say.members(course.probability)
    methods = course.methods
    gap = methods.asks or "" if methods.gap is None else f"{say.number(methods.gap)} % ({methods.asks})"
    notes = [words("goals.from_year", year=str(course.met_in))] if _ahead(course) else []
    notes += [words("goals.disagree")] if methods.disagree else []
    notes += [words("goals.near")] if methods.near else []
    notes += [words("goals.no_skill")] if course.probability is not None and not skilful(aims, target) else []
    outcome = words(f"outcome.{course.outcome.replace(' ', '_')}")
    last = absent if course.last is None else f"{say.number(course.last[1])} ({course.last[0]})"
    title = f"{target.text} ({unit})" if unit else target.text
    aim = absent if course.level is None else f"{say.number(course.level)} ({target.deadline})"
    said = "; ".join([outcome, *notes])
    return (title, last, aim, ahead, chance, methods.status or "", gap, said)


def _ahead(course: Course) -> bool:
    """Whether the target is not met yet, and half of the members meet it from a year on."""
    return course.met_in is not None and course.outcome is not Outcome.MET


def skilful(aims: Aims, target: Target) -> bool:
    """Whether the forecast of the indicator beat both baselines on figures that it had not seen (§11)."""
    record = aims.measured.records.get(target.indicator or "")
    return record is not None and record.skilful


def record_line(aims: Aims, words: Words) -> str:
    """On how many indicators of the targets the forecast beat both baselines, and by how much, in words."""
    named = {
        target.indicator for target in aims.measured.targets if target.indicator and target.rule != "unknown"
    }
    records = [one for name, one in aims.measured.records.items() if name in named]
    if not records:
        return words("goals.no_record")
    wins = sum(one.skilful for one in records)
    less = [1.0 - median(one.score / getattr(one, base) for one in records) for base in ("last", "line")]
    shares = {name: round(100 * share) for name, share in zip(("last", "line"), less, strict=True)}
    return words(
        "goals.record", wins=wins, all=len(records), cases=sum(one.cases for one in records), **shares
    )


def fresh_lines(fresh: Sequence[Fresh], words: Words) -> list[str]:
    """How many series of each live source count in place of the pack's, and how far they reach."""
    return [words(FRESH[bool(row["edition"])], **row) for row in editions(fresh)]


def editions(fresh: Sequence[Fresh]) -> list[dict[str, Any]]:
    """One row for each author: newest edition, series, how many reach further than the pack's, last year."""
    found: dict[str, list[Fresh]] = {}
    for one in fresh:
        found.setdefault(one.author, []).append(one)
    return [
        {
            "author": author,
            "edition": max(one.vintage for one in own),
            "series": len(own),
            "further": sum(one.packed is None or one.last > one.packed for one in own),
            "last": str(max(one.last for one in own)),
        }
        for author, own in sorted(found.items())
    ]


def series(aims: Aims, names: Mapping[str, str]) -> tuple[Series, ...]:
    """Goals by state, the index, and all courses: the numbers behind the sections, one CSV each.

    `names` are those of the states by code.
    """
    sources, record = _sources(aims), record_line(aims, load())
    ours = say("Ours: three quarters of the judged targets on course, half of them, fewer.")
    scored = say("Scores of the Sustainable Development Report 2019 on the indicators in hand.")
    tables: list[tuple[str, str, str, list[dict[str, Any]], str]] = [
        ("goals:matrix", say("Goals by state"), "targets", [asdict(cell) for cell in aims.cells], ours),
        (
            "goals:index",
            say("Index with and without the fill"),
            "points",
            [asdict(o) for o in aims.standings],
            scored,
        ),
        ("goals:shared", say("Goals off course in most states"), "states", _shared(aims), ours),
        ("targets:courses", say("Targets by state"), "as in measured_in", _rows(aims), record),
        ("targets:programmes", say("Programmes"), "year", _programmes(aims), ""),
    ]
    if aims.measured.fresh:
        told = say("In place of the figures of the pack; a series of one state has one author.")
        fresh = [asdict(one) for one in aims.measured.fresh]
        tables.append(("goals:fresh", say("Figures of live sources"), "as in measured_in", fresh, told))
    found = [
        Series(id, title, unit, _columns(rows), sources, Confidence.COMPUTED.value, note)
        for id, title, unit, rows, note in tables
    ]
    return (*found, *paths(aims, names))


def paths(aims: Aims, names: Mapping[str, str]) -> tuple[Series, ...]:
    """Fans to the deadline against the line to reach: of the PATHS targets whose chance is nearest to a half.

    One of each indicator, those with PAST_FIGURES or more before those with fewer. Columns: date, p05 to p95
    of the members, `target`, `observed`.
    """
    judged = [one for one in aims.courses if one.probability is not None and one.outcome is Outcome.OPEN]
    targets = {target.id: target for target in aims.measured.targets}
    nearest = sorted(
        judged, key=lambda one: (_is_short(one, targets, aims), abs((one.probability or 0.0) - EVEN))
    )
    found: dict[str, Series] = {}
    for course in nearest:
        indicator = targets[course.target].indicator
        if indicator is not None and indicator not in found and len(found) < PATHS:
            found[indicator] = _path(course, targets[course.target], aims, names)
    return tuple(found.values())


def _is_short(course: Course, targets: Mapping[str, Target], aims: Aims) -> bool:
    """Whether there are too few figures to see a way in."""
    panel = aims.panels[targets[course.target].indicator or ""]
    return len(known(panel, course.state)) < PAST_FIGURES


def _path(course: Course, target: Target, aims: Aims, names: Mapping[str, str]) -> Series:
    indicator = target.indicator or ""
    ahead, seen = aims.ahead[indicator], known(aims.panels[indicator], course.state)
    bands = ahead.quantiles(course.state, tuple(LEVELS.values()))
    members = {start.year: bands[:, i] for i, start in enumerate(ahead.axis.starts)}
    years = [*range(min(seen), min(members)), *(year for year in members if year <= target.deadline)]
    columns: dict[str, tuple[Any, ...]] = {"date": tuple(f"{year}-01-01" for year in years)}
    for place, name in enumerate(LEVELS):
        columns[name] = tuple(_rounded(members[year][place]) if year in members else None for year in years)
    columns["target"] = (_rounded(course.level),) * len(years)
    columns["observed"] = tuple(_rounded(seen.get(year)) for year in years)
    title = say("{place}: {what}", place=names.get(course.state, course.state), what=target.text)
    sources = tuple(sorted({one.source_id for one in aims.panels[indicator].evidence}))
    unit, id = aims.measured.indicators[indicator].unit, f"path:{target.id}_{course.state}"
    return Series(id, title, unit, columns, sources, Confidence.COMPUTED.value, say("{how}.", how=ahead.how))


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")


def _sources(aims: Aims) -> tuple[str, ...]:
    measured = aims.measured
    evidence = [one for panel in measured.panels.values() for one in panel.evidence]
    evidence += [one for target in measured.targets for one in target.evidence]
    evidence += [one for programme in measured.programmes.values() for one in programme.evidence]
    return tuple(sorted({one.source_id for one in evidence}))


def _columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, tuple[Any, ...]]:
    return {name: tuple(row[name] for row in rows) for name in rows[0]} if rows else {}


def _shared(aims: Aims) -> list[dict[str, Any]]:
    return [{"goal": one.goal, "states": "|".join(one.states), "judged": one.judged} for one in aims.shared]


def _programmes(aims: Aims) -> list[dict[str, Any]]:
    names = ("id", "title", "members", "begins", "ends", "base_year", "base_year_basis")
    return [{name: getattr(one, name) for name in names} for one in aims.measured.programmes.values()]


def _rows(aims: Aims) -> list[dict[str, Any]]:
    targets = {target.id: target for target in aims.measured.targets}
    return [_row(course, targets[course.target], aims) for course in aims.courses]


def _row(course: Course, target: Target, aims: Aims) -> dict[str, Any]:
    indicator = aims.measured.indicators[target.indicator] if target.indicator else None
    low, middle, high = course.ahead or (None, None, None)
    base_year, base = course.first or (None, None)
    last_year, last = course.last or (None, None)
    methods = {f"method_{name}": value for name, value in asdict(course.methods).items()}
    return {
        "programme": target.programme,
        "target": target.id,
        "priority": target.priority,
        "text": target.text,
        "state": course.state,
        "outcome": str(course.outcome),
        "measured_in": indicator.unit if indicator else None,
        "base_year": base_year,
        "base": base,
        "last_year": last_year,
        "last": last,
        "aim": course.level,
        "deadline": target.deadline,
        "rule": target.rule,
        "number": target.value,
        "starts_from": target.base_year,
        "low": low,
        "median": middle,
        "high": high,
        "probability": course.probability,
        "met_in": course.met_in,
        "gap": course.gap,
        **methods,
        "skilful": skilful(aims, target),
        "basis": target.basis,
        "reason": course.reason,
    }
