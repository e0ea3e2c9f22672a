"""The peers of the benchmarks: their environment is locked, and what runs in it answers as often as it is asked."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from benchmarks import peers
from bootstrap import PEERS
from tests.conftest import PROJECT, run_vanban_process

PEER = """
import sys
from benchmarks.peers import serve
asked = []
def answer():
    asked.append(1)
    print("a library says something")
    if len(asked) > 2:
        raise ValueError("no more")
    return [sys.argv[1], len(asked)]
serve(answer)
"""


def test_a_peer_answers_again_and_again_and_says_when_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "some_peer.py").write_text(PEER, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(peers, "peer_python", lambda: Path(sys.executable))
    with peers.answering("some_peer", 5) as ask:
        assert ask() == ["5", 1]
        assert ask() == ["5", 2]
        with pytest.raises(RuntimeError, match="some_peer ended with exit code 1"):
            ask()


def test_every_peer_is_locked_with_hashes_and_without_an_index() -> None:
    lock = PEERS.lock.read_text(encoding="utf-8")
    wanted = (PEERS.lock.with_suffix(".in")).read_text(encoding="utf-8").split()
    locked = set(re.findall(r"^([a-z0-9-]+)==", lock, flags=re.MULTILINE))
    assert {re.split(r"[\[=<>]", name)[0] for name in wanted} <= locked
    assert lock.count("==") - lock.count("python_full_version") <= lock.count("--hash=sha256:")
    assert "://" not in lock


def test_an_unknown_benchmark_is_refused_with_the_names_of_all() -> None:
    finished = run_vanban_process("bench", "nothing")
    assert finished.returncode == 2
    measuring = [path.stem for path in (PROJECT / "benchmarks").glob("*.py") if "\ndef measure(" in path.read_text(encoding="utf-8")]
    assert {"ranking", "dashboard", "reports"} <= set(measuring)
    for name in measuring:
        assert name in finished.stderr, f"benchmarks/{name}.py cannot be called by name"
