"""Follow a target: judge one state, read why methods differ, and add a target as a row.

On the command line the same is `./mirab targets --state TJK`. Run it with
`python docs/tutorials/follow_a_target.py`.
"""

import csv
import shutil
import tempfile
from datetime import date
from pathlib import Path

from mirab import centre, inquiry
from mirab.core.errors import InputError
from mirab.follow.targets import pace, progress
from mirab.follow.targets.course import known

# --- 1. One state -----------------------------------------------------------------------------------------
# Every indicator is forecast to the deadline of its targets; the chance is the share of members that meet
# the target in that year. The date is an argument: figures of later years are not used.

folder = Path(tempfile.mkdtemp())
wish = centre.Wish(
    "central_asia", date(2026, 11, 22), date(2026, 11, 22), folder, folder / "own", members=200
)
found = inquiry.aims(wish)
course = {one.target: one for one in found.of_state("TJK")}["sdg-internet_users_share"]
print(f"internet use: {course.last}, to reach {course.level}: {course.outcome}, {course.probability:.0%}")
assert course.ahead is not None
assert course.ahead[2] <= 100.0  # a share never passes its bound, however fast it has grown

# --- 2. Why methods differ --------------------------------------------------------------------------------
# Access to electricity in Afghanistan rose from 71.5 % in 2015 to 97.7 % in 2017. Compound growth runs past
# 700 % in 2030 and is "on track"; a straight line leaves the bound as well.

series = known(found.panels["electricity_access_share"], "AFG")
last = max(series)
status = progress.assess((2015, series[2015]), (last, series[last]), rising=True, target=100.0)
line = pace.predicted(list(series), list(series.values()), 2030)
assert status.projected is not None
print(f"by 2030: compound growth {status.projected:.0f} % ({status.status}), straight line {line:.0f} %")
assert status.projected > 700.0
assert line > 100.0
disputed = [one for one in found.courses if one.methods.disagree]
print(f"methods disagree on {len(disputed)} courses")
assert disputed

# --- 3. Add a target as a row -----------------------------------------------------------------------------
# A number that was found goes into development/targets.csv of a pack; nothing else changes. Here a made-up
# one: all people online by 2034. Replace it with the text of the programme once you have it.

pack = folder / "central_asia"
shutil.copytree(inquiry.observe(wish).region.path, pack)
table = pack / "development" / "targets.csv"
rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
row = next(one for one in rows if one["target_id"] == "apoa-3.1")
row |= {"rule": "reach", "value": "100", "confidence": "recalled", "note": "made up for a tutorial"}


def write() -> None:
    """Write the table back."""
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


write()
mine = centre.Wish(pack, wish.on, wish.written_on, folder, folder / "own", members=200)
before = {one.target: one.outcome for one in found.of_state("KAZ")}["apoa-3.1"]
after = {one.target: one.outcome for one in inquiry.aims(mine).of_state("KAZ")}["apoa-3.1"]
print(f"digital infrastructure in Kazakhstan: {before}, with the row: {after}")
assert before == "target not known"
assert after != "target not known"

# --- 4. A row that cannot be right ------------------------------------------------------------------------
# A relative target needs a year that it starts from: of its own, or of the programme.

row |= {"rule": "multiply", "value": "2", "base_year": "2034"}
write()
refused = ""
try:
    inquiry.aims(mine)
except InputError as error:
    refused = str(error)
print(refused)
assert "give a year before its deadline" in refused
