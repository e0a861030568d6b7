"""Declare a river, simulate an ensemble on it, close its balance, ask why someone is short, and keep it all.

An invented river: snow feeds a lake in state XAA, the lake releases through a gorge to a weir in state XBB,
where two canals divide it and the rest runs on to a delta.
Run it with `python docs/tutorials/declare_a_river.py`.
"""

import tempfile
from datetime import date
from pathlib import Path

import numpy as np

import mirab

# --- 1. Declare -------------------------------------------------------------------------------------------
# Flows are in m3/s, volumes in million m3. A profile is one number, 12 months or 36 dekads of the year.

river = mirab.Network("two valleys", states=("XAA", "XBB"))
river.source("snow", into="lake", state="XAA")
river.source("side_stream", into="weir", state="XBB")

# The lake: its shape, its zones from the bottom up, and what evaporates from it, in mm a month. Claims are
# served before water is kept where their priority number is smaller; 1 is the most senior. So the dead
# volume is never touched (1), the working zone is emptied for everybody (5), and the zone for floods is
# emptied first of all (9).
shape = mirab.Curve(volume_mcm=(0, 300, 1000, 2000), area_km2=(5, 20, 35, 50), head_m=(0, 40, 70, 95))
river.store(
    "lake",
    state="XAA",
    full_mcm=2000,
    start_mcm=700,
    zones=[mirab.Zone(300, 1), mirab.Zone(1700, 5), mirab.Zone(2000, 9)],
    curve=shape,
    evaporation_mm=(0, 0, 10, 60, 100, 140, 160, 150, 90, 40, 10, 0),
)

# The gorge: two parts in a hundred are lost on the way, and water needs one dekad. 60 m3/s are under way.
river.reach("lake", "weir", loss=0.02, lag=1, under_way_m3s=60)
river.node("weir", state="XBB")
river.reach("weir", "delta", loss=0.05)
river.boundary("delta", state="XBB")

# Two canals of one priority share alike; the second belongs to both states. The delta comes before them.
growing = (0, 0, 5, 40, 80, 120, 140, 110, 50, 10, 0, 0)
river.claim("left_canal", at="weir", demand=growing, priority=3, shares={"XBB": 1.0})
river.claim("right_canal", at="weir", demand=growing, priority=3, shares={"XAA": 0.25, "XBB": 0.75})
river.instream("delta_minimum", reach="weir__delta", flow=20, priority=2)
river.turbine("lake_plant", reach="lake__weir", store="lake", max_flow_m3s=250, installed_mw=150)

# `compile` checks everything and lists all problems at once; the model says how it will be computed.
model = river.compile()
for choice in model.describe():
    print(f"{' and '.join(choice.nodes)} are computed by the {choice.kernel} kernel: {choice.why}")

# --- 2. Simulate ------------------------------------------------------------------------------------------
# A hundred worlds of 36 dekads from 1 October. The inflow is a monthly mean times a factor for the whole
# year; any other array of shape (member, time, source) would do, such as past years or somebody's forecast.

axis = mirab.dekads(date(2023, 10, 1), 36)
rng = np.random.default_rng(7)
mean = np.stack(
    [
        axis.spread((25, 24, 30, 60, 120, 190, 180, 120, 70, 45, 35, 28)),
        axis.spread((6, 6, 12, 25, 20, 10, 6, 5, 5, 6, 6, 6)),
    ],
    axis=1,
)
factor = rng.lognormal(-0.5 * 0.3**2, 0.3, size=(100, 1, 1))
inflow = mirab.Ensemble.of("inflow", "m3/s", ["snow", "side_stream"], axis, factor * mean)

run = model.simulate(inflow)

# Every result is an Ensemble: one item gives an array of shape (time, member).
lake = run.volume.quantiles("lake", (0.1, 0.5, 0.9))
assert lake.shape == (3, 36)
assert (np.diff(lake, axis=0) >= 0).all()
assert run.volume["lake"].min() >= 300 - 1e-6, "the dead volume is kept in every world"

march, september = axis.index(date(2024, 3, 31)), axis.index(date(2024, 9, 30))
for name, step in (("end of March", march), ("end of September", september)):
    low, middle, high = lake[:, step]
    print(f"lake at the {name}: {middle:,.0f} million m3, in four of five worlds {low:,.0f} to {high:,.0f}")

# The delta has its 20 m3/s in every step of every world: it is senior, and the lake is emptied for it.
assert run.flow["weir__delta"].min() >= 20 - 1e-6

# The canals have equal demand and equal priority, so they are served alike, whoever stands first here.
assert np.allclose(run.delivered["left_canal"], run.delivered["right_canal"])

# --- 3. Balance -------------------------------------------------------------------------------------------
# What came in, went out or stayed is added up again from the results, node by node and step by step.

residual = np.abs(run.balance()).max()
print(f"largest residual of the balance: {residual:.1e} million m3")
assert residual < 1e-6

# --- 4. Explain -------------------------------------------------------------------------------------------
# The driest world, and the dekad in which the left canal is short of most water.

driest = int(factor[:, 0, 0].argmin())
worst = int(run.shortage()["left_canal"][:, driest].argmax())
why = run.explain("left_canal", worst, driest)
print("\n".join(why.lines()))

# The lake stands on its dead volume. The delta is senior and holds its 20 m3/s. The other canal is held to
# the same fraction; so is what the lake releases for the demand of the next dekad, since water needs one
# dekad through the gorge. One more m3/s at the weir would be shared by the two canals, half to each.
(delta,) = why.seniors
assert delta.part == "delta_minimum"
assert np.isclose(delta.held, 20)
assert why.fraction < 0.5
assert set(why.sharing) == {"right_canal", "the release into lake__weir"}
assert np.isclose(run.volume["lake"][worst, driest], 300)
assert np.isclose(dict(why.one_more)["weir"], 0.5)

# By state: the right canal counts for a quarter to XAA.
by_state = run.by_state(run.delivered)
both = run.delivered["left_canal"] + run.delivered["right_canal"]
assert np.allclose(by_state["XAA"] * 8, both)

# --- 5. Keep ----------------------------------------------------------------------------------------------
# One file holds the declaration, the inflow and the run. It carries the version and a digest: a file that
# mirab did not write, or that is not whole, is refused.

file = Path(tempfile.mkdtemp()) / "two_valleys.mirab"
mirab.save(file, network=river, run=run)
again = mirab.open(file)
assert again.network == river
assert again.run is not None
assert (again.run.volume["lake"] == run.volume["lake"]).all()
print(f"kept in {file}, {file.stat().st_size / 1e6:.1f} MB")
