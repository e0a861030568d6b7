"""The record of what a step on corridors brings one state."""

from __future__ import annotations

from dataclasses import dataclass

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class CarriageGain:
    """What a step on corridors brings one state, each member against itself; a loss stands below 0.

    Triples are the 10, 50 and 90 % points over members: `gain_usd` a year and its parts, `time_usd` for hours
    saved by its own cargo, `turning_usd` for what that gains by other ways, `transit_usd` for what carrying
    the cargo of others leaves; `days` saved on the mean journey of cargo that begins, ends or passes there.
    `mean_usd` is the mean of the gain: means add up, the middle does not.
    """

    state: str
    gain_usd: Triple
    time_usd: Triple
    turning_usd: Triple
    transit_usd: Triple
    days: Triple
    mean_usd: float
