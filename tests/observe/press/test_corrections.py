"""What a person puts right is shown, and what was read is kept."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mirab.core.errors import InputError
from mirab.observe.press import counts, summary
from mirab.observe.press.corrections import FIELDS, Choices, laid_over, patch, shown
from mirab.observe.press.document import Document
from mirab.observe.press.reader import Reader
from mirab.observe.press.store import PressStore

TEXT = (
    "ASTANA, 6 March 2025 – President Tokayev met with Sadyr Japarov. Kyrgyzstan will supply 300 million kWh "
    "to Kazakhstan by 2026. Kazakhstan proposed to create a regional water fund."
)


@pytest.fixture
def store(tmp_path: Path, reader: Reader) -> PressStore:
    kept = PressStore(tmp_path / "press.sqlite")
    kept.keep(reader.read(Document(TEXT)))
    return kept


@pytest.fixture(scope="module")
def choices(reader: Reader) -> Choices:
    return Choices(reader.registry, date(2025, 3, 6))


def correct(store: PressStore, choices: Choices, kind: str, field: str, value: str) -> str:
    one = next(one for one in store.records(kind=kind))
    store.review(one.id, "correct", field=field, change=patch(kind, field, value, choices), who="A. Reader")
    return one.id


def test_a_corrected_day_is_shown_counted_and_searched_and_the_one_read_is_kept(
    store: PressStore, choices: Choices
) -> None:
    id = correct(store, choices, "meeting", "day", "2025-03-05")
    (one,) = store.records(kind="meeting", to=date(2025, 3, 5))
    assert (one.id, one.start, one.body["when"]["known"]) == (id, "2025-03-05", "corrected")
    (change,) = one.corrections
    assert (change.read, change.corrected, change.who) == ("2025-03-06", "2025-03-05", "A. Reader")
    (series, *_) = summary.series(store, date(2025, 5, 1), ("KAZ", "KGZ"))
    assert (series.columns["day"], series.columns["day_is"]) == (("2025-03-05",), ("corrected",))
    assert "read as 2025-03-06, put right to 2025-03-05 by A. Reader" in series.columns["corrected"][0]


def test_a_corrected_type_moves_what_is_counted(store: PressStore, choices: Choices) -> None:
    correct(store, choices, "event", "mode", "future")
    before = {(o.item, o.quantity): o.value for o in counts.observations(store, date(2025, 5, 1), ())}
    assert before == {}


def test_a_corrected_promise_still_waits_and_is_accepted_with_what_was_put_right(
    store: PressStore, choices: Choices
) -> None:
    from mirab.observe.press.accepted import cells

    id = correct(store, choices, "commitment", "due", "2027")
    assert id in {one.id for one in store.waiting()}
    store.review(id, "accept")
    assert cells(store.record(id), {"KAZ", "KGZ"})["due"] == "2027-12-31"
    assert id not in {one.id for one in store.waiting()}


def test_a_record_that_was_corrected_counts_against_its_rule_also_when_accepted_later(
    store: PressStore, choices: Choices
) -> None:
    id = correct(store, choices, "meeting", "kind", "call")
    assert list(store.precision().values()) == [(1, 0)]
    store.review(id, "accept")
    assert list(store.precision().values()) == [(1, 0)]


def test_parties_are_put_right_by_name_with_the_state_of_their_post_on_that_day(choices: Choices) -> None:
    change = patch("meeting", "parties", "Kassym-Jomart Tokayev|shavkat_mirziyoyev", choices)
    assert [(one["id"], one["place"]) for one in change["parties"]] == [
        ("kassym_jomart_tokayev", "KAZ"),
        ("shavkat_mirziyoyev", "UZB"),
    ]


@pytest.mark.parametrize(
    ("kind", "field", "value", "says"),
    [
        ("meeting", "amount", "5", "is no value of a meeting; give --field as one of day, place, kind"),
        ("meeting", "day", "soon", "is not a date; write it as 2025"),
        ("meeting", "mode", "maybe", "is no mode; give one of held, future"),
        ("meeting", "place", "Astanna", "did you mean 'Astana'"),
        ("event", "type", "MEET", "is no type; give one of AGREE"),
        ("commitment", "amount", "many", "is not a number"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_the_nearest_one(
    choices: Choices, kind: str, field: str, value: str, says: str
) -> None:
    with pytest.raises(InputError, match=says):
        patch(kind, field, value, choices)


VALUES = {
    "day": "2025-03",
    "due": "2027",
    "place": "Tashkent",
    "parties": "Sadyr Japarov",
    "type": "agree",
    "mode": "future",
    "amount": "2.5",
    "unit": "USD",
}


@pytest.mark.parametrize(
    ("kind", "field"), [(kind, field) for kind, ones in FIELDS.items() for field in ones]
)
def test_every_field_can_be_put_right_and_told(
    store: PressStore, choices: Choices, kind: str, field: str
) -> None:
    value = VALUES.get(field) or {"meeting": "call", "commitment": "pledged", "announcement": "priority"}.get(
        kind, ""
    )
    value = "KAZ|UZB" if field in ("actors", "recipients", "by", "to") else value
    body: dict[str, Any] = store.records(kind=kind)[0].body
    after, (change,) = laid_over(body, [(field, patch(kind, field, value, choices), "", "2025-04-01T00:00")])
    assert change.read == shown(body, field) != change.corrected == shown(after, field)
