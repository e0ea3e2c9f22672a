"""Runs a peer in an environment of its own, which the first benchmark that needs it makes from `peers.lock`.

A peer is a module of `benchmarks/peer/` that ends with `serve(answer)`; it may import what stands in `peers.in` and nothing of ours but this package.
"""

from __future__ import annotations

import json
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bootstrap import PEERS, PROJECT, ensure


def peer_python() -> Path:
    """The Python of the peers' environment, made on first use; raises bootstrap.SetupFailed."""
    ensure(PEERS, "setting up the benchmarks' peers in .venv-peers, once (about 700 MB)")
    return PEERS.python


@contextmanager
def answering(module: str, *arguments: object) -> Iterator[Callable[[], Any]]:
    """A peer that stays up: each call of what this gives makes it answer once more. The way there and back is a tenth of a millisecond.

    Raises RuntimeError with the peer's own words when it fails.
    """
    command = [peer_python(), "-m", module, *map(str, arguments)]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stdin is not None and process.stdout is not None

        def ask() -> Any:
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write("again\n")
            process.stdin.flush()
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(f"{module} ended with exit code {process.wait()}; what it said stands above.")
            return json.loads(line)

        yield ask
        process.stdin.close()


def serve(answer: Callable[[], Any]) -> None:
    """Gives the answer (anything that JSON holds; a tuple arrives as a list) once for every line on standard input."""
    channel, sys.stdout = sys.stdout, sys.stderr  # what a library prints is no answer
    for _ in sys.stdin:
        try:
            line = json.dumps(answer())
        except Exception:
            traceback.print_exc()
            sys.exit(1)
        channel.write(line + "\n")
        channel.flush()
