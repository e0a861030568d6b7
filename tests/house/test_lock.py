"""requirements.lock: one file that names every release by hash and holds all that pyproject.toml asks for."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
RUN, TEST = LOCK.split("# ---- test part")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def normal(requirement: str) -> str:
    name = re.split(r"[<>=!~ ;\[]", requirement)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(part: str) -> list[str]:
    return [normal(line) for line in part.splitlines() if "==" in line]


def test_the_run_part_pins_every_dependency() -> None:
    assert {normal(name) for name in PROJECT["project"]["dependencies"]} <= set(pinned(RUN))


def test_both_parts_pin_every_test_tool() -> None:
    assert {normal(name) for name in PROJECT["dependency-groups"]["test"]} <= set(pinned(LOCK))


@pytest.mark.parametrize("tool", ["pytest", "ruff", "mypy", "hypothesis", "pandas"])
def test_the_run_part_holds_no_test_tool(tool: str) -> None:
    assert tool not in pinned(RUN)


def test_a_package_is_pinned_once() -> None:
    assert sorted(pinned(LOCK)) == sorted(set(pinned(LOCK)))


def test_every_pin_carries_hashes() -> None:
    blocks = re.split(r"^(?=\S+==)", LOCK, flags=re.MULTILINE)[1:]
    assert not [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block]


def test_the_lock_names_the_pythons_that_the_project_supports() -> None:
    said = re.search(r"^# CPython: (.*)$", LOCK, flags=re.MULTILINE)
    classified = [c.rpartition(" ")[2] for c in PROJECT["project"]["classifiers"] if ":: 3." in c]
    assert said
    assert said[1].split() == classified


def test_the_lock_names_no_index() -> None:
    assert "://" not in LOCK
