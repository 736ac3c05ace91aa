"""Public benchmarks: answer or refuse (NoMIRACL, SQuAD 2.0), and groundedness of single sentences (MEMERAG).

    python benchmarks/public.py [--bench ../shared/bench] [--count 30] [-o benchmarks/public]

The product as it is: nothing is trained on this data and no threshold is set on it but the one that says so. Each question
has its own passages for a corpus. ``--count`` questions that the passages answer and as many that they do not, of each
language, drawn with a fixed seed: about 13 s a question with ten passages, 4 s with one. Writes ``public.md`` and
``public.json``.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
import re
import string
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import yaml
from quality import ROOT, share
from speed import unread

from genoassist import reading, settings
from genoassist.assistant import Assistant
from genoassist.evaluate import Rate
from genoassist.types import Language

SEED = 20261124
LANGUAGES: tuple[Language, ...] = ("en", "fr")
# Balanced accuracy on all 500 questions, from the benchmark's own answers (its README and llm_baselines.json).
JUDGES = ("gpt-4-azure", "gpt-3.5-turbo-azure", "Mixtral-8x7B-Instruct-v0.1", "Mistral-7B-Instruct-v0.2")
ARTICLES = re.compile(r"\b(?:a|an|the)\b")


@dataclass(frozen=True, slots=True)
class Row:
    """One question: whether its passages answer it, whether it was answered, its probability, whether the answer has the fact."""

    answerable: bool
    answered: bool
    probability: float
    told: bool | None = None


@contextmanager
def asked_of(
    folder: Path, passages: Sequence[tuple[str, str]], language: Language, *, read: bool
) -> Iterator[Assistant]:
    """An assistant whose corpus is those passages (title, text), a document each."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        corpus = Path(name) / "corpus"
        corpus.mkdir()
        for at, (title, text) in enumerate(passages):
            matter = yaml.safe_dump({"title": title, "language": language}, allow_unicode=True)
            body = "\n".join(line.lstrip("# ") for line in text.splitlines())
            (corpus / f"p{at}.md").write_text(
                f"---\n{matter}---\n# {title}\n\n## {title}\n\n{body}\n", encoding="utf-8"
            )
        assistant = Assistant.open(settings.load(corpus=corpus, index=Path(name) / "index"))
        if read:
            assistant.load()
        yield assistant


def decided(assistant: Assistant, question: str, language: Language) -> tuple[Any, float]:
    """The answer, and the highest probability that reading gave a section (0 when none was read)."""
    found = [0.0]

    def noted(*given: Any) -> float:
        odds = of(*given)
        found.append(1 / (1 + math.exp(-odds)))
        return odds

    of = reading.judge
    with mock.patch.object(reading, "judge", noted):
        return assistant.ask(question, language=language, engine="llm"), max(found)


