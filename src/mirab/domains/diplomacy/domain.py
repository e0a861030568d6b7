"""The diplomacy of a region: organisations and formats, who chairs them when, and what was agreed.

It has no network and no rules yet; `mirab.follow.calendar` makes its dated events.
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
    rules="",
    sections=("calendar", "partnerships", "promises"),
)
