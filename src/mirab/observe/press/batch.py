"""Reading many documents one after the other, each kept as soon as it is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from mirab.core.errors import Problem, SetupError
from mirab.core.marking import Marking
from mirab.observe import region as regions
from mirab.observe.press.adapters import Adapter
from mirab.observe.press.intake import intake
from mirab.observe.press.proposals import Proposal
from mirab.observe.press.reader import Reader, Reading
from mirab.observe.press.store import PressStore


def read_all(
    source: str,
    region: str,
    store: Path | None,
    *,
    licence: str = "",
    marking: Marking = Marking.PUBLIC,
    helper: Adapter | None = None,
    keep: bool = True,
) -> Iterator[Reading | Problem]:
    """Read the documents of a file, folder, address or the standard input (`-`).

    What cannot be read comes as a Problem and the rest goes on. Each is kept in the file `store`, where one
    is named, before it is given, with its licence and who may see what was read from it; with `keep` False
    the file only tells what is known already. A `helper` that gives no answer is a Problem too, and the text
    is read without it. Raises InputError where there is no such source, RegionError for the pack.
    """
    kept = PressStore(store) if store else None
    known = (kept.precision(), kept.people()) if kept else ()
    reader = Reader(regions.load(region), *known)
    for document in intake(source):
        if isinstance(document, Problem):
            yield document
            continue
        proposals: Sequence[Proposal] = ()
        try:
            proposals = [*helper(document.text)] if helper else ()
        except (OSError, SetupError) as error:
            what = f"was read without the helper, which {error}"
            yield Problem(document.title, what, "see whether it runs")
        shown = replace(document, licence=licence or document.licence, marking=marking)
        reading = reader.read(shown, proposals)
        if kept and keep:
            kept.keep(reading)
        yield reading
