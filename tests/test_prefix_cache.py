"""Processed prefixes are kept whole or not at all, for one model, within a budget; the real model takes them back."""

from __future__ import annotations

import errno
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
from numpy.typing import NDArray

from genoassist import arrange, llm
from genoassist.decoder import CONTEXTS, Context, Decoder
from genoassist.decoder_graph import POSITIONS
from genoassist.errors import ModelError
from genoassist.llm import LocalModel, Prompt, at_hand, chat_prompt, echoed, folder
from genoassist.prefix_cache import LEFT, PrefixCache, open_cache
from genoassist.settings import Settings

YES, NO = ("yes",), ("no",)


def state(tokens: int = 2) -> NDArray[np.float16]:
    return np.arange(1024 * tokens, dtype=np.float16).reshape(1, 2, 2, tokens, 256)


def test_a_prefix_is_taken_back_from_the_file_it_was_kept_in(tmp_path: Path) -> None:
    cache = PrefixCache(tmp_path, "model 1")
    assert cache.load("extracts") is None
    cache.keep("extracts", state())
    assert cache.holds("extracts")
    assert not cache.holds("other extracts")
    assert np.array_equal(cache.load("extracts"), state())
    assert [file.suffix for file in tmp_path.iterdir()] == [".kv"]


def test_another_model_does_not_take_it(tmp_path: Path) -> None:
    PrefixCache(tmp_path, "model 1").keep("extracts", state())
    assert not PrefixCache(tmp_path, "model 2").holds("extracts")


