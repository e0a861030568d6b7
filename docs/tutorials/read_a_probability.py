"""How to read a probability: what the number says, how it did before, and where it says next to nothing.

The figures are deaths from organised violence by state and month in Central Asia and its neighbours, as of
1 October 2023. On the command line the same is `./mirab brief --on 2023-10-01`, section *Security*.
Run it with `python docs/tutorials/read_a_probability.py`.
"""

import tempfile
from datetime import date
from pathlib import Path

import numpy as np

from mirab import centre
from mirab.domains.security.domain import DOMAIN
from mirab.warn import verify
from mirab.warn.forecast import outlook
from mirab.warn.forecast.backtest import Leads, backtest
from mirab.warn.forecast.table import forecaster

folder = Path(tempfile.mkdtemp())
day = date(2023, 10, 1)
wish = centre.Wish("central_asia", day, day, folder / "out", folder / "own.sqlite", members=1000, seed=1)
seen = centre.observe(wish)
(plan,) = DOMAIN.forecasts(seen.region, seen.observations, wish.on)
made = outlook.project(plan, wish.on, wish.members, wish.seed)

# --- 1. A probability is a share of possible worlds -------------------------------------------------------
# A thousand members are drawn, each a course of the next twelve months. The probability of "a month of 25
# deaths or more" is the share of them in which it happens in at least one of the twelve.

deaths = made.judged["TJK"]
share = np.mean((deaths >= 25).any(axis=0))
print(f"Tajikistan: {share:.0%} of {deaths.shape[1]} members have a month of 25 deaths or more")
assert share == made.chance["TJK"]
assert 0.05 < share < 0.35

# It is not a promise that nothing happens in the other members, nor a number of deaths. The spread is wide:
low, middle, high = np.quantile(deaths.sum(axis=0), (0.05, 0.5, 0.95))
print(f"deaths over the year: middle {middle:.0f}, nine in ten members between {low:.0f} and {high:.0f}")
assert low == 0
assert high > 4 * middle

# --- 2. A probability is right or wrong only over many cases ----------------------------------------------
# "17 %" is not refuted by one quiet year. So the same method is run at past dates: it sees what was known
# by then and is scored on what followed, at the same distance in time. The Brier score is the mean squared
# distance of the probability from what came (1 or 0): saying 0.2 each year, when it comes in one of five,
# costs 0.16; lower is better.

said, came = np.full(5, 0.2), np.array([True, False, False, False, False])
assert round(verify.brier(said, came), 2) == 0.16
record = made.records["TJK"]
scores = f"past score {record.score:.3f}, baseline {record.baseline_score:.3f}"
print(f"{scores}; {record.events} of {record.windows}")
assert record.score < record.baseline_score, "the own last 12 months, taken as they are, did worse"
assert record.events == 3, "skill on three events is a hint, not a proof: the page shows the count beside it"

# Reliability: of all forecasts of about 10 %, did it come in about one of ten? Over all 15 states:
origins = [date(year, 10, 1) for year in range(2000, 2023)]
past = plan.panel.until(day)
test = backtest(forecaster(plan.forecaster), past, origins, Leads(1, 12), threshold=25, members=300)
known = ~np.isnan(test.any_happened)
bins = verify.reliability(test.any_above[known], test.any_happened[known] > 0, bins=4)
for one in bins:
    print(f"said {one.forecast:.0%}, came {one.came:.0%} of {one.count}")
assert abs(bins[0].forecast - bins[0].came) < 0.05
assert abs(bins[-1].forecast - bins[-1].came) < 0.05
assert sum(one.count for one in bins[1:-1]) < 50
# Low and high probabilities came about as often as they said. Those between 50 and 75 % came in fewer than
# half of their cases, but there were only 17: a "60 %" of this method is a rough word.
assert bins[2].came < 0.5
assert bins[2].count == 17

# --- 3. Where history is empty there is no skill ----------------------------------------------------------
# Turkmenistan has no death in the whole record. Its probability is a base rate, what happened to quiet
# states elsewhere, and nothing about Turkmenistan. The page says so instead of looking precise.

print(f"Turkmenistan: {made.chance['TKM']:.1%}, {outlook.record_words(made, 'TKM')}")
assert "TKM" in plan.empty
assert outlook.record_words(made, "TKM") == "base rate, no forecast skill"
assert 0 < made.chance["TKM"] < 0.05, "not zero: a quiet past proves no quiet future"

# --- 4. A nought counts only what it counts ---------------------------------------------------------------
# These are state-based deaths: two armed parties, one of them a government. A nought is no statement on
# other violence, and the page repeats that under each.

print(plan.perimeter)
assert "other violence is not counted" in plan.perimeter

# --- 5. Old figures make an old forecast ------------------------------------------------------------------
# Three years later with the same figures, the months judged lie 35 to 46 steps ahead. The past scores are
# then of the same distance, and the interval that held nine months in ten close by holds fewer.

late = outlook.project(plan, date(2026, 8, 1), 300, 1)
near, far = made.records["AFG"].covered, late.records["AFG"].covered
print(f"Afghanistan: {near:.0%} of months in the 90 % interval, {far:.0%} at {late.leads.first} ahead")
assert late.leads.first == 35
assert far < near
