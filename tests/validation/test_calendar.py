"""The calendar area checks what it says that it checks."""

from mirab.validation import calendar
from mirab.validation.harness import Kind


def test_every_finding_is_a_must_with_a_source() -> None:
    assert all(finding.kind is Kind.MUST and finding.source for finding in calendar.findings())
