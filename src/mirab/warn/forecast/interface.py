"""What all forecasters share: fit on a panel up to a date, then sample members of the steps that follow.

A method never sees the panel that the user has, only its part up to the date, so that it cannot leak.
Its randomness is keyed by seed, quantity, item and purpose: another item or more members leave a member as
it was, as in `warn/drivers`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis, steps
from mirab.core.ensemble import Ensemble, to_lanes
from mirab.core.errors import InputError, Problem
from mirab.core.panel import Panel
from mirab.core.phrase import say

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Draws:
    """What a sampler draws from, for one item: a stream of random numbers for each purpose.

    `members` is how many members are asked for. The streams of two items or purposes are independent.
    """

    seed: int
    quantity: str
    item: str
    members: int

    def stream(self, purpose: str) -> np.random.Generator:
        """Generator of this item and purpose, from its start (Philox, keyed by a digest)."""
        text = f"{self.seed}|{self.quantity}|{self.item}|{purpose}"
        digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
        return np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "little")))


Sampler = Callable[[int, TimeAxis, Draws], Floats]
"""Values (member, time) of item number i on the steps ahead."""
Learn = Callable[[Panel], Sampler]


@dataclass(frozen=True)
class Forecaster:
    """A named method: `learn` gets a panel that ends before what is asked, and gives its sampler.

    `title` says in words what it does, as the page prints it. `baseline` marks methods that others must beat
    before they may claim skill (§11). `kinds` are the steps for which it makes sense (all, where empty).
    """

    name: str
    title: str
    learn: Learn
    baseline: bool = False
    kinds: tuple[str, ...] = ()

    def fit(self, panel: Panel, until: date) -> Fitted:
        """Fit on the steps that were over by `until`; later ones are cut off before the method sees any.

        Raises InputError where no step was over, or where the method does not know such steps.
        """
        if self.kinds and panel.axis.kind not in self.kinds:
            fix = f"it takes a series by {' or '.join(self.kinds)}"
            wrong = Problem(f"forecaster {self.name}", f"does not take a series by {panel.axis.kind}", fix)
            raise InputError(f"forecast of {panel.quantity}", [wrong])
        past = panel.until(until)
        return Fitted(self, past, self.learn(past))


@dataclass(frozen=True)
class Fitted:
    """A method fitted on `past`, the panel as it stood on the date."""

    forecaster: Forecaster
    past: Panel
    sampler: Sampler

    def sample(self, horizon: int, members: int, seed: int) -> Ensemble:
        """Members of the `horizon` steps after the past, as an Ensemble of the panel's quantity.

        The same seed gives the same members, however many are asked for beside them. Raises InputError for
        fewer than one step.
        """
        if horizon < 1:
            problem = Problem("horizon", f"is {horizon}", "give one step or more")
            raise InputError(f"forecast of {self.past.quantity}", [problem])
        past, axis = self.past, ahead(self.past.axis, horizon)
        values = np.empty((members, horizon, len(past.items)))
        for i, item in enumerate(past.items):
            values[:, :, i] = self.sampler(i, axis, Draws(seed, past.quantity, item, members))
        how = say(
            "{method}, from figures up to {day}, seed {seed}",
            method=self.forecaster.title,
            day=past.axis.end,
            seed=str(seed),
        )
        return Ensemble(
            past.quantity,
            past.unit,
            past.items,
            axis,
            members,
            to_lanes(values),
            past.states,
            how,
            seed,
            past.evidence,
        )


def ahead(axis: TimeAxis, horizon: int) -> TimeAxis:
    """The `horizon` steps that follow an axis."""
    return steps(axis.end, horizon, axis.kind)