def test_what_cannot_be_written_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(file: BinaryIO, _: object) -> None:
        file.write(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(np, "save", full)
    cache = PrefixCache(tmp_path, "model 1")
    cache.keep("extracts", state())
    assert "could not be written" in caplog.text
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_read_is_removed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache = PrefixCache(tmp_path, "model 1")
    cache.keep("extracts", state())
    cache.path("extracts").write_bytes(cache.path("extracts").read_bytes()[:1000])
    assert cache.load("extracts") is None
    assert "could not be read" in caplog.text
    assert not list(tmp_path.iterdir())


def test_an_empty_file_is_removed(tmp_path: Path) -> None:
    cache = PrefixCache(tmp_path, "model 1")
    cache.keep("extracts", state())
    cache.path("extracts").write_bytes(b"")
    assert cache.load("extracts") is None
    assert not cache.holds("extracts")


def test_a_folder_that_was_deleted_is_made_again_and_leftovers_go(tmp_path: Path) -> None:
    cache = PrefixCache(tmp_path / "prefixes", "model 1")
    cache.keep("extracts", state())
    assert cache.holds("extracts")
    for name, age in (("old", 2 * LEFT), ("new", 0)):
        part = cache.folder / f"{name}.part"
        part.touch()
        os.utime(part, (time.time() - age, time.time() - age))
    cache.keep("more", state())
    assert [part.stem for part in cache.folder.glob("*.part")] == ["new"]


def test_the_least_recently_used_go_first(tmp_path: Path) -> None:
    cache = PrefixCache(tmp_path, "model 1", most_mib=3)
    for age, prefix in enumerate(("oldest", "older", "newest")):
        cache.keep(prefix, state(450))
        os.utime(cache.path(prefix), (age, age))
    assert cache.load("oldest") is not None
    cache.keep("one more", state(450))
    assert [cache.holds(prefix) for prefix in ("oldest", "older", "newest", "one more")] == [
        True,
        False,
        True,
        True,
    ]


def test_a_folder_that_cannot_be_made_keeps_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    assert open_cache(tmp_path / "file" / "prefixes", "model 1") is None
    assert "not kept" in caplog.text
    assert open_cache(tmp_path / "made" / "prefixes", "model 1") is not None


def _question(extracts: str) -> Prompt:
    asked = "Question: Is the sea mentioned? Reply yes or no."
    return chat_prompt("Answer from the extracts.", asked, stable=f"Extracts:\n\n{extracts}\n\n")


@pytest.fixture(scope="module")
def arranged(weights_ready: Settings) -> Path:
    return folder(weights_ready)


def test_a_model_reads_on_from_what_it_kept_as_if_it_had_just_read_it(arranged: Path, tmp_path: Path) -> None:
    model = LocalModel(arranged, 2, tmp_path)
    prompts = [
        _question(f"The {place} is the subject of extract {n}.")
        for n, place in enumerate("sea hill moor fen wood".split())
    ]
    assert len(prompts) > CONTEXTS  # so that the first is no longer at hand when it is asked again
    first = [model.log_odds(prompt, YES, NO) for prompt in prompts]
    assert len(list(tmp_path.glob("*.kv"))) == len(prompts)
    assert [model.log_odds(prompt, YES, NO) for prompt in prompts] == first
    assert first[0] > 0 > first[1]

    for file in tmp_path.glob("*.kv"):
        file.write_bytes(file.read_bytes()[:1000])
    again = LocalModel(arranged, 2, tmp_path)
    assert again.log_odds(prompts[0], YES, NO) == first[0]
    assert again.complete(prompts[0], max_tokens=4).strip().lower().startswith("yes")


def test_words_tried_ahead_change_nothing(arranged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = LocalModel(arranged, 2, tmp_path)
    told = "The harbour of Skagen was enlarged in 2019. The harbour of Skagen has 40 berths, and a market."
    prompt = chat_prompt("You repeat.", f"Repeat this, word for word, and nothing else: {told}")
    tried: list[int] = []
    monkeypatch.setattr(llm, "echoed", lambda text: tried.append(len(echoed(text))) or echoed(text))
    ways = [{"max_tokens": 60}, {"max_tokens": 7}, {"max_tokens": 60, "stop": ["berths"]}]
    ahead = [model.complete(prompt, **way) for way in ways]
    assert sum(tried)
    monkeypatch.setattr(llm, "echoed", lambda _: [])
    assert [model.complete(prompt, **way) for way in ways] == ahead
    assert ahead[2].endswith(" 40 ")
    assert ahead[0].startswith(ahead[1])


def test_the_same_beginning_is_read_once_and_changes_nothing(
    arranged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts: list[int] = []
    read = Decoder.read

    def counted(decoder: Decoder, context: Context, tokens: list[int]) -> NDArray[np.float32]:
        counts.append(len(tokens))
        return read(decoder, context, tokens)

    monkeypatch.setattr(Decoder, "read", counted)
    stable = "Extracts:\n\nThe sea is the subject of extract 1.\n\n"
    asked = "Question: Is the sea the subject of any of the extracts?\n\n"
    one = chat_prompt("Answer.", f"{asked}Reply yes or no.", stable=stable)
    two = chat_prompt("Answer.", f"{asked}Most relevant: extract 1. Reply yes or no.", stable=stable)
    alone = LocalModel(arranged, 2, tmp_path).next_token(two)
    whole = counts[-1]
    model = LocalModel(arranged, 2, tmp_path)
    model.next_token(one)
    assert model.next_token(two) == alone
    assert counts[-1] < whole - 10
    assert model.next_token(two) == alone
    assert counts[-1] == 1  # the last token, to know what follows


def test_replies_written_together_are_those_written_alone(
    arranged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = "sea hill moor fen wood dale".split()
    prompts = [
        chat_prompt(
            "Answer in one sentence.", "What is told?", stable=f"Extracts:\n\nThe {place} has {n} {place} birds.\n\n"
        )
        for n, place in enumerate(places, 3)
    ]
    model = LocalModel(arranged, 2, tmp_path)
    alone = [model.complete(prompt, max_tokens=20) for prompt in prompts]
    assert all(place in reply for place, reply in zip(places, alone, strict=True))
    sizes: list[int] = []
    write = Decoder.write
    monkeypatch.setattr(Decoder, "write", lambda it, pieces: sizes.append(len(pieces)) or write(it, pieces))
    with ThreadPoolExecutor(len(prompts)) as pool:  # more than there are contexts
        replies = [pool.submit(model.complete, prompt, max_tokens=20) for prompt in prompts]
        judged = [pool.submit(model.log_odds, prompt, YES, NO) for prompt in prompts]
        assert [reply.result() for reply in replies] == alone
    assert max(sizes) > 1
    assert [each.result() for each in judged] == [model.log_odds(prompt, YES, NO) for prompt in prompts]


def test_a_prompt_that_is_too_long_leaves_room_for_the_next(arranged: Path, tmp_path: Path) -> None:
    model = LocalModel(arranged, 2, tmp_path)
    for _ in range(CONTEXTS + 1):
        with pytest.raises(ModelError, match="tokens"):
            model.complete(chat_prompt("Answer.", "word " * POSITIONS), max_tokens=3)
    assert model.complete(chat_prompt("Reply with one word.", "What colour is grass?"), max_tokens=3)


def test_it_is_at_hand_where_it_is_arranged_for_this_processor(
    arranged: Path, weights_ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert arranged.is_dir()
    assert at_hand(weights_ready)
    monkeypatch.setattr(arrange, "largest_weight", lambda: 1)
    assert not at_hand(weights_ready)


def test_a_prompt_without_a_stable_part_keeps_nothing(arranged: Path, tmp_path: Path) -> None:
    model = LocalModel(arranged, 2, tmp_path)
    assert model.complete(chat_prompt("Reply with one word.", "What colour is grass?"), max_tokens=3)
    assert not list(tmp_path.iterdir())
