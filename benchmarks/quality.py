"""The scorecard of a question set as Markdown and JSON, for the README and for comparing commits.

    genoassist batch < questions.jsonl > answers.jsonl      (or let this script ask: it takes a few seconds a question)
    python benchmarks/quality.py tests/data/questions.yaml [--answers answers.jsonl] [-o benchmarks/quality]

Writes ``quality.md`` and ``quality.json``; the README's table is ``quality.md``'s (a test compares them).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from genoassist import present, settings
from genoassist.assistant import Assistant
from genoassist.evaluate import Group, Question, Rate, Scorecard, load_questions, run

ROOT = Path(__file__).parents[1]


def table(card: Scorecard, questions: Path) -> str:
    """The figures as a Markdown table, overall and by language, with 95 % Wilson intervals."""
    columns = {"all": card.overall, **{{"en": "English", "fr": "French"}[k]: g for k, g in card.by_language.items()}}

    def share(rate: Rate) -> str:
        low, high = rate.interval
        return f"{rate.share:.1%} ({low:.0%}–{high:.0%})" if rate.share is not None else "–"

    def mean(value: float | None) -> str:
        return "–" if value is None else f"{value:.1%}"

    rows: list[tuple[str, list[str]]] = [
        ("questions", [str(g.questions) for g in columns.values()]),
        ("right facts (answerable)", [share(g.right) for g in columns.values()]),
        ("refused when it should", [share(g.declined) for g in columns.values()]),
        ("refused though the corpus says", [share(g.refused) for g in columns.values()]),
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


def main() -> None:
    """Score (asking where no answers are given), then write both files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", type=Path)
    parser.add_argument("--answers", type=Path)
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus")
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "benchmarks" / "quality")
    given = parser.parse_args()
    questions = load_questions(given.questions)
    if given.answers:
        lines = given.answers.read_text(encoding="utf-8").splitlines()
        answers: dict[str, dict[str, Any]] = {answer["id"]: answer for answer in map(json.loads, lines)}
        card = run(questions, lambda q: answers[q.id], corpus=given.corpus)
    else:
        assistant = Assistant.open(settings.load(corpus=given.corpus))
        assistant.load()

        def ask(question: Question) -> dict[str, Any]:
            return present.to_json(assistant.ask(question.question, question.history), question.id)

        card = run(questions, ask, lambda done, total: print(f"\r{done} of {total}", end=""), given.corpus)
    text = f"# Quality\n\n{table(card, given.questions.resolve())}\n\n{by_kind(card)}\n"
    given.output.with_suffix(".md").write_text(text, encoding="utf-8")
    figures = {"overall": card.overall, **card.by_language}
    numbers = {
        name: {
            "right": g.right.share,
            "declined": g.declined.share,
            "refused": g.refused.share,
            "language": g.language.share,
        }
        for name, g in figures.items()
    }
    given.output.with_suffix(".json").write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    print("\n" + text)


if __name__ == "__main__":
    main()
