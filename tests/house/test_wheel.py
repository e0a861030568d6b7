"""The wheel holds the data that the commands read, and is licensed."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = {
    ".csv",
    ".json",
    ".geojson",
    ".html",
    ".jinja",
    ".j2",
    ".toml",
    ".typ",
    ".po",
    ".css",
    ".js",
    ".ttf",
    ".svg",
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = out.glob("mirab-*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_holds_every_module_and_data_file(names: set[str]) -> None:
    package = ROOT / "src" / "mirab"
    ours = (path for path in package.rglob("*") if path.suffix in DATA | {".py"} or path.name == "py.typed")
    assert {path.relative_to(package.parent).as_posix() for path in ours} <= names


@pytest.mark.parametrize("folder", ["mirab/regions/", "mirab/brief/charts/"])
def test_the_wheel_holds_regions_and_charts(names: set[str], folder: str) -> None:
    if not (ROOT / "src" / folder).is_dir():
        pytest.skip(f"{folder} is not there yet")
    assert [name for name in names if name.startswith(folder)]


def test_the_wheel_carries_the_licence(names: set[str]) -> None:
    assert [name for name in names if name.endswith("licenses/LICENSE")]
