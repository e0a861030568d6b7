from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from mirab.core.domain import Row
from mirab.core.errors import InputError
from mirab.core.exits import Connections
from mirab.core.records import Change
from mirab.domains.fibre import domain
from mirab.observe.region import Region, load


@dataclass(frozen=True)
class Edited:
    """A pack of which one table has other rows."""

    region: Region
    table: str
    changed: Sequence[Row]

    def rows(self, table: str) -> Sequence[Row]:
        return self.changed if table == self.table else self.region.rows(table)


def edited(table: str, place: int, **cells: Any) -> Edited:
    toy = load("toy")
    rows = [dict(row) for row in toy.rows(table)]
    rows[place] |= cells
    return Edited(toy, table, rows)


def made(region: str, *changes: Change) -> Connections:
    found = domain.connections(load(region), changes)
    assert found is not None
    return found


def test_only_links_that_carry_traffic_are_in_the_graph() -> None:
    toy = made("toy")
    assert "boria_south__dorn" in toy.planned
    assert "boria_south__dorn" not in {link.id for link in toy.exits.graph.links}
    assert toy.awaited == {"boria_south__dorn": date(2022, 6, 30)}


def test_changes_open_links_and_set_what_states_do() -> None:
    toy = made(
        "toy",
        Change("opened", "boria_south__dorn", 1.0),
        Change("transit", "XAA", 0.0),
        Change("restoration_h", "XBB", 2.0),
        Change("local_share", "XBB", 0.2),
        Change("backup_share", "XCC", 0.1),
    )
    assert toy.planned == ()
    assert toy.exits.closed == ("XAA",)
    assert (toy.restoration_h["XBB"], toy.exits.local["XBB"], toy.exits.backup["XCC"]) == (2.0, 0.2, 0.1)


def test_cuts_come_by_length_and_bundles_are_not_cut() -> None:
    hazards = {one.failure.id: one for one in made("toy").hazards}
    assert hazards["terrestrial_cut:calda_city__dorn"].rate == pytest.approx(1 * 0.6)
    assert "terrestrial_cut:estria__dorn" not in hazards


def test_stopped_transit_takes_places_and_a_shut_off_the_demand() -> None:
    found = {one.failure.id: one.failure for one in made("central_asia").hazards}
    assert set(found["transit_stop_rus:RUS"].nodes) == {"orenburg", "samara", "moscow", "ekaterinburg"}
    assert not {"almaty", "astana"} & set(found["transit_stop_kaz:KAZ"].nodes)
    assert found["shut_off_kaz:KAZ"].states == ("KAZ",)


def test_the_fitted_weight_of_a_millisecond_gives_the_published_share() -> None:
    exits = made("central_asia").exits
    through, _ = exits.usual()
    share = through[exits.home.index("KAZ"), exits.everywhere.index("RUS")]
    assert share == pytest.approx(0.95, abs=0.005)


def test_published_shares_are_observations_of_a_pair_of_states() -> None:
    (seen,) = domain.observations(load("central_asia"))
    assert (seen.item, seen.value, seen.author) == ("KAZ:RUS", 0.95, "Internet Society")


def test_losses_of_connection_are_dated_events() -> None:
    kinds = {event.start: event.kind for event in domain.events(load("central_asia"))}
    assert kinds["2022-01-05"] == kinds["2025-09-29"] == "fibre:shut_off"


def test_every_sentence_says_how_much_is_estimated() -> None:
    said = made("central_asia").assumptions
    rows = load("central_asia").rows("fibre/links")
    estimated = sum(row["confidence"] == "estimated" for row in rows)
    assert f"{estimated} of {len(rows)} links" in said[0]
    assert 2 * estimated > len(rows)


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        (
            edited("fibre/nodes", 0, state="XAB"),
            "fibre/nodes ardia_city has the unknown state 'XAB'; nearest is",
        ),
        (edited("fibre/nodes", 4, kind="exchange"), "fibre/nodes has no destination"),
        (
            edited("fibre/links", 1, from_node="ardia_city", to_node="boria_city", system="Valley line"),
            "is the same link of Valley line as ardia_city__boria_city",
        ),
        (edited("fibre/links", 0, length_km=0.0), "is 0 km long; give the length of its route, above 0"),
        (edited("fibre/parameters", 0, parameter="thta"), "fibre/parameters lacks 'theta'"),
        (edited("fibre/hazards", 2, items="XBX"), "speaks of the unknown state 'XBX'; nearest is 'XBB'"),
    ],
)
def test_tables_that_do_not_fit_together_are_refused(tables: Edited, said: str) -> None:
    with pytest.raises(InputError, match=said):
        domain.connections(tables)


def test_a_place_of_planned_links_alone_waits_for_them() -> None:
    toy = load("toy")
    late = {"status": "planned"}
    rows = [{**row, **(late if "boria_south" in row["link_id"] else {})} for row in toy.rows("fibre/links")]
    found = domain.connections(Edited(toy, "fibre/links", rows))
    assert found is not None
    assert "boria_south" not in found.exits.graph.nodes


def test_a_change_of_something_unknown_is_refused() -> None:
    with pytest.raises(InputError, match="change opened names 'boria__dorn'; nearest is 'boria_south__dorn'"):
        made("toy", Change("opened", "boria__dorn", 1.0))
