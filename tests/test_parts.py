"""Questions that ask several things, in both languages: where they are cut, and where they are left whole."""

from __future__ import annotations

import pytest

from genoassist.parts import another_date, clauses, in_year, items, own_year, without_years, years


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Who coordinates Lumen, and when was it signed?",
            ("Who coordinates Lumen?", "when was it signed?"),
        ),
        (
            "Qui coordonne Lumen et en quelle année a-t-il pris fin ?",
            ("Qui coordonne Lumen?", "en quelle année a-t-il pris fin ?"),
        ),
        ("How did they get there? Who organised that trip?", ("How did they get there?", "Who organised that trip?")),
        (
            "I need two things: how many people it trains, and how many trainees it has.",
            ("how many people it trains?", "how many trainees it has?"),
        ),
        (
            "Combien d'électricité en 2021, et combien en 2023 ?",
            ("Combien d'électricité en 2021?", "combien en 2023 ?"),
        ),
        ("Who leads research and development?", ("Who leads research and development?",)),
        ("When and where was it held?", ("When and where was it held?",)),
        ("Quand et où a-t-il eu lieu ?", ("Quand et où a-t-il eu lieu ?",)),
        ("List the partners.", ("List the partners.",)),
        ("", ("",)),
    ],
)
def test_clauses(text, expected):
    assert clauses(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "What are the signing date and the budget of Lumen?",
            ("What is the signing date of Lumen?", "What is the budget of Lumen?"),
        ),
        (
            "Quels sont l’effectif et la date de création de Nacre ?",
            ("Quel est l’effectif de Nacre ?", "Quelle est la date de création de Nacre ?"),
        ),
        ("Quels sont le budget de Nacre et sa durée ?", ("Quel est le budget de Nacre ?", "Quelle est sa durée ?")),
        ("What are its date and budget?", ("What is its date?", "What is its budget?")),
        (
            "Quel est le montant et la durée du projet ?",
            ("Quel est le montant du projet ?", "Quelle est la durée du projet ?"),
        ),
        *(
            (whole, (whole,))
            for whole in (
                "What is the link between research and development?",
                "Quelles sont les dates de Nacre et de Lumen ?",
                "What is the role and the budget of Lumen?",
            )
        ),
    ],
)
def test_two_things_of_two_kinds_are_asked_for_one_by_one(text, expected):
    assert clauses(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "For a timeline I need two items: the capital in which Lumen met, and the day on which Nacre was closed.",
            ("What is the capital in which Lumen met?", "What is the day on which Nacre was closed?"),
        ),
        (
            "Two numbers please: students you hosted in May, and people in the room.",
            ("How many students you hosted in May?", "How many people in the room?"),
        ),
        (
            "Il me faudrait trois chiffres : le nombre d'invités, le nombre d'écoles de Lumen et le nombre de membres de Nacre.",
            (
                "Quel est le nombre d'invités ?",
                "Quel est le nombre d'écoles de Lumen ?",
                "Quel est le nombre de membres de Nacre ?",
            ),
        ),
        ("Two questions about Lumen: a fair and a prize", ("Two questions about Lumen: a fair and a prize",)),
    ],
)
def test_an_announced_list_is_asked_item_by_item(text, expected):
    assert clauses(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How did membership change between 2021 and 2023?", ("in 2021?", "in 2023?")),
        ("Comment la part a-t-elle évolué de 2021 à 2022 ?", ("en 2021 ?", "en 2022 ?")),
        ("Combien de machines en 2021 et en 2023 ?", ("en 2021 ?", "en 2023 ?")),
        ("Donnez-moi le lauréat de 2022 et celui de 2023.", ("en 2022.", "en 2023.")),
        ("How many members at the end of 2021, and again in 2023?", ("of 2021?", "of 2023?")),
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


def test_names_that_no_sentence_has_together_are_asked_about_one_by_one():
    apart = "Which events took place in Germany and Sweden?"
    assert items(apart, lambda _: False) == (
        "Which events took place in Germany?",
        "Which events took place in Sweden?",
    )
    assert items(apart, lambda _: True) == (apart,)


def test_what_follows_the_last_name_is_its_own_when_it_has_an_article():
    found = items("Give me the dates of BIO, Bio-Europe and the GEN.ERA closing event.", lambda _: False)
    assert found == (
        "Give me the dates of BIO.",
        "Give me the dates of Bio-Europe.",
        "Give me the dates of GEN.ERA closing event.",
    )


def test_a_name_of_several_words_is_one():
    seen: list[list[str]] = []
    items("Does EIT Health work with Health Cluster Portugal?", lambda names: seen.append(list(names)) or True)
    assert seen == []
    items("Are EIT Health and Health Cluster Portugal partners?", lambda names: seen.append(list(names)) or True)
    assert seen == [["EIT Health", "Health Cluster Portugal"]]


@pytest.mark.parametrize(
    ("before", "piece", "expected"),
    [
        ("How many members in 2021?", "And in 2023?", "How many members in 2023?"),
        ("Combien de membres en 2021 ?", "et en 2023 ?", "Combien de membres en 2023 ?"),
        ("How many members in 2021?", "And how many SMEs in 2023?", None),
        ("How many members?", "And in 2023?", None),
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
    ],
)
def test_years_counted_from_the_question_before(text, expected):
    assert in_year(text, "How many members at the end of 2021?") == expected


def test_a_year_is_taken_out_with_what_introduces_it():
    assert without_years("How many members at the end of 2021?") == "How many members?"
    assert without_years("Combien de membres fin 2021 ?") == "Combien de membres ?"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Où se sont tenus Brumaire, Quarz et la clôture de Lumen ?",
            ("Où se sont tenus Brumaire ?", "Où se sont tenus Quarz ?", "Où se sont tenus clôture de Lumen ?"),
        ),
        (
            "What happened at the Quarz convention and at Lumen?",
            ("What happened at the Quarz convention?", "What happened at the Lumen?"),
        ),
        ("Who leads Lumen and the secretariat of Quarz?", ("Who leads Lumen?", "Who leads secretariat of Quarz?")),
    ],
)
def test_a_joined_name_keeps_the_noun_it_stands_with(text, expected):
    assert items(text, lambda _: False) == expected


def test_what_is_asked_of_two_at_once_stays_whole():
    text = "What is the difference between Quarz and Lumen?"
    assert items(text, lambda _: False) == (text,)


def test_no_question_is_lost():
    text = "Who leads Quarz? What is Lumen? When was Nacre founded? Where is Brumaire? How many firms came?"
    assert clauses(text) == (
        *("Who leads Quarz?", "What is Lumen?", "When was Nacre founded?"),
        "Where is Brumaire? How many firms came?",
    )


def test_two_clauses_of_one_question_stay_together():
    assert len(clauses("Est-il vrai que Quarz est né en mai et que Lumen est né en juin ?")) == 1
    assert len(clauses("Où est Quarz, et que fait Lumen ?")) == 2
