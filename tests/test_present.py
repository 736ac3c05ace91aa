"""Answers as text, JSON and HTML: literal expectations on small real corpora."""

from __future__ import annotations

import json
import re
import tomllib
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import get_args

import pytest

from genoassist import corpus as corpora
from genoassist import present
from genoassist.types import (
    Answer,
    Check,
    Citation,
    Corpus,
    Evidence,
    Hit,
    Passage,
    Query,
    Reason,
    Section,
    Sentence,
    Turn,
)

HARBOUR = """---
title: Harbour
title_fr: Le port
---
# Harbour

## Ships of the year / Les navires de l’année

The *Aurora* left Brest on 3 May. It carried <b>12</b> people & "two" cats.
It came back.

- First bullet. With a second sentence.
- Second bullet.

3. A third thing.
4. A fourth thing.

## Storms

None in 2022.
"""
LAC = """---
title: Le lac
language: fr
---
# Le lac

## Les barques

La barque « Mouette » a quitté le port le 3 mai.
"""


@pytest.fixture
def harbour(tmp_path: Path) -> Corpus:
    (tmp_path / "harbour.md").write_text(HARBOUR, encoding="utf-8")
    return corpora.load(tmp_path)


@pytest.fixture
def both(tmp_path: Path) -> Corpus:
    (tmp_path / "harbour.md").write_text(HARBOUR, encoding="utf-8")
    (tmp_path / "lac.md").write_text(LAC, encoding="utf-8")
    return corpora.load(tmp_path)


def cite(corpus: Corpus, quote: str, n: int = 1) -> Citation:
    for document in corpus.documents:
        start = document.text.find(quote)
        if start >= 0:
            section = next(s for s in document.sections if s.start <= start < s.end)
            end = start + len(quote)
            return Citation(
                n, document.id, document.path, section.id, section.heading, section.heading_fr, quote, start, end
            )
    raise AssertionError(quote)


def sentence(corpus: Corpus, text: str) -> Sentence:
    return next(s for d in corpus.documents for x in d.sections for s in x.sentences if s.text == text)


def answered(corpus: Corpus, text: str, *citations: Citation, language: str = "en") -> Answer:
    sources = {d.path: d.text for d in corpus.documents}
    support = tuple(sentence(corpus, c.quote) for c in citations)
    query = Query("it?", "When did the Aurora leave?", language, (Turn("user", "Aurora"),), history_used=True)
    hits = tuple(Hit(Passage(s.id, s, s.text), 0.912, None, 0.5) for s in support)
    return Answer(
        "answer", text, query, "llm", citations, (Check(text, support),), evidence=Evidence(query, hits, ()),
        sources=sources, seconds={"evidence": 0.0412345, "total": 1.98765},
    )  # fmt: skip


def text_of(markup: str) -> str:
    """What a browser would show, white space collapsed."""

    class Reader(HTMLParser):
        seen = ""

        def handle_data(self, data: str) -> None:
            self.seen += data

    reader = Reader()
    reader.feed(re.sub(r"</(p|li|h\d|section|summary)>", r"</\1> ", markup))
    return " ".join(reader.seen.split())


class TestJson:
    def test_an_answer_has_the_published_shape(self, harbour: Corpus) -> None:
        quote = "The *Aurora* left Brest on 3 May."
        citation = cite(harbour, quote)
        shape = present.to_json(answered(harbour, "It left on 3 May [1].", citation), id=7)
        assert json.loads(json.dumps(shape)) == {
            "id": 7,
            "question": "it?",
            "standalone_question": "When did the Aurora leave?",
            "language": "en",
            "kind": "answer",
            "reason": None,
            "answer": "It left on 3 May [1].",
            "citations": [
                {
                    "n": 1,
                    "document": "harbour",
                    "path": "harbour.md",
                    "section_id": citation.section_id,
                    "section": "Ships of the year",
                    "section_fr": "Les navires de l’année",
                    "quote": quote,
                    "start": HARBOUR.index(quote),
                    "end": HARBOUR.index(quote) + len(quote),
                }
            ],
            "engine": "llm",
            "seconds": {"evidence": 0.041, "total": 1.988},
        }

    def test_a_refusal_names_the_nearest_sections(self, harbour: Corpus) -> None:
        storms = harbour.documents[0].sections[-1]
        query = Query("Why?", "Why?", "en")
        shape = present.to_json(Answer("refusal", "No.", query, "extractive", reason="unclear", nearest=(storms,)))
        assert (shape["id"], shape["kind"], shape["reason"], shape["citations"]) == (None, "refusal", "unclear", [])
        assert shape["nearest"] == [
            {"document": "harbour", "section_id": storms.id, "section": "Storms", "section_fr": None}
        ]


