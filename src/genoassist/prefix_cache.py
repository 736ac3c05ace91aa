"""Processed prompt prefixes, on disk: what reading a section left in the language model, kept from one start to the next.

A file holds the attention keys and values of one prefix; it is good for one arrangement of one model, which its name says.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from genoassist.errors import reason

log = logging.getLogger(__name__)

# 28 KiB a token for the packaged model: some 75,000 tokens, 80 sections of 600 words.
MOST_MIB = 2048
# Seconds after which a file that is not whole was left by a process that is gone.
LEFT = 600


def folder_in(cache: Path) -> Path:
    """The folder of processed prefixes in the cache folder of the settings."""
    return cache / "prefixes"


def kept(folder: Path) -> tuple[int, int]:
    """How many processed prefixes a folder holds, of any model, and their bytes."""
    sizes = [size for _, size, _ in _files(folder)]
    return len(sizes), sum(sizes)


def _files(folder: Path, of: str = "*.kv") -> list[tuple[float, int, Path]]:
    """When each file of a folder was last used, its bytes and its path; another process may take one away meanwhile."""
    found = []
    for file in folder.glob(of):
        with suppress(OSError):
            found.append((file.stat().st_mtime, file.stat().st_size, file))
    return sorted(found, reverse=True)


@dataclass(frozen=True, slots=True)
class PrefixCache:
    """A folder of processed prefixes of one model; the least recently used go when they exceed ``most_mib``."""

    folder: Path
    model: str  # what tells one model file and runtime from another
    most_mib: int = MOST_MIB

    def path(self, prefix: str) -> Path:
        """Where a prefix is, or would be."""
        digest = hashlib.sha256(f"{self.model}\n{prefix}".encode())
        return self.folder / f"{digest.hexdigest()[:32]}.kv"

    def holds(self, prefix: str) -> bool:
        """True when a prefix has been kept."""
        return self.path(prefix).is_file()

    def load(self, prefix: str) -> NDArray[np.float16] | None:
        """What a kept prefix left; None where it is not kept. A file that cannot be read is removed."""
        path = self.path(prefix)
        if not path.is_file():
            return None
        try:
            state: NDArray[np.float16] = np.load(path)
        except (OSError, ValueError, EOFError) as error:
            log.warning("a processed prefix could not be read and is made again: %s: %s", path, reason(error))
            path.unlink(missing_ok=True)
            return None
        with suppress(OSError):
            path.touch()
        return state

    def keep(self, prefix: str, state: NDArray[np.float16]) -> None:
        """Keep what a prefix left, whole or not at all; nothing is kept where there is no space."""
        path = self.path(prefix)
        part = path.with_name(f"{path.stem}.{os.getpid()}.part")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # it may be deleted at any time
            with part.open("wb") as file:
                np.save(file, state)
            part.replace(path)
        except OSError as error:
            log.warning("a processed prefix could not be written in %s: %s", self.folder, reason(error))
            part.unlink(missing_ok=True)
            return
        self._trim()

    def _trim(self) -> None:
        total = 0
        for _, size, file in _files(self.folder):
            total += size
            if total > self.most_mib * 2**20:
                file.unlink(missing_ok=True)
        for written, _, part in _files(self.folder, "*.part"):
            if time.time() - written > LEFT:
                part.unlink(missing_ok=True)


def open_cache(folder: Path, model: str) -> PrefixCache | None:
    """The cache in a folder, made readable by its owner alone; None where the folder cannot be written."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        log.warning("processed prefixes are not kept: %s", error)
        return None
    return PrefixCache(folder, model) if os.access(folder, os.W_OK) else None
