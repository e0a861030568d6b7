"""Charts: what the specification says, and drawings that are the same each time and load nothing."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from mirab.brief.drawing import charts, datasets, draw, specification
from mirab.brief.figures import Figures
from mirab.brief.specimen import STATES, specimen
from mirab.brief.words import load
from mirab.core.errors import SolutionError, UnknownNameError

WORDS = load()
SAY = Figures(WORDS, STATES)
FAN, SERVED, CONTESTED = specimen().series[:3]


def test_the_charts_are_the_files_of_the_folder() -> None:
    assert charts() == tuple(sorted(charts()))
    assert {"contested", "fan", "gain", "map", "served"} <= set(charts())


def test_the_fan_draws_bands_then_lines_then_observations() -> None:
    spec = specification("fan", datasets(FAN, SAY), words=WORDS, width=400)
    bands, lines, observed = spec["layer"]
    assert [layer["data"]["name"] for layer in spec["layer"]] == ["bands", "lines", "observed"]
    assert bands["encoding"]["fill"]["scale"]["domain"] == ["5 to 95 %", "25 to 75 %"]
    assert bands["encoding"]["y"]["axis"]["title"] == "million m³"
    assert lines["encoding"]["stroke"]["scale"]["domain"] == ["median", "norm", "2028-29"]
    assert lines["encoding"]["strokeDash"]["scale"]["range"] == [[1, 0], [7, 3], [2, 2]]
    assert observed["encoding"]["shape"]["scale"]["domain"] == ["observed"]
    assert spec["datasets"]["observed"] == [{"date": "2030-04-01", "value": 2010.0, "line": "observed"}]


def test_no_two_lines_of_a_chart_differ_by_colour_alone() -> None:
    for series in (FAN, CONTESTED):
        styles = datasets(series, SAY)["styles"]
        assert len({str(style["dash"]) for style in styles}) == len(styles)


@pytest.mark.parametrize(
    "colour", ["#0b4f8a", "#b34700", "#6b7280", "#00664b", "#8a3a78", "#9b1c1c", "#8a4108", "#1f5f8b"]
)
def test_every_line_and_level_colour_stands_out_on_white(colour: str) -> None:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    assert 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 4.5


def test_an_absent_limit_is_said_in_words() -> None:
    rows = {row["state"]: row["text"] for row in datasets(SERVED, SAY)["rows"]}
    assert rows["XCC"] == "limit or use not known"
    assert rows["XBB"] == "7.5 of 9.6 km³ (78\u00a0%)"


def test_limits_stand_a_to_z_by_the_name_of_the_state() -> None:
    assert [row["state"] for row in datasets(SERVED, SAY)["rows"]] == ["XCC", "XBB", "XAA"]


def test_a_drawing_is_the_same_each_time_and_follows_the_page() -> None:
    first, second = (draw("fan", datasets(FAN, SAY), title="A <b>", words=WORDS, width=350) for _ in range(2))
    assert first == second
    root = first[: first.index(">") + 1]
    assert 'role="img" direction="ltr" aria-label="A &lt;b' in first
    assert "width=" not in root


def test_drawings_of_one_page_share_no_ids() -> None:
    one, other = (draw("fan", datasets(FAN, SAY), title=title, words=WORDS, width=350) for title in "ab")
    assert not set(re.findall(r'id="([^"]+)"', one)) & set(re.findall(r'id="([^"]+)"', other))


def test_a_chart_that_asks_for_data_from_outside_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    from mirab.brief import drawing

    outside = {"data": {"url": "https://example.org/x.csv"}, "mark": "point", "encoding": {}}
    theme = {"legend": {}}
    monkeypatch.setattr(drawing, "_read", lambda name: theme if name == "theme" else outside)
    with pytest.raises(SolutionError, match="chart 'fan' cannot be drawn"):
        draw("fan", {}, title="", words=WORDS, width=100)


def test_an_unknown_chart_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="'fann' is not known; nearest is 'fan'"):
        draw("fann", {}, title="", words=WORDS, width=100)
    with pytest.raises(UnknownNameError, match="chart of a series 'pie' is not known"):
        datasets(replace(FAN, id="pie:x"), SAY)
