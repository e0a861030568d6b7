"""An issue tells what has changed since the last one, and why, as far as the two can be told apart."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path as File
from typing import Any

import pytest
from issues_of import AS_OF, threat
from issues_of import issue as plain

from mirab.core.errors import StoredFileError
from mirab.core.imprint import Cause
from mirab.core.plain import to_dict
from mirab.core.records import (
    Briefing,
    Confidence,
    Evidence,
    Level,
    Marking,
    Observation,
    Origin,
    Threat,
)
from mirab.follow import issues
from mirab.follow.issues import fingerprint, previous
from mirab.follow.turns import Between, Node, Path

SEEN = Observation(
    "dam", "volume", AS_OF, AS_OF, 90.0, "million m3", "Service", Evidence("a", Confidence.PUBLISHED)
)


def issue(*threats: Threat, **more: Any) -> Briefing:
    return plain(*threats, **({"observations": (SEEN,)} | more))


def changes(before: Briefing, now: Briefing, *paths: Path) -> tuple[str, ...]:
    """What is said where one cause is at work, or the given orders tell the parts of several."""
    causes = issues.causes(before, now)
    alone = (Path(((causes[0], Node.of(now)),)),) if len(causes) == 1 else ()
    return issues.sentences(before, now, Between(before, now, causes, paths or alone).turns())


LATER = {"as_of": AS_OF + timedelta(days=10)}
OLD = issue(threat("dam"))


@pytest.mark.parametrize(
    ("more", "cause"),
    [
        (LATER, "time passed"),
        ({"as_of": AS_OF - timedelta(days=10)}, "an earlier date was asked for"),
        ({"data": "other"}, "new data"),
        (
            LATER | {"observations": (replace(SEEN, start=AS_OF + timedelta(days=5)),)},
            "time passed and new data, not told apart",
        ),
        ({"observations": (replace(SEEN, value=80.0),)}, "new data"),
        ({"version": "2"}, "new method"),
        ({"seed": 2}, "new method"),
        ({"members": 200}, "new method"),
        ({"rules": "other"}, "new method"),
        (
            LATER | {"data": "other", "rules": "other"},
            "new method, time passed and new data, not told apart",
        ),
    ],
)
def test_each_change_names_its_cause(more: dict[str, Any], cause: str) -> None:
    now = issue(threat("dam", 0.62, Level.POTENTIAL), **more)
    assert (
        changes(OLD, now)[0] == f"Low water at dam: now potential (62\xa0%), was watch (40\xa0%) ({cause})."
    )


def test_an_earlier_date_knows_older_observations_and_that_is_no_new_data() -> None:
    now = issue(
        as_of=AS_OF - timedelta(days=10), observations=(replace(SEEN, start=date(2026, 9, 1), value=1.0),)
    )
    assert not [line for line in changes(OLD, now) if "new data" in line]


def test_an_analysts_word_is_a_new_judgement_whatever_else_has_changed() -> None:
    word = {
        "origin": Origin.ASSESSED,
        "assessed_by": "A. Analyst",
        "assessment": "seen",
        "computed_level": Level.WATCH,
    }
    now = issue(threat("dam", level=Level.POTENTIAL, **word), **LATER, data="other")
    line = "Low water at dam: assessed potential by A. Analyst, computed watch (new judgement)."
    assert changes(OLD, now)[0] == line
    back = "Low water at dam: watch (40\xa0%) as computed, the assessment is withdrawn (new judgement)."
    assert changes(now, replace(OLD, issue=5))[0] == back


def test_threats_that_came_went_and_moved_are_told_largest_first() -> None:
    moved = {"window": (date(2027, 3, 1), date(2027, 4, 1))}
    old = issue(threat("gone"), threat("moved"), threat("same"), threat("more", 0.2))
    now = issue(
        threat("new", level=Level.EXISTING),
        threat("moved", **moved),
        threat("same", 0.42),
        threat("more"),
        **LATER,
    )
    assert [line.removesuffix(" (time passed).") for line in changes(old, now)] == [
        "Low water at new: now existing (40\xa0%), not in the issue compared with",
        "Low water at gone: no longer found, was watch (40\xa0%)",
        "Low water at more: now watch (40\xa0%), was watch (20\xa0%)",
        "Low water at moved: first window now 1 March 2027 to 1 April 2027, "
        "was 1 January 2027 to 1 February 2027",
        "As of 11 October 2026 instead of 1 October 2026",
    ]


def test_the_date_and_a_new_method_stand_among_the_first_five_however_many_threats_have_changed() -> None:
    now = issue(*(threat(f"dam{i}", i / 10) for i in range(9)), **LATER, members=200)
    told = changes(OLD, now)
    assert len(told) == 12
    assert told[3] == "Made with 200 instead of 100 members (new method)."
    assert told[4] == "As of 11 October 2026 instead of 1 October 2026 (time passed)."


def test_the_parts_of_several_causes_are_told_in_percentage_points() -> None:
    now = issue(threat("dam", 0.62, Level.POTENTIAL), **LATER, data="other")
    path = Path(((Cause.TIME, Node((threat("dam", 0.37),))), (Cause.DATA, Node.of(now))))
    words = (
        "now potential (62\xa0%), was watch (40\xa0%) (new data +25 and time passed -3 percentage points)."
    )
    assert changes(OLD, now, path)[0] == f"Low water at dam: {words}"


def test_a_small_wobble_of_a_probability_is_no_change() -> None:
    assert changes(OLD, issue(threat("dam", 0.43), seed=2)) == (
        "Made with seed 2 instead of 1 (new method).",
    )


def test_a_threat_that_was_merged_with_its_neighbour_is_the_same_threat() -> None:
    now = issue(threat("weir", 0.5, items=("weir", "dam")), **LATER)
    assert (
        changes(OLD, now)[0] == "Low water at weir: now watch (50\xa0%), was watch (40\xa0%) (time passed)."
    )


def test_what_the_audience_may_not_see_is_no_change() -> None:
    hidden = replace(SEEN, author="Other", marking=Marking.INTERNAL)
    now = issue(threat("dam"), threat("weir", marking=Marking.INTERNAL), observations=(SEEN, hidden), **LATER)
    assert changes(OLD, now) == ("As of 11 October 2026 instead of 1 October 2026 (time passed).",)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"version": "2", "rules": "x"}, "Made with Mirab 2 instead of 1 and other rules (new method)."),
        ({"data": "x"}, "The tables of the region differ from those of the issue compared with (new data)."),
        ({"observations": (replace(SEEN, value=1.0),)}, "1 last observation is new or corrected (new data)."),
        (
            {"data": "x", "last_observation": date(2026, 10, 9)},
            "The last observation is now of 9 October 2026, was 1 October 2026 (new data).",
        ),
    ],
)
def test_without_a_change_of_threats_the_issue_says_what_is_new(more: dict[str, Any], words: str) -> None:
    assert changes(OLD, issue(threat("dam"), **more)) == (words,)


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.001, "less than 1\xa0%"), (0.999, "more than 99\xa0%"), (1.0, "more than 99\xa0%")],
)
def test_a_probability_is_never_rounded_to_certainty(share: float, words: str) -> None:
    assert f"now watch ({words})" in changes(issue(), issue(threat("dam", share), **LATER))[0]


def test_a_folder_without_an_issue_has_no_last_one(tmp_path: File) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert previous(tmp_path) is None
    assert previous(tmp_path / "none") is None
    assert previous(tmp_path / "file") is None


def test_the_last_issue_is_read_back_as_it_was_written(tmp_path: File) -> None:
    (tmp_path / "briefing.json").write_text(json.dumps(to_dict(OLD)), encoding="utf-8")
    assert previous(tmp_path) == OLD


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"profile": "prev', "cannot be read as the last issue"),
        (b"\xff\xfe", "cannot be read as the last issue"),
        (b"[1, 2]", "is no issue of mirab"),
        (b'{"title": "a stranger"}', "is no issue of mirab"),
        (b"", "cannot be read as the last issue"),
    ],
)
def test_a_damaged_or_strange_file_is_refused_with_the_way_out(
    tmp_path: File, content: bytes, words: str
) -> None:
    (tmp_path / "briefing.json").write_bytes(content)
    with pytest.raises(
        StoredFileError, match=f"briefing.json {words}.*choose a new or empty folder with --out"
    ):
        previous(tmp_path)


def test_a_folder_in_the_place_of_the_last_issue_is_refused(tmp_path: File) -> None:
    (tmp_path / "briefing.json").mkdir()
    with pytest.raises(StoredFileError, match="cannot be read as the last issue"):
        previous(tmp_path)


def test_equal_parts_have_equal_fingerprints_and_others_have_not() -> None:
    rows = [{"day": AS_OF, "value": 1.0}]
    assert fingerprint(rows, OLD) == fingerprint([dict(rows[0])], issue(threat("dam")))
    assert fingerprint(rows) != fingerprint([{"day": AS_OF, "value": 1.1}])
    assert len(fingerprint()) == 12


def test_figures_that_end_earlier_than_in_the_last_issue_are_told() -> None:
    whole = replace(SEEN, end=AS_OF, start=AS_OF - timedelta(days=30))
    short = replace(whole, start=whole.start - timedelta(days=60), end=whole.end - timedelta(days=60))
    before, now = issue(observations=(whole,)), issue(observations=(short,), as_of=AS_OF + timedelta(days=9))
    what = "Figures of volume (Service) end earlier than in the issue compared with"
    told = f"{what}: an older edition? (new data)."
    assert told in changes(before, now)
    assert not [
        line for line in changes(before, replace(now, observations=(whole,))) if "older edition" in line
    ]
    back = replace(now, as_of=AS_OF - timedelta(days=60))
    assert not [line for line in changes(before, back) if "older edition" in line]
