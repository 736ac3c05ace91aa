"""One door to the language model: llama.cpp in this process, as a llama-index LLM that also tells log-odds.

Prompts are laid out with their stable part first. What it left in the model when it was processed is kept on disk and taken
back in milliseconds, so a prefix that has been seen costs nothing again, in this process or the next.
"""

from __future__ import annotations

import json
import math
import queue
import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from genoassist.errors import ModelError, reason
from genoassist.fetch import OnProgress
from genoassist.models import LANGUAGE_MODEL, locate
from genoassist.prefix_cache import folder_in, open_cache
from genoassist.settings import Settings

if TYPE_CHECKING:
    from xllamacpp import Server

# A slot holds one prefix and the question after it: those of three sections and of the letters of one stay at hand.
SLOTS = 4
SLOT_TOKENS = 4096


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

    def __init__(self, path: Path, threads: int, kept: Path) -> None:
        import xllamacpp

        stat = path.stat()
        self._cache = open_cache(kept, f"{path.name} {stat.st_size} {stat.st_mtime_ns} {version('xllamacpp')}")
        # What each slot holds the processed state of, the least recently used first.
        self._slots: dict[int, str | None] = dict.fromkeys(range(SLOTS))
        self._key = secrets.token_urlsafe(32)
        params = xllamacpp.CommonParams()
        params.model.path = str(path)
        # Read, not mapped: the runtime keeps its own arrangement of the weights, and the file's would be held beside it
        # (1.6 GB in place of 2.2 once loaded; loading takes 2.0 s in place of 1.7).
        params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_NONE
        # What fits is set below; trying it out would load the file twice (3.4 s in place of 2.0).
        params.fit_params = False
        params.n_parallel = SLOTS
        params.n_ctx = SLOTS * SLOT_TOKENS
        params.kv_unified = False
        params.n_gpu_layers = 0
        params.cache_ram_mib = 0
        if self._cache:
            params.slot_save_path = f"{kept}/"
        params.cpuparams.n_threads = threads
        params.cpuparams_batch.n_threads = threads
        params.warmup = False
        params.verbosity = -1
        # The runtime opens a listener on loopback; nobody is told the key.
        params.hostnames = ["127.0.0.1"]
        params.api_keys = [self._key]
        try:
            self._server: Server = xllamacpp.Server(params)
        except RuntimeError as error:
            raise ModelError("llm.unreadable", path=path, reason=reason(error)) from error
        self._turn = threading.Lock()

    def complete(self, prompt: Prompt, *, max_tokens: int, stop: Sequence[str] = (), grammar: str = "") -> str:
        """The whole reply, greedy."""
        return "".join(self.stream(prompt, max_tokens=max_tokens, stop=stop, grammar=grammar))

    def stream(self, prompt: Prompt, *, max_tokens: int, stop: Sequence[str] = (), grammar: str = "") -> Iterator[str]:
        """The reply, piece by piece, greedy. Closing the iterator stops the model."""
        pieces: queue.Queue[str | Exception | None] = queue.Queue()
        stopped = threading.Event()

        def on_piece(chunk: dict[str, Any]) -> bool:
            if "choices" in chunk:
                pieces.put(chunk["choices"][0]["text"])
            else:
                pieces.put(ModelError("llm.failed", reason=str(chunk)[:200]))
            return stopped.is_set()

        options = {"grammar": grammar} if grammar else {}

        def run() -> None:
            try:
                with self._turn:
                    request = self._request(prompt, max_tokens=max_tokens, stop=list(stop), stream=True, **options)
                    self._server.handle_completions(request, on_piece)
            except RuntimeError as error:
                pieces.put(ModelError("llm.failed", reason=reason(error)))
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

    def next_token(self, prompt: Prompt) -> list[tuple[str, float]]:
        """The 60 likeliest next tokens, without blanks, and their probabilities."""
        with self._turn:
            reply = self._server.handle_completions(self._request(prompt, max_tokens=1, logprobs=60))
        if "choices" not in reply:
            raise ModelError("llm.failed", reason=str(reply)[:200])
        top = reply["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
        return [(t["token"].strip(), math.exp(t["logprob"])) for t in top]

    def log_odds(self, prompt: Prompt, yes: Sequence[str], no: Sequence[str]) -> float:
        """The natural log-odds that the next token is one of ``yes`` rather than one of ``no``, case ignored."""
        likely = self.next_token(prompt)
        for_yes, for_no = (sum(p for token, p in likely if token.casefold() in words) for words in (yes, no))
        return math.log(for_yes + 1e-9) - math.log(for_no + 1e-9)

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
            self._slot(prefix)

    def _request(self, prompt: Prompt, **options: Any) -> dict[str, Any]:
        return self._body(prompt.text, self._slot(prompt.stable), **options)

    @staticmethod
    def _body(text: str, slot: int, **options: Any) -> dict[str, Any]:
        options = {"temperature": 0, "top_k": 1, "seed": 1, "cache_prompt": True, "id_slot": slot, **options}
        return {"prompt": text, **options}

    def _slot(self, prefix: str) -> int:
        """The slot that holds a prefix: as it is, taken back from disk, or processed now and kept."""
        slot = next((at for at, held in self._slots.items() if held == prefix), None)
        if slot is None:
            slot = next(iter(self._slots))
            self._slots[slot] = None
            if prefix:
                self._fill(slot, prefix)
        del self._slots[slot]
        self._slots[slot] = prefix
        return slot

    def _fill(self, slot: int, prefix: str) -> None:
        if self._cache and self._cache.restore(prefix, lambda name: self._moved(slot, "restore", name)):
            return
        self._server.handle_completions(self._body(prefix, slot, max_tokens=1))
        if self._cache:
            self._cache.keep(prefix, lambda name: self._moved(slot, "save", name))

    def _moved(self, slot: int, action: str, name: str) -> bool:
        """Whether a slot was saved to, or restored from, a file of the cache: the runtime does that over its listener alone."""
        address = urlsplit(self._server.listening_address)
        with closing(HTTPConnection(address.hostname or "", address.port, timeout=60)) as connection:
            try:
                head = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
                connection.request("POST", f"/slots/{slot}?action={action}", json.dumps({"filename": name}), head)
                return connection.getresponse().status == HTTPStatus.OK
            except (OSError, HTTPException):
                return False


def open_model(settings: Settings, progress: OnProgress | None = None) -> LocalModel:
    """The language model of the settings, its weights fetched when they are not there, loaded once a process.

    What it has processed is kept in a folder of the cache. Raises ModelError.
    """
    path = locate(LANGUAGE_MODEL, settings, progress=progress)
    return _loaded(path, settings.threads, folder_in(settings.cache))


@cache
def _loaded(path: Path, threads: int, kept: Path) -> LocalModel:
    return LocalModel(path, threads, kept)
