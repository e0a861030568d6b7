"""View: an outlook and its tables as the Situation that the rules judge."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from os.path import commonprefix
from typing import Protocol

import numpy as np

from mirab.core.calendar import dekad_of_year
from mirab.core.domain import Domain, DriverRequest, Tables
from mirab.core.ensemble import Ensemble
from mirab.core.fields import fields
from mirab.core.flow.run import Run
from mirab.core.flow.work import kept
from mirab.core.network import Network
from mirab.core.phrase import listed, say
from mirab.core.records import Observation, Threat
from mirab.warn import register
from mirab.warn.outlook import Outlook
from mirab.warn.rules import Rule
from mirab.warn.situation import Impact, Profile, Situation


class Reach(Protocol):
    """What lies upstream and downstream of an item."""

    def shares(self, item: str) -> Mapping[str, float]:
        """Share of the input rows on the item's upstream paths by confidence (§6)."""
        ...

    def affected(self, item: str) -> Collection[str]:
        """Accounts (`account:STATE`) that water from the item can reach."""
        ...

    def upstream(self, item: str) -> Collection[str]:
        """Nodes from which water can reach the item, its own included."""
        ...


def keeps(
    domain: Domain, tables: Tables, network: Network, rules: Sequence[Rule]
) -> dict[str, tuple[str, ...]] | None:
    """Items whose members the briefing reads, by quantity: for `derive`, charts and rules; None: all.

    A rule that names no items is judged at those with a bound, and where every item has one, at all.
    """
    if domain.keeps is None:
        return None
    there = kept(network, None)
    found = {name: set(items) for name, items in domain.keeps(tables, network).items()}
    asked: list[tuple[str, Sequence[str]]]
    asked = [(row["quantity"], (row["node_id"],)) for row in tables.rows(f"{domain.name}/charts")]
    stated = domain.bounds(tables) if domain.bounds else {}
    for rule in (rule for rule in rules if not rule.observed_only):
        key = rule.relative_to, rule.quantity
        asked.append((rule.quantity, rule.where or tuple(stated.get(key, there.get(rule.quantity, ())))))
    for name, items in asked:
        found.setdefault(name, set()).update(items)
    return {name: tuple(i for i in items if i in found.get(name, ())) for name, items in there.items()}


def quantities(domain: Domain, tables: Tables, run: Run, request: DriverRequest) -> dict[str, Ensemble]:
    """Everything that a run gives, by quantity: volume, flow, energy, and what the domain derives."""
    asked = replace(request, axis=run.axis)
    derived = domain.derive(tables, run, asked) if domain.derive else ()
    plain = {"volume": run.volume, "flow": run.flow, "energy": run.energy}
    return plain | {ensemble.quantity: ensemble for ensemble in derived}


def charted(
    domain: Domain, tables: Tables, outlook: Outlook, request: DriverRequest, now: Mapping[str, Ensemble]
) -> dict[str, Ensemble]:
    """The quantities of the table `charts` before the date and after it; `now` holds the latter."""
    names = dict.fromkeys(row["quantity"] for row in tables.rows(f"{domain.name}/charts"))
    earlier = [quantities(domain, tables, run, request) for run in outlook.past]
    return {
        name: reduce(Ensemble.then, [*(part[name] for part in earlier), now[name]])
        for name in names
        if name in now
    }


def situation(
    domain: Domain,
    tables: Tables,
    outlook: Outlook,
    ensembles: tuple[Mapping[str, Ensemble], Mapping[str, Ensemble]],
    known: tuple[Sequence[Observation], Reach],
) -> Situation:
    """The Situation of a domain: `ensembles` of the outlook and of the mean year, `known` observations."""
    now, mean = ensembles
    observations, reach = known
    norms = {("norm", quantity): _norms(ensemble) for quantity, ensemble in mean.items()}
    stated = {key: dict(items) for key, items in (domain.bounds(tables) if domain.bounds else {}).items()}
    return Situation(
        domain=domain.name,
        on=outlook.on,
        ensembles=now,
        norms={**norms, **stated},
        observations=observations,
        impacts=_impacts(domain, tables, now, mean),
        affected=reach.affected,
        shares=reach.shares,
        titles=titles(domain, tables),
        states={node.id: node.states for node in outlook.run.model.network.nodes.values() if node.states},
        author_states={row["author"]: (row["state"],) for row in tables.rows(f"{domain.name}/authors")},
    )


