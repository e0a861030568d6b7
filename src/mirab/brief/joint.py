"""Joint steps for the terminal: which step helps against which threat, and what one does to each state."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from mirab.brief.figures import Figures
from mirab.brief.words import load
from mirab.core.carriage_gain import CarriageGain
from mirab.core.plain import to_dict
from mirab.core.records import Change, Option, StateEffect, Threat, ThreatEffect

if TYPE_CHECKING:
    from rich.console import Console


MOST = 5
Names = Mapping[str, str]
Triple = tuple[float, float, float]


class Write(Protocol):
    """Prints a line in a style."""

    def __call__(self, text: str, style: str = "") -> None:
        """Print the text, its wrapped lines under its first word."""
        ...


def largest_fall(option: Option) -> float:
    """How far the probability of the threat that it helps most falls, below 0; 0 where it helps none."""
    return min((effect.after - effect.before for effect in option.threats if effect.helps), default=0.0)


def show(
    threats: Sequence[Threat], options: Sequence[Option], names: Names, console: Console | None = None
) -> None:
    """Print for each threat the steps that make it less likely, the most effective first."""
    write, say = _writer(console), Figures(load(), names)
    known = {option.id: option for option in options}
    for threat in threats:
        write(f"\n{threat.title}", "bold")
        write(threat.id, "dim")
        helpful = [known[id] for id in threat.options if id in known][:MOST]
        for option in helpful:
            effect = next(one for one in option.threats if one.threat == threat.id)
            write(f"  {option.title} ({_standing(option, say)})")
            who = f"{say.words('joint.coalition')}: {say.names(option.coalition)}"
            write(f"    {_chances(effect, say)}. {who}. {option.id}", "dim")
        if not helpful:
            write(f"  {say.words('joint.no_help')}")
    rest = [option for option in options if option.not_valued]
    if rest:
        write(f"\n{say.words('joint.without')}", "bold")
    for option in rest:
        write(f"  {option.title} ({_standing(option, say)}): {option.not_valued}")


def show_one(option: Option, titles: Names, names: Names, console: Console | None = None) -> None:
    """Print one step: who must act, what it does to threats (`titles`) and to states, and the deal."""
    write, say = _writer(console), Figures(load(), names)
    write(f"{option.title} ({_standing(option, say)})", "bold")
    for key, text in _facts(option, say):
        write(f"{say.words(key)}: {text}")
    moved = [effect for effect in option.threats if effect.threat in titles]
    for effect in sorted(moved, key=lambda one: one.after - one.before):
        if effect.after != effect.before:
            write(f"  {titles[effect.threat]}: {_chances(effect, say)}")
    for one in option.states:
        write(f"\n{say.names([one.state])}", "bold")
        for key, values in _amounts(one):
            write(f"  {say.words(key)}: {_spread(values, say)}")
        write(f"  {say.words('joint.range')}: {_ends(one, say)}")
    for gain in option.carriage:
        write(f"\n{say.names([gain.state])}", "bold")
        for key, values in _brought(gain):
            write(f"  {say.words(key)}: {_spread(values, say)}")
    if option.carriage:
        write(f"\n{say.words('players.how')} {say.words('players.not_counted')}", "dim")
    if option.deal:
        write("\n" + " ".join(option.deal))


def print_json(options: Sequence[Option]) -> None:
    """Print options as JSON."""
    print(json.dumps(to_dict(tuple(options)), indent=1, ensure_ascii=False))


def _writer(console: Console | None) -> Write:
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    chosen = console or Console()

    def write(text: str, style: str = "") -> None:
        line = text.lstrip(" ")
        chosen.print(Padding(Text(line, style=style), (0, 0, 0, len(text) - len(line)), expand=False))

    return write


def _facts(option: Option, say: Figures) -> list[tuple[str, str]]:
    absent = say.words("figure.absent")
    months = say.words("joint.months", count=int(option.lead_months)) if option.lead_months else absent
    found = [("joint.actors", say.names(option.actors)), ("joint.lead", months)]
    if option.coalition:
        found.append(("joint.coalition", say.names(option.coalition)))
    found += [("joint.changes", _changed(change, say)) for change in option.changes]
    if option.goals:
        named = (f"{goal} {say.words(f'goal.{goal}')}" for goal in option.goals)
        found.append(("joint.goals", "; ".join(named)))
    found.append(("joint.promised", "; ".join(option.agreements) or say.words("joint.nothing")))
    notes = "; ".join(line.note for line in option.evidence if line.note)
    found.append(("joint.basis", notes or absent))
    return [*found, ("joint.not_valued", option.not_valued)] if option.not_valued else found


def _changed(change: Change, say: Figures) -> str:
    months = ", ".join(say.words(f"month_short.{month}") for month in change.months)
    value = change.value if isinstance(change.value, str) else say.amount(change.value, change.unit)
    return f"{change.what} {change.item}: {value}{f' ({months})' if months else ''}"


def _amounts(effect: StateEffect) -> list[tuple[str, Triple]]:
    return [
        ("joint.water", effect.water_km3),
        ("joint.winter", effect.winter_energy_gwh),
        ("joint.stored", effect.stored_km3),
        ("joint.gain", _millions(effect.gain_usd)),
    ]


def _brought(gain: CarriageGain) -> list[tuple[str, Triple]]:
    amounts = {
        "gain": gain.gain_usd,
        "time": gain.time_usd,
        "turning": gain.turning_usd,
        "transit": gain.transit_usd,
    }
    millions = [(f"players.{key}", _millions(usd)) for key, usd in amounts.items()]
    return [*millions, ("players.days", gain.days)]


def _millions(usd: Triple) -> Triple:
    low, middle, high = usd
    return low / 1e6, middle / 1e6, high / 1e6


def _chances(effect: ThreatEffect, say: Figures) -> str:
    said = {"before": say.percent(effect.before), "after": say.percent(effect.after)}
    said |= {"low": say.signed(100 * effect.low), "high": say.signed(100 * effect.high)}
    return say.words("joint.chances", **said)


def _ends(effect: StateEffect, say: Figures) -> str:
    sign = "gains" if effect.least_usd > 0.0 else "loses" if effect.most_usd < 0.0 else "open"
    low, high = (say.signed(value / 1e6) for value in (effect.least_usd, effect.most_usd))
    return say.words("joint.ends", low=low, high=high, sign=say.words(f"joint.sign.{sign}"))


def _spread(values: Triple, say: Figures) -> str:
    low, middle, high = map(say.signed, values)
    return say.words("joint.spread", low=low, middle=middle, high=high)


def _standing(option: Option, say: Figures) -> str:
    return say.words("standing." + option.standing.replace(" ", "_"))
