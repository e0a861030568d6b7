"""Which edition of a data set counts for a month, and whether later ones will revise it.

The table of editions stands in the order in which they count, the last before all others. A name with an
asterisk is that of a series of editions, such as those that are asked for while the program is in use; of two
of a series the later counts, by the numbers in their names (26.0.8 before 25.0.12).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from mirab.core.calendar import next_start
from mirab.core.domain import Row
from mirab.core.phrase import Phrase, say
from mirab.core.records import Observation


@dataclass(frozen=True)
class Editions:
    """Rows of the table of editions, in file order."""

    rows: Sequence[Row]

    def provisional(self, vintage: str) -> bool:
        """Whether later editions revise an edition strongly; one that the table does not know is final."""
        place = self._row(vintage)
        return place >= 0 and bool(self.rows[place]["provisional"])

    def rank(self, vintage: str) -> tuple[int, tuple[int, ...]]:
        """Place of an edition among all: of two the higher counts; one that the table lacks is below all."""
        numbers = [int(number) for number in re.findall(r"\d+", vintage)]
        return self._row(vintage), (numbers[0], numbers[-1], len(numbers)) if numbers else ()

    def _row(self, vintage: str) -> int:
        """Number of the row of an edition, by its name, or else by the name of its series; -1 for none."""
        names = [row["vintage"] for row in self.rows]
        if vintage in names:
            return names.index(vintage)
        return next((i for i, name in enumerate(names) if "*" in name and fnmatchcase(vintage, name)), -1)

    def chosen(
        self, seen: Sequence[Observation], authors: Collection[str], names: Mapping[str, str]
    ) -> tuple[list[Observation], list[Phrase]]:
        """One figure for each item and month, and in words what was not used.

        One of `authors`, those of the pack, counts before any other; of one author the later edition does. A
        figure that is revised is told once for each item, not for each month.
        """
        kept: dict[tuple[str, date], Observation] = {}
        revised: dict[str, list[tuple[Observation, Observation]]] = {}
        told = [_unused(names[o.item], o) for o in seen if not _is_month(o)]
        ranks = {vintage: self.rank(vintage) for vintage in {o.vintage for o in seen}}
        whole = sorted((o for o in seen if _is_month(o)), key=lambda o: ranks[o.vintage], reverse=True)
        for o in sorted(whole, key=lambda o: (o.author not in authors, o.author)):
            first = kept.setdefault((o.item, o.start), o)
            if first.value == o.value:
                continue
            if first.author == o.author:
                revised.setdefault(o.item, []).append((first, o))
            else:
                told.append(_both(names[o.item], first, o))
        return list(kept.values()), [*told, *_revised(revised, names)]


def _is_month(o: Observation) -> bool:
    return o.start.day == 1 and next_start(o.start, "month") == o.end


def _unused(name: str, o: Observation) -> Phrase:
    return say("{name}: {figure} is not of one month; not used.", name=name, figure=_figure(o))


def _both(name: str, first: Observation, other: Observation) -> Phrase:
    return say(
        "{name}, {month}: {first} and {second}; the first is used.",
        name=name,
        month=f"{other.start:%Y-%m}",
        first=_figure(first),
        second=_figure(other),
    )


def _revised(
    pairs: Mapping[str, Sequence[tuple[Observation, Observation]]], names: Mapping[str, str]
) -> Iterable[Phrase]:
    """For each item how many figures a later edition gives otherwise, and the largest of them."""
    for item in sorted(pairs):
        first, other = max(pairs[item], key=lambda pair: abs((pair[0].value or 0) - (pair[1].value or 0)))
        yield say(
            "{name}: months that a later edition gives otherwise: {number}; most in {month}, {first} in "
            "place of {second}.",
            name=names[item],
            number=len({one.start for one, _ in pairs[item]}),
            month=f"{first.start:%Y-%m}",
            first=_figure(first, edition=True),
            second=_figure(other, edition=True),
        )


def _figure(o: Observation, *, edition: bool = False) -> Phrase:
    author = o.vintage if edition and o.vintage else o.author
    if o.value is None:
        return say("no figure ({author})", author=author)
    return say("{value:,.0f} ({author})", value=o.value, author=author)
