"""The packaged language model at work: tokens in, logits out, what was processed before kept for what comes after."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from weakref import finalize

import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession, OrtValue, SessionOptions
from onnxruntime.capi.onnxruntime_pybind11_state import (
    Fail,
    InvalidGraph,
    InvalidProtobuf,
    NoSuchFile,
    RuntimeException,
)
from tokenizers import Tokenizer

from genoassist.arrange import GRAPH, TOKENS, WORDS, WRITTEN, shape_of
from genoassist.decoder_graph import POSITIONS
from genoassist.errors import ModelError, reason

Floats = NDArray[np.float32]
# What ONNX Runtime raises, which has no base of its own.
FAILED = (Fail, InvalidGraph, InvalidProtobuf, NoSuchFile, RuntimeException, RuntimeError)
ROOM = 1024
# Tokens processed at once: more would be no faster, and what is between the layers would stay allocated (300 MB for a section).
PIECE = 128
# A token alone is multiplied otherwise, and comes out a little different (.4 in a logit), so there are always two.
LEAST = 2
# Attention keys and values of some tokens, shape (layers, keys and values, heads, tokens, size).
State = NDArray[np.float16]


class Decoder:
    """The model of a folder that ``arrange.arranged`` wrote; one call at a time, for whichever of its contexts.

    ``written`` are the tokens that logits are of.
    """

    def __init__(self, folder: Path, threads: int) -> None:
        shape = shape_of(folder)
        if shape is None:
            raise ModelError("llm.unreadable", path=folder, reason="shape.json")
        self.shape = shape
        options = SessionOptions()
        options.intra_op_num_threads = threads
        options.enable_mem_pattern = False  # every prompt has its own length
        try:
            self.session = InferenceSession(str(folder / GRAPH), options, providers=["CPUExecutionProvider"])
            self._words = (folder / WORDS).open("rb", buffering=0)
            self.written: NDArray[np.int64] = np.load(folder / WRITTEN)
        except (*FAILED, OSError, ValueError) as error:
            raise ModelError("llm.unreadable", path=folder, reason=reason(error)) from error
        finalize(self, self._words.close)
        self.tokenizer = Tokenizer.from_file(str(folder / TOKENS))

    def context(self) -> Context:
        """A text to begin."""
        return Context(self)

    def embedded(self, tokens: Sequence[int]) -> Floats:
        """What the file has for each token, shape (1, tokens, hidden): read, as of a mapped file all around a row stays in memory."""
        rows = bytearray()
        for token in tokens:
            self._words.seek(token * self.shape.hidden * 2)
            rows += self._words.read(self.shape.hidden * 2)
        return np.frombuffer(rows, np.float16).astype(np.float32).reshape(1, len(tokens), -1)


class Context:
    """A text that a decoder goes on with: its ``tokens``, and what they left in the model.

    What a token becomes is the same to the last bit, whatever is processed together with it.
    """

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._binding = decoder.session.io_binding()
        self.tokens: list[int] = []
        self._room = self._made_room(ROOM)

    def _made_room(self, tokens: int) -> Floats:
        """Where the keys and values of so many tokens are written, and read from, in place."""
        shape = self._decoder.shape
        room = np.zeros((shape.layers, 2, 1, shape.kv_heads, tokens, shape.size), np.float32)
        for i in range(shape.layers):
            for j, kind in enumerate("kv"):
                value = OrtValue.ortvalue_from_numpy(room[i, j])
                self._binding.bind_ortvalue_input(f"past.{kind}{i}", value)
                self._binding.bind_ortvalue_output(f"present.{kind}{i}", value)
        return room

    def _room_for(self, tokens: int) -> None:
        """More room where there is not enough; what was processed stays."""
        if tokens > POSITIONS:
            raise ModelError("llm.failed", reason=f"{tokens} > {POSITIONS} tokens")
        if tokens > self._room.shape[4]:
            before, length = self._room, len(self.tokens)
            self._room = self._made_room(min(POSITIONS, -(-tokens // ROOM) * ROOM))
            self._room[..., :length, :] = before[..., :length, :]

    def state(self) -> State:
        """What was left by the tokens processed so far."""
        return self._room[:, :, 0, :, : len(self.tokens)].astype(np.float16)

    def resume(self, tokens: Sequence[int], state: State) -> None:
        """Go on after tokens that left a state."""
        self.rewind(0)
        self._room_for(len(tokens))
        self._room[:, :, 0, :, : len(tokens)] = state
        self.tokens = list(tokens)

    def rewind(self, length: int) -> None:
        """Forget the tokens after so many."""
        del self.tokens[length:]

    def read(self, tokens: Sequence[int], last: int = 1) -> Floats:
        """Process tokens after those before; the logits that follow the ``last`` of them, shape (last, written)."""
        self._room_for(len(self.tokens) + len(tokens) + LEAST)
        rest = min((len(tokens) - 1) // PIECE * PIECE, len(tokens) - last)
        for start in range(0, rest, PIECE):
            self._processed(tokens[start : min(start + PIECE, rest)], 1)
        return self._processed(tokens[rest:], last)

    def _processed(self, tokens: Sequence[int], last: int) -> Floats:
        padded = list(tokens) + [tokens[-1]] * (LEAST - len(tokens))
        total = len(self.tokens) + len(padded)
        bind = self._binding.bind_cpu_input
        bind("words", self._decoder.embedded(padded))
        bind("last", np.array([total - 1], np.int32))
        bind("total", np.array(total, np.int32))
        bind("at", np.arange(len(tokens) - last, len(tokens)))
        self._binding.bind_output("logits", "cpu")
        try:
            self._decoder.session.run_with_iobinding(self._binding)
        except FAILED as error:
            raise ModelError("llm.failed", reason=reason(error)) from error
        self.tokens += tokens
        logits: Floats = self._binding.get_outputs()[-1].numpy()[0]
        return logits
