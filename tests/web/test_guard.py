"""Guard: which names and addresses are of this machine."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

import mirab.web
from mirab.core.errors import InputError
from mirab.web import guard

VENDOR = Path(mirab.web.__file__).parent / "static" / "vendor"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "localhost:8000", "[::1]:8000", "[::1]"])
def test_names_of_this_machine_are_answered(host: str) -> None:
    assert guard.is_own_name(host)


@pytest.mark.parametrize(
    "host", ["", "news.example", "127.0.0.1.news.example:80", "localhost.news.example", "10.0.0.1"]
)
def test_other_names_are_not(host: str) -> None:
    assert not guard.is_own_name(host)


@pytest.mark.parametrize("host", ["10.0.0.1", "192.168.1.4", "::"])
def test_an_address_that_others_reach_is_refused_with_the_reason(host: str) -> None:
    with pytest.raises(InputError, match="no accounts yet"):
        guard.check_address(host)


@pytest.mark.parametrize("folder", [VENDOR, Path(__file__).parent / "vendor"], ids=["page", "tests"])
def test_browser_libraries_are_the_published_ones(folder: Path) -> None:
    listed = dict(
        re.findall(
            r"^\| (\S+\.(?:js|mjs|css)) \|.*\| ([0-9a-f]{64}) \|$", (folder / "README.md").read_text(), re.M
        )
    )
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.*s")}
    assert files == listed
    assert listed
