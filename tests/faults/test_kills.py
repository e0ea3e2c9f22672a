"""P2: after a kill or a full disk, and one more run, the content is that of a run that nothing disturbed; meanwhile there is something to read."""

from __future__ import annotations

import itertools
import os
import random
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pytest

from data.run_history import last_runs
from etl.runs.fail_points import FAIL_AT, POINTS
from tests.faults.figures import Campaign
from tests.faults.fork_server import Ended, Forks, fork_server
from tests.faults.ministry import Content, Ministry, content_of, night_of
from tests.faults.readers import Readings, read_page, reading

NIGHTS = 6
OFTEN = 12
"""How often a run passes those points at the most that it passes several times."""


@dataclass
class Stage:
    """Homes as they stood after each night, and what each night comes to; made as they are asked for."""

    root: Path
    forks: Forks
    _homes: dict[tuple[bool, int], Ministry] = field(default_factory=dict)
    _contents: dict[int, Content] = field(default_factory=dict)

    @cached_property
    def seconds(self) -> float:
        """Of a run that nothing disturbs, as it begins from a process that has imported everything."""
        ministry = self.after(False, 0).copy(self.root / "timed")
        ministry.live(1)
        return self.forks.vanban("etl", "run", home=ministry.home).seconds

    def after(self, is_incremental: bool, night: int) -> Ministry:
        """A home that has run every night from the first; to be copied, not used."""
        if (is_incremental, night) not in self._homes:
            place = self.root / f"after-{is_incremental}-{night}"
            if night == 0:
                ministry = Ministry(place, is_incremental)
                ministry.found()
            else:
                ministry = self.after(is_incremental, night - 1).copy(place)
                ministry.live(night)
            done(self.forks.vanban("etl", "run", home=ministry.home))
            self._homes[is_incremental, night] = ministry
        return self._homes[is_incremental, night]

    def content(self, night: int) -> Content:
        """What a home that never ran before makes of that night, read whole."""
        if night not in self._contents:
            ministry = Ministry(self.root / f"fresh-{night}")
            ministry.found(night)
            done(self.forks.vanban("etl", "run", home=ministry.home))
            self._contents[night] = content_of(ministry.home)
        return self._contents[night]


def done(ended: Ended) -> None:
    assert ended.code == 0, ended.said[-2000:]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, forks: Forks) -> Stage:
    return Stage(tmp_path_factory.mktemp("stage"), forks)


def assert_as_if_undisturbed(stage: Stage, ministry: Ministry, night: int) -> None:
    """One more run, then equal content, nothing left lying about, and the same again from the landing."""
    done(stage.forks.vanban("etl", "run", home=ministry.home))
    assert content_of(ministry.home) == stage.content(night)
    var = ministry.home.var
    assert not [path.name for path in var.rglob("*") if ".unfinished" in path.name or path.name.endswith(".wal")]
    assert not [path.name for path in ministry.home.builds.glob("*")], "a run left something behind"


def killed_once(stage: Stage, ministry: Ministry, chance: random.Random, point: str | None, times: int | None = None) -> Ended:
    """One run that dies: at a named place if it gets there so often, or at any moment at all."""
    if point is None:
        return stage.forks.vanban("etl", "run", home=ministry.home, kill_after=chance.uniform(0.0, stage.seconds))
    times = times or (chance.randint(1, OFTEN) if is_passed_often(point) else 1)
    return stage.forks.vanban("etl", "run", home=ministry.home, environment={FAIL_AT: f"{point}:{times}"})


def is_passed_often(point: str) -> bool:
    return point.partition(".")[0] in ("landing", "json", "stage", "increment")


