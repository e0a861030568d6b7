"""XLIFF: what goes out comes back the same in both versions, and nothing else is taken."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.core.errors import InputError, UnknownNameError
from mirab.follow import xliff
from mirab.follow.xliff import Exchange, Unit

PLAIN = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=20
)
NAMES = st.text("abcz:_.-0", min_size=1, max_size=9)
UNITS = st.lists(st.builds(Unit, NAMES, PLAIN, PLAIN.map(str.strip), PLAIN), max_size=5)
FILE = xliff.text(Exchange("ru", (Unit("a", "One & <two>", "Один"), Unit("b", "Three"))), original="toy-1")


@settings(derandomize=True, max_examples=120, deadline=None)
@given(UNITS, st.sampled_from(xliff.VERSIONS))
def test_what_goes_out_comes_back_the_same(units: list[Unit], version: str) -> None:
    found = Exchange("kk", tuple(units))
    assert xliff.read(xliff.text(found, original="x", version=version).encode()) == found


def test_a_file_of_each_version_carries_what_its_standard_asks_for() -> None:
    assert '<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">' in FILE
    assert 'source-language="en" target-language="ru" datatype="plaintext"' in FILE
    assert '<trans-unit id="a" xml:space="preserve"><source>One &amp; &lt;two&gt;</source>' in FILE
    new = xliff.text(
        Exchange("ru", (Unit("a:1", "One", "", "of a threat"),)), original="toy-1", version="2.0"
    )
    assert (
        '<xliff version="2.0" xmlns="urn:oasis:names:tc:xliff:document:2.0" srcLang="en" trgLang="ru">' in new
    )
    assert '<unit id="u1" name="a:1"><notes><note>of a threat</note></notes><segment state="initial">' in new
    with pytest.raises(UnknownNameError, match="version of XLIFF '2.1' is not known"):
        xliff.text(Exchange("ru", ()), original="x", version="2.1")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("no", "is no sound XML"),
        ("<html/>", "is no XLIFF 1.2 or 2.0"),
        (FILE.replace('target-language="ru"', ""), "names no target language"),
        (FILE.replace("Один", "О<g id='1'>дин</g>"), "has the mark <g> inside the text of 'a'"),
        ('<!DOCTYPE xliff [<!ENTITY a "b">]>' + FILE.partition("\n")[2], "has a document type"),
    ],
)
def test_another_file_is_refused_with_the_reason(content: str, what: str) -> None:
    with pytest.raises(InputError, match=what):
        xliff.read(content.encode())


def test_a_translation_of_words_that_have_changed_is_no_translation_of_those_of_today() -> None:
    units = xliff.read(FILE.encode()).units
    texts = {"a": "One & <two>", "b": "Three and a half"}
    (wrong,) = xliff.problems(units, texts, name="f.xlf")
    assert (wrong.where, wrong.what) == ("f.xlf b", "translates 'Three', the text is now 'Three and a half'")
    assert [one.what for one in xliff.problems(units, {"a": "One & <two>"}, name="f")] == [
        "is no text of this issue"
    ]
