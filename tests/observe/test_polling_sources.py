"""Every source of ours through the whole machine, against servers that give its small replies in order."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from replaying import Reply, in_turn, replaying

from mirab.observe import sources
from mirab.observe.asking import address
from mirab.observe.check_connector import SINCE, TODAY, Subject
from mirab.observe.connector import Scope, Terms
from mirab.observe.observed import Observed
from mirab.observe.polling import Plan, poll
from mirab.observe.region import load

REGION = load("central_asia")
NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)


def replies(terms: Terms) -> list[Reply]:
    """What the server of a source answers to its asks, in order; 404 where there is no reply."""
    ours = sources.ours()
    told = ours.replies(terms.source_id)
    subject = Subject(terms, ours.connector(terms), told, Scope(REGION, SINCE, TODAY))
    asks, _ = subject.asked(told)
    assert all(address(terms, ask).startswith("https://") for ask in asks)
    return [Reply(told[ask.page]) if ask.page in told else Reply(status=404) for ask in asks]


def test_every_source_is_asked_kept_and_known_and_a_second_run_adds_nothing(tmp_path: Path) -> None:
    # Its token comes from an address of its own, which no server on this machine can stand for.
    known = {name: one for name, one in sources.terms().items() if name != "acled_cast"}
    store = Observed(tmp_path / "observed.sqlite", REGION.name)
    settings = {name: "secret-618" for one in known.values() for name in (one.key, one.user) if name}
    plan = Plan(store, REGION, since=SINCE, settings=settings, now=lambda: NOW, back_off_s=0.01)
    with ExitStack() as stack:
        there = []
        for terms in known.values():
            server = stack.enter_context(replaying(in_turn(*replies(terms))))
            there.append(replace(terms, address=server.address, per_minute=60000.0))
        first = poll(there, plan)
        again = poll(there, plan)
    assert {one.terms.source_id: one.absent for one in first if one.absent} == {}
    assert sum(one.tally.added for one in again) == 0
    told = {one.evidence.source_id for one in store.known(TODAY)}
    assert told >= {"unhcr", "worldbank", "unsdg", "ucdp_candidate", "hapi_prices", "gdelt", "ripestat"}
    pages = [one for name in known for one in store.pages(name)]
    assert all(b"secret-618" not in one.data for one in pages)
