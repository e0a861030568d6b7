"""Promises: what falls due, what is overdue, and amounts held against observations and members."""

from __future__ import annotations

from typing import Any

from mirab.core.records import Briefing, Commitment, Status
from mirab.follow import amounts, commitments

TITLE = "section.promises"
ORDER = 155
NEAR, FAR = 30, 90


def view(briefing: Briefing) -> dict[str, Any]:
    """Open promises by when they fall due (overdue, 30 days, 90 days, later or done), amounts with verdicts.

    Each stands in one group only; `told` are those with an amount that was held against something.
    """
    found, on = briefing.commitments, briefing.as_of
    late = [one for one in found if one.status is Status.OVERDUE]
    near = [one for one in commitments.falling_due(found, on, days=NEAR) if one not in late]
    far = [one for one in commitments.falling_due(found, on, days=FAR) if one not in late + near]
    rest = [one for one in found if one not in late + near + far]
    return {
        "groups": [("overdue", late), ("near", near), ("far", far), ("rest", rest)],
        "told": [
            (one, amounts.verdict(one.findings), _threats(one, briefing)) for one in found if one.findings
        ],
        "silent": commitments.to_report(found, on),
        "wholes": {one.id: one.what for one in found},
    }


def _threats(one: Commitment, briefing: Briefing) -> list[str]:
    """Titles of the threats at the place of a promise."""
    return [threat.title for threat in briefing.threats if one.item in threat.items]
