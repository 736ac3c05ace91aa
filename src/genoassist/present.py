"""Answers as text, JSON and HTML, in the reader's language. Pure: nothing is read, asked or decided here.

All HTML passes through :func:`escape`; a citation links to the anchor of its sentence in :func:`report_html`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from itertools import groupby, pairwise
from typing import Any
from urllib.parse import quote as percent

from genoassist.messages import say
from genoassist.types import CITATION_MARK, Answer, Citation, Corpus, Document, Language, Reason, Section

NEAREST_NAMED = 3
BULLET = re.compile(r"(?:^|\n)[ \t]*[-*+•‣◦–][ \t]+\Z")
NEW_PARAGRAPH = re.compile(r"\n[ \t]*\n|\n[ \t]*\d{1,3}[.)][ \t]+\Z")  # an empty line, or the number of a list item
ANSWER_BULLET = re.compile(r"^\s*[-*•]\s+")


# ---------------------------------------------------------------- words


def quoted(text: str, language: Language) -> str:
    """The text between the quotation marks of that language, itself untouched."""
    return say("present.quoted", language, text=text)


def heading(section: Section, language: Language) -> str:
    """The section's heading in that language where there is one, else as published."""
    return section.heading_fr if language == "fr" and section.heading_fr else section.heading


def both_headings(citation: Citation, language: Language) -> str:
    """The heading in the reader's language, its twin in brackets: ``Toward Europe (Vers l’Europe)``."""
    first, twin = citation.section, citation.section_fr
    if not twin or twin == first:
        return first
    return f"{twin} ({first})" if language == "fr" else f"{first} ({twin})"


def refusal_text(reason: Reason, language: Language, nearest: Sequence[Section] = ()) -> str:
    """One or two sentences that say why there is no answer and name at most three of the nearest sections."""
    text = say(f"refusal.{reason}", language)
    names = [quoted(heading(section, language), language) for section in nearest[:NEAREST_NAMED]]
    names = list(dict.fromkeys(names))
    if not names:
        return text
    listed = ", ".join(names[:-1])
    listed = say("refusal.and", language, first=listed, last=names[-1]) if listed else names[-1]
    key = "refusal.nearest_one" if len(names) == 1 else "refusal.nearest_many"
    return f"{text} {say(key, language, sections=listed)}"


def suggestions(corpus: Corpus, language: Language, count: int = 4) -> tuple[str, ...]:
    """At most ``count`` questions in that language about sections spread over the corpus, those titled in it first."""
    sections = [(d, s) for d in corpus.documents for s in d.sections if s.sentences and s.heading != d.title]
    native = [(d, s) for d, s in sections if language == d.language or (language == "fr" and s.heading_fr)]
    pool = native if len(native) >= count else sections
    names = list(dict.fromkeys(heading(section, language) for _, section in pool))
    step = max(1.0, len(names) / count)
    chosen = [names[int(i * step)] for i in range(count) if int(i * step) < len(names)]
    return tuple(say("present.suggestion", language, section=quoted(name, language)) for name in chosen)


# ---------------------------------------------------------------- data and plain text


def to_json(answer: Answer, id: Any = None) -> dict[str, Any]:
    """The answer in the published shape, seconds rounded to the millisecond; a refusal also carries ``nearest``."""
    shape: dict[str, Any] = {
        "id": id,
        "question": answer.query.asked,
        "standalone_question": answer.query.text,
        "language": answer.query.language,
        "kind": answer.kind,
        "reason": answer.reason,
        "answer": answer.text,
        "citations": [asdict(citation) for citation in answer.citations],
        "engine": answer.engine,
        "seconds": {name: round(value, 3) for name, value in answer.seconds.items()},
    }
    if answer.kind == "refusal":
        shape["nearest"] = [
            {"document": s.document_id, "section_id": s.id, "section": s.heading, "section_fr": s.heading_fr}
            for s in answer.nearest
        ]
    return shape


