"""A written sentence is tied to the corpus sentences that support it; what they do not say is a problem."""

from __future__ import annotations

import numpy as np
import pytest

from genoassist.assistant import Assistant
from genoassist.types import Check, Sentence
from genoassist.verify import NO_MORE, misjudged_change, misquoted, support, unclaimed, without_year

TOLD = [
    "The fair was held in June in San Diego, California.",
    "The cluster's participation gave it access to more than 3,000 companies and to an audience of 13,000 participants.",
    "In October the cluster was also present at Bio-Europe, held in Leipzig, Germany.",
    "The project was signed 27 December by the cluster and its four partners: CEBR, EIT Health and ScanBalt.",
    "A member of EIT Health since 2019, the cluster took part in its Summit 2022 held in May in Stockholm, Sweden.",
]
SENTENCES = [Sentence(f"d#s:{i}", "d", "s", text, 0, len(text)) for i, text in enumerate(TOLD)]


@pytest.fixture(scope="module")
def check(assistant: Assistant):
    def one(sentence: str, question: str = "") -> Check:
        vectors = np.asarray(assistant._embedder.get_text_embedding_batch(TOLD), dtype=np.float32)
        headings = {("d", "s"): "Events of the year"}
        return support(sentence, question, SENTENCES, vectors, headings, assistant._embed, "Auroral Cluster")

    return one


@pytest.mark.models
@pytest.mark.parametrize(
    ("sentence", "supporters"),
    [
        ("The fair took place in San Diego in June.", {0}),
        ("Le salon s'est tenu à San Diego, en Californie, en juin.", {0}),
        ("Bio-Europe s'est tenue à Leipzig, en Allemagne, en octobre.", {2}),
        ("Le sommet a eu lieu à Stockholm, en Suède.", {4}),
        ("The project was signed on 27 December by the cluster and four partners.", {3}),
        ("L'audience comptait 13 000 participants.", {1}),
        ("The fair was in San Diego and Bio-Europe was in Leipzig, Germany.", {0, 2}),
    ],
)
def test_what_the_corpus_says_is_supported(check, sentence: str, supporters: set[int]) -> None:
    found = check(sentence)
    assert found.passed, found.problems
    assert {SENTENCES.index(s) for s in found.supported_by} == supporters


@pytest.mark.models
@pytest.mark.parametrize(
    ("sentence", "problem"),
    [
        ("Bio-Europe was held in Berlin, Germany, in October.", "Berlin"),
        ("Le sommet a eu lieu à Stockholm, en Suisse.", "Suisse"),
        ("The project was signed on 28 December.", "28"),
        ("Le projet a été signé le 27 janvier.", "01/"),
        ("The project has five partners.", "5"),
        ("The cluster is led by Philippe Étienne.", "Philippe"),
        ("The fair drew 3,000 participants.", "13000"),
        ("The project has 27 partners.", "in a date"),
        ("The fair of San Diego was held in 2019.", "2019"),
    ],
)
def test_what_it_does_not_say_is_a_problem(check, sentence: str, problem: str) -> None:
    found = check(sentence)
    assert not found.passed
    assert any(problem in text for text in found.problems)


@pytest.mark.models
@pytest.mark.parametrize(
    ("sentence", "question", "passes"),
    [
        ("L'audience comptait 13 000 participants.", "Combien d'entreprises étaient au salon ?", False),
        ("Il y avait plus de 3 000 entreprises.", "Combien d'entreprises étaient au salon ?", True),
        ("The fair in San Diego.", "Where was the fair in San Diego?", False),
        ("Yes, the fair was in San Diego.", "Was the fair in San Diego?", True),
    ],
)
def test_a_draft_answers_what_was_asked(check, sentence: str, question: str, passes: bool) -> None:
    assert check(sentence, question).passed is passes


@pytest.mark.models
@pytest.mark.parametrize(
    ("sentence", "question", "passes"),
    [
        ("Thanks to it, Auroral had access to 3,000 companies.", "How many companies did Auroral meet?", True),
        ("Thanks to it, Auroral had access to 3,000 companies.", "How many companies did it meet?", False),
        ("In October, Auroral was held in Leipzig.", "When was Auroral in Leipzig?", False),
        ("In June, Boston was at the fair.", "When was Boston at the fair?", False),
    ],
)
def test_a_name_of_the_question_may_stand_in_the_title(check, sentence: str, question: str, passes: bool) -> None:
    assert check(sentence, question).passed is passes


@pytest.mark.models
def test_what_the_question_names_does_not_choose_the_supporter(check) -> None:
    found = check(
        "The fair of June drew an audience of 13,000 participants.", "How many people came to the fair of June?"
    )
    assert found.supported_by[0] is SENTENCES[1]


@pytest.mark.models
def test_what_is_of_another_time_supports_nothing_first(assistant: Assistant) -> None:
    told = [
        "In 2021 the cluster hosted 36 trainees.",
        "The cluster hosted 36 trainees in 2022, at Évry, for six months.",
    ]
    sentences = [Sentence(f"d#s:{i}", "d", "s", text, 0, len(text)) for i, text in enumerate(told)]
    vectors = np.asarray(assistant._embedder.get_text_embedding_batch(told), dtype=np.float32)
    question = "How many trainees did the cluster host in 2022?"
    found = support("In 2022, the cluster hosted 36 trainees.", question, sentences, vectors, {}, assistant._embed)
    assert found.supported_by == (sentences[1],)