def titles(domain: Domain, tables: Tables) -> dict[str, str]:
    """Names of nodes, links, caps, claims and accounts; an account of a state carries the state's name."""
    places = {row["node_id"]: row["name"] for row in tables.rows(f"{domain.name}/nodes")}
    claims = {row["claim_id"]: row["name"] for row in tables.rows(f"{domain.name}/claims")}
    links = {
        row["link_id"]: say(
            "{origin} to {target}", origin=places[row["from_node"]], target=places[row["to_node"]]
        )
        for row in tables.rows(f"{domain.name}/links")
    }
    canals = [row["cap_id"] for row in tables.rows(f"{domain.name}/caps")]
    caps = {cap: _shared_name(tables, domain, cap) for cap in canals}
    kept = {row["instream_id"]: row["name"] for row in tables.rows(f"{domain.name}/instream")}
    ruled = {row["link_id"] for row in tables.rows(f"{domain.name}/releases")}
    rules = {
        f"release_{link}": say("the release rule of {place}", place=links[link].values["origin"])
        for link in sorted(ruled)
    }
    let_go = {
        f"the release into {link}": say("the release into {reach}", reach=title)
        for link, title in links.items()
    }
    states = {row["state"]: row["name"] for row in tables.rows("states")}
    accounts = {
        f"{row['account_id']}:{state}": say("{account}, {state}", account=row["title"], state=name)
        for row in tables.rows(f"{domain.name}/accounts")
        for state, name in states.items()
    }
    return {**caps, **links, **let_go, **kept, **rules, **claims, **places, **accounts, **states}


def _shared_name(tables: Tables, domain: Domain, cap: str) -> str:
    """What the names of a cap's claims begin with, where they are one canal of several states; else all."""
    claims = [row["name"] for row in tables.rows(f"{domain.name}/claims") if row["cap_id"] == cap]
    return commonprefix(claims).rstrip(" ,(") or str(listed(claims)) or cap


def _norms(mean: Ensemble) -> dict[str, Profile]:
    """The mean year of each item as 36 dekads of the calendar year."""
    if len(mean.axis) < 36:
        return {}
    order = np.argsort([dekad_of_year(day) for day in mean.axis.starts[:36]])
    return {item: tuple(float(value) for value in mean[item][:36, 0][order]) for item in mean.items}


def _impacts(
    domain: Domain, tables: Tables, now: Mapping[str, Ensemble], mean: Mapping[str, Ensemble]
) -> dict[str, list[Impact]]:
    """Shortage by account against its demand; what a state lacks of a quantity against the mean year."""
    found: dict[str, list[Impact]] = {}
    for row in tables.rows(f"{domain.name}/accounts") if "shortage" in now else ():
        items = [item for item in now["shortage"].items if item.split(":")[0] == row["account_id"]]
        whole = {item: now["demand_volume"][item][:, 0] for item in items}
        found.setdefault("shortage", []).append(
            Impact(now["shortage"].select(items), row["perimeter"], whole)
        )
    for quantity, norm in mean.items():
        by_state = norm.items and all(
            states == (i,) for i, states in zip(norm.items, norm.states, strict=True)
        )
        if by_state and quantity in now:
            whole = {item: norm[item][:, 0] for item in norm.items}
            perimeter = say("{what}, against the mean year", what=fields()[quantity].meaning)
            found[f"{quantity}_gap"] = [Impact(_gap(now[quantity], norm), perimeter, whole)]
    return found


def _gap(now: Ensemble, norm: Ensemble) -> Ensemble:
    """What each item lacks against its norm by step, at least 0."""
    missing = np.maximum(norm.lanes[:1, :, :, :1] - now.lanes, 0.0)
    return replace(now, quantity=f"{now.quantity}_gap", lanes=missing)


def gathered(
    threats: Sequence[Threat], rules: Sequence[Rule], network: Network | None = None
) -> tuple[Threat, ...]:
    """Threats in order, those of one rule and level that are one matter as one.

    One matter are the states of an account, reaches that follow each other, and all stale data.
    """
    stale = {rule.rule_id for rule in rules if rule.relative_to == "age"}
    ends = {reach.id: (reach.tail, reach.head) for reach in network.reaches.values()} if network else {}

    def near(one: str, other: str) -> bool:
        if ":" in one and ":" in other:
            return one.split(":")[0] == other.split(":")[0]
        return one in ends and other in ends and bool(set(ends[one]) & set(ends[other]))

    old = register.merge([threat for threat in threats if threat.rule in stale], lambda one, other: True)
    return register.order([*old, *register.merge([t for t in threats if t.rule not in stale], near)])


def rooted(threats: Sequence[Threat], reach: Reach, network: Network) -> tuple[Threat, ...]:
    """Threats with the states that own nodes upstream of their items or at them, A to Z.

    It says where water comes from and nothing of who is the cause. Data that are old or disputed come from
    nowhere: a threat without a probability has none. An item that is a state sums up places of which each
    has an upstream of its own: it has none either.
    """

    def owners(threat: Threat) -> tuple[str, ...]:
        nodes = {node for item in threat.items if item not in network.states for node in reach.upstream(item)}
        return tuple(sorted({state for node in nodes for state in network.nodes[node].states}))

    return tuple(
        threat if threat.probability is None else replace(threat, upstream=owners(threat))
        for threat in threats
    )
