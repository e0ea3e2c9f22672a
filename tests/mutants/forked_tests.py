"""Runs tests on changed code in processes that start at once: a parent that has imported everything forks a child for each question.

Run as a program in the project's folder: the first JSON line in names the test files that are imported beforehand. Each other line is a question (see
`_answer`) with one line out. In the child a changed function gets its new code, so that nothing is read or imported again; a module that is not
imported yet is imported changed. NOT_A_FUNCTION where the change is none of a function's and the module is there already. POSIX only.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import json
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from tests.mutants.probes import TestsSeen, probed

LIBRARIES = ("pytest", "hypothesis", "xdist", "polars", "duckdb", "scipy.stats", "sqlalchemy", "streamlit", "great_expectations", "xlsxwriter")
OPTIONS = ("-x", "-q", "-n0", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
"""Libraries that are pytest's plugins too are imported before it could rewrite them; they assert nothing."""
TOO_LONG, NOT_A_FUNCTION = -1, 98
_IS_FUNCTION = 1  # CO_OPTIMIZED: the bodies of modules and classes have it not


def put_in_place(path: str, code: str) -> bool:
    """Gives the functions of a module their code of `code`; False where it is imported, and something beside functions has changed."""
    module = sys.modules.get(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    if module is None:
        _import_changed(Path(path).resolve(), code)
        return True
    changed = dict(_changed_code(path, code))
    functions = {name: _live(module, name) for name in changed}
    if not changed or "" in changed or None in functions.values():
        return False
    for name, function in functions.items():
        assert function is not None
        function.__code__ = changed[name]
    return True


def put_probes(path: str, lines: list[int]) -> None:
    """Lets the functions of an imported module tell when they come to these lines, as far as they can be found."""
    module = sys.modules.get(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    for name, code in _changed_code(path, probed(path, Path(path).read_text(encoding="utf-8"), lines)):
        function = _live(module, name) if name and module else None
        if function is not None:
            function.__code__ = code


def _changed_code(path: str, code: str) -> Iterator[tuple[str, CodeType]]:
    old, new = (compile(source, path, "exec", dont_inherit=True) for source in (Path(path).read_text(encoding="utf-8"), code))
    return _changed(old, new)


def _import_changed(path: Path, code: str) -> None:
    unchanged = importlib.machinery.SourceFileLoader.get_code

    def get_code(loader: importlib.machinery.SourceFileLoader, name: str) -> CodeType | None:
        return compile(code, loader.path, "exec", dont_inherit=True) if Path(loader.path) == path else unchanged(loader, name)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]


def _changed(old: CodeType, new: CodeType) -> Iterator[tuple[str, CodeType]]:
    """Functions that differ by their names, with their new code; the name is empty for the body of a module or a class."""
    if _own(old) != _own(new):
        yield "", new
    for before, after in zip(_within(old), _within(new), strict=False):
        if before.co_flags & _IS_FUNCTION:
            if _whole(before) != _whole(after):
                yield after.co_qualname, after
        else:
            yield from _changed(before, after)


def _within(code: CodeType) -> list[CodeType]:
    return [one for one in code.co_consts if isinstance(one, CodeType)]


def _own(code: CodeType) -> tuple[Any, ...]:
    constants = [repr(one) for one in code.co_consts if not isinstance(one, CodeType)]
    return code.co_code, code.co_names, code.co_varnames, constants, len(_within(code))


def _whole(code: CodeType) -> tuple[Any, ...]:
    return _own(code), [_whole(one) for one in _within(code)]


def _live(owner: Any, name: str) -> FunctionType | None:
    """The function of that name (`Class.method`), out of what decorators have put around it."""
    found = owner
    for part in name.split("."):
        found = vars(found).get(part) if hasattr(found, "__dict__") else None
    for wrapping in ("__func__", "fget", "func"):
        found = getattr(found, wrapping, found)
    while not isinstance(found, FunctionType) or hasattr(found, "__wrapped__"):
        found = getattr(found, "__wrapped__", None)
        if found is None:
            return None
    return found


def _answer(path: str, code: str, tests: list[str], options: list[str], seconds: float, probes: dict[str, list[int]]) -> dict[str, Any]:
    """The exit code of pytest on `tests` with `code` at `path` (empty: nothing is changed), its seconds and last words, and of each test by its
    name what is known (TestsSeen.tests), with the `probes` (lines by path) that it ran."""
    began, asked_by = time.monotonic(), os.getppid()
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as seen:
        child = os.fork()
        if child == 0:
            _run(path, code, [*tests, *options], probes, said.fileno(), seen.fileno())
        ended = None
        while ended is None:
            found, status = os.waitpid(child, os.WNOHANG)
            if found:
                ended = os.waitstatus_to_exitcode(status)
            elif time.monotonic() - began > seconds or os.getppid() != asked_by:
                os.killpg(child, signal.SIGKILL)
                os.waitpid(child, 0)
                ended = TOO_LONG
            time.sleep(0.01)
        said.seek(0)
        seen.seek(0)
        words = said.read().decode("utf-8", "replace")
        known = json.loads(seen.read() or "{}") if ended != TOO_LONG else {}
    return {"code": ended, "seconds": time.monotonic() - began, "said": words[-2000:], "tests": known}


def _run(path: str, code: str, words: list[str], probes: dict[str, list[int]], out: int, seen: int) -> None:
    ended = 99
    try:
        os.setpgid(0, 0)  # servers that a test starts end with it
        os.dup2(out, 1)
        os.dup2(out, 2)
        tests = TestsSeen()
        for probed_path, lines in probes.items():
            put_probes(probed_path, lines)
        if path and not put_in_place(path, code):
            ended = NOT_A_FUNCTION
        else:
            import pytest

            ended = int(pytest.main([*(OPTIONS if path else [one for one in OPTIONS if one != "-x"]), *words], plugins=[tests]))
            os.write(seen, json.dumps(tests.tests).encode())
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(ended)


def main() -> None:
    """Serves until its input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for name in LIBRARIES:
        importlib.import_module(name)
    import pytest

    files = json.loads(sys.stdin.readline())
    if files:
        pytest.main([*OPTIONS, "--collect-only", "-qq", *files])
    answers.write(json.dumps({"ready": True}) + "\n")
    answers.flush()
    for line in sys.stdin:
        answers.write(json.dumps(_answer(**json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
