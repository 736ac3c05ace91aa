"""A number falls in a step of a scale; dates, years and a range by itself are no scale."""

from __future__ import annotations

import pytest

from genoassist.scale import falls_in, on_a_scale

FEES = "fewer than 10 employees: €900; 10 to 49 employees: €3,200; 50 and more: €5,000"
TARIFS = "moins de 10 salariés : 900 € ; de 10 à 49 salariés : 3 200 € ; à partir de 50 salariés : 5 000 €"


@pytest.mark.parametrize(
    ("number", "text", "on"),
    [
        ("25", FEES, True),
        ("3", FEES, True),
        ("400", FEES, True),
        ("25", TARIFS, True),
        ("25", "10 to 49 employees", False),
        ("25", "from 20 to 30 June; 15 to 28 July", False),
        ("2023", "the 2021-2027 programme, the 2014-2020 one", False),
        ("60", "fewer than 10 employees; 10 to 49 employees", False),
        ("two", FEES, False),
    ],
)
def test_on_a_scale(number: str, text: str, on: bool):
    assert on_a_scale(number, text) is on


def test_falls_in():
    assert falls_in("25", "10 to 49 employees") and not falls_in("25", "50 to 149 employees")
    assert falls_in("1200", "between 1,000 and 2,000 firms")
