"""Build, sync and open the index: Chroma for meaning and BM25 for words, over the same passages, behind one manifest.

A generation is a folder that never changes once the manifest names it and is not removed while someone has it open: a
rebuild disturbs no reader, and two processes never write to one Chroma (query and get disagree then).
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
import weakref
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from genoassist.errors import IndexStateError, reason
from genoassist.passages import passages
from genoassist.types import Corpus, Passage
from genoassist.words import terms

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from llama_index.vector_stores.chroma import ChromaVectorStore

log = logging.getLogger(__name__)
logging.getLogger("bm25s").setLevel(logging.WARNING)  # it sets a level and a handler of its own

FORMAT = 2
# With Chroma's own breadth (100 and 100) one start in two finds another last candidate among 200 passages, and the scores of
# all of them shift with it.
HNSW = {"space": "cosine", "ef_construction": 400, "ef_search": 400}
HELD = ".held"  # locked by whoever has the generation open
COLLECTION = "passages"
_CHROMA_BATCH = 5000  # Chroma 1.5 takes at most 5,461 records a call

State = Literal["fresh", "stale", "foreign", "missing"]
Told = Callable[[int, int], None]  # done, total
Vector = NDArray[np.float32]
Embed = Callable[[list[str]], list[list[float]]]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index says of itself: fingerprints of the corpus and of its passages, the identity of the embedding model."""

    format: int
    corpus: str
    content: str
    model: str
    passages: int
    generation: str


@dataclass(frozen=True, slots=True)
class Changes:
    """How many passages a sync added, changed (reworded in their section), kept and removed."""

    added: int
    changed: int
    kept: int
    removed: int


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Index:
    """An open generation."""

    manifest: Manifest
    passages: dict[str, Passage]
    ids: tuple[str, ...]  # of the passages, in their order
    store: ChromaVectorStore
    bm25: Any
    vocabulary: frozenset[str]

    def dense(self, vector: list[float], k: int) -> list[tuple[str, float]]:
        """The ``k`` nearest passages: (passage id, cosine), best first."""
        found = self.store.client.query([vector], n_results=min(k, len(self.passages)), include=["distances"])
        return [(i, 1.0 - d) for i, d in zip(found["ids"][0], found["distances"][0], strict=True)]

    def vectors(self, ids: Sequence[str]) -> NDArray[np.float32]:
        """The embeddings of those passages, unit length, a row each in that order."""
        found = self.store.client.get(ids=list(ids), include=["embeddings"])
        rows = dict(zip(found["ids"], found["embeddings"], strict=True))
        return np.asarray([rows[i] for i in ids], dtype=np.float32)

    def lexical(self, words: Sequence[str], k: int) -> list[tuple[str, float]]:
        """The ``k`` passages of the best BM25 over those terms: (passage id, score > 0), best first."""
        if not (known := [w for w in dict.fromkeys(words) if w in self.vocabulary]):
            return []
        scores: NDArray[np.float32] = self.bm25.get_scores(known)
        found = np.flatnonzero(scores > 0)
        if k < len(found):  # sort the best alone, ties included, so that they come in the order of the corpus
            found = found[scores[found] >= np.partition(scores[found], -k)[-k]]
        best = found[np.argsort(-scores[found], kind="stable")][:k]
        return [(self.ids[i], float(scores[i])) for i in best]


def state(folder: Path, corpus: Corpus, model: str) -> State:
    """Whether the index in that folder is of this corpus and this model."""
    manifest = read_manifest(folder)
    if manifest is None or manifest.format != FORMAT or not (folder / manifest.generation).is_dir():
        return "missing"
    if manifest.model != model:
        return "foreign"
    same = (manifest.corpus, manifest.content) == (corpus.fingerprint, _content(passages(corpus)))
    return "fresh" if same else "stale"


def _content(made: Sequence[Passage]) -> str:
    """The fingerprint of the passages, which change with the corpus and with the way it is cut."""
    return sha256("\n".join(f"{p.id} {_digest(p.text)}" for p in made).encode()).hexdigest()


def sync(
    folder: Path, corpus: Corpus, model: str, embed: Embed, *, rebuild: bool = False, progress: Told | None = None
) -> tuple[Index, Changes]:
    """Bring the index up to date with the corpus and open it; vectors of unchanged passages are kept.

    Raises IndexStateError when the index was built by another model (``rebuild`` builds it anew), when the folder
    cannot be written, or when another process holds it for longer than ten minutes.
    """
    try:
        wanted = passages(corpus)
        if not rebuild and state(folder, corpus, model) == "fresh" and (opened := _open(folder, wanted)):
            return opened, Changes(0, 0, len(wanted), 0)
        with _lock(folder):
            now = state(folder, corpus, model)
            if now == "foreign" and not rebuild:
                found = getattr(read_manifest(folder), "model", "?")
                raise IndexStateError("index.foreign", path=folder, found=found, expected=model)
            if now == "fresh" and not rebuild and (opened := _open(folder, wanted)):
                return opened, Changes(0, 0, len(wanted), 0)
            old, before = _held(folder) if now == "stale" and not rebuild else ({}, Counter())
            _build(folder, (corpus.fingerprint, model), wanted, old, embed, progress)
            changes = _changes(before, Counter((p.id.rpartition(":")[0], _digest(p.text)) for p in wanted))
            opened = _open(folder, wanted)
    except OSError as error:
        raise IndexStateError("index.unwritable", path=folder, reason=reason(error)) from error
    if opened is None:
        raise IndexStateError("index.missing", path=folder)
    return opened, changes


