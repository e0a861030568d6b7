"""Commitments as activities with results in the XML of the International Aid Transparency Initiative, 2.03.

Each promise is an activity; a part names its whole as a related activity. An amount with a period is a
result with target and, where it was observed, actual value. The order of the elements and the codes are
those of the published schema and code lists: activity date 2 actual start, 3 planned end; status 2
implementation, 4 closed; role 2 accountable, 4 implementing; organisation type 10 government, 90
other; related activity 1 parent, 2 child; result type 2 outcome; measure 1 unit, 5 qualitative.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from mirab.core.calendar import day_range
from mirab.core.records import Commitment, Sense, Status

VERSION, UNREGISTERED = "2.03", "mirab-unregistered"
CLOSED = (Status.MET, Status.NOT_MET)
GOVERNMENT, OTHER = "10", "90"


def text(
    found: Sequence[Commitment], *, on: date, names: Mapping[str, str], publisher: str = UNREGISTERED
) -> str:
    """The activities file of commitments on a day; `names` are states and bodies by code or id.

    A promise of which neither adoption nor due date is known is left out: the schema asks for a date.
    `publisher` is the registered identifier of who publishes it and leads every identifier.
    """
    root = activities(found, on=on, names=names, publisher=publisher)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def activities(
    found: Sequence[Commitment], *, on: date, names: Mapping[str, str], publisher: str = UNREGISTERED
) -> Element:
    """The root element of the activities file, as `text` writes it."""
    stamp = {"version": VERSION, "generated-datetime": f"{on.isoformat()}T00:00:00Z"}
    root = Element("iati-activities", stamp)
    told = [one for one in found if one.due or one.adopted]
    for one in told:
        _activity(root, one, told, names, publisher)
    return root


def _activity(
    root: Element,
    one: Commitment,
    all_of_them: Sequence[Commitment],
    names: Mapping[str, str],
    publisher: str,
) -> None:
    activity = SubElement(
        root, "iati-activity", {"default-currency": "USD", "hierarchy": "2" if one.parent else "1"}
    )
    SubElement(activity, "iati-identifier").text = f"{publisher}-{one.id}"
    reporting = SubElement(activity, "reporting-org", {"ref": publisher, "type": OTHER})
    _say(reporting, f"Recorded with Mirab ({publisher})")
    _say(SubElement(activity, "title"), one.what)
    _say(SubElement(activity, "description", {"type": "1"}), _description(one, names))
    if one.owner or not one.by:
        role = {"role": "2", "type": OTHER}
        _say(SubElement(activity, "participating-org", role), names.get(one.owner, one.owner) or "not known")
    for state in one.by:
        role = {"role": "4", "type": GOVERNMENT}
        _say(SubElement(activity, "participating-org", role), names.get(state, state))
    SubElement(activity, "activity-status", {"code": "4" if one.status in CLOSED else "2"})
    _dates(activity, one)
    for kind, id in _related(one, all_of_them):
        SubElement(activity, "related-activity", {"ref": f"{publisher}-{id}", "type": kind})
    _result(activity, one)


def _description(one: Commitment, names: Mapping[str, str]) -> str:
    to = ", ".join(names.get(state, state) for state in one.to)
    rule = f"Due: {one.due_rule}" if one.due_rule else ""
    parts = [one.what, f"To: {to}" if to else "", f"Status: {one.status.value}", rule]
    return ". ".join(part for part in parts if part) + "."


def _dates(activity: Element, one: Commitment) -> None:
    if adopted := day_range(one.adopted):
        SubElement(activity, "activity-date", {"iso-date": adopted[0].isoformat(), "type": "2"})
    if one.due:
        SubElement(activity, "activity-date", {"iso-date": one.due.isoformat(), "type": "3"})


def _related(one: Commitment, all_of_them: Sequence[Commitment]) -> list[tuple[str, str]]:
    there = {other.id for other in all_of_them}
    up = [("1", one.parent)] if one.parent in there else []
    return up + [("2", other.id) for other in all_of_them if other.parent == one.id]


def _result(activity: Element, one: Commitment) -> None:
    """The amount of a promise in its period, or how far it has come where it has none."""
    adopted = day_range(one.adopted)
    period = (one.period[0], one.period[1] - timedelta(days=1)) if one.period else None
    if period is None and adopted and one.due:
        period = (adopted[0], one.due)
    if period is None:
        return
    is_counted = one.amount is not None
    result = SubElement(activity, "result", {"type": "2", "aggregation-status": "0"})
    _say(SubElement(result, "title"), one.what)
    kind = {"measure": "1" if is_counted else "5", "ascending": "1" if one.sense is Sense.AT_LEAST else "0"}
    indicator = SubElement(result, "indicator", kind)
    words = f"{one.quantity or 'amount'}, {one.sense.value}, in {one.unit}" if is_counted else "Status"
    _say(SubElement(indicator, "title"), words)
    span = SubElement(indicator, "period")
    SubElement(span, "period-start", {"iso-date": period[0].isoformat()})
    SubElement(span, "period-end", {"iso-date": period[1].isoformat()})
    if not is_counted:
        _say(SubElement(SubElement(span, "actual"), "comment"), one.status.value)
        return
    SubElement(span, "target", {"value": f"{one.amount:g}"})
    for seen in (finding for finding in one.findings if finding.value is not None):
        actual = SubElement(span, "actual", {"value": f"{seen.value:g}"})
        _say(SubElement(actual, "comment"), f"{seen.basis}; {seen.kept.value}")


def _say(parent: Element, words: str) -> None:
    SubElement(parent, "narrative").text = "".join(letter for letter in words if letter.isprintable())
