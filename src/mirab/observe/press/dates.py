"""Dates in a text of any of the nine languages, as exactly as they are said.

A date is a month's name with a day or a year beside it, figures (21.02.2024, 2024-02-21), a year with a word
that makes it one, or a word that counts from the day of publication (yesterday, on Tuesday). Months of the
solar Hijri calendar are turned into Gregorian days. Method ours; forms are rows of rules/months.csv and
rules/relative.csv.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from mirab.observe.press.lexicon import Lexicon, longest
from mirab.observe.press.rows import rows, small_words
from mirab.observe.press.words import Words

_FIGURE = re.compile(r"\d")
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th|го|е|م|مه|ام)?$")
_YEAR = re.compile(r"(?:19|20|13|14)\d\d$")
_ISO = re.compile(r"(?<![\d.-])(\d{4})-(\d{2})-(\d{2})(?!\d)")
_FIGURES = re.compile(r"(?<![\d.])(\d{1,2})[./](\d{1,2})[./]((?:19|20)\d\d)(?!\d)")
_RANGE = frozenset(["to", "and", "по", "и", "until", "through"])
_ORDINAL = frozenset(["nji", "njy", "inji", "го", "е", "ye", "of", "مه", "م", "ام"])
_DASHES = ("\u2013", "\u2014", ". \u2013", ". \u2014", ". -")
_BETWEEN = small_words("dates_between")
_BEFORE_YEAR = small_words("dates_before_year")
_AFTER_YEAR = re.compile(r"(год|г$|жыл|yil|yyl|йил|سال|کال|nji$|njy$|ga$)")
_BEFORE_MONTH = small_words("dates_before_month")
_ALSO_WORDS = frozenset(["may", "march", "mar"])


@dataclass(frozen=True)
class Dated:
    """A date in a text: `start` to `end` (last day), its precision, and the characters that say it.

    `precision` is day, month or year; `relative` says that it counts from the day of publication, `weekday`
    that it names a day of the week, which is taken for the last one; `rule` is the id of the rule.
    """

    start: date
    end: date
    precision: str
    first: int
    last: int
    rule: str
    relative: bool = False
    weekday: bool = False


def dates(words: Words, base: date | None, *, counting: bool = True) -> tuple[Dated, ...]:
    """All dates of a text in order, without overlaps; `base` is the day of publication where it is known.

    A day and month without a year is put into the year that brings it nearest to `base`; without a base it
    is left out, as are words such as yesterday; these are also left out where nothing is counted from base.
    """
    if base is None and not _FIGURE.search(words.text):
        return ()
    figures = [*_figures(words)]
    found = [
        *figures,
        *_named(words, base),
        *(_relative(words, base) if base and counting else ()),
        *_years(words),
    ]
    kept: list[Dated] = []
    taken: set[int] = set()
    for one in sorted(found, key=lambda one: (_RANKS[one.precision], one.first, -one.last)):
        if taken.isdisjoint(range(one.first, one.last)):
            kept.append(one)
            taken.update(range(one.first, one.last))
    return tuple(sorted(kept, key=lambda one: one.first))


_RANKS = {"day": 0, "month": 1, "year": 2}


def _figures(words: Words) -> Iterator[Dated]:
    for match in _ISO.finditer(words.text):
        yield from _day(int(match[1]), int(match[2]), int(match[3]), match.span(), "date_iso")
    for match in _FIGURES.finditer(words.text):
        day, month = int(match[1]), int(match[2])
        if month > 12 >= day:
            day, month = month, day
        yield from _day(int(match[3]), month, day, match.span(), "date_figures")


def _day(year: int, month: int, day: int, span: tuple[int, int], rule: str) -> Iterator[Dated]:
    if 1900 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]:
        on = date(year, month, day)
        yield Dated(on, on, "day", *span, rule)


@cache
def _months() -> Lexicon:
    lexicon = Lexicon()
    for row in rows("months"):
        for form in row["forms"].split("|"):
            lexicon.add(form, (row["calendar"], int(row["month"])))
    return lexicon


def _named(words: Words, base: date | None) -> Iterator[Dated]:
    for hit in _months().find(words):
        calendar, month = hit.entry
        found = _around(words, hit.first, (calendar, month), base)
        if found:
            yield found


def _around(words: Words, i: int, month: tuple[str, int], base: date | None) -> Dated | None:
    """The date whose month is word i: day and year are looked for on both sides of it."""
    days, first, last = _days_beside(words, i)
    year, first, last = _year_beside(words, first, last)
    if not _is_spoken(words, i) or not (days or year or (base and _is_named(words, i))):
        return None
    span = (words.starts[first], words.ends[last])
    made = _placed(month, days, year, base)
    return Dated(*made, *span, f"date_{month[0]}_{month[1]}") if made else None


def _is_named(words: Words, i: int) -> bool:
    """Whether a month's name alone is a date: written as a name, after a preposition."""
    before = words.folded[i - 1] if i else ""
    return _is_spoken(words, i) and before in _BEFORE_MONTH and len(words.folded[i]) > 2


