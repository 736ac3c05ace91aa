"""How long an answer takes: warmed prefixes against the same engine reading its prompts anew, in turns, in one run.

    python benchmarks/speed.py [QUESTIONS.yaml] [--count 20] [-o benchmarks/speed.json]

Prints p50 and p95 seconds to the evidence, to the first verified sentence and to the whole answer, and the ratio of the
two. Ratios hold on a machine whose speed drifts; single seconds do not.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from pathlib import Path
from unittest import mock

from genoassist import settings
from genoassist.assistant import Assistant
from genoassist.evaluate import load_questions, percentile
from genoassist.llm import LocalModel

MOMENTS = ("evidence", "first_token", "total")


def main() -> None:
    """Ask each question both ways, print the table, keep it as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", nargs="?", type=Path, default=Path("tests/data/development.yaml"))
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("-o", "--output", type=Path)
    given = parser.parse_args()
    asked = [q for q in load_questions(given.questions) if not q.history]
    random.Random(0).shuffle(asked)
    request = LocalModel._request

    def anew(prompt: str, **options: object) -> dict[str, object]:
        return request(prompt, **options) | {"cache_prompt": False}

    seconds: dict[str, dict[str, list[float]]] = {w: {m: [] for m in MOMENTS} for w in ("warm", "anew")}
    with tempfile.TemporaryDirectory() as folder:
        assistant = Assistant.open(settings.load(index=Path(folder)))
        assistant.warm()
        for question in asked[: given.count]:
            for way in ("warm", "anew"):
                with mock.patch.object(LocalModel, "_request", staticmethod(anew if way == "anew" else request)):
                    answer = assistant.ask(question.question)
                for moment, value in answer.seconds.items():
                    seconds[way][moment].append(value)
    table = {
        moment: {
            way: {f"p{share}": round(percentile(seconds[way][moment], share / 100), 3) for share in (50, 95)}
            for way in ("warm", "anew")
        }
        for moment in MOMENTS
    }
    print(f"{given.count} questions; seconds, p50 / p95")
    print(f"{'':12} {'warm':>16} {'anew':>16} {'ratio of p50':>14}")
    for moment, ways in table.items():
        cells = " ".join(f"{ways[w]['p50']:7.2f} / {ways[w]['p95']:6.2f}" for w in ("warm", "anew"))
        print(f"{moment:12} {cells} {ways['warm']['p50'] / max(ways['anew']['p50'], 1e-9):14.2f}")
    if given.output:
        given.output.write_text(json.dumps(table, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
