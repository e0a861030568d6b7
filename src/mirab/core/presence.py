"""Whether a figure is there, missing, or outside what is modelled (§3): absent is not zero."""

from __future__ import annotations

from enum import StrEnum


class Presence(StrEnum):
    """State of a figure; tables, charts and words keep the three apart."""

    PRESENT = "present"
    ABSENT = "absent"
    NOT_MODELLED = "not modelled"