def _is_spoken(words: Words, i: int) -> bool:
    """Whether a word such as may or march is written as the name of a month."""
    return words.folded[i] not in _ALSO_WORDS or words.surface(i)[0].isupper() or words.gap(i - 1) == "-"


def _number(words: Words, i: int) -> int | None:
    match = _DAY.match(words.folded[i]) if 0 <= i < len(words) else None
    return int(match[1]) if match and 1 <= int(match[1]) <= 31 else None


def _days_beside(words: Words, i: int) -> tuple[list[int], int, int]:
    """Days beside the month i, and the first and last word of both."""
    back = i - 1
    if back >= 0 and words.folded[back] in _ORDINAL:
        back -= 1
    day = _number(words, back) if _near(words, back, i) else None
    if day is not None:
        start, first = _range_before(words, back)
        return [start or day, day], first, i
    day = _number(words, i + 1) if _near(words, i, i + 1) else None
    if day is None:
        return [], i, i
    end, last = _range_after(words, i + 1)
    return [day, end or day], i, last


def _near(words: Words, i: int, j: int) -> bool:
    return 0 <= i < j < len(words) and words.starts[j] - words.ends[i] <= 8 and "\n\n" not in words.gap(i)


def _range_before(words: Words, i: int) -> tuple[int | None, int]:
    for step in (1, 2):
        joined = words.gap(i - 1).strip() in ("-", "\u2013", "\u2014") if step == 1 and i else False
        joined = joined or (step == 2 and i > 1 and words.folded[i - 1] in _RANGE)
        start = _number(words, i - step) if joined else None
        if start is not None and start < (_number(words, i) or 0):
            return start, i - step
    return None, i


def _range_after(words: Words, i: int) -> tuple[int | None, int]:
    if i + 1 < len(words) and words.gap(i).strip() in ("-", "\u2013", "\u2014"):
        end = _number(words, i + 1)
        if end is not None and end > (_number(words, i) or 99):
            return end, i + 1
    return None, i


def _year_beside(words: Words, first: int, last: int) -> tuple[int | None, int, int]:
    for j in (last + 1, last + 2):
        near = _near(words, j - 1, j) and (j == last + 1 or words.folded[j - 1] in _BETWEEN)
        if near and _YEAR.match(words.folded[j]):
            return int(words.folded[j]), first, j
    for back in range(1, 5):
        j = first - back
        if j < 0 or words.gap(j).strip() in _DASHES or "\n" in words.gap(j):
            break
        if not all(words.folded[k] in _BETWEEN for k in range(j + 1, first)):
            break
        if back > 1 and _YEAR.match(words.folded[j]):
            return int(words.folded[j]), j, last
    return None, first, last


