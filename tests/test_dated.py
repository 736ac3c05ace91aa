"""The years and months of a question, in both languages."""

from __future__ import annotations

import pytest

from genoassist.dated import another_date, in_year, own_year, when_or_where, without_years, years


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How did membership change between 2021 and 2023?", ("in 2021?", "in 2023?")),
        ("Comment la part a-t-elle évolué de 2021 à 2022 ?", ("en 2021 ?", "en 2022 ?")),
        ("Combien de machines en 2021 et en 2023 ?", ("en 2021 ?", "en 2023 ?")),
        ("Donnez-moi le lauréat de 2022 et celui de 2023.", ("en 2022.", "en 2023.")),
        ("How many members at the end of 2021, and again in 2023?", ("of 2021?", "of 2023?")),
        (
            "How many members at the end of 2021, at the end of 2022 and in March 2023?",
            ("members at the end of 2021?", "members at the end of 2022?", "members in March 2023?"),
        ),
        ("Quel budget en mai 2022 puis en juin 2023 ?", ("budget en mai 2022 ?", "budget en juin 2023 ?")),
        ("Compare the turnover of 2021 with that of 2023.", ("of 2021.", "of 2023.")),
        ("Membership at end 2021 versus end 2023?", ("at end 2021?", "at end 2023?")),
    ],
)
def test_each_year_is_asked_about(text, expected):
    found = years(text)
    assert len(found) == len(expected)
    assert all(one.endswith(end) for one, end in zip(found, expected, strict=True))


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("How did membership change between 2021 and 2023?", "What was membership in 2021?"),
        ("What is the trend in open days, from 2021 through to 2023?", "What were open days, in 2021?"),
        ("Comment la part du pôle a-t-elle évolué de 2021 à 2022 ?", "Quelle était la part du pôle en 2021 ?"),
        ("Comment ont évolué les adhésions entre 2021 et 2022 ?", "À combien s’élevaient les adhésions en 2021 ?"),
        ("Quelle a été l’évolution du budget entre 2021 et 2023 ?", "Quel était le budget en 2021 ?"),
        ("How has Lumen grown between 2021 and 2023?", "How has Lumen grown in 2021?"),
        ("How did it change between 2021 and 2023?", "How did it change in 2021?"),
        (
            "How did the fair increase its stands between 2021 and 2023?",
            "How did the fair increase its stands in 2021?",
        ),
        ("Comment le budget a-t-il évolué entre fin 2022 et fin 2023 ?", "Quel était le budget en 2022 ?"),
        ("Comment sa part a-t-elle évolué de 2021 à 2022 ?", "Comment sa part a-t-elle évolué en 2021 ?"),
    ],
)
def test_of_one_year_it_is_asked_what_was_not_how_it_changed(text, first):
    assert years(text)[0] == first


@pytest.mark.parametrize(
    "text",
    [
        "What happened in June 2022?",
        "The 2021 report says 2,022 members came.",
        "In 2021 they had 112; how many in 2023?",
        "Between May 2022 and June 2023, what changed?",
        "Between 2022 and 2024, how many members joined?",
        "Which mission was postponed from 2024 to 2025?",
        "Quelle mission a été reportée de 2024 à 2025 ?",
        "What was spent in 2022 and 2023 together?",
        "Que s'est-il passé de mai 2022 à juin 2023 ?",
        "What is the budget of the 2021-2027 programme?",
    ],
)
def test_years_that_do_not_stand_together_are_left(text):
    assert years(text) == (text,)


def test_the_year_of_a_part_is_its_own():
    both = ["How many in 2021?", "How many in 2023?"]
    assert own_year(both[0], both) == "2021"
    assert own_year(both[0], both[:1]) == ""
    assert own_year("Who came in 2021?", ["Who came in 2021?", "Who left?"]) == ""


@pytest.mark.parametrize(
    ("before", "piece", "expected"),
    [
        ("How many members in 2021?", "And in 2023?", "How many members in 2023?"),
        ("Combien de membres en 2021 ?", "et en 2023 ?", "Combien de membres en 2023 ?"),
        ("How many members in 2021?", "And how many SMEs in 2023?", None),
        ("How many members?", "And in 2023?", None),
        ("Combien de membres fin 2021 ?", "et fin 2022 ?", "Combien de membres fin 2022 ?"),
        ("Combien de membres en 2021 ?", "et fin 2022 ?", None),
        ("How many members in 2021?", "And who in 2023?", None),
        ("Where did you go in October?", "And in November?", "Where did you go in November?"),
        ("Where did you go in October?", "What about the one in November, where?", "Where did you go in November?"),
        ("Where did you go in October?", "And who in November?", None),
        ("Where did you go in October?", "And on 8 November?", None),
        ("Who came on 8 June?", "And in November?", None),
        ("Who came on June 8?", "And in November?", None),
        ("What may I see?", "And in May?", None),
        ("Où êtes-vous allés en octobre ?", "et celle de novembre, c’était où ?", "Où êtes-vous allés en novembre ?"),
        ("Qui a signé l’accord d’octobre ?", "Et celui de mai ?", "Qui a signé l’accord de mai ?"),
        ("Qui a signé l’accord de mai ?", "Et celui d’avril ?", "Qui a signé l’accord d’avril ?"),
    ],
)
def test_another_date(before, piece, expected):
    assert another_date(before, piece) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("And how many SMEs the year after?", "And how many SMEs in 2022?"),
        ("And the previous year?", "And in 2020?"),
        ("Et l'année suivante ?", "Et en 2022 ?"),
        ("Et l’année précédente ?", "Et en 2020 ?"),
        ("And in 2019?", "And in 2019?"),
        ("And two years later?", "And in 2023?"),
        ("And a year before?", "And in 2020?"),
        ("Et deux ans plus tard ?", "Et en 2023 ?"),
        ("Et un an plus tôt ?", "Et en 2020 ?"),
        ("And some years later?", "And some years later?"),
    ],
)
def test_years_counted_from_the_question_before(text, expected):
    assert in_year(text, "How many members at the end of 2021?") == expected


def test_a_year_is_taken_out_with_what_introduces_it():
    assert without_years("How many members at the end of 2021?") == "How many members?"
    assert without_years("Combien de membres fin 2021 ?") == "Combien de membres ?"


@pytest.mark.parametrize(
    ("before", "piece", "expected"),
    [
        ("Where did Lumen take place?", "Which month?", "In which month did Lumen take place?"),
        ("When was Lumen signed?", "And where?", "Where was Lumen signed?"),
        ("Lumen, c’était dans quelle ville ?", "Quel mois ?", "Lumen, c’était en quel mois ?"),
        ("Où se tenait Lumen ?", "Et quand ?", "Quand se tenait Lumen ?"),
        ("Who won the prize?", "When?", None),
        ("Which city hosts Lumen?", "When?", None),
        ("When was it signed?", "Who signed?", None),
        ("In which city was Lumen held, and when?", "Which day?", None),
        ("Where was Lumen held?", "Quel mois ?", None),
    ],
)
def test_the_time_is_asked_of_what_the_place_was_asked_of(before, piece, expected):
    assert when_or_where(before, piece) == expected
