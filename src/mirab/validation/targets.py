"""Progress methods against published results: SDSN scores, index and colours, UN Statistics Division cases.

The data sets are read from a folder that does not come with mirab (`harness.data`); without it every row
here is `cannot be checked`.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median

import numpy as np

from mirab.core.targets import TrackRecord
from mirab.domains.development.domain import measured
from mirab.domains.development.methods import gravity, worth_of_shorter
from mirab.follow.targets import pace, progress, scores
from mirab.follow.targets.scores import Colour, Thresholds
from mirab.observe.region import load
from mirab.validation import harness
from mirab.validation.harness import Finding, Kind, Verdict
from mirab.warn.forecast.record import track_record

TITLE = "Targets: published scores, colours and progress"
WITHIN = 1e-9
SDR = "Sachs et al. (2019), Sustainable Development Report 2019, raw data and codebook"
UNSD = "method of the UN Statistics Division 2026, by the package undata 0.4.3; values of October 2020"
STYLE = "worked on the values of October 2020; the report's own time weights are not published"
ABSENT = f"no data: name their folder in {harness.DATA}"
GOALS = range(1, 18)
OECD = frozenset({"TUR"})
ORIGINS = tuple(range(2015, 2024))
SERIES_DIMS = {"SH_DYN_MORT": "bothsex", "EG_ELC_ACCS": "allarea"}
HEAD = "Head, Mayer and Ries (2010), bilateral flows of 2006 of 17 states; row of development/trade"
SILVA = "Santos Silva and Tenreyro (2006), Poisson on 136 states of 1990: -0.78 (recalled)"
FIVE = ("KAZ", "KGZ", "TJK", "TKM", "UZB")
MADE = f"rolling origin {ORIGINS[0]} to {ORIGINS[-1]}, one to five years ahead, 15 states"
FORM = (
    "less is better; the form of the model was settled while looking at forecasts made since 2009, the first "
    "slope's spread by those made up to 2014"
)
Row = Mapping[str, str]


def findings() -> Sequence[Finding]:
    """How many published values are met, and how the forecast did on figures that it had not seen."""
    return [*published(), *_forecasts()]


def published() -> list[Finding]:
    """How many published scores, colours and statuses are met; each cannot be checked without the data."""
    folder = harness.data("development")
    if folder is None:
        rows = (*REPORT_ROWS, *CASE_ROWS, *FLOW_ROWS)
        return [_unchecked(what, kind, source) for what, kind, source in rows]
    report, cases = Report2019(folder), Cases(folder)
    found = zip((*REPORT_ROWS, *CASE_ROWS), (*report.checks(), *cases.checks()), strict=True)
    return [*(_counted(row, met) for row, met in found), *_flows(folder)]


def _flows(folder: Path) -> Iterator[Finding]:
    """Trade among five states as the pack states it, and the gravity of the flows of 17 states."""
    rows = list(_rows(folder / "gravity2006_ca.csv"))
    flow = np.array([float(row["flow"]) for row in rows])
    inside = np.array([row["iso_o"] in FIVE and row["iso_d"] in FIVE for row in rows])
    (what, kind, source), (elasticity, aim, silva) = FLOW_ROWS
    stated = next(row for row in load("central_asia").rows("development/trade") if row["year_to"] == 2006)
    ours = float(flow[inside].sum())
    holds = Verdict.of(abs(ours - stated["amount"]) < 0.05)
    yield Finding(what, stated["amount"], ours, holds, kind, "million USD", source, "within the last digit")
    logs = [[np.log(float(row[name])) for row in rows] for name in ("distw", "gdp_o", "gdp_d")]
    flags = [[float(row[name]) for row in rows] for name in ("contig", "comlang_off", "rta")]
    found = gravity(flow, np.column_stack([np.ones(len(rows)), *logs, *flags]))
    slope, error = float(found.coefficients[1]), float(found.errors[1])
    near = Verdict.of(abs(slope + 0.78) <= 2 * error)
    told = (
        f"within two standard errors ({error:.2f}); 10 % less distance: {worth_of_shorter(slope, 0.1):+.1%}"
    )
    yield Finding(elasticity, -0.78, round(slope, 3), near, aim, "", silva, told)


def _forecasts() -> Iterator[Finding]:
    """The bounded trend against two baselines over all indicators of the pack, and its committed record."""
    found = measured(load("central_asia"))
    records = {
        name: track_record(found.indicators[name], found.panels[name], ORIGINS) for name in found.panels
    }
    scored = {name: one for name, one in records.items() if one is not None}
    for what, base in (("the last figure with its own changes", "last"), ("a straight line", "line")):
        ratios = [one.score / getattr(one, base) for one in scored.values() if getattr(one, base) > 0]
        ours, title = median(ratios), f"CRPS of the forecast against {what}, median of the indicators"
        yield Finding(title, 1.0, ours, Verdict.of(ours < 1.0), Kind.AIM, "ratio", MADE, FORM)
    losers = sorted(name for name, one in scored.items() if not one.skilful)
    what, beaten = "indicators on which the forecast beats both", len(scored) - len(losers)
    remark = f"of {len(scored)}; it does not win for: {', '.join(losers)}"
    yield Finding(what, len(scored), beaten, Verdict.of(not losers), Kind.AIM, "", MADE, remark)
    same = sum(_agree(one, found.records.get(name)) for name, one in scored.items())
    holds = Verdict.of(same == len(scored) == len(found.records))
    yield Finding(
        "track records of the pack made again", len(found.records), same, holds, Kind.MUST, "", MADE
    )


def _agree(one: TrackRecord, committed: TrackRecord | None) -> bool:
    """Whether a committed record is the one just made, to the figures that it is written with."""
    pairs = zip(vars(one).values(), vars(committed).values(), strict=True) if committed else ()
    return committed is not None and all(abs(a - b) <= 0.02 * abs(a) for a, b in pairs)


REPORT_ROWS = (
    ("indicator scores of 2019", Kind.MUST, SDR),
    ("indicator colours of 2019", Kind.MUST, SDR),
    ("goal scores of 2019", Kind.MUST, SDR),
    ("goal colours of 2019", Kind.MUST, SDR),
    ("index of 2019, missing goals filled with the region's mean", Kind.MUST, SDR),
)
FLOW_ROWS = (
    ("exports among five states of Central Asia in 2006", Kind.MUST, HEAD),
    ("elasticity of the flows of 2006 to distance", Kind.AIM, SILVA),
)
CASE_ROWS = (
    ("status, score, growth, projection and ratio", Kind.MUST, UNSD),
    ("base and last value of a case", Kind.MUST, UNSD),
    ("ESCAP-style current status", Kind.AIM, STYLE),
    ("ESCAP-style prediction and gap, linear weights", Kind.AIM, STYLE),
)


@dataclass(frozen=True)
class Met:
    """How many of all values are met, and the largest gap where they are numbers."""

    met: int
    all: int
    largest: float = 0.0

    @classmethod
    def of(cls, pairs: Sequence[tuple[object, object]]) -> Met:
        """Numbers are met within 1e-9, words exactly; an empty list meets nothing."""
        gaps = [_distance(a, b) for a, b in pairs]
        return cls(sum(gap <= WITHIN for gap in gaps), len(gaps), max(gaps, default=0.0))


def _distance(a: object, b: object) -> float:
    if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
        return max((_distance(one, other) for one, other in zip(a, b, strict=True)), default=0.0)
    if isinstance(a, float) and isinstance(b, float):
        return abs(a - b)
    return 0.0 if a == b else float("inf")


def _unchecked(what: str, kind: Kind, source: str) -> Finding:
    return Finding(what, None, None, Verdict.CANNOT_BE_CHECKED, kind, source=source, remark=ABSENT)


def _counted(row: tuple[str, Kind, str], met: Met) -> Finding:
    what, kind, source = row
    verdict = Verdict.of(met.met == met.all > 0)
    remark = f"within {WITHIN:g}, words exactly; largest gap {met.largest:.1g}"
    return Finding(what, met.all, met.met, verdict, kind, "values", source, remark)


@dataclass(frozen=True)
class Report2019:
    """The report of 2019: 16 states by indicator and goal, goal scores and index of all states."""

    folder: Path

    @cached_property
    def codebook(self) -> Mapping[str, Row]:
        """Rows of the codebook by indicator."""
        return {row["Code"]: row for row in _rows(self.folder / "sdsn_sdr2019_codebook.csv")}

    @cached_property
    def indicators(self) -> Sequence[Row]:
        """Published rows by state and indicator that have a value and thresholds."""
        rows = _rows(self.folder / "sdsn_sdr2019_indicators_ca.csv")
        return [row for row in rows if row["code"] in self.codebook and row["raw"]]

    @cached_property
    def goals(self) -> Sequence[Row]:
        """Published rows by state and goal."""
        return list(_rows(self.folder / "sdsn_sdr2019_goals_ca.csv"))

    def thresholds(self, code: str) -> Thresholds:
        """The four thresholds of an indicator."""
        row = self.codebook[code]
        names = ("Worst value (= 0)", "redthr", "greenthr", "Best value (= 100)")
        return Thresholds(*(float(row[name]) for name in names))

    def checks(self) -> Iterator[Met]:
        """Scores, colours, goal scores, goal colours, index, in the order of REPORT_ROWS."""
        yield Met.of([(self._score(row), float(row["score"])) for row in self.indicators if row["score"]])
        coloured = [row for row in self.indicators if row["dashboard"]]
        yield Met.of([(str(self._colour(row)), row["dashboard"]) for row in coloured])
        yield Met.of(list(self._goal_scores()))
        yield Met.of(list(self._goal_colours(coloured)))
        yield Met.of(list(self._index()))

    def _score(self, row: Row) -> float:
        return float(scores.score(float(row["raw"]), self.thresholds(row["code"])))

    def _colour(self, row: Row) -> Colour:
        return scores.colour(float(row["raw"]), self.thresholds(row["code"]))

    def _goal_scores(self) -> Iterator[tuple[float, float]]:
        by_goal = defaultdict(list)
        for row in self.indicators:
            if row["score"]:
                by_goal[row["iso3"], row["goal"]].append(self._score(row))
        for row in self.goals:
            if row["score"]:
                yield scores.goal_score(by_goal[row["iso3"], row["goal"]]), float(row["score"])

    def _goal_colours(self, coloured: Sequence[Row]) -> Iterator[tuple[str, str]]:
        by_goal = defaultdict(list)
        for row in coloured:
            level = scores.level(float(row["raw"]), self.thresholds(row["code"]))
            by_goal[row["iso3"], row["goal"]].append(level)
        for row in self.goals:
            count = self._asked(row["goal"], "oecd" if row["iso3"] in OECD else "global")
            ours = scores.goal_colour(by_goal[row["iso3"], row["goal"]], indicators=count)
            yield ("gray" if ours is Colour.GREY else str(ours)), row["dashboard"]

    def _asked(self, goal: str, group: str) -> int:
        """How many indicators the report asks for in a goal, of OECD members or of all states."""
        named = re.compile(rf"sdg{goal}_")
        return sum(bool(named.match(code)) for code, row in self.codebook.items() if row[group] == "yes")

    def _index(self) -> Iterator[tuple[float, float]]:
        rows = list(_rows(self.folder / "sdsn_sdr2019_goals_all193.csv.gz"))
        goals = [[float(row[f"Goal {goal} Score"] or "nan") for goal in GOALS] for row in rows]
        regions = [row["Regions used for the SDG Index & Dashboard"] for row in rows]
        ours = scores.index(scores.filled(goals, regions))
        for value, row in zip(ours, rows, strict=True):
            if row["2019 Global Index Score (0-100)"]:
                yield float(value), float(row["2019 Global Index Score (0-100)"])


@dataclass(frozen=True)
class Cases:
    """The worked cases: seven series of six states, with their base, last value and results."""

    folder: Path

    @cached_property
    def rows(self) -> Sequence[Row]:
        """All cases, also those without a value."""
        return list(_rows(self.folder / "golden_progress_checks.csv"))

    @cached_property
    def series(self) -> Mapping[tuple[str, str], Mapping[int, float]]:
        """Values by (series, state) and year: both sexes, all areas, where a series is broken down."""
        wanted = {row["series"] for row in self.rows}
        found: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
        for row in _rows(self.folder / "unsd_sdg_2020.csv.gz"):
            if row["series"] in wanted and SERIES_DIMS.get(row["series"], "") in row["dims"]:
                found[row["series"], row["iso3"]][int(row["year"])] = float(row["value"])
        return found

    def checks(self) -> Iterator[Met]:
        """Assessment, base and last value, current status, prediction and gap, as in CASE_ROWS."""
        yield Met.of([(_assessment(row), _expected(row)) for row in self.rows])
        yield Met.of([(self._ends(row), _published_ends(row)) for row in self.rows])
        yield Met.of([(_status(row), float(row["escap_csi"])) for row in self.rows if row["escap_csi"]])
        ahead = [row for row in self.rows if row["escap_gap_pct"]]
        yield Met.of([(self._ahead(row), _published_ahead(row)) for row in ahead])

    def _ends(self, row: Row) -> tuple[object, ...]:
        values = self.series[row["series"], row["iso3"]]
        first, last = progress.base(tuple(values)), max(values, default=None)
        return () if first is None or last is None else (first, values[first], last, values[last])

    def _ahead(self, row: Row) -> tuple[float, float]:
        values = self.series[row["series"], row["iso3"]]
        years = sorted(values)
        ahead = pace.predicted(years, [values[year] for year in years], progress.TARGET_YEAR)
        target = float(row["target"])
        return ahead, pace.gap(float(row["base"]), ahead, target, rising=_rising(row))


def _rising(row: Row) -> bool:
    return row["better"] == "higher"


def _published_ends(row: Row) -> tuple[object, ...]:
    if not row["base"]:
        return ()
    years = int(float(row["base_year"])), int(float(row["last_year"]))
    return years[0], float(row["base"]), years[1], float(row["last"])


def _published_ahead(row: Row) -> tuple[float, float]:
    return float(row["escap_pred2030_unverified_weights"]), float(row["escap_gap_pct"])


def _expected(row: Row) -> tuple[object, ...]:
    """What the case states; a case without any value is insufficient."""
    names = ("unsd_score", "cagr", "unsd_projected", "unsd_ratio")
    return (
        row["unsd_status"] or "insufficient",
        *(float(row[name]) if row[name] else None for name in names),
    )


def _assessment(row: Row) -> tuple[object, ...]:
    if not row["base"]:
        return ("insufficient", None, None, None, None)
    first, last = ((int(float(row[f"{end}_year"])), float(row[end])) for end in ("base", "last"))
    target = float(row["target"]) if row["target"] else None
    found = progress.assess(first, last, rising=_rising(row), target=target)
    return str(found.status), found.score, found.growth, found.projected, found.ratio


def _status(row: Row) -> float:
    target, rising = float(row["target"]), _rising(row)
    return pace.current_status(float(row["base"]), float(row["last"]), target, rising=rising)


def _rows(path: Path) -> Iterator[Row]:
    """Rows of a CSV file, packed or plain."""
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as file
    ):
        yield from csv.DictReader(file)
