"""The house limits (CONTRIBUTING.md): a broken one is shown with its place and its size."""

import ast
import re
import statistics
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from mirab.core import errors

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src" / "mirab").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
# Compiled loops have written limits of their own, beside them.
KERNELS = ROOT / "src" / "mirab" / "core" / "flow" / "kernels"
DRAWERS = {"util", "utils", "common", "helper", "helpers", "misc", "miscellany"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def body_lines(function: Function) -> int:
    told = ast.get_docstring(function) is not None and len(function.body) > 1
    body = function.body[1:] if told else function.body
    return (body[-1].end_lineno or body[-1].lineno) - body[0].lineno + 1


def bodies() -> dict[str, int]:
    outside = [path for path in SOURCES if KERNELS not in path.parents]
    found = ((path, function) for path in outside for function in functions(path))
    return {
        f"{shown(path)}:{function.lineno} {function.name}": body_lines(function) for path, function in found
    }


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=shown)
def test_a_module_has_at_most_500_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500


def test_no_function_body_is_over_60_lines() -> None:
    assert not {where: lines for where, lines in bodies().items() if lines > 60}


def test_the_median_function_body_has_at_most_8_lines() -> None:
    assert statistics.median(bodies().values()) <= 8


def test_nine_bodies_in_ten_have_at_most_35_lines() -> None:
    assert sorted(bodies().values())[int(0.9 * len(bodies()))] <= 35


def public_without_docstring(path: Path) -> list[str]:
    named = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    found = [] if ast.get_docstring(tree(path)) or path.stat().st_size == 0 else [f"{shown(path)} module"]
    scopes = [tree(path), *(node for node in tree(path).body if isinstance(node, ast.ClassDef))]
    for node in (child for scope in scopes for child in scope.body if isinstance(child, named)):
        if not node.name.startswith("_") and not ast.get_docstring(node):
            found.append(f"{shown(path)}:{node.lineno} {node.name}")
    return found


def test_every_public_name_says_what_it_computes() -> None:
    assert not [where for path in SOURCES for where in public_without_docstring(path)]


def test_no_file_is_a_drawer() -> None:
    assert not [shown(path) for path in SOURCES + TESTS if path.stem.removeprefix("test_") in DRAWERS]


def mirrored(test: Path) -> bool:
    place = test.parent.relative_to(ROOT / "tests")
    if place.parts[:1] in ((), ("house",), ("path",)):
        return True
    folder = ROOT / "src" / "mirab" / place
    subject = test.stem.removeprefix("test_")
    subjects = [path.stem for path in folder.iterdir()] if folder.is_dir() else []
    return any(subject == name or subject.startswith(f"{name}_") for name in subjects)


def test_tests_mirror_the_source() -> None:
    tests = [path for path in TESTS if path.name.startswith("test_")]
    assert not [shown(path) for path in tests if not mirrored(path)], "name a test after the module it tests"


def unmatched_raises(path: Path) -> list[str]:
    calls = (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))
    raises = [call for call in calls if ast.unparse(call.func) == "pytest.raises"]
    return [f"{shown(path)}:{c.lineno}" for c in raises if "match" not in {word.arg for word in c.keywords}]


def test_every_expected_error_names_its_message() -> None:
    assert not [where for path in TESTS for where in unmatched_raises(path)]


def broad_excepts(path: Path) -> list[str]:
    handlers = (node for node in ast.walk(tree(path)) if isinstance(node, ast.ExceptHandler))
    broad = {None, "Exception", "BaseException"}
    named = ((h.lineno, ast.unparse(h.type) if h.type else None) for h in handlers)
    return [f"{shown(path)}:{line}" for line, name in named if name in broad]


def test_no_handler_swallows_every_error() -> None:
    # The one isolation point turns a failed connector into an absent source (§3).
    allowed = "src/mirab/observe/isolation.py"
    found = [where for path in SOURCES for where in broad_excepts(path)]
    assert not [where for where in found if not where.startswith(allowed)]


def test_no_rule_of_complexity_or_types_is_suppressed() -> None:
    mark = re.compile(r"#\s*(noqa|type:\s*ignore|pragma: no cover|mypy:)")
    places = ((path, n, line) for path in SOURCES for n, line in enumerate(path.read_text().splitlines(), 1))
    assert not [f"{shown(path)}:{n}" for path, n, line in places if mark.search(line)]


def foreign_raises(path: Path) -> list[str]:
    """Errors that are neither of our tree nor what a protocol of Python asks for (__getattr__)."""
    raises = (node.exc for node in ast.walk(tree(path)) if isinstance(node, ast.Raise))
    called = [exc.func if isinstance(exc, ast.Call) else exc for exc in raises if exc]
    named = [(node.lineno, ast.unparse(node)) for node in called]
    ours = {name for name, kind in vars(errors).items() if isinstance(kind, type)} | {"AttributeError"}
    return [f"{shown(path)}:{line} {name}" for line, name in named if name[0].isupper() and name not in ours]


def test_every_error_raised_is_of_our_tree() -> None:
    assert not [where for path in SOURCES for where in foreign_raises(path)]


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]


def test_no_tracked_file_names_a_machine_or_a_registry() -> None:
    # Split, so that this file does not name them either.
    words = ["/" + "work/", "/" + "root/", "/home/" + "[a-z]", "files.python" + "hosted", "pypi" + r"\.org"]
    words += ["--index" + "-url", "--extra-index" + "-url", "--find" + "-links"]
    found = re.compile("|".join(words).encode())
    assert not [shown(path) for path in tracked() if found.search(path.read_bytes())]
