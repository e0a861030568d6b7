"""Numbers, units, dates and likelihoods in the words of a language, as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from mirab.brief.words import Words
from mirab.core.calendar import day_range
from mirab.core.phrase import chained
from mirab.core.records import Confidence, Level, Threat

THIN_SPACE = "\u202f"
CERTAIN = 0.999
LIKELIHOODS = (
    (0.99, "virtually_certain"),
    (0.95, "extremely_likely"),
    (0.90, "very_likely"),
    (0.66, "likely"),
    (0.33, "about_as_likely_as_not"),
    (0.10, "unlikely"),
    (0.05, "very_unlikely"),
    (0.01, "extremely_unlikely"),
)


def likelihood(probability: float) -> str:
    """Key of the calibrated word for a probability in [0, 1].

    The scale is that of the IPCC (Mastrandrea and others, 2010, guidance note on the consistent treatment
    of uncertainties, table 1), read as bands that do not overlap: a probability takes the narrowest term
    that holds it, counted from each end.

    >>> likelihood(0.7), likelihood(0.02)
    ('likely', 'extremely_unlikely')
    """
    for lowest, key in LIKELIHOODS:
        if probability >= lowest:
            return key
    return "exceptionally_unlikely"


@dataclass(frozen=True)
class Figures:
    """Writes figures in one language; `states` gives the name of each ISO alpha-3 code."""

    words: Words
    states: Mapping[str, str]

    @property
    def decimal(self) -> str:
        """What stands between the whole and the rest of a number."""
        return str(self.words.locale.number_symbols["latn"]["decimal"])

    def number(self, value: float | None) -> str:
        """A number with three significant digits below 1,000 and thin spaces above; a dash where absent."""
        if value is None:
            return self.words("figure.absent")
        digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
        text = f"{value:,.{digits}f}"
        text = text.rstrip("0").rstrip(".") if digits else text
        return text.replace(",", THIN_SPACE).replace(".", self.decimal).replace("-", "\u2212")

    def signed(self, value: float) -> str:
        """A difference with its sign, plus or minus; nought where it rounds to nothing."""
        text = self.number(value)
        if text.strip("\u2212") == "0":
            return "0"
        return f"+{text}" if value > 0.0 else text

    def unit(self, unit: str) -> str:
        """A unit as readers write it; a unit without a phrase stands as it is."""
        return self.words.get(f"unit.{unit}") or unit

    def amount(self, value: float | None, unit: str) -> str:
        """A number with its unit, or the word for an absent one (§3)."""
        if value is None:
            return self.words("figure.absent")
        if unit == "fraction":
            return self.percent(value)
        return f"{self.number(value)}\u00a0{self.unit(unit)}" if unit else self.number(value)

    def exactly(self, value: float, unit: str) -> str:
        """A number as it was promised or counted, not rounded to three digits, with its unit."""
        text = f"{value:,.10g}".replace(",", THIN_SPACE).replace(".", self.decimal)
        return f"{text}\u00a0{self.unit(unit)}" if unit else text

    def percent(self, share: float) -> str:
        """A fraction in per cent: whole, and never 0 or 100 for a fraction that is neither."""
        if 0 < share < 0.005:
            return self.words("figure.below_percent", value=1)
        if 0.995 < share < 1:
            return self.words("figure.above_percent", value=99)
        return self.words("figure.percent", value=round(100 * share))

    def likelihood(self, probability: float | None) -> str:
        """A probability in words and number, or the words for an observation that has none.

        No share of members is certain: all of them are more than 99 %, none of them less than 1 %.
        """
        if probability is None:
            return self.words("likelihood.none")
        word = self.words(f"likelihood.{likelihood(probability)}")
        return self.words("likelihood.with_number", word=word, number=self.members(probability))

    def members(self, share: float) -> str:
        """A share of members in per cent: all or none of them is still no certainty."""
        return self.percent(min(max(share, 1.0 - CERTAIN), CERTAIN))

    def chance(self, threat: Threat) -> str:
        """How likely a threat is ahead; for one that exists, to come again."""
        if threat.level is Level.EXISTING and threat.probability is not None:
            return self.words("likelihood.existing", ahead=self.likelihood(threat.probability))
        return self.likelihood(threat.probability)

    def day(self, day: date) -> str:
        """A day in words."""
        return self.words("date.day", day=day.day, month=self.words.month(day.month), year=day.year)

    def period(self, first: date, last: date) -> str:
        """A first and last day in words, the year and month said once where they are the same."""
        if first == last:
            return self.day(first)
        kind = "month" if (first.year, first.month) == (last.year, last.month) else "year"
        kind = kind if first.year == last.year else "years"
        values = {"a": first.day, "b": last.day, "a_year": first.year, "b_year": last.year}
        months = {"a_month": self.words.month(first.month), "b_month": self.words.month(last.month)}
        return self.words(f"date.within_{kind}", **values, **months)

    def within(self, period: tuple[date, date]) -> str:
        """A period given by its first day and the day after its last, in words."""
        return self.period(period[0], period[1] - timedelta(days=1))

    def iso(self, text: str) -> str:
        """An ISO date of a day, month or year in words; other text stands as it is, empty is absent."""
        found = day_range(text)
        if not text or found is None:
            return text or self.words("figure.absent")
        first, last = found
        if first == last:
            return self.day(first)
        if last - first < timedelta(days=31):
            return self.words("date.month", alone=self.words.month(first.month, alone=True), year=first.year)
        return str(first.year)

    def spelled(self, text: str) -> str:
        """A text with the codes of states written as their names.

        >>> from mirab.brief.words import load
        >>> Figures(load(), {"XAA": "Ardia", "XBB": "Boria"}).spelled("services of XAA XBB")
        'services of Ardia, Boria'
        """
        known = "|".join(map(re.escape, self.states)) or "(?!)"
        text = re.sub(rf"\b({known}) (?=({known})\b)", r"\1, ", text)
        return re.sub(rf"\b({known})\b", lambda found: self.states[found[1]], text)

    def when(self, text: str) -> str:
        """An ISO date of an event in words; of a year alone, that the day is not known."""
        return self.words("date.some_day", year=text) if text.isdigit() else self.iso(text)

    def names(self, codes: Iterable[str]) -> str:
        """States by name, A to Z (§13), or the word for none."""
        names = self.words.ordered(self.states.get(code, code) for code in codes)
        return ", ".join(names) or self.words("figure.none")

    def shares(self, shares: Mapping[str, float]) -> str:
        """Shares of the input by confidence, strongest class first (§6)."""
        order = [level.value for level in Confidence]
        known = sorted(shares, key=lambda name: order.index(name) if name in order else len(order))
        parts = [
            self.words("confidence.share", share=self.percent(shares[name]), name=self.confidence(name))
            for name in known
            if shares[name] > 0
        ]
        return chained(parts, ", ") if parts else self.words("figure.absent")

    def theme(self, name: str) -> str:
        """A theme in words; text that is no theme stands as it is."""
        return self.words.get(f"theme.{name}") or name

    def themes(self, names: str | None) -> str:
        """Several themes joined by | in words, in their order; a dash where there is none."""
        parts = [self.theme(name) for name in (names or "").split("|") if name]
        return ", ".join(parts) or self.words("figure.absent")

    def confidence(self, name: str) -> str:
        """A confidence class in words; text that is no class stands as it is."""
        return self.words.get(f"confidence.{name}") or name
