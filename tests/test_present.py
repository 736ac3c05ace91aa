"""Answers as text, JSON and HTML: literal expectations on small real corpora."""

from __future__ import annotations

import html
import json
import re
import tomllib
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoassist import corpus as corpora
from genoassist import present
from genoassist.types import (
    Answer,
    Check,
    Citation,
    Corpus,
    Document,
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


class TestReport:
    def test_every_word_of_the_sentences_is_shown_once_in_order(self, harbour: Corpus) -> None:
        assert text_of(present.report_html(harbour)) == (
            "Harbour Le port Ships of the year Les navires de l’année "
            'The *Aurora* left Brest on 3 May. It carried <b>12</b> people & "two" cats. It came back. '
            "First bullet. With a second sentence. Second bullet. 3. A third thing. 4. A fourth thing. "
            "Storms None in 2022."
        )

    def test_paragraphs_bullets_and_numbers_look_as_published(self, harbour: Corpus) -> None:
        shape = re.sub(r"</?(span|mark)[^>]*>", "", present.report_html(harbour))
        assert "<ul><li>First bullet. With a second sentence.</li><li>Second bullet.</li></ul>" in shape
        assert "<p>3. A third thing.</p><p>4. A fourth thing.</p>" in shape
        assert '<h3 class="heading" lang="en">Ships of the year</h3> <p class="twin" lang="fr">Les navires' in shape

    def test_cited_sentences_are_marked_by_number(self, harbour: Corpus) -> None:
        first, second = cite(harbour, "It came back."), cite(harbour, "None in 2022.", 2)
        page = present.report_html(harbour, [first, second])
        assert re.findall(r'<mark id="([^"]+)" data-n="(\d)">([^<]+)</mark>', page) == [
            ("cite-1", "1", "It came back."),
            ("cite-2", "2", "None in 2022."),
        ]
        assert 'data-focus="cite-1"' in page

    def test_a_quote_over_two_sentences_or_inside_one_is_marked_exactly(self, harbour: Corpus) -> None:
        wide, narrow = cite(harbour, "First bullet. With a second sentence."), cite(harbour, "left Brest", 2)
        page = present.report_html(harbour, [wide, narrow])
        marks = re.findall(r"<mark[^>]*>([^<]+)</mark>", page)
        assert marks == ["left Brest", "First bullet.", "With a second sentence."]
        assert len(re.findall(r'id="cite-1"', page)) == len(re.findall(r'id="cite-2"', page)) == 1

    def test_two_citations_that_begin_at_one_place_both_have_their_anchor(self, harbour: Corpus) -> None:
        page = present.report_html(harbour, [cite(harbour, "None in 2022."), cite(harbour, "None", 2)])
        assert 'id="cite-1"' in page
        assert 'id="cite-2"' in page
        assert text_of(page).endswith("Storms None in 2022.")

    def test_links_of_answers_and_references_lead_to_a_sentence_of_the_report(self, harbour: Corpus) -> None:
        citation = cite(harbour, "None in 2022.")
        page = present.report_html(harbour)
        links = present.answer_html("None [1].", [citation], "en") + present.references_html([citation], harbour, "en")
        targets = re.findall(r'href="#([^"]+)"', links)
        assert len(targets) == 2
        assert all(page.count(f'id="{target}"') == 1 for target in targets)

    def test_the_section_in_focus_is_named_where_nothing_is_cited(self, harbour: Corpus) -> None:
        storms = harbour.documents[0].sections[-1]
        page = present.report_html(harbour, focus=storms)
        target = re.search(r'data-focus="([^"]+)"', page)[1]
        assert f'<section id="{target}" class="near"><h3 class="heading" lang="en">Storms' in page

    def test_cited_documents_come_first_and_the_others_are_collapsed(self, both: Corpus) -> None:
        page = present.report_html(both, [cite(both, "La barque « Mouette » a quitté le port le 3 mai.")])
        assert re.findall(r"<details( open)?><summary lang=\"(\w\w)\">([^<]+)<", page) == [
            (" open", "fr", "Le lac"),
            ("", "en", "Harbour"),
        ]
        assert "<details" not in present.report_html(Corpus(both.documents[:1], ""))

    def test_ids_are_unique(self, both: Corpus) -> None:
        ids = re.findall(r' id="([^"]+)"', present.report_html(both, [cite(both, "It came back.")]))
        assert len(ids) == len(set(ids)) > 8


class TestHtml:
    def test_marks_become_links_with_the_quote_on_hover_and_unknown_ones_stay_text(self, harbour: Corpus) -> None:
        citation = cite(harbour, 'It carried <b>12</b> people & "two" cats.')
        said = present.answer_html("A <b>cat</b> [1]. See [2].", [citation], "en")
        assert said == (
            '<div class="said" lang="en"><p>A &lt;b&gt;cat&lt;/b&gt; '
            f'<a class="cite" href="#at-harbour-{citation.start}" '
            'title="It carried &lt;b&gt;12&lt;/b&gt; people &amp; &quot;two&quot; cats.">[1]</a>. See [2].</p></div>'
        )

    def test_lines_are_paragraphs_and_bullets_lists(self) -> None:
        assert present.plain_html("One.\n\n- two\n- three\nFour.") == (
            '<div class="said"><p>One.</p><ul><li>two</li><li>three</li></ul><p>Four.</p></div>'
        )

    def test_references_carry_both_headings_and_the_language_of_each(self, both: Corpus) -> None:
        shown = present.references_html([cite(both, "It came back.")], both, "fr")
        assert '<span class="heading" lang="en">Ships of the year</span>' in shown
        assert '<span class="twin" lang="fr">Les navires de l’année</span>' in shown
        assert '<cite lang="en">Harbour</cite>' in shown
        assert '<blockquote lang="en">«\u00a0It came back.\u00a0»</blockquote>' in shown
        assert present.references_html([], both, "fr") == ""

    @given(st.text(), st.text(st.characters(categories=["L", "N", "P", "Z"]), min_size=1))
    def test_no_text_becomes_markup(self, words: str, name: str) -> None:
        bullets = re.sub(r"</?(div|p|ul|li)( class=\"said\"| lang=\"en\")*>", "", present.plain_html(words, "en"))
        assert not re.search(r"[<>\"]", bullets)
        assert "\n\n" not in present.plain_html(words)
        assert re.fullmatch(r"[A-Za-z0-9._~-]+", present.anchor(name, 3))

    @given(st.text(alphabet='ab.<&" \n', min_size=1, max_size=30), st.data())
    def test_the_report_shows_the_sentence_whatever_is_cited_in_it(self, text: str, data: st.DataObject) -> None:
        ends = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted)
        spans = data.draw(st.lists(ends, max_size=3))
        citations = [Citation(n, "d", "d.md", "s", "H", None, text[a:b], a, b) for n, (a, b) in enumerate(spans, 1)]
        whole = Sentence("1", "d", "s", text, 0, len(text))
        section = Section("s", "d", "H", None, 2, 0, len(text), (whole,))
        document = Document("d", "d.md", "T", None, "en", None, None, text, (section,))
        page = present.report_html(Corpus((document,), ""), citations)
        inner = re.search(r'data-end="\d+">(.*)</span></p>', page, re.S)[1]
        assert html.unescape(re.sub(r"<[^>]*>", "", inner)) == text
        covered = {i for c in citations for i in range(c.start, c.end)}
        marked = "".join(
            html.unescape(part) for part in re.findall(r"<mark[^>]*>(?:<a [^>]*></a>)*([^<]*)</mark>", inner)
        )
        assert marked == "".join(text[i] for i in sorted(covered))


class TestSuggestions:
    def test_they_name_sections_in_the_language_of_the_page(self, harbour: Corpus) -> None:
        assert present.suggestions(harbour, "en") == (
            "What does the report say about “Ships of the year”?",
            "What does the report say about “Storms”?",
        )
        assert present.suggestions(harbour, "fr")[0] == (
            "Que dit le rapport sur «\u00a0Les navires de l’année\u00a0»\u202f?"
        )

    def test_there_are_at_most_as_many_as_asked_for_spread_over_the_corpus(self) -> None:
        one = (Sentence("x", "d", "s", "a", 0, 1),)
        sections = tuple(Section(f"s{n}", "d", f"Part {n}", None, 2, 0, 1, one) for n in range(8))
        corpus = Corpus((Document("d", "d.md", "T", None, "en", None, None, "a", sections),), "")
        asked = [re.search(r"Part (\d)", text)[1] for text in present.suggestions(corpus, "en")]
        assert asked == ["0", "2", "4", "6"]


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
