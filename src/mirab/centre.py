"""The main path: observe, warn, resolve, follow, brief. Read this first.

Each stage takes and gives core records and knows neither the others nor any domain; `stages/` hands the
domains in, resolves what they name, and is called from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mirab import __version__
from mirab.core.errors import UnknownNameError
from mirab.core.records import Briefing
from mirab.stages.aiming import aimed, aims, strayed
from mirab.stages.comparing import Whole, compared
from mirab.stages.connecting import connected
from mirab.stages.following import book, follow
from mirab.stages.hearing import counted
from mirab.stages.issuing import issue_store, kept, whole
from mirab.stages.judging import judged
from mirab.stages.observing import (
    HORIZON_DEKADS,
    Progress,
    Seen,
    Wish,
    digest,
    domains,
    journal,
    observe,
    places,
    rules_of,
)
from mirab.stages.owning import check_owner
from mirab.stages.resolving import resolve
from mirab.stages.translating import translations
from mirab.stages.warning import Projection, Warned, forecast, project, warn

if TYPE_CHECKING:
    from mirab.brief.compose import Head
    from mirab.brief.edition import Edition
    from mirab.observe.region import Region

__all__ = [
    "Progress",
    "Projection",
    "Seen",
    "Warned",
    "Whole",
    "Wish",
    "aimed",
    "aims",
    "book",
    "brief",
    "connected",
    "digest",
    "domains",
    "follow",
    "forecast",
    "compared",
    "issue_store",
    "journal",
    "judged",
    "observe",
    "places",
    "project",
    "resolve",
    "rules_of",
    "strayed",
    "warn",
    "whole",
]


def brief(wish: Wish, progress: Progress | None = None) -> tuple[Briefing, tuple[Path, ...]]:
    """The whole path: the briefing, and the files that were written."""
    from mirab.brief import bulletin, compose

    seen = observe(wish)
    _check(wish, seen)
    flows = [domain.name for domain in seen.domains if domain.network]
    ground = compose.basemap(seen.region, flows, [one.name for one in seen.domains if one.carriage])
    issue = kept(wish, seen, _told(wish, seen, progress), ground, progress)
    return issue, bulletin.write(issue, wish.out, basemap=ground, edition=_edition(wish, seen))


def _told(wish: Wish, seen: Seen, progress: Progress | None) -> Briefing:
    """What was found, as records alone: the runs are let go before an old issue is run or a page drawn."""
    from mirab.brief import compose

    warned = judged(seen, wish, progress)
    options = [option for part in warned for option in resolve(part, seen, wish, progress)]
    found = compose.briefing(_head(wish, seen, warned), follow(wish, seen, warned, options))
    return replace(found, observations=(*found.observations, *counted(wish, seen)))


def _check(wish: Wish, seen: Seen) -> None:
    """Refuse a profile, a state or a folder that will not do before anything is simulated."""
    from mirab.brief import bulletin, profiles
    from mirab.warn.guidance import Guiding

    Guiding.of(seen.guiding)
    bulletin.check(wish.out, _edition(wish, seen))
    states = [row["state"] for row in seen.region.states]
    if wish.focus and wish.focus not in states:
        raise UnknownNameError("state", wish.focus, states)
    profile = profiles.profile(_profile(wish, seen.region)).id
    check_owner(wish, profile, _profile(replace(wish, profile=""), seen.region))


def _edition(wish: Wish, seen: Seen) -> Edition:
    from mirab.brief.edition import USUAL, Edition

    said = translations(wish.own)
    names = {code: {**seen.region.names_in(code), **said.known(code)} for code in wish.languages}
    return Edition(wish.languages, wish.formats or USUAL, wish.template, names)


def _profile(wish: Wish, region: Region) -> str:
    return wish.profile or str(region.settings.get("default_profile", "prevention"))


def _head(wish: Wish, seen: Seen, warned: Sequence[Warned]) -> Head:
    from mirab.brief.compose import Head
    from mirab.follow import commitments, diary
    from mirab.follow.issues import fingerprint
    from mirab.observe import incidents, sources
    from mirab.observe.press.counts import PRESS
    from mirab.observe.store import OWN
    from mirab.warn import judgements

    region = seen.region
    live = {name: terms.source for name, terms in sources.of(region).items()}
    own = (OWN, commitments.OWN, diary.OWN, judgements.OWN, incidents.OWN, PRESS)
    return Head(
        profile=_profile(wish, region),
        region=region.name,
        region_title=region.title,
        as_of=wish.on,
        written_on=wish.written_on,
        audience=wish.audience,
        seed=wish.seed,
        members=wish.members,
        steps=HORIZON_DEKADS,
        state_names={row["state"]: row["name"] for row in region.states},
        other_names={row["state"]: row["name"] for row in region.rows("other_states")},
        sources={**live, **region.sources, **{one.id: one for one in own}},
        focus=wish.focus,
        version=__version__,
        rules=fingerprint(*(rule for part in warned for rule in part.rules)),
        data=digest(seen),
    )