def _build(
    folder: Path,
    identity: tuple[str, str],
    wanted: list[Passage],
    old: dict[str, Vector],
    embed: Embed,
    progress: Told | None,
) -> None:
    """Write a new generation of that corpus and model beside the old one, then swap the manifest in one step."""
    import bm25s

    new = [p for p in wanted if _digest(p.text) not in old]
    vectors = dict(old)
    for start in range(0, len(new), 64):
        batch = new[start : start + 64]
        embedded = np.asarray(embed([p.text for p in batch]), np.float32)
        vectors.update(zip((_digest(p.text) for p in batch), embedded, strict=True))
        if progress:
            progress(min(start + 64, len(new)), len(new))

    generation = Path(tempfile.mkdtemp(prefix="generation-", dir=folder))
    generation.chmod(0o755)
    store = _chroma(generation / "chroma", create=True)
    from llama_index.core.schema import TextNode

    for start in range(0, len(wanted), _CHROMA_BATCH):
        part = [(p, _digest(p.text)) for p in wanted[start : start + _CHROMA_BATCH]]
        store.add(
            [TextNode(id_=p.id, text=p.text, embedding=vectors[d].tolist(), metadata={"digest": d}) for p, d in part]
        )
    bm25 = bm25s.BM25()
    bm25.index([terms(p.text) or ["\u0000"] for p in wanted], show_progress=False)
    bm25.save(generation / "bm25", show_progress=False)

    (generation / HELD).touch()
    manifest = Manifest(FORMAT, identity[0], _content(wanted), identity[1], len(wanted), generation.name)
    partial = folder / ".manifest.json.partial"
    partial.write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
    partial.replace(folder / "manifest.json")
    for left in folder.glob("generation-*"):
        if left.name != generation.name and _let_go(left):
            shutil.rmtree(left, ignore_errors=True)


def _changes(before: Counter[tuple[str, str]], after: Counter[tuple[str, str]]) -> Changes:
    """What became of the passages, each told by its section and its digest."""
    come, gone = after - before, before - after
    changed = (Counter(s for s, _ in come.elements()) & Counter(s for s, _ in gone.elements())).total()
    return Changes(come.total() - changed, changed, after.total() - come.total(), gone.total() - changed)


def _open(folder: Path, wanted: list[Passage]) -> Index | None:
    """The generation in place, held open; None when it is damaged or not there."""
    import bm25s
    from chromadb.errors import ChromaError

    manifest = read_manifest(folder)
    if manifest is None:
        return None
    generation = folder / manifest.generation
    try:
        bm25 = bm25s.BM25.load(generation / "bm25", load_corpus=False)
        store = _chroma(generation / "chroma", create=False)
        by_id = {p.id: p for p in wanted}
        index = Index(manifest, by_id, tuple(by_id), store, bm25, frozenset(bm25.vocab_dict))
        held = os.open(generation / HELD, os.O_RDONLY)
        weakref.finalize(index, os.close, held)
        if fcntl:
            fcntl.flock(held, fcntl.LOCK_SH)
        # From here on nobody removes it; if it was replaced just before, the caller opens the new one.
        count = store.client.count()
    except (ChromaError, OSError, ValueError, KeyError) as error:
        log.info("%s cannot be opened: %s", generation, error)
        return None
    return index if count == len(wanted) and read_manifest(folder) == manifest else None


def _let_go(generation: Path) -> bool:
    """Whether no process has that generation open."""
    if not fcntl:
        return True  # the system refuses to remove files that are open
    try:
        with (generation / HELD).open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return isinstance(error, FileNotFoundError)
    return True


def _chroma(path: Path, *, create: bool) -> ChromaVectorStore:
    import chromadb
    from llama_index.vector_stores.chroma import ChromaVectorStore

    client = chromadb.PersistentClient(path=str(path), settings=chromadb.Settings(anonymized_telemetry=False))
    space = {"configuration": {"hnsw": HNSW}} if create else {}
    get = client.create_collection if create else client.get_collection
    return ChromaVectorStore(chroma_collection=get(COLLECTION, embedding_function=None, **space))


def _held(folder: Path) -> tuple[dict[str, Vector], Counter[tuple[str, str]]]:
    """The vectors in place by the digest of their text, and the section and digest of each passage; none when unreadable."""
    manifest = read_manifest(folder)
    if manifest is None:
        return {}, Counter()
    from chromadb.errors import ChromaError

    try:
        found = _chroma(folder / manifest.generation / "chroma", create=False).client.get(
            include=["embeddings", "metadatas"]
        )
    except (ChromaError, OSError, ValueError) as error:
        log.info("%s cannot be read: %s", folder / manifest.generation, error)
        return {}, Counter()
    digests = [str(meta["digest"]) for meta in found["metadatas"]]
    vectors = dict(zip(digests, np.asarray(found["embeddings"], np.float32), strict=True))
    return vectors, Counter(zip((key.rpartition(":")[0] for key in found["ids"]), digests, strict=True))


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of the index in that folder; None when there is none that can be read."""
    try:
        manifest = Manifest(**json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    whole = isinstance(manifest.model, str) and isinstance(manifest.generation, str) and Path(manifest.generation).name
    return manifest if whole == manifest.generation else None


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """One writer at a time; the lock is freed by the system when its holder dies."""
    from filelock import FileLock, Timeout

    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / ".lock", timeout=600):
            yield
    except Timeout:
        raise IndexStateError("index.locked", path=folder) from None
