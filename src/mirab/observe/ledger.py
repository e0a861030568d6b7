"""The data quality ledger: what is missing, how old each observation is, and what each table rests on.

It comes in the order in which a reader needs it: the gaps that the pack names, licences that are not
settled, the age of observations by station and author, then the tables of the pack row by row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from mirab.core.domain import Row
from mirab.core.ensemble import Ensemble
from mirab.core.phrase import Phrase, chained, listed, say, say_count
from mirab.core.presence import Presence
from mirab.core.records import Confidence, LedgerLine, Marking, Observation
from mirab.observe import freshness
from mirab.observe.freshness import Age
from mirab.observe.region import Region, scan

DROPPING = "drop_unsettled_licences"
GAPS = "gaps"


def ledger(
    region: Region,
    observations: Iterable[Observation],
    on: date,
    *,
    audience: Marking = Marking.PUBLIC,
    live: Sequence[Age] = (),
    forecasts: Iterable[Ensemble] = (),
) -> tuple[LedgerLine, ...]:
    """Lines on the whole input of a briefing as of the day `on`, as an audience may see it.

    Rows are counted by confidence, strongest class first. Ages are whole days from the last day that an
    observation speaks for. Observations that begin after `on`, and those that the audience may not see, are
    left out. Of `live` sources each has a line of its own, and their values have none.
    """
    sources = {one.terms.source_id for one in live}
    seen = [one for one in observations if one.start <= on and one.marking.rank <= audience.rank]
    own = [one for one in seen if one.evidence.source_id not in sources]
    stations, told = _stations(region, own, on), (*freshness.lines(live), *_forecasts(forecasts, on))
    return (*_gaps(region), *_licences(region), *stations, *told, *_tables(region))


def _gaps(region: Region) -> Iterator[LedgerLine]:
    """The parts that the pack itself says are absent or not modelled, in its order."""
    for row in region.rows(GAPS):
        yield LedgerLine(row["part"], Presence(row["presence"]), 0, {}, row["remark"])


def _licences(region: Region) -> Iterator[LedgerLine]:
    """Rows that rest only on sources whose licence is not settled, and whether they are in use."""
    dropped = bool(region.settings.get(DROPPING))
    whole = scan(region.path)[0] if dropped else region
    settled = {id for id, source in whole.sources.items() if source.licence_settled}
    rows = {
        name: [row for row in _rows(whole, name) if settled.isdisjoint(_ids(row))] for name in whole.tables
    }
    found = [row for table in rows.values() for row in table]
    if not found:
        return
    named = [name for name in sorted(rows) if rows[name]]
    among = listed([say("{number:,} in {table}", number=len(rows[name]), table=name) for name in named])
    titles = sorted({whole.sources[id].title for row in found for id in _ids(row)})
    told = {"among": among, "titles": chained(titles), "switch": DROPPING}
    remark = say_count(
        "{count:,} row kept ({switch} leaves them out): {among}. To be settled: {titles}.",
        "{count:,} rows kept ({switch} leaves them out): {among}. To be settled: {titles}.",
        len(found),
        **told,
    )
    if dropped:
        remark = say_count(
            "{count:,} row dropped ({switch} is set): {among}. To be settled: {titles}.",
            "{count:,} rows dropped ({switch} is set): {among}. To be settled: {titles}.",
            len(found),
            **told,
        )
    classes = Counter(str(row["confidence"]) for row in found if not dropped)
    presence = Presence.ABSENT if dropped else Presence.PRESENT
    yield LedgerLine(
        say("Rows whose licence is not settled"), presence, classes.total(), _ordered(classes), remark
    )


def _stations(region: Region, seen: Sequence[Observation], on: date) -> Iterator[LedgerLine]:
    """One line for each station and author, by name: how many values, how old the last one is."""
    names = {
        row["node_id"]: row["name"]
        for table in region.tables
        if table.endswith("/nodes")
        for row in region.rows(table)
    }
    groups: dict[tuple[str, str], list[Observation]] = {}
    for one in seen:
        groups.setdefault((names.get(one.item, one.item), one.author), []).append(one)
    for (name, author), values in sorted(groups.items()):
        known = [one for one in values if one.presence is Presence.PRESENT]
        presence = Presence.PRESENT if known else Presence.ABSENT
        classes = Counter(one.evidence.confidence.value for one in known)
        remark = chained([_told(values), _age(known, on), *_lacking(len(values) - len(known))], " ")
        station = say("{name}, {author}", name=name, author=author)
        yield LedgerLine(station, presence, len(known), _ordered(classes), remark)


def _forecasts(forecasts: Iterable[Ensemble], on: date) -> Iterator[LedgerLine]:
    """One line for each source and quantity that others forecast: the newest, its day, what it covers."""
    newest: dict[tuple[str, ...], Ensemble] = {}
    for one in sorted(forecasts, key=lambda one: one.issued or date.min):
        newest[one.quantity, *(evidence.source_id for evidence in one.evidence)] = one
    for (quantity, *_), one in sorted(newest.items()):
        remark = say(
            "{what:capital} of {first} to {last}; had on {day}, {age:,} days before {on}.",
            what=chained([quantity.replace("_", " ")]),
            first=one.axis.starts[0],
            last=one.axis.end - timedelta(days=1),
            day=one.issued or on,
            age=(on - (one.issued or on)).days,
            on=on,
        )
        classes = {Confidence.COMPUTED.value: len(one.items)}
        part = say("Model of others: {how}", how=one.how)
        yield LedgerLine(part, Presence.PRESENT, len(one.items), classes, remark)


def _told(values: Iterable[Observation]) -> Phrase:
    names = sorted({one.quantity.replace("_", " ") for one in values})
    return say("{names:capital}.", names=chained(names, ", "))


def _age(known: Sequence[Observation], on: date) -> Phrase:
    if not known:
        return say("No value is known.")
    last = max(one.end for one in known) - timedelta(days=1)
    days = (on - last).days
    if days <= 0:
        return say("Last value for {last}, up to date.", last=last)
    return say_count(
        "Last value for {last}, {count:,} day before {on}.",
        "Last value for {last}, {count:,} days before {on}.",
        days,
        last=last,
        on=on,
    )


def _lacking(count: int) -> list[Phrase]:
    return [say_count("{count:,} value is absent.", "{count:,} values are absent.", count)] if count else []


def _tables(region: Region) -> Iterator[LedgerLine]:
    """One line for each table whose rows carry a confidence, with the number of its sources."""
    for name in sorted(region.tables.keys() - {GAPS}):
        rows = list(_rows(region, name))
        classes = Counter(str(row["confidence"]) for row in rows)
        sources = {id for row in rows for id in _ids(row)}
        if classes:
            remark = say_count("{count:,} source.", "{count:,} sources.", len(sources))
            yield LedgerLine(name, Presence.PRESENT, len(rows), _ordered(classes), remark)


def _rows(region: Region, table: str) -> Iterator[Row]:
    return (row for row in region.rows(table) if row.get("confidence"))


def _ids(row: Row) -> list[str]:
    return str(row["source_id"]).split("|")


def _ordered(classes: Mapping[str, int]) -> dict[str, int]:
    return {one.value: classes[one.value] for one in Confidence if classes.get(one.value)}
