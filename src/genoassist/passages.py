"""Corpus -> passages: what is indexed, a sentence each, with what tells where it stands."""

from __future__ import annotations

from genoassist.types import Corpus, Document, Passage


def passages(corpus: Corpus) -> list[Passage]:
    """One passage a sentence; its text is the section's headings in both languages, then the sentence.

    Where there are several documents, the title and the year stand first: a sentence seldom says which report it is of
    (benchmarks/retrieval.py: all facts in the best two sentences for 67 % of the questions on seven documents, 59 % without).
    """
    several = len(corpus.documents) > 1
    made = []
    for document in corpus.documents:
        for section in document.sections:
            headings = " / ".join(dict.fromkeys(h for h in (section.heading, section.heading_fr) if h))
            if several:
                headings = f"{dated(document)} / {headings}"
            made += [Passage(s.id, s, f"{headings}: {' '.join(s.text.split())}") for s in section.sentences]
    return made


def dated(document: Document) -> str:
    """The title of a document, with its year unless the title has it."""
    known = document.year is None or str(document.year) in document.title
    return document.title if known else f"{document.title} ({document.year})"
