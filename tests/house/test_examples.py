"""Every example in a docstring runs and shows what it says."""

import doctest
import importlib
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src"
TOLD = [path for path in sorted(PACKAGE.rglob("*.py")) if ">>> " in path.read_text(encoding="utf-8")]
MODULES = [".".join(path.relative_to(PACKAGE).with_suffix("").parts) for path in TOLD]


@pytest.mark.parametrize("name", MODULES)
def test_an_example_shows_what_it_says(name: str) -> None:
    assert not doctest.testmod(importlib.import_module(name)).failed
