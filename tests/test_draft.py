"""Sentences that passed become an answer: marks before the stop, numbered by first use, each a verbatim span."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from genoassist import corpus
from genoassist.draft import Composed, marked, of_year
from genoassist.quotation import quotation
from genoassist.types import CITATION_MARK, Check, Corpus, Evidence, Query


@pytest.fixture
def small(tmp_path: Path) -> Corpus:
    (tmp_path / "a.md").write_text(
        "---\ntitle: A\nlanguage: en\n---\n\n# A\n\n## One\n\nFirst thing. Second thing.\n\n## Two | Deux\n\nThird thing.\n",
        encoding="utf-8",
    )
    return corpus.load(tmp_path)


def test_citations_are_numbered_by_first_use_and_verbatim(small: Corpus) -> None:
    first, second, third = [s for section in small.documents[0].sections for s in section.sentences]
    made = Composed(small)
    made = made.adding(Check("The third is so.", (third,)), "en")
    made = made.adding(Check("So are the others", (first, third, second)), "en")
    assert made.text == "The third is so [1]. So are the others [1][2][3]."
    query = Query("?", "?", "en")
    answer = made.sealed(query, Evidence(query, (), ()), "llm", {})
    assert [c.quote for c in answer.citations] == ["Third thing.", "First thing.", "Second thing."]
    assert (answer.citations[0].section, answer.citations[0].section_fr) == ("Two", "Deux")


def test_a_sentence_that_did_not_pass_is_not_shown(small: Corpus) -> None:
    first = small.documents[0].sections[1].sentences[0]
    made = Composed(small).adding(Check("Nonsense.", (first,), ("not in what it cites: 5",)), "en")
    assert made.text == ""
    assert len(made.failed) == 1


def test_the_same_sentence_is_not_said_twice(small: Corpus) -> None:
    first = small.documents[0].sections[1].sentences[0]
    made = Composed(small)
    for _ in range(2):
        made = made.adding(Check("First.", (first,)), "en")
    assert made.text == "First [1]."


def test_a_sentence_that_one_before_has_whole_is_not_said_again(small: Corpus) -> None:
    first = small.documents[0].sections[1].sentences[0]
    made = (
        Composed(small)
        .adding(Check("The report states: “First”", (first,)), "en")
        .adding(Check("First.", (first,)), "en")
    )
    assert made.text == "The report states: “First” [1]."


def test_a_sentence_with_fewer_words_from_the_same_source_adds_nothing(small: Corpus) -> None:
    first, second, _ = [s for section in small.documents[0].sections for s in section.sentences]
    whole = Composed(small).adding(Check("The first thing was held in June.", (first,)), "en")
    assert whole.adding(Check("The thing was held in June.", (first,)), "en") == whole
    assert whole.adding(Check("Yes, the thing was held in June.", (first,)), "en") != whole
    assert whole.adding(Check("The thing was held in June.", (second,)), "en") != whole


def test_the_year_asked_about_stands_before_a_draft_that_its_heading_dates(small: Corpus) -> None:
    first, _, third = [s for section in small.documents[0].sections for s in section.sentences]
    dated = replace(small, documents=(replace(small.documents[0], title="A 2031"),))
    check = Check("12 members.", (first,))
    assert of_year(check, "2031", dated, "en").sentence == "2031: 12 members."
    assert of_year(check, "2031", dated, "fr").sentence == "2031\u00a0: 12 members."
    for other in (
        replace(check, sentence="12 members in 2031."),
        replace(check, sentence="The report states: “12 members.”"),
    ):
        assert of_year(other, "2031", dated, "en") == other
    assert of_year(check, "2032", dated, "en") == check
    span = replace(small, documents=(replace(small.documents[0], title="A 2027-2031"),))
    assert of_year(check, "2031", span, "en") == check
    assert of_year(check, "2031", small, "en") == check
    assert of_year(check, "", dated, "en") == check
    assert of_year(Check("12 members.", (third,), ("wrong",)), "2031", dated, "en").sentence == "12 members."


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("It was in June.", "It was in June [1]."),
        ("It was in June", "It was in June [1]."),
        ("Vraiment\u202f?", "Vraiment [1]?"),
        ("Merck, Taiho, etc.", "Merck, Taiho, etc. [1]."),
        ("Merck, Taiho, etc", "Merck, Taiho, etc. [1]."),
        ("The report states: “It was. It is.”", "The report states: “It was.\u2060 It is.” [1]."),
        ("It was led by Dr. Smith.", "It was led by Dr.\u2060 Smith [1]."),
    ],
)
def test_marks_stand_before_the_final_stop(sentence: str, expected: str) -> None:
    assert marked(sentence, [1], "en") == expected


def test_marks_of_the_corpus_itself_are_none_of_ours(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("It was found in Evry in 2019 [12], see the [2022](https://x.org) report.\n")
    (only,) = [s for section in corpus.load(tmp_path).documents[0].sections for s in section.sentences]
    made = Composed(corpus.load(tmp_path)).adding(quotation(only, reader="en", source="en"), "en")
    assert CITATION_MARK.findall(made.text) == ["1"]
    assert made.text.replace("\u2060", "") == f"The report states: “{only.text[:-1]}” [1]."
    query = Query("?", "?", "en")
    assert made.sealed(query, Evidence(query, (), ()), "extractive", {}).citations[0].quote == only.text
