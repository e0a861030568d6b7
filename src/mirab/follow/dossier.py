"""What the records know of somebody who is to be met: blocks of a note, each line with its record.

Nothing is written that no record says. Points that nobody entered come from live threats and from promises
that are late or fall due soon, and say so.
"""

from __future__ import annotations

from calendar import month_name
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from mirab.core.calendar import day_range
from mirab.core.declared import codes, evidence
from mirab.core.domain import Row
from mirab.core.notes import Block, Line, Subject, Who
from mirab.core.phrase import Part, Phrase, listed, say
from mirab.core.records import Briefing, Commitment, Level, Marking, Threat
from mirab.follow import bodies, calendar, diary
from mirab.follow.calendar import GROUP
from mirab.follow.commitments import OPEN
from mirab.follow.diary import Entry, Kind, Stance
from mirab.follow.subjects import FRESH, Post, Subjects, first

MOST = {"who": 5, "met": 4, "raise": 6, "agreements": 4, "threats": 4}
ROOM = 3
SOON = timedelta(days=90)
SENIOR = (
    "President",
    "Prime Minister",
    "Minister of Foreign Affairs",
    "Foreign Minister",
    "Executive",
    "Chair",
)
LEVELS = {Level.WATCH: say("watch"), Level.POTENTIAL: say("potential"), Level.EXISTING: say("existing")}
LANGUAGES = {"en": say("English"), "ru": say("Russian"), "local": say("own language")}


