"""A word with a letter that slipped is the one that was meant; a word that no dictionary has, but is one, stays as it is."""

from __future__ import annotations

import pytest

from genoassist.spelling import corrected, ordinary


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("decembre", "décembre"),
        ("donées", "données"),
        ("mnay", "many"),
        ("avirl", "avril"),
        ("trainned", "trained"),
        ("afaires", "affaires"),
        ("agreemnt", "agreement"),
        ("convantion", "convention"),
    ],
)
def test_a_slip_of_a_letter_is_put_right(typed: str, meant: str) -> None:
    assert corrected(typed, {"agreement", "convention"}) == meant


@pytest.mark.parametrize(
    "word",
    [
        *("autrice", "évaluateurs", "présentiel", "écolo", "œuvre", "bioproduction", "webinaire", "hydrolienne"),
        *("pharma", "eggless", "organised", "biofoundry", "startups", "deeptech"),
        *(
            "moderna",
            "crispr",
            "engie",
            "capex",
            "visio",
            "doctorant",
            "timelines",
            "cofounded",
            "organisers",
            "arent",
            "isnt",
        ),
        *("Autrcie", "COBIOE", "h2rade", "buro", "an", ""),
    ],
)
def test_a_word_that_is_one_stays(word: str) -> None:
    assert corrected(word, ()) == word


def test_a_letter_too_many_or_too_few_makes_a_known_word_alone() -> None:
    assert corrected("signd", ()) == "signd"
    assert corrected("signd", {"signed"}) == "signed"


def test_british_spelling_is_ordinary() -> None:
    assert ordinary("organised")
    assert ordinary("Privatisations")
    assert not ordinary("raized")
