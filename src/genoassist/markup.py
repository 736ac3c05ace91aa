"""Answers and the report as HTML. Pure, and the one place where text becomes HTML: all of it passes through :func:`escape`.

A citation links to the anchor of its sentence in :func:`report_html`, a section to its own; the page marks what is cited.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from urllib.parse import quote as percent

from genoassist.language import written_in
from genoassist.messages import say
from genoassist.present import heading, one_line, quoted
from genoassist.types import CITATION_MARK, Citation, Corpus, Document, Language, Section

BULLET = re.compile(r"(?:^|\n)[ \t]*[-*+•‣◦–][ \t]+\Z")
NEW_PARAGRAPH = re.compile(r"\n[ \t]*\n|\n[ \t]*\d{1,3}[.)][ \t]+\Z")  # an empty line, or the number of a list item
ANSWER_BULLET = re.compile(r"^\s*[-*•]\s+")


def escape(text: str) -> str:
    """The text as HTML, safe in elements and in quoted attributes."""
    return html.escape(text, quote=True)


def anchor(document_id: str, start: int) -> str:
    """The id of what stands at that offset of a document, the same in every rendering; letters, digits, ``-._~``."""
    return f"at-{percent(document_id, safe='').replace('%', '_')}-{start}"


def section_anchor(section: Section) -> str:
    """The id of a section in the report."""
    return f"{anchor(section.document_id, section.start)}-section"


# ---------------------------------------------------------------- answers


def plain_html(text: str, language: Language | None = None) -> str:
    """The text as one HTML block: a paragraph a line, or bullets, and no empty line, which ends a block in Markdown."""
    return _block(text, escape, language)


def answer_html(text: str, citations: Iterable[Citation], language: Language) -> str:
    """The answer as one HTML block, its ``[n]`` turned into links to the cited sentence; unknown ones stay text."""
    by_number = {c.n: c for c in citations}

    def link(mark: re.Match[str]) -> str:
        citation = by_number.get(int(mark[1]))
        return _link(citation) if citation else mark[0]

    return _block(text, lambda line: CITATION_MARK.sub(link, escape(line)), language)


def refusal_html(text: str, nearest: Iterable[Section], language: Language) -> str:
    """The refusal as one HTML block, the headings it names turned into links to their section."""
    shown = _block(text, escape, language)
    for section in nearest:
        name = escape(quoted(heading(section, language), language))
        shown = shown.replace(name, f'<a class="section" href="#{section_anchor(section)}">{name}</a>', 1)
    return shown


def references_html(citations: Sequence[Citation], corpus: Corpus, language: Language) -> str:
    """The numbered references: a link, the heading in both languages, the quote. Empty when there are none."""
    items, several = [], len(corpus.documents) > 1
    for c in citations:
        document = corpus.document(c.document)
        names = _headings("span", c.section, c.section_fr, document.language)
        title = f' <cite lang="{document.language}">{escape(document.title)}</cite>' if several else ""
        quote = escape(quoted(one_line(c.quote), language))
        items.append(
            f'<li>{_link(c)} {names}{title}<blockquote lang="{written_in(c.quote, document.language)}">{quote}</blockquote></li>'
        )
    return f'<ol class="references">{"".join(items)}</ol>' if items else ""


def _link(citation: Citation) -> str:
    return f'<a class="cite" href="#{anchor(citation.document, citation.start)}">[{citation.n}]</a>'


def _block(text: str, inline: Callable[[str], str], language: Language | None) -> str:
    lines = [("li" if ANSWER_BULLET.match(line) else "p", line) for line in text.splitlines() if line.strip()]
    blocks = [(tag, inline(ANSWER_BULLET.sub("", line).strip())) for tag, line in lines]
    lang = f' lang="{language}"' if language else ""
    return f'<div class="said"{lang}>{_elements(blocks)}</div>'


def _elements(blocks: Iterable[tuple[str, str]]) -> str:
    """The (tag, HTML) pairs as elements, neighbouring ``li`` in one list."""
    parts = []
    for tag, run in groupby(blocks, key=lambda block: block[0]):
        inner = "".join(f"<{tag}>{content}</{tag}>" for _, content in run)
        parts.append(f"<ul>{inner}</ul>" if tag == "li" else inner)
    return "".join(parts)


# ---------------------------------------------------------------- the report


def report_html(corpus: Corpus, language: Language) -> str:
    """The documents themselves, every sentence and section with its anchor; where there are several, all but the first closed.

    ``data-key`` of a section is what stands after the ``#`` of a link to it.
    """
    keys, parts = section_keys(corpus), []
    for place, document in enumerate(corpus.documents):
        titles = _headings("h2", document.title, document.title_fr, document.language)
        sections = "".join(_section(document, s, keys[document.id, s.id], language) for s in document.sections)
        article = f'<article class="document" lang="{document.language}">{titles}{sections}</article>'
        if len(corpus.documents) > 1:
            summary = f'<summary lang="{document.language}">{escape(document.title)}</summary>'
            article = f"<details{'' if place else ' open'}>{summary}{article}</details>"
        parts.append(article)
    return f'<div class="report">{"".join(parts)}</div>'


def contents_html(corpus: Corpus, language: Language) -> str:
    """The table of contents: a link to every section with text, under its document's title where there are several."""
    keys, parts = section_keys(corpus), []
    for document in corpus.documents:
        items = ""
        for section in document.sections:
            if section.heading == document.title and not section.sentences:
                continue
            names = _headings("span", section.heading, section.heading_fr, document.language)
            items += f'<li><a href="#{escape(keys[document.id, section.id])}">{names}</a></li>'
        title = f'<p lang="{document.language}">{escape(document.title)}</p>' if len(corpus.documents) > 1 else ""
        parts.append(f"{title}<ol>{items}</ol>")
    return f'<nav aria-label="{escape(say("web.contents", language))}">{"".join(parts)}</nav>'


