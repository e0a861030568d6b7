"""Write requirements.lock anew from pyproject.toml: `python tools/lock.py`.

The resolution is universal (every platform, one version of each package for all supported Pythons) and
carries the hash of every file of each version. uv resolves; it is installed into a temporary environment
when it is not on the path. pip then confirms that each supported Python finds a wheel for every package.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
MARK = "# ---- test part: everything below is for `./mirab test` only ----"
HEAD = """\
# Made by tools/lock.py from pyproject.toml; do not edit. Read by pip --require-hashes and by uv.
# CPython: {pythons}
"""


def main() -> None:
    """Resolve both parts, confirm the wheels, write the lock."""
    with tempfile.TemporaryDirectory() as folder:
        uv = shutil.which("uv") or _install_uv(Path(folder))
        run = _resolve(uv, Path(folder) / "run.txt")
        whole = _resolve(
            uv, Path(folder) / "whole.txt", "--group", "test", "-c", str(Path(folder) / "run.txt")
        )
        test = {name: text for name, text in whole.items() if name not in run}
        lock = "\n".join(
            [HEAD.format(pythons=" ".join(PYTHONS)), *run.values(), "", MARK, "", *test.values(), ""]
        )
        candidate = Path(folder) / "requirements.lock"
        candidate.write_text(lock, encoding="utf-8")
        for python in PYTHONS:
            _confirm(python, candidate, Path(folder) / "target")
        shutil.copyfile(candidate, LOCK)
    print(f"{LOCK.name}: {len(run)} packages to run, {len(test)} more to test, CPython {' '.join(PYTHONS)}")


def _install_uv(folder: Path) -> str:
    venv.create(folder / "env", with_pip=True)
    scripts = folder / "env" / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([scripts / "python", "-m", "pip", "install", "-q", "uv"], check=True)
    return str(scripts / "uv")


def _resolve(uv: str, out: Path, *more: str) -> dict[str, str]:
    """Requirements by package name, each with its marker and hashes."""
    options = [
        "--universal",
        "--python-version",
        PYTHONS[0],
        "--fork-strategy",
        "fewest",
        "--generate-hashes",
    ]
    quiet = ["-q", "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
    subprocess.run(
        [uv, "pip", "compile", "pyproject.toml", *options, *quiet, *more, "-o", out], cwd=ROOT, check=True
    )
    blocks = out.read_text(encoding="utf-8").replace(" \\\n    ", "\0").splitlines()
    return {line.split("==")[0]: line.replace("\0", " \\\n    ") for line in blocks if "==" in line}


def _confirm(python: str, lock: Path, target: Path) -> None:
    wheels = ["--dry-run", "--no-deps", "--require-hashes", "--only-binary=:all:", "--python-version", python]
    command = [sys.executable, "-m", "pip", "install", "-q", *wheels, "--target", target, "-r", lock]
    if subprocess.run(command, check=False).returncode:
        sys.exit(
            f"CPython {python} lacks a wheel of a package named above: pin an older version or drop {python}"
        )


if __name__ == "__main__":
    main()
