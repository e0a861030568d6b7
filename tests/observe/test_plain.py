"""A plain service needs its row alone: columns name what is what, each wrong cell is refused by itself."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mirab.core.errors import RegionError, SourceError
from mirab.observe import plain, sources
from mirab.observe.check import check
from mirab.observe.connector import Page, Scope, Terms
from mirab.observe.region import load

TOY = load("toy")
SCOPE = Scope(TOY, date(2025, 1, 1), date(2026, 11, 1))
COLUMNS = {"item": "well", "value": "depth", "start": "day", "quantity": "level", "unit": "m"}


def terms(form: str = "csv", **columns: str) -> Terms:
    return replace(sources.terms()["unhcr"], source_id="wells", form=form, columns={**COLUMNS, **columns})


def page(text: str, name: str = "page") -> Page:
    return Page(name, text.encode(), datetime(2026, 11, 1, tzinfo=UTC))


def test_a_day_a_month_and_a_year_are_as_long_as_they_are_told() -> None:
    text = "well,day,depth\na,2026-02-03,1\na,2026-02,2\na,2026,3\n"
    found = plain.parse(terms(), SCOPE, [page(text)]).observations
    assert [(one.start, one.end) for one in found] == [
        (date(2026, 2, 3), date(2026, 2, 4)),
        (date(2026, 2, 1), date(2026, 3, 1)),
        (date(2026, 1, 1), date(2027, 1, 1)),
    ]


def test_year_and_month_period_and_end_say_how_long_a_value_speaks() -> None:
    told = {"year": "y", "month": "m"}
    columns = {name: value for name, value in COLUMNS.items() if name != "start"} | told
    by_month = replace(terms(), columns=columns)
    (one,) = plain.parse(by_month, SCOPE, [page("well,y,m,depth\na,2026,4,1\n")]).observations
    assert (one.start, one.end) == (date(2026, 4, 1), date(2026, 5, 1))
    (two,) = plain.parse(
        terms(period="month"), SCOPE, [page("well,day,depth\na,2026-04-01,1\n")]
    ).observations
    assert two.end == date(2026, 5, 1)
    ended = page("well,day,till,depth\na,2026-04-01,2026-04-11,1\n")
    assert plain.parse(terms(end="till"), SCOPE, [ended]).observations[0].end == date(2026, 4, 11)


def test_wrong_cells_are_refused_and_the_rest_counts() -> None:
    text = "well;day;depth;kind\na;2026-01-01;1,5;x\nb;once;2;x\nc;2026-01-01;3;x\nd;2026-01-01;4;y\n"
    found = plain.parse(terms(delimiter=";", only="kind=x"), SCOPE, [page(text)])
    assert [(one.item, one.value) for one in found.observations] == [("c", 3.0)]
    assert [str(one) for one in found.refused] == [
        "page:1 depth='1,5' is no number",
        "page:2 has no day in {'day': 'once'}; write days like 2026-04-01, 2026-04 or 2026",
    ]


def test_a_list_inside_json_gives_authors_editions_and_units() -> None:
    row = {"well": "a", "day": "2026-01-01T00:00:00Z", "depth": 3, "by": "B", "ed": 2, "u": "m"}
    told = terms("json", rows="data.list", author="by", vintage="ed", unit_column="u")
    (one,) = plain.parse(told, SCOPE, [page(json.dumps({"data": {"list": [row]}}))]).observations
    assert (one.author, one.vintage, one.unit, one.value) == ("B", "2", "m", 3.0)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"rows": []}', "page has no field 'data'; nearest is|page has no field 'data'"),
        ('{"data": 3}', "page has no list but int; name the list with 'rows'"),
        ('{"data": [{"well": "a", "depth": 1}]}', "page:1 has no field 'day'"),
        ("<html>", "page is not JSON but begins with '<html>'"),
    ],
)
def test_a_page_that_is_none_is_refused_with_the_field(text: str, told: str) -> None:
    with pytest.raises(SourceError, match=told):
        plain.parse(terms("json", rows="data"), SCOPE, [page(text)])


def test_states_years_and_pages_are_asked_one_after_the_other() -> None:
    by_state = plain.asks(terms(path="w/{state}/{year}?from={since}"), SCOPE)
    asked = [(one.page, one.path) for one in by_state]
    assert asked[:2] == [
        ("page_XAA_2025", "w/XAA/2025?from=2025-01-01"),
        ("page_XAA_2026", "w/XAA/2026?from=2025-01-01"),
    ]
    assert len(asked) == 6
    paged = plain.asks(terms(path="w", page="p", page_from="0"), SCOPE)
    first = next(paged)
    second = paged.send(page("well,day,depth\na,2026,3\n"))
    assert [(one.page, dict(one.query)) for one in (first, second)] == [
        ("page_0", {"p": "0"}),
        ("page_1", {"p": "1"}),
    ]
    with pytest.raises(StopIteration, match="^$"):
        paged.send(page("well,day,depth\n"))


def test_a_service_that_never_ends_is_left_after_a_thousand_pages() -> None:
    paged = plain.asks(terms(path="w", page="p"), SCOPE)
    next(paged)
    rows = page("well,day,depth\na,2026,3\n")
    assert len([paged.send(rows) for _ in range(999)]) == 999
    with pytest.raises(StopIteration, match="^$"):
        paged.send(rows)


def test_columns_that_lack_or_invent_a_name_are_listed_together() -> None:
    columns = {"item": "a", "valeu": "b", "quantity": "level", "period": "week", "page_from": "x"}
    with pytest.raises(SourceError, match="wells: 6 problems") as caught:
        plain.connector(replace(terms(), columns=columns))
    told = str(caught.value)
    assert "name 'valeu', which is not known; nearest is 'value'" in told
    assert "period='week' is not a choice" in told


ROW = "wells,toy_invented,estimated,https://wells.example/,Wells 2026,30,90,30,csv,{columns},yes,{key},ask"
HEAD = "service,source_id,confidence,address,citation,cadence_days,stale_days,per_minute,form,columns"
HEAD += ",by_default,key,key_how"


def with_services(pack: Path, row: str) -> None:
    cell = '"' + json.dumps(COLUMNS).replace('"', '""') + '"'
    (pack / "services.csv").write_text(f"{HEAD}\n{row.replace('{columns}', cell)}\n", encoding="utf-8")


def test_a_pack_brings_plain_services_of_its_own(pack: Path) -> None:
    with_services(pack, ROW.replace("{key}", "MIRAB_WELLS"))
    known = sources.of(load(pack))
    assert list(known)[-1] == "wells"
    assert (known["wells"].key, known["wells"].stale_days, known["wells"].form) == (
        "MIRAB_WELLS",
        90.0,
        "csv",
    )
    assert sources.chosen(["wells"], known)[0].columns == COLUMNS


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("wells,toy", "unhcr,toy", "services unhcr has the id of a source that comes with mirab"),
        ("{key}", "MIRAB_UCDP_TOKEN", "names the setting 'MIRAB_UCDP_TOKEN'; name one of its own"),
        (
            "{key}",
            "AWS_SECRET",
            "names the setting 'AWS_SECRET'; name one of its own that begins with MIRAB_",
        ),
        ("{columns}", "3", "columns are no JSON object of texts"),
    ],
)
def test_no_pack_sends_a_key_of_ours_anywhere(pack: Path, old: str, new: str, told: str) -> None:
    with_services(pack, ROW.replace(old, new).replace("{key}", ""))
    with pytest.raises(SourceError, match=told):
        sources.of(load(pack))
    with pytest.raises(RegionError, match=told):
        check(pack)
