"""Where a corridor jams, what one more vessel brings, what if a way is unavailable, and who must agree.

An invented region: containers go from Ardia to Calda by rail through a change of gauge, or over a lake on
two boats. On the command line the same is `./mirab simulate corridor --region toy --scenario storm`.
Run it with `python docs/tutorials/bottleneck_of_a_corridor.py`.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np

from mirab.core.declared_carriage import carriage
from mirab.core.errors import SolutionError
from mirab.core.records import Change
from mirab.observe.region import load
from mirab.resolve import carriage as changes
from mirab.resolve import options
from mirab.resolve.players import play
from mirab.warn.carriage import carried, drawn
from mirab.warn.cuts import busiest, cut, one_more
from mirab.warn.earnings import gains

# --- 1. Declare -------------------------------------------------------------------------------------------
# The tables of a pack declare places, services, boats, markets and ways. A capacity that nobody publishes
# stays empty: it is not modelled, nothing waits for it, and it has no rank.

plan = carriage(load("toy"), "corridor")
assert [way.title for way in plan.ways.values()] == ["By rail through Midtown", "By the lake"]
assert plan.stations["east_quay/east_quay_port"].units is None

# --- 2. Run -----------------------------------------------------------------------------------------------
# Forty members, each a world of its own: volume, tastes, dwell, weather over the lake, and how it falls.
# Shares of the ways start from those observed (80 and 20 %) and answer to cost and queues.

draws = drawn(plan, date(2024, 10, 1), members=40, seed=1, ahead=180)
found = carried(plan, draws)
for i, way in enumerate(found.ways):
    low, middle, high = np.quantile(found.mean_hours[:, i] / 24, (0.1, 0.5, 0.9))
    share = np.median(found.shares[:, i])
    print(f"{way.title}: {middle:.1f} days ({low:.1f} to {high:.1f}), share {share:.0%}")
print(f"Shares and queues are {found.gap:.3f} apart after {found.rounds} rounds.")
assert np.allclose(found.shares.sum(axis=1), 1.0)

# --- 3. Where it jams, and what one more unit brings ------------------------------------------------------
# The same members once more with one more boat. The worth is time saved, at the value of time of the cargo.

fullest = busiest(found, 1)[0]
unit = one_more(found, "east_quay/boats")
print(f"Fullest: {plan.stations[fullest].title}.")
print(f"One more boat saves {unit.hours:.1f} hours a journey,")
print(
    f"worth {unit.usd[1] / 1e6:.2f} million USD a year ({unit.usd[0] / 1e6:.2f} to {unit.usd[2] / 1e6:.2f})."
)
assert unit.usd[1] >= 0.0

# --- 4. If a place is unavailable -------------------------------------------------------------------------
# Cargo turns to the lake, at a cost; the boats would be asked for more than they carry.

closed = cut(found, "midtown_yard/midtown_gauge", days=30)
cost = closed.cost_usd[1] / 1e6
print(f"Midtown closed for 30 days: {closed.moved_kt[1]:.1f} kt turn, at {cost:.2f} million USD;")
print(f"{plan.stations[closed.next].title} would be asked for {closed.next_use:.0%} of their capacity.")
assert closed.lost_kt[1] == 0.0

# --- 5. If every way is unavailable -----------------------------------------------------------------------
# There is no number for that: the answer is "no path", with the cut.

both = [Change("unavailable", nest, 1.0, "1") for nest in ("rail", "lake")]
try:
    carried(changes.apply(plan, both, date(2024, 10, 1)), draws)
except SolutionError as answer:
    print(answer)
else:
    raise AssertionError("cargo went nowhere")

# --- 6. Who must act, and how the gain can be shared ------------------------------------------------------
# Ardia and Calda can add a boat, Boria can halve the dwell at Midtown. Each set of steps is run once with the
# same members. Boria alone earns only a little transit by a shorter dwell: what is saved is time of the cargo
# of the other two. So it takes compensation, and all stay. The same: `mirab resolve corridor:together
# --region toy`.

steps = options.load(load("toy"), "corridor")


def brings(asked: Sequence[Change], states: Sequence[str]) -> np.ndarray:
    """USD a year that changes bring some states, by member."""
    other = carried(changes.apply(plan, asked, date(2024, 10, 1)), draws, base=found)
    return gains(found, other).of(states)


played = play(steps, brings, {"XAA": "Ardia", "XBB": "Boria", "XCC": "Calda"})
for sentence in played.deal.sentences:
    print(sentence)
assert played.game.states == ("XAA", "XBB", "XCC")
assert played.steps["XAA", "XCC"] == ("corridor:more_boats",)
ardia, boria, calda = played.deal.parts
assert 0.0 < boria.alone[1] < 100_000.0
assert boria.compensation["shapley"][1] > 500_000.0
assert abs(sum(part.compensation["shapley"][1] for part in played.deal.parts)) < 1.0
assert 2e6 < played.deal.total[1] < 6e6
