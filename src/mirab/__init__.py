"""Mirab: the working system of a regional centre for preventive diplomacy.

Importing this package does nothing and is cheap; read `mirab.centre` first for the main path.
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
