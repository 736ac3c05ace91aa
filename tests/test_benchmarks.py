"""What the figures rest on: the baseline, the questions that are timed, the stopwatch, the synthetic corpora."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from genoassist import corpus as corpora
from genoassist.assistant import Assistant
from genoassist.evaluate import load_questions, score
from genoassist.passages import passages
from genoassist.settings import Settings
from genoassist.types import Turn

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def script() -> Iterator[Callable[[str], Any]]:
    """A script of benchmarks/ as a module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        opened = set()

        def load(name: str) -> Any:
            opened.add(name)
            return importlib.import_module(name)

        yield load
        for name in opened:
            sys.modules.pop(name)


@pytest.fixture(scope="module")
def plain_llamaindex(script: Callable[[str], Any]) -> Any:
    return script("plain_llamaindex")


@pytest.mark.models
def test_the_baseline_answers_in_the_shape_of_the_contract(plain_llamaindex: Any, settings: Settings):
    from llama_index.core.llms import MockLLM

    plain = plain_llamaindex.PlainLlamaIndex(settings, llm=MockLLM(max_tokens=3))
    answer = plain.ask("Quand COBIOE a-t-il été signé ?", identifier="q1")
    assert plain.ask("Et où ?", [Turn("user", "Qui coordonne COBIOE ?")])["kind"] == "answer"
    assert (answer["id"], answer["kind"], answer["language"]) == ("q1", "answer", "fr")
    assert answer["answer"] == "text text text"
    assert len(answer["citations"]) == plain_llamaindex.TOP
    text = (ROOT / "corpus" / "europe-international-2022.md").read_text(encoding="utf-8")
    assert all(text[c["start"] : c["end"]] == c["quote"] for c in answer["citations"])
    assert "cobioe" in {c["section_id"] for c in answer["citations"]}
    assert 0 < answer["seconds"]["evidence"] <= answer["seconds"]["first_token"] <= answer["seconds"]["total"]
    question = next(q for q in load_questions(ROOT / "tests/data/development.yaml") if q.language == "fr")
    assert score(question, answer, settings.corpus).verbatim


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("I don't know.", True),
        ("The document does not mention the budget of Genopole.", True),
        ("The turnover is not mentioned in the provided documents.", True),
        ("Don't know", True),
        ("Je ne sais pas.", True),
        ("Le document ne mentionne pas le budget.", True),
        ("Le budget n'est pas mentionné dans le document.", True),
        ("Il n’y a aucune information sur ce sujet.", True),
        ("COBIOE was signed on 27 December.", False),
        ("Le projet a été signé le 27 décembre et n’est pas terminé.", False),
        ("The number of companies is known: more than 3,000.", False),
    ],
)
def test_a_refusal_of_the_baseline_is_told_from_an_answer(plain_llamaindex: Any, text: str, refusal: bool):
    assert bool(plain_llamaindex.DOES_NOT_KNOW.search(text)) is refusal


def test_the_questions_timed_are_of_both_languages_and_two_of_a_section(script: Callable[[str], Any]):
    questions = script("speed").chosen(ROOT / "tests/data/development.yaml", 60)
    assert len({q.id for q in questions}) == 60
    assert [q.language for q in questions].count("fr") == 30
    for first, second in zip(questions[::2], questions[1::2], strict=True):
        assert first.language == second.language
        assert set(first.sections.any + first.sections.all) & set(second.sections.any + second.sections.all)


