"""Amounts with scale and unit."""

import pytest

from mirab.observe.press.amounts import amounts


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("a loan of $50 million", 5e7, "USD"),
        ("US$1.5 billion", 1.5e9, "USD"),
        ("50,5 млн долларов США", 5.05e7, "USD"),
        ("10 млрд тенге", 1e10, "KZT"),
        ("1,200,000 tonnes", 1.2e6, "t"),
        ("1 200 000 тонн", 1.2e6, "t"),
        ("500 MW", 500.0, "MW"),
        ("300 million kWh", 3e8, "kWh"),
        ("500 million cubic metres", 5e8, "m3"),
        ("15 per cent", 15.0, "%"),
        ("€20m", 2e7, "EUR"),
    ],
)
def test_an_amount_is_read_with_its_unit(text: str, value: float, unit: str) -> None:
    (one,) = amounts(f"They agreed on {text} then.", 0, len(text) + 21)
    assert (one.value, one.unit) == (pytest.approx(value), unit)


@pytest.mark.parametrize("text", ["in 2030", "article 5", "room 12", "5 ministers", "C5+1"])
def test_a_figure_without_a_unit_is_no_amount(text: str) -> None:
    assert not list(amounts(text, 0, len(text)))
