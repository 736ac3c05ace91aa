"""The language model's runtime as `make native` builds it for this machine's processor, beside the published one.

    pip install --no-deps --target FOLDER xllamacpp==…   # the published one
    python benchmarks/runtime.py --published FOLDER [--rounds 3] [-o benchmarks/runtime.json]

Each round is a process of its own for each, in turns, on the same cores: it loads the model, reads every section of the corpus,
judges and writes from each for a question in each language. Prints the median seconds of each work and their ratio.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

QUESTIONS = ("Who took part, and where?", "Quels en sont les partenaires ?")
WORKS = ("load", "read the sections", "judge", "write")


def one_process(folder: Path) -> dict[str, Any]:
    """Seconds of each work, and what the runtime says of the processor."""
    import xllamacpp

    from genoassist import corpus, reading, settings
    from genoassist.llm import LocalModel
    from genoassist.models import LANGUAGE_MODEL, locate
    from genoassist.types import Query
    from genoassist.units import units

    given = settings.load()
    found: dict[str, float] = {}

    def timed(work: str, call: Callable[[], Any]) -> Any:
        started = time.perf_counter()
        made = call()
        found[work] = time.perf_counter() - started
        return made

    weights = locate(LANGUAGE_MODEL, given)
    model = timed("load", lambda: LocalModel(weights, given.threads, folder))
    every = units(corpus.load(given.corpus))
    queries = [Query(text, text, language) for text, language in zip(QUESTIONS, ("en", "fr"), strict=True)]
    timed("read the sections", lambda: [model.warm(reading.prefixes(unit)[0]) for unit in every])
    timed("judge", lambda: [reading.judge(model, unit, query) for unit in every for query in queries])
    timed("write", lambda: [reading.write(model, unit, q, unit.sentences[0]) for unit in every for q in queries])
    return {"seconds": found, "processor": xllamacpp.get_system_info()}


def main() -> None:
    """Run both in turns, print the table, keep it where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--published", type=Path, metavar="FOLDER", help="where the published xllamacpp is installed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(one_process(Path(folder))))
        return
    if not given.published or not (given.published / "xllamacpp").is_dir():
        parser.error(
            "--published FOLDER: a folder that holds xllamacpp (pip install --no-deps --target FOLDER xllamacpp)"
        )
    path = [str(given.published), *filter(None, [os.environ.get("PYTHONPATH")])]
    ways = {"native": {}, "published": {"PYTHONPATH": os.pathsep.join(path)}}
    runs: dict[str, list[dict[str, Any]]] = {way: [] for way in ways}
    for _ in range(given.rounds):
        for way, environment in ways.items():
            call = [sys.executable, __file__, "--one"]
            ran = subprocess.run(call, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True)
            runs[way].append(json.loads(ran.stdout.splitlines()[-1]))
    if runs["native"][0]["processor"] == runs["published"][0]["processor"]:
        sys.exit("Both runtimes were built for the same processor: nothing to compare. Type: make native")
    medians = {way: {w: round(median(r["seconds"][w] for r in some), 2) for w in WORKS} for way, some in runs.items()}
    ratios = {w: round(medians["native"][w] / medians["published"][w], 2) for w in WORKS}
    for work in WORKS:
        print(f"{work:20} {medians['native'][work]:7.2f} s  {medians['published'][work]:7.2f} s  {ratios[work]:.2f}")
    if given.output:
        kept = {**medians, "ratio": ratios, "rounds": given.rounds, "processor": runs["native"][0]["processor"]}
        given.output.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
