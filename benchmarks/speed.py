"""How long everything takes and how much it holds, beside the plain LlamaIndex pipeline, in one run.

    python benchmarks/speed.py [QUESTIONS.yaml] [--count 60] [--cold 60] [-o benchmarks/speed]

Answers, warm: each question (half English, half French; two of each section, one after the other) is put to the product and
then to ``plain_llamaindex.py``, so that a machine that drifts touches both; both have answered one before. Cold: ``genoassist
ask`` as a process of its own, from nothing to its end. Then four people at once, the page, warming up twice (the second finds
what the first left on disk), memory, and the index. Figures of ``embedding_parity.py`` and ``growth.py`` are taken from the
files they left beside this one. Prints the table against the goals; writes ``speed.json`` and ``speed.md``.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from genoassist import settings
from genoassist.encoder import ALL_8_BITS, largest_weight
from genoassist.evaluate import Question, load_questions, percentile

ROOT = Path(__file__).parents[1]
HERE = ROOT / "benchmarks"
MOMENTS = ("evidence", "first_token", "total")
PEOPLE = 4
PAGE_SECONDS = 120.0
Row = tuple[str, str, str, str, str, bool | None]  # what, here, baseline, ratio, goal, whether it holds


# ---------------------------------------------------------------- what is asked


def chosen(path: Path, count: int) -> list[Question]:
    """That many questions that stand alone, as many of each language, two of a section side by side."""
    asked = [q for q in load_questions(path) if not q.history and q.sections]
    random.Random(0).shuffle(asked)
    pairs: dict[str, list[list[Question]]] = {"en": [], "fr": []}
    for language, made in pairs.items():
        sections = defaultdict(list)
        for question in asked:
            if question.language == language and question.sections:
                sections[(*question.sections.any, *question.sections.all)[0]].append(question)
        for group in sections.values():
            made += [group[i : i + 2] for i in range(0, len(group) - 1, 2)]
        random.Random(0).shuffle(made)
    both = [pair for two in zip(pairs["en"], pairs["fr"], strict=False) for pair in two]
    return [question for pair in both for question in pair][:count]


def shares(values: Sequence[float]) -> dict[str, float]:
    """p50 and p95 (nearest rank) and how many there were."""
    return {"p50": round(percentile(values, 0.5), 3), "p95": round(percentile(values, 0.95), 3), "n": len(values)}


# ---------------------------------------------------------------- steps, each in a process of its own


def compare(questions: list[Question], folder: Path) -> dict[str, Any]:
    """Seconds to each moment, warm, in turns; of the first and the second question of a section; of four at once."""
    from plain_llamaindex import PlainLlamaIndex

    from genoassist.assistant import Assistant

    given = settings.load(index=folder)
    plain = PlainLlamaIndex(given)
    plain.ask(questions[0].question)
    assistant = Assistant.open(given)
    assistant.load()
    assistant.warm()
    assistant.read_on(lambda: None)
    assistant.ask(questions[0].question)
    ways: dict[str, Callable[[str], Any]] = {
        "genoassist": lambda text: assistant.ask(text).seconds,
        "plain_llamaindex": lambda text: plain.ask(text)["seconds"],
    }
    seconds: dict[str, dict[str, list[float]]] = {way: {m: [] for m in MOMENTS} for way in ways}
    for done, question in enumerate(questions, start=1):
        for way, ask in ways.items():
            for moment, value in ask(question.question).items():
                if moment in MOMENTS:
                    seconds[way][moment].append(value)
        sys.stderr.write(f"\r{done} of {len(questions)}")
    ours = seconds["genoassist"]["total"]

    def person(asked: Sequence[Question]) -> list[float]:
        return [_seconds(lambda q=q: assistant.ask(q.question)) for q in asked]

    few = questions[: max(PEOPLE, len(questions) // PEOPLE)]
    alone = person(few)
    with ThreadPoolExecutor(PEOPLE) as pool:
        together = [s for one in pool.map(person, [few[i:] + few[:i] for i in range(PEOPLE)]) for s in one]
    return {
        "warm": {way: {m: shares(v) for m, v in found.items() if v} for way, found in seconds.items()},
        "same_topic": {"first": shares(ours[::2]), "second": shares(ours[1::2] or ours)},
        "people": {"one": shares(alone), "four": shares(together)},
    }


def extractive(questions: list[Question], folder: Path) -> dict[str, Any]:
    """Seconds of the extractive engine, warm."""
    from genoassist.assistant import Assistant

    assistant = Assistant.open(settings.load(index=folder, engine="extractive"))
    assistant.warm()
    assistant.ask(questions[0].question)
    found = [assistant.ask(q.question).seconds for q in questions]
    return {m: shares(v) for m in MOMENTS if (v := [s[m] for s in found if m in s])}


def warming(questions: list[Question], folder: Path) -> dict[str, float]:
    """Seconds of the warm-up in a new process, and what the process of a page then holds, questions answered (MB)."""
    from genoassist import web  # noqa: F401  # its memory is the page's
    from genoassist.assistant import Assistant

    assistant = Assistant.open(settings.load(index=folder))
    seconds = _seconds(assistant.warm)
    for question in questions:
        assistant.ask(question.question)
    return {"seconds": round(seconds, 2), "memory_mb": round(_held("VmHWM"))}


def indexing(_: list[Question], folder: Path) -> dict[str, float]:
    """Seconds to index the corpus from nothing, weights in memory, and when nothing has changed."""
    from genoassist import corpus as corpora
    from genoassist.embedding import open_embedder
    from genoassist.index import sync

    given = settings.load()
    embedder = open_embedder(given)
    embedder.get_query_embedding("warm")

    def bring_up_to_date() -> None:
        sync(folder, corpora.load(given.corpus), embedder.identity, embedder.get_text_embedding_batch)

    return {"nothing": round(_seconds(bring_up_to_date), 3), "unchanged": round(_seconds(bring_up_to_date), 3)}


STEPS = {"compare": compare, "extractive": extractive, "warming": warming, "indexing": indexing}


def _seconds(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def _held(what: str, process: str = "self") -> float:
    """``VmRSS`` (now) or ``VmHWM`` (at most so far) of a process, in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(what)) * 1024 / 1e6


