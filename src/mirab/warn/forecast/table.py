"""The one table of forecasters: what domains and users name is found here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mirab.core.errors import UnknownNameError
from mirab.warn.forecast.baselines import BASELINES
from mirab.warn.forecast.boosted import BOOSTED
from mirab.warn.forecast.interface import Forecaster
from mirab.warn.forecast.onset import ONSET
from mirab.warn.forecast.recency import RECENCY

FORECASTERS: Mapping[str, Forecaster] = MappingProxyType(
    {one.name: one for one in (*BASELINES, RECENCY, ONSET, BOOSTED)}
)


def forecaster(name: str) -> Forecaster:
    """The forecaster of a name; UnknownNameError with the nearest for another one."""
    if name not in FORECASTERS:
        raise UnknownNameError("forecaster", name, FORECASTERS)
    return FORECASTERS[name]
