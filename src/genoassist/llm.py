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

if TYPE_CHECKING:
    from genoassist.decoder import Context

# Texts at hand to go on with, 57 KB a token: three sections, and the letters of one.
CONTEXTS = 4
LIKELIEST = 60
# Rounded, the model says yes a little sooner, or later, than with the weights of its file, for which what is weighed and every
# threshold were set: by so much, in log-odds, over 86 judgements, by the largest weight (r = .997; benchmarks/runtime.py).
LEANING = {127: -0.06, 63: 0.11}
# A draft often goes on as the prompt does where the same words stand, two or else one, so the next few are tried in one go: a
# draft of 20 tokens costs what 10.7 passes through the model do (13.7 where three words must be the same;
# benchmarks/lookup.json).
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


def chat_prompt(system: str, user: str, reply: str = "", *, stable: str = "") -> Prompt:
    """A ChatML prompt up to where the assistant's reply (begun with ``reply``) goes on; ``stable`` stands before ``user``."""
    start = f"<|im_start|>system\n{_plain(system)}<|im_end|>\n<|im_start|>user\n{_plain(stable)}"
    end = f"{_plain(user)}<|im_end|>\n<|im_start|>assistant\n{reply}"
    return Prompt(start, end) if stable else Prompt("", start + end)


def _plain(text: str) -> str:
    """Corpus text and questions are data: the marks that would end a turn are taken out."""
    return text.replace("<|", "< |").replace("|>", "| >")


class LocalModel:
    """The model, loaded. Calls are served one at a time, so that the same call gives the same reply."""

    def __init__(self, folder: Path, threads: int, kept: Path) -> None:
        from genoassist.decoder import Decoder

        self._decoder = Decoder(folder, threads)
        self._cache = open_cache(kept, self._decoder.shape.made_of)
        # By the stable part they begin with, the least recently used first.
        self._contexts: dict[str, Context] = {}
        self._leaning = LEANING[self._decoder.shape.top]
        self._ends = {self._decoder.tokenizer.token_to_id(mark) for mark in ENDS}
        self._turn = threading.Lock()

    def complete(self, prompt: Prompt, *, max_tokens: int, stop: Sequence[str] = ()) -> str:
        """The whole reply, greedy, up to the first of ``stop``."""
        with self._turn:
            context, logits = self._read(prompt)
            made: list[int] = []
            fresh = self._likeliest(logits[None])
            while fresh:
                for token in fresh:
                    text = self._decoder.tokenizer.decode(made)
                    if token in self._ends or len(made) == max_tokens or any(mark in text for mark in stop):
                        return text[: min((text.find(mark) for mark in stop if mark in text), default=len(text))]
                    made.append(token)
                fresh = self._next(context, made[-1])
        raise AssertionError("a reply ends")

    def next_token(self, prompt: Prompt) -> list[tuple[str, float]]:
        """The 60 likeliest next tokens, without blanks, and their probabilities."""
        with self._turn:
            _, logits = self._read(prompt)
        chances = np.exp(logits - logits.max())
        chances /= chances.sum()
        best = np.argpartition(-chances, LIKELIEST)[:LIKELIEST]
        best = best[np.argsort(-chances[best], kind="stable")]
        names = [self._decoder.tokenizer.decode([token]).strip() for token in self._decoder.written[best]]
        return list(zip(names, chances[best].tolist(), strict=True))

    def log_odds(self, prompt: Prompt, yes: Sequence[str], no: Sequence[str]) -> float:
        """The natural log-odds that the next token is one of ``yes`` rather than one of ``no``, case ignored."""
        likely = self.next_token(prompt)
        for_yes, for_no = (sum(p for token, p in likely if token.casefold() in words) for words in (yes, no))
        return math.log(for_yes + 1e-9) - math.log(for_no + 1e-9) - self._leaning

    def choice(self, prompt: Prompt, labels: Sequence[str]) -> list[float]:
        """The natural log-probability of each label (one token each) as the next token; at least -9."""
        likely = self.next_token(prompt)
        return [math.log(sum(p for token, p in likely if token == label) + math.exp(-9)) for label in labels]

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
        text = self._tokens(prompt.stable) + self._tokens(prompt.rest)
        context.rewind(alike(context.tokens, text[:-1]))
        logits: NDArray[np.float32] = context.read(text[len(context.tokens) :])[0]
        return context, logits

    def _next(self, context: Context, last: int) -> list[int]:
        """The tokens that follow the last one of a reply, which is not processed yet: one or more."""
        ahead = echoed([*context.tokens, last])
        length = len(context.tokens)
        picked = self._likeliest(context.read([last, *ahead], 1 + len(ahead)))
        right = alike(ahead, picked)
        context.rewind(length + 1 + right)
        return picked[: right + 1]

    def _likeliest(self, logits: NDArray[np.float32]) -> list[int]:
        """The likeliest token of each row."""
        tokens: list[int] = self._decoder.written[logits.argmax(axis=1)].tolist()
        return tokens

    def _after(self, prefix: str) -> Context:
        """A context that begins with a stable part: it is there, or that was kept on disk, or is processed."""
        context = self._contexts.pop(prefix, None)
        if context is None:
            full = len(self._contexts) == CONTEXTS
            context = self._contexts.pop(next(iter(self._contexts))) if full else self._decoder.context()
            self._begin(context, prefix)
        self._contexts[prefix] = context
        return context

    def _begin(self, context: Context, prefix: str) -> None:
        context.rewind(0)
        if not prefix:
            return
        tokens = self._tokens(prefix)
        state = self._cache.load(prefix) if self._cache else None
        if state is None:
            context.read(tokens)
            state = context.state()
            if self._cache:
                self._cache.keep(prefix, state)
        context.resume(tokens, state)


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
