"""What is read at once: a section, or a run of sentences of a long one, in a form whose place in a prompt never changes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from genoassist.types import Corpus, Document, Evidence, Hit, Section, Sentence

# About 900 tokens: free once its processed state is kept, and short enough for a small model to attend to.
UNIT_WORDS = 600
# Characters that count as a word where there are no blanks, as in a listing.
LETTERS = 10
# An item without a mark at its end that has more words may be a piece of news.
ITEM_WORDS = 6
# Of a quotation too, where it is a ">" alone.
_BLANK_LINE = re.compile(r"\n[^\S\n]*>?[^\S\n]*\n")
_BULLET = re.compile(r"(?:^|\n)[ \t]*(?:[-*+•‣◦–]|\d{1,2}[.)])[ \t]+\Z")
_QUESTION = re.compile(r"\?[\s*_»”\"]*\Z")
_BAR = re.compile(r"(?:^|\n)[ \t>]*(?:\|[ \t]*)+\Z")
# "First, … Second, … Third, …"
_ORDINAL = re.compile(
    r"\W*(?:first|second|third|fourth|fifth|last)(?:ly)?,|\W*(?:premi[eè]rement|d['’]abord|tout d['’]abord|deuxi[eè]mement|"
    r"troisi[eè]mement|quatri[eè]mement|ensuite|enfin|(?:la |le )?(?:premi[eè]re?|deuxi[eè]me|seconde?|troisi[eè]me|derni[eè]re?)),",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Unit:
    """Some sentences of one section; ``text`` is title, headings and sentences, a line each."""

    document: Document
    section: Section
    sentences: tuple[Sentence, ...]
    text: str


def units(corpus: Corpus) -> tuple[Unit, ...]:
    """The units of a corpus, in its order."""
    found: list[Unit] = []
    for document in corpus.documents:
        for section in document.sections:
            run: list[Sentence] = []
            words = 0
            for sentence in section.sentences:
                size = max(len(sentence.text.split()), len(sentence.text) // LETTERS)
                if run and words + size > UNIT_WORDS:
                    found.append(_unit(document, section, run))
                    run, words = [], 0
                run.append(sentence)
                words += size
            if run:
                found.append(_unit(document, section, run))
    return tuple(found)


def _unit(document: Document, section: Section, run: Sequence[Sentence]) -> Unit:
    return Unit(document, section, tuple(run), "\n".join([_heading(document, section), *map(line, run)]))


def listed(unit: Unit, sentence: Sentence) -> tuple[Sentence, ...]:
    """The list that a sentence introduces ("five partners:") or is an item of, whole, its introduction first; else itself.

    Items under a heading alone are one list where they go on from one another, no statement each. A row of a table comes
    under its header alone.
    """
    every = unit.sentences
    at = start = every.index(sentence)
    if _is_row(unit, sentence):
        return headed(unit, sentence)
    if _ORDINAL.match(sentence.text):
        return tuple(each for each in _paragraph(unit, sentence) if _ORDINAL.match(each.text))
    items = [_is_item(unit, each) for each in every]
    while start and items[start]:
        start -= 1
    introduced = not items[start] and every[start].text.rstrip().endswith(":")
    if not introduced and not items[at]:
        return (sentence,)
    if not introduced and not items[start]:
        start += 1
    end = at + 1
    while end < len(every) and items[end]:
        end += 1
    whole = introduced or all(map(_goes_on, every[start : end - 1]))
    return every[start:end] if whole and end > start + 1 else (sentence,)


def headed(unit: Unit, sentence: Sentence) -> tuple[Sentence, ...]:
    """A row of a table after the row that heads it, without which its figures say nothing; any other sentence by itself."""
    every = unit.sentences
    start = every.index(sentence)
    while start and _is_row(unit, every[start]) and _is_row(unit, every[start - 1]):
        if _blank_between(unit, every[start - 1], every[start]):
            break
        start -= 1
    return tuple(dict.fromkeys((every[start], sentence)))


def answering(unit: Unit, sentence: Sentence) -> Sentence:
    """What comes after a sentence that is a question ("Can we stay longer? Yes, once.") and is none; any other by itself."""
    every = unit.sentences
    later = every[every.index(sentence) :]
    return next((s for s in later if not asks(s)), sentence)


def asks(sentence: Sentence) -> bool:
    """True for a sentence that is a question, in bold or in quotation marks too."""
    return bool(_QUESTION.search(sentence.text))


def _goes_on(item: Sentence) -> bool:
    """True for an item that its mark, or its few words without one, make part of a list rather than a statement."""
    text = item.text.rstrip()
    return text.endswith((";", ",")) or (not text.endswith((".", "!", "?")) and len(text.split()) <= ITEM_WORDS)


def _is_item(unit: Unit, sentence: Sentence) -> bool:
    return bool(_BULLET.search(_before(unit, sentence)))


def _is_row(unit: Unit, sentence: Sentence) -> bool:
    return "|" in sentence.text and bool(_BAR.search(_before(unit, sentence)))


def _before(unit: Unit, sentence: Sentence) -> str:
    """What stands right before a sentence in its document: the mark of an item or of a row, if it has one."""
    return unit.document.text[max(0, sentence.start - 12) : sentence.start]


def told_with(unit: Unit, sentence: Sentence) -> tuple[Sentence, ...]:
    """What may be about the same thing as a sentence: what is said before it, but for other items of a list.

    What a text first names further on, it does not speak of yet.
    """
    paragraphs = _paragraphs(unit)
    own = next(at for at, (_, some) in enumerate(paragraphs) if sentence in some)
    before = [s for item, some in paragraphs[:own] if not item for s in some]
    return (*before, *_until(sentence, paragraphs[own][1]))


def said_before(unit: Unit, sentence: Sentence) -> tuple[Sentence, ...]:
    """A sentence and those before it in its paragraph or item of a list: what its pronouns stand for."""
    return _until(sentence, _paragraph(unit, sentence))


def _until(sentence: Sentence, paragraph: Sequence[Sentence]) -> tuple[Sentence, ...]:
    return tuple(paragraph[: paragraph.index(sentence) + 1])


def _paragraph(unit: Unit, sentence: Sentence) -> list[Sentence]:
    """The sentences of a sentence's paragraph or item of a list."""
    return next(some for _, some in _paragraphs(unit) if sentence in some)


