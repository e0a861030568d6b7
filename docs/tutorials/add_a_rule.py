"""Add a rule: say in one row of a table what counts as a threat, and see what it finds.

The rules of a domain are the rows of its `rules.csv`; docs/warnings.md explains the columns. Here a copy of
the table gets one more row, for the invented High Dam reservoir of the toy region.
Run it with `python docs/tutorials/add_a_rule.py`.
"""

import csv
import tempfile
from dataclasses import replace
from datetime import date
from importlib import resources
from pathlib import Path

import mirab
from mirab import centre

folder = Path(tempfile.mkdtemp())
wish = centre.Wish(
    region="toy",
    on=date(2023, 10, 1),
    written_on=date(2026, 11, 21),
    out=folder / "unused",
    own=folder / "observations.sqlite",
    members=200,
)
seen = centre.observe(wish)
water = next(domain for domain in seen.domains if domain.name == "water")

# --- 1. A row ---------------------------------------------------------------------------------------------
# "The reservoir stands under 700 million m3 in two successive dekads of the growing season." The bound and
# the probabilities are a judgement: the row says whose, and a reader may change them.

row = {
    "rule_id": "highdam_low_in_summer",
    "title": "High Dam reservoir under 700 million m3 in the growing season",
    "quantity": "volume",
    "where": "highdam",
    "relative_to": "value",
    "comparison": "below",
    "threshold": "700",
    "unit": "million m3",
    "steps_in_a_row": "2",
    "measure": "each",
    "season_from": "04-01",
    "season_to": "09-30",
    "by_date": "",
    "max_age_days": "60",
    "watch_probability": "0.1",
    "potential_probability": "0.3",
    "severity_quantity": "shortage",
    "addressee": "The operator of the dam; the canal offices of Boria and Calda",
    "source": "toy_invented",
    "note": "invented for teaching; bound and levels are ours",
}
rules = folder / "rules.csv"
shipped = resources.files("mirab.domains.water") / "rules.csv"


def write(*rows: dict[str, str]) -> None:
    """Write the shipped rules and these rows to the copy."""
    rules.write_text(shipped.read_text(encoding="utf-8"), encoding="utf-8")
    with rules.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, fieldnames=list(row), lineterminator="\n").writerows(rows)


# --- 2. Its threat ----------------------------------------------------------------------------------------
# The domain is a frozen record; a copy of it reads our table. `warn` simulates and judges by the rules.

write(row)
warned = centre.warn(replace(water, rules=str(rules)), seen, wish)
(threat,) = [one for one in warned.threats if one.rule == "highdam_low_in_summer"]

print(f"{threat.level}: {threat.title}, probability {threat.probability:.0%}")
print("\n".join(threat.why))

# A simulation alone gives at most `potential`; `existing` needs an observation (§8).
assert threat.level == "potential"
assert threat.items == ("highdam",)

# The probability is a share of members, so it can be counted again from the outlook itself.
volume = warned.outlook.run.volume["highdam"]
growing = [4 <= start.month <= 9 for start in warned.outlook.run.axis.starts]
low = volume[growing] < 700
count = (low[1:] & low[:-1]).any(axis=0).sum()
assert threat.probability == count / wish.members
assert 0.3 <= threat.probability <= 0.7

# Who is hurt, in the members in which it comes true: the owner of the reservoir by the distance to the bound,
# the states whose canals lie below it by their shortage. Every amount stands beside its perimeter (§13).
for hurt in threat.severity:
    print(f"{hurt.state}: {hurt.amount:.0f} {hurt.unit} ({hurt.perimeter})")
assert [hurt.state for hurt in threat.severity] == ["XAA", "XBB", "XCC"]
assert all(hurt.unit == "million m3" and hurt.amount > 0 for hurt in threat.severity)

# What it is worth: nobody has shown that these forecasts have skill, so the warning says so (§11).
assert threat.track_record == "base rate, no forecast skill"

# --- 3. A wrong row ---------------------------------------------------------------------------------------
# All mistakes are shown at once, with the line, the value and the nearest choice.

write(row | {"quantity": "volum", "comparison": "under"})
message = ""
try:
    centre.warn(replace(water, rules=str(rules)), seen, wish)
except mirab.MirabError as refused:
    message = str(refused)
print(message)
assert "quantity='volum' is not in core/fields.csv; nearest is 'volume'" in message
assert "choose from 'below', 'above'" in message

# To keep a rule, put its row into the domain's rules.csv, one case into tests/warn/cases.csv, and run
# ./mirab test: a rule without a case fails.
