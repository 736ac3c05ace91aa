"""What the doctor finds, and the command that mends it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from genoassist.arrange import GRAPH, SHAPE, TOKENS, WEIGHTS, WORDS, WRITTEN, made_of
from genoassist.assistant import Assistant
from genoassist.decoder_graph import Shape
from genoassist.doctor import PARTS, examine, fetch_all
from genoassist.errors import ModelError
from genoassist.models import LANGUAGE_MODEL
from genoassist.settings import Settings


@pytest.fixture
def bare(tmp_path: Path, elsewhere: Path) -> Settings:
    """No weights, a corpus, no index."""
    return Settings(
        cache=tmp_path / "cache", corpus=elsewhere, index=tmp_path / "index", download=False, engine="extractive"
    )


@pytest.fixture
def built(settings: Settings, assistant: Assistant, tmp_path: Path) -> Settings:
    """The index of the tests, its manifest free to be edited."""
    copy = tmp_path / "index"
    copy.mkdir()
    manifest = (settings.index / "manifest.json").read_text()
    (copy / "manifest.json").write_text(manifest)
    (copy / json.loads(manifest)["generation"]).mkdir()
    return settings.model_copy(update={"index": copy})


def line(report: str, start: str) -> str:
    return next(one for one in report.splitlines() if one.startswith(start))


def test_a_bare_machine_gets_the_commands(bare):
    report, healthy = examine(bare, "en")
    assert not healthy
    assert line(report, "Python ").startswith("Python 3.")
    assert all(any(one.strip().startswith(f"{part} ") for one in report.splitlines()) for part in PARTS)
    assert line(report, "multilingual-e5-small") == (
        "multilingual-e5-small: not on this machine (71 MB). Type: genoassist doctor --fetch"
    )
    assert line(report, "Corpus ").endswith("2 document(s), 9 sentence(s)")
    assert line(report, "Index ") == f"Index {bare.index}: none yet. Type: genoassist index"
    assert report.splitlines()[-1] == "Something is missing: see the commands above."
    assert not bare.cache.exists()
    assert not bare.index.exists()


def test_it_speaks_french(bare):
    report, _ = examine(bare, "fr")
    assert "absent de cette machine" in report
    assert line(report, "Index ").endswith("pas encore construit. Tapez\u00a0: genoassist index")


@pytest.mark.models
def test_the_index_in_order(built):
    report, _ = examine(built, "en")
    manifest = json.loads((built.index / "manifest.json").read_text())
    assert line(report, "Index ") == f"Index {built.index}: {manifest['passages']} passages, model {manifest['model']}"


@pytest.mark.models
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"corpus": "0" * 64}, "the corpus has changed since. Type: genoassist index"),
        ({"content": "0" * 64}, "the corpus has changed since. Type: genoassist index"),
        ({"model": "other@1"}, "built with another model. Type: genoassist index --rebuild"),
        ({"format": 0}, "none yet. Type: genoassist index"),
        ({"generation": "generation-gone"}, "none yet. Type: genoassist index"),
    ],
)
def test_an_index_that_is_not_in_order(built, changes, expected):
    path = built.index / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    report, healthy = examine(built, "en")
    assert line(report, "Index ") == f"Index {built.index}: {expected}"
    # What the next question mends by itself is in order; another model's index needs a decision.
    assert healthy == ("model" not in changes)


def test_a_corpus_that_cannot_be_read_is_named(bare):
    report, healthy = examine(bare.model_copy(update={"corpus": bare.corpus / "nowhere"}), "en")
    assert "There is no corpus folder at" in report.splitlines()[-1]
    assert not healthy


def test_weights_that_are_not_needed_are_not_missed(bare):
    assert "Qwen" not in examine(bare, "en")[0]
    assert (
        "Qwen2.5-Coder-1.5B-Instruct: not on this machine"
        in examine(bare.model_copy(update={"engine": "auto"}), "en")[0]
    )
    other = bare.model_copy(update={"embedding_model": "intfloat/multilingual-e5-base"})
    assert "multilingual-e5-small" not in examine(other, "en")[0]


@pytest.mark.models
def test_all_is_well(settings, assistant):
    report, healthy = examine(settings, "en")
    assert healthy
    assert report.splitlines()[-1] == "All is well."
    assert "multilingual-e5-small: /" in report


def test_where_the_language_model_is_arranged_is_told(bare):
    weights = bare.cache / "model.gguf"
    folder = bare.cache / "model.onnx"
    folder.mkdir(parents=True)
    weights.write_bytes(b"")
    (folder / WEIGHTS).write_bytes(bytes(3_000_000))
    given = bare.model_copy(update={"engine": "auto", "language_model_file": weights})
    assert "arranged for this machine" not in examine(given, "en")[0]
    for name in (GRAPH, WORDS, TOKENS, WRITTEN):
        (folder / name).write_bytes(b"")
    sizes = {GRAPH: 0, WEIGHTS: 3_000_000, WORDS: 0, TOKENS: 0, WRITTEN: 0}
    shape = asdict(Shape(28, 1536, 12, 2, 128, 127, made_of(LANGUAGE_MODEL.sha256)))
    (folder / SHAPE).write_text(json.dumps({"shape": shape, "bytes": sizes}))
    assert f"The same, arranged for this machine: {folder} (3 MB); it is made" in examine(given, "en")[0]
    assert f"Le même, préparé pour cette machine\u00a0: {folder} (3\u00a0Mo)\u202f; refait" in examine(given, "fr")[0]


def test_files_that_are_not_read_are_named(bare):
    (bare.corpus / "slides.pptx").write_bytes(b"")
    assert "Not read (.md and .txt are): slides.pptx" in examine(bare, "en")[0]


def test_fetching_says_why_it_cannot(bare):
    with pytest.raises(ModelError, match="downloads are switched off"):
        fetch_all(bare, lambda *_: None)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Cache of what the language model has read: {} (2 files, 3 MB); it can"),
        ("fr", "Cache des lectures du modèle\u00a0: {} (2 fichiers, 3\u00a0Mo)\u202f; peut"),
    ],
)
def test_what_has_been_read_before_is_told(bare, language, told):
    folder = bare.cache / "prefixes"
    folder.mkdir(parents=True)
    for name in ("one.kv", "two.kv", "three.part"):
        (folder / name).write_bytes(bytes(1_700_000))
    assert told.format(folder) in examine(bare, language)[0]
