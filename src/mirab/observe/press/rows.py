"""Rules of the press reader, as rows of the CSV files in rules/."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@cache
def rows(name: str) -> tuple[Mapping[str, str], ...]:
    """Rows of rules/NAME.csv in the order of the file, every cell as text."""
    text = (files("mirab.observe.press") / "rules" / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def small_words(name: str) -> frozenset[str]:
    """The folded words of one row of rules/small_words.csv: prepositions, pronouns, endings and the like."""
    return next(frozenset(row["words"].split()) for row in rows("small_words") if row["name"] == name)


@dataclass(frozen=True)
class Rule:
    """A row of a rule file as the lexicon finds it: `group` is the file, `kind` what the rule says."""

    group: str
    id: str
    lang: str
    kind: str
    needs: str = ""
    proper: bool = False


def patterns() -> Iterator[tuple[str, Rule]]:
    """Patterns of meetings, cues, events, commitments, announcements and themes, each with its rule."""
    for group in ("meetings", "cues", "events", "commitments", "announcements"):
        for row in rows(group):
            yield row["pattern"], Rule(group, row["rule_id"], row["lang"], row["kind"], row.get("needs", ""))
    for row in rows("themes"):
        for pattern in row["patterns"].split("|"):
            id = f"theme_{row['theme']}_{row['lang']}"
            yield pattern, Rule("themes", id, row["lang"], row["theme"])
