"""Fits what tells a sentence that answers from its neighbours, and says how well it does on corpora left out.

    python benchmarks/telling.py [-o benchmarks/telling.md] [--every 1] [--write]

While a model reads a question, its heads look back at the sentences of the section; the weights of these looks, one for each of
its 336 heads, are those of a conditional logistic regression (L2) of the sentences of a section: that of one that has most of
the facts asked for. Of the open sets' answerable questions every section that answers is read, of the short texts of
benchmarks/extracts each for its six questions that come with the words that answer or correct them; some 3,000 readings of
0.2 s. Baselines, in the same run: what retrieval puts first, and all heads alike.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from readout import EXTRACTS, OUT, answers, opened, pairs_of, sets, unit_of

from genoassist import settings
from genoassist.evaluate import load_questions
from genoassist.evaluate_set import Question, pattern, plain
from genoassist.llm import LocalModel, folder
from genoassist.prefix_cache import folder_in
from genoassist.reading import inside
from genoassist.readout import looks
from genoassist.types import Evidence
from genoassist.units import Unit, hits_in, line

CLAIMS = ("contradicted", "affirmed", "denied")
PENALTY = 10.0


@dataclass(frozen=True, slots=True)
class Section:
    """A question and the sentences of a section, one of which is to be found."""

    looks: np.ndarray  # shape (sentences, heads)
    found: np.ndarray | None  # by retrieval, where it was asked
    tells: np.ndarray  # True for those that have most of what is asked
    kind: str
    corpus: str


def told(unit: Unit, question: Question) -> np.ndarray:
    """How many of a question's facts each sentence of a unit has."""
    texts = [plain(sentence.text) for sentence in unit.sentences]
    return np.array([sum(any(pattern(one).search(text) for one in fact) for fact in question.facts) for text in texts])


def retrieved(evidence: Evidence, unit: Unit) -> np.ndarray:
    """The score of each sentence of a unit, the least there is where it has none."""
    scores = {hit.passage.sentence.id: hit.score for hit in hits_in(evidence, unit)}
    return np.array([scores.get(sentence.id, min(scores.values())) for sentence in unit.sentences])


def of_sets(model: LocalModel, scratch: Path, every: int) -> Iterator[Section]:
    """Every so many-th answerable question of each open set, with the sections that answer it."""
    for path, corpus in sets():
        assistant = opened(corpus, scratch)
        for question in [each for each in load_questions(path) if each.answerable][::every]:
            for evidence, unit in pairs_of(question, assistant):
                facts = told(unit, question)
                if len(facts) > 1 and facts.max() and answers(question, unit)[0]:
                    seen = looks(inside(model, unit, evidence.query.text).attention)
                    best = facts == facts.max()
                    yield Section(seen, retrieved(evidence, unit), best, question.kind, str(corpus))
            sys.stderr.write(f"\r{path.stem} {question.id}      ")


def of_extracts(model: LocalModel, scratch: Path, every: int) -> Iterator[Section]:
    """Every so many-th short text, with the questions that come with words of it."""
    for path in sorted(EXTRACTS.glob("*.yaml")):
        for number, extract in list(enumerate(yaml.safe_load(path.read_text(encoding="utf-8"))))[::every]:
            unit = unit_of(extract, scratch / f"{path.stem}{number}")
            for kind in CLAIMS:
                for claim in extract[kind]:
                    quote = " ".join(claim["quote"].split())
                    best = np.array([quote in line(s) or line(s) in quote for s in unit.sentences])
                    if len(best) > 1 and best.any():
                        seen = looks(inside(model, unit, claim["question"]).attention)
                        yield Section(seen, None, best, kind, str(path))
            sys.stderr.write(f"\r{path.stem} {number}      ")


def fitted(sections: Sequence[Section]) -> np.ndarray:
    """The weights of the heads."""
    from scipy.optimize import minimize

    seen = np.concatenate([each.looks - each.looks.mean(0) for each in sections])
    tells = np.concatenate([each.tells for each in sections])
    starts = np.cumsum([0, *(len(each.tells) for each in sections[:-1])])
    lengths = [len(each.tells) for each in sections]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = seen @ weights
        weighed = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), lengths))
        every, right = np.add.reduceat(weighed, starts), np.add.reduceat(weighed * tells, starts) + 1e-20
        slope = weighed / np.repeat(every, lengths) - weighed * tells / np.repeat(right, lengths)
        lost = (np.log(every) - np.log(right)).sum() + PENALTY * (weights**2).sum()
        return float(lost), seen.T @ slope + 2 * PENALTY * weights

    return np.array(minimize(loss, np.zeros(seen.shape[1]), jac=True, method="L-BFGS-B").x)


def left_out(sections: Sequence[Section]) -> list[np.ndarray]:
    """The scores of each section's sentences by what was fitted on the other corpora."""
    weights = {
        corpus: fitted([each for each in sections if each.corpus != corpus])
        for corpus in dict.fromkeys(each.corpus for each in sections)
    }
    return [each.looks @ weights[each.corpus] for each in sections]


def report(sections: Sequence[Section], scores: Sequence[np.ndarray], every: int = 1) -> str:
    """The table, in Markdown: all, then by kind of question, then by corpus."""

    def share(among: Sequence[int], values: Sequence[np.ndarray | None]) -> str:
        right = [sections[i].tells[value.argmax()] for i in among if (value := values[i]) is not None]
        return f"{np.mean(right):.0%}" if right else ""

    alike = [each.looks.mean(1) for each in sections]
    found = [each.found for each in sections]
    places = range(len(sections))
    groups = {
        "all of the open sets": [i for i in places if sections[i].found is not None],
        "all of the short texts": [i for i in places if sections[i].found is None],
    }
    for what in ("kind", "corpus"):
        for name in dict.fromkeys(getattr(each, what) for each in sections):
            groups[name] = [i for i in places if getattr(sections[i], what) == name]
    lines = [
        "# Which sentence answers, by what the model looks at",
        "",
        f"Written by `python benchmarks/telling.py{f' --every {every}' if every > 1 else ''}`.",
        "",
        "How often the sentence put first is one that has most of the facts asked for, in a section of two sentences or more that "
        "has one. Each corpus is told by what was fitted on the others.",
        "",
        "| | sections | by retrieval | all heads alike | heads weighed |",
        "|---|---|---|---|---|",
    ]
    for name, among in groups.items():
        shares = " | ".join(share(among, values) for values in (found, alike, scores))
        lines.append(f"| {name} | {len(among)} | {shares} |")
    return "\n".join([*lines, ""])


def main() -> None:
    """Read, fit, report, and write the weights when asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="each N-th question or text alone")
    parser.add_argument("--write", action="store_true", help=f"write {OUT}")
    wanted = parser.parse_args()
    using = settings.load()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        model = LocalModel(folder(using), using.threads, folder_in(scratch))  # pushes nothing out that is kept
        sections = [*of_sets(model, scratch, wanted.every), *of_extracts(model, scratch, wanted.every)]
    sys.stderr.write("\n")
    text = report(sections, left_out(sections), wanted.every)
    print(text)
    if wanted.output:
        wanted.output.write_text(text, encoding="utf-8")
    if wanted.write:
        known = json.loads(OUT.read_text(encoding="utf-8"))
        known["tells"] = {"weights": [float(f"{weight:.4g}") for weight in fitted(sections)], "bias": 0.0}
        OUT.write_text(json.dumps(known) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
