"""The baseline that figures are ratios of: it answers in the contract's shape, from the text, and its refusals are read as such."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from genoassist.evaluate import load_questions, score
from genoassist.settings import Settings
from genoassist.types import Turn

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def plain_llamaindex() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        import plain_llamaindex

        yield plain_llamaindex
        sys.modules.pop("plain_llamaindex")


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