def to_text(answer: Answer, language: Language | None = None) -> str:
    """The answer, an empty line, then its numbered references; ``language`` is the reader's (default: the answer's)."""
    reader = language or answer.query.language
    references = [
        say(
            "present.reference",
            reader,
            n=c.n,
            section=both_headings(c, reader),
            document=c.path,
            quote=quoted(" ".join(c.quote.split()), reader),
        )
        for c in answer.citations
    ]
    return "\n".join([answer.text, *([""] if references else []), *references])


def explain(answer: Answer) -> str:
    """Why the answer is what it is: the question as searched, candidates with scores, checks with problems, timings."""
    language = answer.query.language
    lines = [say("present.searched", language, text=answer.query.text, language=language, engine=answer.engine)]
    if answer.reason:
        lines.append(say("present.reason", language, reason=answer.reason))
    cited = {(c.document, c.start) for c in answer.citations}
    if answer.evidence:
        lines += ["", say("present.candidates", language)]
        for hit in answer.evidence.hits:
            sentence = hit.passage.sentence
            mark = "*" if (sentence.document_id, sentence.start) in cited else " "
            scores = f"{hit.score:7.4f} {_score(hit.dense)} {_score(hit.lexical)}"
            lines.append(f"{mark} {scores}  {sentence.section_id}  {' '.join(sentence.text.split())}")
    checks = (*answer.checks, *answer.rejected)
    if checks:
        lines += ["", say("present.checks", language)]
    for check in checks:
        lines.append(f"{'+' if check.passed else '-'} {check.sentence}")
        lines += [f"    = {' '.join(s.text.split())}" for s in check.supported_by]
        lines += [f"    ! {problem}" for problem in check.problems]
    if answer.seconds:
        timings = ", ".join(f"{name} {value:.3f} s" for name, value in answer.seconds.items())
        lines += ["", say("present.timings", language, timings=timings)]
    return "\n".join(lines)


def _score(value: float | None) -> str:
    return f"{value:7.3f}" if value is not None else f"{'-':>7}"


# ---------------------------------------------------------------- HTML


def escape(text: str) -> str:
    """The text as HTML, safe in elements and in quoted attributes. The one place where text becomes HTML."""
    return html.escape(text, quote=True)


def anchor(document_id: str, start: int) -> str:
    """The id of what stands at that offset of a document, the same in every rendering; letters, digits, ``-._~``."""
    return f"at-{percent(document_id, safe='').replace('%', '_')}-{start}"


def plain_html(text: str, language: Language | None = None) -> str:
    """The text as one HTML block: a paragraph a line, or bullets, and no empty line, which ends a block in Markdown."""
    return _block(text, escape, language)


def answer_html(text: str, citations: Iterable[Citation], language: Language) -> str:
    """The answer as one HTML block, its ``[n]`` turned into links to the cited sentence, with the quote on hover."""
    by_number = {c.n: c for c in citations}

    def link(mark: re.Match[str]) -> str:
        citation = by_number.get(int(mark[1]))
        return _link(citation) if citation else mark[0]

    return _block(text, lambda line: CITATION_MARK.sub(link, escape(line)), language)


def references_html(citations: Sequence[Citation], corpus: Corpus, language: Language) -> str:
    """The numbered references: a link, the heading in both languages, the quote. Empty when there are none."""
    items, several = [], len(corpus.documents) > 1
    for c in citations:
        document = corpus.document(c.document)
        names = _headings("span", c.section, c.section_fr, document.language)
        title = f' <cite lang="{document.language}">{escape(document.title)}</cite>' if several else ""
        quote = escape(quoted(" ".join(c.quote.split()), language))
        items.append(f'<li>{_link(c)} {names}{title}<blockquote lang="{document.language}">{quote}</blockquote></li>')
    return f'<ol class="references">{"".join(items)}</ol>' if items else ""