def test_a_goal_that_is_missed_is_said_so(script: Callable[[str], Any]):
    speed = script("speed")
    fast, slow = {"p50": 0.5, "p95": 0.6, "n": 4}, {"p50": 9.0, "p95": 11.0, "n": 4}
    moments = ("evidence", "first_token", "total")
    found = {
        "cores": 2,
        "largest_weight": 63,
        "questions": 4,
        "cold_questions": 4,
        "compare": {
            "warm": {"genoassist": dict.fromkeys(moments, fast), "plain_llamaindex": dict.fromkeys(moments, slow)},
            "same_topic": {"first": fast, "second": slow},
            "people": {"one": fast, "four": slow},
        },
        "extractive": {"total": fast},
        "cold": {"llm": slow, "llm_first": slow, "extractive": fast, "help": fast},
        "page": {engine: {"usable_seconds": 7.0, "memory_mb": 900} for engine in ("auto", "extractive")},
        "warming": [{"seconds": 30.0, "memory_mb": 2600}, {"seconds": 2.0, "memory_mb": 2400}],
        "warming_extractive": {"seconds": 1.0, "memory_mb": 600},
        "indexing": {"nothing": 1.0, "unchanged": 0.01},
    }
    holds = {row[0]: row[5] for row in speed.rows(found)}
    assert holds["first words of the answer"]
    assert holds["full verified answer"]
    assert holds["`ask --engine extractive`, cold"]
    assert holds["warm-up, next start"]
    missed = ("evidence", "second question on a topic, beside the first", "four people at once, beside one")
    assert not any(holds[name] for name in (*missed, "`genoassist ask`, cold", "memory of the serving process"))
    assert not holds["memory, extractive only"]
    told = speed.markdown(found)
    assert told.count("**no**") == 8
    assert "--count 4 --cold 4" in told and "2 cores without VNNI" in told


def test_a_stage_is_given_its_own_seconds_and_those_of_what_it_yields(
    script: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
):
    stages = script("stages")
    now = 0.0
    monkeypatch.setattr(stages.time, "perf_counter", lambda: now)
    watch = stages.Stopwatch()

    def work(seconds: float) -> None:
        nonlocal now
        now += seconds

    inner = stages.timed(watch, "inner", work)

    def pieces() -> Iterator[int]:
        work(1)
        yield 1
        inner(2)
        yield 2

    for _ in stages.timed(watch, "outer", pieces)():
        work(4)
    assert watch.take() == {"(rest)": 8, "inner": 2, "outer": 1}


def test_a_synthetic_corpus_has_the_sentences_it_says(script: Callable[[str], Any], tmp_path: Path):
    growth = script("growth")
    growth.write_corpus(tmp_path, 300)
    texts = [passage.text for passage in passages(corpora.load(tmp_path))]
    assert len(texts) == 300
    assert len(set(texts)) > 290
    basis = np.eye(8, 384, dtype=np.float32)
    vectors = np.array(growth.invented(basis, texts))
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-6)
    assert (vectors @ basis.T).max(axis=1).min() > 0.9
    assert growth.invented(basis, texts[:3]) == growth.invented(basis, texts)[:3]


def test_public_questions_are_drawn_alike_and_scored_by_hand(script: Callable[[str], Any]):
    public = script("public")
    rows = [{"answerable": i % 2 == 0, "n": i} for i in range(20)]
    assert public.drawn(rows, 3) == public.drawn(rows, 3)
    assert sum(row["answerable"] for row in public.drawn(rows, 3)) == 3
    one, two, three, four = (
        public.Row(answerable, answered, probability)
        for answerable, answered, probability in (
            (True, True, 0.9),
            (True, False, 0.3),
            (False, True, 0.5),
            (False, False, 0.1),
        )
    )
    assert public.area([one, two, three, four]) == 0.75
    assert public.balanced(public.decided_rates([one, two, three, four], lambda row: row.answered)) == 0.5
    assert public.best_threshold([one, two, three, four]) == 0.3
    assert public.normalised("in the 10th, and 11th centuries.") == " in 10th and 11th centuries "


@pytest.mark.models
def test_a_stage_turned_off_is_on_again_after_it(script: Callable[[str], Any], settings: Settings):
    ablation = script("ablation")
    assistant = Assistant.open(settings)
    off = ablation.STAGES[0]
    with ablation.without(off):
        assert assistant.ask("Who painted the Mona Lisa?", engine=off.engine).kind == "answer"
    assert assistant.ask("Who painted the Mona Lisa?", engine=off.engine).kind == "refusal"
    with ablation.without(ablation.STAGES[4]):
        sentences = assistant.corpus.documents[0].sections[1].sentences
        assert assistant._verify("When?", "It was in Boston in 1912.", sentences).passed
    assert not assistant._verify("When?", "It was in Boston in 1912.", sentences).passed


