"""Commitments as IATI 2.03: elements in the order of the published schema, with their required attributes.

The order and the attributes below are taken from iati-activities-schema.xsd of version 2.03.
"""

from __future__ import annotations

from datetime import date
from xml.etree.ElementTree import Element

import pytest

from mirab.follow.commitments import commitments, entries, names
from mirab.follow.iati import activities
from mirab.observe.region import load

ON = date(2026, 11, 22)
ORDER = {
    "iati-activity": (
        *("iati-identifier", "reporting-org", "title", "description", "participating-org"),
        *("activity-status", "activity-date", "related-activity", "result"),
    ),
    "result": ("title", "indicator"),
    "indicator": ("title", "period"),
    "period": ("period-start", "period-end", "target", "actual"),
}
REQUIRED = {
    "iati-activity": {"iati-identifier", "reporting-org", "title", "description", "participating-org"}
    | {"activity-status", "activity-date"},
    "result": {"title", "indicator"},
    "indicator": {"title"},
    "period": {"period-start", "period-end"},
}
ATTRIBUTES = {
    "reporting-org": {"ref", "type"},
    "participating-org": {"role"},
    "activity-status": {"code"},
    "activity-date": {"type", "iso-date"},
    "related-activity": {"ref", "type"},
    "result": {"type"},
    "indicator": {"measure"},
    "period-start": {"iso-date"},
    "period-end": {"iso-date"},
}


@pytest.fixture(scope="module", params=["toy", "central_asia"])
def root(request: pytest.FixtureRequest) -> Element:
    region = load(request.param)
    found = commitments(entries(region), ON)
    return activities(found, on=ON, names=names(region))


def test_elements_stand_in_the_order_of_the_schema_and_none_that_is_required_lacks(
    root: Element,
) -> None:
    for name, order in ORDER.items():
        for element in root.iter(name):
            tags = [child.tag for child in element]
            assert [order.index(tag) for tag in tags] == sorted(order.index(tag) for tag in tags)
            assert set(tags) >= REQUIRED[name]


def test_required_attributes_are_there_and_dates_are_dates(root: Element) -> None:
    for name, needed in ATTRIBUTES.items():
        for element in root.iter(name):
            assert needed <= set(element.attrib)
    for element in root.iter():
        if "iso-date" in element.attrib:
            date.fromisoformat(element.attrib["iso-date"])


def test_a_part_and_its_whole_name_each_other(root: Element) -> None:
    related = {
        (activity.findtext("iati-identifier"), one.get("type"), one.get("ref"))
        for activity in root
        for one in activity.iter("related-activity")
    }
    assert related
    for identifier, kind, other in related:
        assert (other, {"1": "2", "2": "1"}[str(kind)], identifier) in related


def test_an_amount_is_a_target_of_its_period(root: Element) -> None:
    targets = [(one.find("period-start"), one.find("target")) for one in root.iter("period")]
    counted = [
        (start.get("iso-date"), one.get("value"))
        for start, one in targets
        if one is not None and start is not None
    ]
    assert ("2023-10-01", "2.5") in counted or ("2025-10-01", "44") in counted