# ---------------------------------------------------------------- from outside


def step(name: str, given: argparse.Namespace, folder: Path, **environment: str) -> Any:
    """What a step found in a process of its own."""
    sys.stderr.write(f"{name} {' '.join(environment.values())}\n")
    call = [sys.executable, __file__, str(given.questions), "--count", str(given.count), "--step", name]
    ran = subprocess.run(
        [*call, "--folder", str(folder)],
        stdout=subprocess.PIPE,
        env={**os.environ, **environment},
        check=True,
        text=True,
        cwd=ROOT,
    )
    return json.loads(ran.stdout.splitlines()[-1])


def unread(folder: Path) -> Path:
    """A cache folder with the weights of this machine, and nothing that the language model has read."""
    folder.mkdir()
    for file in settings.load().cache.expanduser().iterdir():
        if file.name != "prefixes" and file.suffix != ".lock":
            (folder / file.name).symlink_to(file)
    return folder


def cold(questions: list[Question], folder: Path) -> dict[str, Any]:
    """Seconds of whole processes: sections read by an earlier one, and (``llm_first``) never read before."""
    sys.stderr.write("\ncold\n")
    program = [sys.executable, "-m", "genoassist.cli"]

    def run(*arguments: str, **environment: str) -> float:
        call = [*program, *arguments]
        env = {**os.environ, **environment}
        return _seconds(lambda: subprocess.run(call, check=False, capture_output=True, cwd=ROOT, env=env))

    def first(at: int, question: Question) -> float:
        cache = unread(folder.parent / f"cache-{at}")
        return run("ask", question.question, "--engine", "llm", "--index", str(folder), GENOASSIST_CACHE=str(cache))

    run("ask", questions[0].question, "--index", str(folder))  # files into the system's cache, as for everyone after
    return {
        "help": shares([run("--help") for _ in questions[:10]]),
        "llm_first": shares([first(at, question) for at, question in enumerate(questions[:10])]),
        **{
            engine: shares([run("ask", q.question, "--engine", engine, "--index", str(folder)) for q in questions])
            for engine in ("llm", "extractive")
        },
    }


