"""What the language model makes of extracts and a question, read off its layers -> do they answer it, and which sentence does.

A model knows more than it says: a linear readout of what stands between its layers tells an answerable question from its
unanswerable twin where its next word does not (linear probes: Alain and Bengio, arXiv:1610.01644; of what a model knows: Azaria
and Mitchell, arXiv:2304.13734). And what it looks back at tells which part of a text matters (attention as a reranker: Chen et
al., arXiv:2410.02642). benchmarks/readout.py and telling.py fit the weights, and say how well they do on corpora left out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

WEIGHTS = "readout.json"
# So much lower it reads where a processor allows for no more than 63 steps on either side of zero, not 127, when weights are rounded:
# over 28 questions about short texts (r = .98; benchmarks/rounding.py).
LEANING = {127: 0.0, 63: -1.05}
# Attention of less than that is none.
LEAST = 1e-6

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Readout:
    """A weight for each number that is read, and what is added."""

    weights: Floats
    bias: float


def log_odds(residual: Floats, largest: int) -> float:
    """The natural log-odds that what was asked is answered, of the residual at the end of the prompt, shape (hidden,).

    ``largest`` is the largest weight of the model in 8 bits, 127 or 63.
    """
    read = _readouts()["answers"]
    return float(residual @ read.weights) + read.bias - LEANING[largest]


def chances(attention: Floats) -> list[float]:
    """The natural log-probability of each part of a text that it answers, of the attention it gets, shape (layers, heads, parts)."""
    scores = looks(attention) @ _readouts()["tells"].weights
    scores -= scores.max()
    return [float(each) for each in scores - np.log(np.exp(scores).sum())]


def looks(attention: Floats) -> Floats:
    """The natural log of the attention that each part gets from each head, shape (parts, layers · heads)."""
    seen: Floats = np.log(attention.reshape(-1, attention.shape[-1]).T + LEAST)
    return seen


@cache
def _readouts() -> dict[str, Readout]:
    found = json.loads(files("genoassist").joinpath("assets", WEIGHTS).read_text(encoding="utf-8"))
    return {name: Readout(np.array(each["weights"], np.float32), each["bias"]) for name, each in found.items()}
