"""How often the right section comes first, or among two or three: cosine alone, BM25 alone, ranks fused, standardised scores fused.

    python benchmarks/retrieval.py [QUESTIONS.yaml] [--corpus DIR] [--translate]

Over the answerable questions that name their sections. "Found" is what the product takes, with the other language's
candidates raised by a share (``retrieve.RAISED``) and those of another year put behind; with ``--translate``, also what it takes
of a question put in both languages by the language model, a few seconds each. The last column is the share of questions all of
whose facts stand in the three best sentences.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from unittest import mock

from genoassist import retrieve, settings
from genoassist.assistant import Assistant
from genoassist.evaluate import load_questions, score
from genoassist.llm import LocalModel, open_model
from genoassist.question import understand
from genoassist.translate import needed, translated
from genoassist.types import Query, Sentence
from genoassist.words import terms

Ranking = list[tuple[str, float]]
RRF_CONSTANT = 60  # Cormack, Clarke and Büttcher, SIGIR 2009


def reciprocal_ranks(dense: Ranking, lexical: Ranking) -> dict[str, float]:
    """Passage id -> its reciprocal rank fusion score."""
    fused: dict[str, float] = {}
    for ranking in (dense, lexical):
        for rank, (key, _) in enumerate(ranking, start=1):
            fused[key] = fused.get(key, 0.0) + 1 / (RRF_CONSTANT + rank)
    return fused


def standardised(weight: float) -> Callable[[Ranking, Ranking], dict[str, float]]:
    """The product's fusion, with that weight of BM25."""

    def fused(dense: Ranking, lexical: Ranking) -> dict[str, float]:
        with mock.patch.object(retrieve, "LEXICAL_WEIGHT", weight):
            return retrieve.fuse(dense, lexical)

    return fused


WAYS = {
    "cosine alone": lambda dense, _: dict(dense),
    "BM25 alone": lambda _, lexical: dict(lexical),
    "reciprocal rank fusion": reciprocal_ranks,
    **{f"standardised, BM25 × {w}": standardised(w) for w in (0.2, 0.4, 0.5, 0.6, 0.8)},
}


def found(raised: float) -> Callable[[Query, Assistant], list[Sentence]]:
    """The sentences that the product finds, best first, with that share."""

    def ranked(query: Query, assistant: Assistant) -> list[Sentence]:
        with mock.patch.object(retrieve, "RAISED", raised):
            evidence = retrieve.find(query, assistant._retriever, assistant._index, assistant.corpus)
        return [hit.passage.sentence for hit in evidence.hits]

    return ranked


def in_both(model: LocalModel, seconds: list[float]) -> Callable[[Query, Assistant], list[Sentence]]:
    """The sentences that the product finds, best first, of a question in both languages where it would put it so.

    What each translation took is added to ``seconds``.
    """

    def ranked(query: Query, assistant: Assistant) -> list[Sentence]:
        if needed(query, assistant._units):
            start = time.perf_counter()
            query = translated(model, query)
            seconds.append(time.perf_counter() - start)
        return found(retrieve.RAISED)(query, assistant)

    return ranked


def by(way: Callable[[Ranking, Ranking], dict[str, float]]) -> Callable[[Query, Assistant], list[Sentence]]:
    """The sentences by fused scores, best first."""

    def ranked(query: Query, assistant: Assistant) -> list[Sentence]:
        index = assistant._index
        dense = index.dense(assistant._embedder.get_query_embedding(query.text), retrieve.CANDIDATES)
        fused = way(dense, index.lexical(terms(query.text), retrieve.CANDIDATES))
        return [index.passages[key].sentence for key in sorted(fused, key=lambda k: (-fused[k], k))]

    return ranked


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", nargs="?", type=Path, default=Path("tests/data/development.yaml"))
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--translate", action="store_true")
    given = parser.parse_args()
    rows = []
    seconds: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        assistant = Assistant.open(settings.load(corpus=given.corpus, index=Path(folder), engine="extractive"))
        for question in load_questions(given.questions):
            if question.answerable and question.sections:
                wanted = [name.casefold() for name in (question.sections.any or question.sections.all)]
                rows.append((question, wanted, understand(question.question, question.history, assistant._names)))
        print(f"{len(rows)} questions of {given.questions}")
        print(
            f"{'':26} {'right section first':>20} {'among two':>12} {'among three':>12} {'facts in three sentences':>26}"
        )
        ways = {name: by(way) for name, way in WAYS.items()}
        ways |= {f"found, raised × {share}": found(share) for share in (0.0, 0.3, 0.5, 0.7)}
        if given.translate:
            ways["found, in both languages"] = in_both(open_model(assistant.settings), seconds)
        for name, way in ways.items():
            first = two = three = facts = 0
            for question, wanted, query in rows:
                best = way(query, assistant)
                sections = [assistant.corpus.section(s.document_id, s.section_id) for s in best]
                told = [f"{s.id} {s.heading} {s.heading_fr or ''}".casefold() for s in dict.fromkeys(sections)][:3]
                right = [any(w in text for w in wanted) for text in told]
                first += any(right[:1])
                two += any(right[:2])
                three += any(right)
                shaped = {
                    "kind": "answer",
                    "answer": " ".join(s.text for s in best[:3]) + " [1]",
                    "citations": [],
                    "language": question.language,
                    "seconds": {},
                }
                facts += score(question, shaped).outcome == "right"
            shares = [count / len(rows) for count in (first, two, three, facts)]
            print(f"{name:26} {shares[0]:20.3f} {shares[1]:12.3f} {shares[2]:12.3f} {shares[3]:26.3f}")
    if seconds:
        print(f"{len(seconds)} questions translated, {median(seconds):.2f} s each (median)")


if __name__ == "__main__":
    main()
