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
    from genoassist.decoder import State

# Prefixes that stay at hand, for the next prompt or where none can be kept on disk: three sections, and the letters of one.
HELD = 4
LIKELIEST = 60
# Rounded, the model says yes a little sooner, or later, than with the weights of its file, for which what is weighed and every
# threshold were set: by so much, in log-odds, over 86 judgements, by the largest weight (r = .997; benchmarks/runtime.py).
LEANING = {127: -0.06, 63: 0.11}
# A draft often goes on as the prompt does where the same three words stand, so the next few are tried in one go: eight tokens
# together take 1.1 times as long as one (benchmarks/runtime.json).
ECHO = 3
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
        # The prefix that the decoder goes on from, and those at hand, the least recently used first.
        self._prefix = ""
        self._held: dict[str, State] = {}
        self._leaning = LEANING[self._decoder.shape.top]
        self._ends = {self._decoder.tokenizer.token_to_id(mark) for mark in ENDS}
        self._turn = threading.Lock()

    def complete(self, prompt: Prompt, *, max_tokens: int, stop: Sequence[str] = ()) -> str:
        """The whole reply, greedy, up to the first of ``stop``."""
        with self._turn:
            before = self._tokens(prompt.text)
            made: list[int] = []
            fresh = [int(self._read(prompt).argmax())]
            while fresh:
                for token in fresh:
                    text = self._decoder.tokenizer.decode(made)
                    if token in self._ends or len(made) == max_tokens or any(mark in text for mark in stop):
                        return text[: min((text.find(mark) for mark in stop if mark in text), default=len(text))]
                    made.append(token)
                fresh = self._next([*before, *made])
        raise AssertionError("a reply ends")

    def next_token(self, prompt: Prompt) -> list[tuple[str, float]]:
        """The 60 likeliest next tokens, without blanks, and their probabilities."""
        with self._turn:
            logits = self._read(prompt)
        chances = np.exp(logits - logits.max())
        chances /= chances.sum()
        likeliest = np.argsort(-chances, kind="stable")[:LIKELIEST]
        return [(self._decoder.tokenizer.decode([token]).strip(), float(chances[token])) for token in likeliest]

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
            self._go_on_from(prefix)

    def _tokens(self, text: str) -> list[int]:
        tokens: list[int] = self._decoder.tokenizer.encode(text, add_special_tokens=False).ids
        return tokens

    def _read(self, prompt: Prompt) -> NDArray[np.float32]:
        """The logits of what follows a prompt, shape (vocabulary,)."""
        self._go_on_from(prompt.stable)
        logits: NDArray[np.float32] = self._decoder.read(self._tokens(prompt.rest))[0]
        return logits

    def _next(self, text: list[int]) -> list[int]:
        """The tokens that follow those of a text, of which the last is not processed yet: one or more."""
        ahead = echoed(text)
        length = self._decoder.length
        picked = self._decoder.read([text[-1], *ahead], 1 + len(ahead)).argmax(axis=1).tolist()
        right = next((n for n, (one, other) in enumerate(zip(ahead, picked, strict=False)) if one != other), len(ahead))
        self._decoder.rewind(length + 1 + right)
        return [int(token) for token in picked[: right + 1]]

    def _go_on_from(self, prefix: str) -> None:
        """Let the decoder be where a prefix leaves it: it is there, was kept at hand or on disk, or the prefix is processed."""
        if prefix and self._prefix == prefix:
            self._decoder.rewind(self._held[prefix].shape[3])
            return
        self._prefix = ""
        self._decoder.rewind(0)
        if not prefix:
            return
        state = self._held.pop(prefix, None)
        if state is None and self._cache:
            state = self._cache.load(prefix)
        if state is None:
            self._decoder.read(self._tokens(prefix))
            state = self._decoder.state()
            if self._cache:
                self._cache.keep(prefix, state)
        self._decoder.resume(state)
        self._prefix = prefix
        self._held[prefix] = state
        while len(self._held) > HELD:
            del self._held[next(iter(self._held))]


def echoed(text: Sequence[int]) -> list[int]:
    """The tokens that followed the last three of a text where those stand in it before (prompt lookup decoding), or none."""
    end = list(text[-ECHO:])
    for at in range(len(text) - ECHO - 1, -1, -1):
        if text[at] == end[0] and list(text[at : at + ECHO]) == end:
            return list(text[at + ECHO : at + ECHO + AHEAD])
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
