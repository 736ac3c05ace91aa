"""Questions to offer: made from the corpus, and put to the engine before anybody sees them.

They are made from names and headings; once there is a language model, it is asked for better ones first.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain, product, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from genoassist.atoms import atoms
from genoassist.errors import GenoAssistError
from genoassist.llm import LocalModel, chat_prompt, open_model
from genoassist.messages import say
from genoassist.names import Names
from genoassist.present import heading, quoted
from genoassist.types import Corpus, EngineChoice, EngineName, Language, Section, Sentence
from genoassist.units import headings

if TYPE_CHECKING:
    from genoassist.assistant import Assistant

log = logging.getLogger(__name__)

SECTIONS = 12  # sections, spread over the corpus, that questions are made about
NAMES = 3  # names of a section that questions are made about
ENOUGH = 2  # questions a section that were answered: no more are tried
SHORTEST = 4  # letters of a name worth asking about
SENTENCES = 3  # sentences of a section that the model is asked to make a question of
LENGTH = range(15, 111)  # characters of a question worth offering
MAX_TOKENS = 40
FRENCH_MARK = re.compile(r"\s*\?$")
SYSTEM = "You write questions that a reader of a report may ask."
WRITE: dict[Language, str] = {
    "en": "Write in English one short question that the last sentence answers. Name what the question is about.",
    "fr": "Écris en français une seule question courte à laquelle la dernière phrase répond. Nomme ce dont il s'agit.",
}
LANGUAGES: tuple[Language, ...] = ("en", "fr")


class Line(Protocol):
    """Those who are being answered: what is checked here waits until there is nobody."""

    def give_way(self) -> None:
        """Wait until there is nobody."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question about a section that the corpus may answer."""

    section: Section
    language: Language
    question: str


def candidates(corpus: Corpus, language: Language) -> tuple[Candidate, ...]:
    """Questions in that language, the first about each section before the second about any."""
    names = Names.of(corpus)
    asked = [[Candidate(s, language, q) for q in _about(s, names, language)] for s in _spread(corpus)]
    by_question = {c.question: c for c in reversed([c for c in chain(*zip_longest(*asked)) if c])}
    return tuple(reversed(by_question.values()))


def _spread(corpus: Corpus) -> list[Section]:
    """The sections with text, or some of them spread over a large corpus."""
    held = [s for d in corpus.documents for s in d.sections if s.sentences and s.heading != d.title]
    step = max(1.0, len(held) / SECTIONS)
    return [held[int(i * step)] for i in range(min(SECTIONS, len(held)))]


def _about(section: Section, names: Names, language: Language) -> list[str]:
    """Questions on the section's names, those of its headings first, then on its heading."""
    titles = names.found(f"{section.heading}\n{section.heading_fr or ''}")
    spoken = Counter(name for sentence in section.sentences for name in names.found(sentence.text))
    told = [n for n in titles if n in spoken] + [name for name, _ in spoken.most_common()]
    worth = [n for n in dict.fromkeys(told) if len(n) >= SHORTEST][:NAMES]
    keys = ["suggest.what" if n.isupper() and " " not in n else "suggest.name" for n in worth]
    # In French a name of several words would want its article: « sur l'European University Alliance ».
    written = [quoted(n, language) if language == "fr" and " " in n else n for n in worth]
    asked = [say(key, language, name=name) for key, name in zip(keys, written, strict=True)]
    return [*asked, say("suggest.section", language, section=quoted(heading(section, language), language))]


def telling(section: Section, names: Names) -> list[Sentence]:
    """The sentences of a section worth a question: those with the most names and numbers, in the order of the text."""
    weight = {s.id: len(names.found(s.text)) + 2 * len(atoms(s.text).numbers) for s in section.sentences}
    best = sorted(section.sentences, key=lambda s: -weight[s.id])[:SENTENCES]
    return [s for s in section.sentences if s in best and weight[s.id]]


