"""The HTML of the page: its words in both languages, the state of the model, a conversation as messages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_conversation import cited

from genoassist import conversation, page
from genoassist.assistant import Assistant
from genoassist.conversation import Exchange, Place
from genoassist.desk import Desk, View
from genoassist.errors import ModelError
from genoassist.types import Corpus, Document, Evidence, Hit, Passage, Query, Section, Sentence


@pytest.fixture
def exchange(report: Corpus) -> Exchange:
    return conversation.begin("Who leads <it>?", "en", report)


def reply(corpus: Corpus, view: View, language: str = "en") -> str:
    return page.messages(view, corpus, language)[-1]["content"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        ("en-GB,en;q=0.9,fr;q=0.8", "en"),
        ("de-DE,de;q=0.9,fr;q=0.4,en;q=0.3", "fr"),
        ("FR", "fr"),
        ("de, ja;q=0.5", "en"),
        ("fr;q=zero, en;q=0.1", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_the_page_takes_the_language_the_browser_likes_best(header: str | None, language: str) -> None:
    assert page.preferred(header) == language


@pytest.mark.parametrize(("kept", "language"), [("fr", "fr"), ("en", "en"), ("de", None), (None, None), ([], None)])
def test_a_remembered_language_is_one_the_page_speaks(kept: object, language: str | None) -> None:
    assert page.chosen(kept) == language


def test_the_masthead_says_what_is_covered(report: Corpus) -> None:
    assert "Answers cover the 5 sections of “Europe &amp; International” (2022):" in page.masthead_html(report, "en")
    assert "les 5 rubriques de «\u00a0Europe et international\u00a0» (2022)" in page.masthead_html(report, "fr")
    one = (Sentence("x", "d", "s", "a", 0, 1),)
    sections = tuple(Section(f"s{n}", "d", f"H{n}", None, 2, 0, 1, one) for n in range(1200))
    many = Corpus(tuple(Document(d, d, d, None, "en", None, None, "a", sections) for d in "ab"), "")
    assert "Answers cover 2 documents (2,400 sections):" in page.masthead_html(many, "en")
    assert "Les réponses portent sur 2 documents (2\u202f400 rubriques)\u00a0:" in page.masthead_html(many, "fr")


class TestReplies:
    def test_markup_in_a_question_is_text(self, report: Corpus, exchange: Exchange) -> None:
        first, *_ = page.messages(View((exchange,)), report, "en")
        assert first == {"role": "user", "content": '<div class="said"><p>Who leads &lt;it&gt;?</p></div>'}

    def test_the_nearest_sentences_stand_until_there_is_text(self, report: Corpus, exchange: Exchange) -> None:
        sentences = report.documents[0].sections[1].sentences[:3]
        hits = tuple(Hit(Passage(s.id, s, s.text), None, None, 1.0) for s in sentences)
        evidence = Evidence(Query("x", "x", "fr"), hits, ())
        shown = reply(report, View((replace(exchange, language="fr"),), evidence), "fr")
        assert "Au plus près dans le rapport" in shown
        assert shown.count('<blockquote lang="en">«\u00a0') == page.EVIDENCE_SHOWN
        written = replace(exchange, text="Someone.")
        assert "evidence" not in reply(report, View((written,), evidence))

    def test_who_waits_is_told_how_many_are_before(self, report: Corpus, exchange: Exchange) -> None:
        assert "Others are being answered: 3 before you." in reply(report, View((exchange,), ahead=3))

    def test_only_the_last_answer_can_be_asked_again_and_a_problem_not_copied(
        self, report: Corpus, exchange: Exchange
    ) -> None:
        citation = cited(
            report, "EUGLOH is cofinanced by the Erasmus+ program and coordinated by Paris-Saclay University."
        )
        done = replace(exchange, state="answer", text="Paris-Saclay [1].", citations=(citation,))
        _, first, _, last = page.messages(View((done, done)), report, "fr")
        assert [f"#{act}-0" in first["content"] for act in ("copy", "wrong", "retry", "edit")] == [
            True,
            True,
            False,
            False,
        ]
        assert all(f"#{act}-1" in last["content"] for act in ("copy", "wrong", "retry", "edit"))
        assert "<span>[1] pôle Biotech" not in first["content"]  # copied in the language of the answer
        assert "<span>[1] Genopole: a biotech hub" in first["content"]
        broken = reply(report, View((replace(exchange, state="problem", text="Broken <b>."),)))
        assert '<p class="problem" lang="en">Broken &lt;b&gt;.</p>' in broken
        assert "#copy-" not in broken
        assert "#retry-0" in broken

    def test_what_was_understood_corrected_missing_or_stopped_is_said_in_the_language_of_the_page(
        self, report: Corpus, exchange: Exchange
    ) -> None:
        near = (Place("europe-international-2022", "cobioe"), Place("europe-international-2022", "gone"))
        refused = replace(
            exchange, state="refusal", text="No. “COBIOE: building a common European strategy for biomanufacturing”",
            understood="Who leads “it” in Peru?", missing=("Peru",), nearest=near,
        )  # fmt: skip
        shown = reply(report, View((refused,)), "fr")
        assert "Question interprétée\u00a0: <a" in shown
        assert (
            'href="#revise-0" title="Modifier cette question et la poser" lang="en">Who leads “it” in Peru?</a>'
            in shown
        )
        assert "Nulle part dans le rapport\u00a0: «\u00a0Peru\u00a0»." in shown
        assert shown.count('<a class="section"') == 1
        corrected = replace(exchange, state="answer", text="No.", corrected=True)
        assert '<p class="corrected" lang="fr">Le rapport contredit la question' in reply(
            report, View((corrected,)), "fr"
        )
        half = replace(exchange, state="answer", text="No.", unanswered=("And who else?",))
        assert "Le rapport ne répond pas à\u00a0: “And who else?”." in reply(report, View((half,)), "fr")
        assert "Arrêté avant la fin." in reply(report, View((replace(exchange, state="stopped"),)), "fr")

    def test_the_report_is_pointed_at_what_is_cited_else_at_the_nearest_section(
        self, report: Corpus, exchange: Exchange
    ) -> None:
        citation = cited(
            report, "EUGLOH is cofinanced by the Erasmus+ program and coordinated by Paris-Saclay University."
        )
        done = replace(exchange, state="answer", text="P [1].", citations=(citation,))
        name = f"1:at-europe-international-2022-{citation.start}"
        assert page.pointed(View((done,)), report) == f'<i data-cites="{name}" data-focus=""></i>'
        near = replace(exchange, state="refusal", nearest=(Place("europe-international-2022", "cobioe"),))
        assert page.pointed(View((near,)), report).endswith('-section"></i>')
        assert page.pointed(View(()), report) == '<i data-cites="" data-focus=""></i>'

    def test_an_answer_is_said_without_its_marks(self, exchange: Exchange) -> None:
        assert page.aloud_html(View((exchange,), aloud="Here [1][2].")) == (
            '<div class="said" lang="en"><p>Here .</p></div>'
        )


@pytest.mark.models
class TestStatus:
    @pytest.fixture
    def desk(self, assistant: Assistant) -> Desk:
        return Desk.of(assistant)

    def waiting(self, desk: Desk, **state: object) -> Desk:
        settings = desk.assistant.settings.model_copy(update={"engine": "auto"})
        engine = type("Loading", (), {"engine": "extractive", "settings": settings, "corpus": desk.assistant.corpus})()
        return replace(desk, assistant=engine, **state)

    def test_by_quotation_it_says_so(self, desk: Desk) -> None:
        assert page.status_html(desk, "en") == '<p class="ready" lang="en">Answers quote the report word for word.</p>'

    def test_the_download_and_the_warming_up_have_a_bar(self, desk: Desk) -> None:
        assert '<p class="loading" lang="en">The language model is loading' in page.status_html(
            self.waiting(desk), "en"
        )
        fetching = page.status_html(self.waiting(desk, progress=("qwen", 250, 1000)), "fr")
        assert '<progress max="100" value="25"' in fetching
        assert "se télécharge, une fois pour toutes (25\u00a0%)" in fetching
        arranging = page.status_html(self.waiting(desk, progress=("arrange", 7, 28)), "fr")
        assert "est préparé pour cette machine, une fois pour toutes (25\u00a0%)\u202f; d’ici là" in arranging
        assert "is reading the report (50%)" in page.status_html(self.waiting(desk, progress=("warm", 1, 2)), "en")

    def test_without_a_model_it_says_so_calmly_and_goes_on_quoting(self, desk: Desk) -> None:
        broken = self.waiting(desk, ready=True, problem=ModelError("web.model_failed"))
        said = page.status_html(broken, "en")
        assert "There is no language model: answers quote the report word for word (genoassist doctor" in said
        assert "progress" not in said


@pytest.mark.models
def test_what_is_offered_comes_from_other_sections_first_and_never_twice(assistant: Assistant) -> None:
    desk = Desk.of(assistant)
    desk.suggestions.check(desk.line)
    shown = page.offered_html((), desk, "fr")
    assert shown.count('data-do="ask"') == page.FIRST_QUESTIONS
    assert '<p id="lead">Par exemple</p>' in shown
    first = desk.suggestions.offer("fr", 1)[0]
    asked = replace(conversation.begin(first, "fr", assistant.corpus), state="refusal")
    then = page.offered_html((asked,), desk, "fr")
    assert first not in then
    assert "Le rapport répond à ces questions" in then
