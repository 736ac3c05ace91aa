"""Questions to offer: made from the names and headings of the corpus, and put to the engine before anybody sees them."""

from __future__ import annotations

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from genoassist.errors import GenoAssistError
from genoassist.messages import say
from genoassist.present import heading, quoted
from genoassist.question import Names
from genoassist.types import Corpus, EngineChoice, EngineName, Language, Section

if TYPE_CHECKING:
    from genoassist.assistant import Assistant

log = logging.getLogger(__name__)

SECTIONS = 12  # sections, spread over the corpus, that questions are made about
NAMES = 3  # names of a section that questions are made about
ENOUGH = 2  # questions a section that were answered: no more are tried
SHORTEST = 4  # letters of a name worth asking about
LANGUAGES: tuple[Language, ...] = ("en", "fr")


class Line(Protocol):
    """Those who are being answered: what is checked here waits until there is nobody."""

    @property
    def empty(self) -> bool:
        """True when nobody is."""

    def wait(self, seconds: float) -> None:
        """Until somebody is done, or the seconds have passed."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question about a section that the corpus may answer."""

    section: Section
    language: Language
    question: str


def candidates(corpus: Corpus, language: Language) -> tuple[Candidate, ...]:
    """Questions in that language, the first about each section before the second about any."""
    names = Names.of(corpus)
    held = [s for d in corpus.documents for s in d.sections if s.sentences and s.heading != d.title]
    step = max(1.0, len(held) / SECTIONS)
    chosen = [held[int(i * step)] for i in range(min(SECTIONS, len(held)))]
    asked = [[Candidate(s, language, q) for q in _about(s, names, language)] for s in chosen]
    by_question = {c.question: c for c in reversed([c for c in chain(*zip_longest(*asked)) if c])}
    return tuple(reversed(by_question.values()))


def _about(section: Section, names: Names, language: Language) -> list[str]:
    """Questions on the section's names, those of its headings first, then on its heading."""
    titles = names.found(f"{section.heading}\n{section.heading_fr or ''}")
    spoken = Counter(name for sentence in section.sentences for name in names.found(sentence.text))
    told = [n for n in titles if n in spoken] + [name for name, _ in spoken.most_common()]
    worth = [n for n in dict.fromkeys(told) if len(n) >= SHORTEST][:NAMES]
    keys = ["suggest.what" if n.isupper() and " " not in n else "suggest.name" for n in worth]
    asked = [say(key, language, name=name) for key, name in zip(keys, worth, strict=True)]
    return [*asked, say("suggest.section", language, section=quoted(heading(section, language), language))]


class Suggestions:
    """The candidates of a corpus in both languages, and what the engine made of them; verdicts are kept beside the index."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._candidates = {language: candidates(assistant.corpus, language) for language in LANGUAGES}
        self._path = Path(assistant.settings.index) / "suggestions.json"
        self._key = _key(assistant)
        self._answered: dict[str, dict[str, bool]] = self._read()

    def offer(
        self, language: Language, count: int, near: Collection[tuple[str, str]] = (), avoid: Collection[str] = ()
    ) -> tuple[str, ...]:
        """At most ``count`` questions that are answered, about the ``near`` sections (document id, section id) first.

        One a section before a second about any; none of those in ``avoid``.
        """
        good = [c for c in self._candidates[language] if c.question not in avoid and self.engine(c.question)]
        good.sort(key=lambda c: (c.section.document_id, c.section.id) not in near)
        seen: Counter[str] = Counter()
        ranked = []
        for candidate in good:
            name = f"{candidate.section.document_id}/{candidate.section.id}"
            ranked.append((seen[name], candidate.question))
            seen[name] += 1
        return tuple(question for _, question in sorted(ranked, key=lambda pair: pair[0])[:count])

    def engine(self, question: str) -> EngineChoice | None:
        """The engine that answers the question: the one in use if it does, else the other; None when none is known to."""
        first = self._assistant.engine
        engines: tuple[EngineName, ...] = (first, "extractive") if first == "llm" else (first,)
        return next((e for e in engines if self._answered.get(e, {}).get(question)), None)

    def check(self, line: Line) -> None:
        """Ask the engine in use what it has not been asked yet, whenever nobody else does. Logs what goes wrong."""
        engine = self._assistant.engine
        verdicts = self._answered.setdefault(engine, {})
        answered: Counter[tuple[Language, Section]] = Counter()
        for candidate in chain(*zip_longest(*self._candidates.values())):
            if candidate is None or answered[candidate.language, candidate.section] >= ENOUGH:
                continue
            if candidate.question not in verdicts:
                while not line.empty:
                    line.wait(1.0)
                try:
                    verdicts[candidate.question] = self._answers(candidate, engine)
                except GenoAssistError as error:
                    log.warning("%s", error)
                    return
            answered[candidate.language, candidate.section] += verdicts[candidate.question]
        self._write()

    def _answers(self, candidate: Candidate, engine: EngineName) -> bool:
        answer = self._assistant.ask(candidate.question, engine=engine)
        cited = {(c.document, c.section_id) for c in answer.citations}
        home = (candidate.section.document_id, candidate.section.id)
        return answer.query.language == candidate.language and home in cited

    def _read(self) -> dict[str, dict[str, bool]]:
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return kept["answered"] if isinstance(kept, dict) and kept.get("key") == self._key else {}

    def _write(self) -> None:
        kept = json.dumps({"key": self._key, "answered": self._answered}, ensure_ascii=False, indent=1)
        try:
            self._path.write_text(kept, encoding="utf-8")
        except OSError as error:  # checked anew at the next start
            log.warning("suggestions are not kept: %s", error)


def _key(assistant: Assistant) -> str:
    """What the verdicts depend on: the corpus, the embedding model, and the code that answers."""
    digest = hashlib.sha256(f"{assistant.corpus.fingerprint} {assistant.settings.embedding_model}".encode())
    folder: Sequence[Path] = sorted(Path(__file__).parent.glob("*.py"))
    for path in folder:
        digest.update(path.read_bytes())
    return digest.hexdigest()
