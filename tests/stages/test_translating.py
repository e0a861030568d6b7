"""What analysts wrote is found, translated once for all issues, and blocks clearing while it is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mirab.brief.specimen import specimen
from mirab.core.errors import InputError, UnknownNameError
from mirab.core.phrase import say
from mirab.core.records import Briefing, Confidence, Evidence, Origin
from mirab.follow.commitments import OWN
from mirab.stages import translating

REASON = "Sources on the ground say so."


def issue() -> Briefing:
    """An issue with a judged threat, one that an analyst added, an own promise, and a correction."""
    found = specimen()
    judged, added, *rest = (replace(one, assessment="", origin=Origin.COMPUTED) for one in found.threats)
    judged = replace(judged, assessment=REASON, origin=Origin.ASSESSED)
    added = replace(added, rule="judgement", title="A closed road", why=(say("A band."), "Seen by a convoy."))
    own = replace(
        found.commitments[0], what="Open the gate", evidence=(Evidence(OWN.id, Confidence.SECONDARY),)
    )
    imprint = replace(found.imprint, correction="A reading was wrong.")
    return replace(found, threats=(judged, added, *rest), commitments=(own,), imprint=imprint)


def test_only_what_people_wrote_goes_to_a_translator() -> None:
    assert [*translating.texts(issue()).values()] == [
        REASON,
        "A closed road",
        "Seen by a convoy.",
        "Open the gate",
        "A reading was wrong.",
    ]


def test_an_exchange_carries_what_is_known_and_only_into_a_language_that_is_spoken() -> None:
    found = translating.exchange(issue(), "ru", {REASON: "Так говорят."})
    assert [unit.target for unit in found.units] == ["Так говорят.", "", "", "", ""]
    for code in ("en", "xx"):
        with pytest.raises(UnknownNameError, match="language to translate into"):
            translating.exchange(issue(), code, {})


def test_an_issue_with_untranslated_text_cannot_be_cleared_in_that_language(tmp_path: Path) -> None:
    store = translating.translations(tmp_path / "observations.sqlite")
    translating.refuse_untranslated(issue(), store, ["en"])
    with pytest.raises(InputError, match=r"clear: 5 problems\n.*is not translated into ru: 'Sources on the"):
        translating.refuse_untranslated(issue(), store, ["en", "ru"])
    store.keep("ru", dict.fromkeys(translating.texts(issue()).values(), "да"), person="Aigul")
    translating.refuse_untranslated(issue(), store, ["en", "ru"])
    changed = replace(issue(), imprint=replace(issue().imprint, correction="Two readings were wrong."))
    with pytest.raises(InputError, match="1 problem\n.*correction is not translated into ru"):
        translating.refuse_untranslated(changed, store, ["ru"])
    with pytest.raises(UnknownNameError, match="language 'xx' is not known"):
        translating.refuse_untranslated(issue(), store, ["xx"])