def drawn(rows: Iterable[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """``count`` answerable questions and as many that are not, in an order of their own."""
    every = list(rows)
    pick = random.Random(SEED)
    chosen = [
        one for said in (True, False) for one in pick.sample([r for r in every if r["answerable"] is said], count)
    ]
    pick.shuffle(chosen)
    return chosen


def nomiracl(bench: Path, folder: Path, language: Language, count: int) -> list[Row]:
    """Answer or refuse with ten passages in hand, of which none answers half the questions."""
    with gzip.open(bench / "nomiracl_fr_en" / f"{language}.jsonl.gz", "rt", encoding="utf-8") as lines:
        chosen = drawn(map(json.loads, lines), count)
    rows = []
    for one in told(chosen, f"NoMIRACL {language}"):
        passages = [(title, text) for title, _, text in (p["text"].partition(": ") for p in one["passages"])]
        with asked_of(folder, passages, language, read=True) as assistant:
            answer, probability = decided(assistant, one["question"], language)
        rows.append(Row(one["answerable"], answer.kind == "answer", probability))
    return rows


def squad(bench: Path, folder: Path, count: int) -> list[Row]:
    """Answer or refuse with the one passage in hand that a question was written for, answerable or made not to be."""
    where = bench / "squad2_dev_cs224n"
    passages = {p["pid"]: p for p in map(json.loads, (where / "passages.jsonl").read_text("utf-8").splitlines())}
    chosen = drawn(map(json.loads, (where / "questions.jsonl").read_text("utf-8").splitlines()), count)
    rows = []
    for one in told(chosen, "SQuAD 2.0"):
        passage = passages[one["pid"]]
        with asked_of(folder, [(passage["title"], passage["text"])], "en", read=True) as assistant:
            answer, probability = decided(assistant, one["question"], "en")
        text = normalised(answer.text)
        has = any(normalised(given) in text for given in one["answers"]) if one["answerable"] else None
        rows.append(Row(one["answerable"], answer.kind == "answer", probability, has and answer.kind == "answer"))
    return rows


def normalised(text: str) -> str:
    """As SQuAD's own script compares answers: no case, punctuation, articles or doubled spaces."""
    plain = "".join(c for c in text.casefold() if c not in string.punctuation)
    return f" {' '.join(ARTICLES.sub(' ', plain).split())} "


def memerag(bench: Path, folder: Path, language: Language) -> tuple[Rate, Rate]:
    """Of single sentences of other models' answers: those that are supported passed, those that are not stopped."""
    lines = (bench / "memerag_fr_en" / f"{language}_ext_majority.jsonl").read_text("utf-8").splitlines()
    marks: dict[str, list[bool]] = {"Supported": [], "Not Supported": []}
    every = list(map(json.loads, lines))
    contexts = [("Passages", "\n\n".join(p["text"] for p in one["context"])) for one in every]
    with asked_of(folder, contexts, language, read=False) as assistant:
        for at, one in enumerate(told(every, f"MEMERAG {language}")):
            there = [s for section in assistant.corpus.document(f"p{at}").sections for s in section.sentences]
            for sentence in one["answer"]:
                if sentence["factuality"] in marks:
                    check = assistant._verify(one["query"], sentence["sentence"], there)
                    marks[sentence["factuality"]].append(check.passed)
    passed, stopped = marks["Supported"], [not passed for passed in marks["Not Supported"]]
    return Rate(sum(passed), len(passed)), Rate(sum(stopped), len(stopped))


def told(rows: Sequence[dict[str, Any]], name: str) -> Iterator[dict[str, Any]]:
    """The rows, with a count on stderr."""
    for at, row in enumerate(rows, start=1):
        sys.stderr.write(f"\r{name}: {at} of {len(rows)}  ")
        yield row
    sys.stderr.write("\n")


def area(rows: Sequence[Row]) -> float:
    """Area under the curve of the probability: how often an answerable question has more than one that is not."""
    yes, no = ([r.probability for r in rows if r.answerable is said] for said in (True, False))
    return sum((a > b) + (a == b) / 2 for a in yes for b in no) / (len(yes) * len(no))


def decided_rates(rows: Sequence[Row], answers: Callable[[Row], bool]) -> tuple[Rate, Rate]:
    """Answered of the answerable, refused of the others."""
    yes, no = ([answers(r) for r in rows if r.answerable is said] for said in (True, False))
    return Rate(sum(yes), len(yes)), Rate(len(no) - sum(no), len(no))


def balanced(rates: tuple[Rate, Rate]) -> float:
    """The mean of both rates."""
    return sum(rate.hits / rate.of for rate in rates) / 2


def best_threshold(rows: Sequence[Row]) -> float:
    """The probability from which to answer that gives these questions the highest balanced accuracy."""
    at = sorted({row.probability for row in rows})
    return max(at, key=lambda least: balanced(decided_rates(rows, lambda row: row.probability >= least)))


def others(bench: Path, language: Language) -> dict[str, float]:
    """Balanced accuracy of the models published with NoMIRACL, in percent."""
    found = json.loads((bench / "nomiracl_fr_en" / "llm_baselines.json").read_text("utf-8"))[language]
    return {
        name: (found[name]["abstain|non_relevant"] + found[name]["answer|relevant"]) / 2
        for name in JUDGES
        if name in found
    }


def main() -> None:
    """Ask, score, and write both files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", type=Path, default=ROOT.parent / "shared" / "bench")
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "benchmarks" / "public")
    given = parser.parse_args()
    if not given.bench.is_dir():
        parser.error(f"there is no folder {given.bench}: give the one with nomiracl_fr_en in it to --bench")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with mock.patch.dict("os.environ", GENOASSIST_CACHE=str(unread(folder / "cache"))):
            grounded = {language: memerag(given.bench, folder, language) for language in LANGUAGES}
            short = squad(given.bench, folder, given.count)
            ten = {language: nomiracl(given.bench, folder, language, given.count) for language in LANGUAGES}
    least = best_threshold(ten["en"])
    lines = ["# Public benchmarks", ""]
    lines += [
        "| | answered, answerable | refused, not answerable | balanced | area under the curve |",
        "|---|---|---|---|---|",
    ]
    numbers: dict[str, Any] = {"threshold_set_on_english": least}

    def row(label: str, key: str, rows: Sequence[Row], answers: Callable[[Row], bool]) -> str:
        rates = decided_rates(rows, answers)
        numbers[key] = {
            "answered": rates[0].share,
            "refused": rates[1].share,
            "balanced": balanced(rates),
            "auc": area(rows),
        }
        cells = [share(rate) for rate in rates]
        return f"| {label} | {cells[0]} | {cells[1]} | {balanced(rates):.1%} | {area(rows):.3f} |"

    for language in LANGUAGES:
        label, rows = f"NoMIRACL, {language}", ten[language]
        lines.append(row(f"{label}, as it is", f"nomiracl_{language}", rows, lambda r: r.answered))
        lines.append(
            row(
                f"{label}, threshold set on these English ones",
                f"nomiracl_{language}_en",
                rows,
                lambda r: r.probability >= least,
            )
        )
    lines.append(row("SQuAD 2.0 (half of the dev set)", "squad", short, lambda r: r.answered))
    has = Rate(sum(bool(r.told) for r in short), sum(r.answerable for r in short))
    numbers["squad"]["told"] = has.share
    lines += ["", f"SQuAD's short answer stands in what is said for {has.hits} of {has.of} answerable questions."]
    lines += ["", "Balanced accuracy of the models published with NoMIRACL, on all of its 500 questions a language:"]
    lines += ["", f"| | {' | '.join(LANGUAGES)} |", "|---|---|---|"]
    both = {language: others(given.bench, language) for language in LANGUAGES}
    lines += [f"| {m} | {' | '.join(f'{both[at][m]:.1f}%' for at in LANGUAGES)} |" for m in both["en"]]
    lines += ["", "| MEMERAG, majority of five annotators | supported, passed | not supported, stopped | balanced |"]
    lines += ["|---|---|---|---|"]
    for language, rates in grounded.items():
        cells = [share(rate) for rate in rates]
        numbers[f"memerag_{language}"] = {
            "passed": rates[0].share,
            "stopped": rates[1].share,
            "balanced": balanced(rates),
        }
        lines.append(f"| {language} | {cells[0]} | {cells[1]} | {balanced(rates):.1%} |")
    lines += ["", f"Written by `python benchmarks/public.py --count {given.count}`; intervals are of 95% (Wilson)."]
    text = "\n".join(lines) + "\n"
    given.output.with_suffix(".md").write_text(text, encoding="utf-8")
    given.output.with_suffix(".json").write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
