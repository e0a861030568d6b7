"""Validation of an area against published or expected values, with four verdicts (§12).

An area is a module of this package with a `TITLE` and a function `findings()` that returns Findings. The
folder is walked: a new file is a new area for `mirab validate` and for the tests.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import os
import pkgutil
import platform
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import mirab
from mirab.core.errors import InputError, Problem, SetupError, UnknownNameError

if TYPE_CHECKING:
    from rich.table import Table

Value = float | int | str | None
NOT_AREAS = frozenset({"harness", "joint", "labelled", "ratios"})
HEADINGS = ("what", "expected", "ours", "unit", "verdict", "kind", "source", "remark")
NARROW = 110
DATA = "MIRAB_VALIDATION_DATA"
VERSIONED = ("numpy", "numba", "highspy", "duckdb")


class Verdict(StrEnum):
    """What a comparison says (§12); `fitted` is a number that was used to set a parameter."""

    HOLDS = "holds"
    MISSES = "misses"
    CANNOT_BE_CHECKED = "cannot be checked"
    FITTED = "fitted"

    @classmethod
    def of(cls, holds: bool) -> Verdict:
        """`holds` or `misses` from the truth of a comparison."""
        return cls.HOLDS if holds else cls.MISSES


class Kind(StrEnum):
    """Whether a miss fails the command (`must`) or is only shown (`aim`)."""

    MUST = "must"
    AIM = "aim"


@dataclass(frozen=True)
class Finding:
    """One comparison: what, the published or expected value with its source, ours, and the verdict.

    `expected` and `ours` are in `unit`, or words; `ours` is None where nothing could be computed.
    `remark` gives the tolerance of a comparison, and must say why where the verdict is `fitted` or
    `cannot be checked`. Raises InputError where it does not.
    """

    what: str
    expected: Value
    ours: Value
    verdict: Verdict
    kind: Kind
    unit: str = ""
    source: str = ""
    remark: str = ""

    def __post_init__(self) -> None:
        if self.verdict in (Verdict.FITTED, Verdict.CANNOT_BE_CHECKED) and not self.remark:
            problem = Problem("remark", f"is empty where the verdict is {self.verdict!s}", "say why")
            raise InputError(f"finding {self.what!r}", [problem])

    @property
    def missed(self) -> bool:
        """Whether this is a must that misses."""
        return self.kind is Kind.MUST and self.verdict is Verdict.MISSES


@dataclass(frozen=True)
class Report:
    """The findings of one area in one run: `on` is the day, `seconds` the time they took."""

    area: str
    title: str
    findings: tuple[Finding, ...]
    seconds: float
    on: date
    versions: str

    @property
    def missed(self) -> tuple[Finding, ...]:
        """The musts that miss."""
        return tuple(finding for finding in self.findings if finding.missed)

    @property
    def summary(self) -> str:
        """Count of each of the four verdicts in one line; all four are named, also at zero."""
        counts = [f"{sum(f.verdict is v for f in self.findings)} {v!s}" for v in Verdict]
        return ", ".join(counts) + f"; {len(self.missed)} must missed"


def areas() -> tuple[str, ...]:
    """Names of all areas, in alphabetical order."""
    modules = pkgutil.iter_modules([str(Path(__file__).parent)])
    return tuple(sorted(module.name for module in modules if module.name not in NOT_AREAS))


def run(area: str, data: Path | None = None) -> Report:
    """Run the findings of an area; raises UnknownNameError with the nearest name if there is no such area.

    `data` is a folder of data that are not part of the project. An area with a `DATA`, its folder in there,
    gets that folder as the argument of `findings`, or None, and says what cannot be checked without it.
    """
    if area not in areas():
        raise UnknownNameError("area", area, areas())
    begun = time.perf_counter()
    module = importlib.import_module(f"mirab.validation.{area}")
    folder = getattr(module, "DATA", None)
    given = () if folder is None else (None if data is None else data / folder,)
    findings = tuple(module.findings(*given))
    return Report(area, module.TITLE, findings, time.perf_counter() - begun, date.today(), versions())


def versions() -> str:
    """Versions of mirab, Python and the libraries that a number can depend on, in one line."""
    known = [f"{name} {importlib.metadata.version(name)}" for name in VERSIONED]
    return ", ".join([f"mirab {mirab.__version__}", f"Python {platform.python_version()}", *known])


def as_text(value: Value) -> str:
    """A value in words: four significant figures for a fraction, `none` where there is none."""
    if value is None:
        return "none"
    if isinstance(value, float) and abs(value) < 1e15:
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:.0f}"
    return str(value)


def table(report: Report) -> Table:
    """The report as a rich table."""
    from rich.table import Table

    colour = {Verdict.HOLDS: "green", Verdict.MISSES: "red", Verdict.FITTED: "yellow"}
    caption = f"{report.summary}\n{report.seconds:.1f} s; {report.versions}"
    shown = Table(title=report.title, caption=caption, show_lines=True)
    for heading in ("what", "expected", "ours", "verdict", "kind"):
        shown.add_column(heading, overflow="fold")
    for finding in report.findings:
        expected, ours = (
            f"{as_text(value)} {finding.unit}".strip() for value in (finding.expected, finding.ours)
        )
        verdict = f"[{colour.get(finding.verdict, 'dim')}]{finding.verdict!s}[/]"
        shown.add_row(_told(finding), expected, ours, verdict, str(finding.kind))
    return shown


def _told(finding: Finding) -> str:
    from rich.markup import escape

    notes = "; ".join(part for part in (finding.source, finding.remark) if part)
    return escape(finding.what) + (f"\n[dim]{escape(notes)}[/]" if notes else "")


def listing(report: Report) -> str:
    """The report as a list, for a terminal too narrow for the table."""
    parts = [f"{report.title}\n"]
    for finding in report.findings:
        values = (
            f"  expected {as_text(finding.expected)}, ours {as_text(finding.ours)} {finding.unit}".rstrip()
        )
        notes = "".join(f"  {note}\n" for note in (finding.source, finding.remark) if note)
        parts.append(f"{finding.what}: {finding.verdict!s} ({finding.kind!s})\n{values}\n{notes}")
    return "\n".join([*parts, report.summary])


def show(report: Report) -> None:
    """Print the report: a table, or a list where the terminal has under 72 columns."""
    from rich.console import Console

    console = Console()
    if console.width < NARROW:
        console.print(listing(report), markup=False, highlight=False)
    else:
        console.print(table(report))


def as_json(report: Report) -> str:
    """The report as JSON, with the date in ISO form and the verdict in words."""
    return json.dumps(asdict(report), indent=2, ensure_ascii=False, default=str)


def as_markdown(report: Report) -> str:
    """The committed table of an area: date, versions, one row per finding."""
    said = f"`./mirab validate {report.area}` on {report.on}: {report.summary}."
    head = f"# {report.title}\n\n{said}\n\nMade with {report.versions}.\n\n"
    return head + markdown_table(HEADINGS, map(_cells, report.findings))


def _cells(finding: Finding) -> list[str]:
    values = [as_text(finding.expected), as_text(finding.ours), finding.unit, str(finding.verdict)]
    return [finding.what, *values, str(finding.kind), finding.source, finding.remark]


def markdown_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; a bar inside a cell is escaped."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |\n" for line in lines)


def write(report: Report) -> Path:
    """Write docs/validation/AREA.md and return its path; raises SetupError outside a checkout."""
    path = checkout() / "docs" / "validation" / f"{report.area}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(as_markdown(report), encoding="utf-8")
    return path


def data(area: str) -> Path | None:
    """Folder of published data sets of an area that do not come with mirab; None where it is not there.

    MIRAB_VALIDATION_DATA names the folder of all areas. What needs it is `cannot be checked` without it.
    """
    root = os.environ.get(DATA)
    folder = Path(root) / area if root else None
    return folder if folder and folder.is_dir() else None


def checkout() -> Path:
    """Root of the checkout that mirab runs from; raises SetupError where it runs from an installed wheel."""
    here = Path(__file__).resolve()
    root = here.parents[3]
    if not (root / "requirements.lock").is_file():
        where = f"mirab runs from {here.parents[1]}, which is no checkout"
        raise SetupError(f"{where}; clone the repository and run it as ./mirab")
    return root
