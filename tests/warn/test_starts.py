from datetime import date

import numpy as np
import pytest

from mirab.warn import starts

from .made import observation, request


def test_a_reading_known_only_by_its_month_spreads_wider_than_that_of_a_day() -> None:
    day = date(2024, 9, 1)
    seen = {"lake": observation(12_400.0, day, days=30), "pond": observation(100.0, day, item="pond")}
    found = starts.volumes(seen, request(members=4000))
    assert np.mean(found["lake"]) == pytest.approx(12_400, rel=0.003)
    assert np.std(found["lake"]) / 12_400 == pytest.approx(0.03, rel=0.1)
    assert np.std(found["pond"]) / 100 == pytest.approx(0.005, rel=0.1)


def test_a_store_without_a_reading_keeps_its_declared_start() -> None:
    assert starts.volumes({"lake": observation(None, date(2024, 9, 1))}, request()) == {}


def test_each_reading_of_a_store_has_an_error_of_its_own() -> None:
    seen = (observation(100.0, date(2024, month, 1)) for month in (9, 10))
    one, other = (starts.volumes({"lake": reading}, request())["lake"] for reading in seen)
    assert not np.array_equal(one, other)
