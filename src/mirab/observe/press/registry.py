"""Who and what can be named: people with dated posts, organisations and places of a region pack.

The registry is what makes linking work: every name that a pack adds is found in all its forms (lexicon).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property

from mirab.core.calendar import day_range
from mirab.core.domain import Row, Tables
from mirab.observe.press.lexicon import Lexicon, longest
from mirab.observe.press.records import Person
from mirab.observe.press.rows import patterns, rows
from mirab.observe.press.sounds import keys
from mirab.observe.press.words import Words, fold

GROUP = "diplomacy"
_CYRILLIC = re.compile("[а-яёА-ЯЁіқғңұүһөәҷӣӯўҳ]")
_TAIL = re.compile(r"(?:ый|ий|ой|ая|яя|ое|ее|ые|ие|ого|его|ия|ие|ь|а|я|о|е|ы|и|й|у)$")
_SOFT = re.compile("[йьая]$")
_KEPT = 3


@dataclass(frozen=True)
class Entity:
    """Somebody or something that can be named; `state` is the ISO code of a state or city, if any."""

    kind: str
    id: str
    title: str
    state: str = ""


@dataclass(frozen=True)
class Name:
    """One way to name an entity, and when it may be read so.

    `proper` asks for a capital; `context` are folded words one of which the text must hold; `since` and
    `until` bound the days. `part` is full for a whole name, surname for a surname alone.
    """

    entity: Entity
    rule: str
    part: str = "full"
    proper: bool = True
    context: tuple[str, ...] = ()
    since: str = ""
    until: str = ""

    @cached_property
    def is_bound(self) -> bool:
        """Whether it is a name in some texts or on some days only."""
        return bool(self.context or self.since or self.until)

    def fits(self, folded: frozenset[str], on: date | None) -> bool:
        """Whether it may be read so in a text of these words that was published on a day."""
        if self.context and not any(all(word in folded for word in one.split()) for one in self.context):
            return False
        return on is None or not (self.since or self.until) or _within(on, self.since, self.until)


@dataclass(frozen=True)
class Post:
    """A term in a post; `roles` are the ids that the phrases of rules/posts.csv give to its words."""

    person: str
    title: str
    state: str
    org: str
    since: str
    until: str
    roles: frozenset[str]

    def holds(self, on: date) -> bool:
        """Whether it was held on a day, as far as its dates say: a month or a year counts as a whole."""
        return _within(on, self.since, self.until)


@dataclass(frozen=True)
class PostName:
    """A phrase for a post, such as Minister of Foreign Affairs."""

    rule: str
    lang: str
    role: str
    proper: bool


class Registry:
    """People, posts, organisations and places of a pack, and the lexicon of all their names."""

    def __init__(self, tables: Tables, people: Sequence[Person] = ()) -> None:
        self.entities: dict[str, Entity] = {}
        self.given: dict[str, set[str]] = defaultdict(set)
        self.lexicon = Lexicon()
        self._sounds: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in rows("posts"):
            proper = row["lang"] == "en"
            self.lexicon.add(row["pattern"], PostName(row["rule_id"], row["lang"], row["role"], proper))
        for pattern, rule in patterns():
            self.lexicon.add(pattern, rule)
        self._organisations(tables.rows(f"{GROUP}/organisations"))
        self._names(tables.rows(f"{GROUP}/names"))
        for row in (*tables.rows(f"{GROUP}/people"), *map(_named, people)):
            self._person(row)
        posts = (*tables.rows(f"{GROUP}/posts"), *(_held(one) for one in people if one.role))
        self.posts = tuple(map(self._post, posts))

    def held(self, person: str, on: date | None) -> tuple[Post, ...]:
        """Posts that a person held on a day; the last known one where no day is given."""
        own = self._posts_by_person.get(person, ())
        return tuple(post for post in own if post.holds(on)) if on else tuple(own[-1:])

    def holder(self, role: str, place: str, on: date) -> str:
        """Who held a post of a state or organisation on a day; empty where nobody or more than one did."""
        found = {
            post.person
            for post in self.posts
            if role in post.roles and place in (post.state, post.org) and post.holds(on)
        }
        return found.pop() if len(found) == 1 else ""

    def sounding(self, given: str, surname: str) -> Entity | None:
        """The person whose name sounds like two folded words in any script; None where none or more do."""
        found = {id for key in keys(given, surname) for id in self._sounds.get(key, ())}
        return self.entities[found.pop()] if len(found) == 1 else None

    @cached_property
    def _posts_by_person(self) -> Mapping[str, list[Post]]:
        found: dict[str, list[Post]] = defaultdict(list)
        for post in sorted(self.posts, key=lambda post: post.since):
            found[post.person].append(post)
        return found

    def _entity(self, kind: str, id: str, title: str, state: str = "") -> Entity:
        return self.entities.setdefault(id, Entity(kind, id, title, state))

    def _organisations(self, table: Iterable[Row]) -> None:
        for row in table:
            entity = self._entity("organisation", row["org_id"], row["name_en"])
            for column in ("name_en", "acronym", "name_ru", "acronym_ru"):
                for name in _spellings(row[column] or ""):
                    pattern = _inflected(name) if column == "name_ru" else name
                    self.lexicon.add(pattern, Name(entity, f"{GROUP}/organisations.{column}"))

    def _names(self, table: Iterable[Row]) -> None:
        for row in table:
            kind = "city" if row["kind"] == "capital" else row["kind"]
            names = row["names"].split("|")
            entity = self._entity(kind, row["entity"], _bare(names[0]), row["state"] or "")
            context = tuple(fold(word) for word in (row["context"] or "").split("|") if word)
            for name in names:
                known = Name(
                    entity,
                    row["name_id"],
                    proper=name[:1].isupper(),
                    context=context,
                    since=row["date_from"] or "",
                    until=row["date_to"] or "",
                )
                self.lexicon.add(name, known)

    def _person(self, row: Row) -> None:
        entity = self._entity("person", row["person_id"], row["name"])
        listed = "|".join(row[c] or "" for c in ("variants_en", "variants_ru", "variants_local"))
        for name in dict.fromkeys([row["name"], *listed.split("|")]):
            parts = name.split()
            if not parts:
                continue
            self.lexicon.add(" ".join(map(_cased, parts)), Name(entity, "diplomacy/people.name"))
            self.given[entity.id].update(fold(part) for part in parts[:-1])
            for key in keys(fold(parts[0]), fold(parts[-1])) if len(parts) > 1 else ():
                self._sounds[key].add(entity.id)
            if len(parts) > 1 and len(parts[-1]) > _KEPT:
                self.lexicon.add(_cased(parts[-1]), Name(entity, "diplomacy/people.surname", "surname"))

    def _post(self, row: Row) -> Post:
        hits = (hit for hit in self.lexicon.find(Words.of(row["role"])) if isinstance(hit.entry, PostName))
        roles = frozenset(hit.entry.role for hit in longest(hits))
        return Post(
            row["person_id"],
            row["role"],
            row["state"] or "",
            row["org_id"] or "",
            row["date_from"] or "",
            row["date_to"] or "",
            roles,
        )


def _named(one: Person) -> Row:
    columns = {"variants_en": one.variants, "variants_ru": "", "variants_local": ""}
    return {"person_id": one.id, "name": one.name, **columns}


def _held(one: Person) -> Row:
    dates = {"date_from": one.since, "date_to": ""}
    return {"person_id": one.id, "role": one.role, "state": one.state, "org_id": "", **dates}


def _within(on: date, since: str, until: str) -> bool:
    first, last = _range(since), _range(until)
    return (first is None or first[0] <= on) and (last is None or on <= last[1])


@cache
def _range(text: str) -> tuple[date, date] | None:
    return day_range(text)


def _bare(name: str) -> str:
    return name.replace("*", "").replace("~", "")


def _cased(word: str) -> str:
    """A part of a person's name with its endings of case, where it can have any."""
    if len(word) <= _KEPT:
        return word
    return (word[:-1] if _SOFT.search(word) else word) + "~"


def _inflected(name: str) -> str:
    """A Russian name as a pattern that takes the endings of case of its longer words."""
    words = []
    for word in name.split():
        stem = _TAIL.sub("", word) if len(word) > _KEPT + 1 and _CYRILLIC.search(word) else word
        words.append(stem + "*" if word.islower() or (word[1:].islower() and len(word) > _KEPT + 1) else word)
    return " ".join(words)


def _spellings(name: str) -> Iterator[str]:
    """A name and the same with the other spelling of centre, organisation and programme."""
    name = re.sub(r"\s*\(.*?\)", "", name).strip()
    if name:
        yield name
        other = name
        for one, two in (("Centre", "Center"), ("Organization", "Organisation"), ("Programme", "Program")):
            other = other.replace(two, "\0").replace(one, two).replace("\0", one)
        if other != name:
            yield other
