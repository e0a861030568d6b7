"""The diary of an office on the terminal: its entries, and one with every act on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mirab.follow.diary import Entry


def listed(found: Sequence[Entry]) -> Iterator[str]:
    """Each entry in a line: id, day or due day, about whom, words, and what has become of it."""
    if not found:
        yield "the diary holds nothing yet"
    for one in found:
        state = f"withdrawn: {one.withdrawn}" if one.withdrawn else "done" if one.done else one.stance
        parts = (one.on or one.due, ", ".join(one.about), one.text, one.owner, state)
        yield f"{one.id}: {'; '.join(part for part in parts if part)} [{one.marking.value}]"


def history(one: Entry) -> Iterator[str]:
    """An entry with every act on it, in order: when, by whom, and the cells that it set."""
    yield from listed([one])
    for act in one.history:
        cells = "; ".join(f"{name}: {cell}" for name, cell in act.cells.items())
        yield f"  {act.recorded} {act.person}, {act.what.value}: {cells}"