def report_html(corpus: Corpus, citations: Sequence[Citation] = (), focus: Section | None = None) -> str:
    """The documents themselves, cited ones first, every sentence with its anchor, cited text in ``<mark id="cite-N">``.

    Where there are several documents, those nothing points to are collapsed. ``data-focus`` names the element to show:
    the first citation, or the section in focus.
    """
    wanted = list(dict.fromkeys([c.document for c in citations] + ([focus.document_id] if focus else [])))
    documents = sorted(corpus.documents, key=lambda d: wanted.index(d.id) if d.id in wanted else len(wanted))
    opened = set(wanted) or {d.id for d in documents[:1]}
    target = f"cite-{citations[0].n}" if citations else _section_anchor(focus) if focus else ""
    parts = []
    for document in documents:
        sections = "".join(_section(document, section, citations, focus) for section in document.sections)
        titles = _headings("h2", document.title, document.title_fr, document.language)
        article = f'<article class="document" lang="{document.language}">{titles}{sections}</article>'
        if len(documents) > 1:
            summary = f'<summary lang="{document.language}">{escape(document.title)}</summary>'
            article = f"<details{' open' if document.id in opened else ''}>{summary}{article}</details>"
        parts.append(article)
    return f'<div class="report" data-focus="{target}">{"".join(parts)}</div>'


def _section_anchor(section: Section) -> str:
    return f"{anchor(section.document_id, section.start)}-section"


def _link(citation: Citation) -> str:
    hover = escape(" ".join(citation.quote.split()))
    return f'<a class="cite" href="#{anchor(citation.document, citation.start)}" title="{hover}">[{citation.n}]</a>'


def _headings(tag: str, first: str, french: str | None, language: Language) -> str:
    twin = "span" if tag == "span" else "p"
    second = f'<{twin} class="twin" lang="fr">{escape(french)}</{twin}>' if french and french != first else ""
    return f'<{tag} class="heading" lang="{language}">{escape(first)}</{tag}>{second and " "}{second}'


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


def _section(document: Document, section: Section, citations: Sequence[Citation], focus: Section | None) -> str:
    titles = ""
    if section.heading != document.title:  # the title stands above already
        tag = f"h{min(max(section.level + 1, 3), 6)}"
        titles = _headings(tag, section.heading, section.heading_fr, document.language)
    near = ' class="near"' if focus and (focus.document_id, focus.id) == (document.id, section.id) else ""
    cited = [c for c in citations if c.document == document.id and c.start < section.end and c.end > section.start]
    body = _elements(_body(document, section, cited))
    return f'<section id="{_section_anchor(section)}"{near}>{titles}{body}</section>'


def _body(document: Document, section: Section, cited: Sequence[Citation]) -> list[tuple[str, str]]:
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
        name = anchor(document.id, sentence.start)
        marked = _marked(document.text, sentence.start, sentence.end, cited)
        span = f'<span class="sentence" id="{name}" data-end="{sentence.end}">{marked}</span>'
        blocks[-1] = (blocks[-1][0], blocks[-1][1] + aside + span)
        position = sentence.end
    if re.search(r"\w", rest := document.text[position : section.end].strip()):
        blocks.append(("p", f'<span class="aside">{escape(rest)}</span>'))
    return blocks


def _marked(text: str, start: int, end: int, cited: Sequence[Citation]) -> str:
    """The text between two offsets, cited stretches in a ``<mark>``; its id names the citation that begins there."""
    here = [c for c in cited if c.start < end and c.end > start]
    cuts = {start, end, *(min(max(at, start), end) for c in here for at in (c.start, c.end))}
    parts = []
    for left, right in pairwise(sorted(cuts)):
        covering = [c for c in here if c.start <= left and c.end >= right]
        if not covering:
            parts.append(escape(text[left:right]))
            continue
        begins = [c for c in covering if c.start == left]
        name = f' id="cite-{begins[0].n}"' if begins else ""
        more = "".join(f'<a id="cite-{c.n}"></a>' for c in begins[1:])
        numbers = " ".join(str(c.n) for c in begins)
        parts.append(f'<mark{name} data-n="{numbers}">{more}{escape(text[left:right])}</mark>')
    return "".join(parts)