@pytest.mark.models
@pytest.mark.parametrize("place", range(6))
def test_every_stage_answers(script: Callable[[str], Any], settings: Settings, place: int):
    """What is turned off is called as the product calls it."""
    ablation = script("ablation")
    stage = ablation.STAGES[place]
    assistant = Assistant.open(settings.model_copy(update={"engine": "auto"}))
    with ablation.without(stage):
        assert assistant.ask("Where was Bio-Europe held?", engine=stage.engine).kind == "answer"


@pytest.mark.parametrize("path", sorted((ROOT / "benchmarks" / "extracts").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_texts_that_the_readout_is_fitted_on_have_as_many_questions_of_either_kind(path: Path):
    every = yaml.safe_load(path.read_text(encoding="utf-8"))
    asked = [question for one in every for question in (*one["answered"], *one["unanswered"])]
    assert all(len(one["answered"]) == len(one["unanswered"]) == 5 for one in every)
    assert len({question.casefold() for question in asked}) == len(asked) == 10 * len(every)
    assert {one["language"] for one in every} == {"en", "fr"}
    assert all(one["title"] and one["heading"] and len(one["text"].split()) > 50 for one in every)


@pytest.mark.parametrize("path", sorted((ROOT / "benchmarks" / "extracts").glob("*.yaml")), ids=lambda path: path.stem)
def test_what_corrects_or_bears_out_a_question_about_a_text_stands_in_it(path: Path, script: Callable[[str], Any]):
    kinds = script("telling").CLAIMS
    every = yaml.safe_load(path.read_text(encoding="utf-8"))
    for one in every:
        for kind in kinds:
            assert [claim["quote"] in one["text"] for claim in one[kind]] == [True, True]
    asked = [claim["question"].casefold() for one in every for kind in kinds for claim in one[kind]]
    assert len(set(asked)) == len(asked) == 6 * len(every)


def test_a_head_that_looks_at_what_answers_is_found_and_measured_on_corpora_left_out(script: Callable[[str], Any]):
    telling = script("telling")
    pick = np.random.default_rng(0)
    sections = []
    for place in range(120):
        looks, tells = pick.normal(size=(5, 8)), np.arange(5) == pick.integers(5)
        looks[:, 3] += 2 * tells
        found = None if place % 2 else pick.normal(size=5)
        sections.append(telling.Section(looks, found, tells, "single", f"corpus {place % 4}"))
    weights = telling.fitted(sections)
    assert np.argmax(np.abs(weights)) == 3
    scores = telling.left_out(sections)
    assert np.mean([each.tells[score.argmax()] for each, score in zip(sections, scores, strict=True)]) > 0.7
    table = telling.report(sections, scores)
    assert "| all of the open sets | 60 |" in table
    assert "| all of the short texts | 60 |  |" in table


def test_a_readout_finds_what_a_direction_tells_and_is_measured_on_corpora_left_out(script: Callable[[str], Any]):
    readout = script("readout")
    pick = np.random.default_rng(0)
    x = pick.normal(size=(400, 20))
    answers, places = x[:, 3] + x[:, 5] > 0.5, np.arange(400) % 4
    of_sets = np.where(places < 3, np.arange(400) // 2 + 1, 0)
    pairs = readout.Pairs(
        np.stack([x], axis=1), -x[:, 3], answers, np.ones(400, bool), of_sets, answers, places, ("a", "b", "c", "d")
    )
    weights, bias = readout.fitted(x, answers)
    assert sorted(np.argsort(-np.abs(weights))[:2].tolist()) == [3, 5]
    values = readout.left_out(x, pairs)
    assert readout.auc(values, answers) > 0.9 > readout.auc(pairs.said, answers)
    scale, shift = readout.platt(values, answers)
    likely = 1 / (1 + np.exp(-(values * scale + shift)))
    assert abs(likely.mean() - answers.mean()) < 0.02
    assert bias < 0
