"""P1: whatever happened to a file on its way, every row of it is loaded, duplicate, filtered or rejected, or the whole file is refused in words."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.damaged_sources import KINDS, ROWS, examine
from tests.faults.figures import Campaign
from tests.faults.fork_server import Forks

FILES = 20_000
CHUNK = 200


@pytest.mark.parametrize("kind_name", KINDS)
def test_whole_files_are_loaded_as_they_are_counted(tmp_path: Path, kind_name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the refusal of everything would pass for a proof."""
    kind = KINDS[kind_name]
    packed = gzip.compress if kind_name.endswith("_gz") else bytes
    monkeypatch.setitem(KINDS, kind_name, replace(kind, damage=lambda content, chance: packed(content)))
    assert examine(tmp_path, kind_name, 0) == ("loaded", "")
    assert kind.count(packed(kind.make())) in (ROWS, ROWS + 2, 1)  # w3c has two lines of directives, edxml is one message


@pytest.mark.parametrize("kind_name", KINDS)
def test_damaged_files_come_out_even(tmp_path: Path, kind_name: str) -> None:
    outcomes: Counter[str] = Counter()
    for seed in range(6):
        outcome, wrong = examine(tmp_path, kind_name, seed)
        assert not wrong, f"{kind_name}, seed {seed}: {wrong}"
        outcomes[outcome] += 1
    assert outcomes["crashed"] == 0


@pytest.mark.long
def test_twenty_thousand_damaged_files(tmp_path: Path, forks: Forks) -> None:
    """In processes of their own, so that one that dies is counted and named instead of taking the test with it."""
    campaign = Campaign("P1", "damaged files of every kind of source", "20,000 files, 0 crashes, 0 off by one")
    outcomes: Counter[str] = Counter()
    wrong: list[str] = []
    each = -(-FILES // len(KINDS))
    for kind_name in KINDS:
        first = 1_000
        while first < 1_000 + each:
            last = min(first + CHUNK, 1_000 + each)
            ended = forks.call("tests.faults.damaged_sources:examine_many", tmp_path / "damaged", kind_name, first, last)
            told = re.findall(r"^(\d+) (\[.*\])$", ended.said, re.MULTILINE)
            for seed, answer in told:
                outcome, fault = json.loads(answer)
                outcomes[outcome] += 1
                if fault:
                    wrong.append(f"{kind_name} {seed}: {fault}")
            first += len(told)
            if ended.code != 0:
                outcomes["crashed"] += 1
                wrong.append(f"{kind_name} {first}: the process ended with {ended.code}: {ended.said[-300:]}")
                first += 1
    crashes = outcomes["crashed"]
    seen = f"{outcomes.total():,} files of {len(KINDS)} kinds: {outcomes['loaded']:,} loaded, {outcomes['refused']:,} refused; "
    campaign.record(seen + f"{crashes} crashes, {len(wrong) - crashes} off by one")
    assert not wrong, "\n".join(wrong[:40])
    assert outcomes.total() >= FILES
