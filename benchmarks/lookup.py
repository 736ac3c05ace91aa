"""Words tried ahead while the language model writes: how many it takes at a time, and what trying costs.

    python benchmarks/lookup.py [--count 60] [-o benchmarks/lookup.json]

Questions of the development set are answered, and every draft is kept with its prompt; three minutes. For some lengths of the
words in common and of what is tried it is then counted how many passes through the model the drafts take. A pass of some tokens
is timed beside one of two, in turns; passes times what they take is the ``cost`` of a draft, in passes of two tokens. And a pass
for the drafts of several people beside one for one.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from genoassist import llm, settings
from genoassist.assistant import Assistant
from genoassist.decoder import Decoder
from genoassist.evaluate import load_questions

ROOT = Path(__file__).parents[1]
QUESTIONS = ROOT / "tests" / "data" / "development.yaml"
# Words in common (so many, or fewer down to) and words tried; the first is to try none.
WAYS = [(0, 0, 0), (3, 3, 7), (3, 2, 7), (3, 1, 3), (3, 1, 5), (3, 1, 7), (3, 1, 9), (3, 1, 11), (2, 1, 7), (4, 1, 7)]
SIZES = (2, 4, 6, 8, 10, 12)

Tokens = list[int]


def drafted(asked: Sequence[Any]) -> list[tuple[Tokens, Tokens]]:
    """The tokens of every prompt that a draft was written for, and those of the draft, with the mark of its end."""
    found = []
    complete = llm.LocalModel.complete

    def kept(model: llm.LocalModel, prompt: llm.Prompt, **options: Any) -> str:
        reply = complete(model, prompt, **options)
        end = model._decoder.tokenizer.token_to_id(llm.ENDS[0])
        found.append((model._tokens(prompt.stable) + model._tokens(prompt.rest), [*model._tokens(reply), end]))
        return reply

    llm.LocalModel.complete = kept
    with tempfile.TemporaryDirectory() as folder:
        assistant = Assistant.open(settings.load(index=Path(folder)))
        for question in asked:
            assistant.ask(question.question, question.history, engine="llm")
    return found


def passes(drafts: Sequence[tuple[Tokens, Tokens]], most: int, least: int, ahead: int) -> list[int]:
    """How many tokens each pass has that writes the drafts, one after the other."""
    sizes = []
    for prompt, draft in drafts:
        made = draft[:1]
        while len(made) < len(draft):
            tried = llm.echoed([*prompt, *made], most, least, ahead) if ahead else []
            sizes.append(max(2, 1 + len(tried)))
            made = draft[: len(made) + 1 + llm.alike(tried, draft[len(made) :])]
    return sizes


def timed(decoder: Decoder, rounds: int = 20) -> dict[str, dict[int, float]]:
    """What a pass of so many tokens takes beside one of two, and of eight for so many texts beside one."""
    alone, together = defaultdict(list), defaultdict(list)
    for context in decoder.contexts:
        context.rewind(0)
        decoder.read(context, list(range(1000, 1400)))
    for _ in range(rounds):
        for size in SIZES:
            alone[size].append(_seconds(decoder, 1, size))
        for texts in range(1, len(decoder.contexts) + 1):
            together[texts].append(_seconds(decoder, texts, llm.AHEAD + 1))
    return {
        "tokens, beside two": {size: round(median(alone[size]) / median(alone[SIZES[0]]), 2) for size in SIZES},
        "texts, beside one": {texts: round(median(took) / median(together[1]), 2) for texts, took in together.items()},
    }


def _seconds(decoder: Decoder, texts: int, size: int) -> float:
    contexts = decoder.contexts[:texts]
    started = time.perf_counter()
    decoder.write([(context, range(2000, 2000 + size)) for context in contexts])
    took = time.perf_counter() - started
    for context in contexts:
        context.rewind(400)
    return took


def main() -> None:
    """Answer, count, time, print; keep it where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=60, help="questions answered (default: 60)")
    parser.add_argument("-o", "--output", type=Path, help="where to keep the figures, as JSON")
    given = parser.parse_args()

    questions = load_questions(QUESTIONS)
    drafts = drafted(questions[:: max(1, len(questions) // given.count)][: given.count])
    passed = timed(llm.open_model(settings.load())._decoder)
    costs = passed["tokens, beside two"]
    tokens = sum(len(draft) - 1 for _, draft in drafts)
    found: dict[str, Any] = {"drafts": len(drafts), "tokens": tokens, "passes": passed, "ways": []}
    for most, least, ahead in WAYS:
        sizes = passes(drafts, most, least, ahead)
        cost = float(np.interp(sizes, list(costs), list(costs.values())).sum())
        row = {"words": [most, least], "ahead": ahead, "tokens a pass": round(tokens / len(sizes), 2)}
        found["ways"].append({**row, "cost": round(cost / len(drafts), 2)})
        print(found["ways"][-1])
    print({key: found[key] for key in ("drafts", "tokens", "passes")})
    if given.output:
        given.output.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
