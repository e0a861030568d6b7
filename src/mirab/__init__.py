"""Mirab: the working system of a regional centre for preventive diplomacy.

Importing this package does nothing and is cheap: a public name is imported from its module when it is first
used. Read `mirab.centre` first for the main path, `mirab.core.network` for the library.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mirab.core.calendar import TimeAxis, dekads, months
    from mirab.core.ensemble import Ensemble
    from mirab.core.errors import MirabError
    from mirab.core.flow.model import Model
    from mirab.core.flow.run import Run
    from mirab.core.network import Curve, Network, Zone
    from mirab.core.plain import from_dict, to_dict
    from mirab.core.records import Briefing, Commitment, Evidence, Observation, Option, Source, Threat
    from mirab.observe.archive import open, save
    from mirab.observe.region import load as load_region

__version__ = "0.1.0"

__all__ = [
    "Briefing",
    "Commitment",
    "Curve",
    "Ensemble",
    "Evidence",
    "MirabError",
    "Model",
    "Network",
    "Observation",
    "Option",
    "Run",
    "Source",
    "Threat",
    "TimeAxis",
    "Zone",
    "__version__",
    "dekads",
    "from_dict",
    "load_region",
    "months",
    "open",
    "save",
    "to_dict",
]

# Module -> names; a name after a colon is what the module itself calls it.
_PLACES = {
    "core.calendar": ("TimeAxis", "dekads", "months"),
    "core.ensemble": ("Ensemble",),
    "core.errors": ("MirabError",),
    "core.flow.model": ("Model",),
    "core.flow.run": ("Run",),
    "core.network": ("Curve", "Network", "Zone"),
    "core.records": (*("Briefing", "Commitment", "Evidence", "Observation", "Option", "Source", "Threat"),),
    "core.plain": ("from_dict", "to_dict"),
    "observe.archive": ("open", "save"),
    "observe.region": ("load_region:load",),
}
_FOUND = {
    public: (module, own or public)
    for module, names in _PLACES.items()
    for public, _, own in (name.partition(":") for name in names)
}


if not TYPE_CHECKING:  # a type checker would else take every wrong name

    def __getattr__(name: str) -> Any:
        """The public object of a name, imported now and kept; raises AttributeError for another name."""
        if name not in _FOUND:
            raise AttributeError(f"module 'mirab' has no attribute {name!r}; it offers {', '.join(__all__)}")
        module, own = _FOUND[name]
        found = globals()[name] = getattr(importlib.import_module(f"mirab.{module}"), own)
        return found


def __dir__() -> list[str]:
    return sorted(__all__)