def _paragraphs(unit: Unit) -> list[tuple[bool, list[Sentence]]]:
    """The paragraphs of a unit, in order: whether it is an item of a list or a row of a table, its sentences."""
    found: list[tuple[bool, list[Sentence]]] = []
    for before, each in zip((None, *unit.sentences), unit.sentences, strict=False):
        item = _is_item(unit, each) or _is_row(unit, each)
        if not before or item or _blank_between(unit, before, each):
            found.append((item, []))
        found[-1][1].append(each)
    return found


def _blank_between(unit: Unit, before: Sentence, after: Sentence) -> bool:
    """True when a blank line stands between two sentences that follow each other."""
    return bool(_BLANK_LINE.search(unit.document.text[before.end : after.start]))


def headings(section: Section) -> str:
    """The section's headings, a line each: in them too a name may stand."""
    return f"{section.heading}\n{section.heading_fr or ''}"


def line(sentence: Sentence) -> str:
    """A sentence as it stands in the text of its unit."""
    return " ".join(sentence.text.split())


def _heading(document: Document, section: Section) -> str:
    title = document.title + (f" ({document.year})" if document.year else "")
    return f"{title}\n# {' / '.join(h for h in (section.heading, section.heading_fr) if h)}"


def hits_in(evidence: Evidence, unit: Unit) -> list[Hit]:
    """The candidates that stand in a unit, best first; at least one in a ranked unit."""
    held = {s.id for s in unit.sentences}
    return [hit for hit in evidence.hits if hit.passage.sentence.id in held]


def ranked(evidence: Evidence, every: Sequence[Unit]) -> list[Unit]:
    """The units that hold candidates, in the order of their best one."""
    place = {hit.passage.sentence.id: rank for rank, hit in enumerate(evidence.hits)}
    best = [(min((place[s.id] for s in unit.sentences if s.id in place), default=None), unit) for unit in every]
    held = [(rank, unit) for rank, unit in best if rank is not None]
    return [unit for _, unit in sorted(held, key=lambda pair: pair[0])]
