"""Labelled releases: what a reader of the press should find in them, and how much of it was found.

The releases are written for this purpose in the style of the sources; names of holders of posts are real,
what they do is invented. `tune` was looked at while the rules were written, `scored` was not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files

from mirab.observe.press.dates import Dated
from mirab.observe.press.document import Document
from mirab.observe.press.reader import LEAST_JUDGED, Reader, Reading
from mirab.observe.press.records import Meeting

PARTS = ("tune", "scored")


@dataclass(frozen=True)
class Meet:
    """A labelled meeting: kind, mode, day (empty where none is said) and the registered people."""

    kind: str
    mode: str
    day: str
    people: frozenset[str]


@dataclass(frozen=True)
class Release:
    """One release with its labels; None where a kind of label is not given for its language."""

    id: str
    language: str
    text: str
    meetings: tuple[Meet, ...]
    events: tuple[str, ...]
    promises: tuple[str, ...]
    people: tuple[str, ...]
    themes: tuple[str, ...]
    days: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether meetings, events and promises are labelled: English and Russian."""
        return self.language in ("en", "ru")


def releases(part: str) -> tuple[Release, ...]:
    """The releases of a part, in the order of its file."""
    text = (files("mirab.validation") / "releases" / f"{part}.txt").read_text(encoding="utf-8")
    return tuple(_release(block) for block in text.split("=== ") if block.strip())


def _release(block: str) -> Release:
    head, rest = block.split("\n", 1)
    text, labels = rest.rsplit("\n---", 1)
    found: dict[str, list[str]] = {
        "meeting": [],
        "event": [],
        "promise": [],
        "people": [],
        "theme": [],
        "date": [],
    }
    for line in labels.strip().splitlines():
        kind, _, value = line.strip().partition(" ")
        found["meeting" if kind in _KINDS else kind].append(line.strip() if kind in _KINDS else value)
    people = tuple(id for line in found["people"] for id in line.split())
    id, language = head.split()
    rest_of = (tuple(found[name]) for name in ("event", "promise"))
    events, promises = rest_of
    meetings = tuple(map(_meet, found["meeting"]))
    return Release(
        id, language, text, meetings, events, promises, people, tuple(found["theme"]), tuple(found["date"])
    )


_KINDS = ("meeting", "call", "credentials", "multilateral", "opening", "attendance")


def _meet(line: str) -> Meet:
    kind, mode, day, *people = line.split()
    return Meet(kind, mode, "" if day == "-" else day, frozenset(people))


@dataclass
class Tally:
    """Counts of what was found rightly, found wrongly and missed; by rule, what was right and judged."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float | None:
        """Share of what was found that is right; None where nothing was found."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def recall(self) -> float | None:
        """Share of what is there that was found; None where nothing is there."""
        return self.right / (self.right + self.missed) if self.right + self.missed else None

    @property
    def f(self) -> float | None:
        """Harmonic mean of precision and recall."""
        whole = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / whole if whole else None

    def sets(self, found: Iterable[str], wanted: Iterable[str]) -> None:
        """Count one pair of sets."""
        one, other = set(found), set(wanted)
        self.right += len(one & other)
        self.wrong += len(one - other)
        self.missed += len(other - one)


NAMES = ("language", "meetings", "people", "days", "events", "promises", "themes", "linked", "dates")


@dataclass
class Score:
    """The tallies of a part, by what is counted; `rules` are judged and right by rule."""

    tallies: Mapping[str, Tally] = field(default_factory=lambda: {name: Tally() for name in NAMES})
    rules: dict[str, list[int]] = field(default_factory=dict)
    releases: int = 0

    def add(self, release: Release, reading: Reading) -> None:
        """Count one release."""
        self.releases += 1
        count = self.tallies
        count["language"].sets([reading.document.language[0]], [release.language])
        if release.whole:
            self._meetings(release, reading)
            self._events(release, reading)
            self._promises(release, reading)
        else:
            count["linked"].sets({one.entity.id for one in reading.links.people}, release.people)
            themes = {topic.theme for topic in reading.topics}
            count["themes"].sets(themes & set(release.themes), release.themes)
            days = {one.start.isoformat() for one in (*reading.document.dates, *_published(reading))}
            count["dates"].sets(days, release.days)

    def _meetings(self, release: Release, reading: Reading) -> None:
        left = list(release.meetings)
        for meeting in reading.meetings:
            known = (party for party in meeting.parties if party.kind == "person")
            people = {party.id for party in known if not party.id.startswith("?")}
            wanted = next((one for one in left if _is(meeting, one, people)), None)
            self._judge(meeting.evidence[0].rule, "meetings", wanted is not None)
            if wanted:
                left.remove(wanted)
                self.tallies["people"].sets(people, wanted.people)
                day = meeting.when.start.isoformat() if meeting.when.start else ""
                if wanted.day and wanted.mode != "historical":
                    self.tallies["days"].sets([day], [wanted.day])
        self.tallies["meetings"].missed += len(left)

    def _events(self, release: Release, reading: Reading) -> None:
        left = list(release.events)
        for deed in reading.events:
            if deed.type == "CONSULT" or deed.mode != "held":
                continue
            right = deed.type in left
            self._judge(deed.evidence[0].rule, "events", right)
            if right:
                left.remove(deed.type)
        self.tallies["events"].missed += len(left)

    def _promises(self, release: Release, reading: Reading) -> None:
        left = list(release.promises)
        for promise in reading.promises:
            span = promise.evidence[1]
            words = release.text[span.start : span.end]
            wanted = next((one for one in left if words.startswith(one)), None)
            self._judge(promise.evidence[0].rule, "promises", wanted is not None)
            if wanted:
                left.remove(wanted)
        self.tallies["promises"].missed += len(left)

    def _judge(self, rule: str, name: str, right: bool) -> None:
        tally = self.tallies[name]
        tally.right += right
        tally.wrong += not right
        judged = self.rules.setdefault(rule, [0, 0])
        judged[0] += 1
        judged[1] += right


def _published(reading: Reading) -> Iterator[Dated]:
    if reading.document.head.published:
        yield reading.document.head.published


def _is(meeting: Meeting, wanted: Meet, people: set[str]) -> bool:
    """Whether a meeting that was read is the labelled one: kind, mode, and most of its people."""
    shared = len(people & wanted.people)
    return meeting.kind == wanted.kind and meeting.mode == wanted.mode and 2 * shared > len(wanted.people)


def score(reader: Reader, part: str) -> Score:
    """Read a part and count."""
    found = Score()
    for release in releases(part):
        found.add(release, reader.read(Document(release.text)))
    return found


def measured_rows(reader: Reader) -> list[tuple[str, int, int]]:
    """By rule: records judged on both parts and how many of them were right, where five were."""
    whole: dict[str, list[int]] = {}
    for part in PARTS:
        for rule, (judged, right) in score(reader, part).rules.items():
            known = whole.setdefault(rule, [0, 0])
            known[0] += judged
            known[1] += right
    return sorted((rule, one[0], one[1]) for rule, one in whole.items() if one[0] >= LEAST_JUDGED)
