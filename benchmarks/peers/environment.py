"""An environment for a peer, made once in the user's cache: prints the path of its interpreter.

python environment.py PACKAGE==VERSION [PACKAGE ...]

It is named after the first package, and made anew unless it was made to the end.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def environment(packages: list[str]) -> Path:
    """Interpreter of the environment with these packages."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    version = f"py{sys.version_info.major}.{sys.version_info.minor}"
    place = cache / "mirab" / "peers" / f"{packages[0].replace('==', '-')}-{version}"
    python, stamp = place / "bin" / "python", place / "complete"
    if not (stamp.is_file() and python.is_file()):
        run(sys.executable, "-m", "venv", "--clear", str(place))
        run(str(python), "-m", "pip", "install", "--quiet", *packages)
        stamp.touch()
    return python


def run(*command: str) -> None:
    """Run a program, whose complaints go to ours."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    try:
        print(environment(sys.argv[1:]))
    except subprocess.CalledProcessError as fault:
        sys.exit(f"{fault.cmd[1:4]} ended with {fault.returncode}")