def written(model: LocalModel, section: Section, sentence: Sentence, language: Language) -> str | None:
    """A question that the model makes of a sentence, or None where it makes none worth offering."""
    text = f"{headings(section)}\n{' '.join(sentence.text.split())}\n\n{WRITE[language]}"
    said = model.complete(chat_prompt(SYSTEM, text), max_tokens=MAX_TOKENS, stop=["\n"]).strip(' "“”«»\u00a0\u202f')
    if not said.endswith("?") or said.count("?") > 1 or len(said) not in LENGTH:
        return None
    return FRENCH_MARK.sub("\u202f?", said) if language == "fr" else said


class Suggestions:
    """The candidates of a corpus in both languages, and what the engine made of them; verdicts are kept beside the index."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._made = {language: candidates(assistant.corpus, language) for language in LANGUAGES}
        self._written: dict[Language, list[Candidate]] = {language: [] for language in LANGUAGES}
        self._path = Path(assistant.settings.index) / "suggestions.json"
        self._key = _key(assistant)
        self._answered: dict[str, dict[str, bool]] = {}
        self._read()

    def offer(
        self, language: Language, count: int, near: Collection[tuple[str, str]] = (), avoid: Collection[str] = ()
    ) -> tuple[str, ...]:
        """At most ``count`` questions that are answered, about the ``near`` sections (document id, section id) first.

        One a section before a second about any; none of those in ``avoid``.
        """
        every = (*self._written[language], *self._made[language])
        good = [c for c in every if c.question not in avoid and self.engine(c.question)]
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
        answered: Counter[tuple[Language, Section]] = Counter()
        try:
            if engine == "llm":
                self._write(line)
            for candidate in chain(*zip_longest(*self._written.values()), *zip_longest(*self._made.values())):
                if candidate and answered[candidate.language, candidate.section] < ENOUGH:
                    answered[candidate.language, candidate.section] += self._checked(candidate, engine, line)
        except GenoAssistError as error:
            log.warning("%s", error)
        self._keep()

    def _checked(self, candidate: Candidate, engine: EngineName, line: Line) -> bool:
        """True when the engine answers the question, in its language, from its section."""
        verdicts = self._answered.setdefault(engine, {})
        if candidate.question not in verdicts:
            line.give_way()
            answer = self._assistant.ask(candidate.question, engine=engine)
            cited = {(c.document, c.section_id) for c in answer.citations}
            home = (candidate.section.document_id, candidate.section.id)
            verdicts[candidate.question] = answer.query.language == candidate.language and home in cited
        return verdicts[candidate.question]

    def _write(self, line: Line) -> None:
        """Let the language model make questions of every section's most telling sentences, once."""
        if any(self._written.values()):
            return
        model = open_model(self._assistant.settings)
        names = Names.of(self._assistant.corpus)
        for section in _spread(self._assistant.corpus):
            for sentence, language in product(telling(section, names), LANGUAGES):
                line.give_way()
                question = written(model, section, sentence, language)
                if question and names.found(question):  # it says of what it speaks
                    self._written[language].append(Candidate(section, language, question))

    def _read(self) -> None:
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return
        if not isinstance(kept, dict) or kept.get("key") != self._key:
            return
        self._answered = kept["answered"]
        sections = {(s.document_id, s.id): s for d in self._assistant.corpus.documents for s in d.sections}
        for language, document, section, question in kept["written"]:
            self._written[language].append(Candidate(sections[document, section], language, question))

    def _keep(self) -> None:
        every = chain(*self._written.values())
        written = [(c.language, c.section.document_id, c.section.id, c.question) for c in every]
        kept = {"key": self._key, "answered": self._answered, "written": written}
        try:
            self._path.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
        except OSError as error:  # checked anew at the next start
            log.warning("suggestions are not kept: %s", error)


def _key(assistant: Assistant) -> str:
    """What the verdicts depend on: the corpus, the embedding model, and the code that answers."""
    digest = hashlib.sha256(f"{assistant.corpus.fingerprint} {assistant.settings.embedding_model}".encode())
    folder: Sequence[Path] = sorted(Path(__file__).parent.glob("*.py"))
    for path in folder:
        digest.update(path.read_bytes())
    return digest.hexdigest()
