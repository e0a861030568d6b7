"""Monday morning: what changed since the last issue, and why; who clears it; what is kept, and that it is.

On the command line the same is `./mirab brief --cadence weekly`, `./mirab changes`, `./mirab issues review`,
`./mirab issues clear`, `./mirab issues show`, `./mirab backup` and `./mirab audit verify`. Run this with
`python docs/tutorials/monday_morning.py`.
"""

import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import mirab
from mirab import audit, backup, centre, inquiry
from mirab.brief import bulletin
from mirab.brief.basemap import Basemap
from mirab.core.imprint import Cadence, Cause, Imprint
from mirab.core.records import Clearance
from mirab.follow.clearance import Deed
from mirab.observe import store as readings
from mirab.observe.region import load

folder = Path(tempfile.mkdtemp())
home = folder / "home"
last_week = centre.Wish(
    region="toy",
    on=date(2023, 10, 1),
    written_on=date(2026, 11, 16),
    out=folder / "briefing",
    own=home / "observations.sqlite",
    members=50,
    imprint=Imprint(Cadence.WEEKLY),
)

# --- 1. The last issue ------------------------------------------------------------------------------------
# Every briefing is an issue with a number. It begins as a draft, with a watermark; a named person reviews it,
# another clears it, and then it never changes.

first, _ = centre.brief(last_week)
store = centre.issue_store(last_week.own)
store.act(store.found("1"), Deed.COMMENT, "Aigul", "Whose figure is the volume of the High Dam?")
message = ""
try:
    store.act(store.found("1"), Deed.CLEAR, "Bakyt")
except mirab.MirabError as refused:
    message = str(refused)
print(message)
assert "is a draft" in message
assert "comment 1 of Aigul is open" in message

store.act(store.found("1"), Deed.ANSWER, "Bakyt", "Of the dam's operator; its letter is cited", about=1)
store.act(store.found("1"), Deed.REVIEW, "Aigul")
store.act(store.found("1"), Deed.CLEAR, "Bakyt")
assert store.found("1").status is Clearance.CLEARED

# --- 2. What changed, and why -----------------------------------------------------------------------------
# A week later the operator reports less water than was expected. Two things are new at once: the reading, and
# the date. The old issue is run again at the new date without the reading; the rest is the reading's part.

form = folder / "reading.csv"
form.write_text("station,quantity,date,value,author\nhighdam,volume,2023-10-07,1500,Operator\n", "utf-8")
readings.Store(last_week.own).add(form, load("toy"), today=date(2026, 11, 21))
second, _ = centre.brief(replace(last_week, on=date(2023, 10, 8)))
for line in second.changes:
    print(line)

before, now, between = inquiry.changes(last_week.own)
assert (before.issue, now.issue) == (1, 2)
assert between.causes == (Cause.TIME, Cause.DATA)
dam = next(turn for turn in between.turns() if turn.id == "water:store_near_dead_volume:highdam")
parts = {part.cause: part.probability or 0.0 for part in dam.parts}
print(f"{dam.text}: {parts}")
assert parts[Cause.DATA] > 0.05

# --- 3. The same issue, years later -----------------------------------------------------------------------
# It is drawn again from what was kept: records, base map, pack and readings of then, under one digest.

kept = store.found("1")
again = store.briefing(kept)
page = bulletin.write(again, folder / "again", basemap=Basemap(**store.made_from(kept).basemap))[0]
assert (again.cleared_by, again.imprint.reviewed_by) == ("Bakyt", "Aigul")
assert again.threats == first.threats
assert 'class="watermark"' not in page.read_text(encoding="utf-8")
assert 'class="watermark"' in (folder / "briefing" / "briefing.html").read_text(encoding="utf-8")

# --- 4. Nothing is lost -----------------------------------------------------------------------------------
# A backup holds the whole data folder; every writing stands in a chain that can be checked.

backup.save(home, folder / "monday.zip")
copied, _ = backup.restore(folder / "monday.zip", folder / "restored")
for name in ("issues.sqlite", "observations.sqlite"):
    verdict = audit.verify(folder / "restored" / name)
    print(f"{name}: {verdict.entries} entries, nothing that does not fit")
    assert verdict.faults == ()
    assert verdict.head == audit.verify(home / name).head
