"""Layers of the map: settled lines solid, others never; threats at their nodes, labels apart."""

from __future__ import annotations

from dataclasses import replace

from mirab.brief.cartography import layers, located
from mirab.brief.specimen import STATES, ground, specimen
from mirab.core.records import Level

GROUND, THREATS = ground(), specimen().threats
LAYERS = layers(GROUND, THREATS, STATES, width=400)


def lines(name: str) -> list[tuple[float, ...]]:
    coordinates = LAYERS[name][0]["geometry"]["coordinates"]
    return [tuple(sorted({x for x, _ in line})) for line in coordinates]


def test_a_line_between_states_of_a_dotted_row_is_dotted_and_not_solid() -> None:
    assert (63.0,) in lines("dotted")
    assert (63.0,) not in lines("solid")


def test_a_line_of_an_undetermined_area_is_dashed_and_its_area_hatched() -> None:
    assert any(69.0 in line for line in lines("dashed"))
    assert len(LAYERS["undetermined"]) == 1
    assert len(LAYERS["states"]) == 3


def test_a_threat_stands_at_its_node_with_its_highest_level() -> None:
    twice = (THREATS[2], replace(THREATS[0], items=("water:lake",)))
    (row,) = located(GROUND, twice)
    assert (row["place"], row["level"], row["threats"]) == (
        "Lower lake",
        "existing",
        ["water:lake", "water:upper"],
    )


def test_a_threat_without_a_place_is_not_drawn() -> None:
    assert located(GROUND, [replace(THREATS[0], items=("syr_darya:XAA",))]) == []


def test_rivers_are_drawn_across_nodes_without_a_position() -> None:
    bare = [dict(node) for node in GROUND.nodes]
    bare[1]["lat"] = None
    drawn = layers(replace(GROUND, nodes=bare), (), STATES, width=400)["network"][0]["geometry"][
        "coordinates"
    ]
    assert drawn == [[(61.0, 41.0), (68.0, 41.0)]]


def test_labels_of_close_threats_do_not_cover_each_other() -> None:
    close = [{**node, "lon": 64.0 + 0.3 * i} for i, node in enumerate(GROUND.nodes)]
    narrow = replace(GROUND, nodes=close, window=(60.0, 39.0, 69.0, 43.0))
    placed = layers(narrow, THREATS, STATES, width=400)["threats"]
    assert len({(row["align"], row["dx"], row["dy"]) for row in placed}) > 1


def test_a_label_that_has_no_room_is_left_out_and_the_highest_threat_keeps_its_own() -> None:
    close = [{**node, "lon": 64.0 + 0.01 * i, "lat": 41.0} for i, node in enumerate(GROUND.nodes * 4)]
    many = [{**node, "node_id": f"n{i}", "name": f"A long name of place {i}"} for i, node in enumerate(close)]
    crowded = replace(GROUND, nodes=many, links=(), window=(60.0, 39.0, 69.0, 43.0))
    levels = [Level.POTENTIAL, *[Level.WATCH] * (len(many) - 1)]
    threats = [
        replace(THREATS[0], id=f"t{i}", items=(f"n{i}",), level=level) for i, level in enumerate(levels)
    ]
    placed = layers(crowded, threats, STATES, width=400)["threats"]
    shown = [row["label"] for row in placed if row["label"]]
    assert 0 < len(shown) < len(placed) == len(many)
    assert "A long name of place 0" in shown


def test_no_state_loses_its_name_to_a_symbol() -> None:
    assert {row["name"] for row in LAYERS["titles"]} == set(STATES.values())


def test_a_threat_of_a_reach_stands_between_its_ends() -> None:
    (a, b) = list(GROUND.points())[:2]
    reach = replace(GROUND, links=[{"link_id": "reach", "from_node": a, "to_node": b}])
    (row,) = located(reach, [replace(THREATS[0], items=("reach",))])
    assert row["lon"] == (GROUND.points()[a][0] + GROUND.points()[b][0]) / 2
    assert " to " in row["place"]
