"""The Qosh Tepa canal beside the figures of officials and press: what is lost at Kerki and to the limits.

All is against the same year without the canal, in the norm year and over members of the outlook of 1 October
2023: the pack already has an intake of 1.6 km3 a year (estimated), the published figures start from none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from mirab.core.domain import DriverRequest
from mirab.core.flow.run import Run
from mirab.core.records import Change
from mirab.domains.water.domain import derive
from mirab.resolve import changes, scenarios
from mirab.validation.harness import Finding, Kind, Verdict
from mirab.validation.joint.published import Published, figure
from mirab.validation.joint.year import MEMBERS, outlook, pack

Floats = NDArray[np.float64]
LIKE = 0.25
KERKI = "termez__kelif"
QUANTITIES = ("delivered_volume", "demand_volume")
NONE = (Change("demand_km3", "qosh_tepa", 0.0, "km3"),)
AT_KERKI = "flow counted for Kerki, before the Karakum intake"
UNDER_LIMITS = "limits of TKM and UZB on the Amu Darya: from Kelif to the delta, and Amu-Bukhara and Karshi"


@dataclass(frozen=True)
class Year:
    """What passes Kerki, and is delivered and asked for under limits by state, km3 a year by member."""

    kerki: Floats
    delivered: Mapping[str, Floats]
    asked: Mapping[str, Floats]

    def served(self) -> Floats:
        """Percent of what TKM and UZB ask for under limits that they get."""
        given, asked = (sum(part.values()) for part in (self.delivered, self.asked))
        return np.asarray(100.0 * given / asked)


def findings() -> Iterator[Finding]:
    """Losses with 4.25 and 10 km3 a year beside the published ones."""
    for scenario, km3 in (("qosh_tepa_full", "4.25"), ("qosh_tepa_10km3", "10")):
        yield _at_kerki(scenario, figure("qosh_tepa", "share_of_flow", km3))
    yield _served()
    for state in ("TKM", "UZB"):
        yield _supply(state)


def _at_kerki(scenario: str, published: Published) -> Finding:
    (base, with_it), members = _pairs(scenario)
    flow, lost = float(base.kerki[0]), float(base.kerki[0] - with_it.kerki[0])
    why = (
        f"{lost:.1f} of {flow:.1f} km3, since users above Kerki get less too; the published figure is the "
        f"canal's part of an unnamed flow, of {float(_km3_of(scenario)) / published.high * 100.0:.0f} km3 or "
        f"more; of ours the canal takes {100.0 * float(_km3_of(scenario)) / flow:.1f} %"
    )
    norm, spread = _lost(base.kerki, with_it.kerki), _lost(*(one.kerki for one in members))
    return _told(f"{_title(scenario)}: loss of flow at Kerki", published, (norm, spread), AT_KERKI, why)


def _km3_of(scenario: str) -> float:
    (change,) = scenarios.load(pack().region, "water", scenario).changes
    return float(change.value)


def _served() -> Finding:
    scenario = "qosh_tepa_full"
    (base, with_it), members = _pairs(scenario)
    before = float(base.served()[0])
    why = (
        f"theirs falls from 80 to 65 %, ours from {before:.1f} %; here Tajikistan and the delta bear a part, "
        "since all limits share a shortage equally, and fields return water; the stores of October 2023 "
        "carry a part of a member's first year"
    )
    both = with_it.served() - base.served(), members[1].served() - members[0].served()
    published = figure("qosh_tepa", "served_change")
    return _told(f"{_title(scenario)}: change of served demand", published, both, UNDER_LIMITS, why)


def _supply(state: str) -> Finding:
    norm, members = (
        -_lost(base.delivered[state], with_it.delivered[state]) for base, with_it in _pairs("qosh_tepa_10km3")
    )
    published = figure("qosh_tepa", "supply_change", state=state)
    why = "theirs is for 20 to 30 % of an unnamed flow, by an unnamed method; all limits share equally here"
    what = f"{_title('qosh_tepa_10km3')}: change of the supply of {state}"
    return _told(what, published, (norm, members), UNDER_LIMITS, why)


def _told(what: str, published: Published, found: tuple[Floats, Floats], perimeter: str, why: str) -> Finding:
    """A figure of the norm year, with its members beside it."""
    ours = float(found[0][0])
    low, high = np.quantile(found[1], (0.1, 0.9))
    remark = (
        f"{perimeter}; norm year; {MEMBERS} members {low:.1f} to {high:.1f} (10 to 90 %); holds within "
        f"{LIKE:.0%} of the published figure; {why}"
    )
    verdict = Verdict.of(published.near(ours, LIKE))
    return Finding(
        what, published.words, round(ours, 1), verdict, Kind.AIM, published.unit, published.source, remark
    )


def _title(scenario: str) -> str:
    return scenarios.load(pack().region, "water", scenario).title


def _lost(base: Floats, with_it: Floats) -> Floats:
    return np.asarray(100.0 * (base - with_it) / base)


def _pairs(scenario: str) -> tuple[tuple[Year, Year], tuple[Year, Year]]:
    """The year without and with the canal: the norm year, and the members of the outlook."""
    made = scenarios.load(pack().region, "water", scenario).changes
    return (_norm(NONE), _norm(made)), (_outlook(NONE), _outlook(made))


@cache
def _norm(made: tuple[Change, ...]) -> Year:
    network, inflow = changes.apply(pack().net, pack().steady.inflow, made)
    return _year(network.compile().simulate(inflow))


@cache
def _outlook(made: tuple[Change, ...]) -> Year:
    ahead = outlook()
    network, inflow = changes.apply(pack().net, ahead.inflow, made)
    return _year(network.compile().simulate(inflow, start=ahead.start))


def _year(run: Run) -> Year:
    """The last 36 steps of a run."""
    last = run.steps(len(run.axis) - 36, len(run.axis))
    request = DriverRequest(last.axis, 1, 1, last.axis.starts[0], ())
    known = {one.quantity: one for one in derive(pack().region, last, request)}
    sums = ({s: _km3(known[q][f"amu_darya:{s}"]) for s in ("TKM", "UZB")} for q in QUANTITIES)
    flow = last.axis.mcm_per_m3s @ last.flow[KERKI] * (1.0 - pack().net.reaches[KERKI].loss)
    return Year(flow / 1000.0, *sums)


def _km3(volume: Floats) -> Floats:
    return np.asarray(volume.sum(axis=0)) / 1000.0
