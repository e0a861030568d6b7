"""The desk: what the server has at hand, read again when it has changed on disk."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from mirab import centre
from mirab.brief import bulletin, compose, tables, words
from mirab.core.errors import InputError, Problem, StoredFileError
from mirab.core.records import Marking
from mirab.follow import issues
from mirab.observe import region as regions
from mirab.stages.observing import press
from mirab.web.issue import Issue

if TYPE_CHECKING:
    from mirab.centre import Wish
    from mirab.follow.issue_store import IssueStore
    from mirab.observe.press.store import PressStore
    from mirab.stages.simulating import Base


class Desk:
    """The folder of a briefing, the pack that it was written from, and the user's own files.

    `audience` may be narrower than that of the briefing, never wider: what it may not see is in no answer.
    `outlooks` are those that scenarios were held against, by domain.
    """

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.languages = words.languages()
        self.outlooks: dict[str, Base] = {}
        self._read: tuple[int, Issue] | None = None
        self._reading = threading.Lock()

    def issue(self) -> Issue:
        """The issue in the folder; raises StoredFileError where there is none."""
        with self._reading:
            stamp = self.stamp()
            if self._read is None or self._read[0] != stamp:
                self._read = (stamp, self._load())
            return self._read[1]

    def stamp(self) -> int:
        """What tells the issue in the folder from another one: when it was written, in ns; 0 for none."""
        path = self.wish.out / issues.FILE
        return path.stat().st_mtime_ns if path.is_file() else 0

    def _load(self) -> Issue:
        found = issues.previous(self.wish.out)
        if found is None:
            raise StoredFileError(
                f"{self.wish.out} holds no briefing; write one with: mirab brief --out {self.wish.out}"
            )
        order = list(Marking)
        narrower = min(found.audience, self.wish.audience, key=order.index)
        shown = bulletin.audience(found, narrower) if narrower != found.audience else found
        region = regions.load(self.wish.region)
        if region.name != found.region:
            what = f"holds a briefing of {found.region}, the pack is {region.name}"
            raise InputError("serve", [Problem(str(self.wish.out), what, "name its pack with --region")])
        flows = [one.name for one in centre.domains() if one.network]
        ground = compose.basemap(region, flows, [one.name for one in centre.domains() if one.carriage])
        names = {language: region.names_in(language) for language in self.languages}
        return Issue(replace(shown, audience=narrower), ground, names)

    def asked(self) -> Wish:
        """What a run of the issue that is shown asks for: its date, its seed, its profile."""
        issue = self.issue().briefing
        asked = replace(self.wish, on=issue.as_of, written_on=issue.written_on, seed=issue.seed)
        return replace(asked, profile=issue.profile, audience=issue.audience)

    def modelled(self) -> tuple[str, ...]:
        """Names of the domains that can be simulated and that the pack has tables of."""
        region = regions.load(self.wish.region)
        simulated = (one for one in centre.domains() if one.network or one.carriage)
        there = (one for one in simulated if any(map(region.rows, one.tables)))
        return tuple(one.name for one in there)

    @property
    def press(self) -> PressStore:
        """What was read of the press, as far as the audience of the issue may see it."""
        return press(replace(self.wish, audience=self.issue().briefing.audience))

    @property
    def issues(self) -> IssueStore:
        """All issues that were made."""
        return centre.issue_store(self.wish.own)

    def tables(self) -> dict[str, str]:
        """The CSV files of the issue by their path."""
        issue = self.issue()
        return tables.files(issue.briefing, issue.basemap)
