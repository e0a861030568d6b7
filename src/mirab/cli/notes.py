"""Who is met tomorrow: notes for a meeting and for a visit, and the diary of an office."""

from __future__ import annotations

import getpass
import json as json_
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mirab.cli.options import AsJson, On, RegionPath, Template, wish
from mirab.core.records import Marking

if TYPE_CHECKING:
    from mirab.core.notes import Note, Tour
    from mirab.stages.noting import Office

commands = typer.Typer()
diary_app = typer.Typer(
    help="Write down own meetings, follow-ups, objectives and points.", no_args_is_help=True
)
commands.add_typer(diary_app, name="diary")


With = Annotated[
    str,
    typer.Option(
        "--with", metavar="NAME", help="Person, post (such as 'President of Ardia'), state or body."
    ),
]
Themes = Annotated[
    list[str] | None, typer.Option("--theme", help="Only what touches this theme; may be repeated.")
]
Briefing = Annotated[Path, typer.Option(help="Folder of the newest briefing, whose threats are told.")]
To = Annotated[Path, typer.Option("--out", help="Folder for the files.")]
Formats = Annotated[
    list[str] | None, typer.Option("--format", help="html, docx, json; may be repeated; all by default.")
]
Language = Annotated[str, typer.Option("--lang", help="Language of the note: en, ru or kk.")]
Audience = Annotated[Marking, typer.Option(help="Who may read it.")]
Person = Annotated[str, typer.Option(help="Who writes it down; the name of your account by default.")]
Text = Annotated[str, typer.Argument(help="What was said, is wanted, is to be done, or is to be raised.")]
About = Annotated[
    list[str] | None, typer.Option("--with", metavar="NAME", help="Person, state or body; may be repeated.")
]
Day = Annotated[str, typer.Option("--on", metavar="DATE", help="Day of the meeting: 2027-04-01.")]
Stance = Annotated[str, typer.Option(help="raise, 'if raised' or avoid: for a point.")]
Source = Annotated[str, typer.Option(help="What it rests on: a document, minutes, a person who was there.")]
MarkingOf = Annotated[str, typer.Option("--marking", help="Who may see it: public, partners or internal.")]
MeetingId = Annotated[
    str, typer.Option("--meeting", metavar="ID", help="Meeting of which it is a follow-up.")
]
Id = Annotated[str, typer.Argument(help="Id of the entry.")]


@commands.command()
def note(
    with_: With,
    on: On = None,
    theme: Themes = None,
    region: RegionPath = "central_asia",
    briefing: Briefing = Path("briefing"),
    audience: Audience = Marking.INTERNAL,
    out: To = Path("note"),
    format: Formats = None,
    template: Template = None,
    language: Language = "en",
) -> None:
    """Write two pages for a meeting: who, what was said and promised, live threats, points for the talk."""
    from mirab.stages.noting import Meeting

    office = _office(region, on, briefing, audience)
    meeting = Meeting(with_, office.wish.on, tuple(theme or ()))
    _write(office.note(meeting), out, office, format, template, language)


@commands.command()
def tour(
    file: Annotated[
        Path, typer.Argument(help="CSV of meetings: date, time, place, with, themes (joined by |).")
    ],
    title: Annotated[
        str, typer.Option(help="What the visit is called; the name of the file by default.")
    ] = "",
    region: RegionPath = "central_asia",
    briefing: Briefing = Path("briefing"),
    audience: Audience = Marking.INTERNAL,
    out: To = Path("note"),
    format: Formats = None,
    template: Template = None,
    language: Language = "en",
) -> None:
    """Chain the notes of a visit, with a calendar of its meetings."""
    from mirab.stages.noting import itinerary

    office = _office(region, None, briefing, audience)
    found = office.tour(title or file.stem, itinerary(file))
    _write(found, out, office, format, template, language)


@diary_app.command("meeting")
def diary_meeting(
    text: Text,
    with_: About = None,
    on: Day = "",
    place: Annotated[str, typer.Option(help="Where it was.")] = "",
    theme: Themes = None,
    source: Source = "",
    marking: MarkingOf = "",
    person: Person = "",
    region: RegionPath = "central_asia",
) -> None:
    """Write down a meeting of your own with its readout; internal unless marked otherwise."""
    cells = {"text": text, "on": on, "place": place, "source": source, "marking": marking}
    _add("meeting", cells, with_, theme, person, region)


@diary_app.command("follow-up")
def diary_follow_up(
    text: Text,
    meeting: MeetingId = "",
    owner: Annotated[str, typer.Option(help="Who does it.")] = "",
    due: Annotated[str, typer.Option(metavar="DATE", help="By when.")] = "",
    marking: MarkingOf = "",
    person: Person = "",
    region: RegionPath = "central_asia",
) -> None:
    """Write down what follows from a meeting: who does what by when."""
    cells = {"text": text, "meeting": meeting, "owner": owner, "due": due, "marking": marking}
    _add("follow-up", cells, None, None, person, region)


