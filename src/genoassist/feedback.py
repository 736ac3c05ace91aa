"""What readers say is wrong with an answer: kept on this machine in SQLite, given back as questions that ``eval`` reads."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from genoassist import __version__
from genoassist.conversation import Exchange, Talk
from genoassist.errors import SettingsError, reason
from genoassist.evaluate_set import plain
from genoassist.types import CITATION_MARK, Language

Fault = Literal["wrong_answer", "wrong_source", "should_have_answered", "other"]
FILE = "feedback.sqlite3"
ANYTHING = r"\w+"  # a fact that every answer has: what it should say is for the reader of the export to write

_TABLE = """CREATE TABLE IF NOT EXISTS feedback (
  id INTEGER PRIMARY KEY, said_at TEXT NOT NULL, fault TEXT NOT NULL, line TEXT NOT NULL, question TEXT NOT NULL,
  language TEXT NOT NULL, history TEXT NOT NULL, kind TEXT NOT NULL, answer TEXT NOT NULL, citations TEXT NOT NULL,
  engine TEXT NOT NULL, corpus TEXT NOT NULL, version TEXT NOT NULL
)"""


@dataclass(frozen=True, slots=True)
class Feedback:
    """One answer, what was said of it, and what it was made with; ``history`` are the questions before it, oldest first."""

    said_at: str
    fault: str
    line: str
    question: str
    language: Language
    history: tuple[str, ...]
    kind: str
    answer: str
    citations: tuple[dict[str, Any], ...]
    engine: str
    corpus: str
    version: str = __version__

    @classmethod
    def on(cls, exchange: Exchange, before: Talk, fault: str, line: str) -> Feedback:
        """What a reader says of an exchange that came after others."""
        return cls(
            said_at=datetime.now(UTC).isoformat(timespec="seconds"),
            fault=fault,
            line=line.strip(),
            question=exchange.question,
            language=exchange.language,
            history=tuple(e.question for e in before if e.state in ("answer", "refusal"))
            if exchange.understood
            else (),
            kind=exchange.state,
            answer=exchange.text,
            citations=tuple(asdict(c) for c in exchange.citations),
            engine=exchange.engine,
            corpus=exchange.fingerprint,
        )


class Box:
    """The file feedback is kept in, made when the first comes. Any thread may use it; raises SettingsError."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def keep(self, feedback: Feedback) -> None:
        """Write it down."""
        values = asdict(feedback) | {
            "history": json.dumps(feedback.history, ensure_ascii=False),
            "citations": json.dumps(feedback.citations, ensure_ascii=False),
        }
        columns = ", ".join(values)
        places = ", ".join(f":{name}" for name in values)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path)) as connection, connection:
                connection.execute(_TABLE)
                connection.execute(f"INSERT INTO feedback ({columns}) VALUES ({places})", values)  # noqa: S608 (names of fields)
        except (OSError, sqlite3.Error) as error:
            raise SettingsError("feedback.unwritable", path=self.path, reason=reason(error)) from None

    def all(self) -> Iterator[tuple[int, Feedback]]:
        """(number, feedback), oldest first; none where nothing was ever said."""
        if not self.path.exists():
            return
        try:
            with closing(sqlite3.connect(self.path)) as connection:
                connection.row_factory = sqlite3.Row
                rows = connection.execute("SELECT * FROM feedback ORDER BY id").fetchall()
        except sqlite3.Error as error:
            raise SettingsError("feedback.unreadable", path=self.path, reason=reason(error)) from None
        for row in rows:
            values = dict(row)
            number = values.pop("id")
            values["history"] = tuple(json.loads(values["history"]))
            values["citations"] = tuple(json.loads(values["citations"]))
            yield number, Feedback(**values)


def to_question(number: int, feedback: Feedback) -> dict[str, Any]:
    """The feedback as an entry of a question set (docs/evaluation.md).

    A refusal that should have been an answer must become one, a wrong answer another one; what the right facts and
    sections are is left to whoever reads the ``note``, which has all that was said.
    """
    refused = feedback.kind == "refusal"
    answerable = feedback.fault == "should_have_answered" or not refused
    entry: dict[str, Any] = {
        "id": f"feedback-{number}",
        "question": feedback.question,
        "language": feedback.language,
        "kind": "follow_up" if feedback.history else "single" if answerable else "unanswerable",
        "answerable": answerable,
        "history": list(feedback.history),
    }
    if answerable:
        entry["facts"] = [ANYTHING]
    if feedback.fault == "wrong_answer" and not refused:
        entry["forbidden"] = [_verbatim(feedback.answer)]
    return {**entry, "note": _note(feedback)}


def _verbatim(answer: str) -> str:
    """An expression for the very answer, without its marks, whatever its white space."""
    words = plain(CITATION_MARK.sub(" ", answer)).split()
    return r"\W+".join(re.escape(word.strip(".,;:!?«»“”\"'")) for word in words if re.search(r"\w", word))


def _note(feedback: Feedback) -> str:
    sources = "; ".join(f"[{c['n']}] {c['path']}#{c['section_id']}: {c['quote']}" for c in feedback.citations)
    made = f"{feedback.engine}, corpus {feedback.corpus[:12]}, genoassist {feedback.version}, {feedback.said_at}"
    parts = [feedback.fault, feedback.line, feedback.answer, sources, made]
    return " | ".join(" ".join(part.split()) for part in parts if part)
