"""Forecasts of deaths by state and month against the published benchmark, and against the strongest baseline.

The set-up is that of the VIEWS prediction challenge (Hegre et al. 2025): 191 states, what was known by the
end of October, forecasts of January to December of the next year (steps 3 to 14), 1,000 members. Every choice
of the default was made on 2006-2017; 2018-2023 were scored afterwards, once. The figures are those of one
edition of the data, not what was known at each date.

The panel and the published scores are no part of the project: give their folder with --data.
"""

from __future__ import annotations

import csv
import gzip
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np

from mirab.core.calendar import months
from mirab.core.errors import SetupError
from mirab.core.panel import Panel
from mirab.validation.harness import Finding, Kind, Value, Verdict
from mirab.warn import verify
from mirab.warn.forecast.backtest import Backtest, Leads, backtest
from mirab.warn.forecast.onset import THRESHOLD, YEAR
from mirab.warn.forecast.table import forecaster

TITLE = "Forecasts of deaths from organised violence"
DATA = "security"
PANEL = "cm_ged_sb_1990_2023.csv.gz"
PUBLISHED = "published_benchmarks_hegre2025.csv"
OURS, STRONGEST, EXPANDED = "recency_onset", "conflictology_12", "conflictology_12_poisson"
MIX = "recency_boosted"
LEADS = Leads(3, 14)
CHOSEN_ON, SCORED_ON = range(2006, 2018), range(2018, 2024)
PAPER = "Hegre et al. 2025, J. Peace Research 62(6), tables 3-4"
CHALLENGE = "UCDP GED, state-based deaths, 191 states; ours against the same baseline drawn here"
CENTRAL_ASIA = ("Kazakhstan", "Kyrgyzstan", "Tajikistan", "Turkmenistan", "Uzbekistan")
COLD_MONTHS = 60
BUDGET = 10
NAMES = {
    "zero": "exactly_zero",
    "last": "last_historical",
    "bootstrap_240": "conflictology_bootstrap240",
    STRONGEST: "ph_conflictology_country12",
}
SCORED = {"crps": "CRPS", "log_score": "log score", "interval_score": "interval score"}
ABSENT = f"the panel {PANEL} is not part of the project; name its folder with --data"
Made = tuple[Value, Value, bool, str]
"""Expected, ours, whether it holds, remark."""


@dataclass(frozen=True)
class Claim:
    """One comparison: what is compared, how it is made of the scores, whether its years chose the method."""

    what: str
    make: Callable[[Scores], Made]
    kind: Kind = Kind.AIM
    unit: str = ""
    source: str = CHALLENGE
    fitted: bool = False


def findings(folder: Path | None) -> Sequence[Finding]:
    """Findings on scores (deaths for CRPS and interval score, bits for log score); none without the data."""
    there = folder is not None and all((folder / name).is_file() for name in (PANEL, PUBLISHED))
    scores = Scores(folder) if folder is not None and there else None
    return [_finding(claim, scores) for claim in CLAIMS]


def _finding(claim: Claim, scores: Scores | None) -> Finding:
    if scores is None:
        verdict, expected, ours, remark = Verdict.CANNOT_BE_CHECKED, None, None, ABSENT
        return Finding(claim.what, expected, ours, verdict, claim.kind, claim.unit, claim.source, remark)
    try:
        aimed, found, holds, remark = claim.make(scores)
    except SetupError as lacking:
        verdict = Verdict.CANNOT_BE_CHECKED
        return Finding(claim.what, None, None, verdict, claim.kind, claim.unit, claim.source, str(lacking))
    verdict = Verdict.FITTED if claim.fitted and holds else Verdict.of(holds)
    return Finding(claim.what, aimed, found, verdict, claim.kind, claim.unit, claim.source, remark)


