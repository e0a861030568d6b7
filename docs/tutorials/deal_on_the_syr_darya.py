"""A deal on the Syr Darya: what one agreed step does, and what the four states could reach at best.

On the command line: `mirab resolve water:winter_power_summer_water` and `mirab resolve water:syr-darya`. All
values of water and electricity are ranges of ours; docs/coalitions.md says what the two ways assume. Run this
with `python docs/tutorials/deal_on_the_syr_darya.py`; it takes about half a minute.
"""

import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from mirab import joint
from mirab.centre import Wish
from mirab.core.records import Marking

scratch = Path(tempfile.mkdtemp())
day = date(2024, 10, 1)
wish = Wish("central_asia", day, day, scratch / "out", scratch / "own.sqlite", members=60)

# --- 1. A step that the states have agreed on -----------------------------------------------------------
# Winter electricity for water kept in Toktogul. Its volumes are not public: the amount is ours.

found = joint.steps("water:winter_power_summer_water", wish)
(step,) = found.options
print(step.title, f"({step.standing})")
for state in step.states:
    low, high = state.least_usd / 1e6, state.most_usd / 1e6
    print(f"  {found.state_names[state.state]}: {low:+.1f} to {high:+.1f} million USD")
kyrgyzstan = next(state for state in step.states if state.state == "KGZ")
uzbekistan = next(state for state in step.states if state.state == "UZB")
assert kyrgyzstan.winter_energy_gwh[1] < 0.0, "less goes through the turbines in winter"
assert uzbekistan.water_km3[2] >= 0.0
print("  " + step.deal[-1])

# --- 2. What all four could reach if they knew the inflow ---------------------------------------------------
# A bound, for analysts: nobody knows the inflow. Water without a price is not for sale.

together = joint.together("water:syr-darya", replace(wish, members=6, audience=Marking.INTERNAL))
coalitions = together.found
for state, before, after in zip(
    coalitions.states, coalitions.reference.mean(axis=0), coalitions.foreseen.mean(axis=0), strict=True
):
    name = together.state_names[state]
    print(f"{name}: {before / 1e6:,.0f} million USD without a deal, {after / 1e6:,.0f} with one")
deal = together.deals["foresight"]
for sentence in deal.sentences:
    print("-", sentence)
for part in deal.parts:
    assert part.gains["shapley"][1] > 0.0, "by the Shapley value every state gains"

# --- 3. For which values it holds -----------------------------------------------------------------------

low, high = together.over_values
print(f"over the ranges of values: {low / 1e6:,.0f} to {high / 1e6:,.0f} million USD")
assert 0.0 < low <= high
assert np.all(coalitions.foresight.total >= coalitions.reference.sum(axis=1) - 1.0)

# --- 4. Who may see it --------------------------------------------------------------------------------------
# The agreed step is public; the bound is an analysis and stays with the analysts.

public = joint.steps("", replace(wish, audience=Marking.PUBLIC)).options
print("the public sees:", "; ".join(option.title for option in public))
