"""Embedding models: the packaged multilingual-e5-small, rebuilt in memory, or any sentence-transformers model.

Everything heavy is imported on first use: importing this module, or opening an embedder, loads no torch.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genoassist.errors import ModelError
from genoassist.models import EMBEDDING, locate
from genoassist.settings import PACKAGED, Settings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from genoassist.embedder import Embedder, Encode

PROMPTS = {"query": "query: ", "document": "passage: "}  # the ones e5 was trained with (arXiv:2402.05672)
BATCH = 16  # texts a pass: 16 and 32 are the fastest of 8 to 64 on 2 cores, sorted by length within SLICE
SLICE = 64
WEIGHT_FILES = ("*.safetensors", "*.bin", "*.json")
NOT_NEEDED = ["onnx/*", "openvino/*", "*.onnx", "*.h5", "*.msgpack", "*.ot", "*.tflite"]


def open_embedder(settings: Settings, path: Path | None = None) -> Embedder:
    """The embedding model of the settings, loaded on first use; ``path`` is the packaged file if located.

    Its ``identity`` is the name and the SHA-256 of the weights (``…@sha256:…``), or the hub's revision (``…@…``).
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
        name, identity, build = EMBEDDING.name, f"{EMBEDDING.name}@sha256:{digest}", partial(_packaged, path)
    else:
        name = settings.embedding_model
        folder, identity = _folder(name, settings.download)
        build = partial(_other, name, folder)
    return Embedder(partial(_load, build, settings.threads), identity=identity, model_name=name, embed_batch_size=SLICE)


def _quiet() -> None:
    """No telemetry, no progress bars, no advice: set before the libraries are imported, which is when they look."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def _load(build: Callable[[], SentenceTransformer], threads: int) -> tuple[Encode, Encode]:
    """The functions that encode queries and passages, each text a unit vector."""
    import torch
    from transformers.utils import logging

    logging.disable_progress_bar()
    torch.set_num_threads(threads)
    model = build()
    options = {"batch_size": BATCH, "normalize_embeddings": True, "show_progress_bar": False}
    return partial(model.encode_query, **options), partial(model.encode_document, **options)


def _packaged(path: Path) -> SentenceTransformer:
    """The model of the packaged file, built in memory: no second copy on disk, nothing asked of a hub."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import InputModule
    from sentence_transformers.sentence_transformer.modules import Pooling
    from transformers import BertConfig, BertModel

    from genoassist import e5

    file = e5.read(path)
    config = BertConfig(
        vocab_size=1,  # word embeddings stay in 4 bits: see forward
        hidden_size=file.hidden,
        num_hidden_layers=file.layers,
        num_attention_heads=file.heads,
        intermediate_size=file.inner,
        max_position_embeddings=file.positions,
        type_vocab_size=file.types,
        layer_norm_eps=file.epsilon,
        pad_token_id=0,
    )
    state = {name: torch.from_numpy(tensor) for name, tensor in file.state.items()}
    state["embeddings.word_embeddings.weight"] = torch.zeros(1, file.hidden)
    bert = BertModel.from_pretrained(None, config=config, state_dict=state, add_pooling_layer=False)

    class E5(InputModule):  # type: ignore[misc]  # the library is not typed
        """Tokens of the file's tokenizer through the file's BERT; only the word embeddings in use are unpacked."""

        def __init__(self) -> None:
            super().__init__()
            self.bert = bert
            self.tokenizer = file.tokenizer
            self.max_seq_length = file.positions

        def preprocess(self, inputs: Sequence[str], prompt: str | None = None, **_: Any) -> dict[str, torch.Tensor]:
            encoded = self.tokenizer.encode_batch([(prompt or "") + text for text in inputs])
            return {
                "input_ids": torch.tensor([one.ids for one in encoded]),
                "attention_mask": torch.tensor([one.attention_mask for one in encoded]),
            }

        def forward(self, features: dict[str, torch.Tensor], **_: Any) -> dict[str, torch.Tensor]:
            words = torch.from_numpy(e5.dequantise(file.words[features["input_ids"].numpy()]))
            output = self.bert(inputs_embeds=words, attention_mask=features["attention_mask"])
            return {**features, "token_embeddings": output.last_hidden_state}

        def save(self, output_path: str, *_: Any, **__: Any) -> None:
            raise NotImplementedError(output_path)  # the packaged file is the model

    return SentenceTransformer(modules=[E5(), Pooling(file.hidden, "mean")], prompts=PROMPTS, device="cpu")


def _other(name: str, folder: Path) -> SentenceTransformer:
    """The sentence-transformers model of a folder, with the prompts it defines."""
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(str(folder), local_files_only=True)
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise ModelError("embedding.unknown", name=name, reason=_first_line(error)) from None


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
        raise ModelError("embedding.unknown", name=name, reason=_first_line(error)) from None
    return snapshot, f"{name}@{snapshot.name}"


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")


def _sha256(files: Sequence[Path]) -> str:
    """The SHA-256 (hex) of one file; of several, that of their hashes."""
    hashes = []
    for path in files:
        with path.open("rb") as file:
            hashes.append(hashlib.file_digest(file, "sha256").hexdigest())
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()
