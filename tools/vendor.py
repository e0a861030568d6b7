"""Fetch the browser libraries of the page anew: `python tools/vendor.py` (needs npm and a package registry).

Each is taken as published, in the version named here, without its source map; `vendor/README.md` says what
there is, with licence and digest, and a test holds the files against it.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENDOR = ROOT / "src" / "mirab" / "web" / "static" / "vendor"
TESTS = ROOT / "tests" / "web" / "vendor"


@dataclass(frozen=True)
class Package:
    """A published package: its files that are taken, and where they go."""

    name: str
    version: str
    licence: str
    files: tuple[str, ...]
    folder: Path = VENDOR


PACKAGES = (
    Package("vega", "6.4.0", "BSD-3-Clause", ("build/vega.min.js",)),
    Package("vega-interpreter", "2.3.2", "BSD-3-Clause", ("build/vega-interpreter.js",)),
    Package(
        "maplibre-gl",
        "6.17.0",
        "BSD-3-Clause",
        ("dist/maplibre-gl.mjs", "dist/maplibre-gl-worker.mjs", "dist/maplibre-gl.css"),
    ),
    Package("axe-core", "4.14.1", "MPL-2.0", ("axe.min.js",), TESTS),
)
HEAD = """\
# Browser libraries, as published

Written by `tools/vendor.py`; source maps are left out, and vega-interpreter takes what it needs from the
global `vega` instead of importing it by a bare name.

| file | package | version | licence | SHA-256 |
| --- | --- | --- | --- | --- |
"""


def main() -> None:
    """Fetch every package and write its files and the list of them."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("needs npm on the path")
    for folder in (VENDOR, TESTS):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        rows = [row for one in PACKAGES if one.folder == folder for row in _take(npm, one)]
        (folder / "README.md").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")


def _take(npm: str, one: Package) -> list[str]:
    with tempfile.TemporaryDirectory() as aside:
        subprocess.run([npm, "pack", "--silent", f"{one.name}@{one.version}"], cwd=aside, check=True)
        (packed,) = Path(aside).glob("*.tgz")
        with tarfile.open(packed) as archive:
            archive.extractall(aside, filter="data")
        licence = next(path for path in (Path(aside) / "package").iterdir() if "LICENSE" in path.name.upper())
        shutil.copyfile(licence, one.folder / f"{one.name}.LICENSE.txt")
        return [_file(one, Path(aside) / "package" / name) for name in one.files]


def _file(one: Package, source: Path) -> str:
    text = re.sub(r"\n//# sourceMappingURL=.*\n?", "\n", source.read_text("utf-8"))
    text = re.sub(r"^import (\{[^}]*\}) from 'vega-util';", r"const \1 = window.vega;", text)
    (one.folder / source.name).write_text(text, encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"| {source.name} | {one.name} | {one.version} | {one.licence} | {digest} |"


if __name__ == "__main__":
    main()
