"""Query -> the same question in the corpus's other language too: what is searched for besides, never shown.

Of the 188 questions of three corpora in two languages the right section comes first for 80 % and is among three for 93 %; for
64 and 82 % without (``benchmarks/retrieval.py --translate`` on ``tests/data/third``, ``fourth`` and ``fifth``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from genoassist.llm import LocalModel, chat_prompt
from genoassist.reading import READ_MORE
from genoassist.types import Language, Query
from genoassist.units import Unit

SYSTEM = "You are a translator."
TASK: dict[Language, str] = {
    "en": "Translate into French, keeping names as they are. Reply with the translation alone.\n\n",
    "fr": "Translate into English, keeping names as they are. Reply with the translation alone.\n\n",
}
MAX_TOKENS = 80


def needed(query: Query, every: Sequence[Unit]) -> bool:
    """True when some document is in another language than the question, unless there are no more units than are read anyway."""
    return len(every) > READ_MORE and any(unit.document.language != query.language for unit in every)


def translated(model: LocalModel, query: Query) -> Query:
    """The query with the model's translation of its text into the other language, greedy."""
    prompt = chat_prompt(SYSTEM, query.text, stable=TASK[query.language])
    return replace(query, translation=model.complete(prompt, max_tokens=MAX_TOKENS, stop=["\n"]).strip())
