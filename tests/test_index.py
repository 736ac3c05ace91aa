"""The index on disk: what is embedded again, what is kept, and that it cannot lie about its state."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from genoassist import corpus as corpora
from genoassist.embedder import Embedder
from genoassist.errors import IndexStateError
from genoassist.index import Changes, Index, read_manifest, state, sync
from genoassist.passages import passages
from genoassist.types import Corpus
from genoassist.words import terms

VISITORS = "How many visitors came to the fair?"

pytestmark = pytest.mark.models


class Counted:
    """The real embedder, and how many texts it was given."""

    def __init__(self, embedder: Embedder) -> None:
        self.model = embedder.identity
        self.texts: list[str] = []
        self._embedder = embedder

    def __call__(self, texts: list[str]) -> list[list[float]]:
        self.texts += texts
        return self._embedder.get_text_embedding_batch(texts)


@pytest.fixture
def embed(embedder: Embedder) -> Counted:
    return Counted(embedder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "index"


@pytest.fixture
def build(elsewhere: Path, folder: Path, embed: Counted) -> Callable[..., tuple[Index, Changes]]:
    def call(**options) -> tuple[Index, Changes]:
        return sync(folder, corpora.load(elsewhere), embed.model, embed, **options)

    return call


def generations(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("generation-*"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def found(index: Index, embedder: Embedder, question: str) -> str:
    best, _ = index.dense(embedder.get_query_embedding(question), 1)[0]
    return index.passages[best].sentence.text


# ---------------------------------------------------------------- passages


def test_a_passage_is_a_sentence_under_its_headings_in_both_languages(report: Corpus):
    texts = {p.sentence.text[:30]: p.text for p in passages(report)}
    assert texts["The Genopole-coordinated Europ"].startswith(
        "GEN.ERA: clusters cooperating to tackle the global market / "
        "GEN.ERA : coopérer entre clusters pour mieux aborder le marché mondial: The Genopole-coordinated"
    )
    assert all("\n" not in text for text in texts.values())


def test_title_and_year_tell_documents_apart_when_there_are_several(elsewhere: Path):
    assert passages(corpora.load(elsewhere))[0].text == (
        "Journal du pôle Brumaire (2031) / Le projet Nacre: "
        "Nacre a été lancé le 14 juillet 2031 par le pôle Brumaire et ses neuf partenaires."
    )


# ---------------------------------------------------------------- building and bringing up to date


def test_it_is_built_once_and_opened_after(build, folder: Path, embed: Counted, elsewhere: Path):
    assert state(folder, corpora.load(elsewhere), embed.model) == "missing"
    told: list[tuple[int, int]] = []
    index, changes = build(progress=lambda done, total: told.append((done, total)))
    count = len(index.passages)
    assert changes == Changes(added=count, changed=0, kept=0, removed=0)
    assert (len(embed.texts), told[-1]) == (count, (count, count))
    assert state(folder, corpora.load(elsewhere), embed.model) == "fresh"
    manifest = read_manifest(folder)
    assert manifest is not None
    assert (manifest.passages, manifest.model, [manifest.generation]) == (count, embed.model, generations(folder))
    again, changes = build()
    assert changes == Changes(added=0, changed=0, kept=count, removed=0)
    assert len(embed.texts) == count
    assert list(again.passages) == list(index.passages)


def test_one_sentence_changed_is_the_only_one_embedded_again(build, folder, embed, embedder, elsewhere):
    count = len(build()[0].passages)
    embed.texts.clear()
    edit(elsewhere / "helvia.md", "4,500 euros", "5,600 euros")
    assert state(folder, corpora.load(elsewhere), embed.model) == "stale"
    index, changes = build()
    assert embed.texts == ["Helvia Optics yearbook (2031) / The Lumen project: Its budget is 5,600 euros a month."]
    assert changes == Changes(added=0, changed=1, kept=count - 1, removed=0)
    assert found(index, embedder, "How much money does Lumen have?") == "Its budget is 5,600 euros a month."


def test_a_document_added_and_removed(build, embed, embedder, elsewhere):
    count = len(build()[0].passages)
    (elsewhere / "third.md").write_text("# Third\n\nThe canteen serves fish on Friday.", encoding="utf-8")
    index, changes = build()
    assert changes == Changes(added=1, changed=0, kept=count, removed=0)
    assert found(index, embedder, "Quel jour sert-on du poisson ?") == "The canteen serves fish on Friday."
    (elsewhere / "third.md").unlink()
    embed.texts.clear()
    index, changes = build()
    assert changes == Changes(added=0, changed=0, kept=count, removed=1)
    assert embed.texts == []
    assert not any("canteen" in p.text for p in index.passages.values())
    assert all("third" not in key for key, _ in index.dense(embedder.get_query_embedding("fish on Friday"), 99))
    assert index.lexical(terms("canteen fish"), 9) == []


def test_only_front_matter_changed_embeds_nothing(build, embed, elsewhere):
    build()
    embed.texts.clear()
    edit(
        elsewhere / "helvia.md",
        "title: Helvia Optics yearbook",
        "title: Helvia Optics yearbook\nsource: a printed copy",
    )
    assert build()[1].added == 0
    assert embed.texts == []


def test_a_rebuild_embeds_everything(build, embed):
    count = len(build()[0].passages)
    embed.texts.clear()
    assert build(rebuild=True)[1] == Changes(added=count, changed=0, kept=0, removed=0)
    assert len(embed.texts) == count


def test_an_index_of_another_model_is_refused_with_the_command(build, folder, embed, elsewhere):
    build()
    corpus = corpora.load(elsewhere)
    assert state(folder, corpus, "other@1") == "foreign"
    with pytest.raises(IndexStateError, match=r"another embedding model .* Type: genoassist index --rebuild") as caught:
        sync(folder, corpus, "other@1", embed)
    assert embed.model in str(caught.value)
    _, changes = sync(folder, corpus, "other@1", embed, rebuild=True)
    assert changes.kept == 0
    assert state(folder, corpus, "other@1") == "fresh"


# ---------------------------------------------------------------- damage


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"format": 0}',
        '{"generation": 3}',
        "null",
        "\x00",
        '{"generation": "../..", "model": "m"}',
    ],
)
def test_a_corrupt_manifest_is_no_index(build, folder, embed, embedder, elsewhere, manifest):
    build()
    complete = json.loads((folder / "manifest.json").read_text())
    given = json.loads(manifest) if manifest.startswith('{"') else None
    (folder / "manifest.json").write_text(json.dumps({**complete, **given}) if given else manifest)
    assert state(folder, corpora.load(elsewhere), embed.model) == "missing"
    index, changes = build()
    assert changes.added == len(index.passages)
    assert found(index, embedder, VISITORS).startswith("The fair drew 12,000")


@pytest.mark.parametrize("what", ["", "chroma", "bm25", "chroma/chroma.sqlite3", "bm25/params.index.json"])
def test_a_damaged_generation_is_built_anew(build, folder, embedder, what):
    build()
    lost = folder / generations(folder)[0] / what
    shutil.rmtree(lost) if lost.is_dir() else lost.unlink()
    index, _ = build()
    assert found(index, embedder, VISITORS).startswith("The fair drew 12,000")


def test_a_database_that_is_not_one_is_built_anew(build, folder, embedder, elsewhere):
    build()
    (folder / generations(folder)[0] / "chroma" / "chroma.sqlite3").write_bytes(b"no database at all" * 99)
    edit(elsewhere / "helvia.md", "4,500 euros", "5,600 euros")
    assert found(build()[0], embedder, VISITORS).startswith("The fair drew 12,000")


def test_an_interrupted_build_leaves_the_old_index_in_place(build, folder, embed, embedder, elsewhere):
    build()
    before = (folder / "manifest.json").read_text()
    (elsewhere / "long.md").write_text(
        "# Long\n\n" + " ".join(f"Line {i} speaks of nothing." for i in range(100)), encoding="utf-8"
    )

    def interrupted(texts: list[str]) -> list[list[float]]:
        if len(embed.texts) > 64:
            raise KeyboardInterrupt
        return embed(texts)

    with pytest.raises(KeyboardInterrupt):
        sync(folder, corpora.load(elsewhere), embed.model, interrupted)
    assert (folder / "manifest.json").read_text() == before
    assert len(generations(folder)) == 1
    assert state(folder, corpora.load(elsewhere), embed.model) == "stale"
    (elsewhere / "long.md").unlink()
    index, changes = build()
    assert changes.added == 0
    assert found(index, embedder, VISITORS).startswith("The fair drew 12,000")


def test_a_folder_that_cannot_be_is_said_so(elsewhere, embed, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(IndexStateError, match=r"file/index cannot be written: .*--index DIR"):
        sync(tmp_path / "file" / "index", corpora.load(elsewhere), embed.model, embed)
    assert embed.texts == []


# ---------------------------------------------------------------- several at once


def test_a_reader_is_not_disturbed_by_another_process(build, folder, embed, embedder, elsewhere):
    index, _ = build()
    edit(elsewhere / "helvia.md", "4,500 euros", "5,600 euros")
    other = f"""
