"""Reading the packaged embedding model: multilingual-e5-small in one file of 4-bit blocks, magic ``E5S1``.

The layout is the one of ``e5_parse`` in the ``e5.c`` of the package that carries the file: header, SentencePiece
pieces with their scores, a normalisation map of code points, a directory of tensors, the tensors.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Regex, normalizers

from genoassist.errors import ModelError, reason

Floats = npt.NDArray[np.float32]

BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])  # ggml Q4_0: 32 weights
SPACE = 0x20


@dataclass(frozen=True, slots=True)
class Pieces:
    """The SentencePiece vocabulary: each piece's text and score (log-probability), by id, and the ids with a meaning."""

    texts: list[str]
    scores: list[float]
    begin: int
    end: int
    pad: int
    unknown: int
    normalizer: normalizers.Normalizer


@dataclass(frozen=True, slots=True)
class E5File:
    """What the file holds: a BERT without pooler. ``tensors`` are views by name, left on disk until they are read.

    Names are ``emb.word``, ``emb.pos``, ``emb.type``, ``emb.ln.w`` and ``.b``, and per layer ``l0.q``, ``k``, ``v``, ``ao``
    (attention output), ``fi``, ``fo`` (feed-forward in and out), ``aln``, ``oln`` (the norms after attention and after
    feed-forward), each with ``.w`` and ``.b``.
    """

    hidden: int
    layers: int
    heads: int
    inner: int
    rows: int
    positions: int
    types: int
    epsilon: float
    pieces: Pieces = field(repr=False)
    tensors: dict[str, npt.NDArray[Any]] = field(repr=False)

    def tensor(self, name: str) -> Floats:
        """That tensor in float32: shape (rows, columns) of a matrix, (length,) of a vector. KeyError when there is none."""
        found = self.tensors[name]
        return dequantise(found) if found.dtype == BLOCK else found.astype(np.float32)

    def words(self, ids: npt.NDArray[np.int64]) -> Floats:
        """The word embeddings of those tokens, float32: shape (…) to (…, hidden); only these rows are read."""
        return dequantise(self.tensors["emb.word"][ids])


def read(path: Path) -> E5File:
    """The model of the file.

    Raises ModelError when the file is not in the format.
    """
    try:
        return _parse(np.memmap(path, dtype=np.uint8, mode="r"))
    except (struct.error, ValueError, KeyError, IndexError, OSError) as error:
        raise ModelError("embedding.format", path=path, reason=reason(error)) from None


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
    pieces = _pieces(cursor)
    columns = {"emb.word": hidden, "emb.pos": hidden, "emb.type": hidden}
    columns |= {f"l{i}.{short}.w": hidden for i in range(layers) for short in ("q", "k", "v", "ao", "fi")}
    columns |= {f"l{i}.fo.w": inner for i in range(layers)}
    tensors: dict[str, npt.NDArray[Any]] = {}
    for _ in range(cursor.values("i")[0]):
        name = cursor.take(cursor.values("H")[0]).decode()
        kind, count, offset, _size = cursor.values("BIQQ")
        found = np.frombuffer(data, BLOCK, count // 32, offset) if kind else np.frombuffer(data, "<f4", count, offset)
        width = columns.get(name, 0) // (32 if kind else 1)
        tensors[name] = found.reshape(-1, width) if width else found
    return E5File(hidden, layers, heads, inner, rows, positions, types, epsilon, pieces, tensors)


def _pieces(cursor: _Cursor) -> Pieces:
    count, begin, end, pad, unknown = cursor.values("5i")
    (size,) = cursor.values("Q")
    starts = np.frombuffer(cursor.take(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(cursor.take(4 * count), "<f4").astype(np.float64).tolist()
    text = cursor.take(size)
    texts = [text[start:stop].decode() for start, stop in pairwise(starts)]
    return Pieces(texts, scores, begin, end, pad, unknown, _normalizer(cursor))


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
