"""Coalitions from the command line, on the toy region."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mirab.cli import app
from mirab.core.errors import UnknownNameError

ASKED = ["--region", "toy", "--on", "2024-04-01", "--members", "3"]


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MIRAB_HOME", str(tmp_path / "home"))


def test_every_group_of_the_toy_region_is_worth_no_less_than_its_states_have_without_it() -> None:
    told = CliRunner().invoke(app, ["resolve", "water:mira", *ASKED, "--json"])
    assert told.exit_code == 0, told.output
    found = json.loads(told.output)
    assert found["states"] == ["XAA", "XBB", "XCC"]
    for group in found["coalitions"]:
        before = sum(found["reference"][state][1] for state in group["states"])
        assert group["foresight"][1] >= before * (1 - 1e-9)
        assert group["operation"][1] >= before * (1 - 1e-9)
    assert found["unkept"] == []


def test_a_system_that_is_not_there_is_named_with_the_nearest() -> None:
    told = CliRunner().invoke(app, ["resolve", "water:mirra", *ASKED])
    assert isinstance(told.exception, UnknownNameError)
    assert "nearest is 'water:mira'" in str(told.exception)
