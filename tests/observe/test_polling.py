"""Polling: what came whole is kept, a source that fails is absent by name, and the others go on."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from replaying import Reply, Request, replaying

from mirab.observe import polling, sources
from mirab.observe.connector import Terms
from mirab.observe.observed import Observed
from mirab.observe.polling import Outcome, Plan, parsed, poll
from mirab.observe.region import load

DAY = datetime(2026, 11, 1, 12, tzinfo=UTC)
TOY = load("toy")
UNHCR = sources.terms()["unhcr"]


def people(counts: Mapping[int, int]) -> bytes:
    """Refugees from XAA in XBB by year, as the source tells them."""
    rows = [{"year": y, "coo_iso": "XAA", "coa_iso": "XBB", "refugees": n} for y, n in counts.items()]
    return json.dumps({"page": 1, "maxPages": 1, "items": rows}).encode()


def at(address: str, **changes: Any) -> Terms:
    return replace(UNHCR, **{"address": address, "per_minute": 6000.0, "longest_s": 20.0} | changes)


def polled(terms: Terms | Sequence[Terms], home: Path, day: datetime = DAY, **wish: Any) -> Outcome:
    plan = Plan(Observed(home / "observed.sqlite", "toy"), TOY, now=lambda: day, back_off_s=0.01)
    chosen = [terms] if isinstance(terms, Terms) else terms
    return poll(chosen, replace(plan, **wish))[0]


def values(home: Path, on: date = date.max) -> dict[tuple[str, str, int], float | None]:
    known = Observed(home / "observed.sqlite", "toy").known(on)
    return {(one.item, one.quantity, one.start.year): one.value for one in known}


def test_a_poll_keeps_values_and_a_second_one_asks_for_nothing(tmp_path: Path) -> None:
    with replaying(lambda request: Reply(people({2024: 10, 2025: 20}))) as server:
        first = polled(at(server.address), tmp_path)
        assert (first.tally.new, first.asked, first.absent) == (4, 2, "")
        second = polled(at(server.address), tmp_path, DAY + timedelta(hours=1))
        assert (second.tally.added, second.asked, second.absent) == (0, 0, "")
        assert second.last_good == DAY.date()
    assert values(tmp_path)["XAA", "refugees_from", 2025] == 20
    assert values(tmp_path)["XBB", "refugees_in", 2024] == 10


def test_a_page_that_has_not_changed_is_not_sent_again(tmp_path: Path) -> None:
    def script(request: Request) -> Reply:
        if request.headers.get("If-None-Match") == '"1"':
            return Reply(status=304)
        return Reply(people({2025: 20}), headers={"ETag": '"1"'})

    with replaying(script) as server:
        polled(at(server.address), tmp_path)
        second = polled(at(server.address), tmp_path, DAY + timedelta(days=2))
    assert (second.asked, second.tally.added, second.absent) == (2, 0, "")
    assert second.last_good == date(2026, 11, 3)


def test_a_revision_never_rewrites_what_an_earlier_day_knew(tmp_path: Path) -> None:
    with replaying(lambda request: Reply(people({2024: 10, 2025: 20}))) as server:
        polled(at(server.address), tmp_path)
        server.script = lambda request: Reply(people({2024: 10, 2025: 25}))
        later = polled(at(server.address), tmp_path, DAY + timedelta(days=2))
    assert (later.tally.revised, later.tally.repeated, later.tally.new) == (2, 2, 0)
    assert values(tmp_path, DAY.date())["XAA", "refugees_from", 2025] == 20
    assert values(tmp_path, date(2026, 11, 2))["XAA", "refugees_from", 2025] == 20
    assert values(tmp_path, date(2026, 11, 3))["XAA", "refugees_from", 2025] == 25
    assert values(tmp_path, date(2026, 10, 31)) == {}


def test_a_value_that_its_series_tells_no_more_is_withdrawn_and_an_empty_page_withdraws_none(
    tmp_path: Path,
) -> None:
    with replaying(lambda request: Reply(people({2023: 1, 2024: 10, 2025: 20}))) as server:
        polled(at(server.address), tmp_path)
        server.script = lambda request: Reply(people({2023: 1, 2025: 20}))
        gone = polled(at(server.address), tmp_path, DAY + timedelta(days=2))
        server.script = lambda request: Reply(people({}))
        empty = polled(at(server.address), tmp_path, DAY + timedelta(days=4))
    assert (gone.tally.withdrawn, empty.tally.withdrawn) == (2, 0)
    assert {year for _, _, year in values(tmp_path)} == {2023, 2025}


def test_a_source_that_fails_is_absent_and_another_one_goes_on(tmp_path: Path) -> None:
    with replaying(lambda request: Reply(people({2025: 20}))) as server:
        broken = at(server.address, source_id="broken", columns={"file": "unhcr"})
        plan = Plan(Observed(tmp_path / "o.sqlite", "toy"), TOY, now=lambda: DAY, back_off_s=0.01)
        bad, good = poll([broken, at(server.address)], plan)
    assert bad.last_good is None
    assert "connector 'broken' is not known" in bad.absent
    assert (good.tally.new, good.absent) == (2, "")


def test_a_page_that_cannot_be_read_is_refused_and_the_edition_before_it_counts(tmp_path: Path) -> None:
    with replaying(lambda request: Reply(people({2025: 20}))) as server:
        polled(at(server.address), tmp_path)
        server.script = lambda request: Reply(b"<html>Log in to the network</html>")
        portal = polled(at(server.address), tmp_path, DAY + timedelta(days=2))
        assert "is not JSON but begins with '<html>Log in" in portal.absent
        assert portal.last_good == DAY.date()
        assert values(tmp_path)["XAA", "refugees_from", 2025] == 20
        server.script = lambda request: Reply(people({2025: 30}))
        again = polled(at(server.address), tmp_path, DAY + timedelta(days=2, minutes=1))
    assert (again.tally.revised, again.absent) == (2, "")


def test_pages_that_are_parsed_again_give_the_same_values(tmp_path: Path) -> None:
    with replaying(lambda request: Reply(people({2024: 10, 2025: 20}))) as server:
        polled(at(server.address), tmp_path)
        server.script = lambda request: Reply(people({2024: 10, 2025: 25}))
        polled(at(server.address), tmp_path, DAY + timedelta(days=2))
    store = Observed(tmp_path / "observed.sqlite", "toy")
    for day in (date(2026, 11, 1), date(2026, 11, 3)):
        again = parsed(at("http://127.0.0.1/"), store, TOY, day).observations
        assert {(o.item, o.quantity, o.start): o.value for o in again} == {
            (o.item, o.quantity, o.start): o.value for o in store.known(day)
        }
    kept = polled(at("http://127.0.0.1:9/"), tmp_path, DAY + timedelta(days=5), kept=True)
    assert (kept.asked, kept.tally.added, kept.tally.repeated, kept.absent) == (0, 0, 4, "")


def test_a_run_goes_on_where_the_one_before_it_was_cut(tmp_path: Path) -> None:
    def first_only(request: Request) -> Reply:
        return Reply(people({2025: 20})) if "coo" in request.query else Reply(status=500)

    with replaying(first_only) as server:
        cut = polled(at(server.address), tmp_path)
        assert "has a fault of its own (500)" in cut.absent
        assert cut.tally.new == 1
        server.script = lambda request: Reply(people({2025: 20}))
        rest = polled(at(server.address), tmp_path, DAY + timedelta(minutes=5))
    assert (rest.asked, rest.tally.new, rest.absent) == (1, 1, "")


@pytest.mark.parametrize(
    "name", ["add", "table", "withdraw", "history", "template", "status", "sources", "poll"]
)
def test_no_source_has_the_name_of_a_command(name: str) -> None:
    assert name not in sources.terms()


def test_an_interrupt_keeps_what_came_whole_and_the_next_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def script(request: Request) -> Reply:
        return Reply(people({2025: 20}), wait=0.0 if "coo" in request.query else 0.5)

    def interrupted(*found: object) -> None:
        if len(server.requests) == 2:
            raise KeyboardInterrupt

    with replaying(script) as server:
        monkeypatch.setattr(polling, "_collect", interrupted)
        with pytest.raises(KeyboardInterrupt, match="^$"):
            polled(at(server.address), tmp_path)
        monkeypatch.undo()
        store = Observed(tmp_path / "observed.sqlite", "toy")
        assert [one.name.partition("_")[0] for one in store.editions("unhcr")] == ["coo"]
        assert store.polls()[-1].reason.endswith("another run goes on from here")
        rest = polled(at(server.address), tmp_path, DAY + timedelta(minutes=1))
    assert (rest.asked, rest.absent) == (1, "")
    assert len(values(tmp_path)) == 2


def test_a_page_whose_file_is_damaged_is_asked_for_again(tmp_path: Path) -> None:
    def script(request: Request) -> Reply:
        return Reply(people({2025: 20 if "coo" in request.query else 21}), headers={"ETag": '"1"'})

    with replaying(script) as server:
        polled(at(server.address), tmp_path)
        for file in (tmp_path / "pages").rglob("*.gz"):
            file.write_bytes(b"damaged")
        again = polled(at(server.address), tmp_path, DAY + timedelta(minutes=1))
        assert (again.asked, again.tally.added) == (2, 0)
        assert all("If-None-Match" not in one.headers for one in server.requests)
    kept = polled(at("http://127.0.0.1:9/"), tmp_path, DAY + timedelta(minutes=2), kept=True)
    assert kept.absent == ""


def test_a_key_is_in_no_file_outcome_or_line_of_the_store(tmp_path: Path) -> None:
    canary = "quetzal/271+82=="
    columns = {"item": "well", "value": "depth", "start": "day", "quantity": "level", "unit": "m"}
    changes = {"form": "json", "columns": {**columns, "rows": "rows", "key_as": "key", "path": "w"}}
    changes |= {"key": "MIRAB_WELLS", "key_how": "ask"}
    statuses = [200, 500, 403, 403]

    def script(request: Request) -> Reply:
        row = {"well": request.query["key"], "day": "2026-01-01", "depth": "1"}
        told = json.dumps({"next": f"w?key={quote(canary, safe='')}", "rows": [row]})
        return Reply(told.encode(), statuses[0])

    with replaying(script) as server:
        for day in (DAY, DAY + timedelta(days=2), DAY + timedelta(days=4)):
            found = polled(at(server.address, **changes), tmp_path, day, settings={"MIRAB_WELLS": canary})
            assert canary not in f"{found!r} {found.absent}"
            statuses.pop(0)
        assert server.requests[0].query["key"] == canary
    store = Observed(tmp_path / "observed.sqlite", "toy")
    files = [one for one in tmp_path.rglob("*") if one.is_file()]
    written = b"".join(
        gzip.decompress(f.read_bytes()) if f.suffix == ".gz" else f.read_bytes() for f in files
    )
    assert [one.item for one in store.known(date.max)] == ["{key}"]
    assert all(one not in written for one in (canary.encode(), quote(canary, safe="").encode()))


def test_a_source_whose_key_is_not_set_is_absent_with_the_way_to_get_it(tmp_path: Path) -> None:
    keyed = at("http://127.0.0.1:9/", key="MIRAB_WELLS", key_how="write to the survey")
    assert polled(keyed, tmp_path).absent == "MIRAB_WELLS is not set; write to the survey"
    assert Observed(tmp_path / "observed.sqlite", "toy").polls()[-1].fault == "key"


def test_values_that_cannot_be_are_refused_and_told(tmp_path: Path) -> None:
    rows = [
        {"well": "a", "day": "2026-01-01", "depth": 1},
        {"well": "b", "day": "2031-01-01", "depth": 1},
        {"well": "c", "day": "2026-01-01", "depth": "nan"},
    ]
    columns = {"item": "well", "value": "depth", "start": "day", "quantity": "level", "unit": "m"}
    with replaying(lambda request: Reply(json.dumps(rows).encode())) as server:
        found = polled(at(server.address, form="json", columns=columns), tmp_path)
        told = {"quantity": "levle", "unit": "kg"}
        wrong = at(server.address, source_id="o", form="json", columns={**columns, **told})
        unknown = polled(wrong, tmp_path)
    assert (found.tally.new, found.absent) == (1, "")
    assert [str(one) for one in found.tally.refused] == [
        "b level 2031-01-01 lies in the future of 2026-11-01; a forecast is no observation",
        "c level 2026-01-01 value=nan is no amount of level",
    ]
    assert str(unknown.tally.refused[0]).startswith(
        "a levle 2026-01-01 quantity='levle' is not known; nearest is"
    )


def test_a_source_that_drips_its_head_is_given_up_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "GRACE_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            line, _ = listening.accept()
            with suppress(OSError):
                line.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                for _ in range(200):
                    line.sendall(b"x")
                    time.sleep(0.05)

        threading.Thread(target=drip, daemon=True).start()
        lost = polled(at(f"http://127.0.0.1:{listening.getsockname()[1]}/", longest_s=0.5), tmp_path)
    assert lost.absent == "does not come to an end within 0.5 s"


def test_a_refused_page_is_taken_back_once_its_parser_is_mended(tmp_path: Path) -> None:
    columns = {"item": "well", "value": "depth", "start": "day", "quantity": "level", "unit": "m"}
    row = {"well": "a", "when": "2026-01-01", "depth": 1}
    with replaying(lambda request: Reply(json.dumps([row]).encode())) as server:
        broken = at(server.address, form="json", columns=columns)
        assert "has no field 'day'" in polled(broken, tmp_path).absent
        assert Observed(tmp_path / "observed.sqlite", "toy").editions("unhcr") == ()
        mended = at(server.address, form="json", columns={**columns, "start": "when"})
        found = polled(mended, tmp_path, DAY + timedelta(days=1), kept=True)
    assert (found.tally.new, found.absent, found.asked) == (1, "", 0)
    store = Observed(tmp_path / "observed.sqlite", "toy")
    assert [one.value for one in store.known(date(2026, 11, 2))] == [1.0]
    assert store.known(date(2026, 11, 1)) == ()
    assert len(store.editions("unhcr")) == 1
