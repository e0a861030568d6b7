"""Meetings: who met whom, how, where and when, from trigger phrases and the people around them.

One sentence with a trigger makes one frame; frames that share their people and day are one meeting. Where a
document looks back, plans or denies, the meeting carries that mode. Method ours; triggers and cues are rows
of rules/meetings.csv and rules/cues.csv.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from mirab.observe.press.dates import Dated
from mirab.observe.press.document import Document, Sentence
from mirab.observe.press.lexicon import Hit
from mirab.observe.press.linking import Links, Mention
from mirab.observe.press.records import Known, Meeting, Mode, Party, Topic, When, Where
from mirab.observe.press.registry import Registry
from mirab.observe.press.rows import small_words
from mirab.observe.press.scene import Scene, between

ORDER = ("call", "credentials", "meeting", "multilateral", "opening", "attendance")
JOINED = ("multilateral", "attendance", "opening")
NEAR = {"after_close": 14, "next": 5}
RECENT = 40
OLD, WEEK = timedelta(days=60), timedelta(days=7)
_HELD_ROLES = (
    "president",
    "foreign_minister",
    "prime_minister",
    "secretary_general",
    "special_representative",
)
_SENT = small_words("meetings_sent")
_ALL = small_words("deeds_all")
_PRONOUNS = small_words("meetings_pronouns")


@dataclass(frozen=True)
class _Frame:
    sentence: Sentence
    hit: Hit
    kind: str
    mode: Mode
    parties: tuple[Party, ...]
    dated: Dated | None
    follows: bool


def meetings(scene: Scene, registry: Registry) -> tuple[Meeting, ...]:
    """The meetings that a document tells of, in its order; nothing is read from background or tail."""
    reader = _Reader(scene.document, scene.links, registry, scene)
    frames = tuple(reader.frames())
    starts = [frame.sentence.start for frame in frames]
    return tuple(reader.meeting(group, starts) for group in _merged(frames))


@dataclass
class _Reader:
    document: Document
    links: Links
    registry: Registry
    scene: Scene

    def frames(self) -> Iterator[_Frame]:
        """The frames of the news in a document, in its order; a pronoun stands for the host before."""
        host: tuple[Party, ...] = ()
        last: tuple[Party, ...] = ()
        for sentence in self.document.sentences:
            if self.scene.is_told(sentence):
                frame = self._frame(sentence, host, last)
                if frame:
                    host = host or frame.parties[:1]
                    host = host if sentence.kind == "title" else frame.parties[:1]
                    last = frame.parties or last
                    yield frame

    def _frame(self, sentence: Sentence, host: tuple[Party, ...], last: tuple[Party, ...]) -> _Frame | None:
        """The frame of a sentence; `last` are those of the frame before, for whom `they` stands."""
        hits = self.scene.within("meetings", sentence)
        parties = self._parties(sentence) or self._all_of(last, sentence) if hits else ()
        for hit in sorted(hits, key=lambda hit: ORDER.index(hit.entry.kind)):
            if not self._is_met(hit, parties, sentence):
                continue
            first, _ = self.scene.bounds(sentence)
            leading = self.document.words.folded[first : first + 5]
            follows = bool(_PRONOUNS.intersection(leading)) or any(
                p.entry.role for p in self._bare(sentence) if p.first < hit.first
            )
            if follows and len(parties) == 1:
                parties = (*self._meant(sentence, hit, parties[0], host), *parties)
            mode = self.scene.mode(hit, sentence)
            if mode is Mode.FUTURE and parties is last:
                return None
            dated = self._dated(hit, sentence)
            return _Frame(sentence, hit, hit.entry.kind, self._in_time(mode, dated), parties, dated, follows)
        return None

    def _all_of(self, last: tuple[Party, ...], sentence: Sentence) -> tuple[Party, ...]:
        first, _ = self.scene.bounds(sentence)
        return last if _ALL.intersection(self.document.words.folded[first : first + 5]) else ()

    def _meant(
        self, sentence: Sentence, hit: Hit, other: Party, host: tuple[Party, ...]
    ) -> tuple[Party, ...]:
        """Whom a pronoun or a bare post stands for: the last one with that post, else the host."""
        roles = {post.entry.role for post in self._bare(sentence) if post.first < hit.first}
        for one in reversed(between(self.links.people, 0, sentence.start)) if roles else ():
            if one.roles & roles and one.entity.id != other.id:
                return (self._party(one),)
        subject = host or self._subject(sentence)
        return subject if subject and subject[0].id != other.id else ()

    def _subject(self, sentence: Sentence) -> tuple[Party, ...]:
        """The first person of the sentence before, of whom a pronoun goes on to speak."""
        before = self.document.before(sentence.start)
        people = self.scene.people(before[-1]) if before else []
        return (self._party(people[0]),) if people else ()

    def _is_met(self, hit: Hit, parties: Sequence[Party], sentence: Sentence) -> bool:
        """Whether what the trigger needs stands behind it."""
        if not hit.entry.needs:
            return True
        near = NEAR.get(hit.entry.needs, len(self.document.words))
        at = self.document.words.at
        return any(0 < at(party.span.start) - hit.last <= near for party in parties)

    def _parties(self, sentence: Sentence) -> tuple[Party, ...]:
        people = [self._party(one) for one in self.scene.people(sentence)]
        named = {party.id for party in people}
        held = [one for one in self._holders(sentence) if one.id not in named]
        sent = [one for one in self._delegations(sentence) if not any(one.id == p.place for p in people)]
        unique = {party.id: party for party in reversed([*people, *held, *sent])}
        return tuple(sorted(unique.values(), key=lambda party: party.span.start))

    def _party(self, one: Mention) -> Party:
        posts = self.registry.held(one.entity.id, self.document.published)
        fitting = [post for post in posts if post.roles & one.roles] or list(posts)
        post = fitting[0] if fitting else None
        known = Known.STATED if one.role else Known.INFERRED if post else Known.MISSING
        return Party(
            one.entity.id,
            one.entity.title,
            "person",
            one.role or (post.title if post else ""),
            known,
            (post.state or post.org) if post else one.place,
            Known.STATED,
            self.document.span(one.start, one.end, one.rule),
        )

    def _bare(self, sentence: Sentence) -> list[Hit]:
        """Posts of the sentence that stand without a name."""
        return self.scene.bare_posts(sentence)

    def _holders(self, sentence: Sentence) -> Iterator[Party]:
        """Who held a post that is named with its state but without a name, by the registry."""
        on = self.document.published
        for hit in self._bare(sentence) if on else ():
            place = self.scene.place_of_post(hit) or self._united_nations(hit)
            person = self.registry.holder(hit.entry.role, place, on) if on and place else ""
            if person and hit.entry.role in _HELD_ROLES:
                entity = self.registry.entities[person]
                span = self.document.span(hit.start, hit.end, hit.entry.rule)
                words = self.document.text[hit.start : hit.end]
                yield Party(person, entity.title, "person", words, Known.STATED, place, Known.INFERRED, span)

    def _united_nations(self, hit: Hit) -> str:
        """The UN, whose Secretary-General is meant where no other one was named before."""
        role = hit.entry.role
        named = (one for one in between(self.links.people, 0, hit.start) if role in one.roles)
        alone = role == "secretary_general" and next(named, None) is None
        return "un" if alone and "un" in self.registry.entities else ""

    def _delegations(self, sentence: Sentence) -> Iterator[Party]:
        """Organisations and states that sent a delegation."""
        words = self.document.words
        first, _ = self.scene.bounds(sentence)
        for one in self.scene.bodies(sentence):
            around = (
                words.folded[max(first, one.first - 4) : one.first]
                + words.folded[one.last + 1 : one.last + 2]
            )
            if _SENT.intersection(around):
                span = self.document.span(one.start, one.end, one.rule)
                yield Party(
                    one.entity.id,
                    one.entity.title,
                    "delegation",
                    "",
                    Known.MISSING,
                    one.entity.id,
                    Known.STATED,
                    span,
                )

    def _dated(self, hit: Hit, sentence: Sentence) -> Dated | None:
        """The day nearest to the trigger in its sentence; bounds of periods are left out."""
        found = self.scene.dates(sentence)
        published = self.document.published
        near = [one for one in found if one.precision != "year"]
        near = near or [one for one in found if published and one.end.year < published.year]
        return min(
            near, key=lambda one: min(abs(one.first - hit.end), abs(hit.start - one.last)), default=None
        )

    def _in_time(self, mode: Mode, dated: Dated | None) -> Mode:
        published = self.document.published
        if dated is None or published is None or mode is Mode.NEGATED:
            return mode
        if dated.start > published:
            return Mode.FUTURE
        return Mode.HISTORICAL if mode is Mode.HELD and dated.end < published - OLD else mode

    def meeting(self, frames: Sequence[_Frame], starts: Sequence[int]) -> Meeting:
        """One meeting from the frames that tell of it."""
        frame = frames[0]
        spans = [self.document.span(frame.hit.start, frame.hit.end, frame.hit.entry.id)]
        spans += [self.document.span(f.sentence.start, f.sentence.end, f.hit.entry.id) for f in frames]
        return Meeting(
            kind=frame.kind,
            mode=frame.mode,
            parties=frame.parties,
            when=self._when(frames),
            where=self._where(frames),
            topics=self._topics(frames, starts),
            evidence=tuple(spans),
        )

    def _when(self, frames: Sequence[_Frame]) -> When:
        dated = next((f.dated for f in frames if f.dated), None)
        if dated:
            span = self.document.span(dated.first, dated.last, dated.rule)
            ahead = self._ahead(dated, frames[0].mode)
            return When(dated.start + ahead, dated.end + ahead, dated.precision, Known.STATED, span)
        on, head = self.document.published, self.document.head.published
        if on is None and frames[0].mode is Mode.HELD:
            return self._day_before(frames[0].sentence)
        if on is None or frames[0].mode not in (Mode.HELD, Mode.REPORTED):
            return When()
        span_or_none = self.document.span(head.first, head.last, "date_of_publication") if head else None
        return When(on, on, "day", Known.INFERRED, span_or_none)

    def _ahead(self, dated: Dated, mode: Mode) -> timedelta:
        """A week where a planned meeting is said to be on a weekday: the next one is meant, not the last."""
        on = self.document.published
        past = on is not None and dated.end < on
        return WEEK if past and dated.weekday and mode is Mode.FUTURE else timedelta()

    def _day_before(self, sentence: Sentence) -> When:
        """The last day that the paragraph names before a sentence, where no day of publication is known."""
        near = [one for one in self.document.before(sentence.start) if one.paragraph == sentence.paragraph]
        named = self.document.dates_between(near[0].start, sentence.start) if near else ()
        days = [one for one in named if one.precision == "day"]
        if not days:
            return When()
        span = self.document.span(days[-1].first, days[-1].last, days[-1].rule)
        return When(days[-1].start, days[-1].end, "day", Known.INFERRED, span)

    def _where(self, frames: Sequence[_Frame]) -> Where:
        for frame in frames:
            for one in self.scene.cities(frame.sentence):
                span = self.document.span(one.start, one.end, one.rule)
                return Where(one.entity.id, one.entity.title, one.entity.state, Known.STATED, span)
        head = self.document.head.place
        if frames[0].mode is not Mode.HELD or frames[0].kind == "call" or head is None:
            return Where()
        for one in between(self.links.places, head[0], head[0] + 1):
            if one.entity.kind == "city":
                span = self.document.span(one.start, one.end, "place_of_dateline")
                return Where(one.entity.id, one.entity.title, one.entity.state, Known.INFERRED, span)
        return Where()

    def _topics(self, frames: Sequence[_Frame], starts: Sequence[int]) -> tuple[Topic, ...]:
        """Themes from the meeting's sentence to the next meeting's or the end of the body."""
        start, last = frames[0].sentence.start, frames[-1].sentence.start
        after = bisect_right(starts, last)
        end = starts[after] if after < len(starts) else len(self.document.text)
        return self.scene.topics(start, end)


def _merged(frames: Iterable[_Frame]) -> list[list[_Frame]]:
    """Frames of one meeting together, looked for among the last so many; a lone party only adds to one."""
    groups: list[list[_Frame]] = []
    for frame in frames:
        group = next((g for g in reversed(groups[-RECENT:]) if _is_same(g[0], frame)), None)
        if group is not None:
            group.append(frame)
            group[0] = _joined(group[0], frame)
        elif len(frame.parties) >= 2 or frame.kind in JOINED:
            groups.append([frame])
    return [group for group in groups if len(group[0].parties) >= 2]


def _is_same(one: _Frame, other: _Frame) -> bool:
    """Whether two frames tell of one meeting: same people, or one adds people to the other; no other day."""
    if one.mode is not other.mode and one.sentence.kind != "title" and other.parties:
        return False
    if one.dated and other.dated and one.dated.start != other.dated.start:
        return False
    if one.kind == "opening" and not one.parties:
        return other.kind in JOINED and one.sentence.paragraph == other.sentence.paragraph
    if one.kind in JOINED[1:] and other.kind in ("meeting", "call") and one.sentence.kind != "title":
        return False
    first, second = ({party.id for party in frame.parties} for frame in (one, other))
    if other.kind in JOINED and one.kind not in ("call", "credentials") and not other.follows:
        return bool(first & second) or other.kind == "multilateral" or not second
    return second <= first or (first <= second and one.sentence.kind == "title")


def _joined(one: _Frame, other: _Frame) -> _Frame:
    """The frame with what another adds to it; the words of the body count more than those of the title."""
    known = {party.id for party in one.parties}
    parties = (*one.parties, *(party for party in other.parties if party.id not in known))
    kind = min(one.kind, other.kind, key=ORDER.index)
    if one.sentence.kind == "title":
        return replace(other, parties=tuple(parties), kind=kind, dated=other.dated or one.dated)
    return replace(one, parties=tuple(parties), kind=kind, dated=one.dated or other.dated)
