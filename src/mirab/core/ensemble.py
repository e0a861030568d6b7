"""Ensemble: one uncertain quantity over items, time and members, around the kernel's own array.

The array has the layout (block, time, item, lane): member m is lane m % LANES of block m // LANES. It is
never transposed as a whole; readers ask for one item at a time. Lanes beyond the last member repeat it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis
from mirab.core.errors import InputError, Problem, SetupError, UnknownNameError
from mirab.core.records import Evidence

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

LANES = 8


def to_lanes(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lane array (block, time, item, lane) of an array (member, time, item)."""
    members, steps, items = values.shape
    blocks = -(-members // LANES)
    padded = values[np.minimum(np.arange(blocks * LANES), members - 1)]
    lanes = padded.reshape(blocks, LANES, steps, items).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(lanes)


@dataclass(frozen=True)
class Ensemble:
    """A labelled array of one quantity over (item, time, member), with unit, owner states and evidence.

    `states[i]` are the ISO alpha-3 codes that own item i; `how` says in words how it was made; `seed` is
    the seed that draws it again. `source_ids[i]` names the rows of the pack that item i rests on.
    """

    quantity: str
    unit: str
    items: tuple[str, ...]
    axis: TimeAxis
    members: int
    lanes: NDArray[np.float64]
    states: tuple[tuple[str, ...], ...] = ()
    how: str = ""
    seed: int | None = None
    evidence: tuple[Evidence, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        blocks = -(-self.members // LANES)
        expected = (blocks, len(self.axis), len(self.items), LANES)
        if self.lanes.shape != expected:
            problem = Problem("lanes", f"has shape {self.lanes.shape}", f"expected {expected}")
            raise InputError(f"ensemble {self.quantity}", [problem])
        if not self.states:
            object.__setattr__(self, "states", ((),) * len(self.items))

    @classmethod
    def of(
        cls,
        quantity: str,
        unit: str,
        items: Sequence[str],
        axis: TimeAxis,
        values: NDArray[np.float64],
        **more: Any,
    ) -> Ensemble:
        """Ensemble of `values` with shape (member, time, item)."""
        return cls(quantity, unit, tuple(items), axis, values.shape[0], to_lanes(values), **more)

    def position(self, item: str) -> int:
        """Number of an item."""
        if item not in self.items:
            raise UnknownNameError(f"item of {self.quantity}", item, self.items)
        return self.items.index(item)

    def __getitem__(self, item: str) -> NDArray[np.float64]:
        """Values of one item, shape (time, member)."""
        chosen = self.lanes[:, :, self.position(item), :]
        return chosen.transpose(1, 0, 2).reshape(len(self.axis), -1)[:, : self.members]

    def values(self) -> NDArray[np.float64]:
        """A copy of all values, shape (member, time, item)."""
        blocks, steps, items, lanes = self.lanes.shape
        flat = self.lanes.transpose(0, 3, 1, 2).reshape(blocks * lanes, steps, items)
        return flat[: self.members].copy()

    def select(self, items: Sequence[str]) -> Ensemble:
        """The same ensemble with these items only, in this order."""
        where = [self.position(item) for item in items]
        return replace(
            self,
            items=tuple(items),
            lanes=np.ascontiguousarray(self.lanes[:, :, where, :]),
            states=tuple(self.states[i] for i in where),
        )

    def steps(self, first: int, last: int) -> Ensemble:
        """The same ensemble on steps first to last - 1."""
        axis = TimeAxis(self.axis.kind, self.axis.starts[first:last])
        return replace(self, axis=axis, lanes=np.ascontiguousarray(self.lanes[:, first:last]))

    def then(self, later: Ensemble) -> Ensemble:
        """Join the steps of a later ensemble with the same items and members to these."""
        axis = TimeAxis(self.axis.kind, (*self.axis.starts, *later.axis.starts))
        return replace(self, axis=axis, lanes=np.concatenate([self.lanes, later.lanes], axis=1))

    def quantiles(self, item: str, levels: Sequence[float]) -> NDArray[np.float64]:
        """Quantiles over members (linear interpolation), shape (level, time)."""
        return np.asarray(np.quantile(self[item], levels, axis=1))

    def mean(self, item: str) -> NDArray[np.float64]:
        """Mean over members, shape (time,)."""
        return np.asarray(self[item].mean(axis=1))

    def to_dataframe(self) -> pd.DataFrame:
        """Long table with the columns item, time, member, value (needs the extra `tables`)."""
        try:
            import pandas as pd
        except ImportError as missing:
            raise SetupError("pandas is not installed; install the extra: mirab[tables]") from missing
        index = pd.MultiIndex.from_product(
            [range(self.members), self.axis.starts, self.items], names=["member", "time", "item"]
        )
        return pd.DataFrame({"value": self.values().ravel()}, index=index).reset_index()

    def to_xarray(self) -> xr.DataArray:
        """DataArray with the dimensions member, time, item (needs the extra `grid`)."""
        try:
            import xarray as xr
        except ImportError as missing:
            raise SetupError("xarray is not installed; install the extra: mirab[grid]") from missing
        coords = {
            "member": range(self.members),
            "time": np.array(self.axis.starts, dtype="datetime64[D]"),
            "item": list(self.items),
        }
        attributes = {"unit": self.unit, "how": self.how}
        return xr.DataArray(
            self.values(),
            coords=coords,
            dims=("member", "time", "item"),
            name=self.quantity,
            attrs=attributes,
        )
