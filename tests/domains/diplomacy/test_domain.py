"""The domain declares tables that the format of packs knows and that the bundled packs carry."""

from __future__ import annotations

import pytest

from mirab.domains.diplomacy.domain import DOMAIN
from mirab.observe.region import load
from mirab.observe.tables import schemas


def test_its_tables_are_those_of_the_format() -> None:
    assert set(DOMAIN.tables) == {name for name in schemas() if name.startswith(f"{DOMAIN.name}/")}


@pytest.mark.parametrize("name", ["central_asia", "toy"])
def test_a_bundled_pack_carries_them(name: str) -> None:
    region = load(name)
    assert all(region.rows(table) for table in DOMAIN.tables)
