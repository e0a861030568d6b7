"""Proof of a section: its template, its words, and that it renders on an empty and a full briefing."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING

from mirab.brief.page import Page
from mirab.brief.sections import Section, section
from mirab.brief.specimen import blank, ground, specimen
from mirab.brief.words import languages, load
from mirab.core.errors import InputError, MirabError, Problem

if TYPE_CHECKING:
    from jinja2.nodes import Call


def check(name: str) -> tuple[str, ...]:
    """Prove the section of a name; returns what was proved, one sentence each.

    Raises UnknownNameError for a name that no section carries, InputError with every problem found.
    """
    one = section(name)
    problems = _template(one) or [*_words(one), *_renders(one)]
    if problems:
        raise InputError(f"section {name}", problems)
    return (
        f"{name}.html is its template",
        f"all its words are in the catalogue of {', '.join(languages())}",
        "it renders on an empty and on a full briefing, and on one of a single state",
    )


def _template(one: Section) -> list[Problem]:
    if (resources.files("mirab.brief.sections") / f"{one.name}.html").is_file():
        return []
    return [Problem(f"{one.name}.html", "is missing", f"write sections/{one.name}.html beside {one.name}.py")]


def _words(one: Section) -> list[Problem]:
    keys = sorted({one.title, *_keys(one)})
    return [
        Problem(f"words/{language}.toml", f"lacks {key!r}", "add the phrase")
        for language in languages()
        for key in keys
        if load(language).get(key, 0) is None
    ]


def _keys(one: Section) -> list[str]:
    """Keys that the template gives as plain texts; keys put together from data are met when it renders."""
    from jinja2 import Environment
    from jinja2.nodes import Call

    text = (resources.files("mirab.brief.sections") / f"{one.name}.html").read_text("utf-8")
    calls = Environment(autoescape=True).parse(text).find_all(Call)
    return [key for call in calls for key in _key(call)]


def _key(call: Call) -> list[str]:
    from jinja2.nodes import Const, Name

    named = isinstance(call.node, Name) and call.node.name == "words"
    return [str(one.value) for one in call.args[:1] if named and isinstance(one, Const)]


def _renders(one: Section) -> list[Problem]:
    from jinja2 import TemplateError

    found = []
    full = specimen()
    narrowed = replace(full, focus=next(iter(full.state_names)))
    for kind, briefing in (("an empty", blank()), ("a full", full), ("a narrowed", narrowed)):
        try:
            Page(briefing, ground(), load()).section(one)
        except (MirabError, TemplateError) as cause:
            what = f"fails on {kind} briefing: {cause}"
            found.append(Problem(f"{one.name}.html", what, "mend the view or the template"))
    return found
