"""An answer that would lie about its evidence cannot be built."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from genoassist.types import Answer, Check, Citation, Corpus, Document, Query, Section, Sentence

TEXT = "Lumen was launched in March. Kasper Brandt leads it."
FIRST = Sentence("helvia#lumen:1", "helvia", "lumen", "Lumen was launched in March.", 0, 28)
SECOND = Sentence("helvia#lumen:2", "helvia", "lumen", "Kasper Brandt leads it.", 29, 52)
SECTION = Section("lumen", "helvia", "Lumen", None, 2, 0, 52, (FIRST, SECOND))
QUERY = Query("Who leads Lumen?", "Who leads Lumen?", "en")


def cite(n: int, sentence: Sentence) -> Citation:
    return Citation(n, "helvia", "helvia.md", "lumen", "Lumen", None, sentence.text, sentence.start, sentence.end)


ANSWER = Answer(
    kind="answer",
    text="Lumen began in March [1]. Kasper Brandt leads it [2].",
    query=QUERY,
    engine="extractive",
    citations=(cite(1, FIRST), cite(2, SECOND)),
    checks=(Check("Lumen began in March.", (FIRST,)), Check("Kasper Brandt leads it.", (SECOND,))),
    sources={"helvia.md": TEXT},
)
REFUSAL = Answer("refusal", "The report does not say.", QUERY, "extractive", reason="not_in_corpus", nearest=(SECTION,))


def test_what_keeps_its_promises_is_built():
    assert ANSWER.citations[1].quote == "Kasper Brandt leads it."
    assert REFUSAL.reason == "not_in_corpus"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"text": " \u00a0\n"}, "must say something"),
        ({"citations": ()}, "citations and no refusal reason"),
        ({"reason": "not_in_corpus"}, "citations and no refusal reason"),
        ({"sources": {}}, r"citation 1 is not the text at helvia\.md\[0:28\]"),
        ({"sources": {"other.md": TEXT}}, "citation 1 is not the text"),
        ({"sources": {"helvia.md": TEXT.replace("March", "April")}}, "citation 1 is not the text"),
        ({"sources": {"helvia.md": " " + TEXT}}, "citation 1 is not the text"),
        ({"checks": ()}, "has a passed check"),
        ({"checks": (Check("Lumen began in March.", ()),)}, "has a passed check"),
        (
            {"checks": (ANSWER.checks[0], Check("It was 2 May.", (SECOND,), ("not in what it cites: 2",)))},
            "passed check",
        ),
        ({"text": "Lumen began in March. Kasper Brandt leads it."}, "numbered by first use"),
        ({"text": "Lumen began in March [1]. Kasper Brandt leads it."}, "numbered by first use"),
        ({"text": "Kasper Brandt leads it [2]. Lumen began in March [1]."}, "numbered by first use"),
        ({"text": "Lumen began in March [1]. Brandt leads it [2][3]."}, "numbered by first use"),
        ({"citations": (cite(2, FIRST), cite(3, SECOND)), "text": "One [2]. Two [3]."}, "numbered by first use"),
        ({"citations": (cite(1, FIRST), cite(1, SECOND)), "text": "One [1]. Two [1]."}, "numbered by first use"),
    ],
)
def test_a_broken_promise_of_an_answer_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        replace(ANSWER, **changes)


@pytest.mark.parametrize(
    "changes",
    [{"text": ""}, {"reason": None}, {"citations": (cite(1, FIRST),), "sources": {"helvia.md": TEXT}}],
)
def test_a_broken_promise_of_a_refusal_is_refused(changes):
    with pytest.raises(ValueError, match=r"say something|a reason and no citations"):
        replace(REFUSAL, **changes)


def test_a_mark_may_be_repeated():
    again = replace(ANSWER, text="Lumen began in March [1]. Kasper Brandt [2] leads it since March [1][2].")
    assert [c.n for c in again.citations] == [1, 2]


def test_an_answer_cannot_be_changed_afterwards():
    with pytest.raises(FrozenInstanceError):
        ANSWER.text = "Lumen began in May [1]."  # type: ignore[misc]


def test_a_check_passes_with_support_and_without_problems_only():
    assert Check("x", (FIRST,)).passed
    assert not Check("x", ()).passed
    assert not Check("x", (FIRST,), ("not in what it cites: 7",)).passed


def test_documents_and_sections_are_found_by_id():
    document = Document("helvia", "helvia.md", "Helvia", None, "en", 2031, None, TEXT, (SECTION,))
    corpus = Corpus((document,), "0" * 64)
    assert corpus.document("helvia") is document
    assert corpus.section("helvia", "lumen") is SECTION
    with pytest.raises(KeyError):
        corpus.document("brumaire")
    with pytest.raises(KeyError):
        corpus.section("helvia", "nacre")
