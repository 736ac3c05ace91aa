"""Work of several threads is done in one go, each thread gets its own part, and nobody waits for ever."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from threading import Barrier

import pytest

from genoassist.errors import ModelError
from genoassist.together import Together

PEOPLE = 3


def each(work: Callable[[Sequence[int]], Sequence[str]], rounds: Sequence[int]) -> list[list[str]]:
    """What several threads get, each for so many pieces as ``rounds`` says, all taking part from the start."""
    together: Together[int, str] = Together(work)
    here = Barrier(len(rounds))

    def one(person: int) -> list[str]:
        with together.taking_part() as done:
            here.wait()
            return [done(person * 10 + n) for n in range(rounds[person])]

    with ThreadPoolExecutor(len(rounds)) as pool:
        return list(pool.map(one, range(len(rounds))))


def test_each_gets_its_own_and_who_leaves_is_not_waited_for() -> None:
    sizes: list[int] = []

    def work(pieces: Sequence[int]) -> list[str]:
        sizes.append(len(pieces))
        return [f"<{piece}>" for piece in pieces]

    assert each(work, [2, 4, 1]) == [["<0>", "<1>"], ["<10>", "<11>", "<12>", "<13>"], ["<20>"]]
    assert sizes == [3, 2, 1, 1]


@pytest.mark.parametrize(
    ("error", "raised"), [(ModelError("llm.failed", reason="x"), {ModelError}), (KeyError(), None)]
)
def test_what_fails_fails_for_all(error: Exception, raised: set[type] | None) -> None:
    def work(_: Sequence[int]) -> list[str]:
        raise error

    together: Together[int, str] = Together(work)
    here = Barrier(PEOPLE)

    def one(person: int) -> type:
        with together.taking_part() as done:
            here.wait()
            with pytest.raises((ModelError, KeyError, CancelledError)) as found:
                done(person)
            here.wait()
        return found.type

    with ThreadPoolExecutor(PEOPLE) as pool:
        assert set(pool.map(one, range(PEOPLE))) == (raised or {KeyError, CancelledError})


def test_who_is_interrupted_leaves_nothing_behind() -> None:
    together: Together[int, str] = Together(lambda pieces: [f"<{piece}>" for piece in pieces])
    with together.taking_part() as done:
        with pytest.raises(KeyboardInterrupt), together.taking_part() as other:
            together._changed.wait = interrupted
            other(1)  # waits for the first
        assert done(2) == "<2>"


def interrupted(timeout: float | None = None) -> bool:
    raise KeyboardInterrupt
