"""View: an outlook and its tables as the Situation that the rules judge."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mirab.core.calendar import dekad_of_year
from mirab.core.domain import Domain, DriverRequest, Tables
from mirab.core.ensemble import Ensemble
from mirab.core.flow.run import Run
from mirab.core.records import Observation
from mirab.warn.outlook import Outlook
from mirab.warn.situation import Impact, Profile, Situation


@dataclass(frozen=True)
class Reach:
    """What lies up and down the water: shares of input rows by confidence, and accounts that an item affects."""

    shares: Callable[[str], Mapping[str, float]]
    affected: Callable[[str], Collection[str]]


def quantities(domain: Domain, tables: Tables, run: Run, request: DriverRequest) -> dict[str, Ensemble]:
    """Everything that a run gives, by quantity: volume, flow, energy, and what the domain derives."""
    derived = domain.derive(tables, run, request) if domain.derive else ()
    plain = {"volume": run.volume, "flow": run.flow, "energy": run.energy}
    return plain | {ensemble.quantity: ensemble for ensemble in derived}


def situation(
    domain: Domain,
    tables: Tables,
    outlook: Outlook,
    ensembles: tuple[Mapping[str, Ensemble], Mapping[str, Ensemble]],
    known: tuple[Sequence[Observation], Reach],
) -> Situation:
    """The Situation of a domain: `ensembles` of the outlook and of the mean year, `known` and what it reaches."""
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
    )


def titles(domain: Domain, tables: Tables) -> dict[str, str]:
    """Names of nodes, links, claims and accounts; an account of a state carries the state's name."""
    places = {row["node_id"]: row["name"] for row in tables.rows(f"{domain.name}/nodes")}
    claims = {row["claim_id"]: row["name"] for row in tables.rows(f"{domain.name}/claims")}
    links = {
        row["link_id"]: f"{places[row['from_node']]} to {places[row['to_node']]}"
        for row in tables.rows(f"{domain.name}/links")
    }
    states = {row["state"]: row["name"] for row in tables.rows("states")}
    accounts = {
        f"{row['account_id']}:{state}": f"{row['title']}, {name}"
        for row in tables.rows(f"{domain.name}/accounts")
        for state, name in states.items()
    }
    return {**links, **claims, **places, **accounts, **states}


def _norms(mean: Ensemble) -> dict[str, Profile]:
    """The mean year of each item as 36 dekads of the calendar year."""
    if len(mean.axis) < 36:
        return {}
    order = np.argsort([dekad_of_year(day) for day in mean.axis.starts[:36]])
    return {item: tuple(float(value) for value in mean[item][:36, 0][order]) for item in mean.items}


def _impacts(
    domain: Domain, tables: Tables, now: Mapping[str, Ensemble], mean: Mapping[str, Ensemble]
) -> dict[str, list[Impact]]:
    """Shortage by account against its demand, and what a state's plants lack against the mean year."""
    perimeters = {row["account_id"]: row["perimeter"] for row in tables.rows(f"{domain.name}/accounts")}
    found: dict[str, list[Impact]] = {}
    if "shortage" in now:
        for account, perimeter in perimeters.items():
            items = [item for item in now["shortage"].items if item.split(":")[0] == account]
            whole = {item: now["demand_volume"][item][:, 0] for item in items}
            found.setdefault("shortage", []).append(Impact(now["shortage"].select(items), perimeter, whole))
    if "winter_energy" in now and len(mean["winter_energy"].axis) == len(now["winter_energy"].axis):
        norm = mean["winter_energy"]
        gap = _gap(now["winter_energy"], norm)
        whole = {item: norm[item][:, 0] for item in norm.items}
        found["winter_energy_gap"] = [Impact(gap, "hydropower of October to March in the mean year", whole)]
    return found


def _gap(now: Ensemble, norm: Ensemble) -> Ensemble:
    """What each item lacks against its norm, at least 0 by step."""
    from dataclasses import replace

    missing = np.maximum(norm.lanes[:1, :, :, :1] - now.lanes, 0.0)
    return replace(now, quantity="winter_energy_gap", lanes=missing)
