"""The page: every section through its template into one self-contained HTML file."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any

from mirab.brief import cartography, drawing, tables
from mirab.brief.basemap import Basemap
from mirab.brief.figures import Figures
from mirab.brief.profiles import Profile, profile
from mirab.brief.sections import Section, sections
from mirab.brief.series import chart_of
from mirab.brief.words import Words, load
from mirab.brief.words.catalogue import name_of
from mirab.brief.words.tongue import Tongue
from mirab.core.records import Briefing, Clearance, Level, Series, Severity, Source
from mirab.warn.sentences import typeset

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.environment import TemplateModule
    from markupsafe import Markup

WIDE, NARROW = 720, 350
PAGE_ONE_LETTERS = 4000
SMALLEST = 0.78


@dataclass(frozen=True)
class Page:
    """One briefing in one language on one base map; `html` is the whole page.

    `names` are those of the pack in the language, `editions` the file of the page in each language in which
    it is written, by the code of the language.
    """

    briefing: Briefing
    basemap: Basemap
    words: Words
    names: Mapping[str, str] = field(default_factory=dict)
    editions: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def tongue(self) -> Tongue:
        """The language in which records are said; texts with codes of states are known with names, too."""
        states = self.briefing.other_names | self.briefing.state_names
        english = Figures(load(), states)
        own = Figures(self.words, {code: self.names.get(name, name) for code, name in states.items()})
        spelled = {english.spelled(text): own.spelled(told) for text, told in self.names.items()}
        return Tongue(self.words, {typeset(text): told for text, told in spelled.items()} | dict(self.names))

    @cached_property
    def shown(self) -> Briefing:
        """The briefing in the language of the page, reviewed only where it was cleared in others alone."""
        told = self.tongue.said(self.briefing)
        if told.status is not Clearance.CLEARED or told.imprint.clears(self.words.language):
            return told
        return replace(told, status=Clearance.REVIEWED, cleared_by="")

    @cached_property
    def say(self) -> Figures:
        """Figures in the language and with the state names of the briefing."""
        return Figures(self.words, self.shown.other_names | self.shown.state_names)

    @cached_property
    def profile(self) -> Profile:
        """The profile for which the briefing is written, in the language of the page."""
        found, part = profile(self.briefing.profile), self.tongue.part
        return replace(
            found,
            title=part(found.title),
            mandate=part(found.mandate),
            role_model=part(found.role_model),
        )

    @cached_property
    def environment(self) -> Environment:
        """Templates with the words, figures and drawings of this page; an unknown name is an error."""
        from jinja2 import Environment, PackageLoader, StrictUndefined

        loader = PackageLoader("mirab.brief", "templates")
        found = Environment(loader=_both(loader), autoescape=True, undefined=StrictUndefined)
        found.filters |= {
            "bdi": _bdi,
            "anchor": anchor,
            "extract": _extract,
            "state_name": lambda state: self.say.names([state]),
            "by_perimeter": self._by_perimeter,
        }
        found.globals |= {
            "briefing": self.shown,
            "tongues": [(code, name_of(code), file) for code, file in self.editions.items()],
            "words": self.words,
            "say": self.say,
            "profile": self.profile,
            "cite": self._cite,
            "figure": self._figure,
            "map_figure": self._map,
            "cable_figure": self._cables,
            "flow_figure": self._flows,
        }
        return found

    @cached_property
    def _rendered(self) -> dict[str, TemplateModule]:
        """Sections that were rendered, by name: page and PDF show the same."""
        return {}

    @cached_property
    def _numbered(self) -> dict[str, Source]:
        """Sources by id in the order of the list at the back, whose numbers the page cites."""
        return {source.id: source for source in sorted(self.shown.sources, key=lambda source: source.id)}

    def html(self) -> str:
        """The page as one HTML text without any outside request."""
        css = (resources.files("mirab.brief") / "templates" / "page.css").read_text("utf-8")
        found = sections(self.briefing.sections)
        front = [self._shown(one) for one in found if one.on_page_one]
        back = [self._shown(one) for one in found if not one.on_page_one and one.is_shown(self.briefing)]
        page = self.environment.get_template("page.html")
        first = " ".join(str(one["html"]) for one in front)
        return page.render(front=front, back=back, css=css, fit=_fit(first), notes=self.notes(first))

    def section(self, one: Section) -> TemplateModule:
        """One section, rendered; it stands in a template as HTML, its `str` is the text."""
        if one.name not in self._rendered:
            view = self.tongue.said(one.view(self.briefing))
            self._rendered[one.name] = self._part(f"{one.name}.html", **view)
        return self._rendered[one.name]

    def _shown(self, one: Section) -> dict[str, Any]:
        html = self.section(one)
        return {
            "name": one.name,
            "title": self.words(one.title),
            "html": html,
            "notes": self.notes(str(html)),
        }

    def notes(self, html: str) -> list[str]:
        """The notes on names of states that a text shows and does not carry yet (§13)."""
        names = {code: name for code, name in self.shown.state_names.items() if name in html}
        notes = [self.words.get(f"note.state.{code}") for code in sorted(names)]
        return [note for note in notes if note and note not in html]

    def _by_perimeter(self, severities: Sequence[Severity]) -> list[tuple[str, list[Severity]]]:
        """What hurts by its perimeter, in the order given; in each the states A to Z (§13)."""
        groups: dict[str, list[Severity]] = {}
        for one in sorted(severities, key=lambda one: self.say.names([one.state])):
            groups.setdefault(one.perimeter, []).append(one)
        return list(groups.items())

    def _cite(self, ids: Iterable[str]) -> Markup:
        from markupsafe import Markup

        link = Markup('<a class="cite" href="#{}" title="{}">[{}]</a> ')
        parts = [
            link.format(anchor(f"source-{id}"), self._numbered[id].title, list(self._numbered).index(id) + 1)
            for id in dict.fromkeys(one for cell in ids for one in cell.split("|"))
            if id in self._numbered
        ]
        return Markup("").join(parts)

    def _figure(self, series: Series) -> TemplateModule:
        data = drawing.datasets(series, self.say)
        unit = self.say.unit(series.unit)
        label = self.words("chart.label", title=series.title, unit=unit)
        chart = chart_of(series)
        wide, narrow = (
            drawing.draw(chart, data, title=label, words=self.words, width=width) for width in (WIDE, NARROW)
        )
        return self._part(
            "figure.html",
            series=series,
            wide=wide,
            narrow=narrow,
            heads=[self.words.get(f"column.{name}") or name for name in series.columns],
            rows=[[*map(self._cell, series.columns, row)] for row in tables.rows(series)],
            file=tables.path(series),
            sources=self._sources(series),
        )

    def moving(self, series: Series) -> dict[str, Any]:
        """The chart of a series as a Vega specification for a browser, with values under the pointer."""
        data = drawing.datasets(series, self.say)
        return drawing.vega(chart_of(series), data, words=self.words, width=WIDE)

    def _sources(self, series: Series) -> Markup:
        """What a series rests on: its sources by number, and its confidence."""
        from markupsafe import Markup, escape

        confidence = ", ".join(self.say.confidence(name) for name in series.confidence.split(", "))
        cited = self._cite(series.source_ids).rstrip()
        if not cited:
            return escape(self.words("chart.no_sources", confidence=confidence))
        return Markup("").join(
            escape(part) if part != "\0" else cited
            for part in re.split("(\0)", self.words("chart.sources", list="\0", confidence=confidence))
        )

    def _cell(self, column: str, value: Any) -> str:
        if column == "state":
            return self.say.names([value])
        if isinstance(value, (int, float)):
            return self.say.number(value)
        return self.words("chart.absent") if value is None else str(value)

    def _map(self, *, small: bool) -> TemplateModule:
        briefing = self.shown
        placed = self.tongue.said(cartography.located(self.basemap, briefing.threats))
        titles = {threat.id: threat.title for threat in briefing.threats}
        shown = {id for row in placed for id in row["threats"]}
        return self._part(
            "map.html",
            small=small,
            basemap=self.tongue.said(self.basemap),
            levels=list(reversed(Level)),
            drawing=self._drawn_map(NARROW if small else WIDE, bare=small),
            located=[{**row, "titles": [titles[id] for id in row["threats"]]} for row in placed],
            unplaced=[title for id, title in titles.items() if id not in shown],
        )

    def _drawn_map(self, width: int, *, bare: bool) -> str:
        briefing = self.shown
        ground = self.tongue.said(self.basemap)
        found = cartography.layers(ground, briefing.threats, briefing.state_names, width=width)
        data = dict(self.tongue.said(found))
        if bare:
            data |= {"titles": [], "names": [], "places": []}
        places = [f"{row['place']} ({self.words('level.' + row['level'])})" for row in data["threats"]]
        key = "map.label_one" if places else "map.label_none"
        label = self.words(key, list=", ".join(places))
        return drawing.draw("map", data, title=label, words=self.words, width=width)

    def _cables(self, series: Series) -> TemplateModule:
        """The map of links, operating and planned, wide and narrow, with its disclaimer."""
        own = [dict(zip(series.columns, row, strict=True)) for row in tables.rows(series)]
        wide, narrow = (
            drawing.draw(
                "cables",
                cartography.cables(self.basemap, own, self.briefing.state_names, width=width),
                title=series.title,
                words=self.words,
                width=width,
            )
            for width in (WIDE, NARROW)
        )
        return self._part("cables.html", basemap=self.tongue.said(self.basemap), wide=wide, narrow=narrow)

    def _flows(self, series: Series) -> TemplateModule:
        """The map of cargo and of the places where it waits, wide and narrow, with its disclaimer."""
        own = [dict(zip(series.columns, row, strict=True)) for row in tables.rows(series)]
        wide, narrow = (
            drawing.draw(
                "flows",
                dict(
                    self.tongue.said(
                        cartography.flows(self.basemap, own, self.briefing.state_names, width=width)
                    )
                ),
                title=series.title,
                words=self.words,
                width=width,
            )
            for width in (WIDE, NARROW)
        )
        return self._part("flows.html", basemap=self.tongue.said(self.basemap), wide=wide, narrow=narrow)

    def _part(self, template: str, **values: Any) -> TemplateModule:
        return self.environment.get_template(template).make_module(values)


def _fit(front: str) -> float:
    """How far the print of page one shrinks so that its text stays on one A4: 1, at least SMALLEST.

    Text takes room as the square of its size; PAGE_ONE_LETTERS at full size fill the sheet.
    """
    text = re.sub(r"<svg.*?</svg>|<[^>]*>|\s+", " ", front, flags=re.DOTALL)
    letters = len(re.sub(r"\s+", " ", text))
    return round(min(1.0, max(SMALLEST, math.sqrt(PAGE_ONE_LETTERS / letters))), 3)


def anchor(text: str) -> str:
    """A text as the id of a place in the page: letters, digits and hyphens.

    >>> anchor("water:toktogul floor")
    'water-toktogul-floor'
    """
    return re.sub(r"[^0-9A-Za-z]+", "-", text).strip("-") or "part"


def _bdi(text: str) -> Markup:
    from markupsafe import Markup

    return Markup("<bdi>{}</bdi>").format(text)


def _extract(key: str, records: dict[str, Any]) -> Any:
    return records[key]


def _both(parts: Any) -> Any:
    from jinja2 import ChoiceLoader, PackageLoader

    return ChoiceLoader([PackageLoader("mirab.brief", "sections"), parts])
