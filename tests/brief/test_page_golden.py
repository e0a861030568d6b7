"""Page one of the toy region says what it said, in every language; a change is written anew."""

from __future__ import annotations

import difflib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from mirab.brief.words import languages

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def golden() -> ModuleType:
    spec = importlib.util.spec_from_file_location("golden_tool", ROOT / "tools" / "golden.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("language", languages())
def test_page_one_says_what_it_said(golden: ModuleType, language: str) -> None:
    held = (golden.GOLDEN / f"toy.{language}.txt").read_text(encoding="utf-8")
    changed = difflib.unified_diff(
        held.splitlines(), golden.page_one(language).splitlines(), "held", "now", lineterm="", n=0
    )
    told = "\n".join(changed)
    assert not told, f"page one differs; if it is meant to: python tools/golden.py\n{told}"


def test_all_languages_have_the_same_blocks_in_the_same_order(golden: ModuleType) -> None:
    texts = [(golden.GOLDEN / f"toy.{language}.txt").read_text(encoding="utf-8") for language in languages()]
    heads = [[line for line in text.splitlines() if line.startswith("== ")] for text in texts]
    assert {len(one) for one in heads} == {8}
    assert len({tuple(one) for one in heads}) == len(texts)
