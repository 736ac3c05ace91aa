"""Embedding models: the packaged multilingual-e5-small, in 8-bit arithmetic, or any sentence-transformers model.

Everything heavy is imported on first use: importing this module, or opening an embedder, loads no torch; the packaged
model never does.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from genoassist.errors import ModelError, reason
from genoassist.models import EMBEDDING, locate
from genoassist.settings import PACKAGED, Settings

if TYPE_CHECKING:
    from genoassist.embedder import Embedder, Encode

ARITHMETIC = "int8"  # how the packaged model multiplies: vectors made otherwise are other vectors
BATCH = 16  # texts a pass: 16 and 32 are the fastest of 8 to 64 on 2 cores, sorted by length within SLICE
SLICE = 64
WEIGHT_FILES = ("*.safetensors", "*.bin", "*.json")
NOT_NEEDED = ["onnx/*", "openvino/*", "*.onnx", "*.h5", "*.msgpack", "*.ot", "*.tflite"]


def open_embedder(settings: Settings, path: Path | None = None) -> Embedder:
    """The embedding model of the settings, loaded on first use; ``path`` is the packaged file if located.

    Its ``identity`` is the name and the SHA-256 of the weights (``…@sha256:…``), or the hub's revision (``…@…``); of the
    packaged model, the arithmetic too.
    Raises ModelError when the weights are missing, damaged, or cannot be fetched.
    """
    from genoassist.embedder import Embedder

    _quiet()
    if settings.embedding_model == PACKAGED:
        digest = EMBEDDING.sha256
        if path is None:
            path = locate(EMBEDDING, settings)
        else:
            digest = _sha256([path])
        name, identity = EMBEDDING.name, f"{EMBEDDING.name}@sha256:{digest}/{ARITHMETIC}"
        load = partial(_packaged, path, settings.threads)
    else:
        name = settings.embedding_model
        folder, identity = _folder(name, settings.download)
        load = partial(_other, name, folder, settings.threads)
    return Embedder(load, identity=identity, model_name=name, embed_batch_size=SLICE)


def _quiet() -> None:
    """No telemetry, no progress bars, no advice: set before the libraries are imported, which is when they look."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def _packaged(path: Path, threads: int) -> tuple[Encode, Encode]:
    """The packaged model, without torch: importing sentence-transformers costs more than all the rest of a cold answer."""
    from genoassist import encoder

    return encoder.load(path, threads)


def _other(name: str, folder: Path, threads: int) -> tuple[Encode, Encode]:
    """The sentence-transformers model of a folder, with the prompts it defines."""
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()
    torch.set_num_threads(threads)
    try:
        model = SentenceTransformer(str(folder), local_files_only=True)
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise ModelError("embedding.unknown", name=name, reason=reason(error)) from None
    options = {"batch_size": BATCH, "normalize_embeddings": True, "show_progress_bar": False}
    return partial(model.encode_query, **options), partial(model.encode_document, **options)


def _folder(name: str, download: bool) -> tuple[Path, str]:
    """The folder of a model, fetched from a hub if it is not on this machine, and the identity of its weights."""
    folder = Path(name).expanduser()
    if folder.is_dir():
        files = sorted(path for pattern in WEIGHT_FILES for path in folder.rglob(pattern))
        return folder, f"{name}@sha256:{_sha256(files)}"
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        try:
            snapshot = Path(snapshot_download(name, local_files_only=True))
            if not any(snapshot.rglob("*.safetensors")) and not any(snapshot.rglob("*.bin")):
                raise LocalEntryNotFoundError(name)  # only its card or its configuration was ever fetched
        except LocalEntryNotFoundError:
            if not download:
                raise
            snapshot = Path(snapshot_download(name, ignore_patterns=NOT_NEEDED))
    except (HfHubHTTPError, OSError, ValueError) as error:
        raise ModelError("embedding.unknown", name=name, reason=reason(error)) from None
    return snapshot, f"{name}@{snapshot.name}"


def _sha256(files: Sequence[Path]) -> str:
    """The SHA-256 (hex) of one file; of several, that of their hashes."""
    hashes = []
    for path in files:
        with path.open("rb") as file:
            hashes.append(hashlib.file_digest(file, "sha256").hexdigest())
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()
