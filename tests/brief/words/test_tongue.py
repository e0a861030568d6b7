"""Tongue: records said in another language, by templates, days, numbers and names."""

from __future__ import annotations

import json
from datetime import date

import pytest

from mirab.brief.specimen import specimen
from mirab.brief.words import load
from mirab.brief.words.tongue import Tongue
from mirab.core.phrase import Phrase, listed, say
from mirab.core.plain import from_dict, with_phrases
from mirab.core.presence import Presence
from mirab.core.records import Briefing, LedgerLine


def test_a_list_is_joined_in_the_language() -> None:
    states = listed(["Kazakhstan", "Kyrgyzstan", "Uzbekistan"])
    names = {"Kazakhstan": "Казахстан", "Kyrgyzstan": "Кыргызстан", "Uzbekistan": "Узбекистан"}
    assert Tongue.of("ru", names).text(str(states)) == str(states)
    assert isinstance(states, Phrase)
    assert Tongue.of("ru", names).text(states) == "Казахстан, Кыргызстан и Узбекистан"


@pytest.mark.parametrize(
    ("language", "said"), [("ru", "2\u00a0февраля 2024\u00a0года"), ("kk", "2024 жылғы 2\u00a0ақпан")]
)
def test_a_day_is_said_in_the_manner_of_the_language(language: str, said: str) -> None:
    assert Tongue.of(language).text(Phrase("{day}", day=date(2024, 2, 2))) == said


def test_numbers_take_the_signs_of_the_language_and_keep_their_format() -> None:
    assert Tongue.of("ru").text(Phrase("{amount:,.1f}", amount=12345.67)) == "12\u202f345,7"
    assert Tongue.of("ru").text(Phrase("{share}", share="0.25")) == "0,25"


def test_a_count_takes_the_plural_of_the_language() -> None:
    rows = [load()("chart.rows", count=count) for count in (1, 3, 8)]
    assert [Tongue.of("ru").text(one) for one in rows] == ["1 строка", "3 строки", "8 строк"]


def test_a_text_that_nobody_translated_stays_as_it_is() -> None:
    assert Tongue.of("kk").text(Phrase("no such template of {who}", who="X")) == "no such template of X"
    assert Tongue.of("kk").text("plain text") == "plain text"


def test_a_sentence_begins_with_a_capital_where_its_template_says_so() -> None:
    inner = Phrase("{a} and {b}", a="inflow", b="volume")
    assert Phrase("{text:capital}.", text=inner) == "Inflow and volume."
    assert (
        Tongue.of("ru").text(Phrase("{text:capital}.", text=listed(["inflow", "volume"])))
        == "Приток и объём."
    )


def test_every_text_of_a_record_is_said_and_no_key_or_enumeration_is_touched() -> None:
    line = LedgerLine("Toktogul", Presence.PRESENT, 3, {"Toktogul": 3}, listed(["inflow", "volume"]))
    said = Tongue.of("ru", {"Toktogul": "Токтогул"}).said(line)
    assert said == LedgerLine("Токтогул", Presence.PRESENT, 3, {"Toktogul": 3}, "приток и объём")


def test_english_leaves_a_record_alone() -> None:
    briefing = specimen()
    assert Tongue.of("en").said(briefing) is briefing


def test_phrases_come_back_from_json_and_can_be_said_anew() -> None:
    remark = Phrase("{parts} on {day}", parts=listed(["inflow", "volume"]), day=date(2024, 2, 2))
    line = LedgerLine("x", Presence.PRESENT, 3, {}, remark)
    again = from_dict(LedgerLine, json.loads(json.dumps(with_phrases(line))))
    assert again == line
    assert isinstance(again.remark, Phrase)
    assert again.remark.values == remark.values
    assert Tongue.of("ru").text(again.remark.values["parts"]) == "приток и объём"


def test_a_phrase_that_says_no_more_than_what_stands_in_it_comes_back_too() -> None:
    bare, inner = say("{how}", how="a note"), say("{cause}", cause=say("time passed"))
    line = LedgerLine(say("{how:capital}.", how=bare), Presence.PRESENT, 3, {}, say("({why})", why=inner))
    again = from_dict(LedgerLine, json.loads(json.dumps(with_phrases(line))))
    assert again == line
    assert isinstance(again.remark, Phrase)
    assert isinstance(again.remark.values["why"], Phrase)
    assert again.remark.values["why"].template == "time passed"


def test_a_phrase_that_only_holds_another_one_comes_back_as_that_one() -> None:
    told = Phrase("{text}", text=Phrase("{text}", text=listed(["inflow", "volume"])))
    line = LedgerLine("x", Presence.PRESENT, 3, {}, told)
    again = from_dict(LedgerLine, json.loads(json.dumps(with_phrases(line))))
    assert Tongue.of("ru").text(again.remark) == "приток и объём"


def test_a_phrase_whose_value_is_its_whole_text_comes_back() -> None:
    line = LedgerLine("x", Presence.PRESENT, 3, {}, Phrase("{text}", text="plain"))
    assert from_dict(LedgerLine, json.loads(json.dumps(with_phrases(line)))) == line


def test_the_records_of_an_issue_read_as_english() -> None:
    values = with_phrases(specimen())
    assert {"threats", "phrases"} < values.keys()
    assert from_dict(Briefing, json.loads(json.dumps(values))) == specimen()
