"""Answers and the report as HTML: literal expectations on small real corpora."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_present import HARBOUR, LAC, cite

from genoassist import corpus as corpora
from genoassist import markup
from genoassist.types import Corpus, Document, Section, Sentence


@pytest.fixture
def harbour(tmp_path: Path) -> Corpus:
    (tmp_path / "harbour.md").write_text(HARBOUR, encoding="utf-8")
    return corpora.load(tmp_path)


@pytest.fixture
def both(tmp_path: Path) -> Corpus:
    (tmp_path / "harbour.md").write_text(HARBOUR, encoding="utf-8")
    (tmp_path / "lac.md").write_text(LAC, encoding="utf-8")
    return corpora.load(tmp_path)


def text_of(page: str) -> str:
    """What a browser would show, white space collapsed, links to sections left out."""

    class Reader(HTMLParser):
        seen = ""

        def handle_data(self, data: str) -> None:
            self.seen += data

    reader = Reader()
    page = re.sub(r' <a class="share".*?</a>', "", page)
    reader.feed(re.sub(r"</(p|li|h\d|section|summary)>", r"</\1> ", page))
    return " ".join(reader.seen.split())


class TestReport:
    def test_every_word_of_the_sentences_is_shown_once_in_order(self, harbour: Corpus) -> None:
        assert text_of(markup.report_html(harbour, "en")) == (
            "Harbour Le port Ships of the year Les navires de l’année "
            'The *Aurora* left Brest on 3 May. It carried <b>12</b> people & "two" cats. It came back. '
            "First bullet. With a second sentence. Second bullet. 3. A third thing. 4. A fourth thing. "
            "Storms None in 2022."
        )

    def test_paragraphs_bullets_and_numbers_look_as_published(self, harbour: Corpus) -> None:
        shape = re.sub(r"</?(span|a)[^>]*>", "", markup.report_html(harbour, "en"))
        assert "<ul><li>First bullet. With a second sentence.</li><li>Second bullet.</li></ul>" in shape
        assert "<p>3. A third thing.</p><p>4. A fourth thing.</p>" in shape
        assert '<h3 class="heading" lang="en">Ships of the year #</h3> <p class="twin" lang="fr">Les navires' in shape

    def test_links_of_answers_and_references_lead_to_a_sentence_of_the_report(self, harbour: Corpus) -> None:
        citation = cite(harbour, "None in 2022.")
        page = markup.report_html(harbour, "en")
        links = markup.answer_html("None [1].", [citation], "en") + markup.references_html([citation], harbour, "en")
        targets = re.findall(r'href="#([^"]+)"', links)
        assert len(targets) == 2
        assert all(page.count(f'id="{target}"') == 1 for target in targets)

    def test_every_section_has_a_link_that_can_be_shared_and_stands_in_the_contents(self, harbour: Corpus) -> None:
        page, contents = markup.report_html(harbour, "fr"), markup.contents_html(harbour, "fr")
        keys = re.findall(r'<section id="[^"]+" data-key="([^"]+)"', page)
        assert re.findall(r'class="share" href="#([^"]+)"', page) == keys[1:]
        assert re.findall(r'href="#([^"]+)"', contents) == keys[1:]
        assert 'aria-label="Lien vers cette rubrique\u00a0: Les navires de l’année"' in page
        assert contents.startswith('<nav aria-label="Sommaire">')

    def test_a_section_id_that_two_documents_share_is_told_apart(self) -> None:
        one = (Sentence("x", "d", "s", "a", 0, 1),)
        documents = tuple(
            Document(d, f"{d}.md", d, None, "en", None, None, "a", (Section("s", d, "H", None, 2, 0, 1, one),))
            for d in ("a b", "c")
        )
        assert list(markup.section_keys(Corpus(documents, "")).values()) == ["a%20b/s", "c/s"]

    def test_only_the_first_of_several_documents_is_open(self, both: Corpus) -> None:
        page = markup.report_html(both, "en")
        assert re.findall(r"<details( open)?><summary lang=\"(\w\w)\">([^<]+)<", page) == [
            (" open", "en", "Harbour"),
            ("", "fr", "Le lac"),
        ]
        assert "<details" not in markup.report_html(Corpus(both.documents[:1], ""), "en")

    def test_ids_are_unique(self, both: Corpus) -> None:
        ids = re.findall(r' id="([^"]+)"', markup.report_html(both, "en"))
        assert len(ids) == len(set(ids)) > 8

    @given(st.text(alphabet='ab.<&" \n', min_size=1, max_size=30))
    def test_the_report_shows_the_sentence_whatever_stands_in_it(self, text: str) -> None:
        whole = Sentence("1", "d", "s", text, 0, len(text))
        section = Section("s", "d", "H", None, 2, 0, len(text), (whole,))
        page = markup.report_html(
            Corpus((Document("d", "d.md", "T", None, "en", None, None, text, (section,)),), ""), "en"
        )
        inner = re.search(r'data-end="\d+">(.*)</span></p>', page, re.S)[1]
        assert html.unescape(inner) == text
        assert "<" not in inner


class TestAnswers:
    def test_marks_become_links_and_unknown_ones_stay_text(self, harbour: Corpus) -> None:
        citation = cite(harbour, 'It carried <b>12</b> people & "two" cats.')
        assert markup.answer_html("A <b>cat</b> [1]. See [2].", [citation], "en") == (
            '<div class="said" lang="en"><p>A &lt;b&gt;cat&lt;/b&gt; '
            f'<a class="cite" href="#at-harbour-{citation.start}">[1]</a>. See [2].</p></div>'
        )

    def test_the_sections_a_refusal_names_become_links(self, harbour: Corpus) -> None:
        ships = harbour.documents[0].sections[1]
        said = markup.refusal_html("Le plus proche\u00a0: «\u00a0Les navires de l’année\u00a0».", [ships], "fr")
        assert (
            f'<a class="section" href="#{markup.section_anchor(ships)}">«\u00a0Les navires de l’année\u00a0»</a>.'
            in said
        )
        assert f'id="{markup.section_anchor(ships)}"' in markup.report_html(harbour, "fr")

    def test_lines_are_paragraphs_and_bullets_lists(self) -> None:
        assert markup.plain_html("One.\n\n- two\n- three\nFour.") == (
            '<div class="said"><p>One.</p><ul><li>two</li><li>three</li></ul><p>Four.</p></div>'
        )

    def test_references_carry_both_headings_and_the_language_of_each(self, both: Corpus) -> None:
        shown = markup.references_html([cite(both, "It came back.")], both, "fr")
        assert '<span class="heading" lang="en">Ships of the year</span>' in shown
        assert '<span class="twin" lang="fr">Les navires de l’année</span>' in shown
        assert '<cite lang="en">Harbour</cite>' in shown
        assert '<blockquote lang="en">«\u00a0It came back.\u00a0»</blockquote>' in shown
        assert markup.references_html([], both, "fr") == ""

    @given(st.text(), st.text(st.characters(categories=["L", "N", "P", "Z"]), min_size=1))
    def test_no_text_becomes_markup(self, words: str, name: str) -> None:
        bullets = re.sub(r"</?(div|p|ul|li)( class=\"said\"| lang=\"en\")*>", "", markup.plain_html(words, "en"))
        assert not re.search(r"[<>\"]", bullets)
        assert "\n\n" not in markup.plain_html(words)
        assert re.fullmatch(r"[A-Za-z0-9._~-]+", markup.anchor(name, 3))
