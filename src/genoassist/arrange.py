"""The packaged language model, arranged for this machine: from the 4-bit GGUF file to the folder that ``decoder`` runs.

Done once, in a minute; kept in the cache.
"""

from __future__ import annotations

import json
import os
import shutil
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from filelock import FileLock
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

from genoassist.decoder_graph import Graph, Shape, rotated
from genoassist.encoder import largest_weight
from genoassist.errors import ModelError, reason

GRAPH, WEIGHTS, WORDS, SHAPE, TOKENS = "graph.onnx", "graph.data", "words.f16", "shape.json", "tokenizer.json"
WRITTEN = "written.npy"
# Of what is written here: another number makes what an earlier version wrote be written anew.
FORMAT = 6
# Of the bytes of the file, so many are needed to arrange it: what is written, and some room.
SPACE = 2
# How Qwen2 cuts text before it joins letters (its tokenizer.json).
WORDS_OF_QWEN2 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
SCRIPTS = ("LATIN", "GREEK", "MICRO", "FEMININE", "MASCULINE")  # µ, ª and º have names of their own
# Tokens of a GGUF vocabulary that are no text: control, and defined by who trained it.
NO_TEXT = (3, 4)


def arranged(path: Path, cache: Path, sha256: str, progress: Callable[[int, int], None] | None = None) -> Path:
    """The folder of the model in a GGUF file, in the cache, written when it is not there or is another file's.

    ``progress(layers done, layers)`` is told while it is written. Raises ModelError when the file cannot be read; OSError when
    the folder cannot be written.
    """
    folder, what = folder_of(path, cache), made_of(sha256)
    if shape_of(folder, what) is None:
        with FileLock(folder.with_name(f"{folder.name}.lock")):
            if shape_of(folder, what) is None:  # another process may have written it meanwhile
                _written(folder, path, what, progress or (lambda _done, _total: None))
    return folder


def made_of(sha256: str) -> str:
    """What tells a folder of the model in a file with this hash from one written otherwise, or for another processor."""
    return f"{sha256} {FORMAT} {largest_weight()}"


def folder_of(path: Path, cache: Path) -> Path:
    """Where the model in a GGUF file is, or would be, arranged."""
    return cache / f"{path.stem}.onnx"


def _written(folder: Path, path: Path, what: str, progress: Callable[[int, int], None]) -> None:
    """Write the folder of a model whole, or not at all."""
    part = folder.with_name(f"{folder.name}.part")
    for left in (part, folder):
        shutil.rmtree(left, ignore_errors=True)
    part.mkdir(parents=True)
    needed, free = SPACE * path.stat().st_size, shutil.disk_usage(part).free
    try:
        if free < needed:
            raise ModelError(
                "models.space", name=path.name, folder=folder.parent, needed=needed // 10**6 + 1, free=free // 10**6
            )
        _write(part, path, what, progress)
        part.replace(folder)
    except (KeyError, IndexError, ValueError) as error:
        raise ModelError("llm.unreadable", path=path, reason=reason(error)) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def shape_of(folder: Path, what: str = "") -> Shape | None:
    """The shape of the model in a folder; None where it is not whole, or was made of something else."""
    try:
        noted = json.loads((folder / SHAPE).read_text(encoding="utf-8"))
        whole = noted["bytes"] == _bytes(folder)
        shape = Shape(**noted["shape"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return shape if whole and what in ("", shape.made_of) else None


def _bytes(folder: Path) -> dict[str, int]:
    return {name: (folder / name).stat().st_size for name in (GRAPH, WEIGHTS, WORDS, TOKENS, WRITTEN)}


def _write(folder: Path, path: Path, what: str, progress: Callable[[int, int], None]) -> None:
    from gguf import GGUFReader  # what only arranging needs is no work for every start

    reader = GGUFReader(path)
    if (kind := reader.fields["general.architecture"].contents()) != "qwen2":
        raise ValueError(kind)
    sizes = (name for name in reader.fields if name.startswith("qwen2."))
    about = {name.removeprefix("qwen2."): reader.fields[name].contents() for name in sizes}
    heads, kv_heads = about["attention.head_count"], about["attention.head_count_kv"]
    hidden = about["embedding_length"]
    shape = Shape(about["block_count"], hidden, heads, kv_heads, hidden // heads, largest_weight(), what)
    tokenizer = _tokenizer(reader.fields)
    written = np.array([i for i in range(tokenizer.get_vocab_size()) if in_latin(tokenizer.decode([i]))])
    np.save(folder / WRITTEN, written)
    with (folder / WEIGHTS).open("wb") as data:
        made = Graph(reader, shape, about["attention.layer_norm_rms_epsilon"], about["rope.freq_base"], written, data)
        onnx.save(made.whole(progress), folder / GRAPH)
    with (folder / WORDS).open("wb") as words:
        for block in made.blocks(made.words):
            words.write(rotated(block).astype(np.float16).data)
    tokenizer.save(str(folder / TOKENS), pretty=False)
    for name in _bytes(folder):  # after a power cut, what is noted as whole is whole
        with (folder / name).open("rb") as file:
            os.fsync(file.fileno())
    (folder / SHAPE).write_text(json.dumps({"shape": asdict(shape), "bytes": _bytes(folder)}), encoding="utf-8")


def in_latin(text: str) -> bool:
    """Whether a word may be part of an answer: no letter of it is of a script that neither English nor French has words in.

    Greek letters are part of both (TGF-β). Of the packaged vocabulary a third is left out, which every token would be compared
    with, and an answer cannot stray into Chinese.
    """
    return all(unicodedata.name(letter, "").startswith(SCRIPTS) for letter in text if letter.isalpha())


def _tokenizer(fields: Mapping[str, Any]) -> Tokenizer:
    texts, kinds, merges = (fields[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "token_type", "merges"))
    made = Tokenizer(models.BPE({text: i for i, text in enumerate(texts)}, [tuple(m.split(" ")) for m in merges]))
    made.normalizer = normalizers.NFC()
    cut = pre_tokenizers.Split(Regex(WORDS_OF_QWEN2), "isolated")
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [cut, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    made.decoder = decoders.ByteLevel()
    marks = [text for text, kind in zip(texts, kinds, strict=True) if kind in NO_TEXT]
    made.add_special_tokens([AddedToken(mark, special=True, normalized=False) for mark in marks])
    return made