def trial(stage: Stage, root: Path, seed: int, kills: int, points: Sequence[str | None], readings: Readings) -> Counter[str]:
    """Kills a night's run several times, looking each time at what is served, then has it done."""
    chance = random.Random(seed)
    is_incremental, night = chance.random() < 0.6, chance.randrange(NIGHTS)
    ministry = stage.after(is_incremental, night).copy(root / f"trial-{seed}")
    new_night = night + chance.choice((1, 1, 2))
    ministry.live(new_night)
    try:
        with reading(ministry.home, readings):
            counted = killed(stage, ministry, chance, [chance.choice(points) for _ in range(kills)], (night, new_night))
            assert_as_if_undisturbed(stage, ministry, new_night)
        if seed % 10 == 0:
            done(stage.forks.vanban("etl", "rebuild", home=ministry.home))
            assert content_of(ministry.home) == stage.content(new_night)
    finally:
        shutil.rmtree(ministry.root, ignore_errors=True)
    return counted


def killed(
    stage: Stage, ministry: Ministry, chance: random.Random, points: Sequence[str | None], nights: tuple[int, int], times: int | None = None
) -> Counter[str]:
    """Starts a run for each of the places and looks after each what is served: the one night, or the other, and all of it."""
    counted: Counter[str] = Counter()
    for point in points:
        ended = killed_once(stage, ministry, chance, point, times)
        assert ended.was_killed or ended.code == 0, ended.said[-2000:]
        counted[(point or "any moment") if ended.was_killed else "not killed"] += 1
        served = night_of(ministry.home)
        assert served in nights
        assert content_of(ministry.home) == stage.content(served), "what is served after a kill is no whole night"
    return counted


def assert_one_hash_a_night(stage: Stage, readings: Readings) -> None:
    assert readings.faults == []
    assert all(hashes == {stage.content(night).digest} for night, hashes in readings.hashes.items())


def test_a_killed_run_and_one_more_come_to_the_same(tmp_path: Path, stage: Stage) -> None:
    readings = Readings()
    ministry = stage.after(True, 0).copy(tmp_path / "home")
    ministry.live(1)
    places = ("landing.batch_placed", "landing.set_in_force", "stage.entity_staged", "publish.placed")
    read_page(ministry.home, readings)
    with reading(ministry.home, readings):
        counted = killed(stage, ministry, random.Random(5), places, (0, 1), times=1)
        assert counted == Counter(places)
        killed(stage, ministry, random.Random(7), [None], (0, 1))
        assert_as_if_undisturbed(stage, ministry, 1)
    read_page(ministry.home, readings)
    assert_one_hash_a_night(stage, readings)
    assert readings.nights == {0, 1}


