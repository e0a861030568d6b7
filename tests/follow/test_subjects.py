"""Whom a user means: one person, state or body by any of its names, or nobody at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pytest

from mirab.core.domain import Row
from mirab.core.errors import InputError
from mirab.core.notes import Who
from mirab.follow.subjects import Post, Subjects, plain
from mirab.observe import region

ON = date(2023, 10, 1)
ROW = {"source_id": "made", "confidence": "published", "note": None}


@dataclass(frozen=True)
class Made:
    """Tables of a pack whose rows of some tables are others."""

    others: Mapping[str, Sequence[Row]]

    def rows(self, table: str) -> Sequence[Row]:
        return self.others[table] if table in self.others else region.load("toy").rows(table)


def subjects(*people: str) -> Subjects:
    rows = [{"person_id": plain(name).replace(" ", "_"), "name": name, **ROW} for name in people]
    return Subjects.of(Made({}), rows)


def with_post(person: str, since: str, until: str = "") -> Subjects:
    """The toy pack, in which somebody new takes the post of the Foreign Minister of Boria."""
    found = subjects(person)
    (held,) = found.held("ben_boric", ON)
    new = replace(held, id="new", person=plain(person).replace(" ", "_"), since=since, until=until)
    return Subjects(found.tables, found.people, (*found.posts, new))


@pytest.mark.parametrize(
    ("asked", "kind", "id"),
    [
        ("ADA  ARDEN", Who.PERSON, "ada_arden"),
        ("Ада Арден", Who.PERSON, "ada_arden"),
        ("Arden", Who.PERSON, "ada_arden"),
        ("Foreign Minister of Boria", Who.PERSON, "ben_boric"),
        ("Boria Foreign Minister", Who.PERSON, "ben_boric"),
        ("xbb", Who.STATE, "XBB"),
        ("Boria", Who.STATE, "XBB"),
        ("the Mira River Commission", Who.ORGANISATION, "mira_commission"),
        ("TCM", Who.ORGANISATION, "three_capitals"),
    ],
)
def test_a_person_a_post_a_state_and_a_body_are_found_by_any_name(asked: str, kind: Who, id: str) -> None:
    found = subjects().find(asked, ON)
    assert (found.kind, found.id, found.asked) == (kind, id, asked)


def test_a_person_stands_for_the_state_of_the_post_and_a_body_for_its_members() -> None:
    assert subjects().find("Ben Boric", ON).states == ("XBB",)
    assert subjects().find("B. Second", ON).bodies == ("mira_commission",)
    assert subjects().find("TCM", ON).states == ("XAA", "XBB")
    assert subjects().find("TCM", date(2019, 1, 1)).states == ("XAA", "XBB", "XCC")


def test_of_an_unknown_person_with_two_near_matches_both_are_named_with_their_posts() -> None:
    with pytest.raises(
        InputError, match=r"'Ada Ardin' is nobody .* 'Ada Ardon' or 'Ada Arden' \(President, Ardia\)"
    ):
        subjects("Ada Ardon").find("Ada Ardin", ON)


def test_a_surname_of_two_people_is_refused_with_both() -> None:
    with pytest.raises(
        InputError, match="'arden' may be more than one; name one of them 'Ada Arden' .* or 'Zed Arden'"
    ):
        subjects("Zed Arden").find("arden", ON)


def test_of_somebody_far_from_all_names_no_near_one_is_invented() -> None:
    with pytest.raises(InputError, match="'Qwxz' is nobody .*`mirab person` adds somebody"):
        subjects().find("Qwxz", ON)


def test_a_post_that_changed_hands_is_found_with_its_new_holder_and_the_old_one_speaks_for_nobody() -> None:
    found = with_post("Bea Borin", "2023-09-25")
    assert found.find("Foreign Minister of Boria", ON).id == "bea_borin"
    assert found.find("Foreign Minister of Boria", date(2023, 9, 24)).id == "ben_boric"
    assert found.find("Ben Boric", ON).states == ()
    ((old, new),) = found.left("ben_boric", ON)
    assert new is not None
    assert (old.person, new.person) == ("ben_boric", "bea_borin")
    assert found.before(new) == old


def test_a_post_that_many_hold_does_not_change_hands() -> None:
    posts = [
        Post(name, name, "Adviser to the President", "XBB", "", since, "", "", subjects().posts[0].evidence)
        for name, since in (("ada_arden", "2020"), ("ben_boric", "2023"))
    ]
    found = Subjects(Made({}), subjects().people, posts)
    assert [post.person for post in posts if found.holds(post, ON)] == ["ada_arden", "ben_boric"]
    assert found.before(posts[1]) is None


def test_spellings_are_told_by_language_without_the_marks_of_patterns() -> None:
    found = subjects()
    assert found.spellings(found.find("Ada Arden", ON)) == {"en": ("A. Arden",), "ru": ("Ада Арден",)}
    states = [{"kind": "state", "entity": "XAA", "lang": "ru", "names": "Ардия~|РА"}]
    russian = Subjects.of(Made({"diplomacy/names": states}))
    assert russian.spellings(russian.find("Ardia", ON)) == {"ru": ("Ардия",)}
