"""The language model as it is arranged and run: against the same weights in float32, and from file to words."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnx
import pytest
from gguf import GGUFReader, GGUFWriter
from gguf.quants import dequantize
from onnx import numpy_helper

from genoassist import arrange, readout
from genoassist.arrange import SHAPE, WEIGHTS, arranged, folder_of, in_latin, made_of, shape_of
from genoassist.decoder import PIECE, ROOM, SPARE, Decoder, Read
from genoassist.decoder_graph import OF, POSITIONS, TOLD, rotated
from genoassist.encoder import ALL_8_BITS, TOP, largest_weight
from genoassist.errors import ModelError
from genoassist.llm import AHEAD, LEANING, alike, echoed
from genoassist.models import LANGUAGE_MODEL, locate
from genoassist.settings import Settings

LAYERS, WORDS = 2, 3000
TEXT = "The bio report of the year, in one part and the other."


@pytest.fixture(scope="module")
def small(weights_ready: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packaged model made small: its first layers and words, as they are in its file."""
    whole = GGUFReader(locate(LANGUAGE_MODEL, weights_ready))
    path = tmp_path_factory.mktemp("model") / "small.gguf"
    made = GGUFWriter(path, "qwen2")
    made.add_block_count(LAYERS)
    for add, key in (
        (made.add_embedding_length, "embedding_length"),
        (made.add_head_count, "attention.head_count"),
        (made.add_head_count_kv, "attention.head_count_kv"),
        (made.add_layer_norm_rms_eps, "attention.layer_norm_rms_epsilon"),
        (made.add_rope_freq_base, "rope.freq_base"),
    ):
        add(whole.fields[f"qwen2.{key}"].contents())
    texts = whole.fields["tokenizer.ggml.tokens"].contents()
    kinds = whole.fields["tokenizer.ggml.token_type"].contents()
    known = set(texts[:WORDS])
    merges = [m for m in whole.fields["tokenizer.ggml.merges"].contents() if m.replace(" ", "") in known]
    marks = [text for text, kind in zip(texts, kinds, strict=True) if kind == 3]
    made.add_token_list([*texts[:WORDS], *marks])
    made.add_token_types([*kinds[:WORDS], *(3 for _ in marks)])
    made.add_token_merges(merges)
    for tensor in whole.tensors:
        if tensor.name.startswith("blk.") and int(tensor.name.split(".")[1]) >= LAYERS:
            continue
        rows = WORDS + len(marks) if tensor.name in ("output.weight", "token_embd.weight") else None
        made.add_tensor(tensor.name, np.array(tensor.data[:rows]), raw_dtype=tensor.tensor_type)
    made.write_header_to_file()
    made.write_kv_data_to_file()
    made.write_tensors_to_file()
    made.close()
    return path


