"""What is installed, which models, the state of the index; what is wrong, and the command that mends it."""

from __future__ import annotations

import platform
from collections.abc import Callable
from importlib.metadata import version

from genoassist import corpus as corpora
from genoassist.arrange import folder_of, made_of, shape_of
from genoassist.embedding import open_embedder
from genoassist.errors import GenoAssistError
from genoassist.fetch import Weights
from genoassist.index import read_manifest, state
from genoassist.llm import folder
from genoassist.messages import say
from genoassist.models import EMBEDDING, LANGUAGE_MODEL, locate, status
from genoassist.prefix_cache import folder_in, kept
from genoassist.settings import PACKAGED, Settings
from genoassist.types import Language

PARTS = ("llama-index-core", "chromadb", "sentence-transformers", "torch", "onnxruntime", "gradio")


def fetch_all(settings: Settings, progress: Callable[[str, int, int], None]) -> None:
    """Fetch the weights the settings need and that are not on this machine, and arrange them. Raises ModelError."""
    for weights in _needed(settings):
        locate(weights, settings, progress=lambda done, total, name=weights.name: progress(name, done, total))  # type: ignore[misc]
    if LANGUAGE_MODEL in _needed(settings):
        folder(settings, progress)


def _needed(settings: Settings) -> list[Weights]:
    embedding = [EMBEDDING] if settings.embedding_model == PACKAGED else []
    return embedding + ([LANGUAGE_MODEL] if settings.engine != "extractive" else [])


def examine(settings: Settings, language: Language) -> tuple[str, bool]:
    """The report, a line a fact, and whether everything is in order; touches no network and writes nothing."""
    lines = [say("doctor.python", language, version=platform.python_version(), system=platform.platform(terse=True))]
    lines += [f"  {part} {version(part)}" for part in PARTS]
    healthy = True
    needed = {weights.name for weights in _needed(settings)}
    for weights in (found for found in status(settings) if found.name in needed):
        if weights.path is None:
            healthy = False
            lines.append(say("doctor.weights_missing", language, name=weights.name, size=weights.size // 1_000_000))
        else:
            key = "doctor.weights" if weights.verified else "doctor.weights_unverified"
            lines.append(say(key, language, name=weights.name, path=weights.path, where=weights.where))
            made = folder_of(weights.path, settings.cache)
            if weights.name == LANGUAGE_MODEL.name and shape_of(made, made_of(LANGUAGE_MODEL.sha256)):
                size = sum(file.stat().st_size for file in made.iterdir())
                lines.append(say("doctor.arranged", language, path=made, size=size // 1_000_000))
    prefixes = folder_in(settings.cache)
    count, size = kept(prefixes)
    if count:
        lines.append(say("doctor.prefixes", language, path=prefixes, count=count, size=size // 1_000_000))
    try:
        corpus = corpora.load(settings.corpus)
    except GenoAssistError as error:
        return "\n".join([*lines, error.text(language)]), False
    sentences = sum(len(s.sentences) for d in corpus.documents for s in d.sections)
    lines.append(
        say("doctor.corpus", language, path=settings.corpus, documents=len(corpus.documents), sentences=sentences)
    )
    if unread := corpora.unread(settings.corpus):
        lines.append(say("doctor.unread", language, paths=", ".join(unread)))
    manifest = read_manifest(settings.index)
    try:
        model = open_embedder(settings.model_copy(update={"download": False})).identity if manifest else ""
    except GenoAssistError as error:
        return "\n".join([*lines, error.text(language)]), False
    found = state(settings.index, corpus, model)
    if found == "fresh" and manifest:
        lines.append(
            say("doctor.index", language, path=settings.index, passages=manifest.passages, model=manifest.model)
        )
    else:
        # An index that is missing or stale is made or mended by the next question; a foreign one needs a decision.
        healthy = healthy and found != "foreign"
        lines.append(say(f"doctor.index_{found}", language, path=settings.index))
    lines.append(say("doctor.well" if healthy else "doctor.unwell", language))
    return "\n".join(lines), healthy
