"""Work of several threads, done in one go."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Generic, TypeVar

from genoassist.errors import GenoAssistError

Piece = TypeVar("Piece")
Made = TypeVar("Made")


class Together(Generic[Piece, Made]):
    """Threads that take part bring one piece of work after the other; once each has brought its next, one does them all.

    ``work`` gives what came of each piece, in order.
    """

    def __init__(self, work: Callable[[Sequence[Piece]], Sequence[Made]]) -> None:
        self._work = work
        self._changed = threading.Condition()
        self._taking_part = 0
        self._brought: list[tuple[Piece, Future[Made]]] = []

    @contextmanager
    def taking_part(self) -> Iterator[Callable[[Piece], Made]]:
        """The function to bring a piece to, which gives what came of it, or raises what the work raised: GenoAssistError.

        The others wait for this thread's next piece until the context ends; after any other error they get CancelledError.
        """
        with self._changed:
            self._taking_part += 1
        try:
            yield self._bring
        finally:
            with self._changed:
                self._taking_part -= 1
                self._changed.notify_all()

    def _bring(self, piece: Piece) -> Made:
        mine: Future[Made] = Future()
        with self._changed:
            self._brought.append((piece, mine))
            try:
                while not mine.done():
                    if len(self._brought) == self._taking_part:
                        self._do()
                    else:
                        self._changed.wait()
            finally:  # who is interrupted takes it back
                self._brought = [each for each in self._brought if each[1] is not mine]
        return mine.result()

    def _do(self) -> None:
        brought, self._brought = self._brought, []
        try:
            for (_, future), made in zip(brought, self._work([piece for piece, _ in brought]), strict=True):
                future.set_result(made)
        except GenoAssistError as error:
            for _, future in brought:
                future.set_exception(error)
        finally:
            for _, future in brought:
                future.cancel()  # nobody waits for ever, whatever happened
            self._changed.notify_all()
