"""Where the time of one cold and one warm question goes, stage by stage.

    python benchmarks/stages.py [--engine extractive llm] [-o benchmarks/stages.json]

A process of its own for each engine runs ``genoassist ask`` from nothing (cold), then warms up as the page does and asks the
assistant another question (warm). A stage's seconds are its own: those of the stages and imports inside it are theirs.
Imports are counted to the library that was asked for. "(rest)" is what no stage covers. Stages that a version does not have
are left out; a stage is a public function or method named in STAGES, and more may be added there.
"""

from __future__ import annotations

import argparse
import builtins
import contextlib
import importlib
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# "module:function" or "module:Class.method" of the product
STAGES = {
    "read the corpus": ["corpus:load"],
    "open the index": ["index:sync"],
    "load the embedding model": ["encoder:load", "embedder:Embedder.warm"],
    "embed": ["embedder:Embedder.get_query_embedding", "embedder:Embedder.get_text_embedding_batch"],
    "load the language model": ["llm:open_model", "decoder:Decoder.__init__"],
    "warm up": ["assistant:Assistant.warm", "assistant:Assistant.prepare", "llm:LocalModel.warm"],
    "understand the question": ["question:understand", "question:problem", "question:Names.of"],
    "search": ["index:Index.dense", "index:Index.lexical", "index:Index.vectors", "retrieve:fuse", "retrieve:find"],
    "judge (language model)": ["llm:LocalModel.inside", "llm:LocalModel.log_odds"],
    "write (language model)": ["llm:LocalModel.complete"],
    "verify": ["verify:support"],
    "choose and compose": ["answer:read", "answer:extract", "units:ranked", "draft:Composed.adding"],
    "present": ["present:to_json", "present:to_text"],
}
COLD = "Who are the partners of COBIOE?"
WARM = "Où s’est tenue la convention Bio-Europe ?"


class Stopwatch:
    """Seconds by stage, each its own, of one thread."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._stack: list[str] = ["(rest)"]
        self._since = time.perf_counter()

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """What runs inside is that stage's."""
        self._note()
        self._stack.append(name)
        try:
            yield
        finally:
            self._note()
            self._stack.pop()

    def take(self) -> dict[str, float]:
        """The seconds since the last time, longest first; stages under a millisecond are left out."""
        self._note()
        found = {name: round(s, 3) for name, s in sorted(self.seconds.items(), key=lambda one: -one[1]) if s >= 0.001}
        self.seconds.clear()
        return found

    def _note(self) -> None:
        now = time.perf_counter()
        self.seconds[self._stack[-1]] += now - self._since
        self._since = now


def timed(watch: Stopwatch, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, its time and that of what it yields counted to the stage."""

    def stepped(items: Iterator[Any]) -> Iterator[Any]:
        while True:
            with watch.stage(stage):
                try:
                    item = next(items)
                except StopIteration:
                    return
            yield item

    def call(*args: Any, **kwargs: Any) -> Any:
        with watch.stage(stage):
            made = function(*args, **kwargs)
        return stepped(made) if isinstance(made, Iterator) and hasattr(made, "send") else made

    return call


def watch_imports(watch: Stopwatch) -> None:
    """Count each import that loads something to the library it asks for."""
    plain, inside = builtins.__import__, [False]

    def counted(name: str, *rest: Any, **named: Any) -> Any:
        if inside[0] or name in sys.modules or name.split(".")[0] == "genoassist":
            return plain(name, *rest, **named)
        inside[0] = True
        try:
            with watch.stage(f"import {name.split('.')[0]}"):
                return plain(name, *rest, **named)
        finally:
            inside[0] = False

    builtins.__import__ = counted


def watch_stages(watch: Stopwatch) -> None:
    """Put the stopwatch on every stage there is, wherever its module's name was imported."""
    names: dict[int, Callable[..., Any]] = {}
    kept: list[Any] = []
    for stage, places in STAGES.items():
        for place in places:
            module_name, path = place.split(":")
            try:
                module = importlib.import_module(f"genoassist.{module_name}")
                *owners, name = path.split(".")
                owner = module if not owners else getattr(module, owners[0])
                found = vars(owner)[name]
            except (ImportError, AttributeError, KeyError):
                continue
            if isinstance(found, classmethod):
                setattr(owner, name, classmethod(timed(watch, stage, found.__func__)))
            elif owners:
                setattr(owner, name, timed(watch, stage, found))
            else:
                kept.append(found)
                names[id(found)] = timed(watch, stage, found)
    for module in [m for n, m in sys.modules.items() if n.split(".")[0] == "genoassist"]:
        for name, value in list(vars(module).items()):
            if id(value) in names:
                setattr(module, name, names[id(value)])


def one_process(engine: str, index: Path) -> None:
    """Ask cold, then warm, in this process, and print the seconds of each by stage."""
    watch = Stopwatch()
    watch.seconds["start Python"] = time.time() - float(os.environ["STAGES_STARTED"])
    watch_imports(watch)
    from genoassist import cli

    with watch.stage("import genoassist"):
        from genoassist.assistant import Assistant

        watch_stages(watch)
    opened: list[Assistant] = []
    plain = Assistant.open.__func__

    def keep(*args: Any, **kwargs: Any) -> Assistant:
        opened.append(plain(*args, **kwargs))
        return opened[-1]

    Assistant.open = classmethod(keep)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
        cli.main(["ask", COLD, "--engine", engine, "--index", str(index)])
    cold = watch.take()
    opened[0].warm()
    warming = watch.take()
    answer = opened[0].ask(WARM)
    warm = watch.take()
    print(json.dumps({"cold": cold, "warm-up": warming, "warm": warm, "answer": dict(answer.seconds)}))


def main() -> None:
    """Profile each engine, print the tables, keep them where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", nargs="+", choices=["extractive", "llm"], default=["extractive", "llm"])
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--one", type=Path, metavar="INDEX", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        one_process(given.engine[0], given.one)
        return
    figures: dict[str, dict[str, dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        asked = [sys.executable, "-m", "genoassist.cli", "index", "--index", folder]
        subprocess.run(asked, check=True, capture_output=True)
        for engine in given.engine:
            environment = {**os.environ, "STAGES_STARTED": str(time.time())}
            ran = subprocess.run(
                [sys.executable, __file__, "--engine", engine, "--one", folder],
                env=environment,
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            figures[engine] = json.loads(ran.stdout)
            for moment in ("cold", "warm-up", "warm"):
                stages = figures[engine][moment]
                print(f"\n{engine}, {moment}: {sum(stages.values()):.2f} s")
                for stage, seconds in stages.items():
                    print(f"  {seconds:8.3f}  {stage}")
    if given.output:
        given.output.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
