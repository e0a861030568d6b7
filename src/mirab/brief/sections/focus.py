"""One state on one page: its threats, those downstream of it, support, promises, what is not known."""

from __future__ import annotations

from collections import Counter
from typing import Any

from mirab.brief import tables
from mirab.brief.sections.security import OBSERVED
from mirab.core.phrase import say
from mirab.core.records import Briefing, Commitment, Status
from mirab.follow import commitments

TITLE = "section.focus"
ORDER = 105
DONE = (Status.MET, Status.NOT_MET)


def is_shown(briefing: Briefing) -> bool:
    """Whether the briefing is narrowed to one state."""
    return bool(briefing.focus)


def view(briefing: Briefing) -> dict[str, Any]:
    """What the records say of the state in focus, over all domains; empty lists without one.

    `threats` touch the state; `downstream` touch others and have places of the state upstream, which says
    where water comes from and not who is the cause (§13). Promises are those not yet done.
    """
    state = briefing.focus
    waiting = [one for one in briefing.commitments if one.status not in DONE]
    by = [one for one in waiting if state and state in one.by]
    to = [one for one in waiting if state and state in one.to]
    return {
        "state": state,
        "threats": [one for one in briefing.threats if state and state in one.states],
        "downstream": [
            one for one in briefing.threats if state in one.upstream and {state} < {state, *one.states}
        ],
        "targets": Counter(row["outcome"] for row in _about(briefing, "targets:courses")),
        "observed": _about(briefing, OBSERVED),
        "support": _about(briefing, "stated:support"),
        "promises": [("by", by), ("to", to)],
        "unknown": _unknown(briefing, [*by, *to]),
    }


def _about(briefing: Briefing, id: str) -> list[dict[str, Any]]:
    """Rows of a series that speak of the state in focus."""
    return [row for row in tables.records(briefing, id) if row["state"] == briefing.focus]


def _unknown(briefing: Briefing, promises: list[Commitment]) -> dict[str, Any]:
    """What is not known of the state: scores, formats, news of its promises, and sentences that name it."""
    name = briefing.state_names.get(briefing.focus, briefing.focus)
    lines = [
        say("{part}: {remark}", part=line.part, remark=line.remark) for line in briefing.ledger if line.remark
    ]
    said = dict.fromkeys((*briefing.unknowns, *lines, *briefing.method))
    return {
        "unscored": [one for one in briefing.threats if "no forecast skill" in one.track_record],
        "themes": [row["theme"] for row in _about(briefing, "partners:themes") if row["formats"] == 0],
        "silent": list(dict.fromkeys(commitments.to_report(promises, briefing.as_of))),
        "lines": [line for line in said if name and name in line],
    }
