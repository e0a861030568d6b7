"""Mathematics of trade and integration: shares by counting rule, trade costs, weights, gravity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mirab.core.errors import InputError, Problem, SolutionError

Floats = NDArray[np.float64]
Counting = Literal["one way", "both ways"]
ELASTICITY = 8.0
STEPS = 100
SETTLED = 1e-10
LARGEST_EXPONENT = 700.0


def intra_share(flows: ArrayLike, members: ArrayLike, *, counting: Counting) -> float:
    """Share of the trade of some states that stays among them, 0 to 1.

    `flows[i, j]` is what i exports to j, in any one unit, the diagonal left out; `members` marks the states.
    One way divides exports among the members by all their exports; both ways divides exports and imports
    among them by all their exports and imports. The two differ wherever the members' trade with others is
    not balanced, so a share says how it counts. Definition: as in ADB's integration indicators.

    >>> flows = [[0, 2, 8], [4, 0, 6], [5, 5, 0]]
    >>> intra_share(flows, [True, True, False], counting="one way")
    0.3
    >>> intra_share(flows, [True, True, False], counting="both ways")
    0.3333333333333333
    """
    x, inside = np.asarray(flows, dtype=float), np.asarray(members, dtype=bool)
    if x.shape != (len(inside), len(inside)):
        fix = f"give {len(inside)} rows and columns, one for each state"
        raise InputError("trade share", [Problem("flows", f"has shape {x.shape}", fix)])
    off = np.where(np.eye(len(x), dtype=bool), 0.0, x)
    among = float(off[np.ix_(inside, inside)].sum())
    exports, imports = float(off[inside].sum()), float(off[:, inside].sum())
    whole = exports if counting == "one way" else (exports + imports) / 2.0
    return among / whole if whole > 0 else float("nan")


def trade_cost(
    own_i: ArrayLike,
    own_j: ArrayLike,
    i_to_j: ArrayLike,
    j_to_i: ArrayLike,
    *,
    elasticity: float = ELASTICITY,
) -> Floats:
    """Trade cost between two states as a tariff equivalent (0.5 is 50 %), from domestic and mutual trade.

    t = (x_ii x_jj / (x_ij x_ji))^(1 / (2 (s - 1))) - 1, all flows in one unit; `elasticity` is the
    elasticity of substitution s, 8 in the ESCAP-World Bank set. NaN where a flow is zero or absent. Source:
    Novy (2013), Gravity redux: measuring international trade costs with panel data, Economic Inquiry 51(1).

    >>> float(trade_cost(100.0, 100.0, 1.0, 1.0, elasticity=2.0))
    99.0
    """
    flows = (own_i, own_j, i_to_j, j_to_i)
    parts = np.broadcast_arrays(*(np.asarray(part, dtype=float) for part in flows))
    known = np.logical_and.reduce([part > 0 for part in parts])
    a, b, c, d = (np.where(known, part, 1.0) for part in parts)
    cost = (a * b / (c * d)) ** (1.0 / (2.0 * (elasticity - 1.0))) - 1.0
    return np.asarray(np.where(known, cost, np.nan), dtype=float)


def scaled(values: ArrayLike) -> Floats:
    """Values of one indicator between its least (0) and greatest (1) over all states and years; NaN stays."""
    x = np.asarray(values, dtype=float)
    low, high = np.nanmin(x), np.nanmax(x)
    return np.asarray((x - low) / (high - low) if high > low else np.where(np.isnan(x), np.nan, 0.0))


def component_weights(columns: ArrayLike) -> Floats:
    """Weights of columns (case, column) that sum to 1: squared loadings of their first principal component.

    Cases with an absent value are left out. Source: the two-step weighting of ADB's ARCII (Huh and Park
    2018, Asia-Pacific Regional Integration Index, ADB working paper 511), first component only (ours).

    >>> component_weights([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]).round(3).tolist()
    [0.5, 0.5]
    """
    x = np.asarray(columns, dtype=float)
    whole = x[np.isfinite(x).all(axis=1)]
    if len(whole) < 2:
        problem = Problem("columns", f"have {len(whole)} whole cases", "give two cases or more without a gap")
        raise InputError("weights", [problem])
    spread = whole.std(axis=0)
    if (spread == 0).any():
        same = int(np.flatnonzero(spread == 0)[0])
        raise InputError("weights", [Problem(f"column {same}", "is the same in every case", "leave it out")])
    standard = (whole - whole.mean(axis=0)) / spread
    values, vectors = np.linalg.eigh(standard.T @ standard / len(standard))
    return np.asarray(vectors[:, int(np.argmax(values))] ** 2, dtype=float)


@dataclass(frozen=True)
class Gravity:
    """Coefficients of a gravity estimate with standard errors that allow any variance, in column order."""

    coefficients: Floats
    errors: Floats
    fitted: Floats


def gravity(flows: ArrayLike, columns: ArrayLike) -> Gravity:
    """Poisson pseudo-maximum likelihood: E[flow] = exp(columns @ coefficients), zero flows kept.

    `flows` (pair,) are 0 or more in any unit, `columns` (pair, column) hold logarithms and flags, a
    constant among them. Iterated weighted least squares; errors by the sandwich (HC0). Source: Santos Silva
    and Tenreyro (2006), The log of gravity, Review of Economics and Statistics 88(4). Raises InputError for
    a negative or absent flow or columns that depend on each other, SolutionError where it does not settle.
    """
    y, x = np.asarray(flows, dtype=float), np.asarray(columns, dtype=float)
    problems = []
    if not (np.isfinite(y).all() and np.isfinite(x).all() and (y >= 0).all()):
        problems.append(Problem("flows, columns", "hold a negative or absent value", "leave such pairs out"))
    elif np.linalg.matrix_rank(x) < x.shape[1]:
        problems.append(Problem("columns", "depend on each other", "leave one of them out"))
    if problems:
        raise InputError("gravity", problems)
    mean = (y + y.mean()) / 2.0
    eta, deviance = np.log(mean), np.inf
    for _ in range(STEPS):
        working = eta + (y - mean) / mean
        weighted = x * mean[:, None]
        beta = np.linalg.solve(x.T @ weighted, weighted.T @ working)
        eta = np.clip(x @ beta, -LARGEST_EXPONENT, LARGEST_EXPONENT)
        mean = np.exp(eta)
        before, deviance = deviance, _deviance(y, mean)
        if abs(before - deviance) <= SETTLED * (abs(deviance) + SETTLED):
            return Gravity(beta, _sandwich(x, y, mean), mean)
    raise SolutionError(
        f"gravity does not settle in {STEPS} steps; look for a flag that only zero flows carry"
    )


def _deviance(y: Floats, mean: Floats) -> float:
    ratio = np.where(y > 0, y, 1.0) / mean
    return float(2.0 * (np.where(y > 0, y * np.log(ratio), 0.0) - (y - mean)).sum())


def _sandwich(x: Floats, y: Floats, mean: Floats) -> Floats:
    bread = np.linalg.inv(x.T @ (x * mean[:, None]))
    residual = x * (y - mean)[:, None]
    return np.asarray(np.sqrt(np.diag(bread @ (residual.T @ residual) @ bread)), dtype=float)


def worth_of_shorter(elasticity: float, cut: float) -> float:
    """Relative change of a flow when distance or time falls by the fraction `cut`, by a gravity elasticity.

    (1 - cut)^elasticity - 1: a partial effect, nothing else adjusts.

    >>> round(worth_of_shorter(-0.8, 0.10), 4)
    0.0879
    """
    return float((1.0 - cut) ** elasticity - 1.0)
