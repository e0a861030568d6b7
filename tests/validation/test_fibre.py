from __future__ import annotations

from pathlib import Path

import pytest

from mirab.core.graph import connectivity
from mirab.validation import fibre, harness
from mirab.validation.harness import Finding, Verdict

FOLDER = harness.data("topology_zoo")
NETWORKS = sorted(FOLDER.glob("*.graphml")) if FOLDER else []


@pytest.fixture(scope="module")
def findings() -> dict[str, Finding]:
    return {one.what: one for one in fibre.findings()}


def test_no_must_is_missed(findings: dict[str, Finding]) -> None:
    assert not [one.what for one in findings.values() if one.missed]


def test_the_share_that_sets_the_routing_is_told_as_fitted(findings: dict[str, Finding]) -> None:
    (one,) = (one for what, one in findings.items() if what.startswith("share of the traffic of Kazakhstan"))
    assert one.verdict is Verdict.FITTED


def test_what_no_source_tells_cannot_be_checked(findings: dict[str, Finding]) -> None:
    assert findings["connection of the neighbours on both days"].verdict is Verdict.CANNOT_BE_CHECKED


def test_without_the_zoo_its_networks_cannot_be_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(harness.DATA, raising=False)
    assert {one.verdict for one in fibre._zoo()} == {Verdict.CANNOT_BE_CHECKED}


def test_a_network_is_read_with_its_links_side_by_side(tmp_path: Path) -> None:
    path = tmp_path / "pair.graphml"
    edges = '<edge source="0" target="1"><data/></edge><edge id="e" source="1" target="0"/>'
    path.write_text(f'<graphml><node id="0"/><node id="1"></node>{edges}</graphml>', encoding="utf-8")
    found = fibre.read(path)
    assert (found.nodes, len(found.links), connectivity(found).bridges) == (("0", "1"), 2, 1)


@pytest.mark.skipif(not NETWORKS, reason=f"no data: {harness.DATA} names no folder with topology_zoo")
@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_published_networks_have_their_connectivity(path: Path) -> None:
    row, found = fibre.expected(path.parent)[path.stem], connectivity(fibre.read(path))
    told = {column: getattr(found, name) for name, column in zip(fibre.FIGURES, fibre.COLUMNS, strict=True)}
    assert told == {column: int(row[column]) for column in fibre.COLUMNS}
