"""Fits the weights of genoassist.judgement on the development halves, and says how well each signal tells what is answered.

    python benchmarks/judgement.py [-o benchmarks/judgement.md]

By retrieval alone, without the language model (of which benchmarks/readout.py tells). Leaves out the questions with a false
premise (what they ask is not in the corpus, and the answer corrects them), and reports the area under the curve of each
signal, the weights of a logistic regression (L2, C=1), and what it answers and refuses by five-fold cross-validation.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from genoassist import answer, settings
from genoassist.assistant import Assistant
from genoassist.evaluate import load_questions
from genoassist.evaluate_set import Question
from genoassist.judgement import signals
from genoassist.question import problem, understand
from genoassist.retrieve import find
from genoassist.types import Evidence
from genoassist.units import ranked

DATA = Path("tests/data")
SETS = (
    (DATA / "development.yaml", Path("corpus")),
    (DATA / "second" / "development.yaml", DATA / "second" / "corpus"),
)
SIGNALS = ("unmet_names", "unmet_numbers", "cosine", "coverage")


def evidences(question: Question, assistant: Assistant) -> Iterator[Evidence]:
    """What is found for each part of a question; nothing where it is none."""
    if problem(question.question, assistant._names.words):
        return
    for query in assistant._parts(understand(question.question, question.history, assistant._names)):
        yield find(query, assistant._retriever, assistant._index, assistant.corpus)


def collect(questions: Path, corpus: Path) -> list[dict[str, Any]]:
    """One row a question: its signals, and whether the corpus answers it."""
    rows = []
    with tempfile.TemporaryDirectory() as index:
        assistant = Assistant.open(settings.load(corpus=corpus, index=Path(index)))
        for question in load_questions(questions):
            if question.kind == "false_premise":
                continue
            for found in islice(evidences(question, assistant), 1):
                nearest = ranked(found, assistant._units)[:1]
                rows += [{"y": question.answerable, **asdict(signals(found.query, unit, found))} for unit in nearest]
    return rows


def auc(values: np.ndarray, wanted: np.ndarray) -> float:
    """The area under the ROC curve, by ranks (ties count half)."""
    yes, no = values[wanted], values[~wanted]
    return float((yes[:, None] > no).mean() + 0.5 * (yes[:, None] == no).mean())


def fit(groups: list[list[dict[str, Any]]], names: tuple[str, ...], least: float) -> list[str]:
    """Lines of Markdown: the weights on those signals, and how well they do on each set, from ``least`` on."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    rows = [row for group in groups for row in group]
    of = np.concatenate([np.full(len(group), i) for i, group in enumerate(groups)])
    x = np.array([[row[name] for name in names] for row in rows], dtype=float)
    y = np.array([row["y"] for row in rows])
    model = LogisticRegression(C=1.0, class_weight="balanced", max_iter=5000)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    p = cross_val_predict(model, x, y, cv=folds, method="predict_proba")[:, 1]
    model.fit(x, y)
    weights = {"bias": round(float(model.intercept_[0]), 2)}
    weights |= {n: round(float(c), 2) for n, c in zip(names, model.coef_[0], strict=True)}
    lines = ["| signal | weight | AUC |", "|---|---|---|", f"| bias | {weights['bias']} | |"]
    for i, name in enumerate(names):
        lines.append(f"| {name} | {weights[name]} | {auc(x[:, i] * np.sign(model.coef_[0][i]), y):.3f} |")
    lines.append(f"| together, cross-validated | | {auc(p, y):.3f} |")
    lines += [
        "",
        f"Answered from a probability of {least} on:",
        "",
        "| set | AUC | answerable, answered | not, refused |",
    ]
    lines.append("|---|---|---|---|")
    for i, (path, _) in enumerate(SETS):
        yes, no = p[y & (of == i)], p[~y & (of == i)]
        lines.append(
            f"| {path} | {auc(p[of == i], y[of == i]):.3f} | {np.mean(yes >= least):.3f} of {len(yes)} "
            f"| {np.mean(no < least):.3f} of {len(no)} |"
        )
    return lines


def main() -> None:
    """Ask the questions of both sets, fit the weights, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path)
    wanted = parser.parse_args()
    groups = [collect(*each) for each in SETS]
    lines = [
        "# Telling by retrieval alone what the corpus answers",
        "",
        "Written by `python benchmarks/judgement.py`.",
        "",
    ]
    lines += [*fit(groups, SIGNALS, answer.FOUND), ""]
    text = "\n".join(lines)
    print(text)
    if wanted.output:
        wanted.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
