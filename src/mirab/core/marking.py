"""Marking: who may see a record."""

from __future__ import annotations

from enum import StrEnum


class Marking(StrEnum):
    """Who may see a record, widest first."""

    PUBLIC = "public"
    PARTNERS = "partners"
    INTERNAL = "internal"

    @property
    def rank(self) -> int:
        """0 for public, 1 for partners, 2 for internal: an audience sees what ranks no higher than itself."""
        return list(Marking).index(self)
