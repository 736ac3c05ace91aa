"""What the model makes of a section and a question tells whether the one answers the other."""

from __future__ import annotations

import math

import numpy as np
import pytest

from genoassist.assistant import Assistant
from genoassist.reading import Judged, judge
from genoassist.readout import chances, log_odds, looks
from genoassist.types import Query


def judged(assistant: Assistant, section: str, question: str) -> Judged:
    assert assistant._model is not None
    unit = next(unit for unit in assistant._units if section in unit.section.id)
    return judge(assistant._model, unit, Query(question, question, "en"))


@pytest.mark.models
@pytest.mark.parametrize(
    ("section", "told", "untold"),
    [
        ("cobioe", "Who coordinates COBIOE?", "Who funds COBIOE?"),
        ("cobioe", "Quels sont les partenaires de COBIOE ?", "Quel est le budget de COBIOE ?"),
        ("health-data", "How many people followed the conference remotely?", "How much did the conference cost?"),
        ("health-data", "Quand la conférence a-t-elle eu lieu ?", "Quand la prochaine conférence aura-t-elle lieu ?"),
    ],
)
def test_a_section_answers_a_question_and_not_its_twin(
    written: Assistant, section: str, told: str, untold: str
) -> None:
    assert judged(written, section, told).odds > judged(written, section, untold).odds


@pytest.mark.models
@pytest.mark.parametrize(
    ("section", "question", "told"),
    [
        ("cobioe", "When was the project signed?", "The project was selected"),
        ("cobioe", "Qui coordonne le projet ?", "Constructed and coordinated"),
        ("health-data", "Combien de personnes ont suivi la conférence à distance ?", "Accredited by the French"),
    ],
)
def test_the_sentence_that_answers_comes_first(written: Assistant, section: str, question: str, told: str) -> None:
    ranking = judged(written, section, question).ranking
    assert ranking[0][1].text.startswith(told)
    assert sum(math.exp(score) for score, _ in ranking) == pytest.approx(1, abs=1e-3)


def test_chances_are_of_the_attention_alone() -> None:
    attention = np.random.default_rng(0).uniform(size=(28, 12, 3)).astype(np.float32)
    found = chances(attention)
    assert sum(math.exp(each) for each in found) == pytest.approx(1, abs=1e-5)
    assert chances(attention[..., ::-1]) == pytest.approx(found[::-1], abs=1e-4)
    assert looks(attention).shape == (3, 336)
    assert np.isfinite(looks(np.zeros_like(attention))).all()


def test_log_odds_are_of_the_residual_alone() -> None:
    nothing = log_odds(np.zeros(1536, np.float32), 127)
    one = np.random.default_rng(0).normal(size=1536).astype(np.float32)
    assert log_odds(2 * one, 127) - nothing == pytest.approx(2 * (log_odds(one, 127) - nothing), rel=1e-3)
    assert log_odds(one, 63) > log_odds(one, 127)  # what reads lower is taken for as much
