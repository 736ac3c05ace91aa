"""JSON lines of questions -> JSON answers, in order; a line that is no question gets an error object and loses nothing else."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from genoassist.errors import GenoAssistError, QuestionError, described, reason
from genoassist.present import to_json
from genoassist.types import Language, Turn

if TYPE_CHECKING:
    from genoassist.assistant import Assistant

log = logging.getLogger(__name__)


def answers(lines: Iterable[bytes], assistant: Assistant, reader: Language) -> Iterator[dict[str, Any]]:
    """One object a line that is not blank: an answer of the contract, or ``{"line", "id", "error": {"code", "message"}}``."""
    for number, raw in enumerate(lines, start=1):
        text = raw.decode("utf-8", errors="replace").strip().removeprefix("\ufeff")
        if not text:
            continue
        identity: Any = None
        try:
            try:
                data = json.loads(text, parse_constant=_no_number, parse_float=_finite)
            except (ValueError, RecursionError) as error:
                raise QuestionError("batch.json", line=number, reason=reason(error)) from None
            identity = data.get("id") if isinstance(data, dict) else None
            question, history, language = _parsed(data, number)
            answer = to_json(assistant.ask(question, history, language=language), identity)
            if not (isinstance(data, dict) and "id" in data):
                answer.pop("id")
            yield answer
        except GenoAssistError as error:
            yield _refused(number, identity, error, reader)
        except Exception as error:
            log.exception("line %s", number)
            stated = GenoAssistError("batch.unexpected", line=number, reason=described(error))
            yield _refused(number, identity, stated, reader)


def _refused(line: int, identity: Any, error: GenoAssistError, reader: Language) -> dict[str, Any]:
    return {"line": line, "id": identity, "error": {"code": error.key, "message": error.text(reader)}}


def _parsed(data: Any, line: int) -> tuple[str, list[Turn], Any]:
    if not isinstance(data, dict) or not isinstance(data.get("question"), str):
        raise QuestionError("batch.question", line=line)
    language = "auto" if data.get("lang") is None else data["lang"]
    if language not in ("auto", "en", "fr"):
        raise QuestionError("batch.lang", line=line, found=language)
    turns = [] if data.get("history") is None else data["history"]
    if not isinstance(turns, list) or not all(_is_turn(t) for t in turns):
        raise QuestionError("batch.history", line=line)
    return data["question"], [Turn(t["role"], t["content"]) for t in turns], language


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _finite(written: str) -> float:
    number = float(written)
    if not math.isfinite(number):
        raise ValueError(f"{written} is too large a number")
    return number


def _is_turn(turn: Any) -> bool:
    return isinstance(turn, dict) and turn.get("role") in ("user", "assistant") and isinstance(turn.get("content"), str)
