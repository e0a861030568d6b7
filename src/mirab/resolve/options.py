"""Options: what states may do, as rows of a pack, and what is wrong with such rows.

`DOMAIN/options` names a step, who must act and how far it has come; `DOMAIN/option_changes` are its changes.
A step without changes says in `not_valued` why it has no figure, and is listed all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from mirab.core.declared import by, codes, evidence
from mirab.core.domain import Row, Tables
from mirab.core.errors import Problem
from mirab.core.network import Network
from mirab.core.phrase import say
from mirab.core.records import Change, Option, Standing
from mirab.resolve import scenarios
from mirab.resolve.scenarios import Numbered, made

ORDER = list(Standing)
GOALS = tuple(str(number) for number in range(1, 18))
TABLES = ("scenarios", "options", "option_changes")
TOGETHER = "together"


def load(tables: Tables, domain: str) -> tuple[Option, ...]:
    """All options that a pack has for a domain, those that have come furthest between the states first."""
    rows = by(tables.rows(f"{domain}/option_changes"), "option_id")
    found = [_option(tables, domain, row, rows) for row in tables.rows(f"{domain}/options")]
    return tuple(sorted(found, key=lambda option: (ORDER.index(option.standing), option.id)))


def pair(one: Option, other: Option) -> Option | None:
    """Both options taken together, with the standing of the lesser; None where their changes contradict."""
    if any(_contradict(a, b) for a in one.changes for b in other.changes):
        return None
    title = say("{title}; with: {other}", title=one.title, other=other.title)
    return _joined((one, other), f"{one.id}+{other.id}", title, "pair")


def together(known: Sequence[Option], domain: str) -> Option | None:
    """All options with changes taken together, with the standing of the least; None of fewer than two."""
    valued = tuple(one for one in known if one.changes)
    if len(valued) < 2:
        return None
    title = say("All {count} steps together", count=len(valued))
    return _joined(valued, f"{domain}:{TOGETHER}", title, TOGETHER)


def _joined(parts: Sequence[Option], id: str, title: str, kind: str) -> Option:
    return replace(
        max(parts, key=lambda option: ORDER.index(option.standing)),
        id=id,
        title=title,
        kind=kind,
        proposed_by="",
        actors=tuple(sorted({state for option in parts for state in option.actors})),
        changes=tuple(change for option in parts for change in option.changes),
        parts=tuple(option.id for option in parts),
        agreements=tuple(dict.fromkeys(id for option in parts for id in option.agreements)),
        cost_low_usd=_all(sum, [option.cost_low_usd for option in parts]),
        cost_high_usd=_all(sum, [option.cost_high_usd for option in parts]),
        lead_months=_all(max, [option.lead_months for option in parts]),
        goals=tuple(sorted({goal for option in parts for goal in option.goals})),
        evidence=tuple(dict.fromkeys(line for option in parts for line in option.evidence)),
    )


def problems(
    domain: str, tables: Tables, steps: Numbered, rows: Numbered, network: Network, sources: Sequence[str]
) -> tuple[Problem, ...]:
    """What is wrong with the rows of options, with their file and line: all problems at once.

    `steps` are the rows of `options`, `rows` those of `option_changes`, each with its place. A change must
    fit the network, no two of one option may set the same thing in the same month, and an option has either
    changes or a reason why it is not valued. A goal is one of the 17.
    """
    found = [problem for where, row in steps for problem in _unvalued(where, row, rows)]
    found += [problem for where, row in steps for problem in _goals(where, row)]
    placed = [(where, row, change) for where, row in rows for change in made(tables, domain, row)]
    found += scenarios.problems(domain, tables, rows, network, sources)
    for (_, one, first), (where, other, second) in combinations(placed, 2):
        if one is not other and one["option_id"] == other["option_id"] and _contradict(first, second):
            what = f"{second.what} {second.item} contradicts another row of {other['option_id']}"
            found.append(Problem(where, what, "join them, or give each its own months"))
    return tuple(found)


def _unvalued(where: str, row: Row, rows: Numbered) -> Iterator[Problem]:
    has = any(change["option_id"] == row["option_id"] for _, change in rows)
    if has and row["not_valued"]:
        yield Problem(where, f"{row['option_id']} has changes and a reason for having none", "keep one")
    if not has and not row["not_valued"]:
        fix = "add its rows to option_changes, or say in not_valued why it has no figure"
        yield Problem(where, f"{row['option_id']} has no change", fix)


def _goals(where: str, row: Row) -> Iterator[Problem]:
    for code in codes(row.get("goals")):
        if code not in GOALS:
            what = f"{row['option_id']} touches the goal {code!r}, which there is not"
            yield Problem(where, what, f"write numbers from {GOALS[0]} to {GOALS[-1]}, joined by |")


def _option(tables: Tables, domain: str, row: Row, rows: Mapping[str, Sequence[Row]]) -> Option:
    own = rows.get(row["option_id"], ())
    pacts = {pact["agreement_id"]: _pact(pact) for pact in tables.rows("diplomacy/agreements")}
    return Option(
        id=f"{domain}:{row['option_id']}",
        title=row["title"],
        kind=row["kind"],
        standing=Standing(row["standing"]),
        proposed_by=row["proposed_by"] or "",
        actors=tuple(sorted(codes(row["actors"]))),
        changes=tuple(change for line in own for change in made(tables, domain, line)),
        not_valued=row["not_valued"] or "",
        agreements=tuple(pacts[id] for id in codes(row["agreement_id"]) if id in pacts),
        cost_low_usd=row["cost_low_usd"],
        cost_high_usd=row["cost_high_usd"],
        lead_months=row["lead_months"],
        goals=tuple(sorted(map(int, codes(row.get("goals"))))),
        evidence=tuple(dict.fromkeys(map(evidence, (row, *own)))),
    )


def _pact(row: Row) -> str:
    return say("{name} ({date}): {status}", name=row["name"], date=row["date"], status=row["status"])


def _all(join: Callable[[list[float]], float], figures: Sequence[float | None]) -> float | None:
    """Several figures as one; unknown where any is."""
    known = [figure for figure in figures if figure is not None]
    return join(known) if len(known) == len(figures) else None


def _contradict(one: Change, other: Change) -> bool:
    """Whether two changes set the same thing in a month that both hold in."""
    months = [set(change.months or range(1, 13)) for change in (one, other)]
    return (one.what, one.item) == (other.what, other.item) and bool(months[0] & months[1])
