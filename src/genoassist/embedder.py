"""The llama-index face of an embedding model: loaded on first use, unit vectors, queries and passages apart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import PrivateAttr

Encode = Callable[[Sequence[str]], Any]


class Embedder(BaseEmbedding):
    """Unit vectors (float32 values) of texts in any language of the model.

    ``identity`` names the weights: an index built with another identity is of no use. ``load`` gives the two functions
    (query texts, passage texts -> array of shape (texts, dimensions)) and is called once, on first use; it may raise
    ModelError.
    """

    identity: str
    _load: Callable[[], tuple[Encode, Encode]] = PrivateAttr()
    _encoders: tuple[Encode, Encode] | None = PrivateAttr(default=None)
    _lock: Any = PrivateAttr(default_factory=Lock)

    def __init__(self, load: Callable[[], tuple[Encode, Encode]], **fields: Any) -> None:
        super().__init__(**fields)
        self._load = load

    @classmethod
    def class_name(cls) -> str:
        """The name llama-index shows for it."""
        return "Embedder"

    def warm(self) -> None:
        """Loads the model now rather than on first use."""
        self._ready()

    def _ready(self) -> tuple[Encode, Encode]:
        with self._lock:
            if self._encoders is None:
                self._encoders = self._load()
            return self._encoders

    def _get_query_embedding(self, query: str) -> list[float]:
        vectors: list[list[float]] = self._ready()[0]([query]).tolist()
        return vectors[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return await asyncio.to_thread(self._get_query_embedding, query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self._ready()[1](texts).tolist() if texts else []
        return vectors

    async def _aget_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return await asyncio.to_thread(self._get_text_embeddings, texts)
