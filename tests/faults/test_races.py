"""P6: of runs that begin at once one works and the others say so and leave; nothing is loaded twice."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from data.run_history import last_runs
from etl.runs.fail_points import FAIL_AT
from tests.faults.figures import Campaign
from tests.faults.fork_server import Forks, Start
from tests.faults.ministry import Content, Ministry, content_of

BUSY = "Another run is at work"


def race(forks: Forks, before: Ministry, root: Path, seed: int, expected: Content) -> Counter[str]:
    """Two or three commands on one home, nearly at once; now and then the one that works is killed."""
    chance = random.Random(seed)
    ministry = before.copy(root / f"race-{seed}")
    ministry.live(1)
    commands = [["etl", "run"], chance.choice((["etl", "run"], ["etl", "run"], ["etl", "rebuild"], ["etl", "prune", "--remove"]))]
    if seed % 3 == 0:
        commands.append(["etl", "run"])
    deadly = {FAIL_AT: chance.choice(("run.begun", "landing.set_in_force:2", "publish.placed"))} if seed % 5 == 0 else {}
    starts = [
        Start(
            [*words, "--home", str(ministry.root)], delay=chance.choice((0.0, 0.0, chance.uniform(0, 0.3))), environment=deadly if not place else {}
        )
        for place, words in enumerate(commands)
    ]
    counted: Counter[str] = Counter()
    for ended in forks.together(starts):
        if ended.code == 2:
            assert BUSY in ended.said, ended.said[-1000:]
        else:
            assert ended.code == 0 or (deadly and ended.was_killed), ended.said[-1000:]
        counted[{0: "worked", 2: "left"}.get(ended.code, "killed")] += 1
    assert forks.vanban("etl", "run", home=ministry.home).code == 0
    assert content_of(ministry.home) == expected, "a race changed the content"
    worked = [run for run in last_runs(ministry.home, 50) if run.status in ("published", "unchanged")]
    for run in worked:
        for account in run.entities:
            parts = account.rows_loaded + account.rows_duplicate + account.rows_filtered + account.rows_rejected
            assert account.rows_in == parts
    newest = {(account.source, account.entity): account.rows_in for account in worked[0].entities}
    alone = {(account.source, account.entity): account.rows_in for account in last_runs(_alone(forks, before, root).home)[0].entities}
    assert newest == alone, "rows were counted twice"
    shutil.rmtree(ministry.root)
    return counted


def _alone(forks: Forks, before: Ministry, root: Path) -> Ministry:
    """The same two nights without a race."""
    place = root / "alone"
    if place.exists():
        return Ministry(place, before.is_incremental)
    ministry = before.copy(place)
    ministry.live(1)
    assert forks.vanban("etl", "run", home=ministry.home).code == 0
    return ministry


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory, forks: Forks) -> Ministry:
    ministry = Ministry(tmp_path_factory.mktemp("before") / "home", is_incremental=True)
    ministry.found()
    assert forks.vanban("etl", "run", home=ministry.home).code == 0
    return ministry


def test_runs_at_once(tmp_path: Path, forks: Forks, before: Ministry) -> None:
    expected = content_of(_alone(forks, before, tmp_path).home)
    counted = race(forks, before, tmp_path, 3, expected)
    assert counted["left"] >= 1
    assert counted["worked"] >= 1


@pytest.mark.long
def test_a_hundred_races(tmp_path: Path, forks: Forks, before: Ministry) -> None:
    campaign = Campaign("P6", "two or three runs, rebuilds or prunings at once, one of them killed now and then", "100 races, 0 double loads")
    expected = content_of(_alone(forks, before, tmp_path).home)
    counted: Counter[str] = Counter()
    wrong: list[str] = []
    for seed in range(100):
        try:
            counted += race(forks, before, tmp_path, seed, expected)
        except AssertionError as error:
            wrong.append(f"race {seed}: {str(error)[:600]}")
    campaign.record(f"100 races: {counted['worked']} worked, {counted['left']} left with a word, {counted['killed']} killed; {len(wrong)} wrong")
    assert not wrong, "\n".join(wrong)
