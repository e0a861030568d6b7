"""Translations belong to their words, and only lines are added."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from mirab.follow.translations import Translations


def test_the_last_translation_counts_and_a_second_time_is_no_news(tmp_path: Path) -> None:
    store = Translations(tmp_path / "translations.sqlite")
    assert store.known("ru") == {}
    assert store.keep("ru", {"One": "Раз", "Two": ""}, person="Aigul") == 1
    assert store.keep("ru", {"One": "Раз"}, person="Aigul") == 0
    assert store.keep("ru", {"One": "Один"}, person="Bakyt") == 1
    assert store.known("ru") == {"One": "Один"}
    assert store.known("kk") == {}
    with sqlite3.connect(store.path) as file:
        assert file.execute("SELECT target, person FROM translations").fetchall() == [
            ("Раз", "Aigul"),
            ("Один", "Bakyt"),
        ]
