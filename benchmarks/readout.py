"""Fits src/genoassist/assets/readout.json, and says how well such readouts do on corpora left out.

    python benchmarks/readout.py [-o benchmarks/readout.md] [--write]

Of every question of the open sets the four likeliest sections are read once, and every short text of benchmarks/extracts for
each of its questions (some 12,000 readings of 0.2 s: 40 minutes). A section answers when the set accepts it and it has one of
the facts; of an answerable question, sections of which one is true and not the other are left out. Ridge regression on
standardised residuals, those that answer counted twice, scaled to log-odds (Platt) on what was left out. The two sets put
aside take no part. The baseline, in the same run: the log-odds of “yes” as the next word.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import yaml
from judgement import auc, evidences
from onnx import helper

from genoassist import settings
from genoassist.arrange import GRAPH, SHAPE
from genoassist.assistant import Assistant
from genoassist.corpus import load
from genoassist.decoder_graph import OF, TOLD
from genoassist.encoder import largest_weight
from genoassist.evaluate import load_questions
from genoassist.evaluate_set import Question, pattern, plain
from genoassist.llm import LocalModel, folder
from genoassist.prefix_cache import folder_in
from genoassist.reading import JUDGE, _prompt, inside
from genoassist.readout import LEANING
from genoassist.types import Evidence
from genoassist.units import Unit, headings, ranked, units
from genoassist.verify import NO, YES

DATA = Path("tests/data")
ASIDE = "questions.yaml"
OUT = Path("src/genoassist/assets/readout.json")
EXTRACTS = Path("benchmarks/extracts")
READ = 4  # sections of a question
LAYERS = (14, 18, 20, TOLD, 24, 26)
RIDGE = 500.0
ANSWERING = 2.0  # what a section that answers counts, of five or so
LEAST = (0.95, 0.92, 0.9, 0.85, 0.8, 0.7)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Questions and sections: what the layers make of each, shape (pairs, layers, hidden), and what is known of it.

    ``question`` is 0 where it is not of a set; ``corpus`` is a number of those that ``names`` has.
    """

    residuals: np.ndarray
    said: np.ndarray  # the log-odds of yes
    answers: np.ndarray
    clear: np.ndarray  # False where the label is in doubt
    question: np.ndarray
    answerable: np.ndarray
    corpus: np.ndarray
    names: tuple[str, ...]

    @property
    def of_sets(self) -> np.ndarray:
        """Where a question of a set was asked."""
        return self.question > 0

    def by_question(self, values: np.ndarray, among: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The largest value of each question among some pairs, and whether it is answerable."""
        numbers = np.unique(self.question[among])
        most = np.array([values[self.question == number].max() for number in numbers])
        return most, np.array([self.answerable[self.question == number][0] for number in numbers])


def of_several_layers(source: Path, to: Path) -> None:
    """The model of a folder in another, where the residuals of ``LAYERS`` are side by side."""
    for file in source.iterdir():
        if file.name not in (GRAPH, SHAPE):
            os.link(file, to / file.name)
    model = onnx.load(str(source / GRAPH), load_external_data=False)
    gather = next(node for node in model.graph.node if "residual" in node.output)
    place = list(model.graph.node).index(gather)
    model.graph.node.insert(
        place, helper.make_node("Concat", [f"blk.{i}.attn_norm.sum" for i in LAYERS], ["beside"], axis=2)
    )
    gather.input[0] = "beside"
    wide = next(output for output in model.graph.output if output.name == "residual")
    wide.type.tensor_type.shape.dim[2].dim_value *= len(LAYERS)
    (to / GRAPH).write_bytes(model.SerializeToString())
    noted = json.loads((source / SHAPE).read_text(encoding="utf-8"))
    noted["bytes"][GRAPH] = (to / GRAPH).stat().st_size
    (to / SHAPE).write_text(json.dumps(noted), encoding="utf-8")


def sets() -> list[tuple[Path, Path]]:
    """The question sets that are open, each with its corpus."""
    files = sorted(path for path in DATA.rglob("*.yaml") if path.name not in (ASIDE, "approved_fr.yaml"))
    return [(path, own if (own := path.parent / "corpus").is_dir() else Path("corpus")) for path in files]


@cache
def opened(corpus: Path, scratch: Path) -> Assistant:
    """A corpus with an index of its own in a folder."""
    return Assistant.open(settings.load(corpus=corpus, index=scratch / f"index-{corpus}".replace(os.sep, "-")))


def pairs_of(question: Question, assistant: Assistant) -> Iterator[tuple[Evidence, Unit]]:
    """What is found for a question, part by part, with the likeliest sections for each."""
    for found in evidences(question, assistant):
        yield from ((found, unit) for unit in ranked(found, assistant._units)[:READ])


def answers(question: Question, unit: Unit) -> tuple[bool, bool]:
    """Whether a section answers a question, and whether that is sure."""
    names = [plain(name or "").lower() for name in (unit.section.id, unit.section.heading, unit.section.heading_fr)]
    accepted = question.sections.accepted if question.answerable and question.sections else ()
    apt = any(plain(each).lower() in name for each in accepted for name in names)
    text = plain(f"{unit.text} {headings(unit.section)}")
    told = any(pattern(one).search(text) for fact in question.facts for one in fact)
    return apt and told, not question.answerable or apt == told


def read(model: LocalModel, unit: Unit, question: str) -> tuple[np.ndarray, float]:
    """What the layers make of a unit and a question, shape (layers, hidden), and the log-odds of yes."""
    residuals = inside(model, unit, question).residual.reshape(len(LAYERS), -1)
    return residuals.astype(np.float16), model.log_odds(_prompt(unit.text, question, JUDGE), YES, NO)


def asked_of_sets(model: LocalModel, scratch: Path) -> Iterator[tuple[Any, ...]]:
    """Every open question with its likeliest sections; the last of a row is the corpus."""
    number = 0
    for path, corpus in sets():
        for question in load_questions(path):
            number += 1
            for found, unit in pairs_of(question, opened(corpus, scratch)):
                judged = (*answers(question, unit), number, question.answerable)
                yield (*read(model, unit, found.query.text), *judged, str(corpus))
            sys.stderr.write(f"\r{number} {path.stem} {question.id}      ")


def unit_of(extract: dict[str, Any], folder: Path) -> Unit:
    """A short text as a unit, by way of a corpus in a new folder."""
    folder.mkdir()
    front = yaml.safe_dump({key: extract[key] for key in ("title", "year", "language")}, allow_unicode=True)
    text = f"---\n{front}---\n# {extract['title']}\n\n## {extract['heading']}\n\n{extract['text']}"
    (folder / "extract.md").write_text(text, encoding="utf-8")
    return max(units(load(folder)), key=lambda unit: len(unit.text))


def asked_of_extracts(model: LocalModel, scratch: Path) -> Iterator[tuple[Any, ...]]:
    """Every short text with its questions; the last of a row is the file."""
    for path in sorted(EXTRACTS.glob("*.yaml")):
        for number, extract in enumerate(yaml.safe_load(path.read_text(encoding="utf-8"))):
            unit = unit_of(extract, scratch / f"{path.stem}{number}")
            for told in (True, False):
                for question in extract["answered" if told else "unanswered"]:
                    yield (*read(model, unit, question), told, True, 0, told, str(path))
            sys.stderr.write(f"\r{path.stem} {number}      ")


def collect() -> Pairs:
    """Everything that is asked, read once."""
    using = settings.load()
    with tempfile.TemporaryDirectory(dir=using.cache) as name:  # where the model is, so that its files can be linked
        scratch = Path(name)
        (scratch / "model").mkdir()
        of_several_layers(folder(using), scratch / "model")
        # what it reads pushes nothing out that is kept
        model = LocalModel(scratch / "model", using.threads, folder_in(scratch))
        rows = [*asked_of_sets(model, scratch), *asked_of_extracts(model, scratch)]
    sys.stderr.write("\n")
    *columns, corpora = zip(*rows, strict=True)
    names = tuple(dict.fromkeys(corpora))
    return Pairs(*map(np.array, columns), np.array([names.index(each) for each in corpora]), names)


def fitted(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and bias of a ridge regression on standardised columns, for the columns as they are."""
    mean, deviation = x.mean(0), x.std(0) + 1e-6
    z = np.hstack([(x - mean) / deviation, np.ones((len(x), 1))])
    counted = z * np.where(y, ANSWERING, 1.0)[:, None]
    penalty = np.diag([RIDGE] * x.shape[1] + [0.0])
    solved = np.linalg.solve(counted.T @ z + penalty, counted.T @ np.where(y, 1.0, -1.0))
    weights = solved[:-1] / deviation
    return weights, float(solved[-1] - mean @ weights)


def left_out(x: np.ndarray, pairs: Pairs) -> np.ndarray:
    """The value of each pair by what was fitted on the other corpora."""
    found = np.zeros(len(x))
    for corpus in np.unique(pairs.corpus):
        weights, bias = fitted(
            x[pairs.clear & (pairs.corpus != corpus)], pairs.answers[pairs.clear & (pairs.corpus != corpus)]
        )
        found[pairs.corpus == corpus] = x[pairs.corpus == corpus] @ weights + bias
    return found


def row(name: str, values: np.ndarray, pairs: Pairs) -> str:
    """A row of the table: the areas under the curve, by section and by question, and what is answered at some refusals."""
    there = pairs.clear & pairs.of_sets
    most, able = pairs.by_question(values, pairs.of_sets)
    shares = [(most[able] > np.quantile(most[~able], least)).mean() for least in LEAST]
    areas = auc(values[there], pairs.answers[there]), auc(most, able)
    return f"| {name} | {areas[0]:.3f} | {areas[1]:.3f} | " + " | ".join(f"{share:.2f}" for share in shares) + " |"


def report(pairs: Pairs, values: Sequence[tuple[str, np.ndarray]]) -> str:
    """The tables, in Markdown."""
    head = ["", "AUC, sections", "AUC, questions", *(f"answered, {least:.0%} refused" for least in LEAST)]
    numbers, first = np.unique(pairs.question[pairs.of_sets], return_index=True)
    able = int(pairs.answerable[pairs.of_sets][first].sum())
    best = dict(values)[f"before layer {TOLD} of {OF}"]
    lines = [
        "# Reading off the layers what the corpus answers",
        "",
        "Written by `python benchmarks/readout.py`.",
        "",
        f"{len(numbers)} open questions ({able} answerable), {int(pairs.of_sets.sum())} readings of a section for one, and "
        f"{int((~pairs.of_sets).sum())} of the short texts of `benchmarks/extracts`, which are not in the first table. Each corpus is "
        "told by what was fitted on the others. The share of the answerable questions that are answered is at thresholds that refuse "
        "so much of the rest.",
        "",
        f"| {' | '.join(head)} |",
        "|" + "---|" * len(head),
        row("log-odds of “yes”", pairs.said, pairs),
        *(row(name, each, pairs) for name, each in values),
        "",
        "Area under the curve by corpus; of the short texts by pair, else by question:",
        "",
        f"| corpus | log-odds of “yes” | before layer {TOLD} |",
        "|---|---|---|",
    ]
    for place, name in enumerate(pairs.names):
        here = pairs.corpus == place
        if pairs.of_sets[here].all():
            (yes, able), (told, _) = pairs.by_question(pairs.said, here), pairs.by_question(best, here)
        else:
            yes, told, able = pairs.said[here], best[here], pairs.answers[here]
        lines.append(f"| {name} | {auc(yes, able):.3f} | {auc(told, able):.3f} |")
    return "\n".join([*lines, ""])


def main() -> None:
    """Read every open question, fit, report, and write the weights when asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--write", action="store_true", help=f"write {OUT}")
    wanted = parser.parse_args()
    pairs = collect()
    layers = pairs.residuals.astype(np.float32).transpose(1, 0, 2)
    values = [(f"before layer {layer} of {OF}", left_out(x, pairs)) for layer, x in zip(LAYERS, layers, strict=True)]
    text = report(pairs, values)
    print(text)
    if wanted.output:
        wanted.output.write_text(text, encoding="utf-8")
    if wanted.write:
        x, y = layers[LAYERS.index(TOLD)], pairs.answers
        there = pairs.clear & pairs.of_sets
        scale, shift = platt(values[LAYERS.index(TOLD)][1][there], y[there])
        weights, bias = fitted(x[pairs.clear], y[pairs.clear])
        rounded = [float(f"{weight:.4g}") for weight in weights * scale]
        known = json.loads(OUT.read_text(encoding="utf-8"))
        here = LEANING[largest_weight()]  # which the product takes off again
        known["answers"] = {"weights": rounded, "bias": round(bias * scale + shift + here, 4)}
        OUT.write_text(json.dumps(known) + "\n", encoding="utf-8")


def platt(values: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """The scale and the shift that make values log-odds."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1e6).fit(values[:, None], y)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


if __name__ == "__main__":
    main()
