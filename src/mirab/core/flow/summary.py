"""Summary: what a run knows of every item over all its members, whether it kept them or not."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mirab.core.ensemble import Ensemble
from mirab.core.errors import UnknownNameError

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
SHORT = 1e-6


def short_below(demand: Floats) -> Floats:
    """The delivery below which a claim counts as short, in the unit of its demand."""
    return demand - SHORT * np.maximum(demand, 1.0)


@dataclass(frozen=True)
class Summary:
    """Reductions of one quantity over `count` members, each of shape (time, item), in `unit`.

    `short` counts the members in which a claim got less than its demand by more than SHORT of it (of
    1 m3/s where it is smaller); it has no items for other quantities. Sums are made in float64, in one
    order within a chunk and chunk after chunk, so that threads leave no trace in them.
    """

    quantity: str
    unit: str
    items: tuple[str, ...]
    count: int
    total: Floats
    least: Floats
    most: Floats
    short: Counts

    @classmethod
    def of(cls, values: Ensemble, demand: Floats | None = None) -> Summary:
        """Reductions of an ensemble; `demand` (time, item) in its unit, where its items are claims."""
        from mirab.core.flow.kernels.reducing import count_below, reduce_members

        shape = (len(values.axis), len(values.items))
        total, least, most = (np.empty(shape) for _ in range(3))
        reduce_members(values.lanes, values.members, total, least, most)
        short = np.zeros(shape if demand is not None else (shape[0], 0), dtype=np.int64)
        if demand is not None:
            count_below(values.lanes, values.members, short_below(demand), short)
        return cls(values.quantity, values.unit, values.items, values.members, total, least, most, short)

    def with_more(self, other: Summary) -> Summary:
        """The same over these members and those of `other`, which follow them."""
        return replace(
            self,
            count=self.count + other.count,
            total=self.total + other.total,
            least=np.minimum(self.least, other.least),
            most=np.maximum(self.most, other.most),
            short=self.short + other.short,
        )

    def steps(self, first: int, last: int) -> Summary:
        """The same on steps first to last - 1."""
        names = ("total", "least", "most", "short")
        return replace(self, **{name: getattr(self, name)[first:last] for name in names})

    def mean(self, item: str) -> Floats:
        """Mean over members, shape (time,)."""
        return np.asarray(self.total[:, self._position(item)] / self.count)

    def minimum(self, item: str) -> Floats:
        """Smallest value over members, shape (time,)."""
        return np.asarray(self.least[:, self._position(item)])

    def maximum(self, item: str) -> Floats:
        """Largest value over members, shape (time,)."""
        return np.asarray(self.most[:, self._position(item)])

    def short_members(self, claim: str) -> Counts:
        """Number of members in which a claim falls short, shape (time,)."""
        if not self.short.shape[1]:
            raise UnknownNameError("quantity with a demand", self.quantity, ["delivered"])
        return np.asarray(self.short[:, self._position(claim)])

    def _position(self, item: str) -> int:
        if item not in self.items:
            raise UnknownNameError(f"item of {self.quantity}", item, self.items)
        return self.items.index(item)