@pytest.fixture(scope="module")
def folder(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return arranged(small, tmp_path_factory.mktemp("cache"), "a hash")


@pytest.fixture
def decoder(folder: Path) -> Decoder:
    return Decoder(folder, 2)


def in_float32(path: Path, tokens: list[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The logits after each of some tokens, their residuals and their attention, by transformers on the weights of a GGUF file."""
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    names = {"attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj"}
    names |= {"attn_output": "self_attn.o_proj", "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm"}
    names |= {f"ffn_{part}": f"mlp.{part}_proj" for part in ("gate", "up", "down")}
    weights = {}
    for tensor in GGUFReader(path).tensors:
        values = torch.tensor(dequantize(tensor.data, tensor.tensor_type).astype(np.float32))
        _, layer, part, kind = tensor.name.split(".") if tensor.name.startswith("blk.") else ("", "", tensor.name, "")
        weights[f"model.layers.{layer}.{names[part]}.{kind}" if layer else part] = values
    weights["lm_head.weight"] = weights["model.embed_tokens.weight"] = weights.pop("output.weight")
    weights["model.norm.weight"] = weights.pop("output_norm.weight")
    del weights["token_embd.weight"]
    shape = Qwen2Config(
        vocab_size=len(weights["lm_head.weight"]),
        hidden_size=1536,
        intermediate_size=8960,
        num_hidden_layers=LAYERS,
        num_attention_heads=12,
        num_key_value_heads=2,
        rms_norm_eps=1e-6,
        rope_parameters={"rope_type": "default", "rope_theta": 1e6},
        attn_implementation="eager",  # which alone tells what is looked at
    )
    model = Qwen2ForCausalLM(shape).eval()
    model.load_state_dict(weights)
    with torch.no_grad():
        found = model(torch.tensor([tokens]), output_hidden_states=True, output_attentions=True)
    looks = torch.cat(found.attentions).numpy()  # (layers, heads, tokens, tokens)
    return found.logits[0].numpy(), found.hidden_states[LAYERS * TOLD // OF][0].numpy(), looks


def both(read: Read) -> np.ndarray:
    """The logits and the residual of what was read."""
    return np.concatenate([read.logits, read.residual])


@pytest.mark.models
def test_the_logits_are_those_of_the_model_in_float32(small: Path, decoder: Decoder) -> None:
    tokens = decoder.tokenizer.encode(TEXT, add_special_tokens=False).ids
    assert len(tokens) > 10
    context, (theirs, residuals, _) = decoder.contexts[1], in_float32(small, tokens)
    [ours] = decoder.write([(context, tokens)])
    assert len(decoder.written) < theirs.shape[1]
    for one, other in zip(ours, theirs[:, decoder.written], strict=True):
        assert np.corrcoef(one, other)[0, 1] > 0.999
    context.rewind(0)
    read = decoder.read(context, tokens)
    assert np.corrcoef(read.logits, theirs[-1, decoder.written])[0, 1] > 0.999
    assert np.corrcoef(read.residual, rotated(residuals[-1]))[0, 1] > 0.999


@pytest.mark.models
def test_the_attention_is_that_of_the_model_in_float32(small: Path, decoder: Decoder) -> None:
    tokens = decoder.tokenizer.encode(12 * f"{TEXT} ", add_special_tokens=False).ids
    assert len(tokens) > PIECE + 4
    context, theirs = decoder.contexts[1], in_float32(small, tokens)[2]
    asking = range(PIECE - 4, PIECE + 3)  # in two pieces
    read = decoder.read(context, tokens, asking)
    assert read.queries.shape == (len(asking), LAYERS, 12, 128)
    ours = decoder.attention(context, read.queries, asking)
    assert ours.shape == (LAYERS, 12, len(tokens))
    assert np.allclose(ours.sum(-1), 1, atol=1e-4)
    assert np.corrcoef(ours.ravel(), theirs[:, :, asking].mean(2).ravel())[0, 1] > 0.995
    assert not ours[..., asking.stop :].any()


@pytest.mark.models
def test_a_token_becomes_the_same_to_the_last_bit_whatever_is_read_with_it(decoder: Decoder) -> None:
    tokens, context = list(range(400, 400 + PIECE + 40)), decoder.contexts[0]

    def read(*counts: int) -> list[np.ndarray]:
        context.rewind(0)
        return [both(decoder.read(context, tokens[len(context.tokens) :][:count])) for count in counts]

    pairs = read(*[2] * (len(tokens) // 2))
    assert np.array_equal(read(*[1] * 40)[-1], pairs[19])
    assert np.array_equal(read(33, 1, 6)[-1], pairs[19])
    assert np.array_equal(read(PIECE, 40)[-1], pairs[-1])
    assert np.array_equal(read(len(tokens))[-1], pairs[-1])  # in two pieces
    assert np.array_equal(read(PIECE + 1, 1)[-1], pairs[PIECE // 2])  # of which the second is one token
    context.rewind(6)
    assert np.array_equal(both(decoder.read(context, tokens[6:40])), pairs[19])

    decoder.read(context, [7] * 3 * ROOM)  # far on, too
    far = len(context.tokens)
    decoder.read(context, tokens[:2])
    after = both(decoder.read(context, tokens[2:40]))
    context.rewind(far)
    assert np.array_equal(both(decoder.read(context, tokens[:40])), after)


@pytest.mark.models
def test_a_token_becomes_the_same_to_the_last_bit_whatever_is_written_with_it(decoder: Decoder) -> None:
    first, second, _, last = decoder.contexts
    begun = {0: 7, 1: 300, 3: 40}

    def again() -> None:
        for context in (first, second, last):
            context.rewind(begun[context.place])

    for context in (first, second, last):
        decoder.read(context, list(range(500, 500 + begun[context.place])))
    pieces = [(first, [5, 6, 7]), (last, [8, 9, 10, 11, 12, 13, 14, 15])]
    alone = [decoder.write([piece])[0] for piece in pieces]
    assert [len(logits) for logits in alone] == [3, 8]
    again()
    together = decoder.write(pieces)
    assert all(np.array_equal(one, other) for one, other in zip(alone, together, strict=True))
    assert len(second.tokens) == 300  # nothing was written in what lies between
    again()
    decoder.write([(second, [3] * ROOM)])  # more room
    again()
    for part in ([8], [9, 10], [11, 12, 13, 14], [15]):
        [logits] = decoder.write([(last, part)])
        assert np.array_equal(logits, alone[1][part[0] - 8 :][: len(part)])
    assert last.tokens[begun[3] :] == pieces[1][1]


@pytest.mark.models
def test_it_goes_on_from_a_state_and_past_its_first_room(decoder: Decoder) -> None:
    context, other = decoder.contexts[:2]
    tokens = decoder.tokenizer.encode(TEXT, add_special_tokens=False).ids
    decoder.read(context, tokens)
    state = decoder.state(context)
    decoder.resume(context, tokens, state)
    after = both(decoder.read(context, [5, 6]))
    decoder.read(other, [9] * 40)
    decoder.resume(other, tokens, state)
    assert other.tokens == tokens
    assert np.array_equal(both(decoder.read(other, [5, 6])), after)

    decoder.resume(context, tokens, state)
    decoder.read(context, [7] * 3 * ROOM)
    context.rewind(len(tokens))
    assert np.array_equal(both(decoder.read(context, [5, 6])), after)
    other.rewind(len(tokens))
    assert np.array_equal(both(decoder.read(other, [5, 6])), after)
    with pytest.raises(ModelError, match=str(POSITIONS - SPARE)):
        decoder.read(context, [7] * POSITIONS)


@pytest.mark.models
def test_what_is_written_is_in_latin_letters(decoder: Decoder) -> None:
    known = decoder.tokenizer.get_vocab()
    assert set(decoder.written) < set(known.values())
    assert {known["<|im_end|>"], known["é".encode().decode("latin-1")]} <= set(decoder.written.tolist())


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (" Élan", True),
        ("œuvre", True),
        ("TGF-β", True),
        (" 5 µm², n° 3 — « 40 % »", True),
        ("\ufffd", True),  # part of a letter
        ("第八", False),
        (" дом", False),
        ("שלום", False),
        ("Aの", False),
    ],
)
def test_letters_of_other_scripts_are_not_written(text: str, written: bool) -> None:
    assert in_latin(text) is written


@pytest.mark.models
def test_the_tokenizer_is_the_one_of_the_file(decoder: Decoder) -> None:
    text = "<|im_start|>user\nÉlan 2022!<|im_end|>"
    tokens = decoder.tokenizer.encode(text, add_special_tokens=False)
    assert decoder.tokenizer.decode(tokens.ids, skip_special_tokens=False) == text
    assert tokens.tokens[0] == "<|im_start|>"
    assert tokens.tokens[-1] == "<|im_end|>"
    assert [token for token in tokens.tokens if token.isdigit()] == list("2022")  # digit by digit, as Qwen2 does


def test_a_basis_is_orthonormal_and_no_number_stands_out_in_it() -> None:
    for size in (64, 1536, 12, 7):
        turned = rotated(np.eye(size, dtype=np.float32))
        assert np.allclose(turned @ turned.T, np.eye(size), atol=1e-5)
        assert np.abs(turned).max() < 2.1 / np.sqrt(size)
    assert np.allclose(rotated(np.eye(4, dtype=np.float32), 2), np.kron(np.eye(2), [[1, 1], [1, -1]]) / np.sqrt(2))


def test_the_largest_weight_is_one_that_the_decoder_knows_a_leaning_for() -> None:
    assert largest_weight() in LEANING
    assert LEANING.keys() == readout.LEANING.keys()


@pytest.mark.models
@pytest.mark.parametrize("largest", [ALL_8_BITS, TOP])
def test_weights_are_as_large_as_the_processor_adds_exactly(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, largest: int
) -> None:
    monkeypatch.setattr(arrange, "largest_weight", lambda: largest)
    folder = arranged(small, tmp_path, "a hash")
    weights = next(t for t in onnx.load(folder / "graph.onnx").graph.initializer if t.name == "blk.0.qkv.w8")
    assert np.abs(numpy_helper.to_array(weights).astype(int)).max() == largest
    assert largest in LEANING
    assert shape_of(folder, made_of("a hash"))
    monkeypatch.setattr(arrange, "largest_weight", lambda: 1)
    assert shape_of(folder, made_of("a hash")) is None


@pytest.mark.models
def test_a_folder_that_is_not_whole_is_made_again(folder: Path, tmp_path: Path) -> None:
    damaged = shutil.copytree(folder, tmp_path / folder.name)
    assert shape_of(damaged)
    with (damaged / WEIGHTS).open("r+b") as file:
        file.truncate(1000)
    assert shape_of(damaged) is None
    with pytest.raises(ModelError, match="cannot be loaded"):
        Decoder(damaged, 1)
    noted = json.loads((damaged / SHAPE).read_text())
    noted["bytes"][WEIGHTS] = 1000
    (damaged / SHAPE).write_text(json.dumps(noted))
    with pytest.raises(ModelError, match="cannot be loaded"):
        Decoder(damaged, 1)


@pytest.mark.models
def test_a_disk_without_space_is_told_before(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = SimpleNamespace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(ModelError, match="1 MB are free"):
        arranged(small, tmp_path, "a hash")
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.models
def test_it_is_arranged_once(small: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrange, "_write", lambda *_: pytest.fail("written again"))
    assert arranged(small, folder.parent, "a hash") == folder == folder_of(small, folder.parent)
    assert shape_of(folder, made_of("another hash")) is None


@pytest.mark.models
def test_it_is_arranged_whole_or_not_at_all(small: Path, tmp_path: Path) -> None:
    cut = tmp_path / "small.gguf"
    cut.write_bytes(small.read_bytes()[:-5_000_000])
    with pytest.raises(ModelError, match=r"small\.gguf cannot be loaded"):
        arranged(cut, tmp_path, "a hash")
    assert not folder_of(cut, tmp_path).exists()
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.models
def test_what_was_arranged_from_another_file_is_made_again(small: Path, tmp_path: Path) -> None:
    folder = folder_of(small, tmp_path)
    folder.mkdir()
    (folder / SHAPE).write_text(json.dumps({"layers": 1}))
    (folder / WEIGHTS).write_bytes(b"old")
    told: list[tuple[int, int]] = []
    assert arranged(small, tmp_path, "a hash", lambda *done: told.append(done)) == folder
    assert told == [(1, LAYERS), (2, LAYERS)]
    assert Decoder(folder, 1).shape.layers == LAYERS


def test_what_follows_the_same_words_is_tried() -> None:
    text = [1, 2, 3, 4, 5, 6, 2, 3, 4]
    assert echoed(text) == [5, 6, 2, 3, 4]
    assert echoed([1, 2, 3, *range(10, 30), 1, 2, 3]) == list(range(10, 10 + AHEAD))
    assert echoed([1, 2, 3, 4, 9, 2, 3, 5, 2, 3]) == [5, 2, 3]  # where they stand last
    assert echoed([1, 2, 3, 4, 9, 3, 5, 2, 3]) == [4, 9, 3, 5, 2, 3]  # of two, before that of one
    assert echoed([1, 2, 3, 4, 9, 2, 3, 5, 1, 2, 3], 3) == [4, 9, 2, 3, 5, 1, 2]
    assert echoed([1, 2, 3, 4, 2]) == [3, 4, 2]
    assert echoed([1, 2, 3, 4, 5, 6]) == []
    assert echoed([1]) == []
    assert echoed([7, 7, 7, 7]) == [7]


def test_what_two_texts_begin_with_is_counted() -> None:
    assert alike([1, 2, 3], [1, 2, 4]) == 2
    assert alike([1, 2], [1, 2, 4]) == alike([1, 2, 4], [1, 2]) == 2
    assert alike([], [1]) == alike([2], [1]) == 0