@dataclass(frozen=True)
class Dossier:
    """Whom a note is about on a day, the themes it is narrowed to (none: all), and the records that it tells.

    `promises` and `entries` are those that the audience may see; `issue` is the newest briefing or None.
    """

    subjects: Subjects
    subject: Subject
    on: date
    themes: tuple[str, ...]
    promises: Sequence[Commitment]
    entries: Sequence[Entry]
    issue: Briefing | None

    def blocks(self, met: Sequence[Line]) -> tuple[Block, ...]:
        """All blocks in the order of reading; `met` are meetings that the press tells, the latest first."""
        own = [line for entry in self._about(Kind.MEETING) for line in self._readout(entry)]
        theirs, ours = self._promises()
        found: dict[str, Sequence[Line]] = {
            "who": [*self._who()],
            "met": [*own, *met],
            "follow_ups": [_follow_up(one, self.on) for one in self._about(Kind.FOLLOW_UP) if not one.done],
            "stated": [*self._priorities(), *self._chairs()],
            "agreements": [*self._agreements()],
            "promised_by": [_promise(one) for one in theirs],
            "promised_to": [_promise(one) for one in ours],
            "threats": [_threat(one) for one in self._threats()],
            "objectives": [_entered(one) for one in self._about(Kind.OBJECTIVE)],
            "raise": [*self._points(Stance.RAISE), *self._due(theirs), *self._live()],
            "if_raised": [
                *self._points(Stance.IF_RAISED),
                *(_owed(one, self.on) for one in self._near(ours)),
            ],
            "avoid": [*self._points(Stance.AVOID), *self._name_notes()],
            "names": [*self._spellings()],
        }
        return tuple(_block(name, lines) for name, lines in found.items())

    def notices(self) -> Iterator[Phrase]:
        """What a reader must know first: posts that have just changed hands or are no longer held."""
        if self.subject.kind is not Who.PERSON:
            return
        for post in self.subjects.held(self.subject.id, self.on):
            before = self.subjects.before(post)
            if before and self.on - first(post.since) <= FRESH:
                yield say(
                    "{role} of {place} has changed hands: {new} since {day}, {old} before.",
                    role=post.role,
                    place=self.subjects.place(post),
                    new=self.subject.title,
                    day=_when(post.since),
                    old=self._holder(before),
                )
        for post, now in self.subjects.left(self.subject.id, self.on):
            yield self._gone(post, now)

    def _gone(self, post: Post, now: Post | None) -> Phrase:
        """That the subject holds a post no longer, and who does if known."""
        name, role, place = self.subject.title, post.role, self.subjects.place(post)
        if now is None:
            return say(
                "{name} is no longer {role} of {place}: the term ended on {day}, no successor is known.",
                name=name,
                role=role,
                place=place,
                day=_when(post.until),
            )
        return say(
            "{name} is no longer {role} of {place} since {day}: {new} holds the post now.",
            name=name,
            role=role,
            place=place,
            day=_when(post.until or now.since),
            new=self._holder(now),
        )

    def _holder(self, post: Post) -> str:
        return self.subjects.name(post.person)

    def _who(self) -> Iterator[Line]:
        if self.subject.kind is Who.ORGANISATION:
            yield from self._body()
        for post in sorted(self._posts(), key=_rank):
            place = self.subjects.place(post)
            told = say("{name}: {role}, {place}", name=self._holder(post), role=post.role, place=place)
            if post.since:
                told = say("{post}, since {day}", post=told, day=_when(post.since))
            yield self._seen(told, post.last_verified, post.id, post)

    def _posts(self) -> list[Post]:
        """Posts to tell: those of a person, or of all whom a state or body has on the day."""
        if self.subject.kind is Who.PERSON:
            return [*self.subjects.held(self.subject.id, self.on)]
        places = "state" if self.subject.kind is Who.STATE else "body"
        now = (post for post in self.subjects.posts if self.subjects.holds(post, self.on))
        return [post for post in now if getattr(post, places) == self.subject.id]

    def _seen(self, told: Phrase, seen: str, record: str, source: Post) -> Line:
        text = say("{told}; never verified", told=told)
        if seen:
            text = say("{told}; last verified {day}", told=told, day=_when(seen))
        return Line(text, f"{GROUP}:{record}", (source.evidence,), verify=bodies.to_verify(seen, self.on))

    def _body(self) -> Iterator[Line]:
        (row,) = (row for row in self._rows("organisations") if row["org_id"] == self.subject.id)
        members = listed(sorted(map(self._state, self.subject.states)))
        text = say("{name}: {kind}", name=self.subject.title, kind=row["kind"])
        if members:
            text = say("{told}; members {members}", told=text, members=members)
        yield Line(text, f"{GROUP}:{row['org_id']}", (evidence(row),))

    def _priorities(self) -> Iterator[Line]:
        states = () if self.subject.kind is Who.ORGANISATION else self.subject.states
        for row in sorted(self._rows("priorities"), key=lambda row: row["announced"] or "", reverse=True):
            if (
                row["state"] in states
                and self._fits(codes(row["themes"]))
                and first(row["announced"] or "") <= self.on
            ):
                text = say(
                    "{what} ({kind}, {day})", what=row["text"], kind=row["kind"], day=_when(row["announced"])
                )
                if row["progress"]:
                    text = say("{told}: {progress}", told=text, progress=row["progress"])
                yield self._row(text, row["priority_id"], row)

    def _chairs(self) -> Iterator[Line]:
        terms = {row["chair_id"]: row for row in self._rows("chairmanships")}
        for event in calendar.current_chairs(self.subjects.tables, self.on):
            row = terms[event.id.rpartition(":")[2]]
            of_body = self.subject.kind is Who.ORGANISATION and row["org_id"] == self.subject.id
            of_state = self.subject.kind is not Who.ORGANISATION and set(event.states) & set(
                self.subject.states
            )
            if of_body or of_state or row["org_id"] in self.subject.bodies:
                text = say("Chair of {chair}", chair=event.title)
                if row["date_to"]:
                    text = say("{told}, until {day}", told=text, day=_when(row["date_to"]))
                yield self._row(text, row["chair_id"], row)

    def _agreements(self) -> Iterator[Line]:
        made = (row for row in self._rows("agreements") if first(row["date"] or "") <= self.on)
        mine = [row for row in made if self._binds(row) and self._fits(_words(row["subject"]))]
        mine.sort(key=lambda row: row["date"] or "", reverse=True)
        for row in sorted(mine, key=lambda row: not (row["status"] or "").startswith("in force")):
            status = row["status"] or say("status not known")
            text = say("{name}, {day}: {status}", name=row["name"], day=_when(row["date"]), status=status)
            if row["ends"]:
                text = say("{told}; ends {day}", told=text, day=_when(row["ends"]))
            yield self._row(text, row["agreement_id"], row)

    def _binds(self, row: Row) -> bool:
        """Whether an agreement is one of the subject: as a party, by its group, or as the group."""
        group = row.get("party_group_org_id") or ""
        if self.subject.kind is Who.ORGANISATION:
            own = [one.agreement for one in self.promises if one.owner in self._owners]
            return group == self.subject.id or row["agreement_id"] in own
        parties = {*codes(row["parties"]), *bodies.members(self.subjects.tables, group, self.on)}
        return bool(parties & set(self.subject.states))

    @property
    def _owners(self) -> set[str]:
        names = (self.subjects.organisations.get(id, id) for id in self.subject.bodies)
        return {*self.subject.bodies, *names}

    def _promises(self) -> tuple[list[Commitment], list[Commitment]]:
        """Open promises by the subject, and those to it, the earliest due first."""
        open_ones = [one for one in self.promises if one.status in OPEN and self._fits(one.themes)]
        open_ones.sort(key=lambda one: (one.due or date.max, one.id))
        states = set() if self.subject.kind is Who.ORGANISATION else set(self.subject.states)
        theirs = [one for one in open_ones if set(one.by) & states or one.owner in self._owners]
        return theirs, [one for one in open_ones if one not in theirs and set(one.to) & states]

    def _near(self, found: Iterable[Commitment]) -> list[Commitment]:
        return [one for one in found if one.due and one.due <= self.on + SOON]

    def _due(self, theirs: Iterable[Commitment]) -> list[Line]:
        return [_asked(one) for one in self._near(theirs)[:ROOM]]

    def _threats(self) -> list[Threat]:
        """Threats of the briefing for the subject, in its order: by state, and by theme of a body."""
        found = (
            [one for one in self.issue.threats if set(one.states) & set(self.subject.states)]
            if self.issue
            else []
        )
        if self.subject.kind is Who.ORGANISATION:
            (row,) = (row for row in self._rows("organisations") if row["org_id"] == self.subject.id)
            found = [one for one in found if one.domain in codes(row["themes"])]
        return [one for one in found if self._fits((one.domain,))]

    def _live(self) -> list[Line]:
        live = [one for one in self._threats() if one.level is not Level.WATCH]
        return [Line(_raised(one), one.id, one.evidence, one.marking, derived="threat") for one in live[:2]]

    def _about(self, kind: Kind) -> list[Entry]:
        """Entries of a kind about the subject, for a person also about its states and bodies."""
        keys = {self.subject.id}
        if self.subject.kind is Who.PERSON:
            keys |= {*self.subject.states, *self.subject.bodies}
        own = [
            one
            for one in self.entries
            if one.kind is kind and keys & set(one.about) and self._fits(one.themes)
        ]
        met = [one for one in own if not one.on or first(one.on) <= self.on]
        return sorted(met, key=lambda one: (one.due, one.on), reverse=kind is Kind.MEETING)

    def _readout(self, entry: Entry) -> Iterator[Line]:
        text = say("{day}, own readout: {text}", day=_when(entry.on), text=entry.text)
        if entry.place:
            text = say(
                "{day}, {place}, own readout: {text}", day=_when(entry.on), place=entry.place, text=entry.text
            )
        yield Line(text, entry.id, (entry.evidence,), entry.marking)

    def _points(self, stance: Stance) -> list[Line]:
        return [_entered(one) for one in self._about(Kind.POINT) if one.stance == stance]

    def _name_notes(self) -> Iterator[Line]:
        """Notes on the names of states, such as one of non-recognition (§13)."""
        if self.subject.kind is not Who.ORGANISATION:
            rows = (row for row in self._rows("states", "") if row["state"] in self.subject.states)
            for row in rows:
                if row.get("name_note"):
                    text = say("{name}: {note}", name=row["name"], note=row["name_note"])
                    yield Line(text, f"states:{row['state']}", (evidence(row),))

    def _spellings(self) -> Iterator[Line]:
        shown = {self.subject.id: self.subject}
        for post in self._posts()[:ROOM]:
            shown.setdefault(post.person, replace(self.subject, kind=Who.PERSON, id=post.person))
        for id, one in shown.items():
            name = self.subjects.name(id) if one.kind is Who.PERSON else one.title
            found = self.subjects.spellings(one).items()
            told = [
                say("{names} ({language})", names=listed(names), language=LANGUAGES[language])
                for language, names in found
            ]
            if told:
                text = say("{name}: {spellings}", name=name, spellings=listed(told))
                yield Line(text, f"{GROUP}:{id}", self.subjects.rests(one))

    def _fits(self, themes: Collection[str]) -> bool:
        return not self.themes or bool(set(themes) & set(self.themes))

    def _state(self, code: str) -> str:
        return self.subjects.states.get(code, code)

    def _rows(self, table: str, group: str = GROUP) -> Sequence[Row]:
        return self.subjects.tables.rows(f"{group}/{table}" if group else table)

    def _row(self, text: Phrase, id: str, row: Row) -> Line:
        old = bodies.to_verify(row["last_verified"] or "", self.on)
        return Line(text, f"{GROUP}:{id}", (evidence(row),), verify=old)


