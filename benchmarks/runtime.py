"""The language model as the product runs it, beside llama.cpp on the file it is arranged from: what each says, and how fast.

    python benchmarks/runtime.py [--count 8] [--largest 63] [-o benchmarks/runtime.json]

Both read each section of the corpus once; then each judges it for questions of the development set and writes, in turns on
the same cores; ten minutes. Prints the median seconds of each work and their ratio, and how the log-odds of the judgements
correlate.
``--largest`` arranges the model as for a processor whose largest weight that is.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from plain_llamaindex import served

from genoassist import arrange, corpus, reading, settings
from genoassist.evaluate import load_questions
from genoassist.language import detect
from genoassist.llm import LEANING, LIKELIEST, LocalModel, Prompt
from genoassist.models import LANGUAGE_MODEL, locate
from genoassist.types import Query
from genoassist.units import Unit, units
from genoassist.verify import NO, YES

ROOT = Path(__file__).parents[1]
QUESTIONS = ROOT / "tests" / "data" / "development.yaml"


class LlamaCpp(LocalModel):
    """The same model as llama.cpp runs it, with its prompt cache on."""

    def __init__(self, path: Path, threads: int) -> None:
        self._server = served(path, threads)
        self._leaning = 0.0

    def _asked(self, text: str, **options: Any) -> dict[str, Any]:
        request = {"prompt": text, "temperature": 0, "top_k": 1, "seed": 1, "cache_prompt": True, **options}
        reply: dict[str, Any] = self._server.handle_completions(request)
        return reply["choices"][0]

    def complete(self, prompt: Prompt, *, max_tokens: int, stop: Sequence[str] = ()) -> str:
        """The whole reply, greedy."""
        return str(self._asked(prompt.text, max_tokens=max_tokens, stop=list(stop))["text"])

    def next_token(self, prompt: Prompt) -> list[tuple[str, float]]:
        """The likeliest next tokens and their probabilities."""
        top = self._asked(prompt.text, max_tokens=1, logprobs=LIKELIEST)["logprobs"]["content"][0]["top_logprobs"]
        return [(t["token"].strip(), math.exp(t["logprob"])) for t in top]

    def warm(self, prefix: str) -> None:
        """Process a prefix."""
        self._asked(prefix, max_tokens=1)


class Turns:
    """Work given to each model in turn: its seconds, and what came of it."""

    def __init__(self, models: dict[str, LocalModel]) -> None:
        self.models = models
        self.seconds: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        self.made: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))

    def each(self, work: str, call: Callable[[LocalModel], Any]) -> None:
        """Let each model do it."""
        for name, model in self.models.items():
            started = time.perf_counter()
            made = call(model)
            self.seconds[work][name].append(time.perf_counter() - started)
            self.made[work][name].append(made)


def said(model: Any, unit: Unit, query: Query) -> float:
    """The log-odds of "yes" as the next word, where it is asked whether a unit answers."""
    return float(model.log_odds(reading._prompt(unit.text, query.text, reading.JUDGE), YES, NO))


def measured(turns: Turns, every: Sequence[Unit], queries: Sequence[Query]) -> None:
    """Every work on every unit, for every query; writing for three of them."""
    for unit in every:
        turns.each("read a section", lambda model, unit=unit: model.warm(reading.prefix(unit)))
        for query in queries:
            turns.each("judge", lambda model, unit=unit, query=query: said(model, unit, query))
        for query in queries[:3]:
            turns.each("write", lambda m, unit=unit, query=query: reading.write(m, unit, query, unit.sentences[0]))


def main() -> None:
    """Run both in turns, print the table, keep it where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=8, help="questions asked of each section (default: 8)")
    parser.add_argument("--largest", type=int, choices=list(LEANING), help="default: this processor's")
    parser.add_argument("-o", "--output", type=Path, help="where to keep the figures, as JSON")
    given = parser.parse_args()

    using = settings.load()
    asked = [q.question for q in load_questions(QUESTIONS) if not q.history]
    asked = asked[:: max(1, len(asked) // given.count)][: given.count]
    queries = [Query(text, text, detect(text)) for text in asked]
    with tempfile.TemporaryDirectory() as kept:
        if given.largest:
            arrange.largest_weight = lambda: given.largest
        weights = locate(LANGUAGE_MODEL, using)
        made = arrange.arranged(weights, Path(kept) if given.largest else using.cache, LANGUAGE_MODEL.sha256)
        ours = LocalModel(made, using.threads, Path(kept))
        ours._leaning = 0.0  # as it is before it is taken off
        turns = Turns({"here": ours, "llama.cpp": LlamaCpp(weights, using.threads)})
        measured(turns, units(corpus.load(using.corpus)), queries)
    found: dict[str, Any] = {}
    for work in ("read a section", "judge", "write"):
        here, there = (median(turns.seconds[work][name]) for name in ("here", "llama.cpp"))
        found[work] = {"here": round(here, 3), "llama.cpp": round(there, 3), "ratio": round(here / there, 2)}
        print(f"{work:16} {here:7.2f} s  {there:7.2f} s  {here / there:.2f}")
    here, there = (turns.made["judge"][name] for name in ("here", "llama.cpp"))
    found["log-odds"] = {
        "correlation": round(float(np.corrcoef(here, there)[0, 1]), 4),
        "bias": round(float(np.mean(np.subtract(here, there))), 2),
        "judgements": len(here),
    }
    print(found["log-odds"])
    if given.output:
        given.output.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
