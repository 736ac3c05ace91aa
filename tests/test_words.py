"""Words as the index, the checks and the questions see them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoassist.words import (
    akin_stems,
    clean,
    content_words,
    covered,
    fold,
    own_words,
    stems,
    stop_words,
    terms,
    ungroup,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  What\tis\r\n  it?  ", "What is it?"),
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("zero\u200bwidth \u202ereversed\u202c", "zerowidth reversed"),
        ("\ufeffLumen\ud800 ?", "Lumen ?"),
        ("co\u00adope\u0301ration", "coopération"),
        ("l’été\u00a0: 3\u202f000\u2009€", "l’été : 3 000 €"),
        ("\u2028\u2029\x85", ""),
        ("\ue000\U000f0000", ""),
        ("🙂 ok", "🙂 ok"),
    ],
)
def test_text_is_cleaned(text, expected):
    assert clean(text) == expected


@given(st.text(st.characters()))
def test_clean_text_is_stable_and_can_be_written(text):
    once = clean(text)
    assert clean(once) == once
    once.encode("utf-8")
    assert not any(unicodedata.category(c) in {"Cc", "Cs"} for c in once)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Évry", "evry"),
        ("ŒUVRE", "oeuvre"),
        ("l’Élan", "l'elan"),
        ("Straße", "strasse"),
        ("e\u0301te\u0301", "ete"),
        ("Łódź", "łodz"),
    ],
)
def test_text_is_folded(text, expected):
    assert fold(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13,000 visitors", "13000 visitors"),
        ("13 000 visiteurs", "13000 visiteurs"),
        ("13\u00a0000, 13\u202f000 et 13\u2009000", "13000, 13000 et 13000"),
        ("1,234,567 and 1 234 567", "1234567 and 1234567"),
        ("13’000 in Zürich", "13000 in Zürich"),
        ("in 2031 300 people", "in 2031 300 people"),
        ("in 2031, 150 people", "in 2031, 150 people"),
        ("2,5 or 2.5 or 12,50", "2,5 or 2.5 or 12,50"),
        ("1,2345", "1,2345"),
    ],
)
def test_digit_groups_are_joined(text, expected):
    assert ungroup(text) == expected


def test_function_words_of_each_language():
    assert {"the", "which", "where"} <= stop_words("en")
    assert {"le", "d", "qu", "ou", "combien"} <= stop_words("fr")
    assert "where" not in stop_words("fr")
    assert "combien" not in stop_words("en")


def test_words_that_neighbour_languages_share_say_nothing():
    assert {"the", "which", "quel", "est"} <= own_words()
    assert not {"la", "was", "que", "in"} & own_words()


def test_content_words_leave_function_words_and_elisions_out():
    assert content_words("Qu'est-ce que l'écloserie d’entreprises ?") == ["ecloserie", "entreprises"]
    assert content_words("Where is the Lumen project's 4,500-euro office?") == [
        "lumen",
        "project",
        "4500",
        "euro",
        "office",
    ]


def test_stems_of_both_languages():
    assert set(stems("partners")) & set(stems("partner"))
    assert set(stems("partenaires")) & set(stems("partenaire"))
    assert not set(stems("partner")) & set(stems("budget"))


def test_terms_fold_stem_and_open_compound_names():
    assert set(terms("Les partenaires")) == set(terms("le PARTENAIRE"))
    assert {"zen.ith", "zen", "ith"} <= set(terms("ZEN.ITH"))
    assert set(terms("fetes à Évry")) == set(terms("Fêtes, a evry"))
    assert terms("the of le la") == []


@pytest.mark.parametrize(
    ("one", "other", "akin"),
    [
        ("coordonne", "coordinated", True),
        ("cordinating", "coordinated", True),
        ("selectionne", "selected", True),
        ("coordonne", "cooperation", False),
        ("forme", "formal", False),
        ("dirige", "directed", False),
    ],
)
def test_acts_are_told_from_their_stems(one, other, akin):
    assert akin_stems(one, other) is akin


def test_what_a_draft_has_of_a_sentence():
    told = "Lumen, led by Quarz in Turku, was signed in May by Brumaire."
    assert covered(told, told) == 1.0
    assert covered(told, "Lumen was signed in May by Brumaire, Quarz and Turku.") >= 0.8
    assert covered(told, "") == 0.0