def seen_by(block: Block, audience: Marking) -> Block:
    """A block as an audience may see it: lines with a narrower marking are gone, and not counted."""
    return replace(block, lines=tuple(line for line in block.lines if line.marking.rank <= audience.rank))


def fitted(block: Block) -> Block:
    """A block with as many lines as two pages have room for, and the number of those left out."""
    most = MOST.get(block.name, ROOM)
    return replace(block, lines=block.lines[:most], more=max(0, len(block.lines) - most))


def themes(subjects: Subjects, issue: Briefing | None) -> set[str]:
    """Words that narrow a note: themes of bodies, priorities and promises, and the fields of threats."""
    rows = (*subjects.tables.rows(f"{GROUP}/organisations"), *subjects.tables.rows(f"{GROUP}/priorities"))
    promised = subjects.tables.rows(f"{GROUP}/commitments")
    found = {theme for row in (*rows, *promised) for theme in codes(row.get("themes"))}
    return found | ({one.domain for one in issue.threats} if issue else set())


def _block(name: str, lines: Sequence[Line]) -> Block:
    return Block(name, tuple(lines))


def _follow_up(one: Entry, on: date) -> Line:
    text = say("{text}; {owner}, by {day}", text=one.text, owner=one.owner, day=_when(one.due))
    if diary.overdue(one, on):
        text = say("{told}: overdue", told=text)
    return Line(text, one.id, (one.evidence,), one.marking)


