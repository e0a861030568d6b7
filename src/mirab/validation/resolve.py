"""Joint solutions against published figures: games whose shares are printed, and studies of the rivers.

GAMES are worked to the digit and are musts; RIVERS (`joint/`) stand beside studies whose models and data are
not ours, and are aims. A new check is a function that returns Findings, and its name in one of the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, pairwise, permutations

import numpy as np
from numpy.typing import NDArray

from mirab.resolve.game import Game
from mirab.resolve.nucleolus import membership, nucleoli
from mirab.resolve.sharing import Shares, gately, least_core, nucleolus, shapley, tau
from mirab.resolve.stability import propensity, stability
from mirab.validation.harness import Finding, Kind, Verdict
from mirab.validation.joint import accord, diversion, rogun, trade
from mirab.validation.joint.published import figure

Floats = NDArray[np.float64]
TITLE = "Resolve: shares, stability and joint solutions"
NAMES = ("A", "B", "C", "D", "E", "F")
SIX = "MatTuGames 1.9, Getting Started: bankruptcy game of 176 and claims 40, 32, 11, 73.3, 54.95, 81.1"
TALMUD = "Aumann and Maschler 1985"
LEMAIRE = "Lemaire 1991 (game: R package GameTheory; its answers second-hand)"
GATELY = "Gately 1974 (as in R package CoopGame 0.2.2, gatelyValue)"
PELEG = "Peleg and Sudhölter 2007, example 5.5.12 (as in R package CoopGame 0.2.2)"
STACH = "Stach 2011 (as in R package CoopGame 0.2.2, tauValue)"
COOPGAME = "R package CoopGame 0.2.2, nucleolus"
BY_HAND = "worked by hand"


def findings() -> Sequence[Finding]:
    """What each of CHECKS finds, in their order."""
    return [finding for check in CHECKS for finding in check()]


def claims_on(estate: float, claims: Sequence[float]) -> Game:
    """The game of those who claim parts of an estate: what the claims of the others leave (O'Neill 1982)."""
    left = estate - (1.0 - membership(len(claims))) @ np.array(claims)
    return Game(NAMES[: len(claims)], np.maximum(left, 0.0)[None, :])


def by_size(states: int, values: Sequence[float]) -> Game:
    """A game from its values as handbooks print them: one state, two, ..., each in alphabetical order."""
    table = np.zeros((1, 1 << states))
    coalitions = (chosen for size in range(states) for chosen in combinations(range(states), size + 1))
    for chosen, value in zip(coalitions, values, strict=True):
        table[0, sum(1 << i for i in chosen)] = value
    return Game(NAMES[:states], table)


def _printed(what: str, expected: Sequence[float], shares: Floats, digits: int, source: str) -> Finding:
    """Shares beside those that are printed with so many decimals: they hold if they round to the same."""
    gap = np.abs(shares - np.array(expected)).max()
    verdict = Verdict.of(bool(gap <= 0.5001 * 10.0**-digits))
    told, ours = (", ".join(f"{value:.{digits}f}" for value in values) for values in (expected, shares))
    return Finding(what, told, ours, verdict, Kind.MUST, "", source, f"to {digits} decimals")


def _of(rule: Callable[[Game], Shares], game: Game) -> Floats:
    return np.asarray(rule(game).amounts[0])


def _six_claims() -> Iterator[Finding]:
    game = claims_on(176.0, (40.0, 32.0, 11.0, 73.3, 54.95, 81.1))
    values = (23.5175, 18.7483, 6.4950, 44.3008, 33.3317, 49.6067)
    yield _printed("six claims on 176: Shapley value", values, _of(shapley, game), 4, SIX)
    values = (24.0807, 19.2646, 6.6222, 44.1279, 33.0809, 48.8237)
    yield _printed("six claims on 176: tau value", values, _of(tau, game), 4, SIX)
    values = (20.0, 16.0, 5.5, 48.35, 30.0, 56.15)
    yield _printed("six claims on 176: nucleolus", values, _of(nucleolus, game), 2, SIX)


def _talmud() -> Iterator[Finding]:
    claims = (100.0, 200.0, 300.0)
    third = 100.0 / 3.0
    divided = {100.0: (third, third, third), 200.0: (50.0, 75.0, 75.0), 300.0: (50.0, 100.0, 150.0)}
    for estate, values in divided.items():
        what = f"claims of 100, 200 and 300 on {estate:.0f}: nucleolus"
        yield _printed(what, values, _of(nucleolus, claims_on(estate, claims)), 4, TALMUD)


def _handbooks() -> Iterator[Finding]:
    game = by_size(3, (46125.0, 17437.5, 5812.5, 69187.5, 53812.5, 30750.0, 90000.0))
    values = (51750.0, 25875.0, 12375.0)
    yield _printed("three investors: Shapley value", values, _of(shapley, game), 2, LEMAIRE)
    values = (52687.5, 24468.75, 12843.75)
    yield _printed("three investors: nucleolus", values, _of(nucleolus, game), 2, LEMAIRE)
    game = by_size(3, (0.0, 0.0, 0.0, 1170.0, 770.0, 210.0, 1530.0))
    values = (827.7049, 476.5574, 225.7377)
    yield _printed("power plants of three regions: Gately point", values, _of(gately, game), 4, GATELY)
    game = by_size(3, (0.0, 0.0, 0.0, 1.0, 2.0, 1.0, 3.0))
    yield _printed("three players: tau value", (1.2, 0.6, 1.2), _of(tau, game), 1, STACH)
    game = by_size(4, (0, 0, 0, 0, 5, 5, 8, 9, 10, 8, 13, 15, 16, 17, 21))
    yield _printed("four players: nucleolus", (3.5, 4.5, 5.5, 7.5), _of(nucleolus, game), 1, COOPGAME)
    # A least share that is far below binds nobody: the pre-nucleolus.
    free = nucleoli(by_size(3, (0, 0, 0, 10, 0, 0, 2)).values, np.full((1, 3), -100.0))[0]
    yield _printed("a game without a core: pre-nucleolus", (3.0, 3.0, -4.0), free, 1, PELEG)


def _stability() -> Iterator[Finding]:
    """Two of three rivals reach all that three reach; then the propensities of a small game."""
    rivals = by_size(3, (0, 0, 0, 1, 1, 1, 1))
    known = stability(rivals, shapley(rivals))
    core = "none" if known is None or known.core == 0.0 else "one"
    what = "three rivals of whom two suffice: core"
    yield Finding(what, "none", core, Verdict.of(core == "none"), Kind.MUST, "", BY_HAND)
    excess = least_core(rivals)
    yield _printed("three rivals of whom two suffice: least core", (1.0 / 3.0,), excess, 6, BY_HAND)
    game = by_size(3, (0, 0, 0, 4, 0, 3, 6))
    given = Shares("2, 3, 1", game.states, np.array([[2.0, 3.0, 1.0]]))
    what = "propensity to disrupt 2, 3, 1 of 6, where pairs reach 4, 0 and 3"
    yield _printed(what, (0.5, 1.0, 1.0), propensity(game, given)[0], 6, BY_HAND)


def _in_every_order() -> Iterator[Finding]:
    """The Shapley value beside what each adds on joining, one order after the other."""
    game = Game(NAMES, np.random.default_rng(1985).normal(size=(5, 64)))
    mean = np.zeros((5, 6))
    orders = list(permutations(range(6)))
    for order in orders:
        masks = [sum(1 << i for i in order[:count]) for count in range(7)]
        for state, (before, after) in zip(order, pairwise(masks), strict=True):
            mean[:, state] += (game.values[:, after] - game.values[:, before]) / len(orders)
    gap = float(np.abs(shapley(game).amounts - mean).max())
    what = "Shapley value of random games of six: largest difference from the mean over 720 orders"
    verdict = Verdict.of(gap <= 1e-12)
    yield Finding(what, "at most 1e-12", f"{gap:.0e}", verdict, Kind.MUST, "", "definition: Shapley 1953")


def _not_tests() -> Iterator[Finding]:
    """Published figures that are often quoted and test nothing here."""
    cases = (
        (
            "jalilov_2011",
            "agricultural_loss",
            "loss of a future summer shortage in Uzbekistan",
            "a loss of output, GDP and jobs by a model of the economy under a shortage of its own; values of "
            "water here give neither",
        ),
        (
            "world_bank_2004",
            "net_benefit",
            "net benefit of irrigation instead of power mode of Toktogul",
            "the figures are recalled and were not read in the report",
        ),
    )
    for study, measure, what, why in cases:
        published = figure(study, measure)
        verdict, unit = Verdict.CANNOT_BE_CHECKED, published.unit
        yield Finding(what, published.words, None, verdict, Kind.AIM, unit, published.source, why)


Check = Callable[[], Iterator[Finding]]
GAMES: tuple[Check, ...] = (_six_claims, _talmud, _handbooks, _stability, _in_every_order)
RIVERS: tuple[Check, ...] = (
    diversion.findings,
    accord.findings,
    trade.findings,
    rogun.findings,
    _not_tests,
)
CHECKS: tuple[Check, ...] = (*GAMES, *RIVERS)
