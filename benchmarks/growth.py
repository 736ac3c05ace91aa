"""How search, memory and building grow with the corpus: from 1,000 to 100,000 passages.

    python benchmarks/growth.py [--sizes 1000 3000 10000 30000 100000] [-o benchmarks/growth]

The corpora are synthetic: sentences of the report cut at commas and recombined, in documents of 100 sentences. The first
2,000 passages are really embedded; each of the others takes the vector of one of these with Gaussian noise (cosine 0.95 on
average to it), because embedding 100,000 would measure the embedding model, whose cost a passage is constant. So build time
here is that of everything but embedding: reading, cutting, Chroma, BM25, writing. Each size is built in a process of its own,
and searched in another, from which its memory is read. Search is what the retriever does for a question, the question's own
embedding apart; questions are those of both languages in the development set. Writes growth.json and growth.svg.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from genoassist import corpus as corpora
from genoassist.embedding import open_embedder
from genoassist.evaluate import load_questions, percentile
from genoassist.index import sync
from genoassist.passages import passages
from genoassist.settings import load

ROOT = Path(__file__).parents[1]
SIZES = (1000, 3000, 10_000, 30_000, 100_000)
EMBEDDED = 2000
NOISE = 0.33  # length of the noise beside a unit vector
QUESTIONS = 60
DOCUMENT = 100  # sentences


def write_corpus(folder: Path, size: int) -> None:
    """That many synthetic sentences, as Markdown files of ten sections of ten sentences."""
    dice = random.Random(0)
    sentences = [s.text for d in corpora.load(ROOT / "corpus").documents for sec in d.sections for s in sec.sentences]
    parts = [part.strip(' ."“”') for text in sentences for part in re.split(r"[,;:] ", " ".join(text.split()))]
    parts = [part for part in parts if 2 <= len(part.split()) <= 25]
    words = sorted({word for text in sentences for word in re.findall(r"[A-Za-z]{5,}", text)})
    for document in range(size // DOCUMENT):
        lines = [f"# Yearbook {document}"]
        for section in range(10):
            lines += ["", f"## {' '.join(dice.sample(words, 3)).capitalize()} {section}", ""]
            for _ in range(DOCUMENT // 10):
                text = ", ".join(dice.sample(parts, dice.randint(1, 3)))
                lines.append(f"- {text[0].upper()}{text[1:]} with {' and '.join(dice.sample(words, 2))}.")
        (folder / f"yearbook-{document:04}.md").write_text("\n".join(lines), encoding="utf-8")


def invented(basis: np.ndarray, texts: list[str]) -> list[list[float]]:
    """For each text a noisy neighbour of one of the real vectors, always the same one."""
    made = []
    for text in texts:
        dice = np.random.default_rng(int.from_bytes(sha256(text.encode()).digest()[:8]))
        noise = dice.standard_normal(basis.shape[1]).astype(np.float32)
        vector = basis[dice.integers(len(basis))] + NOISE * noise / np.linalg.norm(noise)
        made.append((vector / np.linalg.norm(vector)).tolist())
    return made


def memory() -> float:
    """What this process holds now, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def build(folder: Path, size: int) -> dict[str, float]:
    """Write and index a corpus of that size."""
    corpus = folder / "corpus"
    corpus.mkdir()
    write_corpus(corpus, size)
    basis = np.load(folder.parent / "basis.npy")
    started = time.perf_counter()
    loaded = corpora.load(corpus)
    read = time.perf_counter() - started
    taken = 0.0

    def embed(texts: list[str]) -> list[list[float]]:
        nonlocal taken
        began = time.perf_counter()
        made = invented(basis, texts)
        taken += time.perf_counter() - began
        return made

    sync(folder / "index", loaded, "synthetic", embed)
    built = time.perf_counter() - started - taken
    return {"passages": len(passages(loaded)), "read_seconds": read, "build_seconds": built}


def search(folder: Path) -> dict[str, float]:
    """Open the index and search it with each question."""
    from genoassist.retrieve import retriever

    embedder = open_embedder(load())
    asked = load_questions(ROOT / "tests/data/development.yaml")
    half = QUESTIONS // 2
    questions = [q.question for language in ("en", "fr") for q in [q for q in asked if q.language == language][:half]]
    vectors = {question: embedder.get_query_embedding(question) for question in questions}
    from llama_index.vector_stores.chroma import ChromaVectorStore  # noqa: F401  # its memory is not the corpus's

    before = memory()
    started = time.perf_counter()
    index, _ = sync(folder / "index", corpora.load(folder / "corpus"), "synthetic", lambda _: [])
    opened = time.perf_counter() - started

    class Known(type(embedder)):  # type: ignore[misc]
        def _get_query_embedding(self, query: str) -> list[float]:
            return vectors[query]

    hybrid = retriever(index, Known(lambda: None, identity="synthetic", model_name="known"))
    for question in questions:
        hybrid.retrieve(question)
    seconds: dict[str, list[float]] = {"retrieve": [], "dense": [], "lexical": []}
    from genoassist.words import terms

    for question in questions:
        for name, step in (
            ("retrieve", lambda q=question: hybrid.retrieve(q)),
            ("dense", lambda q=question: index.dense(vectors[q], 50)),
            ("lexical", lambda q=question: index.lexical(terms(q), 50)),
        ):
            started = time.perf_counter()
            step()
            seconds[name].append(time.perf_counter() - started)
    found = {f"{name}_p{p}_ms": 1000 * percentile(s, p / 100) for name, s in seconds.items() for p in (50, 95)}
    return {"open_seconds": opened, "memory_mb": memory() - before, **found}