class Scores:
    """The panel, the published scores, and the backtests of methods, each made when first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made: dict[str, Backtest] = {}

    @cached_property
    def panel(self) -> Panel:
        """Deaths by state and month, 1990 to 2023; what is missing counts 0, as in the challenge."""
        with gzip.open(self.folder / PANEL, "rt", encoding="utf-8") as text:
            rows = list(csv.DictReader(text))
        names = tuple(sorted({row["country"] for row in rows}))
        axis = months(date(1990, 1, 1), 408)
        values = np.zeros((len(names), len(axis)))
        place = {name: i for i, name in enumerate(names)}
        for row in rows:
            step = 12 * (int(row["year"]) - 1990) + int(row["month"]) - 1
            values[place[row["country"]], step] = float(row["ged_sb"] or 0)
        return Panel("deaths", "deaths", names, axis, values)

    @cached_property
    def published(self) -> dict[tuple[str, str], dict[str, float]]:
        """Scores of the paper by model and year."""
        with (self.folder / PUBLISHED).open(encoding="utf-8", newline="") as text:
            rows = [row for row in csv.DictReader(text) if row["level"] == "cm"]
        kept = ("crps", "ablog", "mis")
        return {(row["model"], row["year"]): {name: float(row[name]) for name in kept} for row in rows}

    def of(self, method: str) -> Backtest:
        """Scores of a method at the end of October of 2005 to 2022."""
        if method not in self._made:
            origins = [date(year - 1, 11, 1) for year in (*CHOSEN_ON, *SCORED_ON)]
            test = backtest(forecaster(method), self.panel, origins, LEADS, threshold=THRESHOLD)
            self._made[method] = test
        return self._made[method]

    def years(self, method: str, years: range) -> Backtest:
        """Scores of a method in some of the years."""
        first = years[0] - CHOSEN_ON[0]
        return self.of(method).since(first, first + len(years))

    def quiet(self, years: range) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Whether no month of the last year before the origin reached the threshold, shape (origin, item)."""
        return np.array([self._most(year, YEAR) < THRESHOLD for year in years])

    def cold(self, years: range) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Whether there was no death at all in COLD_MONTHS before the origin, shape (origin, item)."""
        return np.array([self._most(year, COLD_MONTHS) == 0 for year in years])

    def _most(self, year: int, length: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        past = self.panel.until(date(year - 1, 11, 1)).values[:, -length:]
        return np.asarray(past.max(axis=1))


def _replicated(method: str, score: str, name: str, within: float) -> Callable[[Scores], Made]:
    """A score of 2018 within a share of the published one."""

    def make(scores: Scores) -> Made:
        aimed = scores.published[NAMES[method], "2018"][name]
        ours = float(np.mean(getattr(scores.years(method, range(2018, 2019)), score)))
        return aimed, ours, abs(ours / aimed - 1) <= within, f"within {100 * within:g} %"

    return make


def _ratio(
    score: str, against: str, most: float, years: range, method: str = OURS
) -> Callable[[Scores], Made]:
    """Mean score of a method over a baseline's, with the interval over states."""

    def make(scores: Scores) -> Made:
        ours, theirs = (getattr(scores.years(name, years), score) for name in (method, against))
        ratio = float(ours.mean() / theirs.mean())
        each = (x.transpose(1, 0, 2).reshape(x.shape[1], -1) for x in (ours, theirs))
        low, high = verify.ratio_interval(*each)
        told = f"{ours.mean():.4g} against {theirs.mean():.4g}; 95 % over states {low:.3f} to {high:.3f}"
        return f"at most {most:g}", ratio, ratio <= most, told

    return make


def _coverage(years: range) -> Callable[[Scores], Made]:
    def make(scores: Scores) -> Made:
        share = float(np.mean(scores.years(OURS, years).covered))
        remark = "many months are zero in every member, so that 0.90 is out of reach"
        return "0.95 to 0.97", share, 0.95 <= share <= 0.97, remark

    return make


def _covered_where_seen(years: range) -> Callable[[Scores], Made]:
    """Share in the interval where there was a death in COLD_MONTHS: what the many noughts hide."""

    def make(scores: Scores) -> Made:
        seen = np.logical_not(scores.cold(years))
        share = float(np.mean(scores.years(OURS, years).covered[seen]))
        return "0.88 to 0.92", share, 0.88 <= share <= 0.92, f"{int(seen.sum())} of {seen.size} state-years"

    return make


def _onset(years: range, method: str = OURS) -> Callable[[Scores], Made]:
    def make(scores: Scores) -> Made:
        test, quiet = scores.years(method, years), scores.quiet(years)
        score, came = test.any_above[quiet], test.any_happened[quiet] > 0
        found = verify.auc(score, came)
        precision = verify.average_precision(score, came)
        told = f"{int(came.sum())} onsets in {len(came)} quiet state-years; average precision {precision:.2f}"
        return "at least 0.9", found, found >= 0.9, told

    return make


def _alerts(years: range) -> Callable[[Scores], Made]:
    """Share of onsets among the ten likeliest quiet states of each year."""

    def make(scores: Scores) -> Made:
        test, quiet = scores.years(OURS, years), scores.quiet(years)
        came = test.any_happened > 0
        pairs = [
            verify.caught(test.any_above[i][quiet[i]], came[i][quiet[i]], BUDGET) for i in range(len(quiet))
        ]
        hits, alerts = (sum(each) for each in zip(*pairs, strict=True))
        share = float(hits / came[quiet].sum())
        return "at least 0.667", share, share >= 2 / 3, f"precision {hits / alerts:.2f}"

    return make


