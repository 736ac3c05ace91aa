"""A conversation as the reader's browser keeps it: exchanges to and from JSON, checked against the corpus when they come back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from genoassist.types import Answer, Citation, Corpus, EngineName, Language, Progress, Section, Turn

State = Literal["asked", "stopped", "answer", "refusal", "problem"]
KEPT = 200  # exchanges: about 600 kB, of the 5 MB a browser keeps for a site


@checked(frozen=True, slots=True, config=ConfigDict(extra="ignore"))
class Place:
    """A section by its ids."""

    document: str
    section: str


@checked(frozen=True, slots=True, config=ConfigDict(extra="ignore"))
class Exchange:
    """A question and what came of it.

    ``understood`` is the question as it was searched for, where that is another; ``language`` is the answer's;
    ``fingerprint`` is the corpus's; ``asked_at`` is UTC, ISO 8601.
    """

    question: str
    language: Language
    asked_at: str
    fingerprint: str
    state: State = "asked"
    text: str = ""
    understood: str = ""
    engine: EngineName = "extractive"
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Place, ...] = ()
    missing: tuple[str, ...] = ()
    corrected: bool = False
    unanswered: tuple[str, ...] = ()


Talk = tuple[Exchange, ...]
_TALK = TypeAdapter(Talk)
_EXCHANGE = TypeAdapter(Exchange)


@dataclass(frozen=True, slots=True)
class Told:
    """What the browser gave back, and whether some of it is no longer what the corpus says."""

    talk: Talk
    stale: bool = False


def begin(question: str, page: Language, corpus: Corpus) -> Exchange:
    """The exchange of a question that was just asked; its language is the page's until it is understood."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Exchange(question, page, now, corpus.fingerprint)


def advanced(exchange: Exchange, step: Progress | Answer, missing: Sequence[str] = ()) -> Exchange:
    """The exchange after one more step of its answer; ``missing`` is what a refused question names and the corpus has not."""
    query = step.query
    common: dict[str, Any] = {
        "language": query.language,
        "understood": query.text if query.history_used and query.text != query.asked else "",
        "text": step.text,
        "citations": step.citations,
    }
    if isinstance(step, Progress):
        return replace(exchange, **common)
    return replace(
        exchange,
        **common,
        state=step.kind,
        engine=step.engine,
        nearest=tuple(Place(s.document_id, s.id) for s in step.nearest),
        missing=tuple(missing),
        corrected=any(check.corrects for check in step.checks),
        unanswered=step.unanswered,
    )


def turns(talk: Talk) -> tuple[Turn, ...]:
    """What the engine needs to know of the exchanges that came to an end."""
    ended = [e for e in talk if e.state in ("answer", "refusal")]
    return tuple(turn for e in ended for turn in (Turn("user", e.question), Turn("assistant", e.text)))


def sections(exchange: Exchange, corpus: Corpus) -> tuple[Section, ...]:
    """The nearest sections of a refusal that the corpus still has."""
    held = {(s.document_id, s.id): s for d in corpus.documents for s in d.sections}
    return tuple(held[p.document, p.section] for p in exchange.nearest if (p.document, p.section) in held)


def to_data(talk: Talk) -> list[Any]:
    """The conversation as JSON data, its last exchanges if it is very long."""
    data: list[Any] = _TALK.dump_python(talk[-KEPT:], mode="json", exclude_defaults=True)
    return data


def pending(data: Any) -> bool:
    """True when the last question that a browser keeps is still being answered."""
    last = data[-1] if isinstance(data, list) and data else None
    return isinstance(last, dict) and last.get("state", "asked") == "asked"


def from_data(data: Any, corpus: Corpus) -> Told:
    """What a browser kept, as a conversation: untrusted, so what is no exchange is left out.

    A citation that is not the text it points to is left out, and told by ``stale``; a question without its end was stopped.
    """
    texts = {document.id: document.text for document in corpus.documents}
    places = {(d.id, s.id) for d in corpus.documents for s in d.sections}
    sound, stale = [], False
    for exchange in _exchanges(data):
        kept = tuple(
            c
            for c in exchange.citations
            if texts.get(c.document, "")[c.start : c.end] == c.quote and (c.document, c.section_id) in places
        )
        stale = stale or len(kept) < len(exchange.citations)
        state: State = "stopped" if exchange.state == "asked" else exchange.state
        sound.append(replace(exchange, state=state, citations=kept))
    return Told(tuple(sound), stale)


def _exchanges(data: Any) -> Talk:
    found = []
    for each in data[-KEPT:] if isinstance(data, list) else ():
        with suppress(ValidationError):
            found.append(_EXCHANGE.validate_python(each))
    return tuple(found)
