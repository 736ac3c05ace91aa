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

import re
from typing import Any

from genoassist.messages import say
from genoassist.types import Language

# A reason given by a library may have several lines; the no-break spaces of French stay.
_BREAKS = re.compile(r"[ \t]*[\r\n\v\f\u2028\u2029]+[ \t]*")


class GenoAssistError(Exception):
    """A stated problem: the ``key`` of its message (``corpus.missing``) and the values of its placeholders."""

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
