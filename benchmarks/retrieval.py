"""How often the right section comes first: cosine alone, BM25 alone, ranks fused, standardised scores fused.

    python benchmarks/retrieval.py [QUESTIONS.yaml] [--corpus DIR]

Over the answerable questions that name their sections; no language model is read. The last column is the share of
questions all of whose facts stand in the three best sentences.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from genoassist import retrieve, settings
from genoassist.assistant import Assistant
from genoassist.evaluate import load_questions, score
from genoassist.question import understand
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


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", nargs="?", type=Path, default=Path("tests/data/development.yaml"))
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    given = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        assistant = Assistant.open(settings.load(corpus=given.corpus, index=Path(folder), engine="extractive"))
        index = assistant._index
        for question in load_questions(given.questions):
            wanted = (
                [name.casefold() for name in (question.sections.any or question.sections.all)]
                if question.sections
                else []
            )
            if not question.answerable or not wanted:
                continue
            query = understand(question.question, question.history, assistant._names)
            vector = assistant._embedder.get_query_embedding(query.text)
            dense = index.dense(vector, retrieve.CANDIDATES)
            lexical = index.lexical(terms(query.text), retrieve.CANDIDATES)
            rows.append((question, wanted, dense, lexical))
        print(f"{len(rows)} questions of {given.questions}")
        print(f"{'':26} {'right section first':>20} {'facts in three sentences':>26}")
        for name, way in WAYS.items():
            first = facts = 0
            for question, wanted, dense, lexical in rows:
                fused = way(dense, lexical)
                best = [index.passages[key].sentence for key in sorted(fused, key=lambda k: (-fused[k], k))[:3]]
                if best:
                    section = assistant.corpus.section(best[0].document_id, best[0].section_id)
                    first += any(w in f"{section.id} {section.heading}".casefold() for w in wanted)
                text = " ".join(s.text for s in best) + " [1]"
                shaped = {
                    "kind": "answer",
                    "answer": text,
                    "citations": [],
                    "language": question.language,
                    "seconds": {},
                }
                facts += score(question, shaped).outcome == "right"
            print(f"{name:26} {first / len(rows):20.3f} {facts / len(rows):26.3f}")


if __name__ == "__main__":
    main()
