"""What the tables of a pack declare of carriage: places, links, services, fleets, ways and markets.

The columns are those of the format of region packs; nothing here names a field of work.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from mirab.core import carriage as c
from mirab.core.declared import by, codes, evidence
from mirab.core.declared_plans import came, plans
from mirab.core.domain import Row, Tables
from mirab.core.errors import InputError, Problem, suggest
from mirab.core.phrase import say
from mirab.core.queues import network as q

BY_FLEET, JOIN = "fleet:", " > "
DAYS, HEAVY_T = 365.0, 15.0
ENDS, TOLERANCE = ("low", "mode", "high"), 1e-6
WINTER = (1, 2, 3, 10, 11, 12)
SEA = {"sea": (0.003, 0.01)}
Three = tuple[float, float, float]


def carriage(tables: Tables, group: str) -> c.Carriage:
    """The Carriage that the tables of a group declare.

    Raises InputError with every problem at once: a way with a link that is missing or does not join on, a
    state that the pack does not know, a fleet without a load for its cargo, a service that no unit counts.
    """
    declared = _Declared(tables, group)
    problems = [*declared.problems()]
    if problems:
        raise InputError(group, problems)
    return declared.carriage()


@dataclass(frozen=True)
class _Declared:
    """The rows of a group by id, and what is made of them."""

    tables: Tables
    group: str

    def rows(self, name: str) -> Sequence[Row]:
        """Rows of a table of the group."""
        return self.tables.rows(f"{self.group}/{name}")

    def keyed(self, name: str, key: str) -> dict[str, Row]:
        """Rows of a table by one column."""
        return {row[key]: row for row in self.rows(name)}

    @cached_property
    def nodes(self) -> Mapping[str, Row]:
        """Places by id."""
        return self.keyed("nodes", "node_id")

    @cached_property
    def links(self) -> Mapping[str, Row]:
        """Links by id."""
        return self.keyed("links", "link_id")

    @cached_property
    def fleets(self) -> Mapping[str, Row]:
        """Fleets by id."""
        return self.keyed("fleets", "fleet_id")

    @cached_property
    def cargo(self) -> Mapping[str, Row]:
        """Commodities by id."""
        return self.keyed("commodities", "commodity_id")

    @cached_property
    def market_rows(self) -> Mapping[str, Row]:
        """Markets by id."""
        return self.keyed("markets", "market_id")

    @cached_property
    def services(self) -> Mapping[str, Sequence[Row]]:
        """Services by place."""
        return by(self.rows("services"), "node_id")

    @cached_property
    def known_states(self) -> set[str]:
        """States of the region and the others that the pack names."""
        return {row["state"] for name in ("states", "other_states") for row in self.tables.rows(name)}

    def problems(self) -> Iterator[Problem]:
        """What is wrong with the rows."""
        yield from _state_problems(self)
        for row in self.rows("services"):
            if row["per_day"] is not None and not row["tonnes_each"]:
                what = f"{row['service_id']} has per_day={row['per_day']:g} and no tonnes_each"
                yield Problem(f"{self.group}/services", what, "say how many tonnes one unit is")
        yield from _owner_problems(self)
        for row in self.rows("fleets"):
            for cargo in codes(row["commodities"]):
                if not self.tonnes_a_load(row, cargo):
                    what = f"{row['fleet_id']} takes {cargo} and has no load for it"
                    yield Problem(f"{self.group}/fleets", what, "give tonnes_each, or a row of loads")
        for row in self.rows("routes"):
            yield from _way_problems(self, row)

    def tonnes_a_load(self, fleet: Row, cargo: str) -> float:
        """Tonnes of one unit of load of a fleet for some cargo; 0 where nothing says it."""
        own = [
            row["tonnes_a_load"]
            for row in self.rows("loads")
            if (row["fleet_id"], row["commodity_id"]) == (fleet["fleet_id"], cargo)
        ]
        return float(own[0] if own else fleet["tonnes_each"] or 0.0)

    def steps(self, row: Row) -> list[tuple[str, str, str]]:
        """Each part of a way with the places where it begins and ends."""
        here, *parts = row["way"].split(JOIN)
        found = []
        for part in parts:
            ends = self.ends(part)
            there = ends[1] if ends[0] == here else ends[0]
            found.append((part, here, there))
            here = there
        return found

    def ends(self, part: str) -> tuple[str, str]:
        """The two places that a link or a fleet joins."""
        row = self.fleets.get(part.removeprefix(BY_FLEET)) if part.startswith(BY_FLEET) else None
        row = row or self.links[part]
        return row["from_node"], row["to_node"]

    def carriage(self) -> c.Carriage:
        """The Carriage of these rows."""
        ways = {row["route_id"]: _way(self, row) for row in self.rows("routes")}
        stations = {one.id: one for one in _stations(self)}
        loaded = {id: way for id, way in ways.items() if way.loaded}
        markets = {id: _market(self, row) for id, row in self.market_rows.items()}
        network = _network(self, loaded, markets)
        known = self.keyed("parameters", "parameter_id").get("kept")
        return c.Carriage(
            network,
            markets,
            ways,
            stations,
            _taste(self),
            _level(self),
            closures={place: evidence(row) for row in self.rows("closures") for place in codes(row["nodes"])},
            plans=plans(self.tables, self.group),
            came=came(self.tables, self.group),
            kept=_triple([known[end] for end in ENDS]) if known else None,
            owners=self.owners,
        )

    @property
    def owners(self) -> dict[str, dict[str, float]]:
        """Shares of the states in each fleet: those of the table, else alike."""
        told = by(self.rows("owners"), "fleet_id")
        alike = {id: codes(row["states"]) for id, row in self.fleets.items()}
        return {
            id: {row["state"]: row["share"] for row in told[id]}
            if id in told
            else {state: 1.0 / len(states) for state in states}
            for id, states in alike.items()
        }


def _owner_problems(declared: _Declared) -> Iterator[Problem]:
    where = f"{declared.group}/owners"
    for fleet, shares in declared.owners.items():
        for state in sorted(set(shares) - set(codes(declared.fleets[fleet]["states"]))):
            what = f"{fleet} is owned by {state!r}, which is not among its states"
            yield Problem(where, what, suggest(state, codes(declared.fleets[fleet]["states"])))
        if abs(sum(shares.values()) - 1.0) > TOLERANCE:
            what = f"shares of {fleet} add up to {sum(shares.values()):g}"
            yield Problem(where, what, "give shares that add up to 1")


def _state_problems(declared: _Declared) -> Iterator[Problem]:
    known = declared.known_states
    owned = ("nodes", "state"), ("services", "states"), ("fleets", "states"), ("options", "actors")
    for name, column in owned:
        for row in declared.rows(name):
            for state in codes(row[column]):
                if state not in known:
                    what = f"{column}={state!r} is in neither states nor other_states"
                    yield Problem(f"{declared.group}/{name}", what, suggest(state, sorted(known)))


def _way_problems(declared: _Declared, row: Row) -> Iterator[Problem]:
    where = f"{declared.group}/routes {row['route_id']}"
    here, *parts = row["way"].split(JOIN)
    if here not in declared.nodes:
        yield Problem(where, f"begins at {here!r}, which is no place", suggest(here, sorted(declared.nodes)))
        return
    known = [*declared.links, *(BY_FLEET + fleet for fleet in declared.fleets)]
    for part in parts:
        if part not in known:
            yield Problem(where, f"has the missing link {part!r}", suggest(part, known))
            return
        ends = declared.ends(part)
        if here not in ends or (part.startswith(BY_FLEET) and here != ends[0]):
            yield Problem(where, f"{part!r} does not begin at {here!r}", f"it joins {' and '.join(ends)}")
            return
        here = ends[1] if ends[0] == here else ends[0]
    yield from _use_problems(declared, row, where)


def _use_problems(declared: _Declared, row: Row, where: str) -> Iterator[Problem]:
    cargo = declared.market_rows[row["market_id"]]["commodity_id"]
    parts = row["way"].split(JOIN)[1:]
    for part in parts:
        fleet = declared.fleets.get(part.removeprefix(BY_FLEET))
        if fleet and cargo not in codes(fleet["commodities"]):
            yield Problem(where, f"{fleet['fleet_id']} does not take {cargo}", "add it to its commodities")
        if row["loaded"] and part in declared.links and declared.links[part]["status"] != "operating":
            what = f"{part!r} is {declared.links[part]['status'].replace('_', ' ')}"
            yield Problem(where, what, "say loaded=no until it operates")
    if row["loaded"] and row["observed_share"] is None:
        yield Problem(where, "is loaded and has no observed_share", "give the share that sets its constant")


def _way(declared: _Declared, row: Row) -> c.Way:
    market = declared.market_rows[row["market_id"]]
    stages = tuple(_stages(declared, row, market["commodity_id"]))
    places = {row["way"].split(JOIN)[0], *(there for _, _, there in declared.steps(row))}
    return c.Way(
        row["route_id"],
        row["title"],
        row["market_id"],
        row["nest"],
        stages,
        tuple(sorted({declared.nodes[place]["state"] for place in places})),
        bool(row["loaded"]),
        row["observed_share"] or 0.0,
        row["status"] == "planned",
        row["series_id"] or "",
        evidence(row),
    )


def _stages(declared: _Declared, row: Row, cargo: str) -> Iterator[c.Stage]:
    first = row["way"].split(JOIN)[0]
    yield from _dwell(declared, first, cargo)
    for part, here, there in declared.steps(row):
        if part.startswith(BY_FLEET):
            yield _crossing(declared, declared.fleets[part.removeprefix(BY_FLEET)], here, there)
        else:
            yield _leg(declared, declared.links[part], cargo, there)
        yield from _dwell(declared, there, cargo)


def _dwell(declared: _Declared, place: str, cargo: str) -> Iterator[c.Stage]:
    for row in declared.services.get(place, ()):
        if cargo in codes(row["commodities"]):
            state = declared.nodes[place]["state"]
            station = f"{place}/{row['service_id']}"
            yield c.Stage("dwell", row["title"], place, state, 0.0, row["hours"], station)


def _crossing(declared: _Declared, fleet: Row, here: str, there: str) -> c.Stage:
    state, station = declared.nodes[here]["state"], f"{here}/{fleet['fleet_id']}"
    link = fleet["fleet_id"]
    cost = fleet["sailing_h"] * 20.0
    price = cost * SEA["sea"][0], cost * SEA["sea"][1]
    return c.Stage("fleet", fleet["title"], there, state, 0.0, fleet["sailing_h"], station, price, link)


def _leg(declared: _Declared, link: Row, cargo: str, there: str) -> c.Stage:
    rates = declared.cargo[cargo]
    low, high = SEA.get(link["mode"], (rates["usd_per_tkm_low"], rates["usd_per_tkm_high"]))
    high = max(low, link["usd_per_tkm"] or high)
    km, ends = link["length_km"], (link["from_node"], link["to_node"])
    one, other = (declared.nodes[end]["name"] for end in (ends if ends[1] == there else ends[::-1]))
    title = say("{origin} to {target}", origin=one, target=other)
    state = declared.nodes[link["from_node"]]["state"]
    return c.Stage(
        "leg",
        title,
        there,
        state,
        km,
        link["typical_h"],
        "",
        (low * km, high * km),
        link["link_id"],
        link["mode"],
    )


def _stations(declared: _Declared) -> Iterator[c.Station]:
    for row in declared.rows("services"):
        hours = row["hours_low"], row["hours"], row["hours_high"]
        units = row["per_day"]
        yield c.Station(
            f"{row['node_id']}/{row['service_id']}",
            row["title"],
            row["node_id"],
            codes(row["states"]),
            hours,
            say("{what} a day", what=row["counted_in"]) if units else "",
            units,
            row["kind"],
            row["binding"] or "",
            evidence(row),
        )
    for row in declared.rows("fleets"):
        none = (0.0, 0.0, 0.0)
        yield c.Station(
            f"{row['from_node']}/{row['fleet_id']}",
            row["title"],
            row["from_node"],
            codes(row["states"]),
            none,
            "vessel",
            row["vessels"],
            "fleet",
            "",
            evidence(row),
        )


def _market(declared: _Declared, row: Row) -> c.Market:
    cargo = declared.cargo[row["commodity_id"]]
    return c.Market(
        row["market_id"],
        row["title"],
        row["commodity_id"],
        row["perimeter"],
        row["per_year"] * cargo["tonnes_each"] / DAYS,
        row["year"],
        (row["growth_low"], row["growth_high"]),
        row["spread"],
        codes(row["ends"]),
        cargo["counted_in"],
        cargo["tonnes_each"],
        evidence(row),
    )


def _taste(declared: _Declared) -> c.Taste:
    known = declared.keyed("parameters", "parameter_id")
    theta = _triple([known["theta"][end] * HEAVY_T / 1000.0 for end in ENDS])
    time = {
        id: _triple([row[f"usd_per_tonne_day_{end}"] for end in ENDS]) for id, row in declared.cargo.items()
    }
    reliability = _triple([known["reliability"][end] for end in ENDS])
    return c.Taste(theta, known["likeness"]["mode"], reliability, time)


def _level(declared: _Declared) -> c.Level | None:
    known = declared.keyed("parameters", "parameter_id")
    if "level_rate" not in known:
        return None
    rate = _triple([known["level_rate"][end] for end in ENDS])
    return c.Level("level", known["level_now"]["mode"], int(known["level_year"]["mode"]), rate)


def _triple(values: Sequence[float]) -> Three:
    low, mode, high = values
    return low, mode, high


def _network(
    declared: _Declared, ways: Mapping[str, c.Way], markets: Mapping[str, c.Market]
) -> q.QueueNetwork:
    """Ways as links between the places where something is done; places between them fall away."""
    used = {fleet for way in ways.values() for stage in way.stages for fleet in [stage.link]}
    fleets = [row for id, row in declared.fleets.items() if id in used]
    stops = _stops(declared, ways, fleets)
    links: dict[str, q.Link] = {}
    routes = []
    for way in ways.values():
        own = _joined(way, _start(declared, way.id), stops)
        links |= {link.id: link for link in own}
        routes.append(q.Route(way.id, tuple(link.id for link in own), way.title))
    for row in fleets:
        back = f"{row['fleet_id']}_back"
        links[back] = q.Link(back, row["to_node"], row["from_node"], row["sailing_h"])
    places = dict.fromkeys(place for link in links.values() for place in (link.tail, link.head))
    passing = _passing(ways, markets, links, routes)
    return q.QueueNetwork(
        declared.group,
        unit="t",
        commodities=tuple(
            q.Commodity(id, row["priority"], row["title"]) for id, row in declared.cargo.items()
        ),
        nodes=tuple(_node(declared, place, passing.get(place, set())) for place in places),
        links=tuple(links.values()),
        routes=tuple(routes),
        streams=tuple(q.Stream(way.id, markets[way.market].commodity) for way in ways.values()),
        fleets=tuple(_fleet(declared, row) for row in fleets),
        availabilities=tuple(_availability(row, places) for row in declared.rows("closures")),
    )


def _start(declared: _Declared, way: str) -> str:
    return str(declared.keyed("routes", "route_id")[way]["way"].split(JOIN)[0])


def _stops(declared: _Declared, ways: Mapping[str, c.Way], fleets: Sequence[Row]) -> set[str]:
    found = {stage.place for way in ways.values() for stage in way.stages if stage.kind == "dwell"}
    found |= {row[end] for row in fleets for end in ("from_node", "to_node")}
    return found | {place for row in declared.rows("closures") for place in codes(row["nodes"])}


def _joined(way: c.Way, start: str, stops: set[str]) -> list[q.Link]:
    """The links of a way between its stops: consecutive legs as one, named by their ends and hours."""
    moving = [stage for stage in way.stages if stage.kind != "dwell"]
    found: list[q.Link] = []
    here, hours, km = start, 0.0, 0.0
    for stage in moving:
        if stage.kind == "fleet":
            found.append(q.Link(stage.link, here, stage.place, stage.hours))
            here, hours, km = stage.place, 0.0, 0.0
            continue
        hours, km = hours + stage.hours, km + stage.km
        if stage.place in stops or stage is moving[-1]:
            found.append(q.Link(f"{here}>{stage.place}:{km:.0f}", here, stage.place, hours))
            here, hours, km = stage.place, 0.0, 0.0
    return found


def _passing(
    ways: Mapping[str, c.Way],
    markets: Mapping[str, c.Market],
    links: Mapping[str, q.Link],
    routes: Sequence[q.Route],
) -> dict[str, set[str]]:
    """The cargo that passes each place."""
    found: dict[str, set[str]] = {}
    for route in routes:
        cargo = markets[ways[route.id].market].commodity
        for place in {end for id in route.links for end in (links[id].tail, links[id].head)}:
            found.setdefault(place, set()).add(cargo)
    return found


def _node(declared: _Declared, place: str, passing: set[str]) -> q.Node:
    row = declared.nodes[place]
    services = tuple(
        _service(one, passing)
        for one in declared.services.get(place, ())
        if passing & set(codes(one["commodities"]))
    )
    served = {cargo for service in services for cargo in service.commodities}
    rest = tuple(sorted(passing - served)) if services else ()
    through = (q.Service(rest, name="through"),) if rest else ()
    return q.Node(place, (*services, *through), states=(row["state"],), title=row["name"])


def _service(row: Row, passing: set[str]) -> q.Service:
    cargo = tuple(one for one in codes(row["commodities"]) if one in passing)
    open_to = 1.0 if row["share_open"] is None else row["share_open"]
    capacity = row["per_day"] * open_to if row["per_day"] else None
    use = (1.0 / row["tonnes_each"],) * len(cargo) if capacity else ()
    return q.Service(cargo, capacity, use, row["hours"], row["spread"], row["service_id"])


def _fleet(declared: _Declared, row: Row) -> q.Fleet:
    cargo = codes(row["commodities"])
    use = tuple(1.0 / declared.tonnes_a_load(row, one) for one in cargo)
    drafts = tuple(
        q.Draft("level", *zip(*[(point["level_m"], point["share"]) for point in own], strict=True))
        for own in _points(declared, row["fleet_id"])
    )
    return q.Fleet(
        row["fleet_id"],
        row["fleet_id"],
        f"{row['fleet_id']}_back",
        row["vessels"],
        row["load"],
        (row["port_from_h"], row["port_to_h"]),
        cargo,
        use,
        row["wait_h"],
        row["in_service"],
        drafts,
    )


def _points(declared: _Declared, fleet: str) -> list[list[Row]]:
    own = [row for row in declared.rows("drafts") if row["fleet_id"] == fleet]
    own.sort(key=lambda row: (row["node_id"], row["level_m"]))
    return [list(group) for _, group in groupby(own, key=lambda row: row["node_id"])]


def _availability(row: Row, places: Mapping[str, None]) -> q.Availability:
    share = tuple(row["winter_share"] if m in WINTER else row["summer_share"] for m in range(1, 13))
    nodes = tuple(place for place in codes(row["nodes"]) if place in places)
    return q.Availability(row["closure_id"], nodes, share, row["spell_h"], row["shape"], row["correlation"])
