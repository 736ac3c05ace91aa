"""Question sets: YAML or JSON lines -> checked questions. The format is described in docs/evaluation.md."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BeforeValidator, ConfigDict, PositiveInt, StrictBool, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass
from pydantic_core import PydanticCustomError

from genoassist.errors import QuestionError, expected, reason
from genoassist.types import Language, Turn

QuestionKind = Literal[
    "single", "why_how", "list", "several", "yes_no", "follow_up", "typo", "keywords", "false_premise",
    "unanswerable", "off_topic", "instruction",
]  # fmt: skip

_LETTERS = {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"}
_SPELLINGS = str.maketrans(_LETTERS | dict.fromkeys("’‘", "'") | dict.fromkeys("‐‑–—", "-"))


def plain(text: str) -> str:
    """The text without accents, apostrophes and hyphens ASCII, single spaces, thousands in one piece (13,000 -> 13000).

    The engine folds text in its own way; a judge that shared it would share its mistakes.
    """
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.translate(_SPELLINGS)) if not unicodedata.combining(c))
    # the { spares the bounds of an expression: .{0,120}
    return re.sub(r"(?<![\d{])(\d{1,3})[ ,.](\d{3})(?!\d)", r"\1\2", " ".join(bare.split()))


@cache
def pattern(expression: str) -> re.Pattern[str]:
    """The expression, accents folded, case ignored, held to word boundaries. Raises re.error when it is not one."""
    return re.compile(rf"(?<!\w)(?:{plain(expression)})(?!\w)", re.IGNORECASE)


def _expression(value: str) -> str:
    try:
        re.compile(value)  # on its own first, so that the position in the message is the author's
        found = pattern(value)
    except (re.error, OverflowError) as error:
        raise ValueError(str(error)) from None
    if found.match(""):
        raise PydanticCustomError("empty_expression", "matches an empty text")
    return value


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _any_of(value: Any) -> Any:
    return {"any": value} if isinstance(value, list) else value


def _user_turn(value: Any) -> Any:
    return {"role": "user", "content": value} if isinstance(value, str) else value


def _said(value: str) -> str:
    if not value.strip():
        raise ValueError("empty text")
    return value


_CHECKED = ConfigDict(extra="forbid", coerce_numbers_to_str=True)
Text = Annotated[str, AfterValidator(_said)]
Expression = Annotated[str, AfterValidator(_expression)]
Fact = Annotated[tuple[Expression, ...], BeforeValidator(_listed)]


@dataclass(frozen=True, slots=True, config=_CHECKED)
class Sections:
    """The sections an answer should cite: all of ``all``, or at least one of ``any``; parts of an id or a heading."""

    any: tuple[Text, ...] = ()
    all: tuple[Text, ...] = ()

    @property
    def accepted(self) -> tuple[str, ...]:
        """Every section that may be cited."""
        return self.all + self.any


@dataclass(frozen=True, slots=True, config=_CHECKED)
class Question:
    """One entry of a set. A fact is right when one of its expressions is found in the answer; all facts must be.

    ``forbidden`` expressions make an answer wrong; ``language`` is the question's, ``answer_language`` the answer's
    when the question asks for another; ``example`` is a right answer, for the reader of the scorecard.
    """

    id: Text
    question: Text
    language: Language
    kind: QuestionKind
    answerable: StrictBool
    facts: tuple[Fact, ...] = ()
    forbidden: tuple[Expression, ...] = ()
    sections: Annotated[Sections, BeforeValidator(_any_of)] | None = None
    history: tuple[Annotated[Turn, BeforeValidator(_user_turn)], ...] = ()
    answer_language: Language | None = None
    max_words: PositiveInt | None = None
    example: str = ""
    note: str = ""

    @property
    def expected_language(self) -> Language:
        """The language the answer must be in."""
        return self.answer_language or self.language

    def request(self) -> dict[str, Any]:
        """The question as a line of ``batch``, its language left to be found."""
        history = [{"role": turn.role, "content": turn.content} for turn in self.history]
        return {"id": self.id, "question": self.question, "history": history, "lang": "auto"}


_ENTRY = TypeAdapter(Question)


def load_questions(path: Path) -> tuple[Question, ...]:
    """The questions of a ``.jsonl`` file, or of a YAML file (a list, or a mapping with ``questions``), in order.

    Raises QuestionError naming the file, the entry and the field that is wrong.
    """
    questions: dict[str, Question] = {}
    for place, entry in _entries(path):
        question = _question(path, place, entry)
        if question.id in questions:
            raise QuestionError("evaluate.duplicate", path=path, entry=question.id)
        questions[question.id] = question
    if not questions:
        raise QuestionError("evaluate.empty", path=path)
    return tuple(questions.values())


def _entries(path: Path) -> Iterator[tuple[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError("evaluate.unreadable", path=path, reason=reason(error)) from None
    if path.suffix == ".jsonl":
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                try:
                    yield f"#{number}", json.loads(line)
                except (ValueError, RecursionError) as error:
                    raise QuestionError("evaluate.json", path=path, line=number, reason=reason(error)) from None
        return
    try:
        loaded = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise QuestionError("evaluate.yaml", path=path, reason=reason(error)) from None
    listed = loaded.get("questions") if isinstance(loaded, dict) else loaded
    if listed is not None and not isinstance(listed, list):
        raise QuestionError("evaluate.shape", path=path, found=type(listed).__name__)
    yield from ((f"#{number}", entry) for number, entry in enumerate(listed or [], 1))


def _question(path: Path, place: str, entry: Any) -> Question:
    name = str(entry.get("id") or place) if isinstance(entry, dict) else place
    try:
        question = _ENTRY.validate_python(entry)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "-"
        key = {"missing": "evaluate.missing", "unexpected_keyword_argument": "evaluate.unknown"}.get(
            first["type"], "evaluate.invalid"
        )
        found = _line(repr(first.get("input")))
        raise QuestionError(
            key,
            path=path,
            entry=name,
            field=where,
            found=found,
            reason=expected(first),
        ) from None
    if question.answerable and not all((question.facts, *question.facts)):
        raise QuestionError("evaluate.missing", path=path, entry=name, field="facts")
    if not question.answerable and question.facts:
        raise QuestionError("evaluate.superfluous", path=path, entry=name, field="facts")
    return question


def _line(found: object) -> str:
    text = " ".join(str(found).split())
    return text if len(text) <= 200 else text[:199] + "…"
