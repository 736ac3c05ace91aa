"""A conversation as Markdown and as a Word document: footnotes, languages, the version of the corpus."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from markdown_it import MarkdownIt
from test_conversation import cited

from genoassist import conversation, export
from genoassist.conversation import Talk
from genoassist.types import Corpus

NOW = datetime(2031, 3, 4, 17, 5, tzinfo=UTC)
EUGLOH = "EUGLOH is cofinanced by the Erasmus+ program and coordinated by Paris-Saclay University."
COBIOE = "Constructed and coordinated by Genopole, COBIOE is the first EU initiative for the sector."


@pytest.fixture
def talk(report: Corpus) -> Talk:
    eugloh, cobioe = cited(report, EUGLOH), cited(report, COBIOE)
    first = replace(
        conversation.begin("Qui coordonne *EUGLOH*\u202f?", "fr", report),
        state="answer", text="Paris-Saclay [1]. Et COBIOE, Genopole [2]. Paris encore [1].",
        citations=(eugloh, replace(cobioe, n=2)),
    )  # fmt: skip
    second = replace(
        conversation.begin("Who coordinates it?", "en", report),
        state="answer", text="- Genopole [1].\n- 1 < 2 & [x] \x0b", understood="Who coordinates COBIOE?", corrected=True,
        citations=(cobioe,), fingerprint="0" * 64,
    )  # fmt: skip
    refused = replace(
        conversation.begin("Who is in Peru?", "en", report), state="refusal", text="The report does not say."
    )
    return (first, second, refused)


def test_markdown_has_footnotes_numbered_through_and_nothing_of_the_text_is_markup(talk: Talk, report: Corpus) -> None:
    text = export.to_markdown(talk, report, "fr", NOW).decode("utf-8")
    body, notes = text.split("\n\n[^1]: ")
    assert "# Questions sur le rapport\n" in body
    assert "*Exporté le 4 mars 2031 à 17\u00a0h\u00a005*" in body
    assert f"version {report.fingerprint[:12]}*" in body
    assert r"## Qui coordonne \*EUGLOH\*" in body
    assert "Paris-Saclay[^1]. Et COBIOE, Genopole[^2]. Paris encore[^1]." in body
    assert "Genopole[^3]." in body
    assert "*Question interprétée\u00a0: «\u00a0Who coordinates COBIOE?\u00a0»*" in body
    assert "*Le rapport contredit la question." in body
    assert "*Réponse tirée d’une version antérieure du corpus (000000000000)*" in body
    assert "The report does not say." in body
    assert notes.count("\n\n[^") == 2
    assert f"«\u00a0{EUGLOH}\u00a0»" in notes
    html = MarkdownIt("commonmark", {"html": True}).render(body)
    assert html.count("<h2>") == 3
    assert "1 &lt; 2 &amp; [x]" in html


def test_a_question_is_shown_as_it_was_put(report: Corpus) -> None:
    questions = ["1. Who are the partners?", "- Who &eacute;lse?", "2) Qui ?", "# Who?"]
    talk = tuple(replace(conversation.begin(q, "en", report), state="refusal", text="No.") for q in questions)
    html = MarkdownIt("commonmark", {"html": True}).render(export.to_markdown(talk, report, "en", NOW).decode("utf-8"))
    assert re.findall("<h2>(.*)</h2>", html) == [escape(question, quote=False) for question in questions]


def test_the_first_of_a_month_is_written_as_the_french_do(report: Corpus) -> None:
    text = export.to_markdown((), report, "fr", datetime(2031, 3, 1, 9, 5, tzinfo=UTC)).decode("utf-8")
    assert "*Exporté le 1er\u00a0mars 2031 à 9\u00a0h\u00a005*" in text


def test_word_has_real_footnotes_in_the_language_of_their_quotes(talk: Talk, report: Corpus) -> None:
    file = export.to_word(talk, report, "fr", NOW)
    document = docx.Document(BytesIO(file))
    assert [p.text for p in document.paragraphs if p.style.name == "Title"] == ["Questions sur le rapport"]
    assert [p.text for p in document.paragraphs if p.style.name == "Heading 1"] == [e.question for e in talk]
    assert f"version {report.fingerprint[:12]}" in "\n".join(p.text for p in document.paragraphs)
    body = ZipFile(BytesIO(file)).read("word/document.xml").decode("utf-8")
    assert re.findall(r'<w:footnoteReference w:id="(\d+)"', body) == ["1", "2", "3"]
    assert re.findall(r'w:instr="(NOTEREF \w+)', body) == ["NOTEREF _note1"]
    assert 'w:lang w:val="fr-FR"' in body
    notes = document.part.part_related_by(RELATIONSHIP_TYPE.FOOTNOTES).blob.decode("utf-8")
    assert re.findall(r'<w:footnote w:id="(\d+)">', notes) == ["1", "2", "3"]
    assert EUGLOH in notes
    assert '<w:lang w:val="en-GB"/>' in notes
    styles = {style.style_id for style in document.styles}
    assert set(re.findall(r'w:(?:pStyle|rStyle) w:val="(\w+)"', body + notes)) <= styles


def test_a_mark_whose_citation_is_gone_stays_text(talk: Talk, report: Corpus) -> None:
    bare = (replace(talk[0], citations=()),)
    assert r"Paris-Saclay \[1\]." in export.to_markdown(bare, report, "en", NOW).decode("utf-8")
    assert (
        docx.Document(BytesIO(export.to_word(bare, report, "en", NOW)))
        .paragraphs[-1]
        .text.startswith("Paris-Saclay [1].")
    )
