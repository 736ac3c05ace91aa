"""The packaged language model at work: tokens in, logits out, what was processed before kept for what comes after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from weakref import finalize

import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession, IOBinding, OrtValue, SessionOptions
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
# Texts at hand to go on with: 57 KB for every token of each.
CONTEXTS = 4
# Room is made for so many tokens more at a time: what is written goes through all of it.
ROOM = 256
# Tokens processed at once: more would be no faster, and what is between the layers would stay allocated (300 MB for a section).
PIECE = 128
# What is left for a reply after the longest prompt.
SPARE = 256
# A token alone is multiplied otherwise, and comes out a little different (.4 in a logit), so there are always two.
LEAST = 2
# What is no state.
OUTPUTS = ("logits", "residual", "queries")
# Attention keys and values of some tokens, shape (layers, keys and values, heads, tokens, size).
State = NDArray[np.float16]


@dataclass(slots=True, eq=False)
class Context:
    """A text that a decoder can go on with: its place among them, and the tokens that have been processed.

    Its user notes the ``prefix`` that it began with, of how many tokens, and whether a reply is being written in it.
    """

    place: int
    tokens: list[int] = field(default_factory=list)
    prefix: str = ""
    begun: int = 0
    busy: bool = False

    def rewind(self, length: int) -> None:
        """Forget the tokens after so many."""
        del self.tokens[length:]


@dataclass(frozen=True, slots=True)
class Read:
    """What reading tokens left: the logits that follow the last, shape (written,), and its residual, (hidden,).

    And the queries of those that ask, shape (asking, layers, heads, size).
    """

    logits: Floats
    residual: Floats
    queries: Floats


class Decoder:
    """The model of a folder that ``arrange.arranged`` wrote, and the ``contexts`` it has; one call at a time.

    Logits are of the tokens ``written``. What a token becomes is the same to the last bit, whatever is processed with it, as long
    as it is read or is written.
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
            self._session = InferenceSession(str(folder / GRAPH), options, providers=["CPUExecutionProvider"])
            self._words = (folder / WORDS).open("rb", buffering=0)
            self.written: NDArray[np.int64] = np.load(folder / WRITTEN)
        except (*FAILED, OSError, ValueError) as error:
            raise ModelError("llm.unreadable", path=folder, reason=reason(error)) from error
        finalize(self, self._words.close)
        self.tokenizer = Tokenizer.from_file(str(folder / TOKENS))
        self.contexts = tuple(Context(place) for place in range(CONTEXTS))
        # For each layer, where keys and values are, shape (keys and values, contexts, heads, tokens, size).
        self._room = [
            np.zeros((2, CONTEXTS, shape.kv_heads, 2 * ROOM, shape.size), np.float32) for _ in range(shape.layers)
        ]
        # By the first and the last of the contexts that they are for.
        self._bindings: dict[tuple[int, int], IOBinding] = {}

    def _binding(self, first: int, last: int) -> IOBinding:
        """Where keys and values of some contexts are written, and read from, in place."""
        if (first, last) not in self._bindings:
            made = self._session.io_binding()
            for i, room in enumerate(self._room):
                for j, kind in enumerate("kv"):
                    value = OrtValue.ortvalue_from_numpy(room[j, first : last + 1])
                    made.bind_ortvalue_input(f"past.{kind}{i}", value)
                    made.bind_ortvalue_output(f"present.{kind}{i}", value)
            self._bindings[first, last] = made
        return self._bindings[first, last]

    def _room_for(self, tokens: int) -> None:
        """More room where there is not enough; what was processed stays."""
        if tokens > self._room[0].shape[3]:
            self._bindings.clear()
            for i, before in enumerate(self._room):  # one after the other, so that little is there twice
                room = np.zeros((*before.shape[:3], -(-tokens // ROOM) * ROOM, before.shape[4]), np.float32)
                for context in self.contexts:
                    used = np.s_[:, context.place, :, : len(context.tokens)]
                    room[used] = before[used]
                self._room[i] = room

    def state(self, context: Context) -> State:
        """What was left by the tokens processed so far."""
        return np.stack([room[:, context.place, :, : len(context.tokens)].astype(np.float16) for room in self._room])

    def resume(self, context: Context, tokens: Sequence[int], state: State) -> None:
        """Go on after tokens that left a state."""
        context.rewind(0)
        self._room_for(len(tokens))
        for room, left in zip(self._room, state, strict=True):
            room[:, context.place, :, : len(tokens)] = left
        context.tokens = list(tokens)

    def read(self, context: Context, tokens: Sequence[int], asking: range = range(0)) -> Read:
        """Process tokens after those of a context, some of which are ``asking``. Raises ModelError."""
        total = len(context.tokens) + len(tokens)
        if total > POSITIONS - SPARE:
            raise ModelError("llm.failed", reason=f"{total} > {POSITIONS - SPARE} tokens")
        queries: list[Floats] = []
        for start in range(0, len(tokens), PIECE):
            piece = tokens[start : start + PIECE]
            asked = [place - start for place in asking if 0 <= place - start < len(piece)]
            logits, residual, found = self._run([(context, piece)], [len(piece) - 1], asked or [0], together=False)
            queries.append(found[0, : len(asked)])
        shape = (-1, self.shape.layers, self.shape.heads, self.shape.size)
        return Read(logits[0, 0], residual[0, 0], np.concatenate(queries).reshape(shape))

    def attention(self, context: Context, queries: Floats, places: range) -> Floats:
        """The share of attention that tokens at some places of a context give each of its tokens, shape (layers, heads, tokens).

        On average over those tokens, whose ``queries`` are as they were read.
        """
        end, kv_heads = len(context.tokens), self.shape.kv_heads
        later = np.arange(end) > np.array(places)[:, None]
        found = []
        for room, asked in zip(self._room, queries.swapaxes(0, 1), strict=True):
            keys = room[0, context.place, :, None, :end]  # (kv_heads, 1, tokens, size)
            grouped = asked.swapaxes(0, 1).reshape(kv_heads, -1, len(places), self.shape.size)
            scores = grouped @ keys.swapaxes(-1, -2) / np.sqrt(self.shape.size)
            scores = np.where(later, -np.inf, scores)
            shares = np.exp(scores - scores.max(-1, keepdims=True))
            shares /= shares.sum(-1, keepdims=True)
            found.append(shares.mean(2).reshape(-1, end))
        return np.stack(found)

    def write(self, pieces: Sequence[tuple[Context, Sequence[int]]]) -> list[Floats]:
        """Process a few tokens of each context, all at once; the logits that follow every one, shape (tokens, written)."""
        most = max(len(tokens) for _, tokens in pieces)
        logits, *_ = self._run(pieces, range(most), [0], together=True)
        first = min(context.place for context, _ in pieces)
        return [logits[context.place - first, : len(tokens)] for context, tokens in pieces]

    def _run(
        self,
        pieces: Sequence[tuple[Context, Sequence[int]]],
        at: Sequence[int],
        asking: Sequence[int],
        *,
        together: bool,
    ) -> tuple[Floats, Floats, Floats]:
        """The logits after the tokens ``at`` of each context from the first to the last, shape (contexts, at, written).

        And the residuals there, (contexts, at, hidden), and the queries at ``asking``, (contexts, asking, layers · hidden).

        What has fewer tokens than another, or none, is filled up; nothing of that stays.
        """
        given = {context.place: tokens for context, tokens in pieces}
        length = max(LEAST, *map(len, given.values()))
        among = self.contexts[min(given) : max(given) + 1]
        start = np.array([len(context.tokens) for context in among])
        self._room_for(int(start.max()) + length)
        tokens = [[*given.get(context.place, ()), *[0] * length][:length] for context in among]
        binding = self._binding(min(given), max(given))
        bind = binding.bind_cpu_input
        bind("words", self._embedded(tokens))
        bind("at", np.array(at))
        bind("asking", np.array(asking))
        bind("together", np.array(together))
        bind("places", start[:, None] + np.arange(length))
        bind("start", start)
        bind("end", start + length)
        bind("last", (start + length - 1).astype(np.int32))
        bind("total", np.array(start.max() + length, np.int32))
        for output in OUTPUTS:
            binding.bind_output(output, "cpu")
        try:
            self._session.run_with_iobinding(binding)
        except FAILED as error:
            raise ModelError("llm.failed", reason=reason(error)) from error
        for context, piece in pieces:
            context.tokens += piece
        logits, residual, queries = (value.numpy() for value in binding.get_outputs()[-len(OUTPUTS) :])
        return logits, residual, queries

    def _embedded(self, texts: Sequence[Sequence[int]]) -> Floats:
        """What the file has for each token, shape (texts, tokens, hidden).

        It is read: of a mapped file all around a row stays in memory.
        """
        rows = bytearray()
        for token in chain.from_iterable(texts):
            self._words.seek(token * self.shape.hidden * 2)
            rows += self._words.read(self.shape.hidden * 2)
        return np.frombuffer(rows, np.float16).astype(np.float32).reshape(len(texts), -1, self.shape.hidden)
