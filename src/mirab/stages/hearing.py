"""The press: texts of live sources taken in; counts of events and meetings, judged against their own past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from mirab.core.errors import SourceError
from mirab.core.records import Observation
from mirab.stages.observing import Seen, Wish, live_store, press, press_file, rules_of
from mirab.stages.warning import Warned

if TYPE_CHECKING:
    from mirab.core.domain import Domain
    from mirab.observe.connector import Page, Terms
    from mirab.observe.press.polled import Taken
    from mirab.observe.region import Region


def taken_in(own: Path, region: Region, chosen: Sequence[Terms], on: date) -> Mapping[str, Taken]:
    """Read what the chosen sources have brought of texts and the press store does not have, by source.

    Texts that cannot be parsed are left out: the poll told why.
    """
    from mirab.observe import polling, sources
    from mirab.observe.press.polled import take_in
    from mirab.observe.press.store import PressStore

    kept = live_store(own, region)
    telling = [one for one in chosen if one.form == "code" and sources.connector(one).texts]
    found: list[tuple[Terms, Sequence[Page]]] = []
    for one in telling:
        with suppress(SourceError):
            found.append((one, polling.parsed(one, kept, region, on).texts))
    return take_in(found, region, PressStore(press_file(own)))


def counted(wish: Wish, seen: Seen) -> tuple[Observation, ...]:
    """Events and reports by state and month; they do not make the data of the rivers any fresher."""
    from mirab.observe.press import counts

    states = [row["state"] for row in seen.region.states]
    return counts.observations(press(wish), wish.on, states)


def news(wish: Wish, seen: Seen) -> tuple[Observation, ...]:
    """How often the world's news named each state, as live sources had told by the date."""
    from mirab.warn.attention import NEWS

    return tuple(one for one in seen.polled if one.quantity == NEWS and one.end <= wish.on)


def heard(domain: Domain, seen: Seen, wish: Wish, told: Sequence[Observation]) -> Warned:
    """Judge what press and news tell of states and pairs by the rules of a domain without other figures."""
    from mirab.brief.material import Material
    from mirab.observe.press import counts
    from mirab.warn import attention, rules, threats, view

    names = {row["state"]: row["name"] for row in seen.region.states}
    read = counts.documents(press(wish), wish.on)
    seen_as = attention.situation(domain.name, told, read, names, wish.on)
    rows = rules.applying(rules_of(domain, seen.region), seen_as.titles)
    judged = view.gathered(threats.evaluate(rows, seen_as), rows)
    material = Material(domain.name, seen.region, {}, {}, {}, ())
    named = any(one.quantity == attention.NEWS for one in told)
    said = attention.METHOD if read else ()
    said = (*said, attention.OF_NEWS) if named else said
    return Warned(domain, None, seen_as, judged, material, rows, (), said)
