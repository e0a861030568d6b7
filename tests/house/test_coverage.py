"""docs/coverage.md tells what there is: its commands and sections exist, its topics stand in the articles."""

import re
from pathlib import Path

import pytest
from command_line import exists

from mirab.brief.sections import section
from mirab.core.errors import UnknownNameError

ROOT = Path(__file__).parents[2]
ARTICLES = ROOT.parent / "shared" / "seeds"
COLUMNS = ("article", "function", "topic", "command", "section", "status", "remark")
STATUSES = {"works", "partly", "planned"}


def rows() -> list[dict[str, str]]:
    lines = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return [dict(zip(COLUMNS, row, strict=True)) for row in cells if row[0] in ("A", "B")]


ROWS = rows()
EACH = pytest.mark.parametrize("row", ROWS, ids=[f"{row['article']} {row['topic']}" for row in ROWS])


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_both_articles_are_covered() -> None:
    assert {row["article"] for row in ROWS} == {"A", "B"}
    assert len(ROWS) > 20


@pytest.mark.parametrize("command", ["mirab breif", "mirab region", "mirab brief --foucs AFG"])
def test_a_command_that_is_not_there_is_noticed(command: str) -> None:
    assert not exists(command)


@EACH
def test_a_command_of_the_table_exists(row: dict[str, str]) -> None:
    assert not [command for command in named(row["command"]) if not exists(command)]


@EACH
def test_a_section_of_the_table_exists(row: dict[str, str]) -> None:
    for name in named(row["section"]):
        try:
            section(name)
        except UnknownNameError as unknown:
            pytest.fail(str(unknown))


@EACH
def test_what_runs_says_where_and_what_is_partial_says_which_part(row: dict[str, str]) -> None:
    assert row["status"] in STATUSES
    assert row["remark"]
    assert row["status"] == "planned" or (named(row["command"]) and named(row["section"]))


@EACH
def test_a_topic_stands_in_its_article(row: dict[str, str]) -> None:
    if not ARTICLES.is_dir():
        pytest.skip("the founding articles are not beside this checkout (they are not ours to publish)")
    first, second = sorted(ARTICLES.glob("*.txt"))
    article = first if row["article"] == "A" else second
    assert row["topic"] in " ".join(article.read_text(encoding="utf-8").lower().split())
