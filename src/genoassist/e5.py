"""Reading the packaged embedding model: multilingual-e5-small in one file of 4-bit blocks, magic ``E5S1``.

The layout is the one of ``e5_parse`` in the ``e5.c`` of the package that carries the file: header, SentencePiece
pieces with their scores, a normalisation map of code points, a directory of tensors, the tensors.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from genoassist.errors import ModelError

Floats = npt.NDArray[np.float32]

BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])  # ggml Q4_0: 32 weights
SPACE = 0x20
LINEAR = (  # (name in the file, name in BertModel, the dimensions it goes to and comes from)
    ("q", "attention.self.query", "hidden", "hidden"),
    ("k", "attention.self.key", "hidden", "hidden"),
    ("v", "attention.self.value", "hidden", "hidden"),
    ("ao", "attention.output.dense", "hidden", "hidden"),
    ("fi", "intermediate.dense", "inner", "hidden"),
    ("fo", "output.dense", "hidden", "inner"),
)
NORMS = (("aln", "attention.output.LayerNorm"), ("oln", "output.LayerNorm"))


@dataclass(frozen=True, slots=True)
class E5File:
    """What the file holds; ``words`` are the 4-bit rows of the word embeddings, left on disk until asked for."""

    hidden: int
    layers: int
    heads: int
    inner: int
    positions: int
    types: int
    epsilon: float
    tokenizer: Tokenizer = field(repr=False)
    words: npt.NDArray[np.void] = field(repr=False)
    state: dict[str, Floats] = field(repr=False)


def read(path: Path) -> E5File:
    """The model of the file: tensors named as in ``transformers.BertModel``, float32, but for the word embeddings.

    Raises ModelError when the file is not in the format.
    """
    try:
        return _parse(np.memmap(path, dtype=np.uint8, mode="r"))
    except (struct.error, ValueError, KeyError, IndexError, OSError) as error:
        raise ModelError("embedding.format", path=path, reason=str(error)) from None


def dequantise(blocks: npt.NDArray[np.void]) -> Floats:
    """The weights of Q4_0 blocks: shape (…, blocks) to (…, 32 × blocks), float32.

    Low nibbles are weights 0–15 of a block, high nibbles 16–31; a weight is (nibble - 8) × scale.
    """
    scale = blocks["scale"].astype(np.float32)[..., None]
    nibbles = blocks["nibbles"]
    weights = np.empty((*blocks.shape, 32), np.float32)
    np.multiply((nibbles & 15).view(np.int8) - np.int8(8), scale, out=weights[..., :16])
    np.multiply((nibbles >> 4).view(np.int8) - np.int8(8), scale, out=weights[..., 16:])
    return weights.reshape(*blocks.shape[:-1], -1)


class _Cursor:
    """Reads little-endian values one after the other."""

    def __init__(self, data: npt.NDArray[np.uint8]) -> None:
        self.data = data.data
        self.at = 0

    def values(self, layout: str) -> tuple[int, ...]:
        return struct.unpack(f"<{layout}", self.take(struct.calcsize(f"<{layout}")))

    def take(self, size: int) -> bytes:
        self.at += size
        return self.data[self.at - size : self.at].tobytes()


def _parse(data: npt.NDArray[np.uint8]) -> E5File:
    cursor = _Cursor(data)
    if cursor.take(4) != b"E5S1":
        raise ValueError("E5S1 ≠ " + data[:4].tobytes().decode("latin-1").encode("unicode_escape").decode())
    _version, hidden, layers, heads, inner, rows, positions, types = cursor.values("I7i")
    epsilon, block = cursor.values("fi")
    if block != 32:
        raise ValueError(f"block {block} ≠ 32")
    tokenizer = _tokenizer(cursor, positions)
    directory: dict[str, tuple[int, int, int]] = {}
    for _ in range(cursor.values("i")[0]):
        name = cursor.take(cursor.values("H")[0]).decode()
        kind, count, offset, _size = cursor.values("BIQQ")
        directory[name] = (kind, count, offset)

    def floats(name: str, *shape: int) -> Floats:
        _, count, offset = directory[name]
        return np.frombuffer(data, "<f4", count, offset).reshape(shape or -1).astype(np.float32)

    def blocks(name: str, *shape: int) -> npt.NDArray[np.void]:
        _, count, offset = directory[name]
        return np.frombuffer(data, BLOCK, count // 32, offset).reshape(shape[0], shape[1] // 32)

    sizes = {"hidden": hidden, "inner": inner}
    state = {
        "embeddings.position_embeddings.weight": floats("emb.pos", positions, hidden),
        "embeddings.token_type_embeddings.weight": floats("emb.type", types, hidden),
        "embeddings.LayerNorm.weight": floats("emb.ln.w"),
        "embeddings.LayerNorm.bias": floats("emb.ln.b"),
    }
    for i in range(layers):
        for short, long, out, into in LINEAR:
            state[f"encoder.layer.{i}.{long}.weight"] = dequantise(blocks(f"l{i}.{short}.w", sizes[out], sizes[into]))
            state[f"encoder.layer.{i}.{long}.bias"] = floats(f"l{i}.{short}.b")
        for short, long in NORMS:
            state[f"encoder.layer.{i}.{long}.weight"] = floats(f"l{i}.{short}.w")
            state[f"encoder.layer.{i}.{long}.bias"] = floats(f"l{i}.{short}.b")
    words = blocks("emb.word", rows, hidden)
    return E5File(hidden, layers, heads, inner, positions, types, epsilon, tokenizer, words, state)


def _tokenizer(cursor: _Cursor, positions: int) -> Tokenizer:
    """The XLM-R tokenizer: Unigram over the pieces of the file, ``<s> … </s>``, truncated and padded."""
    count, begin, end, pad, unknown = cursor.values("5i")
    (size,) = cursor.values("Q")
    starts = cursor.values(f"{count + 1}I")
    scores = np.frombuffer(cursor.take(4 * count), "<f4").astype(np.float64).tolist()
    text = cursor.take(size)
    pieces = [text[start:stop].decode() for start, stop in pairwise(starts)]
    tokenizer = Tokenizer(models.Unigram(list(zip(pieces, scores, strict=True)), unk_id=unknown))
    tokenizer.normalizer = _normalizer(cursor)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    first, last = pieces[begin], pieces[end]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {last}", special_tokens=[(first, begin), (last, end)]
    )
    tokenizer.enable_truncation(positions)
    tokenizer.enable_padding(pad_id=pad, pad_token=pieces[pad])
    return tokenizer


def _normalizer(cursor: _Cursor) -> normalizers.Normalizer:
    """NFKC, with the code points that the map of the file deletes or makes spaces, which NFKC leaves alone.

    The rest of the map is NFKC one code point at a time; the whole of it also composes what came decomposed.
    """
    count, _size = cursor.values("iI")
    deleted, spaces = "", ""
    for _ in range(count):
        code, length = cursor.values("IB")
        becomes = cursor.values(f"{length}I")
        if not becomes:
            deleted += f"\\x{{{code:x}}}"
        elif becomes == (SPACE,):
            spaces += f"\\x{{{code:x}}}"
    return normalizers.Sequence(
        [
            normalizers.Replace(Regex(f"[{deleted}]"), ""),
            normalizers.Replace(Regex(f"[{spaces}]"), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
            normalizers.Strip(),
        ]
    )