def _promise(one: Commitment) -> Line:
    due: Part = one.due or say("a day that is not known")
    text = say("{what}; due {day}: {status}", what=one.what, day=due, status=say(one.status.value))
    return Line(text, one.id, one.evidence, one.marking)


def _asked(one: Commitment) -> Line:
    due: Part = one.due or ""
    text = say("Ask where this promise stands: {what}; due {day}", what=one.what, day=due)
    return _derived(one, text, "promise")


def _owed(one: Commitment, on: date) -> Line:
    due: Part = one.due or ""
    text = say("This was promised to them and falls due on {day}: {what}", what=one.what, day=due)
    if one.due and one.due < on:
        text = say("This was promised to them and was due on {day}: {what}", what=one.what, day=due)
    return _derived(one, text, "promise")


def _derived(one: Commitment, text: Phrase, what: str) -> Line:
    return Line(text, one.id, one.evidence, one.marking, derived=what)


def _threat(one: Threat) -> Line:
    return Line(_of_threat(one), one.id, one.evidence, one.marking)


def _of_threat(one: Threat) -> Phrase:
    """A threat in one sentence; no share of members is said to be certain."""
    text = say("{title}: {level}", title=one.title, level=LEVELS[one.level])
    if one.probability is not None:
        values: dict[str, Part] = {"told": text, "share": 100.0 * min(max(one.probability, 0.01), 0.99)}
        text = say("{told}, in {share:.0f} % of members", **values)
        if one.level is Level.EXISTING:
            text = say("{told}, again in {share:.0f} % of members", **values)
    if one.window:
        text = say("{told}, first from {first} to {last}", told=text, first=one.window[0], last=one.window[1])
    return text


def _raised(one: Threat) -> Phrase:
    return say("Raise what the briefing finds: {threat}", threat=_of_threat(one))


def _entered(one: Entry) -> Line:
    return Line(say("{text}", text=one.text), one.id, (one.evidence,), one.marking)


def _when(text: str | None) -> Part:
    """A day as a day; a month or a year as it is known; words where nothing is."""
    days = day_range(text or "")
    if not text or days is None:
        return say("day not known")
    if days[0] == days[1]:
        return days[0]
    named = say("{alone} {year}", alone=month_name[days[0].month], year=text[:4])
    return text if text.isdigit() else named


def _words(text: str | None) -> set[str]:
    """Themes that a free subject names: `water and energy`, `security|disarmament`."""
    return {word for cell in codes(text) for word in cell.replace(" and ", " ").split()}


def _rank(post: Post) -> tuple[int, str]:
    place = next((i for i, name in enumerate(SENIOR) if post.role.startswith(name)), len(SENIOR))
    return place, post.role