def test_nothing_supports_a_sentence_without_candidates() -> None:
    found = support("A sentence.", "", [], np.zeros((0, 3), np.float32), {}, lambda texts: np.zeros((len(texts), 3)))
    assert not found.passed


@pytest.mark.parametrize(
    ("sentence", "kept"),
    [
        ("In 2022, it grew.", "It grew."),
        ("Lumen, which ended in 2022, had five clusters.", "Lumen, which ended, had five clusters."),
        ("In 2022 and 2021, it grew.", "In 2022 and 2021, it grew."),
        ("It was held in 2022/2023.", "It was held in 2022/2023."),
        ("It was held in June 2022.", "It was held in June."),
    ],
)
def test_a_year_that_only_the_document_bears_goes(sentence: str, kept: str) -> None:
    assert without_year(sentence, 2022) == kept


@pytest.mark.models
def test_a_choice_between_what_the_question_offers_says_something(check) -> None:
    assert (
        NO_MORE
        not in check("Bio-Europe was held in Leipzig.", "Was Bio-Europe held in Leipzig or in Stockholm?").problems
    )
    assert NO_MORE in check("Bio-Europe was held in Leipzig.", "When was Bio-Europe held in Leipzig?").problems


@pytest.mark.parametrize(
    ("sentence", "told", "wrong"),
    [
        ("The number rose from 15 to 15.", "It houses fifteen start-ups.", True),
        ("The rate rose from 36% to 17%.", "The rate is 36%, against 17%.", True),
        ("Le taux a baissé de 17 % à 36 %.", "Le taux est passé de 17 % à 36 %.", True),
        ("The budget increased by €538,000.", "The budget rose to €538,000.", True),
        ("Le budget a augmenté de 538 000 euros.", "The budget rose to €538,000.", True),
        ("The budget rose to €538,000.", "The budget rose to €538,000.", False),
        ("The number grew by nine.", "It grew by 9 to fifteen.", False),
        ("Le nombre est passé de neuf à quinze.", "Le nombre est passé de 9 à 15.", False),
        ("The share fell from 36% to 9.5%.", "The share fell from 36% to 9.5%.", False),
        ("The number fell from 2021 to 2023.", "Fewer came in 2023 than in 2021.", False),
        ("Exports increased by 54% in 2023.", "Exports amounted to €312 million, or 54% of turnover.", True),
        ("Les exportations ont augmenté de 54 %.", "Exports amounted to €312 million, or 54% of turnover.", True),
        ("The stand grew by 18 square metres.", "The stand has 72 m², 18 more than before.", False),
    ],
)
def test_a_change_goes_where_its_source_says(sentence: str, told: str, wrong: bool) -> None:
    assert bool(misjudged_change(sentence, told)) is wrong


@pytest.mark.models
def test_a_name_of_the_question_that_stands_over_a_source_needs_no_other(assistant: Assistant) -> None:
    told = ["It was signed 27 December.", "Lumenet is the first of its kind."]
    sentences = [Sentence(f"d#s:{i}", "d", "s", text, 0, len(text)) for i, text in enumerate(told)]
    vectors = np.asarray(assistant._embedder.get_text_embedding_batch(told), dtype=np.float32)
    asked = ("The project Lumenet was signed on 27 December.", "When was Lumenet signed?", sentences, vectors)
    assert support(*asked, {("d", "s"): "Lumenet: a network"}, assistant._embed).supported_by == (sentences[0],)
    assert support(*asked, {("d", "s"): "A network"}, assistant._embed).supported_by == tuple(sentences)


def test_the_noun_that_is_asked_for_is_no_name():
    assert unclaimed("Dans quel festival le film a-t-il été montré ?", ["Festival"]) == {"Festival"}
    assert unclaimed("is orange a partner?", ["Orange"]) == set()
    assert unclaimed("Which Orange firm came?", ["Quarz"]) == set()


@pytest.mark.models
def test_the_last_figure_of_a_row_counts_nothing_of_the_next_line(assistant: Assistant):
    texts = ["Staff at 31 December | 13 | 14 | 17", "Indicator | 2020 | 2021 | 2022"]
    rows = [Sentence(f"d#s:{i}", "d", "s", text, 0, len(text)) for i, text in enumerate(texts)]
    vectors = np.asarray(assistant._embedder.get_text_embedding_batch(texts), dtype=np.float32)
    said = "The agency had 17 staff at the end of 2022."
    found = support(said, "How many staff did the agency have at the end of 2022?", rows, vectors, {}, assistant._embed)
    assert found.problems == ()
    assert found.supported_by == tuple(rows)


@pytest.mark.parametrize(
    ("sentence", "invented"),
    [
        ("The two films are “Film A” and “The Tide”.", ["Film A"]),
        ('Les deux films sont "Le film A" et « La Marée ».', ["Le film A"]),
        ("The film is “the tide”.", []),
        ("The tide it is.", []),
    ],
)
def test_what_is_quoted_stands_in_the_source(sentence: str, invented: list[str]):
    told = "Two films, The Tide and another, were stopped. La Marée est sortie."
    assert misquoted(sentence, told) == [f"quotes what is not there: {text}" for text in invented]
