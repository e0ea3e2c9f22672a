"""Answers that threads share: each found once, at most so many kept, and none of a question that failed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier, Event

import pytest

from metrics.engines.computed_once import SIDE_BY_SIDE, ComputedOnce


def test_who_asks_meanwhile_waits_for_the_same_answer() -> None:
    kept, all_ask, asked = ComputedOnce(10), Barrier(4), []

    def slow() -> object:
        asked.append("once")
        Event().wait(0.05)
        return object()

    def ask(_: int) -> object:
        all_ask.wait(10)
        return kept.get("question", slow)

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(ask, range(4)))) == 1
    assert asked == ["once"]


def test_the_one_asked_for_longest_ago_goes_first() -> None:
    kept, numbers = ComputedOnce(2), count()
    assert [kept.get(key, lambda: next(numbers)) for key in "abacab"] == [0, 1, 0, 2, 0, 3]


def test_what_fails_is_told_and_asked_again() -> None:
    kept = ComputedOnce(2)
    with pytest.raises(ValueError, match="no"):
        kept.get("question", lambda: int("no"))
    assert kept.get("question", lambda: 7) == 7


def test_one_who_is_told_to_stop_ends_nobody_elses_question() -> None:
    kept, is_asked, may_stop = ComputedOnce(2), Event(), Event()

    def stopped() -> int:
        is_asked.set()
        may_stop.wait(10)
        raise SystemExit

    def first() -> None:
        with pytest.raises(SystemExit):
            kept.get("question", stopped)

    with ThreadPoolExecutor(2) as threads:
        asking = threads.submit(first)
        is_asked.wait(10)
        other = threads.submit(kept.get, "question", lambda: 7)
        may_stop.set()
        asking.result(10)
        assert other.result(10) == 7


def test_as_many_are_found_side_by_side_as_there_are_processors_and_what_they_need_with_them() -> None:
    pages, figures, finding, most = ComputedOnce(100), ComputedOnce(100), set[int](), []

    def page(number: int) -> int:
        finding.add(number)
        most.append(len(finding))
        Event().wait(0.01)
        found: int = figures.get(number // 2, lambda: number // 2)  # two pages need each figure
        finding.remove(number)
        return found

    with ThreadPoolExecutor(12) as threads:
        assert list(threads.map(lambda number: pages.get(number, lambda: page(number)), range(24))) == [number // 2 for number in range(24)]
    assert max(most) <= SIDE_BY_SIDE
