"""Frame: what stands around a view in one language, as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from fastapi.responses import RedirectResponse, Response

from mirab.brief import comparison, notes
from mirab.brief.page import anchor
from mirab.brief.words import REFERENCE, languages, load
from mirab.brief.words.catalogue import name_of
from mirab.core.errors import UnknownNameError
from mirab.resolve import scenarios
from mirab.web import explore, exports
from mirab.web.uploads import MOST_MB
from mirab.web.views import VIEWS, View, view

if TYPE_CHECKING:
    from jinja2 import Environment

    from mirab.core.errors import Problem
    from mirab.core.notes import Note
    from mirab.follow.issue_store import Issue as Kept
    from mirab.observe.press.store import Found, Stored
    from mirab.resolve.scenarios import Scenario
    from mirab.web.desk import Desk
    from mirab.web.entry import Form
    from mirab.web.runs import Run
    from mirab.web.uploads import Kind


SEE_OTHER = 303
TOOLS = ("explore", "scenarios", "note", "press", "issues", "enter", "bring")
"""Pages that are no view of records: what a reader does there."""


@cache
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("mirab.web", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)


class Frame:
    """Pages of a desk in one language; raises UnknownNameError for a language that there is not."""

    def __init__(self, desk: Desk, language: str, token: str) -> None:
        self.desk, self.token = desk, token
        self.words = load(language or REFERENCE)

    def view(self, shown: View, focus: str = "") -> str:
        """A view, narrowed to one state where `focus` names it."""
        issue = self.desk.issue()
        parts = issue.parts(shown, self.words.language, focus)
        states = issue.page(self.words.language).shown.state_names if shown.name == "state" else {}
        title = states.get(focus) or self.words(f"view.{shown.name}")
        return self._page(shown.name, title, "view.html", parts=parts, formats=not focus, states=states)

    def threat(self, id: str) -> str:
        """One threat in full."""
        issue = self.desk.issue()
        one, parts = issue.threat(id, self.words.language)
        title = issue.page(self.words.language).tongue.part(one.title)
        return self._page("threats", title, "view.html", parts=parts, states={})

    def explore(self) -> str:
        """The map of the region, drawn as it is in the briefing until the browser makes it move."""
        issue = self.desk.issue()
        parts = issue.parts(view("threats"), self.words.language)[:1]
        told = {"disclaimer": issue.basemap.disclaimer, "year": issue.basemap.year}
        return self._page("explore", self.words("view.explore"), "explore.html", parts=parts, **told)

    def layers(self) -> dict[str, Any]:
        """The layers of the map as GeoJSON, in the words of the language."""
        return explore.layers(self.desk.issue(), self.desk.issue().page(self.words.language).say)

    def chart(self, id: str) -> dict[str, Any]:
        """A chart of the issue for the browser; raises UnknownNameError for one that it lacks."""
        known = {anchor(one.id): one for one in self.desk.issue().briefing.series}
        if id not in known:
            raise UnknownNameError("chart", id, known)
        return self.desk.issue().page(self.words.language).moving(known[id])

    def forms(self, known: Sequence[Form]) -> str:
        """All that can be entered."""
        return self._page("enter", self.words("view.enter"), "forms.html", forms=known)

    def form(
        self, asked: Form, given: Mapping[str, str], problems: Sequence[Problem] = (), written: str = ""
    ) -> str:
        """A form with what was typed and what is wrong with it, or with the id of what was written."""
        title = self.words(f"form.{asked.name}")
        told = {"given": given, "problems": problems, "written": written}
        return self._page("enter", title, "form.html", form=asked, **told)

    def kinds(self, known: Sequence[Kind]) -> str:
        """All kinds of files that can be handed in."""
        return self._page("bring", self.words("view.bring"), "kinds.html", kinds=known)

    def bring(self, kind: Kind, given: Mapping[str, str], **told: Any) -> str:
        """The form for a file, with what was read of one, what is wrong with it, or what became of it."""
        blank = {"seen": None, "called": "", "id": "", "taken": None, "problems": (), "most": MOST_MB}
        title = self.words(f"bring.{kind.name}")
        return self._page("bring", title, "bring.html", kind=kind, given=given, **blank | told)

    def scenarios(self, known: Mapping[str, Sequence[Scenario]]) -> str:
        """The scenarios of each domain, with a slider where one amount makes a scenario."""
        amounts = {one.id: scenarios.amount(one) for ones in known.values() for one in ones}
        told = self.desk.issue().page(self.words.language).tongue.said(known)
        title = self.words("view.scenarios")
        return self._page("scenarios", title, "scenarios.html", known=told, amounts=amounts)

    def run(self, one: Run) -> str:
        """How far a run is, or what it gave."""
        tongue = self.desk.issue().page(self.words.language).tongue
        found = tongue.said(one.found)
        tables = comparison.tables(found, self.words) if found else ()
        told = {"run": one, "found": found, "tables": tables}
        return self._page("scenarios", tongue.part(one.title), "run.html", **told)

    def note(self, found: Note | None) -> str:
        """A note for a meeting, with the form for the next one."""
        body = notes.NotePage((found,), self.words).body() if found else ""
        title = found.subject.title if found else self.words("view.note")
        return self._page("note", title, "note.html", body=body)

    def press(self, query: str, found: Sequence[Found], waiting: Sequence[Stored]) -> str:
        """What a search found in the press, and what waits for a reader's word."""
        told = {"query": query, "found": found, "waiting": waiting}
        return self._page("press", self.words("view.press"), "press.html", **told)

    def issues(self, found: Sequence[tuple[Kept, Sequence[str]]]) -> str:
        """Issues with the acts on them, and the languages in which each is cleared."""
        return self._page("issues", self.words("view.issues"), "issues.html", issues=found)

    def address(self, path: str) -> str:
        """An address of this server in the language of the frame."""
        return path if self.words.language == REFERENCE else f"{path}?lang={self.words.language}"

    def led(self, path: str) -> Response:
        """The answer to a form that was taken: it leads to the page of an address."""
        return RedirectResponse(self.address(path), SEE_OTHER)

    def _page(self, name: str, title: str, template: str, **values: Any) -> str:
        page = self.desk.issue().page(self.words.language)
        tongues = [(code, name_of(code)) for code in self.desk.languages]
        frame = {"name": name, "title": title, "words": self.words, "say": page.say, "briefing": page.shown}
        frame |= {"views": VIEWS, "tools": TOOLS, "tongues": tongues, "to": self.address}
        frame |= {"is_reference": self.words.language == REFERENCE}
        frame |= {"citation": page.tongue.part(exports.citation(page.briefing)), "token": self.token}
        return _templates().get_template(template).render({"formats": False, **frame, **values})


def mistake(message: str, language: str) -> str:
    """What went wrong and the way out, in English where the language is the mistake."""
    words = load(language if language in languages() else REFERENCE)
    return _templates().get_template("mistake.html").render(words=words, message=message)
