"""What the chat page shows at every step of a conversation, as HTML, without the library that displays it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genoassist import present
from genoassist.errors import GenoAssistError
from genoassist.messages import say
from genoassist.types import Answer, Citation, Language, Progress, Section, Turn

if TYPE_CHECKING:
    from genoassist.assistant import Assistant

log = logging.getLogger(__name__)

Message = dict[str, Any]


@dataclass(slots=True)
class Desk:
    """What the page works with: the assistant, whose language model may still be loading, and why it could not load."""

    assistant: Assistant
    problem: GenoAssistError | None = None
    ready: bool = False

    def warm(self) -> None:
        """Load the language model; a stated problem is kept for the status line, and answers go on by quotation."""
        try:
            self.assistant.warm()
        except GenoAssistError as error:
            log.warning("%s", error)
            self.problem = error
        except Exception:
            log.exception("the language model could not be loaded")
            self.problem = GenoAssistError("web.model_failed")
        self.ready = True


def preferred(accept_language: str | None, fallback: Language = "en") -> Language:
    """The language of an ``Accept-Language`` header that the page speaks and the reader likes best."""
    best, weight = fallback, 0.0
    for part in (accept_language or "").split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            liked = float(quality or 1)
        except ValueError:
            continue
        primary = tag.split("-")[0].lower()
        if primary in ("en", "fr") and liked > weight:
            best, weight = "fr" if primary == "fr" else "en", liked
    return best


def masthead_html(language: Language) -> str:
    """The title of the page and two lines on what it is."""
    lines = "".join(f"<p>{present.escape(say(f'web.about_{n}', language))}</p>" for n in (1, 2))
    return f'<div lang="{language}"><h1>{present.escape(say("web.title", language))}</h1>{lines}</div>'


def title_html(key: str, language: Language) -> str:
    """The title of one half of the page."""
    return f'<h2 lang="{language}">{present.escape(say(f"web.{key}", language))}</h2>'


def note_html(key: str, language: Language) -> str:
    """A quiet line of the page in its own voice."""
    return f'<p class="note" lang="{language}">{present.escape(say(f"web.{key}", language))}</p>'


def problem_html(text: str, language: Language) -> str:
    """A problem, said calmly on one line."""
    return f'<p class="problem" lang="{language}">{present.escape(text)}</p>'


def status_html(desk: Desk, language: Language) -> str:
    """One calm line: how answers are worded now, and why."""
    engine = desk.assistant.engine
    waits = desk.assistant.settings.engine != "extractive" and not desk.ready
    text = say(f"web.status_{'loading' if engine == 'extractive' and waits else engine}", language)
    if desk.problem:
        text = f"{desk.problem.text(language)} {text}"
    state = "loading" if waits and engine == "extractive" else "ready"
    return f'<p class="{state}" role="status" lang="{language}">{present.escape(text)}</p>'


def said(step: Progress | Answer, desk: Desk, page: Language) -> str:
    """A step of an answer as one HTML block in the answer's language; references stand under a finished one."""
    corpus, language = desk.assistant.corpus, step.query.language
    if step.text:
        body = present.answer_html(step.text, step.citations, language)
    else:
        sections = step.evidence.sections[:2] if step.evidence else ()
        names = [present.quoted(present.heading(section, page), page) for section in sections]
        reading = say("web.reading_in", page, sections=", ".join(names)) if names else say("web.reading", page)
        body = f'<p class="note">{present.escape(reading)}</p>'
    return body + (present.references_html(step.citations, corpus, language) if isinstance(step, Answer) else "")


def pointed(step: Progress | Answer) -> tuple[tuple[Citation, ...], Section | None]:
    """What the report shows for a step: its citations, or the nearest section while there are none."""
    nearest = step.nearest if isinstance(step, Answer) else step.evidence.sections
    return step.citations, nearest[0] if nearest and not step.citations else None


def converse(
    question: str, turns: Sequence[Turn], messages: Sequence[Message], page: Language, desk: Desk
) -> Iterator[tuple[list[Message], tuple[Turn, ...], str | None, str | None]]:
    """(messages, turns, report or None if unchanged, what to announce) for every step of one question."""
    shown = [*messages, {"role": "user", "content": present.plain_html(question)}]
    asked = (*turns, Turn("user", question))

    def reply(content: str) -> list[Message]:
        return [*shown, {"role": "assistant", "content": content}]

    yield reply(note_html("reading", page)), asked, None, None
    drawn = None
    try:
        for step in desk.assistant.stream(question, tuple(turns)):
            there = pointed(step)
            report = present.report_html(desk.assistant.corpus, *there) if there != drawn else None
            drawn = there
            if isinstance(step, Answer):
                aloud = present.plain_html(step.text, step.query.language)
                yield reply(said(step, desk, page)), (*asked, Turn("assistant", step.text)), report, aloud
            else:
                yield reply(said(step, desk, page)), asked, report, None
    except GenoAssistError as error:
        line = problem_html(error.text(page), page)
        yield reply(line), asked, None, line
    except Exception:
        log.exception("a question could not be answered")
        line = problem_html(say("web.unexpected", page), page)
        yield reply(line), asked, None, line
