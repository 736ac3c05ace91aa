"""Fits the weights of genoassist.judgement on a question set, and says how well each signal tells answerable from not.

    python benchmarks/judgement.py tests/data/development.yaml [more.yaml …] [--corpus DIR] [--save signals.json]

Reads every question with the language model (a few seconds each), but not those with a false premise (what they ask is
not in the corpus, and the answer corrects them), and prints the area under the curve of each signal, the weights of a
logistic regression (L2, C=1), and its balanced accuracy by five-fold cross-validation over the questions.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from genoassist import reading, settings
from genoassist.assistant import Assistant
from genoassist.evaluate import load_questions, score
from genoassist.judgement import signals
from genoassist.question import understand
from genoassist.retrieve import find
from genoassist.units import ranked

READ = ("judged", "stated", "cosine", "problems", "untold")
FOUND = ("unmet_names", "unmet_numbers", "cosine", "coverage")


def collect(assistant: Assistant, sets: list[Path], kept: Path | None) -> list[dict[str, Any]]:
    """One row a question: its signals with and without reading, the draft, and whether the corpus answers it.

    Rows are kept as they come, and questions whose row is kept are not read again.
    """
    rows = json.loads(kept.read_text(encoding="utf-8")) if kept and kept.exists() else []
    known = {row["id"] for row in rows}
    for path in sets:
        questions = [q for q in load_questions(path) if q.id not in known and q.kind != "false_premise"]
        random.Random(0).shuffle(questions)
        for question in questions:
            query = understand(question.question, question.history, assistant._names)
            evidence = find(query, assistant._retriever, assistant._index, assistant.corpus)
            verify = assistant._verifier(query)
            read = list(reading.readings(assistant._model, query, evidence, assistant._units, assistant._names, verify))
            units = ranked(evidence, assistant._units)
            if not read or not units:
                continue
            draft = " ".join(check.sentence for check in read[0].checks)
            shaped = {
                "kind": "answer",
                "answer": f"{draft} [1]",
                "citations": [],
                "language": query.language,
                "seconds": {},
            }
            rows.append(
                {
                    "id": question.id,
                    "kind": question.kind,
                    "language": question.language,
                    "question": question.question,
                    "text": query.text,
                    "answerable": question.answerable,
                    "outcome": score(question, shaped).outcome,
                    "drafts": [[c.sentence for c in r.checks] for r in read],
                    "problems": [[c.problems for c in r.checks] for r in read],
                    "supports": [[[s.text for s in c.supported_by] for c in r.checks] for r in read],
                    "units": [r.unit.section.id for r in read],
                    "second": [asdict(r.signals) for r in read[1:]],
                    "read": asdict(read[0].signals),
                    "found": asdict(signals(query, units[0], evidence)),
                }
            )
            sys.stderr.write(f"\r{len(rows)} {question.id}      ")
            if kept:
                kept.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    return rows


def auc(values: np.ndarray, wanted: np.ndarray) -> float:
    """The area under the ROC curve, by ranks (ties count half)."""
    yes, no = values[wanted], values[~wanted]
    return float((yes[:, None] > no).mean() + 0.5 * (yes[:, None] == no).mean())


def fit(rows: list[dict[str, Any]], source: str, names: tuple[str, ...]) -> None:
    """Print the weights on those signals and how well they do."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    x = np.array([[row[source][name] for name in names] for row in rows], dtype=float)
    y = np.array([row["answerable"] for row in rows])
    model = LogisticRegression(C=1.0, class_weight="balanced", max_iter=5000)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    p = cross_val_predict(model, x, y, cv=folds, method="predict_proba")[:, 1]
    model.fit(x, y)
    for i, name in enumerate(names):
        print(f"  {name:14} AUC {auc(x[:, i] * (1 if model.coef_[0][i] > 0 else -1), y):.3f}")
    print(f"  together       AUC {auc(p, y):.3f} (cross-validated)")
    print(f"  answered of the answerable {np.mean(p[y] >= 0.5):.3f}, refused of the others {np.mean(p[~y] < 0.5):.3f}")
    weights = {"bias": round(float(model.intercept_[0]), 3)}
    print("  ", weights | {n: round(float(c), 3) for n, c in zip(names, model.coef_[0], strict=True)})


def main() -> None:
    """Collect (or read back) the signals and fit both sets of weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sets", nargs="*", type=Path)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--index", type=Path, default=Path("index"))
    parser.add_argument("--save", type=Path, help="keep the signals there; with no set, read them from there")
    given = parser.parse_args()
    if given.sets:
        assistant = Assistant.open(settings.load(corpus=given.corpus, index=given.index))
        assistant.load()
        rows = collect(assistant, given.sets, given.save)
    else:
        rows = json.loads(given.save.read_text(encoding="utf-8"))
    for source, names in (("read", READ), ("found", FOUND)):
        print(f"{source}: {len(rows)} questions, {sum(r['answerable'] for r in rows)} answerable")
        fit(rows, source, names)


if __name__ == "__main__":
    main()
