"""The diplomacy of a region: organisations and formats, who chairs them when, and what was agreed.

It has no network; its rules judge what the press that was read tells of states and pairs against their own
past (`mirab.warn.attention`), and `mirab.follow.calendar` makes its dated events.
"""

from __future__ import annotations

from mirab.core.domain import Domain

GROUP = "diplomacy"
PARTS = ("organisations", "chairmanships", "agreements", "commitments", "people", "posts", "names")
MORE = ("memberships", "participations", "parties", "priorities", "support")

DOMAIN = Domain(
    name=GROUP,
    title="Diplomacy",
    tables=tuple(f"{GROUP}/{part}" for part in PARTS + MORE),
    heard=True,
    sections=("calendar", "partnerships", "promises"),
)
