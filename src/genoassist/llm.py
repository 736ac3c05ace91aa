"""One door to the language model: prompts in, words or log-odds out, in this process.

A prompt has its stable part first. What it left in the model when it was processed is kept on disk and taken back in
milliseconds, so a prefix that has been seen costs nothing again, in this process or the next.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from genoassist.models import LANGUAGE_MODEL, locate, stated, status
from genoassist.prefix_cache import folder_in, open_cache
from genoassist.settings import Settings
from genoassist.together import Together

if TYPE_CHECKING:
    from genoassist.decoder import Context

LIKELIEST = 60
# Rounded, the model says yes a little sooner, or later, than with the weights of its file, for which what is weighed and every
# threshold were set: by so much, in log-odds, over 86 judgements, by the largest weight (r = .997; benchmarks/runtime.py).
LEANING = {127: -0.06, 63: 0.11}
# A draft often goes on as the prompt does where the same words stand, two or else one, so the next few are tried in one go: a
# draft of 20 tokens costs what 12.0 passes of two tokens do (14.1 where three words must be the same; benchmarks/lookup.json).
ECHO = 2
AHEAD = 7
ENDS = ("<|im_end|>", "<|endoftext|>")

# What is under way (the name of a model, or "arrange"), done, total.
OnProgress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt in two parts: ``stable`` begins others too and is worth keeping once processed (may be empty)."""

    stable: str
    rest: str

    @property
    def text(self) -> str:
        """The whole prompt."""
        return self.stable + self.rest


def chat_prompt(system: str, user: str, *, stable: str = "") -> Prompt:
    """A ChatML prompt up to where the assistant's reply begins; ``stable`` stands before ``user``."""
    start = f"<|im_start|>system\n{_plain(system)}<|im_end|>\n<|im_start|>user\n{_plain(stable)}"
    end = f"{_plain(user)}<|im_end|>\n<|im_start|>assistant\n"
    return Prompt(start, end) if stable else Prompt("", start + end)


def _plain(text: str) -> str:
    """Corpus text and questions are data: the marks that would end a turn are taken out."""
    return text.replace("<|", "< |").replace("|>", "| >")


@dataclass(frozen=True, slots=True)
class Inside:
    """What a prompt becomes between the layers: the ``residual`` at its end, shape (hidden,).

    And the share of the ``attention`` of what asks that each part of it gets, with what stands before the next, shape (layers,
    heads, parts). ``largest`` is the largest weight of the model in 8 bits.
    """

    residual: NDArray[np.float32]
    attention: NDArray[np.float32]
    largest: int