@diary_app.command("objective")
def diary_objective(
    text: Text,
    with_: About = None,
    theme: Themes = None,
    source: Source = "",
    marking: MarkingOf = "",
    person: Person = "",
    region: RegionPath = "central_asia",
) -> None:
    """Write down what the office wants of somebody."""
    _add("objective", {"text": text, "source": source, "marking": marking}, with_, theme, person, region)


@diary_app.command("point")
def diary_point(
    text: Text,
    with_: About = None,
    stance: Stance = "raise",
    theme: Themes = None,
    source: Source = "",
    marking: MarkingOf = "",
    person: Person = "",
    region: RegionPath = "central_asia",
) -> None:
    """Write down a point for a talk: to raise, to answer if raised, or to avoid."""
    cells = {"text": text, "stance": stance, "source": source, "marking": marking}
    _add("point", cells, with_, theme, person, region)


@diary_app.command("correct")
def diary_correct(
    id: Id,
    text: Annotated[str, typer.Option(help="The corrected words.")] = "",
    on: Day = "",
    place: Annotated[str, typer.Option(help="The corrected place.")] = "",
    owner: Annotated[str, typer.Option(help="Who does it now.")] = "",
    due: Annotated[str, typer.Option(metavar="DATE", help="By when now.")] = "",
    stance: Annotated[str, typer.Option(help="raise, 'if raised' or avoid.")] = "",
    done: Annotated[str, typer.Option(help="yes or no: whether a follow-up is done.")] = "",
    marking: MarkingOf = "",
    source: Source = "",
    person: Person = "",
    region: RegionPath = "central_asia",
) -> None:
    """Correct an entry: the new words count, the old ones stay in its history."""
    cells = {"text": text, "on": on, "place": place, "owner": owner, "due": due, "stance": stance}
    cells |= {"done": done, "marking": marking, "source": source}
    given = {name: cell for name, cell in cells.items() if cell}
    _office(region, None, Path(), Marking.INTERNAL).diary.correct(
        id, given, person=person or getpass.getuser()
    )
    print(f"corrected {id}")


@diary_app.command("withdraw")
def diary_withdraw(
    id: Id,
    reason: Annotated[str, typer.Option(help="Why it does not stand.")] = "",
    person: Person = "",
    region: RegionPath = "central_asia",
) -> None:
    """Withdraw an entry: no note tells it any more, its history stays."""
    _office(region, None, Path(), Marking.INTERNAL).diary.withdraw(
        id, reason, person=person or getpass.getuser()
    )
    print(f"withdrew {id}")


@diary_app.command("list")
def diary_list(
    id: Annotated[str, typer.Argument(help="One entry, with its history; all by default.")] = "",
    region: RegionPath = "central_asia",
    json: AsJson = False,
) -> None:
    """List the entries of the diary, withdrawn ones too, or one with every act on it."""
    from mirab.brief import diary as shown
    from mirab.core.plain import to_dict

    found = _office(region, None, Path(), Marking.INTERNAL).diary.chosen(id)
    if json:
        print(json_.dumps(to_dict(found), ensure_ascii=False, indent=1))
    else:
        print("\n".join(shown.history(found[0]) if id else shown.listed(found)))


def _add(
    kind: str,
    cells: dict[str, str],
    about: list[str] | None,
    theme: list[str] | None,
    person: str,
    region: str,
) -> None:
    """Write down an entry about subjects by their names, of which each must be one only."""
    from mirab.follow.diary import Kind

    office = _office(region, None, Path(), Marking.INTERNAL)
    ids = [office.subjects.find(name, office.wish.on).id for name in about or ()]
    cells |= {"about": "|".join(ids), "themes": "|".join(theme or ())}
    given = {name: cell for name, cell in cells.items() if cell}
    print(f"wrote down {office.diary.add(Kind(kind), given, person=person or getpass.getuser())}")


def _write(
    found: Note | Tour,
    out: Path,
    office: Office,
    formats: list[str] | None,
    template: Path | None,
    language: str,
) -> None:
    from mirab.brief import notes
    from mirab.brief.words.tongue import Tongue

    tongue = Tongue.of(language, office.names_in(language))
    page = notes.page(tongue.said(found), tongue.words, template)
    print("\n".join(page.lines()))
    for path in notes.write(page, out, formats or notes.FORMATS):
        print(f"wrote {path}")


def _office(region: str, on: str | None, briefing: Path, audience: Marking) -> Office:
    from mirab.stages.noting import Office

    return Office.of(replace(wish(region, on, 1, 1, briefing), audience=audience))
