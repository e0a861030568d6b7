"""Ensemble: one uncertain quantity over items, time and members, around the kernel's own array.

The array has the layout (block, time, item, lane): member m is lane m % LANES of block m // LANES. It is
never transposed as a whole; readers ask for one item at a time. Lanes beyond the last member repeat it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis
from mirab.core.errors import InputError, NotKeptError, Problem, SetupError, UnknownNameError
from mirab.core.marking import Marking
from mirab.core.records import Evidence

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

LANES = 8
READ = 1024


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
    the seed that draws it again; `issued` is the day on which others made it, such as a forecast. `reduced`
    are items of which a run kept no members. The lanes may be float32; what is read from them is float64.
    """

    quantity: str
    unit: str
    items: tuple[str, ...]
    axis: TimeAxis
    members: int
    lanes: NDArray[Any]
    states: tuple[tuple[str, ...], ...] = ()
    how: str = ""
    seed: int | None = None
    evidence: tuple[Evidence, ...] = field(default=(), repr=False)
    reduced: tuple[str, ...] = field(default=(), repr=False)
    issued: date | None = None
    marking: Marking = Marking.PUBLIC

    def __post_init__(self) -> None:
        if self.members < 1:
            problem = Problem("members", "there are none", "give one or more")
            raise InputError(f"ensemble {self.quantity}", [problem])
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
        """Number of an item; NotKeptError for a reduced one, UnknownNameError for one that is not there."""
        if item in self.reduced:
            raise NotKeptError(self.quantity, item)
        if item not in self.items:
            raise UnknownNameError(f"item of {self.quantity}", item, self.items)
        return self.items.index(item)

    def __getitem__(self, item: str) -> NDArray[np.float64]:
        """Values of one item, shape (time, member)."""
        chosen = self.lanes[:, :, self.position(item), :]
        values = chosen.transpose(1, 0, 2).reshape(len(self.axis), -1)[:, : self.members]
        return values.astype(np.float64, copy=False)

    def part(self, first: int, last: int) -> Ensemble:
        """Members first to last - 1 without a copy; `first` is a multiple of READ.

        The lanes beyond the last one are those of the members that follow. Raises InputError for another
        range.
        """
        _check_range(self, first, last)
        lanes = self.lanes[first // LANES : -(-last // LANES)]
        return replace(self, members=last - first, lanes=lanes)

    def of_members(self, members: Sequence[int] | NDArray[np.intp]) -> Ensemble:
        """The same ensemble with these members only, in this order."""
        numbers = np.asarray(members, dtype=np.intp)
        padded = np.concatenate([numbers, np.repeat(numbers[-1:], -len(numbers) % LANES)])
        block, lane = padded.reshape(-1, LANES) // LANES, padded.reshape(-1, LANES) % LANES
        chosen = self.lanes[block, :, :, lane].transpose(0, 2, 3, 1)
        return replace(self, members=len(numbers), lanes=np.ascontiguousarray(chosen))

    def values(self) -> NDArray[np.float64]:
        """A copy of all values, shape (member, time, item)."""
        blocks, steps, items, lanes = self.lanes.shape
        flat = self.lanes.transpose(0, 3, 1, 2).reshape(blocks * lanes, steps, items)
        return flat[: self.members].astype(np.float64)

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


@dataclass(frozen=True)
class Ranged:
    """Members of one quantity that are made range by range, so that they never stand in memory together.

    `make(first, last)` gives members first to last - 1 as an Ensemble with these labels; `first` is a
    multiple of READ, and a member is the same whatever range it is made in. It must pickle, for a cluster.
    """

    quantity: str
    unit: str
    items: tuple[str, ...]
    axis: TimeAxis
    members: int
    make: Callable[[int, int], Ensemble]
    states: tuple[tuple[str, ...], ...] = ()
    how: str = ""
    seed: int | None = None
    evidence: tuple[Evidence, ...] = field(default=(), repr=False)

    def part(self, first: int, last: int) -> Ensemble:
        """Members first to last - 1, made anew; `first` is a multiple of READ, else InputError."""
        _check_range(self, first, last)
        return self.make(first, last)

    def changed(self, change: Callable[[Ensemble], Ensemble]) -> Ranged:
        """The same source with `change` applied to each range; its labels must stay."""
        return replace(self, make=partial(_changed, self.make, change))

    def select(self, items: Sequence[str]) -> Ranged:
        """The same source with these items only, in this order."""
        chosen = partial(Ensemble.select, items=tuple(items))
        states = tuple(self.states[self.items.index(item)] for item in items) if self.states else ()
        return replace(self.changed(chosen), items=tuple(items), states=states)

    def steps(self, first: int, last: int) -> Ranged:
        """The same source on steps first to last - 1."""
        axis = TimeAxis(self.axis.kind, self.axis.starts[first:last])
        return replace(self.changed(partial(Ensemble.steps, first=first, last=last)), axis=axis)


Members: TypeAlias = Ensemble | Ranged
"""What is read by ranges of members that start at multiples of READ."""


def one_member(source: Members, member: int) -> Ensemble:
    """One member of a source as an Ensemble of its own."""
    first = member // READ * READ
    part = source.part(first, member + 1)
    block, lane = divmod(member - first, LANES)
    values = part.lanes[block, :, :, lane].astype(np.float64)
    return replace(part, members=1, lanes=to_lanes(values[None]))


def _changed(
    make: Callable[[int, int], Ensemble], change: Callable[[Ensemble], Ensemble], first: int, last: int
) -> Ensemble:
    return change(make(first, last))


def _check_range(source: Members, first: int, last: int) -> None:
    if first % READ or not 0 <= first < last <= source.members:
        fix = f"start at a multiple of {READ} and end by {source.members}"
        raise InputError(f"members of {source.quantity}", [Problem("range", f"is {first} to {last}", fix)])
