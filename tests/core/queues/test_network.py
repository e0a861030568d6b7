"""A declaration names its stations, and a scenario is a copy with a change."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from mirab.core.queues.network import (
    Commodity,
    Fleet,
    Link,
    Node,
    QueueNetwork,
    Route,
    Service,
    Stream,
)

BOXES, TRUCKS = Commodity("boxes"), Commodity("trucks", priority=2)
PORT = Node(
    "port",
    (
        Service(("boxes",), per_day=100.0, name="cranes"),
        Service(("trucks",), per_day=50.0, name="ramp"),
    ),
)
FERRY = Fleet("ferry", out="sea", back="sea_back", vessels=2.0, load=100.0, port_h=(6.0, 6.0))
NETWORK = QueueNetwork(
    "crossing",
    unit="TEU",
    commodities=(BOXES, TRUCKS),
    nodes=(PORT, Node("far")),
    links=(Link("sea", "port", "far", lag_h=18.0), Link("sea_back", "far", "port", lag_h=18.0)),
    routes=(Route("over", ("sea",)),),
    streams=(Stream("over", "boxes"), Stream("over", "trucks")),
    fleets=(FERRY,),
)


def test_each_service_and_each_direction_of_a_fleet_is_a_station() -> None:
    assert NETWORK.stations == ("port/cranes", "port/ramp", "far", "port/ferry", "far/ferry")


def test_a_stream_is_named_by_route_and_commodity() -> None:
    assert [stream.id for stream in NETWORK.streams] == ["over/boxes", "over/trucks"]


def test_a_scenario_leaves_the_declaration_as_it_was() -> None:
    more = replace(NETWORK, fleets=(replace(FERRY, vessels=4.0),))
    assert (NETWORK.fleets[0].vessels, more.fleets[0].vessels) == (2.0, 4.0)


def test_the_example_on_the_page_prints_what_the_page_says() -> None:
    text = (Path(__file__).parents[3] / "docs" / "queues.md").read_text(encoding="utf-8")
    code, said = re.findall(r"```(?:python|text)\n(.*?)```", text, flags=re.DOTALL)
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told == said
