"""What the terminal shows of the desk: issues and the acts on them, changes, and the audit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mirab import audit
from mirab.core.calendar import in_words
from mirab.core.plain import to_dict
from mirab.core.records import Briefing

if TYPE_CHECKING:
    from rich.console import Console

    from mirab.follow.issue_store import Issue
    from mirab.follow.turns import Between

DIGITS = 12


def show(issues: Sequence[Issue], console: Console | None = None) -> None:
    """Print issues in the order given, a line each: name, date, status, what is open, what it corrects."""
    from rich.console import Console

    console = console or Console()
    for one in issues:
        console.print(_line(one), markup=False, highlight=False, soft_wrap=True)
    if not issues:
        console.print("No issue yet: mirab brief writes one.")


def _line(issue: Issue) -> str:
    from mirab.follow.clearance import open_comments

    waiting = len(open_comments(issue.acts))
    more = [f"{waiting} open comment{'s' * (waiting != 1)}"] if waiting else []
    more += [f"corrects {issue.corrects}"] if issue.corrects else []
    head = f"{issue.reference}  as of {issue.as_of}  {issue.status.value}  {issue.digest[:DIGITS]}"
    return "  ".join([head, *more])


def show_acts(issue: Issue, briefing: Briefing, console: Console | None = None) -> None:
    """Print the name and digest of an issue, when the next is due, and the acts on it in their order."""
    from rich.console import Console

    console = console or Console()
    console.print(f"\n{issue.reference}, made {issue.recorded}, digest {issue.digest}", soft_wrap=True)
    if due := briefing.imprint.next_due(issue.as_of):
        console.print(f"The next issue of this {briefing.imprint.cadence} series is due on {in_words(due)}.")
    for act in issue.acts:
        about = f" on comment {act.about}" if act.about else ""
        text = f": {act.text}" if act.text else ""
        line = f"{act.number}. {act.recorded} {act.deed.value}{about} by {act.person}{text}"
        console.print(line, markup=False, soft_wrap=True)


def print_json(issues: Sequence[Issue]) -> None:
    """Print issues as JSON, each with its name, status and acts."""
    print(json.dumps([_plain(one) for one in issues], indent=1, ensure_ascii=False))


def show_changes(before: Briefing, now: Briefing, found: Between, console: Console | None = None) -> None:
    """Print what changed from one issue to another in sentences, the largest change first."""
    from rich.console import Console

    from mirab.follow.issues import sentences

    console = console or Console()
    head = (
        f"Issue {now.issue} of {in_words(now.as_of)} since issue {before.issue} of {in_words(before.as_of)}"
    )
    lines = sentences(before, now, found.turns()) or ["Nothing has changed."]
    for line in (head, "", *lines):
        console.print(line, markup=False, highlight=False)


def print_changes(before: Briefing, now: Briefing, found: Between) -> None:
    """Print what changed as JSON: the two issues, the causes at work, and each turn with its parts."""
    told = {
        "issue": now.issue,
        "as_of": now.as_of.isoformat(),
        "since": before.issue,
        "since_as_of": before.as_of.isoformat(),
        "causes": [cause.value for cause in found.causes],
        "orders": [[cause.value for cause, _ in path.steps] for path in found.paths],
        "turns": to_dict(found.turns()),
    }
    print(json.dumps(told, indent=1, ensure_ascii=False))


def _plain(issue: Issue) -> dict[str, Any]:
    told: dict[str, Any] = to_dict(issue)
    return {"reference": issue.reference, "status": issue.status.value, **told}


def show_audit(paths: Sequence[Path]) -> None:
    """Print every writing of some files in order of time."""
    for file, entry in _entries(paths):
        rows = ", ".join(f"{one.table} {one.rows}{' (whole)' * one.whole}" for one in entry.changes)
        print(f"{entry.recorded}  {entry.person}  {file}: {rows}  {entry.hash[:DIGITS]}")


def print_audit(paths: Sequence[Path]) -> None:
    """Print every writing of some files as JSON."""
    told = [{"file": file, **to_dict(entry)} for file, entry in _entries(paths)]
    print(json.dumps(told, indent=1, ensure_ascii=False))


def show_verdicts(verdicts: Sequence[audit.Verdict]) -> None:
    """Print what a check of each file found."""
    for one in verdicts:
        fits = "does not fit" if one.faults or one.damage else "sound"
        print(f"{one.path.name}: {fits if one.entries else 'was never audited'}, {_length(one)}")
        for fault in filter(None, (one.damage, *one.faults)):
            print(f"  {fault}")


def print_verdicts(verdicts: Sequence[audit.Verdict]) -> None:
    """Print what a check of each file found as JSON."""
    told = [{**to_dict(one), "path": one.path.name} for one in verdicts]
    print(json.dumps(told, indent=1, ensure_ascii=False))


def _length(one: audit.Verdict) -> str:
    return f"{one.entries} entr{'y' if one.entries == 1 else 'ies'}, the last {one.head[:DIGITS]}"


def _entries(paths: Sequence[Path]) -> list[tuple[str, audit.Entry]]:
    found = [(path.name, entry) for path in paths for entry in audit.entries(path)]
    return sorted(found, key=lambda one: (one[1].recorded, one[0], one[1].number))
