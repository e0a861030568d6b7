"""Whom a user means: a person, the holder of a post, a state, an organisation or a format, by any name.

Names are compared without case, accents and punctuation. A name that fits two, or none, is refused with the
nearest ones: whom a note is about is never guessed.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from mirab.core.calendar import day_range
from mirab.core.declared import codes, evidence
from mirab.core.domain import Row, Tables
from mirab.core.errors import InputError, Problem
from mirab.core.notes import Subject, Who
from mirab.core.records import Evidence
from mirab.follow import bodies
from mirab.follow.calendar import GROUP

FRESH = timedelta(days=30)
NEAR, MOST_NEAR = 0.6, 3
SPELLINGS = ("name", "variants_en", "variants_ru", "variants_local")
TITLES = ("name_en", "acronym", "name_ru", "acronym_ru")


@dataclass(frozen=True)
class Post:
    """A term of a person in a post of a state or a body; dates are ISO text as known, empty where not."""

    id: str
    person: str
    role: str
    state: str
    body: str
    since: str
    until: str
    last_verified: str
    evidence: Evidence

    def holds(self, on: date) -> bool:
        """Whether it is held on a day; a month or a year counts as a whole."""
        return first(self.since) <= on <= last(self.until)

    def is_of(self, other: Post) -> bool:
        """Whether another term is one of the same post."""
        return (self.role, self.state, self.body) == (other.role, other.state, other.body)


@dataclass(frozen=True)
class Subjects:
    """Who can be named in a pack: `people` and `posts` are rows of it and those that the user added."""

    tables: Tables
    people: Sequence[Row]
    posts: Sequence[Post]

    @classmethod
    def of(cls, tables: Tables, people: Sequence[Row] = (), posts: Sequence[Post] = ()) -> Subjects:
        """Those of the tables with the user's own; of two people with one id the user's counts."""
        listed = {row["person_id"]: row for row in (*tables.rows(f"{GROUP}/people"), *people)}
        return cls(tables, tuple(listed.values()), (*map(_post, tables.rows(f"{GROUP}/posts")), *posts))

    def find(self, asked: str, on: date) -> Subject:
        """The subject of a name on a day; raises InputError where none or more than one fits."""
        words = plain(asked)
        for names in (self._names, self._offices(on), self._parts):
            found = sorted(names.get(words, ()))
            if len(found) > 1:
                raise _refusal(asked, "may be more than one", map(self._told, found), "name one of them")
            if found:
                return self._subject(*found[0], asked, on)
        known = {
            name: self._names.get(name, self._parts.get(name, ())) for name in (*self._names, *self._parts)
        }
        near = difflib.get_close_matches(words, known, n=3 * MOST_NEAR, cutoff=NEAR)
        meant = dict.fromkeys(key for name in near for key in sorted(known[name]))
        told = map(self._told, list(meant)[:MOST_NEAR])
        raise _refusal(asked, "is nobody that the pack or your own list knows", told, "the nearest are")

    def held(self, person: str, on: date) -> tuple[Post, ...]:
        """Posts that a person holds on a day, the latest first."""
        own = (post for post in self.posts if post.person == person and self.holds(post, on))
        return tuple(sorted(own, key=lambda post: post.since, reverse=True))

    def left(self, person: str, on: date) -> tuple[tuple[Post, Post | None], ...]:
        """Posts that a person no longer holds on a day, each with the term of who holds it now if known."""
        begun = (post for post in self.posts if post.person == person and first(post.since) <= on)
        own = (post for post in begun if not self.holds(post, on))
        now = ((post, self._holder(post, on)) for post in own)
        return tuple(sorted(now, key=lambda pair: pair[0].since, reverse=True))

    def holds(self, post: Post, on: date) -> bool:
        """Whether a term runs on a day; one without an end runs until another person takes the post."""
        return post.holds(on) and (bool(post.until) or self.next(post, on) is None)

    def next(self, post: Post, on: date) -> Post | None:
        """The first term of another person in a post after one, begun by a day; None where many hold it."""
        later = [
            one
            for one in self.posts
            if one.is_of(post)
            and one.person != post.person
            and post.since < one.since
            and first(one.since) <= on
        ]
        shared = post.role.startswith(bodies.SHARED)
        return None if shared else min(later, key=lambda one: one.since, default=None)

    def before(self, post: Post) -> Post | None:
        """The last term of another person in a post before one; None where none is known."""
        begin = first(post.since)
        earlier = [one for one in self.posts if self.next(one, begin) == post]
        return max(earlier, key=lambda one: one.since, default=None)

    def name(self, person: str) -> str:
        """The name of a person by id."""
        return next(str(row["name"]) for row in self.people if row["person_id"] == person)

    def spellings(self, subject: Subject) -> dict[str, tuple[str, ...]]:
        """Other spellings of a subject's name by language: `en`, `ru`, and `local` for a person's own."""
        row = self._row(subject)
        columns = {"en": "variants_en", "ru": "variants_ru", "local": "variants_local"}
        if subject.kind is Who.ORGANISATION:
            columns = {"en": "acronym", "ru": "name_ru"}
        found = {key: _listed(row.get(column)) for key, column in columns.items()}
        if subject.kind is Who.STATE:
            found = {"ru": self._state_names(subject.id)}
        return {key: names for key, names in found.items() if names}

    def rests(self, subject: Subject) -> tuple[Evidence, ...]:
        """What the entry of a subject rests on; nothing for a person whom the user added."""
        row = self._row(subject)
        return (evidence(row),) if row.get("source_id") else ()

    def _row(self, subject: Subject) -> Row:
        tables = self.tables
        rows, column = {
            Who.PERSON: (self.people, "person_id"),
            Who.STATE: ((*tables.rows("other_states"), *tables.rows("states")), "state"),
            Who.ORGANISATION: (tables.rows(f"{GROUP}/organisations"), "org_id"),
        }[subject.kind]
        return next(row for row in rows if row[column] == subject.id)

    @cached_property
    def states(self) -> Mapping[str, str]:
        """Names of states by code."""
        rows = (*self.tables.rows("other_states"), *self.tables.rows("states"))
        return {row["state"]: row["name"] for row in rows}

    @cached_property
    def organisations(self) -> Mapping[str, str]:
        """Names of organisations with their acronym, by id."""
        return {
            row["org_id"]: f"{row['name_en']} ({row['acronym']})" if row["acronym"] else row["name_en"]
            for row in self.tables.rows(f"{GROUP}/organisations")
        }

    def place(self, post: Post) -> str:
        """The state or body of a post by name."""
        return self.states.get(post.state) or self.organisations.get(post.body, "")

    @cached_property
    def _names(self) -> Mapping[str, set[tuple[Who, str]]]:
        return _indexed(self._named())

    @cached_property
    def _parts(self) -> Mapping[str, set[tuple[Who, str]]]:
        """Surnames, for whoever writes no more."""
        names = (
            (row["person_id"], name)
            for row in self.people
            for one in SPELLINGS
            for name in _listed(row.get(one))
        )
        return _indexed((name.split()[-1], Who.PERSON, id) for id, name in names if " " in name)

    def _offices(self, on: date) -> Mapping[str, set[tuple[Who, str]]]:
        """Holders of posts on a day by post and place, in either order."""
        held = [post for post in self.posts if self.holds(post, on)]
        latest = [post for post in held if not any(o.is_of(post) and o.since > post.since for o in held)]
        ways = ("{role} of {place}", "{place} {role}", "{role} {place}")
        return _indexed(
            (way.format(role=post.role, place=place), Who.PERSON, post.person)
            for post in latest
            for place in (self.place(post), post.state, post.body)
            if place
            for way in ways
        )

    def _named(self) -> Iterator[tuple[str, Who, str]]:
        for code, name in self.states.items():
            yield from ((text, Who.STATE, code) for text in (code, name))
        for row in self.tables.rows(f"{GROUP}/organisations"):
            names = (row["org_id"], *(row.get(column) or "" for column in TITLES))
            yield from ((text, Who.ORGANISATION, row["org_id"]) for text in names)
        for row in self.people:
            names = (row["person_id"], *(name for one in SPELLINGS for name in _listed(row.get(one))))
            yield from ((text, Who.PERSON, row["person_id"]) for text in names)

    def _subject(self, kind: Who, id: str, asked: str, on: date) -> Subject:
        if kind is Who.STATE:
            return Subject(kind, id, self.states[id], (id,), (), asked)
        if kind is Who.ORGANISATION:
            return Subject(
                kind, id, self.organisations[id], bodies.members(self.tables, id, on), (id,), asked
            )
        held = self.held(id, on)
        places = tuple(sorted({post.state for post in held} - {""}))
        orgs = tuple(sorted({post.body for post in held} - {""}))
        return Subject(kind, id, self.name(id), places, orgs, asked)

    def _holder(self, post: Post, on: date) -> Post | None:
        found = [one for one in self.posts if one.is_of(post) and self.holds(one, on)]
        return max(found, key=lambda one: one.since, default=None)

    def _told(self, key: tuple[Who, str]) -> str:
        """A name for a reader who must choose: a person with the latest post."""
        kind, id = key
        if kind is not Who.PERSON:
            return f"{(self.states if kind is Who.STATE else self.organisations)[id]!r}"
        own = sorted((post for post in self.posts if post.person == id), key=lambda post: post.since)
        post = f" ({own[-1].role}, {self.place(own[-1])})" if own else ""
        return f"{self.name(id)!r}{post}"

    def _state_names(self, code: str) -> tuple[str, ...]:
        """The first Russian name of a state, without the marks of a pattern."""
        named = (row for row in self.tables.rows(f"{GROUP}/names") if row["entity"] == code)
        names = [row["names"] for row in named if row["kind"] == "state" and row["lang"] == "ru"]
        return tuple(re.sub(r"[*~]", "", name.partition("|")[0]) for name in names[:1])


def first(text: str) -> date:
    """The first day that an ISO date may mean; the first of all where it is empty."""
    days = day_range(text)
    return days[0] if days else date.min


def last(text: str) -> date:
    """The last day that an ISO date may mean; the last of all where it is empty."""
    days = day_range(text)
    return days[1] if days else date.max


def plain(text: str) -> str:
    """A name as it is compared: without case, accents, punctuation and the word "the".

    >>> plain("Ben BORI\u010c, jr.")
    'ben boric jr'
    """
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    words = re.findall(r"\w+", bare.casefold())
    return " ".join(word for word in words if word != "the")


def _post(row: Row) -> Post:
    dates = (row["date_from"] or "", row["date_to"] or "", row["last_verified"] or "")
    place = (row["state"] or "", row["org_id"] or "")
    return Post(row["post_id"], row["person_id"], row["role"], *place, *dates, evidence(row))


def _indexed(named: Iterable[tuple[str, Who, str]]) -> dict[str, set[tuple[Who, str]]]:
    found: dict[str, set[tuple[Who, str]]] = defaultdict(set)
    for name, kind, id in named:
        if words := plain(name):
            found[words].add((kind, id))
    return dict(found)


def _listed(cell: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in codes(cell) if name.strip())


def _refusal(asked: str, what: str, told: Iterable[str], head: str) -> InputError:
    names = " or ".join(told)
    fix = f"{head} {names}" if names else "`mirab person` adds somebody whom the pack lacks"
    return InputError("note", [Problem("--with", f"{asked!r} {what}", fix)])
