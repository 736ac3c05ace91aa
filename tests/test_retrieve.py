"""Evidence: what both retrievers find, fused, with every candidate and every score kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from genoassist import corpus as corpora
from genoassist.embedder import Embedder
from genoassist.evaluate import load_questions
from genoassist.index import Index, sync
from genoassist.passages import passages
from genoassist.retrieve import CANDIDATES, LEXICAL_WEIGHT, RAISED, find, fuse, levelled, retriever
from genoassist.types import Corpus, Evidence, Query
from genoassist.words import terms

pytestmark = pytest.mark.models


def ask(text: str, index: Index, embedder: Embedder, corpus: Corpus, candidates: int = CANDIDATES) -> Evidence:
    return find(Query(text, text, "en"), retriever(index, embedder, candidates), index, corpus)


@pytest.fixture(scope="module")
def index(report: Corpus, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("index")
    return sync(folder, report, embedder.identity, embedder.get_text_embedding_batch)[0]


def test_scores_are_standardised_and_added():
    """By hand: cosines 0.9, 0.8, 0.8 (mean 0.8333, deviation 0.0471) and BM25 0, 6, 3 (mean 3, deviation 2.449)."""
    fused = fuse([("a", 0.9), ("b", 0.8)], [("b", 6.0), ("c", 3.0)])
    # c was not among the nearest: it counts as the last of them, 0.8; a has no word in common: 0
    assert fused == pytest.approx(
        {"a": 1.41421 - LEXICAL_WEIGHT * 1.22474, "b": -0.70711 + LEXICAL_WEIGHT * 1.22474, "c": -0.70711},
        abs=1e-4,
    )
    assert fuse([("a", 0.9), ("b", 0.9)], []) == {"a": 0.0, "b": 0.0}
    assert fuse([], []) == {}


def test_the_other_language_is_raised_towards_the_best(report, index, embedder):
    hits = ask("Who coordinates COBIOE?", index, embedder, report, candidates=4).hits[:4]
    one, two, three, four = (replace(hit, score=score) for hit, score in zip(hits, (4.0, 3.0, 2.0, 1.0), strict=True))
    raised = RAISED * (3.0 - 2.0)  # the best of each language: 4, 2 in English, 3, 1 in French
    found = levelled([one, two, three, four], ["en", "fr", "en", "fr"])
    assert [hit.passage for hit in found] == [hit.passage for hit in (one, two, three, four)]
    assert [hit.score for hit in found] == [4.0, 3.0 + raised, 2.0, 1.0 + raised]
    assert levelled([one, two], ["en", "en"]) == [one, two]
    assert levelled([], []) == []


@pytest.mark.parametrize("question", ["Who coordinates COBIOE?", "Où s’est tenu Bio-Europe ?", "kangaroo"])
def test_both_retrievers_are_fused(report, index, embedder, question):
    evidence = ask(question, index, embedder, report, candidates=6)
    dense = index.dense(embedder.get_query_embedding(question), 6)
    lexical = index.lexical(terms(question), 6)
    assert len(dense) == 6
    assert (len(lexical) == 0) == (question == "kangaroo")
    fused = fuse(dense, lexical)
    assert [h.passage.id for h in evidence.hits] == sorted(fused, key=lambda key: (-fused[key], key))
    assert {h.passage.id: h.score for h in evidence.hits} == pytest.approx(fused)


def test_every_candidate_is_kept_with_the_scores_it_has(report, index, embedder):
    evidence = ask("Who coordinates COBIOE?", index, embedder, report, candidates=5)
    dense = dict(index.dense(embedder.get_query_embedding("Who coordinates COBIOE?"), 5))
    lexical = dict(index.lexical(terms("Who coordinates COBIOE?"), 5))
    vector = np.asarray(embedder.get_query_embedding("Who coordinates COBIOE?"), dtype=np.float32)
    others = [h for h in evidence.hits if h.passage.id not in dense]
    assert {h.passage.id: h.dense for h in evidence.hits if h not in others} == pytest.approx(dense)
    near = index.vectors([h.passage.id for h in others]) @ vector
    assert [h.dense for h in others] == pytest.approx(list(map(float, near)))
    assert len(others) > 0
    assert max(near) <= min(dense.values())
    assert {h.passage.id: h.lexical for h in evidence.hits if h.lexical is not None} == pytest.approx(lexical)
    assert {h.passage.id for h in evidence.hits} == {*dense, *lexical}
    assert len({h.passage.id for h in evidence.hits}) == len(evidence.hits)


def test_sections_are_those_of_the_candidates_each_once(report, index, embedder):
    evidence = ask("Who coordinates COBIOE?", index, embedder, report)
    ids = [(s.document_id, s.id) for s in evidence.sections]
    assert ids[0] == ("europe-international-2022", "cobioe")
    assert len(set(ids)) == len(ids)
    assert set(ids) == {(h.passage.sentence.document_id, h.passage.sentence.section_id) for h in evidence.hits}


@pytest.mark.parametrize(
    ("question", "section", "words"),
    [
        ("Who coordinates COBIOE?", "cobioe", "Constructed and coordinated by Genopole"),
        ("Combien d’universités forment EUGLOH ?", "eugloh", "currently groups nine universities"),
        ("When was the GEN.ERA closing event?", "gen-era", "held 14 June"),
        ("En quel mois Bio-Europe a-t-il eu lieu ?", "prospecting", "Leipzig, Germany in October"),
    ],
)
def test_a_question_in_either_language_finds_its_sentence(report, index, embedder, question, section, words):
    evidence = ask(question, index, embedder, report)
    assert evidence.sections[0].id == section
    assert any(words in " ".join(h.passage.sentence.text.split()) for h in evidence.hits[:5])


def test_the_french_heading_helps_a_french_question(report, index, embedder, tmp_path):
    bare = replace(
        report,
        documents=tuple(
            replace(d, sections=tuple(replace(s, heading_fr=None) for s in d.sections)) for d in report.documents
        ),
    )
    assert any("rayonner" in p.text for p in passages(report))
    assert not any("rayonner" in p.text for p in passages(bare))
    without = sync(tmp_path, bare, embedder.identity, embedder.get_text_embedding_batch)[0]
    question = "Qu’est-ce qui permet de mieux aborder le marché mondial, en coopérant entre clusters ?"
    with_heading = ask(question, index, embedder, report)
    assert with_heading.sections[0].id == "gen-era"

    def best(evidence: Evidence) -> float:
        return max(h.lexical or 0.0 for h in evidence.hits if h.passage.sentence.section_id == "gen-era")

    assert best(with_heading) > 2 * best(ask(question, without, embedder, bare))


def test_the_same_question_finds_the_same_evidence(report, index, embedder):
    assert ask("markets", index, embedder, report) == ask("markets", index, embedder, report)


def test_another_corpus_does_as_well(elsewhere: Path, embedder, tmp_path):
    corpus = corpora.load(elsewhere)
    index = sync(tmp_path / "index", corpus, embedder.identity, embedder.get_text_embedding_batch)[0]
    for question, words in {
        "How many companies does the marine nursery host?": "vingt-cinq entreprises",
        "Combien de visiteurs à la foire de Turin ?": "12,000 visitors",
        "Qui dirige Nacre ?": "Solène Kervadec",
    }.items():
        evidence = ask(question, index, embedder, corpus)
        assert any(words in h.passage.sentence.text for h in evidence.hits[:2]), question


def test_the_nearest_of_some_hundred_passages_are_the_nearest(embedder: Embedder, tmp_path: Path):
    """An approximate search that finds others at each start gives the same question other answers."""
    second = corpora.load(Path(__file__).parent / "data" / "second" / "corpus")
    large = sync(tmp_path, second, embedder.identity, embedder.get_text_embedding_batch)[0]
    ids = list(large.passages)
    assert len(ids) > 200
    matrix = large.vectors(ids)
    asked = load_questions(Path(__file__).parent / "data" / "second" / "development.yaml")
    for vector in embedder.get_text_embedding_batch([question.question for question in asked]):
        nearest = np.sort(matrix @ np.asarray(vector, dtype=np.float32))[::-1][:CANDIDATES]
        assert [score for _, score in large.dense(vector, CANDIDATES)] == pytest.approx(nearest, abs=1e-5)


def test_a_question_in_two_languages_is_as_near_as_the_nearer_and_has_the_words_of_both(elsewhere, embedder, tmp_path):
    corpus = corpora.load(elsewhere)
    index = sync(tmp_path / "index", corpus, embedder.identity, embedder.get_text_embedding_batch)[0]
    english, french = "How many firms are in the incubator?", "Combien d’entreprises la pépinière héberge-t-elle ?"
    alone = Query(english, english, "en")
    both = replace(alone, translation=french)
    hits = {h.passage.id: h for h in find(both, retriever(index, embedder), index, corpus).hits}
    asked = np.array([embedder.get_query_embedding(text) for text in (english, french)])
    nearer = (index.vectors(list(hits)) @ asked.T).max(axis=1)
    assert [h.dense for h in hits.values()] == pytest.approx(list(nearer), abs=1e-5)
    assert {key for key, h in hits.items() if h.lexical} == {
        key for key, _ in index.lexical([*terms(english), *terms(french)], CANDIDATES)
    }
    best = find(both, retriever(index, embedder), index, corpus).hits[0].passage.sentence
    assert best.text == "La pépinière héberge vingt-cinq entreprises marines."