def page(folder: Path, engine: str) -> dict[str, float]:
    """Seconds until the page answers, and what its process holds when it has come to rest (MB)."""
    sys.stderr.write(f"page {engine}\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {"GENOASSIST_PORT": str(port), "GENOASSIST_INDEX": str(folder), "GENOASSIST_ENGINE": engine}
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "app.py"],
        env={**os.environ, **environment},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            for _ in _until(PAGE_SECONDS):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read()
                    break
                except (urllib.error.URLError, OSError):
                    if server.poll() is not None:
                        raise RuntimeError("app.py ended before it served") from None
            usable = time.perf_counter() - started
            held = 0.0
            for _ in _until(PAGE_SECONDS):  # the background work is over when memory no longer grows
                time.sleep(4)
                before, held = held, _held("VmRSS", str(server.pid))
                if held - before < 1:
                    break
            return {"usable_seconds": round(usable, 2), "memory_mb": round(held)}
        finally:
            server.terminate()


def _until(seconds: float) -> Iterator[None]:
    """Tries, a fifth of a second apart, for that long; then TimeoutError."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(0.2)
    raise TimeoutError(f"not in {seconds} s")


# ---------------------------------------------------------------- the table


def rows(found: dict[str, Any]) -> list[Row]:
    """Each figure against its goal."""
    here, plain = (found["compare"]["warm"][way] for way in ("genoassist", "plain_llamaindex"))

    def pair(figures: dict[str, float]) -> str:
        return f"{figures['p50']:.2f} / {figures['p95']:.2f} s"

    def against(moment: str, name: str, goal: str, holds: Callable[[float], bool]) -> Row:
        ratio = here[moment]["p50"] / max(plain[moment]["p50"], 1e-9)
        return name, pair(here[moment]), pair(plain[moment]), f"{ratio:.2f}", goal, holds(ratio)

    people, topic, times = found["compare"]["people"], found["compare"]["same_topic"], found["cold"]
    crowd = people["four"]["p95"] / max(people["one"]["p95"], 1e-9)
    table: list[Row] = [
        against(
            "evidence",
            "evidence",
            "p50 ≤ 60 ms, p95 ≤ 120 ms",
            lambda _: here["evidence"]["p50"] <= 0.06 and here["evidence"]["p95"] <= 0.12,
        ),
        against(
            "first_token",
            "first words of the answer",
            "≤ 1/6, p50 ≤ 0.6 s",
            lambda r: r <= 1 / 6 and here["first_token"]["p50"] <= 0.6,
        ),
        against(
            "total", "full verified answer", "≤ 1/4, p95 ≤ 4 s", lambda r: r <= 1 / 4 and here["total"]["p95"] <= 4
        ),
        (
            "second question on a topic, beside the first",
            pair(topic["second"]),
            pair(topic["first"]),
            f"{topic['second']['p50'] / max(topic['first']['p50'], 1e-9):.2f}",
            "≤ 1",
            topic["second"]["p50"] <= topic["first"]["p50"],
        ),
        (
            "four people at once, beside one",
            pair(people["four"]),
            pair(people["one"]),
            f"{crowd:.2f} (p95)",
            "p95 ≤ 2.5 ×",
            crowd <= 2.5,
        ),
        ("extractive answer, warm", pair(found["extractive"]["total"]), "", "", "", None),
    ]

    def alone(name: str, value: str, goal: str, holds: bool) -> None:
        table.append((name, value, "", "", goal, holds))

    alone("`genoassist ask`, cold", pair(times["llm"]), "≤ 6 s", times["llm"]["p50"] <= 6)
    alone("the same, sections never read before", pair(times["llm_first"]), "≤ 6 s", times["llm_first"]["p50"] <= 6)
    alone("`ask --engine extractive`, cold", pair(times["extractive"]), "≤ 3 s", times["extractive"]["p50"] <= 3)
    alone("`genoassist --help`", pair(times["help"]), "≤ 0.3 s", times["help"]["p50"] <= 0.3)
    served, quoted = found["page"]["auto"], found["page"]["extractive"]
    alone("page usable", f"{served['usable_seconds']:.1f} s", "≤ 8 s", served["usable_seconds"] <= 8)
    first, again = (found["warming"][i]["seconds"] for i in (0, 1))
    alone("warm-up, first start", f"{first:.1f} s", "≤ 60 s", first <= 60)
    alone("warm-up, next start", f"{again:.1f} s", "≤ 3 s", again <= 3)
    most = max(served["memory_mb"], *(one["memory_mb"] for one in found["warming"]))
    alone("memory of the serving process", f"{most:.0f} MB", "≤ 2.5 GB", most <= 2500)
    least = max(quoted["memory_mb"], found["warming_extractive"]["memory_mb"])
    alone("memory, extractive only", f"{least:.0f} MB", "≤ 0.7 GB", least <= 700)
    made = found["indexing"]
    alone("index from nothing", f"{made['nothing']:.2f} s", "≤ 5 s", made["nothing"] <= 5)
    alone("index, nothing changed", f"{made['unchanged']:.3f} s", "≤ 0.3 s", made["unchanged"] <= 0.3)
    if embedding := found.get("embedding"):
        mine, theirs = embedding["packaged"], embedding["sentence-transformers float32"]
        cosine = min(embedding["cosine_passages"]["least"], embedding["cosine_queries"]["least"])
        table.append(
            (
                f"passages embedded per second (cosine ≥ {cosine})",
                f"{mine['passages_per_second']}",
                f"{theirs['passages_per_second']}",
                f"{embedding['ratio']} ×",
                "≥ 3 ×, cosine ≥ 0.99",
                embedding["ratio"] >= 3 and cosine >= 0.99,
            )
        )
    if growth := found.get("growth"):
        least_row, most_row = growth["sizes"][0], growth["sizes"][-1]
        table.append(
            (
                f"search, {most_row['passages']:.0f} passages beside {least_row['passages']:.0f}",
                f"{most_row['retrieve_p50_ms']:.1f} ms",
                f"{least_row['retrieve_p50_ms']:.1f} ms",
                f"{growth['growth']['search_p50']}",
                "≤ 2 ×",
                growth["growth"]["search_p50"] <= 2,
            )
        )
    return table


def markdown(found: dict[str, Any]) -> str:
    """What was found as Markdown."""
    count, cold_count = found["questions"], found["cold_questions"]
    processor = f"{found['cores']} cores {'with' if found['largest_weight'] == ALL_8_BITS else 'without'} VNNI"
    said = {True: "yes", False: "**no**", None: ""}
    lines = [
        "# Speed",
        "",
        f"`python benchmarks/speed.py --count {count} --cold {cold_count}`: questions warm and cold, p50 / p95, on "
        f"{processor}. Beside it: the plain LlamaIndex pipeline (`plain_llamaindex.py`) where nothing else is said.",
        "",
        "| | here | beside | ratio of p50 | goal | holds |",
        "|---|---|---|---|---|---|",
        *(f"| {' | '.join((*row[:5], said[row[5]]))} |" for row in rows(found)),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Take every step, print the table, write both files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", nargs="?", type=Path, default=ROOT / "tests/data/development.yaml")
    parser.add_argument("--count", type=int, default=60, help="questions, warm")
    parser.add_argument("--cold", type=int, help="questions, cold (default: as many)")
    parser.add_argument("-o", "--output", type=Path, default=HERE / "speed")
    parser.add_argument("--step", choices=list(STEPS), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    questions = chosen(given.questions, given.count)
    if given.step:
        print(json.dumps(STEPS[given.step](questions, given.folder)))
        return
    first_cold = questions[: given.cold or given.count]
    found: dict[str, Any] = {
        "cores": os.cpu_count(),
        "largest_weight": largest_weight(),
        "questions": len(questions),
        "cold_questions": len(first_cold),
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "index"
        os.environ["GENOASSIST_CACHE"] = str(unread(Path(name) / "cache"))
        found["indexing"] = step("indexing", given, folder)
        found["warming"] = [step("warming", given, folder, GENOASSIST_ENGINE="auto") for _ in range(2)]
        found["warming_extractive"] = step("warming", given, folder, GENOASSIST_ENGINE="extractive")
        found["extractive"] = step("extractive", given, folder)
        found["compare"] = step("compare", given, folder)
        found["cold"] = cold(first_cold, folder)
        found["page"] = {engine: page(folder, engine) for engine in ("auto", "extractive")}
    for other in ("embedding", "growth"):
        if (path := HERE / f"{other}.json").exists():
            found[other] = json.loads(path.read_text(encoding="utf-8"))
    text = markdown(found)
    print("\n" + text)
    given.output.with_suffix(".md").write_text(text, encoding="utf-8")
    given.output.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
