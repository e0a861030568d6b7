"""`mirab forecast`: chances with past scores in words and as JSON; a wrong domain is a message."""

import json
import sys

import pytest

from mirab import cli


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    given = ["mirab", "forecast", *arguments, "--on", "2023-10-01", "--members", "100"]
    monkeypatch.setattr(sys, "argv", given)
    monkeypatch.setenv("MIRAB_HOME", "not_there")
    with pytest.raises(SystemExit, match="0"):
        cli.main()
    return capsys.readouterr().out


def test_each_state_has_its_chance_its_past_score_and_what_is_not_counted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = run(capsys, monkeypatch, "security")
    parts = {part.split(":")[0]: part for part in told.split("\n\n")}
    for place in ("Kazakhstan", "Turkmenistan"):
        assert "base rate, no forecast skill" in parts[place]
        assert "state-based deaths, UCDP definition; other violence is not counted" in parts[place]
    assert "better than its baseline at these leads" in parts["Tajikistan"]
    assert max(map(len, told.splitlines())) <= 80
    assert "The figures end on 30 September 2023; the months judged lie 1 to 12 months after" in told.replace(
        "\xa0", " "
    )
    assert told.index("Uzbekistan:") < told.index("China:")


def test_json_holds_the_same_series_as_the_briefing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {one["id"]: one for one in json.loads(run(capsys, monkeypatch, "security", "--json"))}
    assert {"odds:security_deaths", "forecast:security_deaths_AFG"} <= set(found)
    assert found["odds:security_deaths"]["columns"]["place"][0] == "Afghanistan"


def test_any_quantity_with_figures_has_a_forecast_from_its_past_years(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = run(capsys, monkeypatch, "deaths", "--region", "central_asia")
    assert "Forecast of deaths: the same part of past years; its baseline: the last figure" in told
    part = told.split("\n\n")[1].splitlines()
    assert part[0].startswith("Afghanistan (deaths): ")
    assert part[1].startswith("  2023-10-01: ")
    assert len(part) == 13


def test_a_quantity_with_few_figures_says_how_many_are_needed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["mirab", "forecast", "inflow"])
    monkeypatch.setenv("MIRAB_HOME", "not_there")
    with pytest.raises(SystemExit, match="2"):
        cli.main()
    assert "inflow has figures of 1.5 years at most; a spread needs 5" in capsys.readouterr().err


def test_a_domain_without_forecasts_names_those_that_have_them(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["mirab", "forecast", "water"])
    with pytest.raises(SystemExit, match="2"):
        cli.main()
    assert "domain with forecasts 'water' is not known; choose from 'security'" in capsys.readouterr().err
