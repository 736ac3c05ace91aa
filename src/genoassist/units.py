"""What is read at once: a section, or a run of sentences of a long one, in a form whose place in a prompt never changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from genoassist.types import Corpus, Document, Evidence, Hit, Section, Sentence

# About 900 tokens: free once its processed state is kept, and short enough for a small model to attend to.
UNIT_WORDS = 600


@dataclass(frozen=True, slots=True)
class Unit:
    """Some sentences of one section; ``text`` is how they stand in a prompt, title and headings first."""

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
                size = len(sentence.text.split())
                if run and words + size > UNIT_WORDS:
                    found.append(_unit(document, section, run))
                    run, words = [], 0
                run.append(sentence)
                words += size
            if run:
                found.append(_unit(document, section, run))
    return tuple(found)


def _unit(document: Document, section: Section, run: Sequence[Sentence]) -> Unit:
    title = document.title + (f" ({document.year})" if document.year else "")
    headings = " / ".join(h for h in (section.heading, section.heading_fr) if h)
    lines = "\n".join(" ".join(s.text.split()) for s in run)
    return Unit(document, section, tuple(run), f"{title}\n# {headings}\n{lines}")


def headings(section: Section) -> str:
    """The section's headings, a line each: in them too a name may stand."""
    return f"{section.heading}\n{section.heading_fr or ''}"


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
