"""What becomes of a briefing: an issue with a number, kept with all that it was made from."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mirab.core.records import Briefing
from mirab.stages.comparing import Whole, compared
from mirab.stages.observing import Progress, Seen, Wish

if TYPE_CHECKING:
    from mirab.brief.basemap import Basemap
    from mirab.follow.issue_store import Issue, IssueStore
    from mirab.observe.region import Region


def issue_store(own: Path) -> IssueStore:
    """The store of issues beside the file of a user's readings."""
    from mirab.follow import issue_store

    return issue_store.IssueStore(own.with_name(issue_store.FILE))


def kept(
    wish: Wish, seen: Seen, found: Briefing, ground: Basemap, progress: Progress | None = None
) -> Briefing:
    """The briefing, as its audience may see it, as an issue: numbered, with what has changed, and kept.

    A briefing whose records were kept before is the issue that it was then. Changes are told against the
    last cleared issue of its series, or the last one where none is cleared.
    """
    from mirab.brief import bulletin, earlier
    from mirab.follow.issue_store import Made
    from mirab.follow.issues import sentences

    store = issue_store(wish.own)
    shown = bulletin.audience(found, found.audience)
    shown = replace(shown, series=(*shown.series, *earlier.series(shown, store.earlier(shown))))
    now = Whole(replace(shown, imprint=wish.imprint), Made(ground.plain(), files(seen.region), seen.own))
    last = None if store.has(shown) else store.compared_with(shown)
    if last is None:
        return store.keep(now.briefing, now.made)
    before = whole(store, last)
    turns = compared(before, now, wish, progress).turns()
    imprint = replace(
        wish.imprint, since=before.briefing.issue, since_as_of=before.briefing.as_of, turns=turns
    )
    said = sentences(before.briefing, shown, turns)
    return store.keep(replace(shown, changes=said, imprint=imprint), now.made)


def whole(store: IssueStore, issue: Issue) -> Whole:
    """An issue of the store with what it was made from."""
    return Whole(store.briefing(issue), store.made_from(issue))


def names_in(pack: Mapping[str, bytes], language: str) -> dict[str, str]:
    """What the pack of an issue called its texts in a language, by the English text."""
    lines = pack.get("translations.csv", b"").decode().splitlines()
    return {row["text"]: row[language] for row in csv.DictReader(lines) if row.get(language)}


def files(region: Region) -> dict[str, bytes]:
    """The files of a region pack by their path in it, hidden ones left out."""
    paths = (path for path in sorted(region.path.rglob("*")) if path.is_file())
    named = ((path.relative_to(region.path), path) for path in paths)
    return {
        name.as_posix(): path.read_bytes()
        for name, path in named
        if not any(part.startswith((".", "__")) for part in name.parts)
    }
