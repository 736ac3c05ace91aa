"""Which language a question is in, and which one it asks for."""

from __future__ import annotations

import pytest

from genoassist import language
from genoassist.language import detect, requested, unsupported, wanted_again, written_in


@pytest.mark.parametrize(
    ("text", "language", "rest"),
    [
        ("Who leads Lumen, in French please?", "fr", "Who leads Lumen?"),
        ("Who leads Lumen? In French, please.", "fr", "Who leads Lumen?"),
        ("Who leads Lumen? (in French)", "fr", "Who leads Lumen?"),
        ("Who leads Lumen? Answer in French.", "fr", "Who leads Lumen?"),
        ("who leads lumen in french please", "fr", "who leads lumen"),
        ("who leads Lumen (answer in French please)", "fr", "who leads Lumen"),
        ("Who leads Lumen? French please", "fr", "Who leads Lumen?"),
        ("Please answer in French. Who leads Lumen?", "fr", "Who leads Lumen?"),
        ("Answer in French: who leads Lumen?", "fr", "who leads Lumen?"),
        ("can you tell me in French who leads Lumen?", "fr", "who leads Lumen?"),
        ("In English: qui dirige Nacre ?", "en", "qui dirige Nacre ?"),
        ("Qui dirige Nacre ? en anglais s'il te plaît", "en", "Qui dirige Nacre ?"),
        ("Qui dirige Nacre, en anglais s’il vous plaît ?", "en", "Qui dirige Nacre ?"),
        ("Qui dirige Nacre, en anglais ?", "en", "Qui dirige Nacre ?"),
        ("qui dirige Nacre en anglais svp", "en", "qui dirige Nacre"),
        ("Peux-tu répondre en anglais ? Qui dirige Nacre ?", "en", "Qui dirige Nacre ?"),
        ("Réponds en anglais : qui dirige Nacre ?", "en", "qui dirige Nacre ?"),
        ("Réponds-moi en anglais : qui dirige Nacre ?", "en", "qui dirige Nacre ?"),
        ("Dis-moi en anglais qui dirige Nacre", "en", "qui dirige Nacre"),
        ("En anglais, qui dirige Nacre ?", "en", "qui dirige Nacre ?"),
        ("Qui dirige Nacre ? Réponse en anglais.", "en", "Qui dirige Nacre ?"),
        ("EN FRANCAIS : who leads Lumen?", "fr", "who leads Lumen?"),
        ("Always answer in French. Who leads Lumen?", "fr", "Who leads Lumen?"),
        ("From now on, answer in French. Who leads Lumen?", "fr", "Who leads Lumen?"),
        ("Could you please answer in French: who leads Lumen?", "fr", "who leads Lumen?"),
        ("I want the answer in French. Who leads Lumen?", "fr", "Who leads Lumen?"),
        ("Réponds toujours en anglais. Qui dirige Nacre ?", "en", "Qui dirige Nacre ?"),
        ("J'aimerais savoir, en anglais, qui dirige Nacre", "en", "J'aimerais savoir qui dirige Nacre"),
    ],
)
def test_a_language_that_is_asked_for(text, language, rest):
    assert requested(text) == (language, rest)


@pytest.mark.parametrize(
    "text",
    [
        "Who leads Lumen?",
        "Is the yearbook in English?",
        "Le journal existe-t-il en anglais ?",
        "What does Lumen stand for in English?",
        "Que signifie Nacre en français ?",
        "Which French partners are there?",
        "Quels sont les partenaires anglais ?",
        "in English please",
        "",
    ],
)
def test_a_question_about_a_language_asks_for_none(text):
    assert requested(text) == (None, text)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("in English please", "en"),
        ("Same thing in French?", "fr"),
        ("et en français ?", "fr"),
        ("La même chose en anglais, s'il te plaît", "en"),
        ("Who leads Lumen, in English?", None),
        ("And in Sweden?", None),
    ],
)
def test_the_last_answer_wanted_again(text, language):
    assert wanted_again(text) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I’m new here. Who coordinates Lumen?", "en"),
        ("I'm confused.", "en"),
        ("May I attend?", "en"),
        ("Who leads Lumen?", "en"),
        ("Qui dirige Nacre ?", "fr"),
        ("how many?", "en"),
        ("combien ?", "fr"),
        ("why", "en"),
        ("où", "fr"),
        ("partenaires Lumen", "fr"),
        ("Lumen partners", "en"),
        ("pépinière", "fr"),
        ("foreign markets", "en"),
        ("marchés étrangers", "fr"),
        ("en mars", "fr"),
        ("in may", "en"),
        ("nombre visiteurs foire septembre", "fr"),
        ("number visitors fair September", "en"),
        ("sommet Nacre Health 2031 ville", "fr"),
        ("La Nacre incubator application deadline 2031", "en"),
        ("C QUI LE CHEF DE NACRE", "fr"),
        ("whch ppl r leading the lumen projct", "en"),
    ],
)
@pytest.mark.parametrize("default", ["en", "fr"])
def test_english_and_french_are_told_apart(text, language, default):
    assert detect(text, default) == language


