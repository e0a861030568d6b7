"""The book of promises on a day: those of the pack and the user's own, listed, chosen, and handed on."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mirab.core.errors import CommitmentError, Problem, UnknownNameError
from mirab.core.plain import to_dict
from mirab.core.records import Commitment, Event, Marking, Status
from mirab.follow import calendar, commitments, iati, icalendar
from mirab.follow.commitments import COLUMNS, Entry, Known
from mirab.follow.forms import quoted
from mirab.follow.store import Store


@dataclass(frozen=True)
class Book:
    """Promises as they stood on a day, the entries behind them, and the store that takes further ones.

    `names` are states and bodies by code or id.
    """

    on: date
    known: Known
    store: Store
    entries: tuple[Entry, ...]
    found: tuple[Commitment, ...]
    names: Mapping[str, str]
    events: tuple[Event, ...] = ()

    def ahead(self, days: int) -> tuple[tuple[Event, ...], tuple[Commitment, ...]]:
        """What comes in so many days: events, and open promises that fall due and are not late yet."""
        due = commitments.falling_due(self.found, self.on, days=days)
        late = Status.OVERDUE
        return calendar.ahead(self.events, self.on, days=days), tuple(
            one for one in due if one.status is not late
        )

    def calendar(self, days: int) -> str:
        """What comes in so many days as the text of an iCalendar file."""
        events, due = self.ahead(days)
        entries = (*map(icalendar.of_event, events), *map(icalendar.of_commitment, due))
        return icalendar.text(entries, on=self.on)

    def chosen(self, *, id: str = "", owner: str = "", days: int = 0) -> tuple[Commitment, ...]:
        """One promise by its id, those of an owner, those due within so many days; all without a wish.

        Raises UnknownNameError for an id that the book does not hold.
        """
        if id and id not in {one.id for one in self.found}:
            raise UnknownNameError("commitment", id, [one.id for one in self.found])
        found = commitments.falling_due(self.found, self.on, days=days) if days else self.found
        wanted = owner.casefold()
        owners = {one.id: {one.owner.casefold(), self.names.get(one.owner, "").casefold()} for one in found}
        return tuple(
            one for one in found if (not id or one.id == id) and (not wanted or wanted in owners[one.id])
        )

    def parts(self, id: str) -> tuple[Commitment, ...]:
        """The promises that are parts of one."""
        return commitments.parts(self.found, id)

    def export(self, out: Path) -> Path:
        """Write the book as the ending of `out` says: .csv, .json, .ics or .xml (IATI 2.03); the path.

        What is not public is left out of the last, which is made to be published.

        Raises CommitmentError for another ending and where the file cannot be written.
        """
        writers: dict[str, Callable[[], str]] = {
            ".csv": self._csv,
            ".json": lambda: json.dumps(to_dict(self.found), ensure_ascii=False, indent=1) + "\n",
            ".ics": lambda: icalendar.text(map(icalendar.of_commitment, self.found), on=self.on),
            ".xml": self._iati,
        }
        if out.suffix.lower() not in writers:
            fix = f"name it commitments{', or '.join(writers)}"
            raise CommitmentError("export", [Problem(str(out), f"has the ending {out.suffix!r}", fix)])
        return written(out, writers[out.suffix.lower()]())

    def _iati(self) -> str:
        """Activities of what is public: a file of this standard is made to be published."""
        shown = commitments.visible(self.found, Marking.PUBLIC)
        return iati.text(shown, on=self.on, names=self.names)

    def _csv(self) -> str:
        """The columns of the form, one line each, as they stand now: it can be read again."""
        file = io.StringIO()
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        shown = {one.id for one in self.found}
        cells: dict[str, dict[str, str]] = {}
        for entry in self.entries:
            cells.setdefault(entry.id, {}).update({name: quoted(cell) for name, cell in entry.cells.items()})
        writer.writerows({**row, "commitment_id": id} for id, row in cells.items() if id in shown)
        return file.getvalue()


def written(out: Path, text: str) -> Path:
    """Write a text to a file; the path. Raises CommitmentError where it cannot be written."""
    try:
        out.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        problem = Problem(str(out), f"cannot be written: {error.strerror}", "choose another place")
        raise CommitmentError("export", [problem]) from error
    return out