def svg(rows: list[dict[str, Any]]) -> str:
    """The curves: milliseconds a search, build milliseconds and memory (KB) a passage, over the passages (log)."""
    width, height, left, top = 640, 300, 60, 30
    series = (
        ("search p50, ms", "#1b5e8a", [r["retrieve_p50_ms"] for r in rows]),
        ("search p95, ms", "#7fb3d5", [r["retrieve_p95_ms"] for r in rows]),
        ("build, ms a passage", "#b5541c", [r["build_ms_per_passage"] for r in rows]),
        ("memory, KB a passage", "#3f7d3a", [r["memory_kb_per_passage"] for r in rows]),
    )
    highest = max(value for _, _, values in series for value in values) * 1.1
    spread = np.log10([r["passages"] for r in rows])
    xs = left + (width - left - 20) * (spread - spread[0]) / max(float(np.ptp(spread)), 1e-9)
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height + 60}" font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height + 60}" fill="#fff"/>',
        f'<path d="M{left} {top}V{height}H{width - 20}" fill="none" stroke="#555"/>',
    ]
    drawn += [
        f'<text x="{x:.0f}" y="{height + 18}" text-anchor="middle">{r["passages"]:,}</text>'
        for x, r in zip(xs, rows, strict=True)
    ]
    for tick in range(5):
        y = height - (height - top) * tick / 4
        drawn.append(f'<text x="{left - 6}" y="{y + 4:.0f}" text-anchor="end">{highest * tick / 4:.1f}</text>')
    for i, (name, colour, values) in enumerate(series):
        ys = [height - (height - top) * value / highest for value in values]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True))
        drawn.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        drawn.append(f'<text x="{left + 145 * i}" y="{height + 45}" fill="{colour}">{name}</text>')
    return "\n".join([*drawn, "</svg>"]) + "\n"


def measured(size: int, scratch: Path) -> dict[str, Any]:
    """The figures of one size, built and searched each in a process of its own."""
    folder = scratch / str(size)
    folder.mkdir()
    row: dict[str, Any] = {}
    for step in ("build", "search"):
        ran = subprocess.run(
            [sys.executable, __file__, "--step", step, "--folder", str(folder), "--sizes", str(size)],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        row |= json.loads(ran.stdout)
    disk = sum(path.stat().st_size for path in (folder / "index").rglob("*") if path.is_file())
    row["build_ms_per_passage"] = 1000 * row["build_seconds"] / row["passages"]
    row["memory_kb_per_passage"] = 1000 * row["memory_mb"] / row["passages"]
    row["disk_kb_per_passage"] = disk / 1000 / row["passages"]
    return {key: round(value, 3) for key, value in row.items()}


def main() -> None:
    """Measure each size, print the table, write the figures and the curve."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--step", choices=["build", "search"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        print(json.dumps(build(given.folder, given.sizes[0]) if given.step == "build" else search(given.folder)))
        return
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        real = scratch / "real"
        real.mkdir()
        write_corpus(real, EMBEDDED)
        texts = [passage.text for passage in passages(corpora.load(real))]
        np.save(scratch / "basis.npy", np.array(open_embedder(load()).get_text_embedding_batch(texts), np.float32))
        rows = []
        for size in given.sizes:
            rows.append(measured(size, scratch))
            print(json.dumps(rows[-1]), flush=True)
    growth = {
        "search_p50": rows[-1]["retrieve_p50_ms"] / rows[0]["retrieve_p50_ms"],
        "build_per_passage": rows[-1]["build_ms_per_passage"] / rows[0]["build_ms_per_passage"],
        "memory_per_passage": rows[-1]["memory_kb_per_passage"] / rows[0]["memory_kb_per_passage"],
    }
    growth = {key: round(value, 2) for key, value in growth.items()}
    print(f"from {rows[0]['passages']} to {rows[-1]['passages']} passages: {growth}")
    if given.output:
        found = {"sizes": rows, "growth": growth}
        given.output.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        given.output.with_suffix(".svg").write_text(svg(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
