"""The scorecards of the question sets as Markdown and JSON, for the README and for comparing commits.

    python benchmarks/quality.py [SET.yaml ...] [--engines llm extractive plain] [--answers FOLDER] [-o benchmarks/quality]

Asks every question of each set (all four when none is named) with the language model, by quotation alone, and, of the report's
set put aside, with the plain LlamaIndex pipeline of ``plain_llamaindex.py`` on the same models; a few seconds a question each.
``--answers`` keeps the answers, a JSON line each, and takes those already there. Writes ``quality.md`` and ``quality.json``;
the README's table is the first of ``quality.md`` (a test compares them).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from plain_llamaindex import PlainLlamaIndex

from genoassist import present, settings
from genoassist.assistant import Assistant
from genoassist.evaluate import Group, Question, Rate, Scorecard, load_questions, run

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "tests" / "data"
SETS = tuple(DATA / folder / f"{half}.yaml" for half in ("questions", "development") for folder in (".", "second"))
PUT_ASIDE = "questions"
Engine = Literal["llm", "extractive", "plain"]
ENGINES: dict[Engine, str] = {
    "llm": "genoassist",
    "extractive": "genoassist, quotation alone (no language model)",
    "plain": "plain LlamaIndex, same models",
}
RATES = ("right", "declined", "refused", "language")


def share(rate: Rate) -> str:
    """A rate with its 95% Wilson interval."""
    low, high = rate.interval
    return f"{rate.share:.1%} ({low:.0%}–{high:.0%})" if rate.share is not None else "–"


def mean(value: float | None) -> str:
    """A mean share."""
    return "–" if value is None else f"{value:.1%}"


def table(card: Scorecard, questions: Path) -> str:
    """The figures as a Markdown table, overall and by language, with 95% Wilson intervals."""
    columns = {"all": card.overall, **{{"en": "English", "fr": "French"}[k]: g for k, g in card.by_language.items()}}

    rows: list[tuple[str, list[str]]] = [
        ("questions", [str(g.questions) for g in columns.values()]),
        ("right facts (answerable)", [share(g.right) for g in columns.values()]),
        ("refused when it should", [share(g.declined) for g in columns.values()]),
        ("refused though the corpus answers", [share(g.refused) for g in columns.values()]),
        ("answer in the right language", [share(g.language) for g in columns.values()]),
        ("citations verbatim", [share(g.verbatim) for g in columns.values()]),
        (
            "citation precision / recall (sections)",
            [f"{mean(g.precision)} / {mean(g.recall)}" for g in columns.values()],
        ),
        ("words, single fact, median", [f"{g.single_words or 0:.0f}" for g in columns.values()]),
    ]
    lines = [f"| {questions.relative_to(ROOT)} | {' | '.join(columns)} |", f"|---|{'---|' * len(columns)}"]
    return "\n".join([*lines, *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows)])


def by_kind(card: Scorecard) -> str:
    """Right (or refused, where it should) of each kind of question."""

    def row(name: str, group: Group) -> str:
        rates = [f"{r.hits} of {r.of}" if r.of else "–" for r in (group.right, group.declined)]
        return f"| {name} | {' | '.join(rates)} |"

    lines = ["| kind | right facts | refused when it should |", "|---|---|---|"]
    return "\n".join([*lines, *(row(name, group) for name, group in card.by_kind.items())])


def beside(cards: dict[Engine, Scorecard]) -> str:
    """The engines on the same questions, a row each."""
    lines = [
        "| | right facts | refused when it should | refused though it answers | precision / recall |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *(compared(ENGINES[engine], card.overall) for engine, card in cards.items())])


def compared(name: str, group: Group) -> str:
    """A name with its right facts, both refusals, and citation precision and recall."""
    cited = f"{mean(group.precision)} / {mean(group.recall)}"
    return f"| {name} | {share(group.right)} | {share(group.declined)} | {share(group.refused)} | {cited} |"


def corpus_of(questions: Path) -> Path:
    """The corpus that a question set asks about: the one beside it, else the report."""
    beside_it = questions.parent / "corpus"
    return beside_it if beside_it.is_dir() else ROOT / "corpus"


def asking(engine: Engine, corpus: Path, index: Path) -> Callable[[Question], dict[str, Any]]:
    """What asks an engine one question."""
    given = settings.load(corpus=corpus, index=index)
    if engine == "plain":
        plain = PlainLlamaIndex(given)
        return lambda q: plain.ask(q.question, q.history, q.id)
    assistant = Assistant.open(given)
    if engine == "llm":
        assistant.load()
    return lambda q: present.to_json(assistant.ask(q.question, q.history, engine=engine), q.id)


def scored(questions: Path, engine: Engine, kept: Path) -> Scorecard:
    """The scorecard of a set, its answers read from a file and those that are not there asked for and added to it."""
    known = {a["id"]: a for a in map(json.loads, kept.read_text("utf-8").splitlines())} if kept.exists() else {}
    corpus = corpus_of(questions)
    every = load_questions(questions)
    with tempfile.TemporaryDirectory() as index, kept.open("a", encoding="utf-8") as out:
        asked = None if all(q.id in known for q in every) else asking(engine, corpus, Path(index))

        def ask(question: Question) -> dict[str, Any]:
            if question.id in known or asked is None:
                return known[question.id]
            answer = asked(question)
            print(json.dumps(answer, ensure_ascii=False), file=out, flush=True)
            return answer

        return run(every, ask, lambda done, total: print(f"\r{done} of {total}", end="", file=sys.stderr), corpus)


def main() -> None:
    """Ask, score, and write both files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", type=Path, default=SETS, metavar="SET.yaml")
    parser.add_argument("--answers", type=Path)
    parser.add_argument("--engines", nargs="+", choices=list(ENGINES), default=list(ENGINES))
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "benchmarks" / "quality")
    given = parser.parse_args()
    pieces = ["# Quality"]
    numbers: dict[str, dict[str, dict[str, float | None]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        answers = given.answers or Path(folder)
        answers.mkdir(parents=True, exist_ok=True)
        for questions in (path.resolve() for path in given.sets):
            name = str(questions.relative_to(ROOT))
            aside = questions.stem == PUT_ASIDE
            beside_plain = questions == DATA / f"{PUT_ASIDE}.yaml"
            engines = [engine for engine in given.engines if beside_plain or engine != "plain"]
            cards = {e: scored(questions, e, answers / f"{name.replace('/', '-')}.{e}.jsonl") for e in engines}
            card = cards[engines[0]]
            groups = {"overall": card.overall, **card.by_language, **{e: cards[e].overall for e in engines[1:]}}
            numbers[name] = {group: {rate: getattr(g, rate).share for rate in RATES} for group, g in groups.items()}
            use = (
                "Put aside, looked at for its totals alone."
                if aside
                else "Used to develop the engine, and to fit the readout."
            )
            pieces += [table(card, questions), use, by_kind(card), beside(cards)]
    text = "\n\n".join(pieces) + "\n\nWritten by `python benchmarks/quality.py`; intervals are of 95% (Wilson).\n"
    given.output.with_suffix(".md").write_text(text, encoding="utf-8")
    given.output.with_suffix(".json").write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    print("\n" + text)


if __name__ == "__main__":
    main()
