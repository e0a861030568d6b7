"""Notes for meetings: what records, press, diary and the newest briefing say; nothing is simulated."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from mirab.core.declared import codes
from mirab.core.errors import InputError, Problem, UnknownNameError
from mirab.core.notes import Line, Note, Subject, Tour, Who
from mirab.core.phrase import Phrase, say, say_count
from mirab.core.records import Briefing, Confidence, Evidence, Source
from mirab.stages.issuing import issue_store
from mirab.stages.observing import Wish, diary, press
from mirab.stages.translating import translations

if TYPE_CHECKING:
    from mirab.follow import commitments
    from mirab.follow.diary import Diary
    from mirab.follow.dossier import Dossier
    from mirab.follow.subjects import Post, Subjects
    from mirab.observe.press.records import Person
    from mirab.observe.region import Region

OLD = timedelta(days=14)


@dataclass(frozen=True)
class Meeting:
    """A meeting that a note is for: whom, when, where, and the themes that it is narrowed to (none: all)."""

    asked: str
    on: date
    themes: tuple[str, ...] = ()
    place: str = ""
    time: str = ""


@dataclass(frozen=True)
class Office:
    """What an office has at hand for notes: the pack, whom it knows, its diary, and the newest briefing."""

    wish: Wish
    region: Region
    subjects: Subjects
    issue: Briefing | None

    @classmethod
    def of(cls, wish: Wish) -> Office:
        """The office of a wish, whose `out` is the folder of the newest briefing.

        Where it holds none for this audience, the newest issue of the region in the user's store is told;
        none is needed. Raises InputError where the briefing in that folder is one of another region.
        """
        from mirab.follow import issues
        from mirab.follow.subjects import Subjects
        from mirab.observe import region
        from mirab.observe.press.store import PressStore

        pack = region.load(wish.region).seen_by(wish.audience)
        issue = _seen(issues.previous(wish.out), wish) or _newest(wish, pack.name)
        if issue and issue.region != pack.name:
            what = f"holds a briefing of {issue.region}, the note is for {pack.name}"
            raise InputError("note", [Problem(str(wish.out), what, "name another folder with --briefing")])
        own = PressStore(wish.own.with_name("press.sqlite")).people()
        rows = [{**vars(one), "person_id": one.id, "variants_en": one.variants} for one in own]
        return cls(wish, pack, Subjects.of(pack, rows, [_post(one) for one in own if one.role]), issue)

    @property
    def diary(self) -> Diary:
        """Where the office writes down its meetings, objectives and points."""
        return diary(self.wish, self.region)

    def names_in(self, language: str) -> dict[str, str]:
        """What the pack and the office's translators call things in a language, by the English text."""
        return {**self.region.names_in(language), **translations(self.wish.own).known(language)}

    def note(self, meeting: Meeting) -> Note:
        """The note for a meeting, as the audience of the wish may see it.

        Raises InputError where it is not clear who is meant, UnknownNameError for a theme that nothing has.
        """
        from mirab.follow import dossier

        known = dossier.themes(self.subjects, self.issue)
        for theme in meeting.themes:
            if theme not in known:
                raise UnknownNameError("theme", theme, known)
        subject = self.subjects.find(meeting.asked, meeting.on)
        told = self._dossier(subject, meeting)
        audience = self.wish.audience
        blocks = (dossier.seen_by(block, audience) for block in told.blocks(self._met(subject, meeting)))
        fitted = tuple(map(dossier.fitted, blocks))
        issue = told.issue
        return Note(
            region=self.region.name,
            region_title=self.region.title,
            subject=subject,
            on=meeting.on,
            themes=meeting.themes,
            audience=audience,
            blocks=fitted,
            notices=(*told.notices(), *self._about_issue(issue, meeting.on)),
            sources=self._sources(line for block in fitted for line in block.lines),
            names=dict(self.subjects.states),
            issue=issue.issue if issue else 0,
            issue_day=issue.as_of if issue else None,
            place=meeting.place,
            time=meeting.time,
        )

    def tour(self, title: str, meetings: Sequence[Meeting]) -> Tour:
        """The notes of a visit in the order of its meetings, with what the calendar has in its days.

        All meetings that cannot be prepared are refused together.
        """
        from mirab.follow import calendar

        ordered = sorted(meetings, key=lambda one: (one.on, one.time))
        first, last = ordered[0].on, ordered[-1].on
        problems, notes = [], []
        for one in ordered:
            try:
                notes.append(self.note(one))
            except InputError as wrong:
                problems += [replace(problem, where=one.on.isoformat()) for problem in wrong.problems]
            except UnknownNameError as wrong:
                problems.append(Problem(one.on.isoformat(), str(wrong)))
        if problems:
            raise InputError("tour", problems)
        events = calendar.ahead(calendar.events(self.region, first), first, days=max(1, (last - first).days))
        dated = tuple(event for event in events if len(event.start or event.end) > len("2026"))
        return Tour(title, first, last, tuple(notes), dated)

    def _dossier(self, subject: Subject, meeting: Meeting) -> Dossier:
        from mirab.follow import commitments, diary, dossier

        known = commitments.Known.of(self.region)
        store = self._promises(known)
        promises = commitments.visible(commitments.commitments(store, meeting.on), self.wish.audience)
        entries = diary.standing(self.diary.entries(), self.wish.audience)
        issue = self.issue if self.issue and self.issue.as_of <= meeting.on else None
        return dossier.Dossier(self.subjects, subject, meeting.on, meeting.themes, promises, entries, issue)

    def _promises(self, known: commitments.Known) -> tuple[commitments.Entry, ...]:
        """Those of the pack and the user's own; without own ones the library of the store stays unread."""
        from mirab.follow import commitments

        packed, path = commitments.entries(self.region), self.wish.own.with_name("commitments.sqlite")
        if not path.exists():
            return packed
        from mirab.follow.store import Store

        return (*packed, *Store(path, self.region.name).entries(known))

    def _met(self, subject: Subject, meeting: Meeting) -> list[Line]:
        """Meetings with the subject; after those of a person the ones of whom it speaks for."""
        from mirab.observe.press.met import met

        read = press(self.wish)
        found = [*met(read, {subject.id}, meeting.on, meeting.themes)]
        if subject.kind is Who.PERSON:
            wider = met(read, {*subject.states, *subject.bodies}, meeting.on, meeting.themes)
            found += [line for line in wider if line.record not in {one.record for one in found}]
        return found

    def _about_issue(self, issue: Briefing | None, on: date) -> Iterator[Phrase]:
        if issue is None:
            yield say("No briefing of this region up to the day was found: threats are left out.")
        elif on - issue.as_of > OLD:
            days = (on - issue.as_of).days
            yield say_count(
                "The briefing that is told here is {count} day old.",
                "The briefing that is told here is {count} days old.",
                days,
            )

    def _sources(self, lines: Iterable[Line]) -> tuple[Source, ...]:
        """Sources that the lines cite, by id; of the briefing's own and of what the user keeps too."""
        from mirab.follow import commitments, diary
        from mirab.observe.press.counts import PRESS

        own = {one.id: one for one in (PRESS, diary.OWN, commitments.OWN)}
        told = {one.id: one for one in self.issue.sources} if self.issue else {}
        known = {**told, **self.region.sources, **own}
        cited = {one.source_id for line in lines for one in line.evidence}
        return tuple(known[id] for id in sorted(cited) if id in known)


