"""The Syr Darya with all states together beside Teasley and McKinney 2011, as far as their result is open.

What can be read freely has no values of coalitions; compared is what they conclude: every state gains, the
Shapley value is the least prone to disruption, Kyrgyzstan the likeliest to leave without compensation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from mirab.core.flow import system
from mirab.resolve.coalition import Coalitions, coalitions
from mirab.resolve.cooperation import systems
from mirab.resolve.game import Game
from mirab.resolve.sharing import RULES
from mirab.resolve.stability import propensity
from mirab.validation.harness import Finding, Kind, Verdict
from mirab.validation.joint.year import (
    ENDS,
    MEMBERS,
    MIDDLE,
    UNDECIDED,
    At,
    outlook,
    over_values,
    pack,
    prices,
)

Floats = NDArray[np.float64]
SOURCE = "Teasley and McKinney 2011, abstract (published)"
COMPARED = ("shapley", "nucleolus", "nash", "equal", "proportional")
"""The rules that they compare; nash is an equal part of the surplus, equal one of the total."""
PLACES: tuple[At, ...] = (MIDDLE, *ENDS.values())
PERIMETER = f"Syr Darya with its tributaries, one water year from October 2023, {MEMBERS} members"


def findings() -> Iterator[Finding]:
    """Gains of all states together, before and after sharing, and which sharing lasts."""
    yield _before()
    for rule in ("shapley", "nucleolus"):
        yield _after(rule)
    yield _operated()
    yield _most_stable()
    yield _likeliest_to_leave()


def _before() -> Finding:
    holds = [bool((_moved(at).mean(axis=0) > 0.0).all()) for at in PLACES]
    least = float((_moved(MIDDLE).min(axis=1) > 0.0).mean())
    remark = (
        f"{PERIMETER}; mean gain with foresight over no cooperation, before anything is handed over (the "
        f"abstract does not say whether before or after); all gain in {least:.0%} of members; "
        f"{_at_ends(lambda at: _by_state(_moved(at)))}"
    )
    what = "all states of the Syr Darya together: gain before sharing"
    return _gain(what, _moved(MIDDLE), holds, remark)


def _after(rule: str) -> Finding:
    least = [float(_shared(rule, at).min()) for at in PLACES]
    remark = (
        f"{PERIMETER}; mean gain with foresight over what each reaches alone; holds where it is above 0 for "
        f"every state in every member: the least is {least[0] / 1e6:.2f} million USD; "
        f"{_at_ends(lambda at: _by_state(_shared(rule, at)))}"
    )
    what = f"all states of the Syr Darya together: gain after sharing, {rule}"
    return _gain(what, _shared(rule, MIDDLE), [gain > 0.0 for gain in least], remark)


def _operated() -> Finding:
    gains = {at: found(at).operated - found(at).reference for at in PLACES}
    remark = (
        f"{PERIMETER}; adopted: {found(MIDDLE).plans[found(MIDDLE).states]}; without foresight states may "
        "only reorder their claims and shift release rules (our definition), and no such plan brings the "
        "group more on average"
    )
    what = "all states of the Syr Darya together: gain without foresight"
    holds = [bool((one.mean(axis=0) > 0.0).all()) for one in gains.values()]
    return _gain(what, gains[MIDDLE], holds, remark)


def _gain(what: str, usd: Floats, holds: Sequence[bool], remark: str) -> Finding:
    verdict = over_values(holds)
    told = f"{remark}; {UNDECIDED}" if verdict is Verdict.CANNOT_BE_CHECKED else remark
    ours, unit = _by_state(usd), "million USD"
    return Finding(what, "every state gains", ours, verdict, Kind.AIM, unit, SOURCE, told)


def _most_stable() -> Finding:
    worst = {at: _worst(found(at).foresight) for at in PLACES}
    remark = (
        f"{PERIMETER}; largest propensity to disrupt of any state, median over members; the rule of Gately, "
        f"made to level it, is not among theirs; {_at_ends(lambda at: _ranked(worst[at]))}"
    )
    verdict = over_values([min(one, key=lambda rule: one[rule]) == "shapley" for one in worst.values()])
    what = "all states of the Syr Darya together: rule that is least prone to disruption"
    return Finding(what, "shapley", _ranked(worst[MIDDLE]), verdict, Kind.AIM, "", SOURCE, remark)


def _likeliest_to_leave() -> Finding:
    change = {at: found(at).foreseen - found(at).foresight.normalised().alone for at in PLACES}
    least = [found(at).states[int(usd.mean(axis=0).argmin())] for at, usd in change.items()]
    game = found(MIDDLE).foresight.normalised()
    given = propensity(game, RULES["shapley"](game)).mean(axis=0)
    remark = (
        f"{PERIMETER}; least mean change from what a state reaches alone, before anything is handed over, "
        f"million USD: {_by_state(change[MIDDLE])}; {_at_ends(lambda at: _by_state(change[at]))}; by the "
        f"Shapley value {found(MIDDLE).states[int(given.argmax())]} has the largest propensity to disrupt"
    )
    verdict = over_values([state == "KGZ" for state in least])
    if verdict is Verdict.CANNOT_BE_CHECKED:
        remark += f"; {UNDECIDED}"
    what = "all states of the Syr Darya together: likeliest to leave without compensation"
    return Finding(what, "KGZ", least[0], verdict, Kind.AIM, "", SOURCE, remark)


@cache
def found(at: At) -> Coalitions:
    """The games of the Syr Darya at a place in the ranges of values of water and of power (0 low, 1 high)."""
    run = outlook()
    rows = pack().region.rows("water/nodes")
    rivers = {row["node_id"]: row["river"] or "" for row in rows if row["node_id"] in pack().net.nodes}
    nodes = systems(pack().net, rivers)["syr-darya"]
    model, inflow, start = system.separated(run.model, run.inflow, run.start, nodes)
    return coalitions(model, inflow, prices(model.network).at(*at), start=start, processes=1)


def _moved(at: At) -> Floats:
    return found(at).foreseen - found(at).reference


def _shared(rule: str, at: At) -> Floats:
    """Gain of each state over what it reaches alone, USD by member and state."""
    game = found(at).foresight.normalised()
    return np.asarray(RULES[rule](game).amounts - game.alone)


def _at_ends(told: Callable[[At], str]) -> str:
    return "; ".join(f"{name}: {told(at)}" for name, at in ENDS.items())


def _by_state(usd: Floats) -> str:
    """Mean over members in million USD, state by state."""
    means = usd.mean(axis=0) / 1e6
    return ", ".join(f"{s} {m:+.1f}" for s, m in zip(found(MIDDLE).states, means, strict=True))


def _worst(game: Game) -> Mapping[str, float]:
    """Largest propensity to disrupt of any state by rule, median over members."""
    whole = game.normalised()
    worst = {rule: propensity(whole, RULES[rule](whole)).max(axis=1) for rule in COMPARED}
    return {rule: float(np.median(values)) for rule, values in worst.items()}


def _ranked(worst: Mapping[str, float]) -> str:
    return ", ".join(f"{rule} {worst[rule]:.2f}" for rule in sorted(worst, key=lambda one: worst[one]))
