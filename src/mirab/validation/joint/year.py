"""The year that the comparisons are made in: norm inflows or members, and stores that end as they would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

from mirab.core import declared
from mirab.core.calendar import dekads
from mirab.core.domain import DriverRequest
from mirab.core.ensemble import Ensemble
from mirab.core.flow.run import Run
from mirab.core.network import Network
from mirab.core.values import Piece, Range
from mirab.domains.water.domain import GROUP, observations, plan
from mirab.observe.region import load
from mirab.resolve.cooperation import CORNERS
from mirab.validation.harness import Verdict
from mirab.validation.water import Pack
from mirab.warn.drivers import draw
from mirab.warn.outlook import project

ON, MEMBERS = date(2023, 10, 1), 20

At = tuple[float, float]
MIDDLE: At = (0.5, 0.5)
"""Place in the ranges of the values of water and of power: 0 is the low end of each, 1 the high one."""
ENDS = dict(zip(("cheap water, dear power", "dear water, cheap power"), CORNERS, strict=True))
UNDECIDED = "holds for some values of water and power in their ranges and not for others"
DEAR_USD = 5.0
"""USD/m3 for water that must be left in a store: above all that a m3 can earn, also with a tenfold weight."""


@cache
def pack() -> Pack:
    """The rivers of the pack; loaded once."""
    return Pack(load("central_asia"))


def norm() -> Ensemble:
    """Norm inflow of every source over one water year of dekads, one member, m3/s."""
    return pack().steady.inflow.part(0, 1).steps(0, 36)


@cache
def outlook() -> Run:
    """The members of the outlook from ON over one water year."""
    seen = [one for one in observations(pack().region) if one.end <= ON]
    request = DriverRequest(dekads(ON, 36), MEMBERS, 1, ON, seen)
    drivers = plan(pack().region, pack().net, request)
    return project(pack().net.compile(), draw(drivers, request), drivers, ON, seed=1).run


def prices(network: Network) -> Range:
    """Values of water and electricity of the pack for a network that may have been changed."""
    return declared.values(pack().region, network, group=GROUP)


def over_values(holds: Sequence[bool]) -> Verdict:
    """The verdict of a comparison at the middle and the ends of the values of water and power.

    It holds or misses where it does at all of them; else nothing can be said before the values are known.
    """
    return Verdict.of(holds[0]) if len(set(holds)) == 1 else Verdict.CANNOT_BE_CHECKED


def kept(run: Run) -> Mapping[str, tuple[Piece, ...]]:
    """Values of stored water by which each store ends with what it held at the end of a run of one member."""
    found = {}
    for id, store in run.model.network.stores.items():
        share = min(float(run.volume[id][-1, 0]) / store.full_mcm, 1.0)
        below = (Piece(share, DEAR_USD),) if share > 0.0 else ()
        found[id] = (*below, Piece(1.0, 0.0)) if share < 1.0 else below
    return found