@pytest.mark.long
def test_a_thousand_kills(tmp_path: Path) -> None:
    """In as many lanes as there are processors: killed runs wait for the disk most of their time."""
    campaign = Campaign(
        "P2", "SIGKILL at every named place and at any moment, one to four times before a run is let through", "1,000 kills, 0 lost, doubled or torn"
    )
    counted: Counter[str] = Counter()
    wrong: list[str] = []
    points: list[str | None] = [*POINTS, *[None] * (len(POINTS) // 2)]
    seeds = itertools.count(1_000)

    def lane(number: int) -> Readings:
        readings = Readings()
        with fork_server() as forks:
            stage = Stage(tmp_path / f"lane-{number}", forks)
            while counted.total() - counted["not killed"] < 1_000:
                seed = next(seeds)
                try:
                    counted.update(trial(stage, stage.root, seed, 1 + seed % 4, points, readings))
                except AssertionError as error:
                    wrong.append(f"trial {seed}: {str(error)[:600]}")
            assert_one_hash_a_night(stage, readings)
        return readings

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        read = list(pool.map(lane, range(os.cpu_count() or 1)))
    named = {point for point in counted if point in POINTS}
    kills = counted.total() - counted["not killed"]
    reads, failed = (sum(len(one.faults) if is_failed else one.reads for one in read) for is_failed in (False, True))
    campaign.record(
        f"{kills:,} kills ({counted['any moment']} at any moment, the others at {len(named)} of {len(POINTS)} named places) in {next(seeds) - 1_000} "
        f"nights, full and incremental: {len(wrong)} wrong; {reads:,} reads meanwhile, {failed} failed"
    )
    assert not wrong, "\n".join(wrong)


# A full disk: a file system of its own of a few MiB where one may be mounted, else a limit to the size of any file.


def can_mount(place: Path) -> bool:
    place.mkdir(parents=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], capture_output=True).returncode == 0
    if mounted:
        subprocess.run(["umount", place], check=True)
    return mounted


def size_of(folder: Path) -> int:
    return sum(-(-path.stat().st_size // 4096) * 4096 + 4096 for path in folder.rglob("*"))


def full_disk(stage: Stage, root: Path, seed: int, readings: Readings, is_mounted: bool, nights: int = NIGHTS) -> bool:
    """A night's run that finds no room at some write, then one that does; whether the first one failed."""
    chance = random.Random(seed)
    is_incremental, night = chance.random() < 0.6, chance.randrange(nights)
    before = stage.after(is_incremental, night)
    place = root / f"disk-{seed}"
    if not is_mounted:
        ministry = before.copy(place)
        ministry.live(night + 1)
        ended = stage.forks.vanban(
            "etl", "run", home=ministry.home, largest_file=chance.choice((0, 40, 500, 4_096, 12_288, 70_000, 300_000, 1_000_000))
        )
    else:
        place.mkdir()
        used = size_of(before.root) + (1 << 20)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={used // 1024}k", "tmpfs", place], check=True)
        ministry = before.copy(place / "home")
        ministry.live(night + 1)
        free = shutil.disk_usage(place).free
        room = chance.choice((chance.randrange(free + 1), chance.randrange(4 << 20)))
        subprocess.run(["mount", "-o", f"remount,size={(used - free + room) // 1024 + 1}k", place], check=True)
        with reading(ministry.home, readings):
            ended = stage.forks.vanban("etl", "run", home=ministry.home)
    try:
        if ended.code:
            assert ended.code == 2, ended.said[-2000:]
            assert re.search(r"cannot be written: .*Free space", ended.said), ended.said[-2000:]
            if is_mounted:
                assert last_runs(ministry.home, 1)[0].status == "failed", "a full disk has room for the record of the run that met it"
        served = night_of(ministry.home)
        assert content_of(ministry.home) == stage.content(served)
        if is_mounted:
            subprocess.run(["mount", "-o", "remount,size=200m", place], check=True)
        assert_as_if_undisturbed(stage, ministry, night + 1)
        return ended.code != 0
    finally:
        if is_mounted:
            subprocess.run(["umount", "-l", place], check=True)
        shutil.rmtree(place, ignore_errors=True)


def test_a_full_disk_is_told_and_the_next_run_makes_up_for_it(tmp_path: Path, stage: Stage) -> None:
    assert full_disk(stage, tmp_path, 8, Readings(), is_mounted=False, nights=1)


@pytest.mark.long
def test_a_hundred_full_disks(tmp_path: Path, stage: Stage) -> None:
    is_mounted = can_mount(tmp_path / "probe")
    how = "a file system of a few MiB that is full at some write (ENOSPC)" if is_mounted else "no file may grow beyond a size (EFBIG)"
    campaign = Campaign("P2", how, "100 disk-full, 0 lost, doubled or torn")
    readings = Readings()
    wrong: list[str] = []
    full, seed = 0, 5_000
    while full < 100:
        try:
            full += full_disk(stage, tmp_path, seed, readings, is_mounted)
        except AssertionError as error:
            full += 1
            wrong.append(f"disk {seed}: {str(error)[:600]}")
        seed += 1
    campaign.record(
        f"{full} full disks in {seed - 5_000} nights: {len(wrong)} wrong; {readings.reads:,} reads meanwhile, {len(readings.faults)} failed"
    )
    assert not wrong, "\n".join(wrong)
    assert_one_hash_a_night(stage, readings)
