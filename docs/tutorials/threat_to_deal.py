"""From a threat to a deal, on an invented river: which step helps, who must agree, and what would keep it.

The same on the command line: `mirab resolve --region toy --on 2023-10-01`. The words are explained in
docs/options.md and docs/sharing.md. Run this with `python docs/tutorials/threat_to_deal.py`.
"""

import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

from mirab import joint
from mirab.centre import Wish
from mirab.core.records import Marking

# --- 1. A threat ------------------------------------------------------------------------------------------
# The river Mira rises in Ardia, which stores it for electricity in winter; Boria and Calda irrigate below.

scratch = Path(tempfile.mkdtemp())
day = date(2023, 10, 1)
wish = Wish("toy", day, day, scratch / "out", scratch / "own.sqlite", members=200, audience=Marking.INTERNAL)
found = joint.steps("water:limits_served:mira:XBB", wish)
(threat,) = found.threats
print(threat.title)
print(f"probability without any step: {threat.probability:.0%}")

# --- 2. The steps that help, the most effective first -----------------------------------------------------

known = {option.id: option for option in found.options}
for id in threat.options:
    option = known[id]
    effect = next(one for one in option.threats if one.threat == threat.id)
    print(f"  {effect.after:.0%} with {option.title} ({option.standing})")
assert threat.options

# --- 3. One step, state by state --------------------------------------------------------------------------
# Electricity in winter for water in summer: it stands "under negotiation" in the invented record.

(step,) = joint.steps("water:power_for_water", wish).options
for state in step.states:
    low, middle, high = (value / 1e6 for value in state.gain_usd)
    print(f"{found.state_names[state.state]}: {middle:+.1f} million USD ({low:+.1f} to {high:+.1f})")
ardia = next(state for state in step.states if state.state == "XAA")
boria = next(state for state in step.states if state.state == "XBB")
assert ardia.winter_energy_gwh[1] < 0.0 < boria.water_km3[2]

# --- 4. The deal ------------------------------------------------------------------------------------------
# Who acts and who would lose must agree. Compensation adds up to nought; the sentences say how it is shared,
# and whether anybody would do better alone.

print("agreement needed:", ", ".join(found.state_names[state] for state in step.coalition))
for sentence in step.deal:
    print("-", sentence)
assert abs(sum(step.compensation.values())) < 1.0

# --- 5. What the public sees ------------------------------------------------------------------------------
# Steps that are proposed or analytical only stay with the analysts.

public = joint.steps("", replace(wish, audience=Marking.PUBLIC)).options
shown = {option.standing.value for option in public}
print("standings that the public sees:", ", ".join(sorted(shown)))
assert shown <= {"agreed", "under negotiation"}
