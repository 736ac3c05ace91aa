"""Query -> Evidence: the nearest passages by meaning and by words, fused; every candidate kept with its scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import zip_longest
from statistics import fmean
from typing import TYPE_CHECKING, Any

import numpy as np

from genoassist.atoms import atoms, missing
from genoassist.index import Index
from genoassist.numbers import YEAR
from genoassist.types import Corpus, Evidence, Hit, Language, Passage, Query, Section
from genoassist.words import terms

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import QueryBundle

CANDIDATES = 50
# Standardised scores are fused, not ranks: on the development questions the right section comes first for 98 to 100 % of
# them with any weight of BM25 from 0.2 to 0.8, against 94 % by reciprocal rank fusion (benchmarks/retrieval.py).
LEXICAL_WEIGHT = 0.5
# Share of the distance between the best candidates of two languages that is made up for: of the 189 development questions of
# the corpus in two languages the right section is among the first two for 93 % with 0.5, 92 % with 0.3, 90 % without.
RAISED = 0.5
# The best so many are compared: with 1, 3 or 5 alike among two sections, with 5 no fewer come first than without levelling.
LEVELLED = 5
# In standard deviations; from 2 to 4 the same sentences come first on the development questions.
OTHER_YEAR = 3.0


@cache
def _retriever_class() -> Any:
    """The class is made on first use: importing llama-index costs seconds that ``--help`` must not pay."""
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import NodeWithScore, TextNode

    class HybridRetriever(BaseRetriever):
        """Passages by cosine and BM25, fused, as llama-index nodes; both scores in the metadata.

        Of a query put in several languages (``custom_embedding_strs``) the mean of the cosines is fused, with BM25 over all
        the words; the highest cosine is kept.
        """

        def __init__(self, index: Index, embedder: BaseEmbedding, candidates: int = CANDIDATES) -> None:
            self._index = index
            self._embedder = embedder
            self._candidates = candidates
            super().__init__()

        def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
            texts = query_bundle.embedding_strs
            vectors = np.asarray([self._embedder.get_query_embedding(text) for text in texts], dtype=np.float32)
            dense = self._index.dense(vectors.mean(axis=0).tolist(), self._candidates)
            lexical = self._index.lexical(terms("\n".join(texts)), self._candidates)
            fused = fuse(dense, lexical)
            cosine, bm25 = dict(dense) if len(texts) == 1 else {}, dict(lexical)
            if others := [key for key in fused if key not in cosine]:
                nearest = (self._index.vectors(others) @ vectors.T).max(axis=1)
                cosine.update(zip(others, map(float, nearest), strict=True))
            return [
                NodeWithScore(
                    node=TextNode(
                        id_=key,
                        text=self._index.passages[key].text,
                        metadata={"dense": cosine[key], "lexical": bm25.get(key)},
                    ),
                    score=score,
                )
                for key, score in sorted(fused.items(), key=lambda item: (-item[1], item[0]))
            ]

    return HybridRetriever


def fuse(dense: Sequence[tuple[str, float]], lexical: Sequence[tuple[str, float]]) -> dict[str, float]:
    """Passage id -> its cosine in standard deviations from the mean of the candidates, plus the same of its BM25, weighted.

    A candidate that one retriever did not return has the least score there (0 for BM25). This is distribution-based score
    fusion (Mazzeschi, 2023) without its clipping at three deviations.
    """
    ids = list(dict.fromkeys(key for key, _ in (*dense, *lexical)))
    if not ids:
        return {}
    least = min((score for _, score in dense), default=0.0)
    total = np.zeros(len(ids))
    for ranking, absent, weight in ((dict(dense), least, 1.0), (dict(lexical), 0.0, LEXICAL_WEIGHT)):
        scores = np.array([ranking.get(key, absent) for key in ids])
        total += weight * (scores - scores.mean()) / (scores.std() or 1.0)
    return dict(zip(ids, (float(score) for score in total), strict=True))


def levelled(found: Sequence[Hit], spoken: Sequence[Language]) -> list[Hit]:
    """The candidates, best first, those of one language raised towards the other's, whose best few have the higher mean.

    ``spoken`` is the language of each. Words in common and cosines are both higher within a language: unraised, what another
    language says of the question stands behind what this one says of something else.
    """
    best = {
        language: fmean(
            sorted((hit.score for hit, of in zip(found, spoken, strict=True) if of == language))[-LEVELLED:]
        )
        for language in set(spoken)
    }
    top = max(best.values(), default=0.0)
    raised = [replace(hit, score=hit.score + RAISED * (top - best[of])) for hit, of in zip(found, spoken, strict=True)]
    return sorted(raised, key=lambda hit: -hit.score)


def _of(passage: Passage, years: frozenset[str], corpus: Corpus) -> bool:
    """True when a sentence, its headings or its document are of one of the years."""
    sentence = passage.sentence
    document = corpus.document(sentence.document_id)
    section = corpus.section(sentence.document_id, sentence.section_id)
    return str(document.year) in years or bool(
        years & set(YEAR.findall(f"{sentence.text} {section.heading} {section.heading_fr or ''}"))
    )


def retriever(index: Index, embedder: BaseEmbedding, candidates: int = CANDIDATES) -> Any:
    """A llama-index retriever over the index."""
    return _retriever_class()(index, embedder, candidates)


def _bundle(query: Query) -> QueryBundle:
    from llama_index.core.schema import QueryBundle

    return QueryBundle(query.text, custom_embedding_strs=[text for text in (query.text, query.translation) if text])


def find(query: Query, hybrid: BaseRetriever, index: Index, corpus: Corpus) -> Evidence:
    """All candidates for a question, best first, and their sections, in the order of their best candidate.

    Where the documents are of several years and the question names one, what is of another year comes after.
    """
    found = [
        Hit(index.passages[n.node.node_id], n.node.metadata["dense"], n.node.metadata["lexical"], float(n.score or 0.0))
        for n in hybrid.retrieve(_bundle(query))
    ]
    if not query.translation:
        found = levelled(found, [corpus.document(hit.passage.sentence.document_id).language for hit in found])
    years = frozenset(YEAR.findall(query.text))
    if years and len({d.year for d in corpus.documents if d.year}) > 1:
        found = [
            hit if _of(hit.passage, years, corpus) else replace(hit, score=hit.score - OTHER_YEAR) for hit in found
        ]
        found.sort(key=lambda hit: -hit.score)
    hits = tuple(found)
    ranked = dict.fromkeys((hit.passage.sentence.document_id, hit.passage.sentence.section_id) for hit in hits)
    sections: tuple[Section, ...] = tuple(corpus.section(*key) for key in ranked)
    return Evidence(query, hits, sections)


def merged(query: Query, found: Sequence[Evidence]) -> Evidence:
    """One evidence of those of a question's parts: every candidate once, the parts' best by turns."""
    best: dict[str, Hit] = {}
    for hits in zip_longest(*(evidence.hits for evidence in found)):
        for hit in hits:
            if hit is not None:
                best.setdefault(hit.passage.id, hit)
    sections = dict.fromkeys(s for group in zip_longest(*(e.sections for e in found)) for s in group if s is not None)
    return Evidence(query, tuple(best.values()), tuple(sections))


def together(index: Index, names: Sequence[str]) -> bool:
    """True when some passage has all the names, or when the corpus lacks one of them."""
    best = [index.passages[key].text for key, _ in index.lexical(terms(" ".join(names)), CANDIDATES)]
    lost = [set(missing(atoms(" ".join(f"of {name}" for name in names)), text)) for text in best]
    return not lost or any(not items for items in lost) or bool(set.intersection(*lost))