def _seen(issue: Briefing | None, wish: Wish) -> Briefing | None:
    """An issue that was made for no narrower audience than the note: else its figures rest on hidden rows."""
    return issue if issue and issue.audience.rank <= wish.audience.rank else None


def _newest(wish: Wish, region: str) -> Briefing | None:
    """The issue of a region in the user's store that is of the latest day up to that of the wish.

    Issues for a narrower audience are left out.
    """
    store = issue_store(wish.own)
    known = [one for one in store.listed() if one.audience.rank <= wish.audience.rank]
    found = [one for one in known if one.region == region and one.as_of <= wish.on]
    last = max(found, key=lambda one: (one.as_of, one.key), default=None)
    return store.briefing(last) if last else None


def _post(one: Person) -> Post:
    from mirab.follow import diary
    from mirab.follow.subjects import Post

    evidence = Evidence(diary.OWN.id, Confidence.SECONDARY)
    return Post(f"own_{one.id}", one.id, one.role, one.state, "", one.since, "", "", evidence)


def itinerary(file: Path) -> tuple[Meeting, ...]:
    """The meetings of a visit from a CSV file: date and with, and if wanted time, place and themes.

    Raises InputError with every line that cannot be taken.
    """
    try:
        rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as cause:
        problem = Problem(str(file), f"cannot be read: {cause}", "name a CSV file in UTF-8")
        raise InputError("tour", [problem]) from cause
    problems, found = [], []
    for number, row in enumerate(rows, start=2):
        cells = {(name or "").strip().lower(): (cell or "").strip() for name, cell in row.items() if name}
        where = f"{file.name}:{number}"
        try:
            day = date.fromisoformat(cells.get("date", ""))
        except ValueError:
            problems.append(Problem(where, f"date={cells.get('date', '')!r} is no day", "write 2027-04-01"))
            continue
        if not cells.get("with"):
            problems.append(Problem(where, "with is empty", "name a person, a state or a body"))
        found.append(
            Meeting(
                cells.get("with", ""),
                day,
                codes(cells.get("themes")),
                cells.get("place", ""),
                cells.get("time", ""),
            )
        )
    if not rows:
        problems.append(
            Problem(file.name, "holds no meeting", "the first line is: date,time,place,with,themes")
        )
    if problems:
        raise InputError("tour", problems)
    return tuple(found)