def _placed(
    month: tuple[str, int], days: Sequence[int], year: int | None, base: date | None
) -> tuple[date, date, str] | None:
    """First day, last day and precision; None where a year cannot be told or there is no such day."""
    calendar, number = month
    if calendar == "solar_hijri":
        return _placed_hijri(number, days, year, base)
    if year is None:
        year = _nearest(number, days[0] if days else 15, base) if base else None
    if year is None or not 1900 <= year <= 2100:
        return None
    length = monthrange(year, number)[1]
    if not days:
        return date(year, number, 1), date(year, number, length), "month"
    if max(days) > length:
        return None
    return date(year, number, days[0]), date(year, number, days[1]), "day"


def _nearest(month: int, day: int, base: date) -> int:
    years = [y for y in (base.year - 1, base.year, base.year + 1) if day <= monthrange(y, month)[1]]
    return min(years, key=lambda y: abs(date(y, month, day) - base), default=base.year)


def _placed_hijri(
    month: int, days: Sequence[int], year: int | None, base: date | None
) -> tuple[date, date, str] | None:
    if year is None and base is not None:
        year = base.year - 621 - (base.month < 3 or (base.month == 3 and base.day < 21))
    if year is None or not 1300 <= year <= 1499:
        return None
    first, last = (days[0], days[1]) if days else (1, 29)
    return gregorian(year, month, first), gregorian(year, month, last), "day" if days else "month"


def gregorian(year: int, month: int, day: int) -> date:
    """The Gregorian day of a day of the solar Hijri calendar, by its 33-year cycle of leap years.

    Counted from 1 Farvardin 1400, which was 21 March 2021.

    >>> gregorian(1403, 1, 1).isoformat(), gregorian(1404, 1, 1).isoformat()
    ('2024-03-20', '2025-03-21')
    """
    leaps = (8 * (year - 1) + 29) // 33 - (8 * 1399 + 29) // 33
    days = 31 * (month - 1) if month <= 7 else 186 + 30 * (month - 7)
    return date(2021, 3, 21) + timedelta(days=365 * (year - 1400) + leaps + days + day - 1)


@cache
def _counted() -> Lexicon:
    lexicon = Lexicon()
    for row in rows("relative"):
        lexicon.add(row["pattern"], (row["rule_id"], row["kind"], int(row["value"])))
    return lexicon


def _relative(words: Words, base: date) -> Iterator[Dated]:
    for hit in longest(_counted().find(words)):
        rule, kind, value = hit.entry
        start, end, precision = _counting(kind, value, base)
        weekday = kind == "weekday"
        yield Dated(start, end, precision, hit.start, hit.end, rule, relative=True, weekday=weekday)


def _counting(kind: str, value: int, base: date) -> tuple[date, date, str]:
    if kind == "day":
        on = base + timedelta(days=value)
        return on, on, "day"
    if kind == "weekday":
        on = base - timedelta(days=(base.weekday() - value) % 7)
        return on, on, "day"
    if kind == "year":
        return date(base.year + value, 1, 1), date(base.year + value, 12, 31), "year"
    index = base.year * 12 + base.month - 1 + value
    year, month = index // 12, index % 12 + 1
    return date(year, month, 1), date(year, month, monthrange(year, month)[1]), "month"


def _years(words: Words) -> Iterator[Dated]:
    for i, word in enumerate(words.folded):
        if len(word) == 4 and word.isascii() and word.isdigit() and word[:2] in ("19", "20"):
            before = words.folded[i - 1] if i else ""
            after = words.folded[i + 1] if i + 1 < len(words) else ""
            if before in _BEFORE_YEAR or _AFTER_YEAR.match(after):
                start = date(int(word), 1, 1)
                yield Dated(
                    start,
                    start.replace(month=12, day=31),
                    "year",
                    words.starts[i],
                    words.ends[i],
                    "date_year",
                )
