"""A promise that a person has confirmed, as the cells of a commitment."""

from __future__ import annotations

from collections.abc import Collection

from mirab.core.fields import units
from mirab.observe.press.store import Stored

LONGEST = 300


def cells(one: Stored, states: Collection[str]) -> dict[str, str]:
    """The cells of a confirmed promise: its sentence, who to whom, day, amount, and where it was said.

    Only states of the region stand in `by` and `to`; the first other body is the owner. An amount in a unit
    that has no conversion stands in the note.
    """
    body = one.body
    bodies = [code for code in body["by"] if code not in states]
    words = " ".join(one.sentence.split())
    span = body["evidence"][1]
    source = ", ".join(part for part in (one.title, one.publisher, one.published) if part)
    found = {
        "commitment_id": one.id,
        "what": words if len(words) <= LONGEST else words[:LONGEST] + "\u2026",
        "by": "|".join(code for code in body["by"] if code in states),
        "to": "|".join(code for code in body["to"] if code in states),
        "owner": bodies[0] if bodies else "",
        "adopted": one.published,
        "due": body["due"]["end"] or "",
        "source": f"{source}: characters {span['start']} to {span['end']} of document {one.document[:10]}",
        "themes": "|".join(body["themes"]),
    }
    amount = f"{body['amount']:.12g}" if body["amount"] is not None else ""
    if amount and body["unit"] in units():
        found |= {"amount": amount, "unit": body["unit"]}
    elif amount:
        found["note"] = f"{amount} {body['unit']}"
    return {name: cell for name, cell in found.items() if cell}
