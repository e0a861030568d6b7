"""The issue that is shown: its records as one audience may see them, and its views as HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from mirab.brief.page import Page, anchor
from mirab.brief.sections import Section, section
from mirab.brief.words import load
from mirab.core.errors import UnknownNameError
from mirab.core.records import Briefing, Threat
from mirab.web.views import VIEWS, View, home

if TYPE_CHECKING:
    from mirab.brief.basemap import Basemap


Names = Mapping[str, Mapping[str, str]]
"""What the pack calls things in each language, by the English text."""


@dataclass(frozen=True)
class Part:
    """One section as it stands in a view."""

    name: str
    title: str
    html: str
    notes: tuple[str, ...]


class Issue:
    """One issue of the briefing on its base map; what is drawn once is kept."""

    def __init__(self, briefing: Briefing, basemap: Basemap, names: Names | None = None) -> None:
        self.briefing, self.basemap, self.names = briefing, basemap, names or {}
        self._pages: dict[tuple[str, str], Page] = {}
        self._parts: dict[tuple[str, str, str], Part] = {}

    def page(self, language: str, focus: str = "") -> Page:
        """The page in a language, narrowed to one state where `focus` names it; raises UnknownNameError."""
        states = self.briefing.state_names
        if focus and focus not in states:
            raise UnknownNameError("state", focus, states)
        key = (language, focus)
        if key not in self._pages:
            shown = replace(self.briefing, focus=focus) if focus else self.briefing
            self._pages[key] = self._page(shown, language)
        return self._pages[key]

    def parts(self, view: View, language: str, focus: str = "") -> list[Part]:
        """The sections of a view that this issue has; links lead to the view that holds their place."""
        page = self.page(language, focus)
        found = [section(name) for name in view.sections]
        shown = [one for one in found if one.on_page_one or one.is_shown(page.briefing)]
        return [self._part(one, view, page, focus) for one in shown]

    def threat(self, id: str, language: str) -> tuple[Threat, list[Part]]:
        """One threat in full, as the section of threats shows it; raises UnknownNameError."""
        threats = {one.id: one for one in self.briefing.threats}
        if id not in threats:
            raise UnknownNameError("threat", id, threats)
        one = threats[id]
        pairs = tuple(pair for pair in self.briefing.compounds if id in pair.threats)
        alone = replace(self.briefing, threats=(one,), compounds=pairs)
        page = self._page(alone, language)
        return one, [self._drawn(section("threats"), page, f"threats/{id}")]

    def _page(self, briefing: Briefing, language: str) -> Page:
        return Page(briefing, self.basemap, load(language), self.names.get(language, {}))

    def _part(self, one: Section, view: View, page: Page, focus: str) -> Part:
        key = (one.name, page.words.language, focus)
        if key not in self._parts:
            self._parts[key] = self._drawn(one, page, view.name)
        return self._parts[key]

    def _drawn(self, one: Section, page: Page, here: str) -> Part:
        html = str(page.section(one))
        title = page.words(one.title)
        return Part(one.name, title, self._linked(html, here), tuple(page.notes(html)))

    def _linked(self, html: str, here: str) -> str:
        """The text with places that stand in another view as links to that view."""
        inside = set(re.findall(r'\bid="([^"]+)"', html))

        def link(found: re.Match[str]) -> str:
            place = found[1]
            view = self._homes.get(place, here)
            return found[0] if place in inside or view == here else f'href="/{view}#{place}"'

        linked = re.sub(r'href="#([^"]+)"', link, html)
        return re.sub(r"\bdata/([\w-]+\.csv)\b", r'<a href="/data/\1">\1</a>', linked)

    @cached_property
    def _homes(self) -> dict[str, str]:
        """The view that holds each place that a section may link to."""
        issue = self.briefing
        return {
            **{name: one.name for one in VIEWS for name in one.sections},
            **{anchor(one.id): f"threats/{one.id}" for one in issue.threats},
            **{anchor(one.id): home("joint") for one in issue.options},
            **{anchor(f"source-{one.id}"): home("sources") for one in issue.sources},
        }
