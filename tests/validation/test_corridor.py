"""The area of corridors says what was fitted and what misses, and computes what it claims."""

import pytest

from mirab.validation import corridor
from mirab.validation.harness import Kind, Verdict


@pytest.mark.slow
def test_what_set_a_parameter_is_fitted_and_a_list_is_ranked_as_it_falls() -> None:
    found = {one.what: one for one in corridor.findings()}
    fitted = {what for what, one in found.items() if one.verdict is Verdict.FITTED}
    assert "Six feeders, one way" in fitted
    inbound = found["TFI1 of Kazakhstan, rail inbound, 2022"]
    assert isinstance(inbound.ours, float)
    assert 14.0 < inbound.ours < 78.0
    assert not [one for one in found.values() if one.missed]
    assert found["Named by the World Bank: Almaty junction"].verdict is Verdict.CANNOT_BE_CHECKED
    assert found["Hairatan of Afghan rail freight, 2024"].kind is Kind.MUST
    feeders = found["Six feeders, one way"]
    assert isinstance(feeders.ours, float)
    assert feeders.ours == pytest.approx(89000, rel=0.1)
    assert found["Part of a freight of transit that is left"].verdict is Verdict.FITTED
    assert found["Tariff of transit by rail in Kazakhstan"].verdict is Verdict.HOLDS
