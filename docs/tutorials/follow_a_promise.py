"""Follow a promise: write it down, hear of it, hold its amount against readings, and hand it on.

On the command line the same is `./mirab commit add`, `./mirab commit update`, `./mirab commit list` and
`./mirab commit export`, with `--region toy`. Run this with `python docs/tutorials/follow_a_promise.py`.
"""

import tempfile
from datetime import date
from pathlib import Path

import mirab
from mirab import centre, inquiry
from mirab.core.records import Kept, Status
from mirab.follow import amounts
from mirab.observe import store as readings
from mirab.observe.region import load

folder = Path(tempfile.mkdtemp())
wish = centre.Wish(
    region="toy",
    on=date(2024, 6, 1),
    written_on=date(2026, 11, 22),
    out=folder / "unused",
    own=folder / "observations.sqlite",
)

# --- 1. Write it down -------------------------------------------------------------------------------------
# A promise needs an id, what is promised, by whom, and a source. Whoever answers for it is a body: it needs
# no account. This one is a part of a promise of the pack, and never changes that one's status.

book = inquiry.promises(wish)
promise = {
    "commitment_id": "lake_2024_april",
    "what": "Let at least 100 million m3 reach Salt Lake in April 2024",
    "by": "XAA|XBB",
    "to": "XCC",
    "owner": "gate office of Midtown",
    "parent": "lake_2024",
    "adopted": "2024-03-01",
    "quantity": "inflow_volume",
    "item": "salt_lake",
    "amount": "100",
    "unit": "million m3",
    "period_start": "2024-04-01",
    "period_end": "2024-04-30",
    "source": "Minutes of the commission, 1 March 2024",
}
book.store.create(promise, book.known, person="Aigul")
(mine,) = inquiry.promises(wish).chosen(id="lake_2024_april")

# Nobody named a due date, so the last day of the period counts; that day has passed, and no source says that
# the promise was kept. *Overdue* says no more than that.

print(f"{mine.what}: due {mine.due}, {mine.due_rule}; {mine.status}")
assert (mine.due, mine.status) == (date(2024, 4, 30), Status.OVERDUE)
assert amounts.verdict(mine.findings) is Kept.UNTOLD

# --- 2. Hold it against readings --------------------------------------------------------------------------
# The month's mean inflow of the lake, as its gauge office reports it: 42 m3/s for 30 days, 108.9 million m3.

form = folder / "april.csv"
form.write_text(
    "station,quantity,date,value,author\nsalt_lake,inflow,2024-04,42,Gauge office\n", encoding="utf-8"
)
readings.Store(wish.own).add(form, load("toy"), today=date(2024, 5, 3))
(mine,) = inquiry.promises(wish).chosen(id="lake_2024_april")
(found,) = mine.findings
print(f"{found.kept}: {found.value} {found.unit} ({found.basis})")
assert found.kept is Kept.SERVED
assert found.value is not None
assert abs(found.value - 42 * 86_400 * 30 / 1e6) < 0.01

# A verdict on the amount is not yet a word of the states: the status changes only with a source.

change = {"status": "met", "status_on": "2024-05-03"}
message = ""
try:
    book.store.change("lake_2024_april", change, book.known, person="Bakyt")
except mirab.MirabError as refused:
    message = str(refused)
print(message)
assert "the change of the status has no source" in message

# --- 3. Its history ---------------------------------------------------------------------------------------
# Every change is added with its source, its person and its time. Nothing is written over; the whole stays as
# it was.

book.store.change("lake_2024_april", change | {"source": "Letter of 3 May"}, book.known, person="Bakyt")
book = inquiry.promises(wish)
(mine,) = book.chosen(id="lake_2024_april")
(whole,) = book.chosen(id="lake_2024")
(step,) = mine.history
print(f"{step.on}: {step.status}, {step.evidence.note}, written by {step.person}")
assert (mine.status, whole.status) == (Status.MET, Status.SCHEDULED)
assert mine in book.parts("lake_2024")

# --- 4. Hand it on ----------------------------------------------------------------------------------------
# As CSV that can be read again, JSON, an iCalendar of due dates, and activities with results of IATI 2.03.

for name in ("promises.csv", "promises.json", "promises.ics", "promises.xml"):
    print(f"wrote {book.export(folder / name).name}")
text = (folder / "promises.xml").read_text(encoding="utf-8")
assert '<actual value="108.864">' in text
