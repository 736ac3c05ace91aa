"""Checks -> Answer: the sentences that passed, their marks, and the verbatim spans the marks point to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from genoassist.messages import say
from genoassist.numbers import YEAR
from genoassist.sentences import split
from genoassist.types import (
    CITATION_MARK,
    Answer,
    Check,
    Citation,
    Corpus,
    EngineName,
    Evidence,
    Language,
    Query,
    Sentence,
)
from genoassist.words import WORD, fold

# After the stop of an abbreviation ("Dr. X"), an invisible word joiner tells readers of marks that no sentence ends there, and
# inside a "[12]" of the corpus's own that it is no mark of ours.
_JOINER = "\u2060"
_INNER_STOP = re.compile(r"(?<=[.!?…])(?=\s+[A-ZÀ-Ý«\"“])")
_QUOTES = re.compile(r"[“«]")
# The stop of "etc." is its own.
_END = re.compile(r"(?<=\betc\.)\.*$|[\s\u00a0\u202f]*((?<!\betc)[.!?…]+|)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Composed:
    """An answer in the making: its text so far, with marks, and what they cite; every check that was made, passed or not."""

    corpus: Corpus
    text: str = ""
    citations: tuple[Citation, ...] = ()
    passed: tuple[Check, ...] = ()
    failed: tuple[Check, ...] = ()

    def adding(self, check: Check, language: Language) -> Composed:
        """With one more sentence, marked, if its check passed and no sentence before has all its words from the same sources."""
        if not check.passed:
            return replace(self, failed=(*self.failed, check))
        said = _words(check)
        if any(said <= _words(one) and set(check.supported_by) <= set(one.supported_by) for one in self.passed):
            return self
        citations = list(self.citations)
        numbers = []
        for sentence in check.supported_by:
            known = next(
                (c for c in citations if (c.document, c.start) == (sentence.document_id, sentence.start)), None
            )
            if known is None:
                known = self._citation(len(citations) + 1, sentence)
                citations.append(known)
            numbers.append(known.n)
        text = f"{self.text} {marked(check.sentence, sorted(set(numbers)), language)}".strip()
        return replace(self, text=text, citations=tuple(citations), passed=(*self.passed, check))

    def _citation(self, n: int, sentence: Sentence) -> Citation:
        document = self.corpus.document(sentence.document_id)
        section = self.corpus.section(sentence.document_id, sentence.section_id)
        return Citation(
            n,
            document.id,
            document.path,
            section.id,
            section.heading,
            section.heading_fr,
            sentence.text,
            sentence.start,
            sentence.end,
        )

    def sealed(
        self,
        query: Query,
        evidence: Evidence,
        engine: EngineName,
        seconds: Mapping[str, float],
        unanswered: tuple[str, ...] = (),
    ) -> Answer:
        """The answer; raises ValueError when it breaks a promise of :class:`Answer`."""
        sources = {c.path: self.corpus.document(c.document).text for c in self.citations}
        return Answer(
            kind="answer",
            text=self.text,
            query=query,
            engine=engine,
            citations=self.citations,
            checks=self.passed,
            rejected=self.failed,
            unanswered=unanswered,
            evidence=evidence,
            sources=sources,
            seconds=seconds,
        )


def _words(check: Check) -> set[str]:
    return {fold(word) for word in WORD.findall(check.sentence)}


def of_year(check: Check, year: str, corpus: Corpus, language: Language) -> Check:
    """The check of a draft with the year that is asked about before its sentence ("2021: 31%").

    Where it has no year, and what it cites stands under a title or heading that has that one, or has none in a document of it.
    """
    if not check.passed or not year or YEAR.search(check.sentence) or _QUOTES.search(check.sentence):
        return check
    for source in check.supported_by:
        document = corpus.document(source.document_id)
        section = corpus.section(source.document_id, source.section_id)
        over = (document.title, document.title_fr, section.heading, section.heading_fr)
        told = [set(YEAR.findall(text)) for text in over if text]
        if not any(years == {year} for years in told) and (any(told) or str(document.year) != year):
            return check
    return replace(check, sentence=say("answer.of_year", language, year=year, text=check.sentence))


def marked(sentence: str, numbers: list[int], language: Language) -> str:
    """A sentence with its marks before its final stop: ``…en octobre [1][2].``; a stop is added where there is none."""
    plain = CITATION_MARK.sub(rf"[{_JOINER}\1]", sentence)
    for end in reversed([end for _, end in split(plain, language)[:-1]]):
        plain = f"{plain[:end]} {''.join(f'[{n}]' for n in numbers)}{plain[end:]}"
    found = _END.search(plain)
    stop = found.group(1) if found else ""
    body = plain[: found.start()] if found else plain
    joined = re.sub(r"\betc$", "etc.", _INNER_STOP.sub(_JOINER, body))
    return f"{joined} {''.join(f'[{n}]' for n in numbers)}{stop or '.'}"
