"""Processed prefixes are kept whole or not at all, for one model, within a budget; the real model takes them back."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from genoassist.llm import SLOTS, LocalModel, Prompt, chat_prompt
from genoassist.models import LANGUAGE_MODEL, locate
from genoassist.prefix_cache import PrefixCache, open_cache

YES, NO = ("yes",), ("no",)


def writer(folder: Path, data: bytes) -> Callable[[str], bool]:
    return lambda name: bool((folder / name).write_bytes(data))


def test_a_prefix_is_taken_back_from_the_file_it_was_kept_in(tmp_path: Path) -> None:
    cache = PrefixCache(tmp_path, "model 1")
    assert not cache.restore("extracts", lambda _: True)
    cache.keep("extracts", writer(tmp_path, b"state"))
    assert cache.holds("extracts")
    assert not cache.holds("other extracts")
    assert cache.restore("extracts", lambda name: (tmp_path / name).read_bytes() == b"state")
    assert [file.suffix for file in tmp_path.iterdir()] == [".kv"]


def test_another_model_does_not_take_it(tmp_path: Path) -> None:
    PrefixCache(tmp_path, "model 1").keep("extracts", writer(tmp_path, b"state"))
    assert not PrefixCache(tmp_path, "model 2").holds("extracts")


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    cache = PrefixCache(tmp_path, "model 1")
    cache.keep("extracts", lambda name: not (tmp_path / name).write_bytes(b"half"))
    assert not list(tmp_path.iterdir())
    assert not cache.holds("extracts")


def test_a_file_that_is_refused_is_removed(tmp_path: Path) -> None:
    cache = PrefixCache(tmp_path, "model 1")
    cache.keep("extracts", writer(tmp_path, b"spoiled"))
    assert not cache.restore("extracts", lambda _: False)
    assert not list(tmp_path.iterdir())


def test_the_least_recently_used_go_first(tmp_path: Path) -> None:
    cache = PrefixCache(tmp_path, "model 1", most_mib=3)
    for age, prefix in enumerate(("oldest", "older", "newest")):
        cache.keep(prefix, writer(tmp_path, bytes(900 * 1024)))
        os.utime(cache.path(prefix), (age, age))
    assert cache.restore("oldest", lambda _: True)
    cache.keep("one more", writer(tmp_path, bytes(900 * 1024)))
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


def test_a_model_reads_on_from_what_it_kept_as_if_it_had_just_read_it(weights_ready, tmp_path: Path) -> None:
    path = locate(LANGUAGE_MODEL, weights_ready)
    model = LocalModel(path, 2, tmp_path)
    prompts = [
        _question(f"The {place} is the subject of extract {n}.")
        for n, place in enumerate("sea hill moor fen wood".split())
    ]
    assert len(prompts) > SLOTS  # so that the first has left its slot when it is asked again
    first = [model.log_odds(prompt, YES, NO) for prompt in prompts]
    assert len(list(tmp_path.glob("*.kv"))) == len(prompts)
    assert [model.log_odds(prompt, YES, NO) for prompt in prompts] == pytest.approx(first, abs=0.05)
    assert first[0] > 0 > first[1]

    for file in tmp_path.glob("*.kv"):
        file.write_bytes(file.read_bytes()[:1000])
    again = LocalModel(path, 2, tmp_path)
    assert again.log_odds(prompts[0], YES, NO) == pytest.approx(first[0], abs=0.05)
    assert "".join(again.stream(prompts[0], max_tokens=4)).strip().lower().startswith("yes")


def test_a_prompt_without_a_stable_part_keeps_nothing(weights_ready, tmp_path: Path) -> None:
    model = LocalModel(locate(LANGUAGE_MODEL, weights_ready), 2, tmp_path)
    assert model.complete(chat_prompt("Reply with one word.", "What colour is grass?"), max_tokens=3)
    assert not list(tmp_path.iterdir())
