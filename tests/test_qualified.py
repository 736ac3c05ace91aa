"""A number keeps what its source says of it: "more than", « près de »; a date, a range and a number told otherwise are left."""

from __future__ import annotations

import pytest

from genoassist.qualified import bounded


@pytest.mark.parametrize(
    ("sentence", "source", "language", "expected"),
    [
        ("40 clusters are in it.", "more than 40 European clusters", "en", "More than 40 clusters are in it."),
        ("40 pôles en sont.", "more than 40 European clusters", "fr", "Plus de 40 pôles en sont."),
        ("Elle réunit environ 40 pôles.", "more than 40 clusters", "fr", "Elle réunit plus de 40 pôles."),
        (
            "It met 3,000 firms and 13,000 people.",
            "plus de 3 000 entreprises et près de 13 000 personnes",
            "en",
            "It met more than 3,000 firms and nearly 13,000 people.",
        ),
        ("Le budget est de 2,5 millions.", "about €2.5 million", "fr", "Le budget est d’environ 2,5 millions."),
        ("The grant is €900.", "jusqu’à 900 euros", "en", "The grant is up to €900."),
        ("Shoots took 688 days.", "adding up to 688 days", "en", "Shoots took 688 days."),
        ("Les 40 pôles", "more than 40 clusters", "fr", "Les 40 pôles"),
        ("from 30 to 40", "more than 40", "en", "from 30 to 40"),
        ("40 firms and 40 guests", "more than 40 firms, 40 guests", "en", "40 firms and 40 guests"),
        ("It ended on 14 June 2022.", "up to 14 June, more than 2022 people", "en", "It ended on 14 June 2022."),
        ("At least 40 firms", "at least 40 firms", "en", "At least 40 firms"),
    ],
)
def test_bounded(sentence, source, language, expected):
    assert bounded(sentence, [source], language) == expected
