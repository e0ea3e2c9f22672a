"""Which tests run which lines: the functions with a line of interest get a call before it, so that a test costs no more than without."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterator
from typing import Any

import pytest

CALL = "__runs_probe__"
"""The call's name; every function finds it among the builtins."""
_BODIES = ("body", "orelse", "finalbody", "handlers")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def probed(path: str, source: str, lines: Collection[int]) -> str:
    """The source with a call before each statement of a function that holds one of these lines; a line of a module's own body gets none."""
    tree = ast.parse(source)
    for line in lines:
        place = _place(tree, line)
        if place is not None:
            body, number = place
            call = ast.parse(f"{CALL}({path!r}, {line})").body[0]
            body.insert(number, ast.copy_location(call, ast.Pass(lineno=-1, end_lineno=-1, col_offset=0)))  # where no line of interest is
    return ast.unparse(ast.fix_missing_locations(tree))


def is_of_a_function(source: str, line: int) -> bool:
    """Whether the statement on this line runs when a function is called, and not by importing."""
    return _place(ast.parse(source), line) is not None


def _place(tree: ast.Module, line: int) -> tuple[list[ast.stmt], int] | None:
    """The smallest statement around the line, as a list and a place in it; None outside functions."""
    found: tuple[list[ast.stmt], int] | None = None
    waiting: list[tuple[ast.AST, bool]] = [(tree, False)]
    while waiting:
        node, is_within = waiting.pop()
        for body in (getattr(node, name, None) for name in _BODIES):
            for number, child in enumerate(body if isinstance(body, list) else ()):
                if _first_line(child) <= line <= (child.end_lineno or child.lineno):
                    if isinstance(child, ast.stmt) and is_within and isinstance(body, list):
                        found = body, number
                    waiting.append((child, is_within or isinstance(child, _FUNCTIONS)))
    return found


def _first_line(node: Any) -> int:
    return min([one.lineno for one in (node, *getattr(node, "decorator_list", ()))])


class TestsSeen:
    """A plugin of pytest; `tests` says of each test its seconds, whether it passed, and the probes that it ran, as [path, line]."""

    def __init__(self) -> None:
        self._now: set[tuple[str, int]] = set()
        self.tests: dict[str, dict[str, Any]] = {}
        setattr(builtins, CALL, lambda path, line: self._now.add((path, line)))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        seen = self.tests[item.nodeid] = {"seconds": 0.0, "passed": True, "runs": []}
        self._now = set()
        outcome = yield
        seen["runs"] = sorted(self._now)
        return outcome

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.tests[report.nodeid]["seconds"] += report.duration
        self.tests[report.nodeid]["passed"] &= report.passed
