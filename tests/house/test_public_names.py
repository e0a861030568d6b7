"""What `import mirab` offers: few names, all listed here, at next to no cost."""

import subprocess
import sys

import pytest

import mirab

PUBLIC = {
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
}
HEAVY = {
    "numba",
    "highspy",
    "duckdb",
    "pandas",
    "xarray",
    "vl_convert",
    "jinja2",
    "openpyxl",
    "pydantic",
    "rich",
}


def test_the_public_names_are_these() -> None:
    assert set(mirab.__all__) == PUBLIC


def test_there_are_at_most_25_public_names() -> None:
    assert len(mirab.__all__) <= 25


def test_every_public_name_is_there_and_says_what_it_is() -> None:
    assert not [name for name in mirab.__all__ if not getattr(mirab, name).__doc__]


def test_a_name_that_is_not_offered_is_refused_with_the_names_that_are() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'Netwrok'; it offers .*Network"):
        _ = mirab.Netwrok


def test_the_public_names_are_listed_by_dir() -> None:
    assert dir(mirab) == sorted(PUBLIC)


def imported_by(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(' '.join(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_importing_mirab_loads_no_heavy_library() -> None:
    assert not imported_by("import mirab") & (HEAVY | {"numpy"})


def test_the_command_line_loads_no_heavy_library() -> None:
    assert not imported_by("import mirab.cli") & (HEAVY - {"rich"})
