"""What a question takes for granted is compared with the corpus: places, months, years and numbers, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from genoassist import corpus as corpora
from genoassist.premise import contradicts, differs, relaxed
from genoassist.types import Query
from genoassist.units import units

TEXT = """---
year: 2031
---
# Lumen 2031

## The Lumen summit

The Lumen summit was held in May in Stockholm, Sweden, with 40 exhibitors. Kasper Brandt left Lumen on 3 March 2030.
"""


@pytest.fixture(name="unit")
def _unit(tmp_path: Path):
    (tmp_path / "lumen.md").write_text(TEXT, encoding="utf-8")
    return units(corpora.load(tmp_path))[0]


def query(text: str) -> Query:
    return Query(text, text, "en")


@pytest.mark.parametrize(
    ("question", "without"),
    [
        ("Why was the Lumen summit held in Berlin?", "Where was the Lumen summit held ?"),
        ("Pourquoi le sommet Lumen a-t-il eu lieu à Berlin ?", "Où le sommet Lumen a-t-il eu lieu ?"),
        ("How come the Lumen summit was in June?", "When the Lumen summit was ?"),
        ("Why did Kasper Brandt leave Lumen in 2025?", "When did Kasper Brandt leave Lumen ?"),
        ("Pourquoi 70 exposants sont-ils venus ?", "Combien d’exposants sont-ils venus ?"),
        ("What did the seventy exhibitors show?", "What did the exhibitors show?"),
        ("How did the summit in Berlin go?", "How did the summit go?"),
        ("Pourquoi Lumen est-il allé au salon de Berlin ?", "Où Lumen est-il allé au salon ?"),
        ("What did the Lumen summit in San Diego show?", "What did the Lumen summit show?"),
        # whether it was there or then asks where or when it was
        ("Was the Lumen summit held in Berlin?", "Where was the Lumen summit held ?"),
        ("Did the Lumen summit open in June?", "When did the Lumen summit open ?"),
        ("Est-ce que le salon Lumen a ouvert à Berlin ?", "Où est-ce que le salon Lumen a ouvert ?"),
        ("Le salon Lumen, c’était en juin ?", "Le salon Lumen, c’était quand ?"),
        # nothing is lacking; a year is what is asked about; a name is lacking; two names are
        ("Why was the Lumen summit held in Stockholm?", None),
        ("How many exhibitors came in 2025?", None),
        ("Why did Marguerite leave Lumen?", None),
        ("Pourquoi Lumen a-t-il ouvert un salon avec Anna Quist ?", None),
        ("Why was the Lumen summit in Berlin and in Vienna?", None),
    ],
)
def test_the_question_without_what_the_report_lacks_asks_for_it(unit, question, without):
    found = relaxed(query(question), unit)
    assert (found and found.text) == without


@pytest.mark.parametrize(
    "question",
    [
        "Why was the Lumen summit held in Berlin?",
        "Pourquoi le sommet Lumen a-t-il eu lieu en juin ?",
        "What did the seventy exhibitors show?",
        "Why was the summit held in Berlin in front of 70 exhibitors?",
    ],
)
def test_a_sentence_with_another_value_differs(unit, question):
    assert differs(query(question), unit.sentences[0].text, unit)


def test_a_sum_of_money_is_no_number_of_guests(unit):
    guests = query("Were there 500 guests at the Lumen summit?")
    assert differs(guests, "The summit had 40 guests.", unit)
    assert not differs(guests, "The summit costs other guests 120 euros.", unit)
    assert differs(query("Did the summit cost 500 euros?"), "The summit costs other guests 120 euros.", unit)


def test_a_sentence_without_a_value_of_that_kind_does_not_differ(unit):
    assert not differs(query("Was the Lumen summit in Berlin?"), "Lumen met the European Union.", unit)
    assert not differs(query("Why was the Lumen summit held in Berlin?"), "Lumen has a new board.", unit)
    assert not differs(query("Why was the Lumen summit held in June?"), "The summit was in Sweden.", unit)
    assert not differs(query("Pourquoi le sommet Suédois était-il à Berlin ?"), "The Swedish summit has a board.", unit)
    assert not differs(query("Pourquoi Lumen est-il allé à Berlin ?"), "Les travaux du Quai Sud ont commencé.", unit)


@pytest.mark.parametrize(
    ("question", "contradicting"),
    [
        ("Was the Lumen summit held in Berlin?", True),
        ("Le sommet Lumen s’est-il tenu en juin ?", True),
        ("Was the Lumen summit held in Stockholm?", False),
        ("Was the Quarz summit held in Berlin?", False),
    ],
)
def test_a_place_or_a_month_of_the_subject_contradicts(unit, question, contradicting):
    assert contradicts(query(question), unit.sentences[0].text, unit) is contradicting


def test_what_is_asked_about_is_no_premise(unit):
    sentence = unit.sentences[0].text
    assert contradicts(query("Was the Lumen summit in Berlin?"), sentence, unit)
    assert not contradicts(query("Which German firms came to the Lumen summit?"), sentence, unit)
    assert relaxed(query("What happened in June?"), unit) is None
    assert relaxed(query("How many firms came to the fourth Lumen summit?"), unit) is None


def test_a_country_in_a_name_is_not_where_something_is(unit):
    asked = query("Why did Berlin turn the Lumen summit down?")
    assert contradicts(asked, "The Lumen summit was held in Sweden.", unit)
    assert not contradicts(asked, "The Lumen summit is part of France Horizon.", unit)
    assert not contradicts(asked, "Lumen summit, Swedish affairs office", unit)
    assert contradicts(asked, "The Lumen summit was held in Bergen, Norway, in front of Quarz.", unit)


@pytest.mark.parametrize("place", ["at the Estonian cluster Tartu", "à la technopole Tartu", "in Tartu"])
def test_a_place_may_be_described_before_it_is_named(unit, place):
    asked = query("Why was the Lumen summit held in San Diego?")
    assert differs(asked, f"The Lumen summit was held {place}.", unit)
    assert not differs(asked, "The Lumen summit was held in the spirit of Tartu.", unit)


def test_a_choice_takes_neither_for_granted(unit):
    told = unit.sentences[0].text
    assert contradicts(query("Was the Lumen summit held in Berlin?"), told, unit)
    assert not contradicts(query("Was the Lumen summit held in Berlin or in Stockholm?"), told, unit)
    assert not contradicts(query("Le sommet Lumen a-t-il eu lieu à Berlin ou à Stockholm ?"), told, unit)


def test_a_member_since_a_year_is_one_in_the_next(unit):
    told = "Lumen, a member of Quarz since 2019, met in Turku."
    assert not contradicts(query("Was Lumen a member in 2020?"), told, unit)
    assert contradicts(query("Was Lumen a member in 2015?"), told, unit)


def test_the_year_of_one_fact_that_is_asked_for_is_no_premise(unit):
    told = "Created in 2019, the Lumen prize went to Quarz."
    assert not contradicts(query("Who won the Lumen prize in 2021?"), told, unit)
    assert not contradicts(query("Qui a remporté le prix Lumen en 2021 ?"), told, unit)
    assert contradicts(query("Was the Lumen prize created in 2021?"), told, unit)
