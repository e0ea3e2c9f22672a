"""Real dashboard servers on free ports of this machine, each started once for a whole session of tests."""

from __future__ import annotations

import contextlib
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from dashboard.server import serve_command
from data.paths import Home
from tests.servers import free_port

PATIENCE_S = 60
Serve = Callable[..., str]


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """`served(home, is_local=False)` starts a dashboard server for a home once, and gives its address."""
    running: dict[tuple[Path, bool], str] = {}
    logs = tmp_path_factory.mktemp("servers")
    elsewhere = tmp_path_factory.mktemp("elsewhere")  # the settings must be found from any current folder
    with contextlib.ExitStack() as servers:

        def serve(home: Path, is_local: bool = False) -> str:
            if (home, is_local) not in running:
                port = free_port()
                command, environment = serve_command(Home(home), port, headless=True, is_local=is_local)
                running[home, is_local] = servers.enter_context(serving(command, environment, port, logs / f"{port}.log", elsewhere))
            return running[home, is_local]

        yield serve


@contextlib.contextmanager
def serving(command: list[str], environment: Mapping[str, str], port: int, log: Path, folder: Path | None = None) -> Iterator[str]:
    """The address of a server while the block runs; it has ended when the block has."""
    with log.open("wb") as output:
        server = subprocess.Popen(command, env=environment, cwd=folder, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_until_healthy(server, f"http://127.0.0.1:{port}", log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_until_healthy(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Waits for the first answer; fails with the server's own words where it ends or none comes."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        assert server.poll() is None, f"the server ended: {log.read_text(encoding='utf-8')}"
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except urllib.error.HTTPError as refused:
            if refused.code == 400:  # it answers, under another name than this machine's
                return
            time.sleep(0.2)
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"the server did not answer: {log.read_text(encoding='utf-8')}")
