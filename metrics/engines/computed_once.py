"""Answers that are found once and kept: who asks for one that is just being found waits for it, and the one asked for longest ago goes first.

As many threads find answers side by side as there are processors, however many ask: after a publication everybody asks anew at once, and where all
are answered in turn half of them have theirs when all would still be waiting.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from typing import Any, TypeVar

Answer = TypeVar("Answer")

SIDE_BY_SIDE = max(2, os.cpu_count() or 1)
_TURNS = threading.BoundedSemaphore(SIDE_BY_SIDE)
_OF_THREAD = threading.local()


class ComputedOnce:
    """At most `most` answers by their keys, shared by threads; nobody changes an answer that came from here."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, Future[Any]] = OrderedDict()

    def get(self, key: Hashable, compute: Callable[[], Answer]) -> Answer:
        """What was found under the key, or what `compute` finds now. What it raises goes to all who wait, and is not kept."""
        while True:
            found = self._known(key)
            if found is None:
                with _turn():  # whoever has begun an answer has a turn, so that nobody waits for one who waits for a turn
                    found, is_own = self._known_or_begun(key)
                    if is_own:
                        return self._found(key, found, compute)
            try:
                answer: Answer = found.result()
            except CancelledError:  # whoever was finding it was told to stop: that ends nobody else's question
                continue
            return answer

    def _known(self, key: Hashable) -> Future[Any] | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def _known_or_begun(self, key: Hashable) -> tuple[Future[Any], bool]:
        """The answer under the key, and whether it is for the caller to find."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                return found, False
            own = self._kept[key] = Future()
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return own, True

    def _found(self, key: Hashable, own: Future[Any], compute: Callable[[], Answer]) -> Answer:
        try:
            answer = compute()
        except BaseException as error:
            with self._lock:
                if self._kept.get(key) is own:
                    del self._kept[key]
            if isinstance(error, Exception):
                own.set_exception(error)
            else:
                own.cancel()
            raise
        own.set_result(answer)
        return answer


@contextmanager
def _turn() -> Iterator[None]:
    """Waits until fewer than SIDE_BY_SIDE threads find answers; one that has its turn already goes on with what its answer needs."""
    if getattr(_OF_THREAD, "has_turn", False):
        yield
        return
    with _TURNS:
        _OF_THREAD.has_turn = True
        try:
            yield
        finally:
            _OF_THREAD.has_turn = False
