"""The press reader against labelled releases, the founding articles, and the clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mirab.observe.press.document import Document
from mirab.observe.press.linking import link
from mirab.observe.press.reader import Reader
from mirab.observe.region import load
from mirab.validation.harness import Finding, Kind, Verdict
from mirab.validation.labelled import Score, Tally, releases, score

TITLE = "Press: meetings, events and promises from releases"
DATA = "seeds"
OWN = "our own labelled releases, part {part}: {count} texts"
SEEDS = "the founding articles"
ABSENT = "the founding articles are not ours to publish; give their folder with --data"
ROUNDS, LETTERS = 3, 2000


@dataclass(frozen=True)
class Aim:
    """What is asked of one tally: its value, how it is computed, and whether a miss fails."""

    what: str
    tally: str
    least: float
    measure: Callable[[Tally], float | None]
    kind: Kind = Kind.AIM


AIMS = (
    Aim("language told rightly, nine languages", "language", 0.99, lambda one: one.precision, Kind.MUST),
    Aim("meetings: precision", "meetings", 0.95, lambda one: one.precision, Kind.MUST),
    Aim("meetings: recall", "meetings", 0.8, lambda one: one.recall, Kind.MUST),
    Aim("registered participants: F", "people", 0.85, lambda one: one.f, Kind.MUST),
    Aim("day of the meeting", "days", 0.85, lambda one: one.recall, Kind.MUST),
    Aim("events by type: precision", "events", 0.75, lambda one: one.precision, Kind.MUST),
    Aim("events by type: coverage", "events", 0.45, lambda one: one.recall, Kind.MUST),
    Aim("promises: precision", "promises", 0.6, lambda one: one.precision, Kind.MUST),
    Aim("promises: recall", "promises", 0.7, lambda one: one.recall, Kind.MUST),
    Aim("people linked in seven more languages: F", "linked", 0.85, lambda one: one.f),
    Aim("themes in seven more languages: recall", "themes", 0.75, lambda one: one.recall),
    Aim("days in seven more languages: F", "dates", 0.85, lambda one: one.f),
)


def findings(folder: Path | None) -> Sequence[Finding]:
    """Shares against what was asked for on both parts, both articles read as known, documents a second."""
    reader = Reader(load("central_asia"))
    found = [finding for part in ("scored", "tune") for finding in _shares(score(reader, part), part)]
    return [*found, *_articles(reader, folder), *_speed(reader)]


def _shares(found: Score, part: str) -> list[Finding]:
    source = OWN.format(part=part, count=found.releases)
    return [_share(aim, found.tallies[aim.tally], source, fitted=part == "tune") for aim in AIMS]


def _share(aim: Aim, tally: Tally, source: str, *, fitted: bool) -> Finding:
    """A share on a part; what was tuned on that part never counts as holds (§12)."""
    value = aim.measure(tally)
    counts = f"{tally.right} right, {tally.wrong} wrong, {tally.missed} missed"
    holds = value is not None and value >= aim.least
    verdict = Verdict.FITTED if fitted and holds else Verdict.of(holds)
    kind = Kind.AIM if fitted else aim.kind
    ours = None if value is None else round(value, 3)
    return Finding(aim.what, f"{aim.least:g} or more", ours, verdict, kind, "share", source, counts)


def _articles(reader: Reader, folder: Path | None) -> list[Finding]:
    claims = {
        "first article: who met, and on which day": ("Imnadze", FIRST),
        "second article: an opening, at which nobody met": ("Guterres", SECOND),
    }
    return [_article(reader, folder, what, *claim) for what, claim in claims.items()]


FIRST = "meeting held 2024-02-20 stated: kaha_imnadze murat_nurtleu; CONSULT SUPPORT"
SECOND = "opening held None missing: antonio_guterres kassym_jomart_tokayev; SUPPORT"


def _article(reader: Reader, folder: Path | None, what: str, word: str, expected: str) -> Finding:
    texts = [path.read_text("utf-8") for path in sorted(folder.glob("*.txt"))] if folder else []
    text = next((text for text in texts if word in text), None)
    if text is None:
        return Finding(what, expected, None, Verdict.CANNOT_BE_CHECKED, Kind.MUST, "", SEEDS, ABSENT)
    ours = told(reader, text)
    return Finding(what, expected, ours, Verdict.of(ours == expected), Kind.MUST, "", SEEDS)


def told(reader: Reader, text: str) -> str:
    """The meetings of a text with kind, mode, day and people, and the types of what took place, as words."""
    reading = reader.read(Document(text))
    meetings = (
        f"{one.kind} {one.mode} {one.when.start} {one.when.known}: "
        + " ".join(sorted(party.id for party in one.parties))
        for one in reading.meetings
    )
    types = " ".join(sorted({deed.type for deed in reading.events if deed.mode == "held"}))
    return f"{', '.join(meetings)}; {types}"


def _speed(reader: Reader) -> list[Finding]:
    """Documents of 2,000 letters a second of processor time, the best of three rounds."""
    texts = [one.text for one in releases("tune") if one.whole]
    long = [(text * (LETTERS // len(text) + 1))[:LETTERS] for text in texts]

    def linked(document: Document) -> None:
        link(document, reader.registry)

    asks = (
        ("language, linking and themes", 2000.0, linked),
        ("full records", 300.0, lambda document: reader.read(document)),
    )
    return [_fast(what, least, act, long) for what, least, act in asks]


def _fast(what: str, least: float, act: Callable[[Document], object], texts: Sequence[str]) -> Finding:
    best = 0.0
    for number in range(ROUNDS):
        documents = [Document(f"{text}{' ' * number}") for text in texts]
        begun = time.process_time()
        for document in documents:
            act(document)
        best = max(best, len(documents) / (time.process_time() - begun))
    remark = "depends on the machine, and on what else it does"
    unit = "documents a second of processor time"
    return Finding(
        what,
        f"{least:g} or more",
        round(best),
        Verdict.of(best >= least),
        Kind.AIM,
        unit,
        "own clock",
        remark,
    )
