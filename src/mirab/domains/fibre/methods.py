"""What the tables of cables say in words, and where they do not fit together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mirab.core.declared import by, codes
from mirab.core.domain import Tables
from mirab.core.errors import Problem, suggest
from mirab.core.phrase import say
from mirab.core.records import Change


def problems(tables: Tables, changes: Sequence[Change] = ()) -> list[Problem]:
    """All that is wrong with the tables of cables as a whole, and with changes to them."""
    return [*_misplaced(tables), *_stateless(tables), *_misnamed(tables, changes)]


def titles(tables: Tables) -> Mapping[str, str]:
    """Names of states, places and links, and of pairs of states as `STATE:VIA`."""
    names = {row["state"]: row["name"] for table in ("other_states", "states") for row in tables.rows(table)}
    nodes = {row["node_id"]: row["name"] for row in tables.rows("fibre/nodes")}
    links = {
        row["link_id"]: say(
            "{system} ({one} to {other})",
            system=row["system"],
            one=nodes[row["from_node"]],
            other=nodes[row["to_node"]],
        )
        for row in tables.rows("fibre/links")
    }
    pairs = {
        f"{state}:{via}": say("{state} through {via}", state=names[state], via=names[via])
        for state in names
        for via in names
        if state != via
    }
    return names | nodes | links | pairs


def assumptions(tables: Tables) -> Iterator[str]:
    """Sentences on what the graph rests on and how its traffic is taken to go."""
    parameters = {row["parameter"]: row for row in tables.rows("fibre/parameters")}
    rows = by(tables.rows("fibre/links"), "confidence")
    whole = sum(map(len, rows.values()))
    lengths = sum((row["length_confidence"] or "") == "estimated" for row in tables.rows("fibre/links"))
    yield say(
        "Fibre: {estimated} of {whole} links and {lengths} of their lengths are estimated; nothing here is a "
        "survey of cables.",
        estimated=len(rows.get("estimated", ())),
        whole=whole,
        lengths=lengths,
    )
    yield say(
        "Traffic goes to one place abroad by the state that it enters first, in the shares of a logit of the "
        "round trip and {border:g} ms a border; {theta:g} by millisecond is fitted to one published share.",
        border=parameters["border"]["value"],
        theta=parameters["theta"]["value"],
    )
    yield say(
        "Capacity is not modelled: published design figures are far above the traffic; whether the ways that "
        "are left could carry all of it at once is not known. Every core place weighs what the pack says."
    )


def _misplaced(tables: Tables) -> Iterator[Problem]:
    """Tables that do not fit together: unknown states, places without a link, links that are there twice."""
    known = {row["state"] for table in ("states", "other_states") for row in tables.rows(table)}
    links, nodes = tables.rows("fibre/links"), tables.rows("fibre/nodes")
    touched = {row[end] for row in links for end in ("from_node", "to_node")}
    for row in nodes:
        if row["state"] not in known:
            fix = suggest(row["state"], sorted(known))
            yield Problem(f"fibre/nodes {row['node_id']}", f"has the unknown state {row['state']!r}", fix)
        if row["node_id"] not in touched:
            yield Problem(f"fibre/nodes {row['node_id']}", "has no link", "add one, or take the place out")
    seen: dict[tuple[frozenset[str], str], str] = {}
    for row in links:
        key = frozenset((row["from_node"], row["to_node"])), row["system"]
        if key in seen:
            what = f"is the same link of {row['system']} as {seen[key]}"
            yield Problem(f"fibre/links {row['link_id']}", what, "remove one, or name its system")
        seen.setdefault(key, row["link_id"])


def _stateless(tables: Tables) -> Iterator[Problem]:
    """States abroad without an exchange point, parameters that lack, hazards of unknown states."""
    nodes = tables.rows("fibre/nodes")
    known = {row["state"] for table in ("states", "other_states") for row in tables.rows(table)}
    if not any(row["kind"] == "destination" for row in nodes):
        yield Problem(
            "fibre/nodes", "has no destination", "mark the exchange point to which most traffic goes"
        )
    there = {row["parameter"] for row in tables.rows("fibre/parameters")}
    for name in ("theta", "border", "length_spread"):
        if name not in there:
            yield Problem("fibre/parameters", f"lacks {name!r}", "add its row")
    for row in tables.rows("fibre/hazards"):
        if row["kind"] in ("shut_off", "transit_stop", "price"):
            for state in (one for one in codes(row["items"]) if one not in known):
                what = f"speaks of the unknown state {state!r}"
                yield Problem(f"fibre/hazards {row['hazard_id']}", what, suggest(state, sorted(known)))


def _misnamed(tables: Tables, changes: Sequence[Change]) -> Iterator[Problem]:
    links = [row["link_id"] for row in tables.rows("fibre/links")]
    states = [row["state"] for row in tables.rows("fibre/states")]
    for change in changes:
        known = links if change.what == "opened" else states
        if change.item not in known:
            yield Problem(
                f"change {change.what}", f"names {change.item!r}", suggest(change.item, sorted(known))
            )