def _cold(years: range) -> Callable[[Scores], Made]:
    """What history says where it is empty."""

    def make(scores: Scores) -> Made:
        test, cold = scores.years(OURS, years), scores.cold(years)
        score, came = test.any_above[cold], test.any_happened[cold] > 0
        found = verify.auc(score, came)
        told = f"{int(came.sum())} events in {len(came)}; 0.5 is chance, so the page says: no forecast skill"
        return "at least 0.7", found, found >= 0.7, told

    return make


def _few(years: range) -> Callable[[Scores], Made]:
    """Central Asia's five states against the forecast of nothing."""

    def make(scores: Scores) -> Made:
        ours, zero = (scores.years(name, years) for name in (OURS, "zero"))
        place = [ours.items.index(name) for name in CENTRAL_ASIA]
        means = [float(each.crps[:, place].mean()) for each in (ours, zero)]
        bits = [float(each.log_score[:, place].mean()) for each in (ours, zero)]
        told = f"{means[0]:.3f} against {means[1]:.3f} deaths; log score {bits[0]:.3f} against {bits[1]:.3f}"
        return "below 1", means[0] / means[1], means[0] < means[1], told

    return make


def _year(year: int) -> Callable[[Scores], Made]:
    return _ratio("crps", STRONGEST, 1.0, range(year, year + 1))


def _speed(method: str, most: float) -> Callable[[Scores], Made]:
    def make(scores: Scores) -> Made:
        begun = time.process_time()
        forecaster(method).fit(scores.panel, date(2022, 11, 1)).sample(YEAR, 1000, 1)
        taken = time.process_time() - begun
        told = "CPU time of one run, 191 states, 12 months, 1,000 members"
        return f"under {most:g}", taken, taken < most, told

    return make


def _claims() -> Iterator[Claim]:
    for method in NAMES:
        make = _replicated(method, "crps", "crps", 0.01)
        yield Claim(f"2018: CRPS of {method}, published", make, Kind.MUST, "deaths", PAPER)
    for method in ("zero", "last", "bootstrap_240"):
        make = _replicated(method, "log_score", "ablog", 0.02)
        yield Claim(f"2018: log score of {method}, published", make, Kind.AIM, "bit", PAPER)
        make = _replicated(method, "interval_score", "mis", 0.02)
        yield Claim(f"2018: interval score of {method}, published", make, Kind.AIM, "deaths", PAPER)
    for years, fitted in ((CHOSEN_ON, True), (SCORED_ON, False)):
        span = f"{years[0]}-{years[-1]}"
        yield Claim(f"{span}: CRPS over {STRONGEST}", _ratio("crps", STRONGEST, 0.95, years), fitted=fitted)
        log = _ratio("log_score", EXPANDED, 0.92, years)
        yield Claim(f"{span}: log score over {EXPANDED}", log, fitted=fitted)
        mis = _ratio("interval_score", STRONGEST, 0.92, years)
        yield Claim(f"{span}: interval score over {STRONGEST}", mis, fitted=fitted)
        yield Claim(f"{span}: share in the 90 % interval", _coverage(years), fitted=fitted)
        within = f"{span}: the same in states with a death in five years"
        yield Claim(within, _covered_where_seen(years), fitted=fitted)
        yield Claim(f"{span}: AUC of onset in quiet states", _onset(years), fitted=fitted)
        yield Claim(f"{span}: onsets among ten alerts a year", _alerts(years), fitted=fitted)
        yield Claim(f"{span}: AUC in states without a death in five years", _cold(years), fitted=fitted)
        yield Claim(f"{span}: CRPS over zero, five states of Central Asia", _few(years), fitted=fitted)
    for year in (*CHOSEN_ON, *SCORED_ON):
        claim = f"{year}: CRPS over {STRONGEST}"
        yield Claim(claim, _year(year), fitted=year in CHOSEN_ON)
    yield from _mix_claims()
    yield Claim("fit and sample one year", _speed(OURS, 1), unit="s", source="aim of the project")
    yield Claim("mix: fit and sample one year", _speed(MIX, 15), unit="s", source="aim of the project")


def _mix_claims() -> Iterator[Claim]:
    """The mix against the baselines, and against the default: it stays out where that misses before 2018."""
    for years, fitted in ((CHOSEN_ON, True), (SCORED_ON, False)):
        span = f"mix, {years[0]}-{years[-1]}"
        for score, name in SCORED.items():
            against = EXPANDED if score == "log_score" else STRONGEST
            most = 0.95 if score == "crps" else 0.92
            make = _ratio(score, against, most, years, MIX)
            yield Claim(f"{span}: {name} over {against}", make, fitted=fitted)
            make = _ratio(score, OURS, 1.0, years, MIX)
            yield Claim(f"{span}: {name} over the default", make, fitted=fitted)
        yield Claim(f"{span}: AUC of onset in quiet states", _onset(years, MIX), fitted=fitted)


CLAIMS = tuple(_claims())
