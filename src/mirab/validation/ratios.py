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
from typing import TYPE_CHECKING

from mirab.core.errors import UnknownNameError
from mirab.validation.harness import as_text, checkout, markdown_table, versions

if TYPE_CHECKING:
    from rich.table import Table

HEADINGS = ("what", "ours", "peer", "unit", "ratio", "against", "remark")
PREFACE = """# Benchmarks

Each figure is a ratio against a named peer in the same run on the same machine. A ratio is ours divided
by the peer's: below 1 is less (time, memory) than the peer. `./mirab bench AREA --write` measures it again.
"""


@dataclass(frozen=True)
class Ratio:
    """One figure of ours and of a peer in the same `unit`; `against` is the peer's name and version."""

    what: str
    ours: float
    peer: float
    unit: str
    against: str
    remark: str = ""

    @property
    def ratio(self) -> float:
        """Ours divided by the peer's; not a number where the peer's is zero."""
        return self.ours / self.peer if self.peer else float("nan")


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
    numbers = [as_text(figure.ours), as_text(figure.peer), figure.unit, f"{figure.ratio:.2f}"]
    return [figure.what, *numbers, figure.against, figure.remark]


def table(measured: Measured) -> Table:
    """The figures as a rich table."""
    from rich.markup import escape
    from rich.table import Table

    shown = Table(title=measured.title, caption=f"ratio = ours / peer; {measured.machine}")
    for heading in HEADINGS:
        shown.add_column(heading, overflow="fold")
    for figure in measured.figures:
        shown.add_row(*map(escape, _cells(figure)))
    return shown


def show(measured: Measured) -> None:
    """Print the figures; a narrow terminal folds words and drops no column."""
    from rich.console import Console

    Console().print(table(measured))


def as_json(measured: Measured) -> str:
    """The figures as JSON; the ratio is written out."""
    figures = [asdict(figure) | {"ratio": figure.ratio} for figure in measured.figures]
    return json.dumps(asdict(measured) | {"figures": figures}, indent=2, ensure_ascii=False, default=str)


def as_markdown(measured: Measured) -> str:
    """The section of one benchmark in docs/benchmarks.md."""
    head = f"## {measured.area}: {measured.title}\n\nMeasured on {measured.on} ({measured.machine}).\n\n"
    return head + markdown_table(HEADINGS, map(_cells, measured.figures))


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