class TestRefusal:
    @pytest.mark.parametrize("reason", get_args(Reason))
    def test_every_reason_has_its_own_words_in_both_languages(self, reason: Reason) -> None:
        others = {present.refusal_text(r, "en") for r in get_args(Reason) if r != reason}
        assert present.refusal_text(reason, "en") not in others
        assert present.refusal_text(reason, "en") != present.refusal_text(reason, "fr")
        assert not re.search(r"\[\d+\]|\{|\}", present.refusal_text(reason, "fr") + present.refusal_text(reason, "en"))

    def test_headings_are_in_the_language_where_there_is_one(self, harbour: Corpus) -> None:
        nearest = harbour.documents[0].sections[1:]
        assert present.refusal_text("not_in_corpus", "en", nearest) == (
            "The report does not say. The nearest sections are “Ships of the year” and “Storms”."
        )
        assert present.refusal_text("not_in_corpus", "fr", nearest) == (
            "Le rapport ne le dit pas. Les rubriques les plus proches sont «\u00a0Les navires de l’année\u00a0» "
            "et «\u00a0Storms\u00a0»."
        )

    def test_one_section_is_singular_and_at_most_three_are_named(self) -> None:
        sections = [Section(str(n), "d", f"Part {n}", None, 2, 0, 1) for n in range(5)]
        assert present.refusal_text("off_topic", "en", sections[:1]).endswith("The nearest section is “Part 0”.")
        assert present.refusal_text("off_topic", "en", sections).endswith(
            "The nearest sections are “Part 0”, “Part 1” and “Part 2”."
        )


class TestText:
    def test_references_stand_under_the_answer_in_the_readers_typography(self, harbour: Corpus) -> None:
        answer = answered(harbour, "It left on 3 May [1].", cite(harbour, "The *Aurora* left Brest on 3 May."))
        assert present.to_text(answer) == (
            "It left on 3 May [1].\n\n"
            "[1] Ships of the year (Les navires de l’année) — harbour.md: “The *Aurora* left Brest on 3 May.”"
        )
        assert present.to_text(answer, "fr").splitlines()[-1] == (
            "[1] Les navires de l’année (Ships of the year) — harbour.md\u00a0: "
            "«\u00a0The *Aurora* left Brest on 3 May.\u00a0»"
        )

    def test_a_refusal_is_its_text_alone(self) -> None:
        refusal = Answer("refusal", "No.", Query("x", "x", "en"), "extractive", reason="off_topic")
        assert present.to_text(refusal) == "No."

    def test_explain_shows_the_search_the_candidates_the_checks_and_the_time(self, harbour: Corpus) -> None:
        answer = answered(harbour, "It left on 3 May [1].", cite(harbour, "The *Aurora* left Brest on 3 May."))
        said = present.explain(answer)
        assert "When did the Aurora leave? (en, llm)" in said
        assert re.search(r"^\*  0\.5000   0\.912       -  \S+  The \*Aurora\* left Brest on 3 May\.$", said, re.M)
        assert "+ It left on 3 May [1].\n    = The *Aurora* left Brest on 3 May." in said
        assert said.endswith("evidence 0.041 s, total 1.988 s")


def test_both_languages_hold_the_same_messages_with_the_same_placeholders() -> None:
    tables = [
        tomllib.loads(resources.files("genoassist.messages").joinpath(f"{name}.toml").read_text(encoding="utf-8"))
        for name in ("en", "fr")
    ]
    for table in ("present", "refusal", "web"):
        english, french = tables[0][table], tables[1][table]
        assert english.keys() == french.keys()
        for key, text in english.items():
            assert sorted(re.findall(r"\{(\w+)", text)) == sorted(re.findall(r"\{(\w+)", french[key])), key
            assert not re.search(r"(?<![\u00a0\u202f\s])[;!?»]|['\"]| [;:!?»]|« ", french[key].replace("(* ", "")), key


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("L'accord a été signé: 13,000 euros !", "L’accord a été signé\u00a0: 13\u202f000 euros\u202f!"),
        ("« A*Star » et « BIO »; voilà.", "«\u00a0A*Star\u00a0» et «\u00a0BIO\u00a0»\u202f; voilà."),
        (
            "À Leipzig en October, le 14 June et fin March, de August.",
            "À Leipzig en octobre, le 14 juin et fin mars, d’août.",
        ),
        ("Une société de March Networks.",) * 2,
        ("Elle a retenus les marchés et a plus de temps.", "Elle a retenu les marchés et a plus de temps."),
        ("Le jury les a retenus.", "Le jury les a retenus."),
        (
            'La cofondatrice de EndoGene.Bio, de onze à "midi", de A*Star, de EUGLOH.',
            "La cofondatrice d’EndoGene.Bio, de onze à «\u00a0midi\u00a0», de A*Star, d’EUGLOH.",
        ),
        ("Élu le 2022, jusqu'à 30 juin, jusqu'à 30 dons.", "Élu en 2022, jusqu’au 30 juin, jusqu’à 30 dons."),
        ("12,1 million, 1,5 million, 3 milliard", "12,1 millions, 1,5 million, 3 milliards"),
        ("La date est 27 décembre, lieu 1er juin.", "La date est le 27 décembre, lieu le 1er juin."),
        ("Elle a inclus des dons, que Lumen a reçus les 3 et 4 mai.",) * 2,
        ("En 2021, 38% et 31 % du budget, 5€.", "En 2021, 38\u00a0% et 31\u00a0% du budget, 5\u00a0€."),
        ("€10-15 millions, €3m, €100k, 12€50 et 2,6 M€ 2022",) * 2,
        ("€0.5 million, €12 millions d'euros", "0,5 million d’euros, 12 millions d’euros"),
        ("€900, €1,600, €2.6 million.", "900\u00a0€, 1\u202f600\u00a0€, 2,6 millions d’euros."),
        ("À 12:30, 3,5 M€ sur https://exemple.fr:80", "À 12:30, 3,5 M€ sur https://exemple.fr:80"),
    ],
)
def test_a_french_sentence_is_set_as_french_is(written: str, printed: str) -> None:
    assert present.set_in_french(written) == printed
    assert present.set_in_french(printed) == printed
