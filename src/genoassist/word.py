"""Paragraphs with footnotes -> a Word document. python-docx writes the document; it has no footnotes, so their part is made here."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt

from genoassist.types import Language

LOCALES: dict[Language, str] = {"en": "en-GB", "fr": "fr-FR"}
_ILLEGAL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # no XML document may hold these


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote: its number in the document, what introduces it in the reader's language, and the quote in its own."""

    n: int
    lead: str
    quote: str
    language: Language


Piece = str | Note


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text and footnotes in the named style of the document, in one language."""

    style: str
    pieces: tuple[Piece, ...]
    language: Language


def to_docx(title: str, paragraphs: Sequence[Paragraph], language: Language, now: datetime) -> bytes:
    """The bytes of a .docx file; a footnote that is referred to again is referred to by its number."""
    document = Document()
    document.core_properties.title = title
    document.core_properties.language = LOCALES[language]
    document.core_properties.author = "genoassist"
    document.core_properties.created = document.core_properties.modified = now.astimezone(UTC)
    text_style = document.styles.add_style("footnote text", WD_STYLE_TYPE.PARAGRAPH)
    text_style.base_style, text_style.font.size = document.styles["Normal"], Pt(9)
    mark_style = document.styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER)
    mark_style.font.superscript = True
    notes: dict[int, Note] = {}
    for paragraph in paragraphs:
        written = document.add_paragraph(style=paragraph.style)
        for piece in paragraph.pieces:
            if isinstance(piece, str):
                _speak(written.add_run(_legal(piece)), paragraph.language)
            else:
                _refer(written, piece, again=piece.n in notes)
                notes[piece.n] = piece
    _attach(document, notes.values(), language)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _legal(text: str) -> str:
    return _ILLEGAL.sub("", text)


def _speak(run: Any, language: Language) -> None:
    """Say which language a run is in, for spelling and for reading aloud."""
    mark = OxmlElement("w:lang")
    mark.set(qn("w:val"), LOCALES[language])
    run._r.get_or_add_rPr().append(mark)


def _refer(paragraph: Any, note: Note, *, again: bool) -> None:
    """The footnote's mark; its second time, a field that shows the number of the first."""
    style = '<w:rPr><w:rStyle w:val="footnotereference"/></w:rPr>'
    if again:
        field = f"NOTEREF _note{note.n} \\f \\h"
        paragraph._p.append(
            parse_xml(
                f"<w:fldSimple {nsdecls('w')} w:instr={quoteattr(field)}><w:r>{style}<w:t>{note.n}</w:t></w:r></w:fldSimple>"
            )
        )
        return
    for element in (
        f'<w:bookmarkStart {nsdecls("w")} w:id="{note.n}" w:name="_note{note.n}"/>',
        f'<w:r {nsdecls("w")}>{style}<w:footnoteReference w:id="{note.n}"/></w:r>',
        f'<w:bookmarkEnd {nsdecls("w")} w:id="{note.n}"/>',
    ):
        paragraph._p.append(parse_xml(element))


def _attach(document: Any, notes: Iterable[Note], language: Language) -> None:
    """Add the part that holds the footnotes, with the two separators that Word expects before them."""
    body = "".join(
        f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:r><w:{kind}/></w:r></w:p></w:footnote>'
        for kind, number in (("separator", -1), ("continuationSeparator", 0))
    )
    for note in notes:
        body += (
            f'<w:footnote w:id="{note.n}"><w:p><w:pPr><w:pStyle w:val="footnotetext"/></w:pPr>'
            '<w:r><w:rPr><w:rStyle w:val="footnotereference"/></w:rPr><w:footnoteRef/></w:r>'
            f"{_run(f' {note.lead}', language)}{_run(note.quote, note.language)}</w:p></w:footnote>"
        )
    xml = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:footnotes {nsdecls("w")}>{body}</w:footnotes>'
    part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, xml.encode("utf-8"), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def _run(text: str, language: Language) -> str:
    return (
        f'<w:r><w:rPr><w:lang w:val="{LOCALES[language]}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(_legal(text))}</w:t></w:r>'
    )