def section_keys(corpus: Corpus) -> dict[tuple[str, str], str]:
    """(document id, section id) -> the section's id, with the document's before it where two documents share it."""
    count = Counter(s.id for d in corpus.documents for s in d.sections)
    return {
        (d.id, s.id): percent(s.id if count[s.id] == 1 else f"{d.id}/{s.id}")
        for d in corpus.documents
        for s in d.sections
    }


def _headings(tag: str, first: str, french: str | None, language: Language, after: str = "") -> str:
    twin = "span" if tag == "span" else "p"
    second = f'<{twin} class="twin" lang="fr">{escape(french)}</{twin}>' if french and french != first else ""
    return f'<{tag} class="heading" lang="{language}">{escape(first)}{after}</{tag}>{second and " "}{second}'


def _section(document: Document, section: Section, key: str, language: Language) -> str:
    titles = ""
    if section.heading != document.title:  # the title stands above already
        tag = f"h{min(max(section.level + 1, 3), 6)}"
        name = escape(say("web.link", language, section=heading(section, language)))
        share = f' <a class="share" href="#{escape(key)}" title="{name}" aria-label="{name}" lang="{language}">#</a>'
        titles = _headings(tag, section.heading, section.heading_fr, document.language, share)
    body = _elements(_body(document, section))
    return f'<section id="{section_anchor(section)}" data-key="{escape(key)}">{titles}{body}</section>'


def _body(document: Document, section: Section) -> list[tuple[str, str]]:
    """The section's text as (tag, HTML) blocks; what stands between sentences is kept unless it is only layout."""
    blocks: list[tuple[str, str]] = []
    position = section.start
    for sentence in section.sentences:
        gap = document.text[position : sentence.start]
        bullet = BULLET.search(gap if position > section.start else f"\n{gap}")
        if bullet or not blocks or NEW_PARAGRAPH.search(gap):
            blocks.append(("li" if bullet else "p", ""))
        elif gap:
            blocks[-1] = (blocks[-1][0], blocks[-1][1] + " ")
        between = BULLET.sub("", gap).strip()
        aside = f'<span class="aside">{escape(between)}</span> ' if re.search(r"\w", between) else ""
        name, text = anchor(document.id, sentence.start), document.text[sentence.start : sentence.end]
        span = f'<span class="sentence" id="{name}" data-end="{sentence.end}">{escape(text)}</span>'
        blocks[-1] = (blocks[-1][0], blocks[-1][1] + aside + span)
        position = sentence.end
    if re.search(r"\w", rest := document.text[position : section.end].strip()):
        blocks.append(("p", f'<span class="aside">{escape(rest)}</span>'))
    return blocks
