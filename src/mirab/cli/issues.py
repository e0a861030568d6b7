"""Issues of the briefing: what there is, who reviewed and cleared it, and any of them again."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mirab.cli.options import AsJson, Cluster, Formats, Languages, Template, languages, own, progress

if TYPE_CHECKING:
    from mirab.follow.issue_store import IssueStore

commands = typer.Typer()
issues_app = typer.Typer(help="List, show, comment, review and clear issues.", no_args_is_help=True)
commands.add_typer(issues_app, name="issues")

Name = Annotated[str, typer.Argument(metavar="ISSUE", help="Number or full name, as the list shows it.")]
By = Annotated[str, typer.Option("--by", help="Who; the name of your account by default.")]


@issues_app.command("list")
def issues_list(
    region: Annotated[str, typer.Option(help="Only issues of this region.")] = "",
    audience: Annotated[str, typer.Option(help="Only issues for this audience.")] = "",
    json: AsJson = False,
) -> None:
    """List all issues in the order in which they were made."""
    from mirab.brief import desk

    found = [
        one
        for one in _store().listed()
        if region in ("", one.region) and audience in ("", one.audience.value)
    ]
    desk.print_json(found) if json else desk.show(found)


@issues_app.command("show")
def issues_show(
    name: Name,
    out: Annotated[
        Path | None, typer.Option(help="Folder into which to write it again, from what was kept.")
    ] = None,
    lang: Languages = "en",
    format: Formats = None,
    template: Template = None,
) -> None:
    """Show an issue and the acts on it; with --out write its page, records and tables again."""
    from rich.console import Console

    from mirab.brief import bulletin, desk, terminal
    from mirab.brief.basemap import Basemap
    from mirab.brief.edition import USUAL, Edition
    from mirab.stages.issuing import names_in
    from mirab.stages.translating import translations

    store = _store()
    issue = store.found(name)
    briefing = store.briefing(issue)
    if out is None:
        terminal.show(briefing, Console())
        desk.show_acts(issue, briefing)
        return
    made = store.made_from(issue)
    ground, codes = Basemap(**made.basemap), languages(lang)
    said = translations(own())
    names = {code: {**names_in(made.pack, code), **said.known(code)} for code in codes}
    edition = Edition(codes, tuple(format or USUAL), template, names)
    paths = bulletin.write(briefing, out, basemap=ground, edition=edition)
    print(f"wrote {paths[0]} and {len(paths) - 1} more files beside it")


@issues_app.command("comment")
def issues_comment(name: Name, text: Annotated[str, typer.Argument()], by: By = "") -> None:
    """Write a comment on an issue; it blocks clearing until it is answered."""
    _act(name, "comment", by, text)


@issues_app.command("answer")
def issues_answer(
    name: Name,
    comment: Annotated[int, typer.Argument(help="Number of the comment.")],
    text: Annotated[str, typer.Argument(help="What was done about it.")],
    by: By = "",
) -> None:
    """Answer a comment on an issue, which closes it."""
    _act(name, "answer", by, text, comment)


@issues_app.command("review")
def issues_review(name: Name, by: By = "") -> None:
    """Say that an issue was read and found right."""
    _act(name, "review", by)


@issues_app.command("clear")
def issues_clear(name: Name, by: By = "", lang: Languages = "en") -> None:
    """Release an issue: it must be reviewed, no comment may be open, no text of analysts be untranslated.

    Its pages in other languages stay as they are until they are cleared, too.
    """
    from mirab.follow.clearance import cleared_for
    from mirab.stages import translating

    store, wanted = _store(), languages(lang)
    briefing = store.briefing(store.found(name))
    translating.refuse_untranslated(briefing, translating.translations(own()), wanted)
    _act(name, "clear", by, cleared_for(wanted))


@commands.command()
def changes(
    since: Annotated[
        str,
        typer.Option(metavar="ISSUE", help="Compare with this one; by default the last cleared one then."),
    ] = "",
    issue: Annotated[str, typer.Option(help="The issue to explain; the last one made by default.")] = "",
    json: AsJson = False,
    cluster: Cluster = "",
) -> None:
    """Say what changed since an earlier issue, with the part of each cause: data, method, judgement, time."""
    from mirab import inquiry
    from mirab.brief import desk
    from mirab.cluster import connected

    with connected(cluster) as client, progress() as show:
        found = inquiry.changes(own(), since=since, issue=issue, progress=show, client=client)
    desk.print_changes(*found) if json else desk.show_changes(*found)


def _act(name: str, deed: str, by: str, text: str = "", about: int = 0) -> None:
    from mirab.follow.clearance import Deed

    store = _store()
    issue, act = store.act(store.found(name), Deed(deed), by or getpass.getuser(), text, about)
    print(f"{issue.reference}: {deed} {act.number} by {act.person}; the issue is {issue.status.value}")
    if deed in ("review", "clear"):
        print(f"its page still shows the old status; write it again: mirab issues show {name} --out FOLDER")


def _store() -> IssueStore:
    from mirab import centre

    return centre.issue_store(own())
