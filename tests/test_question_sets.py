"""The question sets measure what they say: an example that is right, sections that exist, absent answers, halves apart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from genoassist import corpus as corpora
from genoassist.evaluate import load_questions, score
from genoassist.evaluate_set import plain

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data"
SETS = {
    "report-development": (DATA / "development.yaml", ROOT / "corpus"),
    "report-questions": (DATA / "questions.yaml", ROOT / "corpus"),
    "report-former": (DATA / "former.yaml", ROOT / "corpus"),
    "report-harder": (DATA / "harder.yaml", ROOT / "corpus"),
    "second-harder": (DATA / "second" / "harder.yaml", DATA / "second" / "corpus"),
    "report-nearmiss": (DATA / "nearmiss.yaml", ROOT / "corpus"),
    "second-nearmiss": (DATA / "second" / "nearmiss.yaml", DATA / "second" / "corpus"),
    "second-former": (DATA / "second" / "former.yaml", DATA / "second" / "corpus"),
    "second-development": (DATA / "second" / "development.yaml", DATA / "second" / "corpus"),
    "report-visitors": (DATA / "visitors.yaml", ROOT / "corpus"),
    "third-visitors": (DATA / "third" / "visitors.yaml", DATA / "third" / "corpus"),
    "report-polar": (DATA / "polar.yaml", ROOT / "corpus"),
    "second-polar": (DATA / "second" / "polar.yaml", DATA / "second" / "corpus"),
    "third-polar": (DATA / "third" / "polar.yaml", DATA / "third" / "corpus"),
    "report-voices": (DATA / "voices.yaml", ROOT / "corpus"),
    "second-voices": (DATA / "second" / "voices.yaml", DATA / "second" / "corpus"),
    "fourth-voices": (DATA / "fourth" / "voices.yaml", DATA / "fourth" / "corpus"),
    "fifth-voices": (DATA / "fifth" / "voices.yaml", DATA / "fifth" / "corpus"),
    "report-evaluators": (DATA / "evaluators.yaml", ROOT / "corpus"),
    "sixth-evaluators": (DATA / "sixth" / "evaluators.yaml", DATA / "sixth" / "corpus"),
    "report-readers": (DATA / "readers.yaml", ROOT / "corpus"),
    "seventh-evaluators": (DATA / "seventh" / "evaluators.yaml", DATA / "seventh" / "corpus"),
    "eighth-evaluators": (DATA / "eighth" / "evaluators.yaml", DATA / "eighth" / "corpus"),
    "ninth-evaluators": (DATA / "ninth" / "evaluators.yaml", DATA / "ninth" / "corpus"),
    "report-threads": (DATA / "threads.yaml", ROOT / "corpus"),
    "second-threads": (DATA / "second" / "threads.yaml", DATA / "second" / "corpus"),
    "second-questions": (DATA / "second" / "questions.yaml", DATA / "second" / "corpus"),
}


@pytest.fixture(params=SETS, name="entry")
def _entry(request):
    path, folder = SETS[request.param]
    return load_questions(path), corpora.load(folder)


def test_the_example_of_every_answerable_question_is_right(entry):
    for question in entry[0]:
        if question.answerable and question.example:
            answer = {"kind": "answer", "answer": question.example, "citations": [], "language": question.language}
            assert score(question, answer).outcome == "right", question.id


def test_the_sections_an_answer_should_cite_exist(entry):
    questions, corpus = entry
    named = [
        plain(text or "").lower()
        for d in corpus.documents
        for s in d.sections
        for text in (s.id, s.heading, s.heading_fr)
    ]
    for question in questions:
        for section in question.sections.accepted if question.sections else ():
            assert any(plain(section).lower() in name for name in named), (question.id, section)


def test_what_is_unanswerable_is_not_in_the_corpus(entry):
    questions, corpus = entry
    text = plain("\n".join(d.text for d in corpus.documents))
    for question in questions:
        if not question.answerable:
            assert not question.facts
            for expression in re.findall(r"absent: (.*)", question.note or "", re.DOTALL):
                assert not re.search(plain(expression), text, re.IGNORECASE), question.id


@pytest.mark.parametrize(
    ("name", "half"),
    [
        *(
            (name, half)
            for name in ("report", "second")
            for half in ("development", "former", "harder", "nearmiss", "polar", "voices")
        ),
        ("report", "visitors"),
    ],
)
def test_the_half_put_aside_shares_no_question(name, half):
    here, there = (
        {plain(q.question).lower() for q in load_questions(SETS[f"{name}-{part}"][0]) if not q.history}
        for part in (half, "questions")
    )
    assert not here & there


def test_there_are_questions_enough_of_both_languages():
    every = [q for path, _ in SETS.values() for q in load_questions(path)]
    assert len(every) >= 240
    assert min(sum(q.language == language for q in every) for language in ("en", "fr")) >= 100
