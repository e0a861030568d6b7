"""Analysts' judgements: complete or refused, kept beside what is computed, seen by whom they may, scored."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mirab.core.errors import InputError
from mirab.core.records import Level, Marking, Origin, Threat
from mirab.warn import judgements
from mirab.warn.judgements import Act

STATES = {"XAA", "XBB"}
WRITTEN = date(2026, 11, 1)
CELLS = {
    "title": "Border closed",
    "states": "XBB|XAA",
    "level": "watch",
    "probability": "10-30%",
    "window": "2026-12-01/2027-03-31",
    "reason": "both announced repairs",
    "source": "press release",
    "review": "2027-01-15",
    "author": "A. Analyst",
}


def act(kind: str = "add", id: str = "analyst:border", on: date = WRITTEN, **more: str) -> Act:
    cells = CELLS if kind == "add" else {"author": "B. Analyst", "source": "visit"}
    return Act(kind, id, {**cells, **more}, f"{on}T10:00:00+00:00")


def assessed(id: str, on: date = WRITTEN, **more: str) -> Act:
    cells = {"level": "potential", "reason": "troops seen", "review": "2026-12-01", **more}
    return act("assess", id, on, **cells)


def test_a_whole_threat_is_taken_and_carries_author_reason_band_and_review() -> None:
    judgements.check(act(), [], STATES)
    (found,) = judgements.own([act()], date(2026, 11, 20))
    assert (found.id, found.level, found.probability) == ("analyst:border", Level.WATCH, 0.2)
    assert found.states == ("XAA", "XBB")
    assert (found.window, found.lead_days) == ((date(2026, 12, 1), date(2027, 3, 31)), 11)
    assert found.why == (
        "Probability given as a band, 10\u00a0% to 30\u00a0%.",
        "Review is due on 15 January 2027.",
    )
    assert (found.origin, found.assessed_by) == (Origin.ASSESSED, "A. Analyst")
    assert found.marking is Marking.INTERNAL
    assert "not computed" in found.basis


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"title": ""}, "title is empty"),
        ({"reason": ""}, "reason is empty"),
        ({"source": ""}, "source is empty"),
        ({"review": ""}, "review is empty"),
        ({"states": "XAZ|XAA"}, "'XAZ' is not known; nearest is 'XAA'"),
        ({"level": "wach"}, "'wach' is not a choice; nearest is 'watch'"),
        ({"level": "existing"}, "'existing' needs a dated event"),
        ({"level": "existing", "seen": "2025-11-01"}, "2025-11-01 is not within the last 60 days"),
        ({"level": "existing", "seen": "2026-12-01"}, "2026-12-01 is not within the last 60 days"),
        ({"probability": "30-10%"}, "'30-10%' is no band"),
        ({"probability": "10-130%"}, "'10-130%' is no band"),
        ({"probability": "often"}, "'often' is no band"),
        ({"window": "2027-03-31/2026-12-01"}, "is no period"),
        ({"window": "2026-12"}, "is no period"),
        ({"review": "2026-10-01"}, "2026-10-01 is past"),
        ({"review": "soon"}, "'soon' is not a day"),
        ({"marking": "secret"}, "'secret' is not a choice"),
    ],
)
def test_what_is_wrong_is_named(cells: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        judgements.check(act(**cells), [], STATES)


def test_all_problems_are_told_together() -> None:
    with pytest.raises(InputError, match="3 problems"):
        judgements.check(act(title="", level="wach", probability="x"), [], STATES)


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (act(), "'border' is taken"),
        (act(id="analyst:Border 2"), "is not an id"),
        (act("close", "analyst:bordr", came="yes"), "was not added; nearest is 'analyst:border'"),
        (act("close", came="no"), "'no' is too early: its window runs to 2027-03-31"),
        (act("close", came="perhaps"), "'perhaps' is not a choice"),
        (assessed("analyst:border", reason=""), "reason is empty"),
    ],
)
def test_an_act_that_does_not_fit_those_before_is_refused(second: Act, words: str) -> None:
    with pytest.raises(InputError, match=words):
        judgements.check(second, [act()], STATES)


def test_what_is_closed_is_closed() -> None:
    before = [act(), act("close", came="yes")]
    with pytest.raises(InputError, match="is closed; add a new threat"):
        judgements.check(assessed("analyst:border"), before, STATES)
    assert judgements.own(before, WRITTEN) == ()


def test_a_briefing_of_an_earlier_date_knows_nothing_of_it() -> None:
    assert judgements.own([act()], WRITTEN - timedelta(days=1)) == ()
    before = judgements.own([act(), assessed("analyst:border", WRITTEN + timedelta(days=5))], WRITTEN)
    assert before[0].level is Level.WATCH


def computed() -> Threat:
    parts = dict.fromkeys(("states", "severity", "why", "evidence"), ())
    given = {"probability": 0.3, "window": None, "lead_days": None, "confidence_shares": {}}
    words = {"track_record": "", "basis": ""}
    known = ("security:rule:A", "security", "rule", "A", ("A",))
    return Threat(*known, level=Level.WATCH, **parts, **given, **words)


def test_a_computed_level_is_moved_with_both_kept_until_the_review() -> None:
    acts = [assessed("security:rule:A")]
    (moved,) = judgements.applied([computed()], acts, date(2026, 11, 20))
    assert (moved.level, moved.computed_level) == (Level.POTENTIAL, Level.WATCH)
    assert (moved.assessed_by, moved.assessment) == ("B. Analyst", "troops seen")
    assert judgements.applied([computed()], acts, date(2026, 12, 2)) == (computed(),)


def test_the_last_assessment_counts() -> None:
    acts = [assessed("security:rule:A"), assessed("security:rule:A", level="existing", seen="2026-10-30")]
    assert judgements.applied([computed()], acts, WRITTEN)[0].level is Level.EXISTING


@pytest.mark.parametrize(("marking", "seen"), [("internal", 0), ("partners", 0), ("public", 1)])
def test_the_public_sees_only_what_is_marked_for_it(marking: str, seen: int) -> None:
    acts = [act(marking=marking), assessed("security:rule:A", marking=marking)]
    assert len(judgements.own(acts, WRITTEN, Marking.PUBLIC)) == seen
    (found,) = judgements.applied([computed()], acts, WRITTEN, Marking.PUBLIC)
    assert (found.level is Level.POTENTIAL) == bool(seen)


def test_closed_threats_are_scored_by_the_middle_of_their_band() -> None:
    """0.2 that came costs 0.64, 0.2 that did not 0.04: 0.34 on average; what is withdrawn costs nothing."""
    acts = []
    for id, came, author in (("a", "yes", "A"), ("b", "no", "B"), ("c", "withdrawn", "B")):
        acts += [act(id=f"analyst:{id}", author=author), act("close", f"analyst:{id}", came=came)]
    found = judgements.score(acts)
    assert (found.brier, found.said) == (pytest.approx(0.34), pytest.approx(0.2))
    assert (found.came, found.count) == (0.5, 2)
    assert judgements.score(acts, author="B").brier == pytest.approx(0.04)
    assert judgements.score(acts, author="C") is None
    assert "Brier 0.340, said 20\u00a0% on average, 50\u00a0% came" in judgements.score_words(found)
    later = judgements.own([*acts, act(id="analyst:d")], WRITTEN)
    assert "closed threats: 2" in later[0].track_record
