"""What the texts point to is there: files behind links, commands behind the ones that they print."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from command_line import exists

ROOT = Path(__file__).parents[2]
LISTED = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=False)
TEXTS = [ROOT / name for name in LISTED.stdout.split()]
EACH = pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())


@EACH
def test_a_link_leads_to_a_file(path: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
    missing = [t for t in targets if "://" not in t and not (path.parent / t).exists()]
    assert not missing


def commands(text: str) -> list[str]:
    """Commands of mirab in fenced shell blocks and in backticks, without placeholders and remarks."""
    lines = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    lines += re.findall(r"`((?:\./)?mirab [^`]+)`", text)
    return [line.removeprefix("./") for line in lines if re.match(r"(\./)?mirab [a-z]", line)]


@EACH
def test_a_command_that_a_text_prints_exists(path: Path) -> None:
    found = [" ".join(shlex.split(line, comments=True)) for line in commands(path.read_text("utf-8"))]
    assert not [line for line in found if not exists(line)]
