"""A conversation as Markdown and as a Word document, its citations as footnotes, with the version of the corpus."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_datetime

from genoassist.conversation import Exchange, Talk
from genoassist.language import written_in
from genoassist.messages import say
from genoassist.present import both_headings, one_line, quoted
from genoassist.types import CITATION_MARK, Citation, Corpus, Language
from genoassist.word import Note, Paragraph, Piece, to_docx

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&])")
_LISTED = re.compile(r"^(\s*(?=[-+]\s)|\s*\d+(?=[.)]\s))(.)", re.MULTILINE)
FINGERPRINT_SHOWN = 12  # of 64 hexadecimal digits: enough to tell two versions apart


@dataclass(frozen=True, slots=True)
class _Part:
    """One exchange, laid out: its question, notes in the page's own voice, its text in pieces."""

    question: str
    notes: tuple[str, ...]
    language: Language
    lines: tuple[tuple[Piece, ...], ...]


def to_markdown(talk: Talk, corpus: Corpus, language: Language, now: datetime) -> bytes:
    """UTF-8 Markdown: a heading a question, the answer with ``[^n]`` footnotes, and the notes at the end."""
    lines = [
        f"# {_markdown(say('export.title', language))}",
        *(f"*{_markdown(t)}*" for t in _about(corpus, language, now)),
    ]
    notes: dict[int, str] = {}
    for part in _parts(talk, corpus, language):
        lines += [f"## {_markdown(part.question)}", *(f"*{_markdown(note)}*" for note in part.notes)]
        for pieces in part.lines:
            shown = ""
            for piece in pieces:
                shown += f"[^{piece.n}]" if isinstance(piece, Note) else _markdown(piece)
                if isinstance(piece, Note):
                    notes[piece.n] = _markdown(piece.lead + piece.quote)
            lines.append(shown)
    lines += [f"[^{n}]: {text}" for n, text in notes.items()]
    return ("\n\n".join(lines) + "\n").encode("utf-8")


def to_word(talk: Talk, corpus: Corpus, language: Language, now: datetime) -> bytes:
    """A .docx document with real footnotes, its paragraphs and quotes marked with their language."""
    title = say("export.title", language)
    paragraphs = [Paragraph("Title", (title,), language)]
    paragraphs += [Paragraph("Subtitle", (text,), language) for text in _about(corpus, language, now)]
    for part in _parts(talk, corpus, language):
        paragraphs.append(Paragraph("Heading 1", (part.question,), part.language))
        paragraphs += [Paragraph("Subtitle", (note,), language) for note in part.notes]
        paragraphs += [Paragraph("Normal", pieces, part.language) for pieces in part.lines]
    return to_docx(title, paragraphs, language, now)


FORMS: dict[str, Callable[[Talk, Corpus, Language, datetime], bytes]] = {"md": to_markdown, "docx": to_word}
TYPES = {
    "md": "text/markdown;charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def _about(corpus: Corpus, language: Language, now: datetime) -> list[str]:
    """When it was exported, and from which version of which documents."""
    when = format_datetime(
        now, "d MMMM y 'à' H'\u00a0h\u00a0'mm" if language == "fr" else "d MMMM y, HH:mm", locale=language
    )
    when = re.sub(r"^1 ", "1er\u00a0", when) if language == "fr" else when
    named = []
    for document in corpus.documents:
        title = document.title_fr if language == "fr" and document.title_fr else document.title
        named.append(quoted(title, language) + (f" ({document.year})" if document.year else ""))
    documents = ", ".join(named)
    version = corpus.fingerprint[:FINGERPRINT_SHOWN]
    return [
        say("export.when", language, when=when),
        say("export.corpus", language, documents=documents, version=version),
    ]


def _parts(talk: Talk, corpus: Corpus, language: Language) -> Iterator[_Part]:
    """The exchanges in order; footnotes are numbered through the whole conversation."""
    first = 1
    for exchange in talk:
        notes = []
        if exchange.understood:
            notes.append(f"{say('web.understood', language)} {quoted(exchange.understood, language)}")
        if exchange.corrected:
            notes.append(say("web.corrected", language))
        if exchange.unanswered:
            parts = ", ".join(quoted(part, exchange.language) for part in exchange.unanswered)
            notes.append(say("web.unanswered", language, parts=parts))
        if exchange.state == "stopped":
            notes.append(say("web.stopped", language))
        if exchange.fingerprint != corpus.fingerprint:
            notes.append(say("export.earlier", language, version=exchange.fingerprint[:FINGERPRINT_SHOWN]))
        numbered = {c.n: first + place for place, c in enumerate(exchange.citations)}
        lines = tuple(
            _pieces(line, exchange, numbered, corpus, language) for line in exchange.text.splitlines() if line.strip()
        )
        yield _Part(one_line(exchange.question), tuple(notes), exchange.language, lines)
        first += len(numbered)


def _pieces(
    line: str, exchange: Exchange, numbered: dict[int, int], corpus: Corpus, language: Language
) -> tuple[Piece, ...]:
    """The line cut at its marks, each a footnote; a mark of a citation that is gone stays text."""
    by_number = {c.n: c for c in exchange.citations}
    pieces: list[Piece] = []
    for place, text in enumerate(CITATION_MARK.split(line)):
        if place % 2 == 0:
            pieces.append(text)
        elif int(text) in by_number:
            pieces[-1] = str(pieces[-1]).rstrip()  # a note's mark follows its word
            pieces.append(_note(numbered[int(text)], by_number[int(text)], corpus, language))
        else:
            pieces.append(f"[{text}]")
    return tuple(piece for piece in pieces if piece)


def _note(n: int, citation: Citation, corpus: Corpus, language: Language) -> Note:
    document = corpus.document(citation.document)
    lead = say("export.note", language, section=both_headings(citation, language), document=citation.path) + " "
    return Note(n, lead, quoted(one_line(citation.quote), language), written_in(citation.quote, document.language))


def _markdown(text: str) -> str:
    """The text, with what Markdown would read as markup escaped."""
    return _LISTED.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", text))
