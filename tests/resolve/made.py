"""A river with a power plant above two states that irrigate, for tests of options and what they do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import dekads
from mirab.core.ensemble import Ensemble, Members
from mirab.core.flow.run import Run, State
from mirab.core.network import Network, Zone
from mirab.core.records import Change, Option, Standing
from mirab.core.values import Piece, Range, Values
from mirab.resolve.trial import Trial

AXIS = dekads(date(2023, 10, 1), 36)
SUMMER = (4, 5, 6, 7, 8, 9)
RELEASE = [20.0 if month in SUMMER else 40.0 for month in range(1, 13)]
TURN = Change("release_share", "lake__town", 0.6, "fraction", SUMMER)


def river() -> Network:
    """XAA keeps a lake for electricity in winter; XBB and XCC ask for water in summer."""
    net = Network("made", states=("XAA", "XBB", "XCC"))
    net.source("hills", into="lake", state="XAA")
    net.store("lake", state="XAA", full_mcm=900, start_mcm=500, zones=[Zone(100, 1), Zone(900, 4)])
    net.node("town", state="XBB")
    net.boundary("sea", state="XCC")
    net.reach("lake", "town")
    net.reach("town", "sea")
    net.instream("release_lake__town", reach="lake__town", flow=RELEASE, priority=3)
    need = [24.0 if month in SUMMER else 0.0 for month in range(1, 13)]
    net.claim("fields", at="town", demand=need, priority=6, shares={"XBB": 0.75, "XCC": 0.25})
    net.claim("seepage", at="town", demand=1.0, priority=2, kind="loss", shares={"XBB": 1.0})
    net.turbine("plant", reach="lake__town", max_flow_m3s=60, installed_mw=40, head_m=50)
    return net


def inflow(members: int = 4) -> Ensemble:
    values = np.linspace(15, 30, members)[:, None, None] * np.ones((1, 36, 1))
    return Ensemble.of("inflow", "m3/s", ("hills",), AXIS, values)


def worth() -> Range:
    """Power at 0.05 to 0.08 USD/kWh in winter and a third of it in summer; water falls by half."""

    def values(water: float, power: float) -> Values:
        price = tuple(power / 3 if month in SUMMER else power for month in range(1, 13))
        return Values(
            water={"fields": (Piece(0.5, water), Piece(1.0, water / 2))},
            power={"plant": price},
            stored={"lake": (Piece(1.0, water / 4),)},
        )

    return Range(values(0.02, 0.05), values(0.06, 0.08))


def option(id: str, *changes: Change, standing: Standing = Standing.AGREED) -> Option:
    return Option(f"water:{id}", id, "releases", standing, "", ("XAA",), changes)


def judge(run: Run) -> Mapping[str, NDArray[np.bool_]]:
    """Two threats: the fields lack more than a tenth over the summer; the lake ends under 300."""
    asked = run.demand()[:, 0] @ run.axis.mcm_per_m3s
    given = run.axis.mcm_per_m3s @ run.delivered["fields"]
    return {"water:dry:fields": given < 0.9 * asked, "water:low:lake": run.volume["lake"][-1] < 300.0}


def simulate(network: Network, drivers: Members, start: State) -> Run:
    return network.compile().simulate(drivers, start=start)


def trial() -> Trial:
    return Trial(river().compile().simulate(inflow()), worth(), judge, simulate)
