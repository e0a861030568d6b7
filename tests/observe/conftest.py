from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mirab.observe.region import BUNDLED

Edit = Callable[[str, str, str], None]


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the toy region that a test may spoil."""
    return Path(shutil.copytree(BUNDLED / "toy", tmp_path / "pack"))


@pytest.fixture
def edit(pack: Path) -> Edit:
    """Replaces the first occurrence of a text in a file of the copy."""

    def replace(name: str, old: str, new: str) -> None:
        text = (pack / name).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        (pack / name).write_text(text.replace(old, new, 1), encoding="utf-8", newline="")

    return replace