@pytest.mark.parametrize("text", ["", "12", "Lumen", "Kasper Brandt ?", "2031 !"])
@pytest.mark.parametrize("default", ["en", "fr"])
def test_what_is_in_no_language_takes_the_default(text, default):
    assert detect(text, default, frozenset({"lumen", "kasper", "brandt"})) == default


@pytest.mark.parametrize(
    "text",
    [
        "Wer leitet das Projekt Lumen?",
        "Wann wurde das unterzeichnet?",
        "¿Quién coordina el proyecto?",
        "¿Cuál es la misión de la alianza?",
        "Chi coordina il progetto?",
        "Quem coordena o projeto?",
        "Wie leidt het project in de stad?",
        "Kto koordynuje projekt?",
        "Kuka koordinoi hanketta?",
        "Projeyi kim koordine ediyor?",
        "Кто координирует проект?",
        "Ποιος συντονίζει το έργο;",
        "谁协调这个项目？",
        "プロジェクトは誰ですか",
        "누가 프로젝트를 조정합니까",
        "من ينسق المشروع؟",
        "מי מוביל את הפרויקט?",
    ],
)
def test_other_languages_are_recognised(text):
    assert unsupported(text)


@pytest.mark.parametrize(
    "text",
    [
        "Who leads the project?",
        "Qui dirige le projet ?",
        "ok",
        "budget Lumen",
        "Kasper Brandt Zürich",
        "What is β-catenin?",
        "Où est Łódź ?",
        "Did Helvia meet 株式会社 Nikon?",
        "liste neuf partenaires",
        "asdf qwer zxcv",
        "whch ppl r leading the lumen projct",
        "ki dirige le projé nacre",
        "",
        "2031",
    ],
)
def test_english_french_and_what_is_neither_are_not_refused(text):
    assert not unsupported(text)


@pytest.mark.parametrize("text", ["still running", "ministers attended", "sommet ville", "founders chosen"])
def test_words_of_a_dictionary_need_no_second_look(text, monkeypatch):
    """lingua's full models of fourteen languages take seconds to load, and its quick ones are in doubt here."""
    asked = []
    plain = language._confidences
    monkeypatch.setattr(language, "_confidences", lambda *a, **k: asked.append(k.get("quick")) or plain(*a, **k))
    assert not unsupported(text)
    assert asked == [True]


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("Which pharma corporations are named among those Helvia met?", [True]),  # "corporations", "which", "are" …
        ("Welke partners heeft het project Helvia?", [True, None]),
    ],
)
def test_words_of_the_corpus_need_no_second_look(text, heard, monkeypatch):
    asked = []
    plain = language._confidences
    monkeypatch.setattr(language, "_confidences", lambda *a, **k: asked.append(k.get("quick")) or plain(*a, **k))
    known = frozenset("helvia corporations companies partners project de".split())
    assert unsupported(text, known) is (len(heard) > 1)
    assert asked == heard


def test_names_in_another_language_are_left_out():
    assert unsupported("Universität Zürich Fraunhofer Gesellschaft")
    assert not unsupported(
        "Universität Zürich Fraunhofer Gesellschaft", frozenset({"universitat", "zurich", "fraunhofer", "gesellschaft"})
    )


def test_a_sentence_of_a_report_in_both_languages_has_its_own():
    french = "La convention est revenue à Blois en novembre, à la halle."
    assert written_in(french, "en") == "fr"
    assert written_in("The convention is back in Blois, in the hall.", "fr") == "en"
    assert written_in("Regional Council | 57%", "fr") == "fr"
    assert written_in("Nordsee Tech Forum, Hamburg", "en") == "en"
