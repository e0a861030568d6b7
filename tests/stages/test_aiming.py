"""Domains with targets on the bundled pack: what moves away from a target, and what that rests on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from mirab.core.domain import Domain
from mirab.core.errors import UnknownNameError
from mirab.core.records import Level
from mirab.stages.aiming import aimed, strayed
from mirab.stages.observing import Seen, Wish, observe
from mirab.stages.warning import Warned

ON = date(2026, 11, 22)
MOST = 6


@cache
def seen() -> tuple[Wish, Seen, Domain]:
    wish = Wish("central_asia", ON, ON, Path("none"), Path("none") / "own.sqlite", members=200)
    found = observe(wish)
    return wish, found, next(one for one in found.domains if one.measured)


@cache
def found() -> Warned:
    wish, given, domain = seen()
    return strayed(domain, given, wish)


def test_the_register_is_not_flooded_by_goals() -> None:
    assert 1 <= len(found().threats) <= MOST
    assert len({threat.items[0].split(":")[0] for threat in found().threats}) == len(found().threats)


def test_figures_that_end_by_2020_give_a_watch_at_most() -> None:
    for threat in found().threats:
        assert threat.level is Level.WATCH
        assert "its last figure is of" in threat.basis


def test_a_reversal_cites_figures_and_target() -> None:
    sources = seen()[1].region.sources
    for threat in found().threats:
        cited = {line.source_id for line in threat.evidence}
        assert len(cited) >= 3
        assert cited <= set(sources)


def test_the_tables_of_the_page_come_from_the_same_aims() -> None:
    series = {one.id: one for one in aimed(found(), seen()[1])}
    assert "targets:courses" in series
    assert aimed(replace(found(), aims=None), seen()[1]) == ()


def test_a_domain_without_targets_is_refused_with_those_that_have_some() -> None:
    wish, given, domain = seen()
    water = next(one for one in given.domains if one.network)
    with pytest.raises(UnknownNameError, match=domain.name):
        strayed(water, given, wish)
