"""P3: a page, a report, a reader of any kind sees exactly one night, however often a new one is published under it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.faults.figures import Campaign
from tests.faults.fork_server import Forks
from tests.faults.ministry import Ministry
from tests.faults.readers import Readings, read_file, read_page


def read_while_publishing(ministry: Ministry, forks: Forks, readings: Readings, reads: int, nights: int, threads: int) -> int:
    """Publishes one night after the other, with the fewest old snapshots kept, while threads read; returns how often was published."""
    config = ministry.home.config
    config.write_text(config.read_text(encoding="utf-8").replace("keep_snapshots = 3", "keep_snapshots = 1"), encoding="utf-8")
    assert forks.vanban("etl", "run", home=ministry.home).code == 0
    is_over = threading.Event()

    def read() -> None:
        while not is_over.is_set():
            for read_one in (read_page, read_page, read_page, read_file):
                try:
                    read_one(ministry.home, readings)
                except BaseException as error:
                    readings.fail(error)

    readers = [threading.Thread(target=read) for _ in range(threads)]
    for reader in readers:
        reader.start()
    published = 0
    try:
        while readings.reads < reads or published < nights:
            ministry.live(1 + published % nights)
            ended = forks.vanban("etl", "run", home=ministry.home)
            assert ended.code == 0, ended.said[-1000:]
            published += 1
    finally:
        is_over.set()
        for reader in readers:
            reader.join()
    return published


def test_readers_see_one_night_each(tmp_path: Path, forks: Forks) -> None:
    ministry, readings = Ministry(tmp_path / "home"), Readings()
    ministry.found()
    read_while_publishing(ministry, forks, readings, reads=60, nights=2, threads=1)
    assert readings.faults == []
    assert len(readings.nights) >= 2
    assert all(len(seen) == 1 for seen in readings.snapshots.values())


@pytest.mark.long
def test_a_hundred_thousand_reads(tmp_path: Path, forks: Forks) -> None:
    campaign = Campaign("P3", "pages and files read in four threads while night after night is published", "100,000 reads, 0 mixed, 0 errors")
    ministry, readings = Ministry(tmp_path / "home"), Readings()
    ministry.found()
    published = read_while_publishing(ministry, forks, readings, reads=100_000, nights=8, threads=4)
    mixed = sum("AssertionError" in fault for fault in readings.faults) + sum(len(seen) - 1 for seen in readings.snapshots.values())
    errors = sum("AssertionError" not in fault for fault in readings.faults)
    campaign.record(f"{readings.reads:,} reads during {published} publications, one old snapshot kept: {mixed} mixed, {errors} errors")
    assert readings.faults == []
    assert mixed == 0
