"""Values: what water delivered, electricity made and water left in a store are worth, in USD.

Values of water fall with the share of the demand that is served (concave), so that sharing a shortage is
worth more than leaving one use dry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis
from mirab.core.errors import InputError, Problem, suggest
from mirab.core.network import Network, Profile

Floats = NDArray[np.float64]
M3_PER_MCM = 1e6
KWH_PER_GWH = 1e6


@dataclass(frozen=True)
class Piece:
    """A slice of a demand or of a store, up to the share `to` of it, worth `usd_per_m3`."""

    to: float
    usd_per_m3: float


@dataclass(frozen=True)
class Values:
    """Pieces of each claim and each store from the first share to the whole, and USD/kWh of each turbine.

    What is not named is worth nothing in money; that is a gap to be told, not a judgement. A store's pieces
    value what it holds after the last step. A turbine's profile is a number, 12 months or 36 dekads.

    >>> values = Values(water={"fields": (Piece(0.5, 0.06), Piece(1.0, 0.02))})
    >>> float(values.water_usd("fields", np.array(8.0), np.array(10.0), np.array(1.0)))
    360000.0
    """

    water: Mapping[str, tuple[Piece, ...]] = field(default_factory=dict)
    power: Mapping[str, Profile] = field(default_factory=dict)
    stored: Mapping[str, tuple[Piece, ...]] = field(default_factory=dict)

    def check(self, network: Network) -> None:
        """Raise InputError with every part that the network does not have, or that is not concave."""
        found: list[Problem] = []
        for part, given, known in (
            ("claim", self.water, network.claims),
            ("turbine", self.power, network.turbines),
            ("store", self.stored, network.stores),
        ):
            strangers = [id for id in given if id not in known]
            found += [
                Problem(f"{part} {id}", "is not in the network", suggest(id, sorted(known)))
                for id in strangers
            ]
        for id, pieces in (*self.water.items(), *self.stored.items()):
            found += _misshapen(id, pieces)
        for id, price in self.power.items():
            if not np.all(np.asarray(price) >= 0.0):
                found.append(Problem(f"turbine {id}", "has a price below 0", "give USD/kWh of 0 or more"))
        if found:
            raise InputError(f"values of {network.name}", found)

    def water_usd(self, claim: str, delivered: Floats, asked: Floats, volume: Floats) -> Floats:
        """USD of deliveries (m3/s) against what is asked for (m3/s); `volume` are million m3 per m3/s.

        Shapes are broadcast. More than is asked for is worth nothing more; an unnamed claim nothing at all.
        """
        return _worth(self.water.get(claim, ()), delivered, asked) * volume * M3_PER_MCM

    def power_usd(self, turbine: str, energy: Floats, axis: TimeAxis) -> Floats:
        """USD by member of the energy of a turbine in GWh a step, shape (time, member)."""
        price = axis.spread(self.power.get(turbine, 0.0)) * KWH_PER_GWH
        return np.asarray(price @ energy)

    def stored_usd(self, store: str, volume_mcm: Floats, full_mcm: float) -> Floats:
        """USD of the million m3 that a store holds at the end; any shape."""
        return _worth(self.stored.get(store, ()), volume_mcm, np.asarray(full_mcm)) * M3_PER_MCM


@dataclass(frozen=True)
class Range:
    """Values at the low and at the high end of what is known."""

    low: Values
    high: Values

    def at(self, water: float = 0.5, power: float = 0.5) -> Values:
        """Values between the ends: 0 the low one, 1 the high one, for water and for power by themselves."""
        low, high = self.low, self.high
        return Values(
            water={id: _between(pieces, high.water[id], water) for id, pieces in low.water.items()},
            power={id: _prices(price, high.power[id], power) for id, price in low.power.items()},
            stored={id: _between(pieces, high.stored[id], water) for id, pieces in low.stored.items()},
        )


def _between(low: tuple[Piece, ...], high: tuple[Piece, ...], part: float) -> tuple[Piece, ...]:
    pairs = zip(low, high, strict=True)
    return tuple(Piece(a.to, a.usd_per_m3 + part * (b.usd_per_m3 - a.usd_per_m3)) for a, b in pairs)


def _prices(low: Profile, high: Profile, part: float) -> Profile:
    values = np.asarray(low) + part * (np.asarray(high) - np.asarray(low))
    return tuple(values.tolist()) if values.ndim else float(values)


def _worth(pieces: tuple[Piece, ...], amount: Floats, whole: Floats) -> Floats:
    """The amount times what each share of the whole is worth, in the amount's unit times USD/m3."""
    worth = np.zeros(np.broadcast(amount, whole).shape)
    below = 0.0
    for piece in pieces:
        worth += piece.usd_per_m3 * np.clip(amount - below * whole, 0.0, (piece.to - below) * whole)
        below = piece.to
    return worth


def _misshapen(id: str, pieces: tuple[Piece, ...]) -> Iterator[Problem]:
    shares = [piece.to for piece in pieces]
    worth = [piece.usd_per_m3 for piece in pieces]
    if shares != sorted(set(shares)) or not shares or shares[0] <= 0.0 or shares[-1] != 1.0:
        shown = ", ".join(f"{share:g}" for share in shares) or "none"
        yield Problem(id, f"has pieces up to {shown}", "give shares that rise to 1")
    if worth != sorted(worth, reverse=True) or (worth and worth[-1] < 0.0):
        shown = ", ".join(f"{value:g}" for value in worth)
        yield Problem(id, f"has values {shown}", "let them fall, and stay at 0 or more")
