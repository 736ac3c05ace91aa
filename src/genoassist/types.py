"""The vocabulary of the product: frozen dataclasses and small protocols, no logic but their own promises.

Read in order, they are the flow of the data::

    Document -> Section -> Sentence -> Passage        what the corpus says
    Turn, Query -> Hit, Evidence                      what was asked, what was found
    Check -> Citation -> Answer                       what is said, and why it may be said
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Language = Literal["en", "fr"]
Role = Literal["user", "assistant"]
Kind = Literal["answer", "refusal"]
EngineName = Literal["llm", "extractive"]
EngineChoice = Literal["auto", "llm", "extractive"]
Reason = Literal["not_in_corpus", "off_topic", "unclear", "unsupported_language", "too_long", "empty"]

CITATION_MARK = re.compile(r"\[(\d+)\]")


# ---------------------------------------------------------------- the corpus


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence or bullet of a document; ``document.text[start:end] == text``, always. ``id`` is unique in the corpus."""

    id: str
    document_id: str
    section_id: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, its twin in French if it has one, and its body ``document.text[start:end]``, split into sentences.

    ``level`` 1 is the document's title. ``id`` is unique in the document and stable under edits elsewhere in it.
    """

    id: str
    document_id: str
    heading: str
    heading_fr: str | None
    level: int
    start: int
    end: int
    sentences: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One corpus file. ``path`` is relative to the corpus folder, with ``/``; ``text`` is the whole file, decoded."""

    id: str
    path: str
    title: str
    title_fr: str | None
    language: Language
    year: int | None
    source: str | None
    text: str = field(repr=False)
    sections: tuple[Section, ...] = ()

    @property
    def front(self) -> str:
        """The titles and what the document says it is of, a line each: the names that stand there stand over all its text."""
        return "\n".join((self.title, self.title_fr or "", self.source or ""))


@dataclass(frozen=True, slots=True)
class Corpus:
    """All documents, in path order, and the fingerprint (SHA-256, hex) of their bytes."""

    documents: tuple[Document, ...]
    fingerprint: str

    def document(self, document_id: str) -> Document:
        """The document of that id; KeyError when there is none."""
        return {d.id: d for d in self.documents}[document_id]

    def section(self, document_id: str, section_id: str) -> Section:
        """The section of that id in that document; KeyError when there is none."""
        return {s.id: s for s in self.document(document_id).sections}[section_id]


@dataclass(frozen=True, slots=True)
class Passage:
    """What is indexed: one sentence, and the text that is embedded for it (headings in both languages, then the sentence)."""

    id: str
    sentence: Sentence
    text: str


# ---------------------------------------------------------------- the question


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the conversation so far."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Query:
    """A question, understood: ``text`` stands alone and is what is searched for; ``language`` is the answer's.

    ``parts`` are the questions it is made of, each standing alone; one, ``text`` itself, when it asks one thing.
    ``translation``, if any, is ``text`` in the other language and is searched for too.
    """

    asked: str
    text: str
    language: Language
    history: tuple[Turn, ...] = ()
    history_used: bool = False
    parts: tuple[str, ...] = ()
    translation: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One candidate passage: its cosine, its BM25 score (None where that retriever did not return it), its fused score."""

    passage: Passage
    dense: float | None
    lexical: float | None
    score: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """All candidates, best first, and the sections they point to, best first."""

    query: Query
    hits: tuple[Hit, ...]
    sections: tuple[Section, ...]


# ---------------------------------------------------------------- the answer


@dataclass(frozen=True, slots=True)
class Check:
    """One written sentence, the corpus sentences that support it, and what stands in it that they do not say.

    ``corrects`` is true of a sentence that says otherwise than the question took for granted.
    """

    sentence: str
    supported_by: tuple[Sentence, ...]
    problems: tuple[str, ...] = ()
    corrects: bool = False

    @property
    def passed(self) -> bool:
        """True when something supports the sentence and nothing in it goes beyond that."""
        return bool(self.supported_by) and not self.problems


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim span of a corpus file: ``text[start:end] == quote``; ``n`` is its number in the answer."""

    n: int
    document: str
    path: str
    section_id: str
    section: str
    section_fr: str | None
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reader gets: an answer whose every sentence is checked and cited, or a refusal with its reason.

    Raises ValueError on construction when a promise is broken: an answer without citations, a citation that is not
    the text it points to in ``sources`` (path -> file text), a sentence without a passed check or a mark, marks out
    of order, a refusal with citations or without a reason. ``rejected`` are checks of what was written and is not shown,
    ``unanswered`` the parts of the question that the corpus does not answer, where it answers others.
    """

    kind: Kind
    text: str
    query: Query
    engine: EngineName
    citations: tuple[Citation, ...] = ()
    checks: tuple[Check, ...] = ()
    rejected: tuple[Check, ...] = ()
    unanswered: tuple[str, ...] = ()
    reason: Reason | None = None
    nearest: tuple[Section, ...] = ()
    evidence: Evidence | None = field(default=None, repr=False)
    sources: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    seconds: Mapping[str, float] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("an answer or a refusal must say something")
        if self.kind == "refusal":
            if self.citations or self.reason is None:
                raise ValueError("a refusal has a reason and no citations")
            return
        if self.reason is not None or not self.citations:
            raise ValueError("an answer has citations and no refusal reason")
        for citation in self.citations:
            if self.sources.get(citation.path, "")[citation.start : citation.end] != citation.quote:
                raise ValueError(
                    f"citation {citation.n} is not the text at {citation.path}[{citation.start}:{citation.end}]"
                )
        if not self.checks or not all(check.passed for check in self.checks):
            raise ValueError("every sentence of an answer has a passed check")
        marks = list(dict.fromkeys(int(n) for n in CITATION_MARK.findall(self.text)))
        if marks != [c.n for c in self.citations] or marks != list(range(1, len(marks) + 1)):
            raise ValueError(f"citations are numbered by first use: {marks} against {[c.n for c in self.citations]}")


@dataclass(frozen=True, slots=True)
class Progress:
    """A step of a streamed answer: the evidence first, then the text verified so far (with its citation marks)."""

    query: Query
    evidence: Evidence
    text: str = ""
    citations: tuple[Citation, ...] = ()
