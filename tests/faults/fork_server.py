"""Runs of the command line in processes of their own that start at once: a parent that has imported everything forks a child for each.

A child may be killed (SIGKILL) after a time or (`fail_points`) at a named place; it may be told to start late, or to find no room for files
over a size. The parent holds no connection and no open file of a home, so that a child inherits none. POSIX only.

`Forks` is the client; this file run as a program is the server: one JSON line in (a list of starts), one JSON line out (how each ended).
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from data.paths import PROJECT, Home


@dataclass(frozen=True)
class Start:
    """One child to start: a command line of vanban, or, with `call`, a function of the tests ("module:name") that takes the words."""

    words: Sequence[str]
    call: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds before it begins."""
    kill_after: float | None = None
    """Seconds after its beginning."""
    largest_file: int | None = None
    """Bytes beyond which no file may grow (RLIMIT_FSIZE): the write fails with EFBIG, as one on a full disk does with ENOSPC."""


@dataclass(frozen=True)
class Ended:
    """How a child ended."""

    code: int
    """Exit code, or minus the number of the signal that ended it."""
    seconds: float
    said: str
    """What it wrote to its standard output and error."""

    @property
    def was_killed(self) -> bool:
        return self.code == -signal.SIGKILL


class Forks:
    """A running fork server."""

    def __init__(self, server: subprocess.Popen[str]) -> None:
        self._server = server

    def together(self, starts: Sequence[Start]) -> list[Ended]:
        """Starts all of them at once and waits for all."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps([asdict(start) for start in starts]) + "\n")
        self._server.stdin.flush()
        answer = self._server.stdout.readline()
        if not answer:
            raise RuntimeError(f"the fork server has ended with {self._server.wait()}")
        return [Ended(**ended) for ended in json.loads(answer)]

    def vanban(self, *words: str, home: Home, **more: Any) -> Ended:
        """One command on a home."""
        (ended,) = self.together([Start([*words, "--home", str(home.root)], **more)])
        return ended

    def call(self, function: str, *words: object) -> Ended:
        """One call of a function of the tests, "module:name", in a child; what it prints is what it `said`."""
        (ended,) = self.together([Start([str(word) for word in words], call=function)])
        return ended


@contextlib.contextmanager
def fork_server() -> Iterator[Forks]:
    """A server for as long as the block lasts."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VANBAN_")} | {"COLUMNS": "250"}
    command = [sys.executable, "-m", "tests.faults.fork_server"]
    with subprocess.Popen(command, cwd=PROJECT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        try:
            yield Forks(server)
        finally:
            assert server.stdin is not None
            server.stdin.close()


def _import_everything() -> None:
    """What a run would import in its course."""
    from etl.checks.suite import judge

    judge([], {})
    for name in (
        "cli",
        "etl.run",
        "etl.publish.retention",
        "etl.sources.database.source",
        "sqlalchemy.dialects.sqlite",
        "sqlalchemy.dialects.postgresql.psycopg",
        "pandas",
        "polars",
        "pyarrow.parquet",
        "great_expectations.expectations.core.expect_column_max_to_be_between",
    ):
        importlib.import_module(name)


def _begin(start: Start, out: int) -> int:
    """Forks; in the child, does what is asked and ends the process."""
    child = os.fork()
    if child:
        return child
    code = 99
    try:
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.environ.update(start.environment)
        if start.largest_file is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (start.largest_file, start.largest_file))
        time.sleep(start.delay)
        if start.call:
            module, _, function = start.call.partition(":")
            getattr(importlib.import_module(module), function)(*start.words)
            code = 0
        else:
            from cli import main as cli

            code = cli.main(list(start.words))
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _together(starts: Sequence[Start]) -> list[Ended]:
    began = time.perf_counter()
    with contextlib.ExitStack() as stack:
        said = [stack.enter_context(tempfile.TemporaryFile()) for _ in starts]
        children = {_begin(start, out.fileno()): place for place, (start, out) in enumerate(zip(starts, said, strict=True))}
        codes: dict[int, tuple[int, float]] = {}
        while children:
            for child, place in list(children.items()):
                now, start = time.perf_counter() - began, starts[place]
                if start.kill_after is not None and now >= start.delay + start.kill_after:
                    os.kill(child, signal.SIGKILL)
                found, status = os.waitpid(child, os.WNOHANG)
                if found:
                    del children[child]
                    codes[place] = (os.waitstatus_to_exitcode(status), now)
            time.sleep(0.002)
        texts = []
        for out in said:
            out.seek(0)
            texts.append(out.read().decode("utf-8", "replace"))
    return [Ended(*codes[place], texts[place]) for place in range(len(starts))]


def main() -> None:
    """Serves until its input ends."""
    _import_everything()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    questions = os.fdopen(os.dup(0))
    with Path(os.devnull).open() as nothing:
        os.dup2(nothing.fileno(), 0)
    answers.write("ready\n")
    answers.flush()
    for line in questions:
        answers.write(json.dumps([asdict(ended) for ended in _together([Start(**start) for start in json.loads(line)])]) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