class LocalModel:
    """The model, loaded. Prompts are read one at a time; replies to several threads are written together.

    The same call gives the same reply, whatever else is under way.
    """

    def __init__(self, folder: Path, threads: int, kept: Path) -> None:
        from genoassist.decoder import Decoder

        self._decoder = Decoder(folder, threads)
        self._cache = open_cache(kept, self._decoder.shape.made_of)
        self._contexts = list(self._decoder.contexts)  # the least recently used first
        self._leaning = LEANING[self._decoder.shape.top]
        self._ends = {self._decoder.tokenizer.token_to_id(mark) for mark in ENDS}
        self._turn = threading.Condition()
        self._together: Together[tuple[Context, Sequence[int]], NDArray[np.float32]] = Together(self._write)

    def complete(self, prompt: Prompt, *, max_tokens: int, stop: Sequence[str] = ()) -> str:
        """The whole reply, greedy, up to the first of ``stop``."""
        with self._turn:
            context, logits = self._read(prompt)
            context.busy = True
        length = len(context.tokens)
        try:
            return self._reply(context, logits[None], max_tokens, stop)
        finally:
            context.rewind(length)  # what is written does not leave the very bits that reading it would
            context.busy = False
            with self._turn:
                self._turn.notify_all()

    def _reply(self, context: Context, logits: NDArray[np.float32], max_tokens: int, stop: Sequence[str]) -> str:
        made: list[int] = []
        ahead: list[int] = []
        with self._together.taking_part() as processed:
            while True:
                picked = self._decoder.written[logits.argmax(axis=1)].tolist()
                right = alike(ahead, picked)
                context.rewind(len(context.tokens) - len(ahead) + right)
                for token in picked[: right + 1]:
                    text = self._decoder.tokenizer.decode(made)
                    if token in self._ends or len(made) == max_tokens or any(mark in text for mark in stop):
                        return text[: min((text.find(mark) for mark in stop if mark in text), default=len(text))]
                    made.append(token)
                ahead = echoed([*context.tokens, made[-1]])
                logits = processed((context, [made[-1], *ahead]))

    def _write(self, pieces: Sequence[tuple[Context, Sequence[int]]]) -> list[NDArray[np.float32]]:
        with self._turn:
            return self._decoder.write(pieces)

    def next_token(self, prompt: Prompt) -> list[tuple[str, float]]:
        """The 60 likeliest next tokens, without blanks, and their probabilities."""
        with self._turn:
            _, logits = self._read(prompt)
        chances = np.exp(logits - logits.max())
        chances /= chances.sum()
        best = np.sort(np.argpartition(-chances, LIKELIEST)[:LIKELIEST])
        best = best[np.argsort(-chances[best], kind="stable")]
        names = [self._decoder.tokenizer.decode([token]).strip() for token in self._decoder.written[best]]
        return list(zip(names, chances[best].tolist(), strict=True))

    def log_odds(self, prompt: Prompt, yes: Sequence[str], no: Sequence[str]) -> float:
        """The natural log-odds that the next token is one of ``yes`` rather than one of ``no``, case ignored."""
        likely = self.next_token(prompt)
        for_yes, for_no = (sum(p for token, p in likely if token.casefold() in words) for words in (yes, no))
        return math.log(for_yes + 1e-9) - math.log(for_no + 1e-9) - self._leaning

    def inside(self, prompt: Prompt, asking: str, parts: Sequence[str]) -> Inside:
        """What becomes of a prompt whose ``rest`` has what asks, and whose ``stable`` part has those parts, one after the other."""
        held, (asks,) = self._places(prompt.stable, parts), self._places(prompt.rest, [asking])
        with self._turn:
            context = self._after(prompt.stable)
            context.rewind(context.begun)
            read = self._decoder.read(context, self._tokens(prompt.rest), asks)
            places = range(context.begun + asks.start, context.begun + asks.stop)
            shares = self._decoder.attention(context, read.queries, places)
        seen = np.add.reduceat(shares[..., : held[-1].stop], [part.start for part in held], axis=-1)
        return Inside(read.residual, seen, self._decoder.shape.top)

    def _places(self, text: str, parts: Sequence[str]) -> list[range]:
        """The places of the tokens that are of each part of a text, one part after the other."""
        ends = np.array(self._decoder.tokenizer.encode(text, add_special_tokens=False).offsets)[:, 1]
        found, at = [], 0
        for part in map(_plain, parts):
            start = text.index(part, at)
            at = start + len(part)
            first, last = np.searchsorted(ends, [start, at - 1], side="right")
            found.append(range(int(first), int(last) + 1))
        return found

    def warm(self, prefix: str) -> None:
        """Process a stable part that is not kept yet, so that a prompt that begins with it costs only its rest.

        Where nothing can be kept there is no use in that.
        """
        if self._cache is None or self._cache.holds(prefix):
            return
        with self._turn:
            self._after(prefix)

    def _tokens(self, text: str) -> list[int]:
        tokens: list[int] = self._decoder.tokenizer.encode(text, add_special_tokens=False).ids
        return tokens

    def _read(self, prompt: Prompt) -> tuple[Context, NDArray[np.float32]]:
        """The context that a prompt has been processed in, and the logits of what follows, shape (written,)."""
        context = self._after(prompt.stable)
        rest = self._tokens(prompt.rest)
        there = alike(context.tokens[context.begun :], rest[:-1])
        context.rewind(context.begun + there)
        return context, self._decoder.read(context, rest[there:]).logits

    def _after(self, prefix: str) -> Context:
        """A context that begins with a stable part: it is there, or that was kept on disk, or is processed."""
        while not (free := [context for context in self._contexts if not context.busy]):
            self._turn.wait()
        context = next((context for context in reversed(free) if context.prefix == prefix), free[0])
        if context.prefix != prefix:
            self._begin(context, prefix)
        self._contexts.remove(context)
        self._contexts.append(context)
        return context

    def _begin(self, context: Context, prefix: str) -> None:
        context.rewind(0)
        context.prefix, context.begun = "", 0
        if not prefix:
            return
        tokens = self._tokens(prefix)
        state = self._cache.load(prefix) if self._cache else None
        if state is None:
            self._decoder.read(context, tokens)
            state = self._decoder.state(context)
            if self._cache:
                self._cache.keep(prefix, state)
        self._decoder.resume(context, tokens, state)
        context.prefix, context.begun = prefix, len(tokens)


def alike(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens two texts begin with that are the same."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (left, right) in pairs if left != right), min(len(one), len(other)))


def echoed(text: Sequence[int], most: int = ECHO, least: int = 1, ahead: int = AHEAD) -> list[int]:
    """The tokens that followed the last ``most`` of a text, or else fewer of them, where they stand in it before, or none.

    Prompt lookup decoding.
    """
    for words in range(most, least - 1, -1):
        end = list(text[-words:])
        for at in range(len(text) - words - 1, -1, -1):
            if text[at] == end[0] and list(text[at : at + words]) == end:
                return list(text[at + words : at + words + ahead])
    return []


def open_model(settings: Settings, progress: OnProgress | None = None) -> LocalModel:
    """The language model of the settings, its weights fetched and arranged when they are not there, loaded once a process.

    ``progress(what, done, total)`` is told of either. What it has processed is kept in a folder of the cache. Raises ModelError.
    """
    return _loaded(folder(settings, progress), settings.threads, folder_in(settings.cache))


def at_hand(settings: Settings) -> bool:
    """Whether the language model can be loaded at once: its weights are here, and arranged."""
    from genoassist.arrange import folder_of, made_of, shape_of

    path = next(known.path for known in status(settings) if known.name == LANGUAGE_MODEL.name)
    return path is not None and shape_of(folder_of(path, settings.cache), made_of(LANGUAGE_MODEL.sha256)) is not None


def folder(settings: Settings, progress: OnProgress | None = None) -> Path:
    """Where the language model lies as it is run, fetched and arranged when it is not there. Raises ModelError."""
    told = progress or (lambda *_: None)
    path = locate(LANGUAGE_MODEL, settings, progress=lambda done, total: told(LANGUAGE_MODEL.name, done, total))
    from genoassist.arrange import arranged

    with stated(LANGUAGE_MODEL, settings.cache):
        return arranged(path, settings.cache, LANGUAGE_MODEL.sha256, lambda done, total: told("arrange", done, total))


@cache
def _loaded(folder: Path, threads: int, kept: Path) -> LocalModel:
    return LocalModel(folder, threads, kept)
