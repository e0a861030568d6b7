"""Who reaches the world by whom: ways out, what fails, and what a cable would change, on the toy region.

Run it: python docs/tutorials/who_reaches_whom.py. It takes a few seconds, the first time a little longer, and
asserts every number that it tells. All cables here are invented.
"""

from datetime import date

from mirab.core.exits import AT_ONCE, RESTORED, Element
from mirab.core.records import Change
from mirab.domains.fibre.domain import connections
from mirab.observe.region import load
from mirab.warn import exits, outages

# --- 1. The graph -----------------------------------------------------------------------------------------
# A pack has its cables in fibre/: places, links by their route, what threatens them. Ardia, Boria and Calda
# lie in a row; Ardia reaches Estria over the mountains, Calda reaches Dorn in the west, where most traffic
# goes. A southern cable from Boria to Dorn is late.

toy = load("toy")
found = connections(toy)
assert found is not None
print(found.assumptions[0])
assert found.exits.home == ("XAA", "XBB", "XCC")
assert found.exits.gateways == ("XDD", "XEE"), "the states that traffic enters first"
assert found.awaited == {"boria_south__dorn": date(2022, 6, 30)}

# --- 2. Ways out ------------------------------------------------------------------------------------------
# Ways that share no link are as many as the fewest links whose loss parts a state from every exchange point
# abroad. Each of the three has two: west, or over the mountains.

members = exits.drawn(found, members=200, seed=1)
states = {one.state: one for one in exits.survey(found, members)}
for one in states.values():
    via, (low, mean, high) = next(iter(one.through.items()))
    print(f"{one.state}: {one.ways} ways out; {mean:.0%} ({low:.0%} to {high:.0%}) passes {via}")
assert [one.ways for one in states.values()] == [2, 2, 2]
assert next(iter(states["XBB"].through)) == "XCC", "most of Boria's traffic passes Calda"

# Two ways out are less than they sound: what share no link may share a duct, an owner or a decision, and a
# way that is contracted to nobody is of no use on the first day.

# --- 3. Without a part ------------------------------------------------------------------------------------
# Without Calda Boria first loses the traffic that was contracted to pass it. Once traffic is moved, it goes
# over the mountains: connected, and three times as far round.

boria = exits.left(found, ["XCC"])[1]
usual = states["XBB"].trip_ms[1]
print(f"Boria without Calda: {boria.at_once:.0%} at once, {boria.restored:.0%} later, {boria.trip_ms:.0f} ms")
assert boria.ways == 1
assert boria.at_once < 0.1
assert boria.restored == 1.0
assert boria.trip_ms is not None
assert boria.trip_ms > 3 * usual

# --- 4. One failure, two failures -------------------------------------------------------------------------
# All single and double failures are enumerated. With the time that each lasts they bound what is lost on
# average, and moments drawn at random must lie between: two ways to one answer.

bounds = outages.enumerated(found).lost()
moments = 100_000
sets = outages.sampled(found, moments, seed=2)
failing = [hazard.failure for hazard in outages.failing(found)]
lost = 1.0 - found.exits.outcomes(failing, sets)[:, RESTORED]
error = 4 * lost.std(axis=0) / moments**0.5
for i, state in enumerate(found.exits.home):
    low, mean, high = bounds[0][i], lost[:, i].mean(), bounds[1][i]
    print(f"{state}: mean loss {mean:.4%}, enumerated {low:.4%} to {high:.4%}")
    assert low - error[i] < mean < high + error[i]

# A failure of your own is a name and what it takes.
storm = Element("storm", links=("ardia_city__estria", "calda_city__dorn"))
outcome = found.exits.outcomes([storm], sets[:1, :1] * 0)[0]
assert outcome[AT_ONCE].tolist() == outcome[RESTORED].tolist() == [0.0, 0.0, 0.0], "both ways out at once"

# --- 5. What a cable would change -------------------------------------------------------------------------
# A change is data. The southern cable gives Boria a third way out, and the others one more behind it.

later = connections(toy, [Change("opened", "boria_south__dorn", 1.0)])
assert later is not None
after = {one.state: one for one in exits.survey(later, exits.drawn(later, members=200, seed=1))}
assert {state: one.ways for state, one in after.items()} == {"XAA": 2, "XBB": 3, "XCC": 2}

# The same members, with and without it: a failure of a member is the same whatever else changes.
days = 360
before, with_it = (outages.ahead(one, date(2023, 10, 1), days, 300, seed=1).lost for one in (found, later))
for state in found.exits.home:
    saved = before[state].sum(axis=0) - with_it[state].sum(axis=0)
    print(f"{state}: {saved.mean():.2f} days of connection saved in {days} days, on average")
    assert saved.mean() > 0.1
