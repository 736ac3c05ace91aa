"""Shared fixtures: the real parts on the real report, user settings out of reach, a second corpus in both languages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from genoassist import corpus as corpora
from genoassist.assistant import Assistant
from genoassist.embedder import Embedder
from genoassist.embedding import open_embedder
from genoassist.errors import ModelError
from genoassist.models import EMBEDDING, LANGUAGE_MODEL, locate
from genoassist.settings import Settings
from genoassist.types import Corpus

CORPUS = Path(__file__).parents[1] / "corpus"
# Where the weights are is the one thing a machine may say.
KEPT = {"GENOASSIST_CACHE", "GENOASSIST_EMBEDDING_FILE", "GENOASSIST_LANGUAGE_MODEL_FILE"}
ENGLISH = """\
    ---
    title: Helvia Optics yearbook
    language: en
    year: 2031
    ---
    # Helvia Optics yearbook

    ## The Lumen project

    Lumen was launched on 3 March 2031 by Helvia Optics and its six partners. Kasper Brandt leads it from Zürich, in
    Switzerland. Its budget is 4,500 euros a month.

    ## The photonics fair

    The fair drew 12,000 visitors to Turin in September. ZEN.ITH showed a laser there.
    """
FRENCH = """\
    ---
    title: Journal du pôle Brumaire
    language: fr
    year: 2031
    ---
    # Journal du pôle Brumaire

    ## Le projet Nacre

    Nacre a été lancé le 14 juillet 2031 par le pôle Brumaire et ses neuf partenaires. Solène Kervadec le dirige depuis
    Quimper. Son budget est de 8 200 euros par mois.

    ## La pépinière

    La pépinière héberge vingt-cinq entreprises marines.
    """


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.upper().startswith("GENOASSIST_") and name.upper() not in KEPT:
                patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def weights_ready() -> Settings:
    """Settings under which the embedding weights are on this machine; fails with what to type when they are not."""
    settings = Settings(download=False)
    _located(EMBEDDING, settings)
    return settings


def _located(weights, settings: Settings) -> Path:
    try:
        return locate(weights, settings)
    except ModelError as error:
        return pytest.fail(f"{error} Type: make setup", pytrace=False)


@pytest.fixture(scope="session")
def settings(weights_ready: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The corpus of the repository, an index of this test run."""
    return weights_ready.model_copy(
        update={"corpus": CORPUS, "index": tmp_path_factory.mktemp("index"), "engine": "extractive", "threads": 2}
    )


@pytest.fixture(scope="session")
def embedder(settings: Settings) -> Embedder:
    """The real embedding model."""
    return open_embedder(settings)


@pytest.fixture(scope="session")
def assistant(settings: Settings) -> Assistant:
    """The real assistant on the report, answering by quotation."""
    return Assistant.open(settings)


@pytest.fixture(scope="session")
def written(settings: Settings) -> Assistant:
    """The real assistant on the report, its language model loaded."""
    _located(LANGUAGE_MODEL, settings)
    found = Assistant.open(settings.model_copy(update={"engine": "auto"}))
    found.load()
    return found


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A second corpus, of other clusters, one document in each language: nothing may be special to the report."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "helvia.md").write_text(dedent(ENGLISH), encoding="utf-8")
    (folder / "brumaire.md").write_text(dedent(FRENCH), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def report() -> Corpus:
    """The report."""
    return corpora.load(CORPUS)
