"""What the language model makes of extracts and a question, read off its layers -> the log-odds that the extracts answer it.

A model knows more than it says: a linear readout of what stands between its layers tells an answerable question from its
unanswerable twin where its next word does not (linear probes: Alain and Bengio, arXiv:1610.01644; of what a model knows: Azaria
and Mitchell, arXiv:2304.13734). benchmarks/readout.py fits the weights, and says how well they do on corpora left out.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

WEIGHTS = "readout.json"


def log_odds(residual: NDArray[np.float32]) -> float:
    """The natural log-odds that what was asked is answered, of the residual at the end of the prompt, shape (hidden,)."""
    weights, bias = _weights()
    return float(residual @ weights) + bias


@cache
def _weights() -> tuple[NDArray[np.float32], float]:
    found = json.loads(files("genoassist").joinpath("assets", WEIGHTS).read_text(encoding="utf-8"))
    return np.array(found["weights"], np.float32), float(found["bias"])
