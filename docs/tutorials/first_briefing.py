"""The first briefing: write one for the toy region, and read its records back.

The toy region is invented: three states, one river, one road, one cable. On the command line the same is
`./mirab brief --region toy --on 2023-10-01 --members 100 --out my_briefing`.
Run it with `python docs/tutorials/first_briefing.py`.
"""

import json
import tempfile
from datetime import date
from pathlib import Path

import mirab
from mirab import centre

# --- 1. Write it ------------------------------------------------------------------------------------------
# The date of the briefing is an argument: nothing that was observed later is used. So are the seed and the
# number of members; both are printed in the briefing, and the same wish gives the same numbers again.

folder = Path(tempfile.mkdtemp())
wish = centre.Wish(
    region="toy",
    on=date(2023, 10, 1),
    written_on=date(2026, 11, 21),
    out=folder / "my_briefing",
    own=folder / "observations.sqlite",
    members=100,
    seed=1,
)
_, written = centre.brief(wish)
names = {path.relative_to(wish.out).as_posix() for path in written}
assert {"briefing.html", "briefing.json", "data/fan-highdam_volume.csv"} <= names
print(f"open {wish.out / 'briefing.html'}")

# --- 2. Read it back --------------------------------------------------------------------------------------
# briefing.html is for people. briefing.json holds the same as records, which come back with their types.

text = (wish.out / "briefing.json").read_text(encoding="utf-8")
briefing = mirab.from_dict(mirab.Briefing, json.loads(text))
print(f"{briefing.region_title}, issue {briefing.issue}, as of {briefing.as_of}, {briefing.members} members")
assert briefing.as_of == wish.on
assert briefing.status == "draft", "a person clears it, not the program"

# Threats, in order: level, then probability. Of those on the river the only `existing` one rests on what a
# service observed: an inflow of 178 m3/s over the growing season, against a norm of 229. A simulation alone
# never gives more than `potential` (§8). The rules are rows of a table; add_a_rule.py adds one.
for threat in briefing.threats:
    ahead = "" if threat.probability is None else f", {threat.probability:.0%} ahead"
    print(f"{threat.level}{ahead}: {threat.title} ({', '.join(threat.states)})")
rivers = [threat for threat in briefing.threats if threat.domain == "water"]
assert [threat.level for threat in rivers] == ["existing", "watch", "watch"]

observed = rivers[0]
print(observed.why[0])
assert observed.rule == "season_inflow_below_norm"
assert "178 m³/s, below 183 m³/s (80\u00a0% of the norm)" in observed.why[0]
assert {threat.track_record for threat in briefing.threats} == {"base rate, no forecast skill"}, "§11"

# Series: the numbers behind each chart. Every row is a dekad; p05 to p95 are quantiles over the members.
fan = next(series for series in briefing.series if series.id == "fan:highdam_volume")
rows = [dict(zip(fan.columns, row, strict=True)) for row in zip(*fan.columns.values(), strict=True)]
april = next(row for row in rows if row["date"] == "2024-04-01")
print(f"{fan.title} on 1 April 2024, {fan.unit}: {april['p05']:.0f}, {april['p50']:.0f}, {april['p95']:.0f}")
assert 400 <= april["p05"] <= april["p50"] <= april["p95"] <= 3200, "between dead and full volume"

# What each state may take and is likely to get stands as an amount beside its limit and its perimeter.
served = next(series for series in briefing.series if series.id == "served:growing_2024")
for state, perimeter, limit, likely in zip(
    *(served.columns[name] for name in ("state", "perimeter", "limit_km3", "served_km3")), strict=True
):
    print(f"{briefing.state_names[state]}, {perimeter}: {likely:.2f} of {limit:.2f} km3")
    assert likely <= limit

# Observations. Two services report the inflow of the same ten days. Both are kept and shown; there is no
# average and no verdict (§7).
inflow = {o.author: o.value for o in briefing.observations if o.quantity == "inflow"}
assert inflow == {"Ardia Hydrological Service": 116.6, "Boria Water Agency": 128.7}

# --- 3. Trust it or not -----------------------------------------------------------------------------------
# Everything rests on a source; a source whose licence is not settled is marked, and can be left out.
print("; ".join(f"{source.id}: {source.title}" for source in briefing.sources))
assert [source.id for source in briefing.sources if not source.licence_settled] == ["toy_unsettled"]

# And what was assumed stands in the briefing itself.
assert "Every figure of this region is invented for teaching." in briefing.method
