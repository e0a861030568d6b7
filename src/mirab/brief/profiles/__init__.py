"""Profiles: for whom a briefing is written (`NAME.toml` beside this file)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

from mirab.core.errors import UnknownNameError
from mirab.core.records import Marking


@dataclass(frozen=True)
class Profile:
    """A role model of a centre: its name, mandate, themes, order of sections, languages and audiences.

    `themes` are names of domains, `sections` names of sections in their order after page one.
    """

    id: str
    title: str
    short: str
    mandate: str
    role_model: str
    themes: tuple[str, ...]
    sections: tuple[str, ...]
    languages: tuple[str, ...]
    audiences: tuple[Marking, ...]
    source: str


def names() -> tuple[str, ...]:
    """Names of the profiles that ship, A to Z."""
    files = (entry.name for entry in resources.files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in files if name.endswith(".toml")))


def profile(name: str) -> Profile:
    """The profile of a name; raises UnknownNameError with the nearest one."""
    known = names()
    if name not in known:
        raise UnknownNameError("profile", name, known)
    text = (resources.files(__name__) / f"{name}.toml").read_text("utf-8")
    found = tomllib.loads(text)
    lists: dict[str, Any] = {key: tuple(found[key]) for key in ("themes", "sections", "languages")}
    texts: dict[str, Any] = {
        key: found[key].strip() for key in ("title", "short", "mandate", "role_model", "source")
    }
    return Profile(name, **texts, **lists, audiences=tuple(map(Marking, found["audiences"])))
