"""Whose restricted records a data folder holds: those of one profile, which no other one ever shares."""

from __future__ import annotations

from pathlib import Path

from mirab.core.errors import InputError, Problem
from mirab.core.records import Marking
from mirab.stages.observing import Wish

FILE = "profile.txt"


def check_owner(wish: Wish, profile: str, default: str) -> None:
    """Refuse a restricted audience for another profile than that of the user's data folder.

    What is public may be briefed on by any profile. A folder in which nothing is kept yet becomes that of the
    profile that first asks; one without a word on it is that of the region's `default` profile. Raises
    InputError with the way to a folder of one's own.
    """
    if wish.audience is Marking.PUBLIC:
        return
    home = wish.own.parent
    if not _is_used(home) and profile != default:
        home.mkdir(parents=True, exist_ok=True)
        (home / FILE).write_text(f"{profile}\n", encoding="utf-8")
    owner = owner_of(home) or default
    if owner != profile:
        what = f"keeps restricted records of the profile {owner}, which {profile} may not see"
        fix = f"give {profile} a data folder of its own: MIRAB_HOME names it"
        raise InputError("audience", [Problem(str(home), what, fix)])


def owner_of(home: Path) -> str:
    """The profile that a data folder says it is of; empty where it says none."""
    path = home / FILE
    return path.read_text(encoding="utf-8").strip() if path.is_file() else ""


def _is_used(home: Path) -> bool:
    return home.is_dir() and any(home.glob("*.sqlite"))
