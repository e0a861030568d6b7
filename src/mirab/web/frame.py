"""Frame: what stands around a view in one language, as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from mirab.brief.figures import Figures
from mirab.brief.words import REFERENCE, languages, load
from mirab.web import exports
from mirab.web.views import VIEWS, View

if TYPE_CHECKING:
    from jinja2 import Environment

    from mirab.web.desk import Desk
    from mirab.web.issue import Part


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
        states = issue.briefing.state_names if shown.name == "state" else {}
        title = states.get(focus) or self.words(f"view.{shown.name}")
        return self._page(shown.name, title, parts, formats=not focus, states=states, template="view.html")

    def threat(self, id: str) -> str:
        """One threat in full."""
        one, parts = self.desk.issue().threat(id, self.words.language)
        return self._page("threats", one.title, parts, formats=False, states={}, template="view.html")

    def _page(self, name: str, title: str, parts: Sequence[Part], *, template: str, **values: Any) -> str:
        briefing = self.desk.issue().briefing
        say = Figures(self.words, briefing.other_names | briefing.state_names)
        return (
            _templates()
            .get_template(template)
            .render(
                name=name,
                title=title,
                parts=parts,
                views=VIEWS,
                words=self.words,
                say=say,
                briefing=briefing,
                languages=self.desk.languages,
                citation=exports.citation(briefing),
                token=self.token,
                **values,
            )
        )


def mistake(message: str, language: str) -> str:
    """What went wrong and the way out, in English where the language is the mistake."""
    words = load(language if language in languages() else REFERENCE)
    return _templates().get_template("mistake.html").render(words=words, message=message)
