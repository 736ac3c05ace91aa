"""What the chat page works with: the assistant, how far its model is, who waits, and every step of a question."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from genoassist import conversation
from genoassist.atoms import atoms, missing
from genoassist.conversation import Exchange, Talk
from genoassist.errors import GenoAssistError
from genoassist.feedback import Box
from genoassist.messages import say
from genoassist.suggest import Suggestions
from genoassist.types import Answer, Evidence, Language

if TYPE_CHECKING:
    from genoassist.assistant import Assistant

log = logging.getLogger(__name__)

# Questions worked on at once, as many as the language model has contexts: a pass of their drafts takes 1.7 times as long as one
# draft's (benchmarks/lookup.json).
AT_ONCE = 4
PATIENCE = 1.0  # seconds between two looks at the place in the queue


class Line:
    """First come, first served, at most ``width`` at once."""

    def __init__(self, width: int = AT_ONCE) -> None:
        self._width = width
        self._tickets: list[object] = []
        self._moved = threading.Condition()

    def join(self) -> object:
        """A ticket, the last in the line; ``leave`` gives it back."""
        ticket = object()
        with self._moved:
            self._tickets.append(ticket)
        return ticket

    def ahead(self, ticket: object) -> int:
        """How many must leave before it is the ticket's turn; 0 when it is."""
        with self._moved:
            return max(0, self._tickets.index(ticket) - self._width + 1)

    def wait(self, seconds: float = PATIENCE) -> None:
        """Until somebody leaves, or the seconds have passed."""
        with self._moved:
            self._moved.wait(seconds)

    def leave(self, ticket: object) -> None:
        """Make room for the next."""
        with self._moved:
            self._tickets.remove(ticket)
            self._moved.notify_all()

    def give_way(self) -> None:
        """Wait until nobody is in the line: work of one's own has time."""
        while not self.empty:
            self.wait()

    @property
    def empty(self) -> bool:
        """True when nobody is being answered or waits."""
        return not self._tickets


@dataclass(slots=True)
class Desk:
    """The assistant, whose language model may still be loading (``progress``: what, done, total), or why it could not."""

    assistant: Assistant
    suggestions: Suggestions
    box: Box
    text: str = field(default="", repr=False)  # the whole corpus
    problem: GenoAssistError | None = None
    ready: bool = False
    settled: bool = False  # what is suggested will not change any more
    progress: tuple[str, int, int] | None = None
    line: Line = field(default_factory=Line)

    @classmethod
    def of(cls, assistant: Assistant) -> Desk:
        """The desk of an assistant that has just been opened."""
        text = "\n".join(document.text for document in assistant.corpus.documents)
        return cls(assistant, Suggestions(assistant), Box(assistant.settings.data), text)

    def warm(self) -> None:
        """Check what is suggested, load the language model, check with it; a stated problem is kept, and quoting goes on."""
        self.suggestions.check(self.line)
        try:
            self.assistant.warm(self._told)
        except GenoAssistError as error:
            log.warning("%s", error)
            self.problem = error
        except Exception:
            log.exception("the language model could not be loaded")
            self.problem = GenoAssistError("web.model_failed")
        self.ready, self.progress = True, None
        self.suggestions.check(self.line)
        self.settled = True
        if self.problem is None:
            try:
                self.assistant.read_on(self.line.give_way)
            except GenoAssistError as error:  # it is read when it is asked about
                log.warning("%s", error)

    def _told(self, what: str, done: int, total: int) -> None:
        self.progress = (what, done, total)

    @property
    def waits(self) -> bool:
        """True while a language model is on its way."""
        return self.assistant.settings.engine != "extractive" and not self.ready


@dataclass(frozen=True, slots=True)
class View:
    """The page at one step: the conversation, the evidence while there is no text, the place in the queue, what to announce."""

    talk: Talk
    evidence: Evidence | None = None
    ahead: int = 0
    aloud: str = ""
    finished: bool = False


def converse(question: str, talk: Talk, page: Language, desk: Desk, *, suggested: bool = False) -> Iterator[View]:
    """The steps of one question; a ``suggested`` one stands alone, and is answered as it was when it was checked."""
    corpus = desk.assistant.corpus
    talk = talk[1 - conversation.KEPT :]  # what is shown is what the browser keeps
    exchange = conversation.begin(question, page, corpus)
    yield View((*talk, exchange))
    ticket = desk.line.join()
    try:
        while ahead := desk.line.ahead(ticket):
            yield View((*talk, exchange), ahead=ahead)
            desk.line.wait()
        history = () if suggested else conversation.turns(talk)
        engine = (desk.suggestions.engine(question) if suggested else None) or "auto"
        for step in desk.assistant.stream(question, history, engine=engine):
            if isinstance(step, Answer):
                exchange = conversation.advanced(exchange, step, _absent(step, desk))
                yield View((*talk, exchange), aloud=step.text, finished=True)
            else:
                exchange = conversation.advanced(exchange, step)
                yield View((*talk, exchange), evidence=step.evidence)
    except GenoAssistError as error:
        yield _broken(talk, exchange, error.text(page))
    except Exception:
        log.exception("a question could not be answered")
        yield _broken(talk, exchange, say("web.unexpected", page))
    finally:
        desk.line.leave(ticket)


def _broken(talk: Talk, exchange: Exchange, text: str) -> View:
    return View((*talk, replace(exchange, state="problem", text=text)), aloud=text, finished=True)


def _absent(answer: Answer, desk: Desk) -> tuple[str, ...]:
    """The names and numbers of a refused question that stand nowhere in the corpus, as written."""
    if answer.reason != "not_in_corpus":
        return ()
    absent = missing(atoms(answer.query.text), desk.text)
    return tuple(dict.fromkeys(item for item in absent if item in answer.query.text))
