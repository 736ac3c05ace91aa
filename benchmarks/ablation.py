"""What each stage adds: cosine, BM25, refusing, reading, judging, verifying, one after the other, on the same questions.

    python benchmarks/ablation.py [SET.yaml ...] [-o benchmarks/ablation.md]

Each row is the product with the later stages turned off; the last is the product. On the two sets of the report when none is
named; about half an hour a set with the language model.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

from quality import DATA, PUT_ASIDE, ROOT, compared, corpus_of

from genoassist import answer, present, reading, retrieve, settings
from genoassist.assistant import Assistant
from genoassist.evaluate import Scorecard, load_questions, run
from genoassist.types import Check, EngineChoice, Sentence


def unverified(assistant: Assistant, question: str, sentence: str, candidates: Sequence[Sentence]) -> Check:
    """Ties a sentence to its supporters and finds no fault with it."""
    return replace(VERIFIED(assistant, question, sentence, candidates), problems=())


VERIFIED = Assistant._verify
NO_BM25 = (retrieve, "LEXICAL_WEIGHT", 0.0)
NO_REFUSAL = (answer, "FOUND", 0.0)
# So likely, all alike, that sections are read in the order of retrieval and none is refused.
UNJUDGED = ((reading, "log_odds", lambda *_: 9.0),)
UNVERIFIED = (
    (Assistant, "_verify", unverified),
    (reading, "polar", lambda check, *_: check),
    (reading, "stated_well", lambda check, *_: check),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """A row: what it has, with which writer, and what is turned off for it."""

    name: str
    engine: EngineChoice
    off: tuple[tuple[Any, str, Any], ...] = ()


STAGES = (
    Stage("the nearest sentence by cosine, quoted", "extractive", (NO_BM25, NO_REFUSAL)),
    Stage("+ BM25", "extractive", (NO_REFUSAL,)),
    Stage("+ refusing by what retrieval knows", "extractive"),
    Stage("the language model, neither judged nor verified", "llm", (*UNJUDGED, *UNVERIFIED)),
    Stage("+ judged", "llm", UNVERIFIED),
    Stage("+ verified: the product", "llm"),
)


@contextmanager
def without(stage: Stage) -> Iterator[None]:
    """The product with what a stage has not turned off."""
    with ExitStack() as stack:
        for where, name, value in stage.off:
            stack.enter_context(mock.patch.object(where, name, value))
        yield


def asked(questions: Path) -> Iterator[tuple[Stage, Scorecard]]:
    """Each stage with its scorecard."""
    corpus = corpus_of(questions)
    with tempfile.TemporaryDirectory() as index:
        assistant = Assistant.open(settings.load(corpus=corpus, index=Path(index)))
        assistant.load()
        for stage in STAGES:

            def ask(question: Any, engine: EngineChoice = stage.engine) -> dict[str, Any]:
                return present.to_json(assistant.ask(question.question, question.history, engine=engine), question.id)

            def told(done: int, total: int, name: str = stage.name) -> None:
                sys.stderr.write(f"\r{name}: {done} of {total}  ")

            with without(stage):
                yield stage, run(load_questions(questions), ask, told, corpus)


def table(cards: Iterator[tuple[Stage, Scorecard]], name: str) -> str:
    """The rows in Markdown."""
    lines = [
        f"| {name} | right facts | refused when it should | refused though it answers | precision / recall |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *(compared(stage.name, card.overall) for stage, card in cards)])


def main() -> None:
    """Ask, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sets = [DATA / f"{name}.yaml" for name in (PUT_ASIDE, "development")]
    parser.add_argument("sets", nargs="*", type=Path, default=sets, metavar="SET.yaml")
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "benchmarks" / "ablation.md")
    given = parser.parse_args()
    tables = [table(asked(path.resolve()), str(path.resolve().relative_to(ROOT))) for path in given.sets]
    text = "\n\n".join(["# What each stage adds", *tables, "Written by `python benchmarks/ablation.py`."]) + "\n"
    given.output.write_text(text, encoding="utf-8")
    print("\n" + text)


if __name__ == "__main__":
    main()
