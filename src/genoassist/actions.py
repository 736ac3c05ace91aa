"""What a click in the conversation does, but for asking: edit a question, export the conversation, say what is wrong."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from genoassist import export, page
from genoassist.conversation import Talk
from genoassist.desk import Desk
from genoassist.errors import GenoAssistError
from genoassist.feedback import Feedback
from genoassist.types import Language


@dataclass(frozen=True, slots=True)
class Done:
    """What changes on the page; None where nothing does. ``file`` is what the browser saves."""

    notice: str | None = None
    editing: bool | None = None
    question: str | None = None
    file: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was asked by a click, and the conversation it comes after."""

    text: str = ""
    talk: Talk = ()
    suggested: bool = False


def asked(clicked: Any, talk: Talk) -> Asked:
    """The last question again, or one that was suggested; no text where a click makes no sense."""
    told = clicked if isinstance(clicked, dict) else {}
    if told.get("do") == "retry":
        return Asked(talk[-1].question, talk[:-1]) if talk else Asked()
    return Asked(str(told.get("text", "")), talk, suggested=True)


def perform(clicked: Any, talk: Talk, desk: Desk, language: Language) -> Done:
    """Do what was clicked; what comes from a browser and makes no sense does nothing."""
    told = clicked if isinstance(clicked, dict) else {}
    n = told.get("n")
    exchange = talk[n] if isinstance(n, int) and 0 <= n < len(talk) else None
    match told.get("do"):
        case "edit" | "revise" if exchange:
            last = n == len(talk) - 1
            text = exchange.understood if told["do"] == "revise" else exchange.question
            return Done(page.note_html("editing" if last else "revising", language), last, text)
        case "cancel":
            return Done("", False, "")
        case "export" if talk and told.get("form") in export.FORMS:
            return Done(file=_file(talk, desk, language, told["form"]))
        case "feedback" if exchange and told.get("fault") in page.FAULTS:
            line = str(told.get("line", ""))[:500]
            try:
                desk.box.keep(Feedback.on(exchange, talk[:n], told["fault"], line))
            except GenoAssistError as error:
                return Done(page.problem_html(error.text(language), language))
            return Done(page.note_html("thanks", language))
    return Done()


def _file(talk: Talk, desk: Desk, language: Language, form: str) -> dict[str, str]:
    now = datetime.now().astimezone()
    content = export.FORMS[form](talk, desk.assistant.corpus, language, now)
    return {
        "name": f"genoassist-{now:%Y-%m-%d-%H%M%S}.{form}",
        "type": export.TYPES[form],
        "base64": base64.b64encode(content).decode("ascii"),
    }
