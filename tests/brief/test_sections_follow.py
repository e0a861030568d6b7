"""What was promised and who meets whom, as a reader sees it: each promise once, old entries marked."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from mirab.brief.page import Page
from mirab.brief.sections import section
from mirab.brief.specimen import ground, specimen
from mirab.brief.words import load
from mirab.core.records import Briefing, Confidence, Event, Evidence, Series, Status

SAID = Evidence("invented", Confidence.SECONDARY)


def shown(name: str, briefing: Briefing) -> str:
    text = str(Page(briefing, ground(), load()).section(section(name)))
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def test_each_promise_stands_in_one_group() -> None:
    promises = section("promises")
    briefing = specimen()
    due = {"soon": "2030-04-30", "later": "2030-06-30", "far": "2031-01-01"}
    (one, *_) = briefing.commitments
    made = tuple(
        replace(one, id=name, due=date.fromisoformat(day), due_known=day, parent="")
        for name, day in due.items()
    )
    late = replace(one, id="late", status=Status.OVERDUE, due=date(2030, 1, 1), parent="")
    groups = dict(promises.view(replace(briefing, commitments=(*made, late)))["groups"])
    assert {key: [one.id for one in rows] for key, rows in groups.items()} == {
        "overdue": ["late"],
        "near": ["soon"],
        "far": ["later"],
        "rest": ["far"],
    }


def test_a_verdict_stands_beside_what_was_observed_and_the_share_of_members() -> None:
    text = shown("promises", specimen())
    assert "at least 30 m³/s" in text.replace("\u00a0", " ")
    assert "Service: 90 of 90 days observed" in text
    assert "that the promise is served is likely" in text
    assert "it is no finding of fault" in text


def event(kind: str, seen: str, confidence: Confidence = Confidence.SECONDARY) -> Event:
    evidence = replace(SAID, confidence=confidence)
    return Event(f"{kind}{seen}", kind, f"A {kind}", ("XAA",), "2029-01-01", "", seen, evidence)


def test_a_chair_or_post_seen_over_90_days_ago_asks_to_be_verified() -> None:
    old = replace(specimen(), events=(event("chair", "2029-12-31"), event("office", "")))
    fresh = replace(specimen(), events=(event("chair", "2030-01-01"), event("office", "2030-03")))
    assert shown("calendar", old).count("(verify)") == 2
    assert "(verify)" not in shown("calendar", fresh)


def test_a_state_without_a_forum_on_a_theme_is_named() -> None:
    assert "Without a format in this table: Midland: water." in shown("partnerships", specimen())


def test_support_for_afghanistan_carries_the_note_on_recognition() -> None:
    rows = {"state": ("AFG",), "actor": ("A fund",), "theme": ("humanitarian",), "amount": (280.0,)}
    rows |= {"unit_of_amount": ("million USD",), "status": ("announced",), "date": ("2029-12",)}
    rows |= {"last_verified": ("2029-12",), "rests_on": ("invented (secondary)",)}
    support = Series("stated:support", "Support", "", rows, ("invented",), "secondary")
    known = [one for one in specimen().series if one.id != support.id]
    briefing = replace(specimen(), series=(*known, support))
    briefing = replace(briefing, state_names=briefing.state_names | {"AFG": "Afghanistan"})
    page = Page(briefing, ground(), load()).html()
    part = page[page.index('id="partnerships"') :]
    assert "280\u00a0million US dollars" in part
    assert "do not imply recognition" in part[: part.index("</section>")]
