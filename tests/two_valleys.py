"""Two rivers with a store of one state above the fields of another: there is something to gain together."""

from __future__ import annotations

from datetime import date

import numpy as np

from mirab.core.calendar import dekads
from mirab.core.ensemble import Ensemble
from mirab.core.flow.model import Model
from mirab.core.network import Curve, Network, Zone
from mirab.core.values import Piece, Values

CURVE = Curve((0.0, 300.0, 900.0), (0.0, 20.0, 40.0), (20.0, 80.0, 120.0))
STEPS = 36


def valley(name: str, upper: str, lower: str, net: Network) -> None:
    """A store of one state that is run for winter power, above the fields of another."""
    net.source(f"{name}_hills", into=f"{name}_lake")
    zones = [Zone(100, 1), Zone(900, 9)]
    net.store(f"{name}_lake", state=upper, full_mcm=900, start_mcm=500, zones=zones, curve=CURVE)
    net.node(f"{name}_plain", state=lower)
    net.reach(f"{name}_lake", f"{name}_plain", id=f"{name}_river")
    net.boundary(f"{name}_sea")
    net.reach(f"{name}_plain", f"{name}_sea")
    regime = (60.0,) * 3 + (15.0,) * 6 + (60.0,) * 3
    net.instream(f"release_{name}_river", reach=f"{name}_river", flow=regime, priority=1)
    fields = (0.0,) * 3 + (60.0,) * 6 + (0.0,) * 3
    net.claim(f"{name}_fields", at=f"{name}_plain", demand=fields, priority=5, shares={lower: 1.0})
    net.turbine(
        f"{name}_plant", reach=f"{name}_river", max_flow_m3s=120, installed_mw=200, store=f"{name}_lake"
    )


def two_valleys() -> tuple[Model, Ensemble, Values]:
    """Two rivers that never meet; BBB has fields on both."""
    net = Network("valleys", states=("AAA", "BBB", "CCC"))
    valley("north", "AAA", "BBB", net)
    valley("south", "CCC", "BBB", net)
    model = net.compile()
    rng = np.random.default_rng(5)
    inflow = rng.gamma(6.0, 6.0, (4, STEPS, 2))
    ensemble = Ensemble.of(
        "inflow", "m3/s", tuple(model.items.sources), dekads(date(2023, 10, 1), STEPS), inflow
    )
    values = Values(
        {claim: (Piece(0.6, 0.09), Piece(1.0, 0.03)) for claim in net.claims},
        dict.fromkeys(net.turbines, 0.03),
        {store: (Piece(1.0, 0.004),) for store in net.stores},
    )
    return model, ensemble, values
