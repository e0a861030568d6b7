"""The short form of a briefing on the terminal: reads well aloud, in 80 columns, and without colour."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mirab.brief.figures import Figures
from mirab.brief.profiles import profile
from mirab.brief.sections import section
from mirab.brief.words import REFERENCE, Words, load
from mirab.core.records import Briefing, Level, Threat

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

COLOURS = {Level.EXISTING: "bold red", Level.POTENTIAL: "bold yellow", Level.WATCH: "bold blue"}
INDENT = 2


def show(briefing: Briefing, console: Console, *, language: str = REFERENCE) -> None:
    """Print page one of the briefing, block by block in the order of the page, without the map."""
    words = load(language)
    say = Figures(words, briefing.other_names | briefing.state_names)
    _masthead(briefing, console, say)
    blocks = {
        "summary": briefing.situation[:3] or [words("summary.none")],
        "changes": list(_changes(briefing, words)),
        "top_threats": None,
        "steps": list(_steps(briefing, say)),
        "ahead": list(_ahead(briefing, say)),
        "unknowns": briefing.unknowns[:3] or [words("unknowns.none")],
    }
    for name, lines in blocks.items():
        console.print(_heading(words(section(name).title)))
        if lines is None:
            _threats(briefing, console, say)
            continue
        for line in lines:
            console.print(_indented(line))
    notes = [words.get(f"note.state.{code}") for code in sorted(briefing.state_names)]
    for note in filter(None, notes):
        console.print(_indented(f"\n{note}", depth=0))


def _masthead(briefing: Briefing, console: Console, say: Figures) -> None:
    words, view = say.words, section("masthead").view(briefing)
    facts = {
        "issue": str(briefing.issue),
        "as_of": say.day(briefing.as_of),
        "audience": words(f"marking.{briefing.audience}"),
        "status": words(f"clearance.{briefing.status}"),
        **({"cleared_by": briefing.cleared_by} if briefing.cleared_by else {}),
    }
    kicker = words("profile.kicker", title=profile(briefing.profile).title)
    console.print(_heading(f"{briefing.region_title} · {kicker}"))
    line = ", ".join(f"{words('masthead.' + name).lower()} {value}" for name, value in facts.items())
    console.print(_indented(line))
    console.print(_indented(_fresh(briefing, say, view["age"])))
    if briefing.focus:
        console.print(_indented(words("situation.focus", state=say.names([briefing.focus])), style="bold"))
        console.print(_indented(_focus(briefing, say)))
    if view["scenario"]:
        console.print(_indented(words("masthead.scenario"), style="bold"))


def _focus(briefing: Briefing, say: Figures) -> str:
    view = section("focus").view(briefing)
    counts = {name: len(view[name]) for name in ("threats", "downstream", "support")}
    counts |= {name: len(rows) for name, rows in view["promises"]}
    return say.words("focus.counts", state=say.names([briefing.focus]), **counts)


def _fresh(briefing: Briefing, say: Figures, age: int | None) -> str:
    if briefing.last_observation is None:
        return say.words("masthead.no_observation")
    key = "masthead.fresh" if age else "masthead.same_day"
    return say.words(key, count=age, day=say.day(briefing.last_observation))


def _changes(briefing: Briefing, words: Words) -> Iterator[str]:
    view, imprint = section("changes").view(briefing), briefing.imprint
    if imprint.since and imprint.since_as_of:
        day = Figures(words, {}).day(imprint.since_as_of)
        yield words("changes.since", number=str(imprint.since), day=day)
    yield from view["changes"] or [words("changes.first" if briefing.issue <= 1 else "changes.none")]
    yield from _more(view["more"], words)


def _threats(briefing: Briefing, console: Console, say: Figures) -> None:
    view = section("top_threats").view(briefing)
    for threat in view["threats"]:
        console.print(_threat_title(threat, say.words))
        console.print(_indented(_when(threat, say), depth=2))
        console.print(_indented(_ground(threat, say), depth=2))
    if not view["threats"]:
        console.print(_indented(say.words("threat.empty")))
    for line in _more(view["more"], say.words):
        console.print(_indented(line))


def _when(threat: Threat, say: Figures) -> str:
    window = say.period(*threat.window) if threat.window else say.words("threat.no_window")
    return f"{say.chance(threat)}; {window}; {say.names(threat.states)}."


def _ground(threat: Threat, say: Figures) -> str:
    words = say.words
    parts = [f"{words('threat.why')} {threat.why[0].removesuffix('.')}"] if threat.why else []
    parts.append(f"{words('threat.confidence')} {say.shares(threat.confidence_shares)}")
    parts.append(f"{words('threat.record')} {threat.track_record}")
    parts.append(f"{words('threat.addressee')} {say.spelled(threat.addressee) or words('figure.none')}")
    return "".join(f"{part}. " for part in parts).rstrip()


def _steps(briefing: Briefing, say: Figures) -> Iterator[str]:
    words = say.words
    view = section("steps").view(briefing)
    for option in view["options"]:
        yield f"{option.title} ({words('standing.' + option.standing.replace(' ', '_'))})"
        if most := view["helped"][option.id]:
            chances = {"before": say.percent(most.before), "after": say.percent(most.after)}
            yield f"  {words('steps.helps', title=view['titles'][most.threat], **chances)}"
    if not view["options"]:
        yield words("steps.none")
    yield from _more(view["more"], words)


def _ahead(briefing: Briefing, say: Figures) -> Iterator[str]:
    view = section("ahead").view(briefing)
    for event in view["events"]:
        yield f"{say.when(event.start)}: {event.title}"
    for promise in view["promises"]:
        due = say.day(promise.due) if promise.due else say.words("ahead.undated")
        yield f"{due}: {promise.what} ({say.words('status.' + promise.status.replace(' ', '_'))})"
    if not view["events"] and not view["promises"]:
        yield say.words("ahead.none", until=say.day(view["until"]))
    yield from _more(view["more"], say.words)


def _more(count: int, words: Words) -> Iterator[str]:
    if count:
        yield words("more", count=count)


def _heading(text: str) -> Text:
    from rich.text import Text

    return Text(f"\n{text}", style="bold underline")


def _threat_title(threat: Threat, words: Words) -> object:
    from rich.text import Text

    level = threat.level
    marks = {"symbol": words(f"symbol.{level}"), "level": words(f"level.{level}")}
    line = words("terminal.item", **marks, title=threat.title)
    return _padded(Text(line, style=COLOURS[level]), INDENT)


def _indented(text: str, *, depth: int = 1, style: str = "") -> object:
    from rich.text import Text

    return _padded(Text(text, style=style), INDENT * depth)


def _padded(text: Text, left: int) -> object:
    from rich.padding import Padding

    return Padding(text, (0, 0, 0, left), expand=False)
