"""The area of forecasts says what it lacks, and finds what is wrong where it has the data."""

import csv
import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from mirab.validation import harness, security
from mirab.validation.harness import Kind, Verdict

FOLDER = os.environ.get("MIRAB_VALIDATION_DATA", "")


def test_without_the_data_nothing_is_claimed() -> None:
    for folder in (None, Path("not_there")):
        found = security.findings(folder)
        assert {one.verdict for one in found} == {Verdict.CANNOT_BE_CHECKED}
        assert all(one.ours is None and "--data" in one.remark for one in found)


@pytest.fixture
def small(tmp_path: Path) -> security.Scores:
    """Six states with the months of 1990 to 2023, of which one is at war with made figures."""
    rng = np.random.default_rng(1)
    with gzip.open(tmp_path / security.PANEL, "wt", encoding="utf-8") as text:
        rows = csv.writer(text)
        rows.writerow(["year", "month", "country", "ged_sb"])
        for state in (*security.CENTRAL_ASIA, "War"):
            for step in range(408):
                deaths = rng.poisson(50) if state == "War" else ""
                rows.writerow([1990 + step // 12, step % 12 + 1, state, deaths])
    with (tmp_path / security.PUBLISHED).open("w", encoding="utf-8") as text:
        text.write("level,model,year,crps,ablog,mis\ncm,exactly_zero,2018,8.333,1,1\n")
    return security.Scores(tmp_path)


def test_the_panel_counts_what_is_missing_as_nought(small: security.Scores) -> None:
    war = small.panel.values[small.panel.position("War")]
    assert war.mean() == pytest.approx(50, rel=0.05)
    assert not np.delete(small.panel.values, small.panel.position("War"), axis=0).any()


def test_a_replicated_score_holds_within_its_share_and_misses_beyond(small: security.Scores) -> None:
    aimed, ours, holds, _ = security._replicated("zero", "crps", "crps", 0.1)(small)
    assert aimed == 8.333
    assert ours == pytest.approx(50 / 6, rel=0.1)
    assert holds
    assert not security._replicated("zero", "crps", "crps", 1e-6)(small)[2]


def test_quiet_and_cold_are_told_from_what_was_seen_before(small: security.Scores) -> None:
    assert small.quiet(range(2018, 2019)).sum() == 5
    assert small.cold(range(2018, 2019)).sum() == 5


@pytest.mark.slow
@pytest.mark.skipif(
    not FOLDER, reason="MIRAB_VALIDATION_DATA names no folder: the panel is not in the project"
)
def test_with_the_data_the_published_scores_come_out_again() -> None:
    found = harness.run("security", Path(FOLDER)).findings
    musts = [one for one in found if one.kind is Kind.MUST]
    assert [one.verdict for one in musts] == [Verdict.HOLDS] * 4
