"""What becomes of a briefing: an issue with a number, kept with all that it was made from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mirab.core.records import Briefing
from mirab.stages.observing import Seen, Wish

if TYPE_CHECKING:
    from mirab.brief.basemap import Basemap
    from mirab.follow.issue_store import IssueStore
    from mirab.observe.region import Region


def issue_store(own: Path) -> IssueStore:
    """The store of issues beside the file of a user's readings."""
    from mirab.follow import issue_store

    return issue_store.IssueStore(own.with_name(issue_store.FILE))


def kept(wish: Wish, seen: Seen, found: Briefing, ground: Basemap) -> Briefing:
    """The briefing, as its audience may see it, as an issue: numbered, with what has changed, and kept.

    A briefing whose records were kept before is the issue that it was then.
    """
    from mirab.brief import bulletin, earlier
    from mirab.follow import issues
    from mirab.follow.issue_store import Made

    store = issue_store(wish.own)
    shown = bulletin.audience(found, found.audience)
    shown = replace(shown, series=(*shown.series, *earlier.series(shown, store.earlier(shown))))
    last = store.compared_with(shown)
    before = store.briefing(last) if last else None
    imprint = wish.imprint
    if before:
        imprint = replace(imprint, since=before.issue, since_as_of=before.as_of)
    issue = replace(shown, changes=issues.changes(before, shown), imprint=imprint)
    return store.keep(issue, Made(ground.plain(), files(seen.region), seen.own))


def files(region: Region) -> dict[str, bytes]:
    """The files of a region pack by their path in it, hidden ones left out."""
    paths = (path for path in sorted(region.path.rglob("*")) if path.is_file())
    named = ((path.relative_to(region.path), path) for path in paths)
    return {
        name.as_posix(): path.read_bytes()
        for name, path in named
        if not any(part.startswith((".", "__")) for part in name.parts)
    }
