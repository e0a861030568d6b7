"""Every tutorial runs and asserts what it tells; the README's example is taken from one, and runs too."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TUTORIALS = sorted((ROOT / "docs" / "tutorials").glob("*.py"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)

pytestmark = pytest.mark.slow


def run(*arguments: str, scratch: Path) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TMPDIR": str(scratch)}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=scratch, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_a_tutorial_runs_and_its_numbers_hold(path: Path, tmp_path: Path) -> None:
    told = run(str(path), scratch=tmp_path)
    assert told.returncode == 0, told.stderr
    assert told.stdout


def test_the_example_of_the_readme_prints_what_the_readme_says(tmp_path: Path) -> None:
    told = run("-c", EXAMPLE, scratch=tmp_path)
    assert told.returncode == 0, told.stderr
    (said,) = re.findall(r"```text\n(.*?)```", README, flags=re.DOTALL)
    assert told.stdout == said


def test_the_example_of_the_readme_is_taken_from_a_tutorial() -> None:
    lines = [line for line in EXAMPLE.splitlines() if line.strip()]
    tutorials = [path.read_text(encoding="utf-8").splitlines() for path in TUTORIALS]
    missing = [[line for line in lines if line not in tutorial] for tutorial in tutorials]
    assert min(missing, key=len) == []
