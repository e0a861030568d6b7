"""Benchmarks: each figure is a ratio against a named peer that was measured in the same run.

A benchmark is a file of `benchmarks/` at the root of a checkout with a `TITLE` and a function `figures()`
that returns Ratios; peers are tools of the comparison and never installed with mirab.
"""

from __future__ import annotations

import importlib.util
import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from mirab.core.errors import UnknownNameError
from mirab.validation.harness import as_text, checkout, markdown_table, versions

HEADINGS = ("what", "ours", "peer", "unit", "ratio", "aim", "against", "remark")
PREFACE = """# Benchmarks

Each figure is a ratio against a named peer in the same run on the same machine. A ratio is ours divided
by the peer's: below 1 is less (time, memory) than the peer. An aim stands beside its ratio, reached or
missed. `./mirab bench AREA --write` measures it again.
"""


@dataclass(frozen=True)
class Ratio:
    """One figure of ours and of a peer in the same `unit`; `against` is the peer's name and version.

    `at_least` and `at_most` are what the ratio aims at; figures of one `part` stand together.
    """

    what: str
    ours: float
    peer: float
    unit: str
    against: str
    remark: str = ""
    part: str = ""
    at_least: float | None = None
    at_most: float | None = None

    @property
    def ratio(self) -> float:
        """Ours divided by the peer's; not a number where the peer's is zero."""
        return self.ours / self.peer if self.peer else float("nan")

    @property
    def aim(self) -> str:
        """What the ratio aims at and whether it gets there, in words; empty where it has no aim."""
        aims = []
        if self.at_least is not None:
            aims.append((f"at least {self.at_least:g}", self.ratio >= self.at_least))
        if self.at_most is not None:
            aims.append((f"at most {self.at_most:g}", self.ratio <= self.at_most))
        return "; ".join(f"{words}: {'reached' if reached else 'missed'}" for words, reached in aims)


@dataclass(frozen=True)
class Measured:
    """The figures of one benchmark in one run, with day, machine and versions."""

    area: str
    title: str
    figures: tuple[Ratio, ...]
    on: date
    machine: str


def areas(folder: Path) -> tuple[str, ...]:
    """Names of all benchmarks in a folder, in alphabetical order."""
    return tuple(sorted(path.stem for path in folder.glob("*.py")))


def run(area: str, *, folder: Path | None = None) -> Measured:
    """Measure one benchmark of `folder`, by default of the checkout; raises SetupError outside a checkout."""
    folder = folder or checkout() / "benchmarks"
    if area not in areas(folder):
        raise UnknownNameError("benchmark", area, areas(folder))
    title, figures = _measure(folder / f"{area}.py")
    machine = f"{platform.machine()}, {os.cpu_count()} cores, {versions()}"
    return Measured(area, title, figures, date.today(), machine)


def _measure(path: Path) -> tuple[str, tuple[Ratio, ...]]:
    spec = importlib.util.spec_from_file_location(f"mirab_benchmark_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise UnknownNameError("benchmark", path.stem, ())
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.TITLE, tuple(module.figures())


def _cells(figure: Ratio) -> list[str]:
    ratio = f"{figure.ratio:.0e}" if figure.ratio < 0.01 else f"{figure.ratio:.2f}"
    numbers = [as_text(figure.ours), as_text(figure.peer), figure.unit, ratio]
    return [figure.what, *numbers, figure.aim, figure.against, figure.remark]


def _parts(measured: Measured) -> dict[str, list[list[str]]]:
    """Cells of the figures by part, in order of first mention."""
    found: dict[str, list[list[str]]] = {}
    for figure in measured.figures:
        found.setdefault(figure.part, []).append(_cells(figure))
    return found


def lines(measured: Measured) -> tuple[str, ...]:
    """The figures in two lines each, under the names of their parts: a table of so much text has no room."""
    told = [measured.title]
    for part, rows in _parts(measured).items():
        told += ["", part] if part else [""]
        for what, ours, peer, unit, ratio, aim, against, remark in rows:
            reached = f" ({aim})" if aim else ""
            told.append(f"  {what}: {ours} to {peer} {unit}, ratio {ratio}{reached}")
            told.append(f"    against {against}" + (f"; {remark}" if remark else ""))
    return (*told, "", f"ratio = ours / peer; {measured.machine}")


def show(measured: Measured) -> None:
    """Print the figures; a narrow terminal folds long lines between words."""
    from rich.console import Console
    from rich.padding import Padding

    console = Console(highlight=False, markup=False)
    for line in lines(measured):
        indent = len(line) - len(line.lstrip())
        console.print(Padding(line.lstrip(), (0, 0, 0, indent)))


def as_json(measured: Measured) -> str:
    """The figures as JSON; the ratio is written out."""
    figures = [asdict(figure) | {"ratio": figure.ratio} for figure in measured.figures]
    return json.dumps(asdict(measured) | {"figures": figures}, indent=2, ensure_ascii=False, default=str)


def as_markdown(measured: Measured) -> str:
    """The section of one benchmark in docs/benchmarks.md: one table for each part."""
    head = f"## {measured.area}: {measured.title}\n\nMeasured on {measured.on} ({measured.machine}).\n\n"
    titled = {f"### {part}\n\n" if part else "": rows for part, rows in _parts(measured).items()}
    return head + "\n".join(title + markdown_table(HEADINGS, rows) for title, rows in titled.items())


def write(measured: Measured, *, path: Path | None = None) -> Path:
    """Put the section of one benchmark into docs/benchmarks.md, leaving the others as they are."""
    path = path or checkout() / "docs" / "benchmarks.md"
    text = path.read_text(encoding="utf-8") if path.is_file() else PREFACE
    path.write_text(_with_section(text, measured.area, as_markdown(measured)), encoding="utf-8")
    return path


def _with_section(text: str, area: str, section: str) -> str:
    preface, *others = text.split("\n## ")
    kept = {body.split(":")[0]: f"## {body.rstrip()}\n" for body in others}
    kept[area] = section
    return "\n".join([f"{preface.rstrip()}\n", *_in_order(kept)])


def _in_order(sections: dict[str, str]) -> Sequence[str]:
    return [sections[name] for name in sorted(sections)]
