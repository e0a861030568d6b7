"""Add a rule: say in one row of a table what counts as a threat, and see what it finds.

The rules of a domain hold in every region; a region pack may add rules of its own in `rules/DOMAIN.csv`.
docs/warnings.md explains the columns. Run this with `python docs/tutorials/add_a_rule.py`.
"""

import csv
import tempfile
from datetime import date
from pathlib import Path

import mirab
from mirab import centre
from mirab.observe import describe

# --- 1. A region to write in ------------------------------------------------------------------------------
# A copy of the toy region, valid from the first minute: `./mirab region new my_region`.

folder = Path(tempfile.mkdtemp())
region = describe.new(folder / "my_region")

# --- 2. A row ---------------------------------------------------------------------------------------------
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
rules = region / "rules" / "water.csv"
rules.parent.mkdir(exist_ok=True)


def write(rule: dict[str, str]) -> None:
    """Write a table with this rule alone."""
    with rules.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, fieldnames=list(rule), lineterminator="\n")
        table.writeheader()
        table.writerow(rule)


write(row)

# --- 3. Its threat ----------------------------------------------------------------------------------------
# `centre.brief` is the whole path; `observe` and `warn` are its first two stages, which give more than the
# page shows: the outlook with all its members. The domain itself has changed in nothing.

wish = centre.Wish(
    region=region,
    on=date(2023, 10, 1),
    written_on=date(2026, 11, 21),
    out=folder / "unused",
    own=folder / "observations.sqlite",
    members=200,
)
seen = centre.observe(wish)
water = next(domain for domain in seen.domains if domain.name == "water")
warned = centre.warn(water, seen, wish)
(threat,) = [one for one in warned.threats if one.rule == "highdam_low_in_summer"]

print(f"{threat.level}: {threat.title}, probability {threat.probability:.0%}")
print("\n".join(threat.why))

# A simulation alone gives at most `potential`; `existing` needs an observation (§8).
assert threat.level == "potential"
assert threat.items == ("highdam",)

# The probability is a share of members, so it can be counted again from the outlook itself.
volume = warned.found.outlook.run.volume["highdam"]
growing = [4 <= start.month <= 9 for start in warned.found.outlook.run.axis.starts]
low = volume[growing] < 700
count = (low[1:] & low[:-1]).any(axis=0).sum()
assert threat.probability is not None
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

# --- 4. A wrong row ---------------------------------------------------------------------------------------
# All mistakes are shown at once, with the line, the value and the nearest choice.

write(row | {"quantity": "volum", "comparison": "under"})
message = ""
try:
    centre.warn(water, seen, wish)
except mirab.MirabError as refused:
    message = str(refused)
print(message)
assert "quantity='volum' is not in core/fields.csv; nearest is 'volume'" in message
assert "choose from 'below', 'above'" in message

# A rule for every region is a row of src/mirab/domains/water/rules.csv and one case in tests/warn/cases.csv:
# a rule without a case fails ./mirab test.
