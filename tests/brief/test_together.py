"""Coalitions are told with their sums, without idle companions, and with what their values break."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from rich.console import Console
from two_valleys import two_valleys

from mirab.brief.together import Together, print_json, show
from mirab.resolve.coalition import Coalitions, Unkept, coalitions
from mirab.resolve.deal import deal
from mirab.resolve.game import Game

NAMES = {"AAA": "Ardia", "BBB": "Boria", "CCC": "Calda"}


@pytest.fixture(scope="module")
def found() -> Coalitions:
    return coalitions(*two_valleys(), processes=1)


def seen(found: Coalitions) -> Together:
    deals = {"foresight": deal(found.foresight, NAMES), "operation": deal(found.myopic, NAMES)}
    frame = (date(2023, 10, 1), date(2024, 10, 1), 4, 1)
    return Together("Mira", found, deals, *frame, NAMES, ("One thing.",), (1e6, 2e6))


def told(one: Together) -> str:
    out = io.StringIO()
    show(one, Console(file=out, width=200))
    return out.getvalue()


def test_states_stand_with_their_sums_in_every_way(found: Coalitions) -> None:
    text = told(seen(found))
    line = next(line for line in text.splitlines() if line.startswith("together "))
    numbers = [float(word) for word in line.split()[1:]]
    ways = (found.reference, found.foresight.alone, found.foreseen, found.operated)
    assert numbers == pytest.approx([way.sum(axis=1).mean() / 1e6 for way in ways], rel=1e-2)
    assert "of the releases of" in text
    assert text.rstrip().endswith("One thing.")


def test_a_state_that_adds_nothing_is_not_named_beside_those_that_gain() -> None:
    values = np.array([[0.0, 1e6, 1e6, 5e6, 1e6, 2e6, 2e6, 6e6]])
    game = Game(("AAA", "BBB", "CCC"), values)
    base = coalitions(*two_valleys(), processes=1)
    one = seen(replace(base, foresight=game, myopic=game))
    assert "Ardia, Boria: +3 beyond what they reach alone" in told(one)
    assert "Ardia, Boria, Calda: +" not in told(one)


def test_what_is_broken_is_told(found: Coalitions) -> None:
    values = np.array([[0.0, 1e6, 1e6, 1e6, 0.0, 1e6, 1e6, 1e6]])
    broken = replace(found, foresight=Game(found.states, values), unkept=(Unkept(("AAA",), 2, 31.0),))
    text = told(seen(broken))
    assert "are worth less together than apart with foresight, by 1 million US dollars" in text
    assert "One group could not keep what the others had: 31 million m3 are missing" in text


def test_the_json_holds_every_coalition(found: Coalitions, capsys: pytest.CaptureFixture[str]) -> None:
    print_json(seen(found))
    content = json.loads(capsys.readouterr().out)
    assert [one["states"] for one in content["coalitions"]] == [
        list(found.foresight.coalition(mask)) for mask in range(1, 8)
    ]
    assert content["coalitions"][6]["foresight"][1] == pytest.approx(found.foresight.total.mean())
    assert content["unit"] == "USD"
