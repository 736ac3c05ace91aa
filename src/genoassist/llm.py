"""One door to the language model: llama.cpp in this process, as a llama-index LLM that also tells log-odds.

Prompts are laid out with their stable part first; llama.cpp keeps the processed state of earlier prompts in memory, so
a prefix that has been seen costs nothing again.
"""

from __future__ import annotations

import math
import queue
import secrets
import threading
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genoassist.errors import ModelError

if TYPE_CHECKING:
    from xllamacpp import Server

CONTEXT_TOKENS = 8192
# 28 KiB a token for this model: about 23,000 tokens of processed sections stay at hand.
PREFIX_CACHE_MIB = 640


def chat_prompt(system: str, user: str, reply: str = "") -> str:
    """The text of a ChatML prompt up to where the assistant's reply (begun with ``reply``) goes on."""
    return (
        f"<|im_start|>system\n{_plain(system)}<|im_end|>\n<|im_start|>user\n{_plain(user)}<|im_end|>\n"
        f"<|im_start|>assistant\n{reply}"
    )


def _plain(text: str) -> str:
    """Corpus text and questions are data: the marks that would end a turn are taken out."""
    return text.replace("<|", "< |").replace("|>", "| >")


class LocalModel:
    """The model, loaded. Calls are served one at a time, so that the same call gives the same reply."""

    def __init__(self, path: Path, threads: int) -> None:
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = str(path)
        # Read, not mapped: the runtime keeps its own arrangement of the weights, and the file's would be held beside it
        # (1.4 GB in place of 2.0 once loaded; loading takes 3.3 s in place of 1.8).
        params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_NONE
        params.n_ctx = CONTEXT_TOKENS
        params.n_parallel = 1
        params.n_gpu_layers = 0
        params.cache_ram_mib = PREFIX_CACHE_MIB
        params.cpuparams.n_threads = threads
        params.cpuparams_batch.n_threads = threads
        params.warmup = False
        params.verbosity = -1
        # The runtime opens a listener on loopback; nobody is told the key.
        params.hostnames = ["127.0.0.1"]
        params.api_keys = [secrets.token_urlsafe(32)]
        try:
            self._server: Server = xllamacpp.Server(params)
        except RuntimeError as error:
            raise ModelError("llm.unreadable", path=path, reason=str(error)) from error
        self._turn = threading.Lock()

    def complete(self, prompt: str, *, max_tokens: int, stop: Sequence[str] = (), grammar: str = "") -> str:
        """The whole reply, greedy."""
        return "".join(self.stream(prompt, max_tokens=max_tokens, stop=stop, grammar=grammar))

    def stream(self, prompt: str, *, max_tokens: int, stop: Sequence[str] = (), grammar: str = "") -> Iterator[str]:
        """The reply, piece by piece, greedy. Closing the iterator stops the model."""
        pieces: queue.Queue[str | Exception | None] = queue.Queue()
        stopped = threading.Event()

        def on_piece(chunk: dict[str, Any]) -> bool:
            if "choices" in chunk:
                pieces.put(chunk["choices"][0]["text"])
            else:
                pieces.put(ModelError("llm.failed", reason=str(chunk)[:200]))
            return stopped.is_set()

        request = self._request(prompt, max_tokens=max_tokens, stop=list(stop), stream=True)
        if grammar:
            request["grammar"] = grammar

        def run() -> None:
            try:
                with self._turn:
                    self._server.handle_completions(request, on_piece)
            except RuntimeError as error:
                pieces.put(ModelError("llm.failed", reason=str(error)))
            finally:
                pieces.put(None)

        threading.Thread(target=run, daemon=True).start()
        try:
            while (piece := pieces.get()) is not None:
                if isinstance(piece, Exception):
                    raise piece
                if piece:
                    yield piece
        finally:
            stopped.set()

    def next_token(self, prompt: str) -> list[tuple[str, float]]:
        """The 60 likeliest next tokens, without blanks, and their probabilities."""
        with self._turn:
            reply = self._server.handle_completions(self._request(prompt, max_tokens=1, logprobs=60))
        if "choices" not in reply:
            raise ModelError("llm.failed", reason=str(reply)[:200])
        top = reply["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
        return [(t["token"].strip(), math.exp(t["logprob"])) for t in top]

    def log_odds(self, prompt: str, yes: Sequence[str], no: Sequence[str]) -> float:
        """The natural log-odds that the next token is one of ``yes`` rather than one of ``no``, case ignored."""
        likely = self.next_token(prompt)
        for_yes, for_no = (sum(p for token, p in likely if token.casefold() in words) for words in (yes, no))
        return math.log(for_yes + 1e-9) - math.log(for_no + 1e-9)

    def choice(self, prompt: str, labels: Sequence[str]) -> list[float]:
        """The natural log-probability of each label (one token each) as the next token; at least -9."""
        likely = self.next_token(prompt)
        return [math.log(sum(p for token, p in likely if token == label) + math.exp(-9)) for label in labels]

    def warm(self, prompt: str) -> None:
        """Process a prompt so that the next one that begins like it costs only its rest."""
        with self._turn:
            self._server.handle_completions(self._request(prompt, max_tokens=1))

    @staticmethod
    def _request(prompt: str, **options: Any) -> dict[str, Any]:
        return {"prompt": prompt, "temperature": 0, "top_k": 1, "seed": 1, "cache_prompt": True, **options}


@cache
def open_model(path: Path, threads: int) -> LocalModel:
    """The model at that path, loaded once a process. Raises ModelError when the file cannot be loaded."""
    return LocalModel(path, threads)
