"""Bounded trend: yearly figures on a scale on which they cannot leave their bounds, with a damped slope.

The state space is the damped local linear trend (Harvey 1989; Gardner and McKenzie 1985 for the damping),
on the logit scale for what lies between two bounds, on the log scale above one, as it stands for a rate of
change, which gets a level only: a rate is not compounded. Gaps are steps without an update. What the filter
needs beside the figures is chosen from a small grid by the likelihood of all items of the panel together,
and the variance of an item with few figures leans on that of the others; both are ours. SLOPE_YEARS, the
spread of the first slope, was chosen of 1, 3, 10 and 30 on forecasts made up to 2014.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mirab.core.calendar import TimeAxis
from mirab.core.panel import Panel
from mirab.core.phrase import say
from mirab.warn.forecast.interface import Draws, Floats, Forecaster, Sampler

Form = Literal["logit", "log", "linear"]
SQUEEZE = 0.0025
OFFSETS = (0.01, 0.3, 3.0)
LENT_YEARS = 4.0
SLOPE_YEARS = 30.0
DIFFUSE = 1e7
LEAST_VARIANCE = 1e-6
# Share of the variance in the level, variance of the slope's change, damping of the slope.
LEVELS = tuple((share, 0.0, 0.0) for share in (0.02, 0.1, 0.3, 0.7, 1.0))
TRENDS = (*LEVELS, *product((0.1, 0.4, 0.95), (0.001, 0.01, 0.1, 1.0), (0.8, 0.9, 0.97)))
LINE_YEARS = 10


@dataclass(frozen=True)
class Scale:
    """The scale on which a quantity moves freely; `lower` and `upper` are its bounds in its unit.

    A share at its bound stays finite: it is squeezed by a quarter of a per cent. On the log scale `offset`
    is added, so that a figure of zero has a place.
    """

    form: Form
    lower: float = -np.inf
    upper: float = np.inf
    offset: float = 0.0

    def free(self, values: ArrayLike) -> Floats:
        """The values on the free scale; NaN stays NaN."""
        x: Floats = np.asarray(values, dtype=float)
        if self.form == "logit":
            part = SQUEEZE + (1 - 2 * SQUEEZE) * (x - self.lower) / (self.upper - self.lower)
            return np.asarray(np.log(part / (1 - part)), dtype=float)
        return np.asarray(np.log(x - self.lower + self.offset), dtype=float) if self.form == "log" else x

    def stretch(self, values: Floats) -> float:
        """Logarithm of how much the scale stretches the figures: what makes likelihoods comparable."""
        x = values[np.isfinite(values)] - self.lower + self.offset
        return -float(np.log(x).sum()) if self.form == "log" else 0.0

    def bound(self, free: ArrayLike) -> Floats:
        """The values in their unit, never beyond the bounds.

        >>> scale = Scale("logit", 0.0, 100.0)
        >>> scale.bound(scale.free([0.0, 37.0, 100.0])).round(9).tolist()
        [0.0, 37.0, 100.0]
        """
        z = np.asarray(free, dtype=float)
        if self.form == "logit":
            part = (1 / (1 + np.exp(-z)) - SQUEEZE) / (1 - 2 * SQUEEZE)
            z = self.lower + (self.upper - self.lower) * part
        elif self.form == "log":
            z = np.exp(np.minimum(z, 700.0)) + (self.lower - self.offset)
        return np.asarray(np.clip(z, self.lower, self.upper), dtype=float)


@dataclass(frozen=True)
class Bounds:
    """What is known of a quantity beside its figures: both bounds are limits, or one, or it is a rate."""

    lower: float | None = None
    upper: float | None = None
    closed: bool = False
    rate: bool = False

    def scales(self, values: Floats) -> list[Scale]:
        """The scales that may serve these figures; those of logs differ in what is added, in medians."""
        low = -np.inf if self.lower is None else self.lower
        high = np.inf if self.upper is None else self.upper
        if self.closed and not self.rate:
            return [Scale("logit", low, high)]
        if self.rate or self.lower is None:
            return [Scale("linear", low, high)]
        above = values[values > low] - low
        middle = float(np.median(above)) if above.size else 1.0
        return [Scale("log", low, high, part * middle) for part in OFFSETS]


@dataclass(frozen=True)
class State:
    """Filtered level and slope after the last step, for each choice and item; variances relative to sigma2.

    Arrays have shape (choice, item); `squares` sums the squared innovations, `logs` their log variances,
    `count` how many there were.
    """

    level: Floats
    slope: Floats
    p11: Floats
    p12: Floats
    p22: Floats
    squares: Floats
    logs: Floats
    count: Floats


@dataclass(frozen=True)
class Fitted:
    """The choice (share, slope, damping) that explains a panel best on one scale, with its states by item.

    `lent` is the variance that items lend each other, `likelihood` the logarithm of that of the figures.
    """

    scale: Scale
    choice: Floats
    state: State
    lent: float
    likelihood: float


def trend(bounds: Bounds) -> Forecaster:
    """The forecaster of a quantity with these bounds."""
    choices = np.array(LEVELS if bounds.rate else TRENDS)

    def learn(past: Panel) -> Sampler:
        scales = bounds.scales(past.values[np.isfinite(past.values)])
        found = [_fitted(past.values, scale, choices) for scale in scales]
        best = max(found, key=lambda one: one.likelihood)
        return lambda item, axis, draws: _sampled(best, item, axis, draws)

    title = say("a level that moves slowly") if bounds.rate else say("a damped trend within the bounds")
    return Forecaster("trend", title, learn, kinds=("year",))


def filtered(free: Floats, choices: Floats) -> State:
    """Kalman filter of the damped trend over values (item, time), for every choice (share, slope, damping).

    The first figure of an item sets its level and counts nowhere; sigma2 is 1. The state stands after the
    last step.
    """
    shape = (len(choices), len(free))
    noise, begun = 1.0 - choices[:, :1], np.zeros(len(free), dtype=bool)
    level, slope, squares, logs, count = np.zeros((5, *shape))
    p11, p12, p22 = np.full(shape, DIFFUSE), np.zeros(shape), SLOPE_YEARS * choices[:, 1:2] + np.zeros(shape)
    for step, y in enumerate(free.T):
        if step:
            level, slope = level + slope, choices[:, 2:] * slope
            p11, p12, p22 = _onward((p11, p12, p22), choices, begun)
        there = np.isfinite(y)
        f, v, counts = p11 + noise, np.where(there, y - level, 0.0), there & begun
        squares, logs, count = squares + counts * v * v / f, logs + counts * np.log(f), count + counts
        k1, k2 = there * p11 / f, there * p12 / f
        level, slope = level + k1 * v, slope + k2 * v
        p11, p12, p22 = p11 * (1 - k1), p12 * (1 - k1), p22 - k2 * p12
        begun |= there
    return State(level, slope, p11, p12, p22, squares, logs, count)


def _onward(
    variance: tuple[Floats, Floats, Floats], choices: Floats, begun: NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats]:
    """Variance of level, both, and slope one step on; an item that has not begun stays diffuse."""
    share, change, damping = (choices[:, i : i + 1] for i in range(3))
    p11, p12, p22 = variance
    one, two, three = p11 + 2 * p12 + p22 + share, damping * (p12 + p22), damping**2 * p22 + change
    return np.where(begun, one, p11), np.where(begun, two, p12), np.where(begun, three, p22)


def _fitted(values: Floats, scale: Scale, choices: Floats) -> Fitted:
    free = scale.free(values)
    state = filtered(free, choices)
    lent = _lent(state)
    likelihood = _likelihood(state, lent) + scale.stretch(values)
    best = int(np.argmax(likelihood))
    own = State(*(part[best] for part in vars(state).values()))
    return Fitted(scale, choices[best], own, float(lent[best]), float(likelihood[best]))


def _lent(state: State) -> Floats:
    """The variance that items lend each other, by choice: the median of what their figures say."""
    seen = state.count[0] > 0
    if not seen.any():
        return np.ones(len(state.count))
    own = np.median(state.squares[:, seen] / state.count[:, seen], axis=1)
    return np.maximum(own, LEAST_VARIANCE)


def _likelihood(state: State, lent: Floats) -> Floats:
    """Log-likelihood of each choice, all items together, the variance of each integrated out."""
    years, known = LENT_YEARS + state.count, LENT_YEARS * lent[:, None]
    terms = 0.5 * LENT_YEARS * np.log(known) - 0.5 * years * np.log(known + state.squares) - 0.5 * state.logs
    return np.asarray(terms.sum(axis=1))


def _sampled(fitted: Fitted, item: int, axis: TimeAxis, draws: Draws) -> Floats:
    """Members (member, step) of one item; NaN where it has no figure at all."""
    state, lent = fitted.state, fitted.lent
    if state.p11[item] >= DIFFUSE:
        return np.full((draws.members, len(axis)), np.nan)
    share, change, damping = fitted.choice
    years = LENT_YEARS + state.count[item]
    chances = draws.stream("variance").chisquare(years, draws.members)
    sigma = np.sqrt((LENT_YEARS * lent + state.squares[item]) / chances)
    normal = draws.stream("shock").standard_normal((draws.members, len(axis) + 1, 3))
    shocks = normal.transpose(1, 2, 0) * sigma
    root = np.sqrt(state.p11[item])
    tilt = state.p12[item] / root if root > 0 else 0.0
    level = state.level[item] + root * shocks[0, 0]
    slope = state.slope[item] + tilt * shocks[0, 0]
    slope = slope + np.sqrt(max(state.p22[item] - tilt**2, 0.0)) * shocks[0, 1]
    found = np.empty((draws.members, len(axis)))
    for step in range(len(axis)):
        level = level + slope + np.sqrt(share) * shocks[step + 1, 0]
        slope = damping * slope + np.sqrt(change) * shocks[step + 1, 1]
        found[:, step] = level + np.sqrt(1 - share) * shocks[step + 1, 2]
    return fitted.scale.bound(found)


def learn_line(past: Panel) -> Sampler:
    """A straight line through the figures of the last LINE_YEARS years, with the spread of its residuals.

    What progress reports draw. It knows no bounds. An item with fewer than three figures keeps its last.
    """

    def sample(item: int, axis: TimeAxis, draws: Draws) -> Floats:
        own = past.values[item]
        steps = np.flatnonzero(np.isfinite(own))
        if not len(steps):
            return np.full((draws.members, len(axis)), np.nan)
        steps = steps[steps > steps[-1] - LINE_YEARS]
        if len(steps) < 3:
            return np.full((draws.members, len(axis)), own[steps[-1]])
        slope, level = np.polyfit(steps, own[steps], 1)
        residual = own[steps] - (level + slope * steps)
        spread = np.sqrt((residual**2).sum() / (len(steps) - 2))
        ahead = level + slope * (len(own) + np.arange(len(axis)))
        return np.asarray(
            ahead + spread * draws.stream("residual").standard_normal((draws.members, len(axis)))
        )

    return sample


LINE = Forecaster("line", say("a straight line through the last ten years"), learn_line, baseline=True)