from pathlib import Path
from genoassist import corpus
from genoassist.index import sync
embed = lambda texts: [[1.0] + [0.0] * 383 for _ in texts]
print(sync(Path({str(folder)!r}), corpus.load(Path({str(elsewhere)!r})), {embed.model!r}, embed)[1].changed)
"""
    done = subprocess.run([sys.executable, "-c", other], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("1\n", 0), done.stderr
    assert len(generations(folder)) == 2, "the one that is being read, and the new one"
    assert found(index, embedder, VISITORS).startswith("The fair drew 12,000")
    assert index.vectors(list(index.passages)).shape == (len(index.passages), 384)
    del index
    build()
    edit(elsewhere / "helvia.md", "5,600 euros", "6,700 euros")
    build()
    assert len(generations(folder)) == 1


def test_several_syncs_at_once_build_one_index(elsewhere, folder, embed):
    corpus = corpora.load(elsewhere)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: sync(folder, corpus, embed.model, embed), range(4)))
    assert sorted(changes.added > 0 for _, changes in done) == [False, False, False, True]
    assert len(embed.texts) == len(done[0][0].passages)
    assert len(generations(folder)) == 1


# ---------------------------------------------------------------- searching


def test_dense_gives_cosines(build, embedder):
    index, _ = build()
    query = np.array(embedder.get_query_embedding("Combien d'entreprises dans la pépinière ?"))
    ids = list(index.passages)
    cosines = dict(zip(ids, index.vectors(ids) @ query, strict=True))
    hits = index.dense(query.tolist(), 5)
    assert [key for key, _ in hits] == sorted(ids, key=lambda key: -cosines[key])[:5]
    assert [score for _, score in hits] == pytest.approx([cosines[key] for key, _ in hits], abs=1e-5)
    assert index.passages[hits[0][0]].sentence.text == "La pépinière héberge vingt-cinq entreprises marines."
    assert len(index.dense(query.tolist(), 999)) == len(ids)


def test_vectors_come_in_the_order_asked_for(build, embedder):
    index, _ = build()
    ids = list(index.passages)[3:0:-1]
    expected = np.array(embedder.get_text_embedding_batch([index.passages[i].text for i in ids]))
    assert index.vectors(ids) == pytest.approx(expected, abs=1e-5)


def test_the_best_of_many_ties_are_the_first_of_the_corpus(folder: Path, elsewhere: Path, embed: Counted):
    for name in ("brumaire", "helvia"):
        (elsewhere / f"{name}.md").unlink()
    lines = [f"- Bulletin {n} names the marmot." for n in range(40)] + ["- Marmot, marmot, marmot and marmot."]
    (elsewhere / "many.md").write_text("# Bulletins\n\n" + "\n".join(lines), encoding="utf-8")
    index, _ = sync(folder, corpora.load(elsewhere), embed.model, embed)
    hits = index.lexical(terms("marmot"), 5)
    found = [index.passages[key].sentence.text for key, _ in hits]
    assert found == ["Marmot, marmot, marmot and marmot.", *(f"Bulletin {n} names the marmot." for n in range(4))]
    assert [score for _, score in hits] == sorted((score for _, score in hits), reverse=True)
    assert len(index.lexical(terms("marmot"), 99)) == 41


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("pepiniere", "La pépinière héberge vingt-cinq entreprises marines."),
        ("HÉBERGER", "La pépinière héberge vingt-cinq entreprises marines."),
        ("visitor", "The fair drew 12,000 visitors to Turin in September."),
        ("12 000", "The fair drew 12,000 visitors to Turin in September."),
        ("laser zenith zen", "ZEN.ITH showed a laser there."),
        ("Zurich", "Kasper Brandt leads it from Zürich, in\nSwitzerland."),
    ],
)
def test_lexical_folds_accents_and_stems_in_both_languages(build, words, sentence):
    index, _ = build()
    hits = index.lexical(terms(words), 3)
    assert index.passages[hits[0][0]].sentence.text == sentence
    assert all(score > 0 for _, score in hits)
    assert [s for _, s in hits] == sorted((s for _, s in hits), reverse=True)


def test_words_that_stand_nowhere_find_nothing(build):
    index, _ = build()
    assert index.lexical(terms("kangaroo"), 3) == []
    assert index.lexical([], 3) == []
