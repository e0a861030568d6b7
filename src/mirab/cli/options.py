"""What commands share: the types of their options, and what is made of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mirab.core.errors import InputError, Problem

if TYPE_CHECKING:
    from mirab.centre import Wish

RegionPath = Annotated[str, typer.Option(help="Folder of a region pack, or a bundled one.")]
On = Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="As-of date; today by default.")]
Members = Annotated[int, typer.Option(min=1, max=10_000, help="Members of the ensemble.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of all randomness.")]
Out = Annotated[Path, typer.Option(help="Folder of the briefing.")]
Languages = Annotated[str, typer.Option("--lang", help="Languages of the page, joined by commas: en,ru,kk.")]
Formats = Annotated[
    list[str] | None,
    typer.Option("--format", help="html, pdf, docx, json or csv; may be repeated; all but docx by default."),
]
Template = Annotated[
    Path | None, typer.Option(help="House template of the Word file; ours by default (mirab template).")
]
Cluster = Annotated[
    str, typer.Option(metavar="ADDRESS", help="Dask scheduler whose workers simulate; else this machine.")
]
Guiding = Annotated[
    str,
    typer.Option(
        "--flood-forecast",
        metavar="USE",
        help="Whether a flood forecast guides the inflows: off, if-better, on; the region's by default.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Write = Annotated[
    bool, typer.Option("--write", help="Write the committed table under docs/ (in a checkout).")
]


def wish(region: str, on: str | None, members: int, seed: int, out: Path) -> Wish:
    """What was asked for, as of today where no date is given; raises InputError for a date that is none."""
    from mirab.centre import Wish

    today = datetime.now(UTC).date()
    return Wish(region, day(on) if on else today, today, out, own(), members=members, seed=seed)


def day(text: str, option: str = "--on") -> date:
    """The day of an ISO text given with an option; raises InputError with the way to write it."""
    try:
        return date.fromisoformat(text)
    except ValueError as cause:
        problem = Problem(option, f"{text!r} is not a date", "give it as 2023-10-01")
        raise InputError("options", [problem]) from cause


def languages(text: str) -> tuple[str, ...]:
    """Codes of languages that a user joined by commas, each once."""
    return tuple(dict.fromkeys(code.strip() for code in text.split(",")))


def own() -> Path:
    """File of the user's own observations: in MIRAB_HOME, else in the user's data folder."""
    home = os.environ.get("MIRAB_HOME")
    data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return (Path(home) if home else Path(data).expanduser() / "mirab") / "observations.sqlite"


@contextmanager
def progress() -> Iterator[Callable[[int, int], None]]:
    """A line on the terminal's error stream that counts simulated parts; silent where that is no terminal."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("simulating", total=None)
        yield lambda done, whole: bar.update(task, completed=done, total=whole)
