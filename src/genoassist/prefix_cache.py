"""Processed prompt prefixes, on disk: what reading a section left in the language model, kept from one start to the next.

A file holds the attention keys and values of one prefix, as the runtime writes them; it is good for one model file and one
version of the runtime, which its name says.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)

# 28 KiB a token for the packaged model: some 75,000 tokens, 40 sections of 600 words in both their forms.
MOST_MIB = 2048


def folder_in(cache: Path) -> Path:
    """The folder of processed prefixes in the cache folder of the settings."""
    return cache / "prefixes"


def kept(folder: Path) -> tuple[int, int]:
    """How many processed prefixes a folder holds, of any model, and their bytes."""
    sizes = [file.stat().st_size for file in folder.glob("*.kv")]
    return len(sizes), sum(sizes)


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

    def restore(self, prefix: str, read: Callable[[str], bool]) -> bool:
        """True when ``read(file name)`` took a kept prefix in; a file that it refuses is removed."""
        path = self.path(prefix)
        if not path.is_file():
            return False
        if read(path.name):
            path.touch()
            return True
        log.warning("a processed prefix could not be read and is made again: %s", path)
        path.unlink(missing_ok=True)
        return False

    def keep(self, prefix: str, write: Callable[[str], bool]) -> None:
        """Keep what ``write(file name)`` writes, whole or not at all; nothing is kept where there is no space."""
        path = self.path(prefix)
        part = path.with_name(f"{path.stem}.{os.getpid()}.part")
        if not write(part.name):
            log.warning("a processed prefix could not be written in %s", self.folder)
            part.unlink(missing_ok=True)
            return
        part.replace(path)
        self._trim()

    def _trim(self) -> None:
        files = sorted(((f.stat().st_mtime, f.stat().st_size, f) for f in self.folder.glob("*.kv")), reverse=True)
        total = 0
        for _, size, file in files:
            total += size
            if total > self.most_mib * 2**20:
                file.unlink(missing_ok=True)


def open_cache(folder: Path, model: str) -> PrefixCache | None:
    """The cache in a folder, made readable by its owner alone; None where the folder cannot be written."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        log.warning("processed prefixes are not kept: %s", error)
        return None
    return PrefixCache(folder, model) if os.access(folder, os.W_OK) else None
