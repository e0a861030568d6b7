"""Tomorrow you meet the President of Ardia: what you promised, what they promised, and what you want.

On the command line: `./mirab diary meeting` and `./mirab note`, with `--region toy`. Run this with
`python docs/tutorials/tomorrow_you_meet.py`.
"""

import tempfile
from datetime import date
from pathlib import Path

import mirab
from mirab import centre
from mirab.brief import notes
from mirab.brief.words import load
from mirab.core.notes import Block, Note
from mirab.core.records import Marking
from mirab.follow.diary import Kind
from mirab.stages.noting import Meeting, Office

folder = Path(tempfile.mkdtemp())
tomorrow = date(2023, 10, 1)
wish = centre.Wish(
    region="toy",
    on=tomorrow,
    written_on=tomorrow,
    out=folder / "briefing",
    own=folder / "observations.sqlite",
    audience=Marking.INTERNAL,
)


def block(note: Note, name: str) -> Block:
    """One block of a note by its name."""
    return next(one for one in note.blocks if one.name == name)


# --- 1. Who is it? ----------------------------------------------------------------------------------------
# A post will do. A name that nobody has is refused with the nearest ones: whom you meet is never guessed.

office = Office.of(wish)
first = office.note(Meeting("President of Ardia", tomorrow))
print(block(first, "who").lines[0].text)
assert first.subject.title == "Ada Arden"

message = ""
try:
    office.note(Meeting("Ada Ardin", tomorrow))
except mirab.MirabError as refused:
    message = str(refused)
print(message)
assert "the nearest are 'Ada Arden'" in message

# --- 2. What is on record? --------------------------------------------------------------------------------
# Her state promised water for the lake; Boria and Calda promised her readings. Nobody wrote down what you
# want of her, so that block is empty, and says so. Without a briefing threats are left out, which is said.

for name in ("promised_by", "promised_to", "objectives"):
    print(name, [line.text for line in block(first, name).lines])
assert [line.record for line in block(first, "promised_to").lines] == ["gauge_exchange"]
assert block(first, "objectives").lines == ()
assert "threats are left out" in first.notices[0]

# --- 3. Write down what you know --------------------------------------------------------------------------
# A meeting of your own with its readout, what follows from it, what you want, and what is better not said.

diary = office.diary
met = diary.add(
    Kind.MEETING,
    {"text": "She asked for the readings of August.", "about": "ada_arden", "on": "2023-09-12"},
    person="Aigul",
)
send = {"text": "Send the readings", "meeting": met, "owner": "gauge office", "due": "2023-09-25"}
diary.add(Kind.FOLLOW_UP, send, person="Aigul")
diary.add(Kind.OBJECTIVE, {"text": "A day for the survey of the gate.", "about": "XAA"}, person="Aigul")
diary.add(Kind.POINT, {"text": "The bridge at Midtown.", "about": "XAA", "stance": "avoid"}, person="Aigul")

second = office.note(Meeting("President of Ardia", tomorrow))
print(block(second, "follow_ups").lines[0].text)
assert block(second, "follow_ups").lines[0].text.endswith("by 25 September 2023: overdue")
assert [line.text for line in block(second, "avoid").lines] == ["The bridge at Midtown."]

# --- 4. Two pages -----------------------------------------------------------------------------------------
# Every line carries its references, and in the JSON the id of its record.

for path in notes.write(notes.page(second, load()), folder / "note", ["html", "json"]):
    print(f"wrote {path.name}")
lines = [line for one in second.blocks for line in one.lines]
assert all(line.record for line in lines)

# --- 5. Whoever may not see your diary does not ------------------------------------------------------------

public = Office.of(centre.Wish(wish.region, tomorrow, tomorrow, wish.out, wish.own, audience=Marking.PUBLIC))
shown = public.note(Meeting("President of Ardia", tomorrow))
assert all(not block(shown, name).lines for name in ("met", "follow_ups", "objectives", "avoid"))
