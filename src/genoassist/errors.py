"""Every error a user can cause. Each names a message (what was found, what was expected, what to type) in both languages.

::

    GenoAssistError
    ├── UsageError            the command line or a request is malformed (exit code 2)
    ├── SettingsError         a setting has a value it cannot have
    ├── CorpusError           the corpus folder or a file in it cannot be read
    ├── ModelError            weights are missing, damaged, or cannot be fetched
    ├── IndexStateError       the index is foreign, locked or cannot be written
    └── QuestionError         a batch line or a question set is not what it should be

A refusal is not an error: it is an Answer.
"""

from __future__ import annotations

import errno
import json
import re
from collections.abc import Mapping
from typing import Any

from genoassist.messages import Said, say
from genoassist.types import Language

# A reason given by a library may have several lines; the no-break spaces of French stay.
_BREAKS = re.compile(r"[ \t]*[\r\n\v\f\u2028\u2029]+[ \t]*")


class GenoAssistError(Exception):
    """A stated problem: the ``key`` of its message (``corpus.missing``) and the values of its placeholders, some said too."""

    exit_code = 1

    def __init__(self, key: str, /, **values: Any) -> None:
        self.key = key
        self.values = values
        super().__init__(self.text("en"))

    def text(self, language: Language) -> str:
        """The problem and what to do about it, on one line, in that language."""
        return _BREAKS.sub(" ", say(self.key, language, **self.values))


class UsageError(GenoAssistError):
    """The command line or a request is malformed."""

    exit_code = 2


class SettingsError(GenoAssistError):
    """A setting has a value it cannot have."""


class CorpusError(GenoAssistError):
    """The corpus folder or a file in it cannot be read."""


class ModelError(GenoAssistError):
    """Weights are missing, damaged, or cannot be fetched."""


class IndexStateError(GenoAssistError):
    """The index is foreign, locked or cannot be written."""


class QuestionError(GenoAssistError):
    """A batch line or a question set is not what it should be."""


def described(error: Exception) -> str:
    """What nobody foresaw, on one line: its type and the first line of its message."""
    return f"{type(error).__name__}: {error}".splitlines()[0]


# What a system refuses most often; the rest is told in its own words.
_REFUSED = frozenset({"ENOENT", "EACCES", "EPERM", "EISDIR", "ENOTDIR", "EEXIST", "ENOSPC", "EROFS"})
# Where a TOML file breaks off: its reader says so in words alone.
_PLACE = re.compile(r"at line (\d+), column (\d+)")


def reason(error: Exception) -> Said | str:
    """Why something failed, as a part of a message: said in the reader's language where that is known, else on one line."""
    if isinstance(error, OSError) and (name := errno.errorcode.get(error.errno or 0)) in _REFUSED:
        return Said(f"reason.{name}")
    if isinstance(error, UnicodeDecodeError):
        return Said("reason.encoding", {"position": error.start + 1})
    if isinstance(error, RecursionError):
        return Said("reason.nested")
    if isinstance(error, json.JSONDecodeError):
        return Said("reason.column", {"column": error.colno})
    if mark := getattr(error, "problem_mark", None):  # of PyYAML, which is not imported for this
        return Said("reason.place", {"line": mark.line + 1, "column": mark.column + 1})
    if found := _PLACE.search(str(error)):
        return Said("reason.place", {"line": found[1], "column": found[2]})
    return in_its_words(error, getattr(error, "strerror", None))


def in_its_words(error: Exception, stated: str | None = None) -> str:
    """The first line of what an error says, without its stop; its type where it says nothing."""
    return " ".join(((stated or str(error)).strip() or type(error).__name__).splitlines()[0].split()).rstrip(".")


# What pydantic finds wrong with a value most often; the rest is told in its own words.
_TAKEN = {
    "bool_parsing": "bool", "bool_type": "bool", "dataclass_type": "question", "empty_expression": "expression",
    "extra_forbidden": "setting", "greater_than_equal": "least", "int_parsing": "int", "int_type": "int",
    "less_than_equal": "most", "list_type": "list", "literal_error": "one_of", "path_type": "path", "string_type": "text",
    "tuple_type": "list",
}  # fmt: skip


def expected(error: Mapping[str, Any]) -> Said | str:
    """What a value should have been, as a part of a message, of one of the errors of a pydantic ``ValidationError``."""
    key = _TAKEN.get(error["type"])
    if key is None:
        return str(error["msg"]).removeprefix("Value error, ")
    values = dict(error.get("ctx", {}))
    if key == "one_of":
        values["expected"] = ", ".join(re.findall(r"'([^']*)'", values["expected"]))
    return Said(f"expected.{key}", values)
