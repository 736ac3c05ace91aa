"""A question as people put it becomes the question."""

from __future__ import annotations

import pytest

from genoassist.asked import asks_yes_or_no, kind_asked
from genoassist.phrasing import direct


@pytest.mark.parametrize(
    ("put", "question"),
    [
        ("I'd like to know when it was elected.", "When it was elected?"),
        ("Could you please tell me who coordinates Lumen?", "Who coordinates Lumen?"),
        ("Hello! Do you know if Lumen has a website?", "Is it true that Lumen has a website?"),
        ("Please tell me the name of the coordinator", "What is the name of the coordinator"),
        ("Give me the main dates of the fair.", "What are the main dates of the fair?"),
        ("Who leads it? Could you tell me when it began?", "Who leads it? When it began?"),
        ("Pourriez-vous me dire quand et où s'est tenue la foire ?", "Quand et où s'est tenue la foire ?"),
        ("Bonjour, j’aimerais savoir si Lumen a un site.", "Est-ce que Lumen a un site?"),
        ("Savez-vous s'il y a un budget ?", "Est-ce qu’il y a un budget ?"),
        ("Pouvez-vous me dire ce qui s'est passé en juin ?", "Qu’est-ce qui s'est passé en juin ?"),
        ("J’aimerais connaître la date de la foire.", "Quelle est la date de la foire?"),
        ("Rappelez-moi les trois objectifs de Lumen.", "Quels sont les trois objectifs de Lumen?"),
    ],
)
def test_a_question_is_put_directly(put: str, question: str) -> None:
    assert direct(put) == question
    assert direct(question) == question


@pytest.mark.parametrize(
    "text",
    [
        "Could you explain that more simply?",
        "Do you know that for certain?",
        "what is Lumen?",
        "Tell me about Lumen",
        "Dis-moi tout sur Lumen",
        "Lumen fair venue",
        "Bonjour",
        "Does it tell me who?",
        "",
    ],
)
def test_what_is_no_such_question_stays_as_it_is(text: str) -> None:
    assert direct(text) == text


def test_a_question_put_directly_asks_for_the_same() -> None:
    assert kind_asked(direct("I would like to know when Lumen ended.")) == "date"
    assert kind_asked(direct("Je voudrais savoir qui dirige Lumen.")) == "who"
    assert asks_yes_or_no(direct("Do you know whether Lumen has a website?"))
    assert asks_yes_or_no(direct("J’aimerais savoir si Lumen a un site."))
