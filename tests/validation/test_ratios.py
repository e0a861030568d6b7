"""Benchmarks: each figure is a ratio against a named peer, and the page keeps one section for each."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from mirab.core.errors import SetupError, UnknownNameError
from mirab.validation import harness, ratios
from mirab.validation.ratios import Measured, Ratio

FIGURE = Ratio("simulate a year", 2.0, 8.0, "s", "peer 1.31", "1,000 members")


def measured(area: str, figure: Ratio = FIGURE) -> Measured:
    return Measured(area, "speed", (figure,), date(2026, 1, 2), "2 cores")


def test_a_ratio_is_ours_divided_by_the_peers() -> None:
    assert FIGURE.ratio == 0.25


def test_an_aim_is_shown_beside_the_ratio_and_whether_it_is_reached() -> None:
    assert replace(FIGURE, at_most=0.5).aim == "at most 0.5: reached"
    assert replace(FIGURE, at_least=0.5).aim == "at least 0.5: missed"
    assert FIGURE.aim == ""


def test_figures_of_one_part_stand_together_under_its_name() -> None:
    figures = [replace(FIGURE, what=what, part=part) for what, part in (("a", "x"), ("b", "y"), ("c", "x"))]
    text = ratios.as_markdown(replace(measured("engine"), figures=tuple(figures)))
    assert [line[:5] for line in text.splitlines() if line[:3] in ("###", "| a", "| b", "| c")] == [
        "### x", "| a |", "| c |", "### y", "| b |",
    ]  # fmt: skip


def test_the_terminal_shows_each_figure_with_its_peer_aim_and_remark(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    ratios.show(measured("engine", replace(FIGURE, part="Plain [basin]", at_most=0.5)))
    told = capsys.readouterr().out.splitlines()
    assert [line.strip() for line in told if line.strip()][1:4] == [
        "Plain [basin]",
        "simulate a year: 2 to 8 s, ratio 0.25 (at most 0.5:",
        "reached)",
    ]
    assert "    against peer 1.31; 1,000 members" in [line.rstrip() for line in told]
    assert max(map(len, told)) <= 60


def test_a_file_of_the_folder_is_a_benchmark(tmp_path: Path) -> None:
    code = "from mirab.validation.ratios import Ratio\nTITLE = 'toy'\n"
    code += "def figures():\n    return [Ratio('sum', 1.0, 2.0, 's', 'peer 1')]\n"
    (tmp_path / "toy.py").write_text(code)
    result = ratios.run("toy", folder=tmp_path)
    assert (result.title, result.figures[0].ratio) == ("toy", 0.5)


def test_an_unknown_benchmark_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="nearest is 'startup'"):
        ratios.run("startups")


def test_a_benchmark_outside_a_checkout_says_where_to_run_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harness, "__file__", str(tmp_path / "lib" / "mirab" / "validation" / "harness.py"))
    with pytest.raises(SetupError, match="clone the repository"):
        ratios.run("startup")


def test_the_json_writes_the_ratio_out() -> None:
    assert json.loads(ratios.as_json(measured("engine")))["figures"][0]["ratio"] == 0.25


def test_writing_one_benchmark_leaves_the_others(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    for area in ("startup", "engine"):
        ratios.write(measured(area), path=page)
    before = page.read_text()
    ratios.write(measured("engine", Ratio("simulate", 1.0, 8.0, "s", "peer 1.32")), path=page)
    assert before.index("## engine") < before.index("## startup")
    assert "peer 1.32" in page.read_text()
    assert page.read_text().count("## ") == before.count("## ") == 2
    assert before[before.index("## startup") :] in page.read_text()
