"""Profiles: role models of two centres, said not to be affiliated."""

from __future__ import annotations

import pytest

from mirab.brief.profiles import names, profile
from mirab.brief.sections import sections
from mirab.core.errors import UnknownNameError


@pytest.mark.parametrize("name", names())
def test_a_profile_names_sections_that_exist_and_says_what_it_is_not(name: str) -> None:
    found = profile(name)
    assert sections(found.sections)
    assert "affiliated" in found.role_model
    assert found.mandate
    assert found.source


def test_two_profiles_ship() -> None:
    assert names() == ("prevention", "sdg")


def test_an_unknown_profile_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="profile 'prevent' is not known; nearest is 'prevention'"):
        profile("prevent")
