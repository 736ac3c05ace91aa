"""Questions that ask several things, in both languages: where they are cut, and where they are left whole."""

from __future__ import annotations

import pytest

from genoassist.parts import clauses, items


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
        (
            "Qui a gagné en 2030, qui l’a fait en 2031, et combien de points ?",
            ("Qui a gagné en 2030?", "qui l’a fait en 2031?", "combien de points ?"),
        ),
        ("Who won in 2030, who won in 2031, and who spoke?", ("Who won in 2030?", "who won in 2031?", "who spoke?")),
        ("Who is the director, who came in May?", ("Who is the director, who came in May?",)),
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


@pytest.mark.parametrize(
    "text",
    [
        "What is the difference between Quarz and Lumen?",
        "What did Lumen and the port of Nacre do together in 2022?",
        "Qu’ont fait Lumen et Quarz ensemble ?",
        # what it leans on is no list of things to ask about
        "Who won the prize? (Quarz, Lumen, Nacre)",
    ],
)
def test_what_is_asked_of_two_at_once_stays_whole(text):
    assert items(text, lambda _: False) == (text,)


def test_what_two_did_is_asked_of_either():
    found = items("What did Lumen and the Port of Nacre do in 2022?", lambda _: False)
    assert found == ("What did Lumen do in 2022?", "What did Port of Nacre do in 2022?")


def test_no_question_is_lost():
    text = "Who leads Quarz? What is Lumen? When was Nacre founded? Where is Brumaire? How many firms came?"
    assert clauses(text) == (
        *("Who leads Quarz?", "What is Lumen?", "When was Nacre founded?"),
        "Where is Brumaire? How many firms came?",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Combien de firmes compte Lumen, combien d'écoles compte Nacre et combien de ports compte Quarz ?",
            ("Combien de firmes compte Lumen?", "combien d'écoles compte Nacre?", "combien de ports compte Quarz ?"),
        ),
        (
            "How many firms came, how many left and who spoke?",
            ("How many firms came?", "how many left?", "who spoke?"),
        ),
        (
            "How many stands and how many investors were there in Turin?",
            ("How many stands were there in Turin?", "how many investors were there in Turin?"),
        ),
        (
            "Combien d’exposants et combien d’investisseurs y avait-il à Turin ?",
            ("Combien d’exposants y avait-il à Turin ?", "combien d’investisseurs y avait-il à Turin ?"),
        ),
        ("Qui dirige Nacre, et lui, que fait-il ?", ("Qui dirige Nacre?", "que fait-il ?")),
        ("When was Lumen signed, and was it renewed?", ("When was Lumen signed?", "was it renewed?")),
        ("Is Lumen in Turku, and is Quarz in Turin?", ("Is Lumen in Turku?", "is Quarz in Turin?")),
        (
            "Combien coûtait un stand en 2022, et les jeunes pousses avaient-elles un rabais ?",
            ("Combien coûtait un stand en 2022?", "les jeunes pousses avaient-elles un rabais ?"),
        ),
        ("When Lumen met, how many came and who spoke?", ("When Lumen met, how many came?", "who spoke?")),
        ("Le taux a-t-il progressé, et de combien ?", ("Le taux a-t-il progressé, et de combien ?",)),
        ("Who came, when did they leave, and why?", ("Who came, when did they leave, and why?",)),
    ],
)
def test_questions_in_a_row_and_whether_something_is_so(text, expected):
    assert clauses(text) == expected


def test_two_clauses_of_one_question_stay_together():
    assert len(clauses("Est-il vrai que Quarz est né en mai et que Lumen est né en juin ?")) == 1
    assert len(clauses("Où est Quarz, et que fait Lumen ?")) == 2
