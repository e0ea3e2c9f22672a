"""P9: a snapshot that is damaged or lost is made anew from the landing, content and all; damage to the landing itself is told."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from data.paths import Home
from tests.faults.figures import Campaign
from tests.faults.fork_server import Forks
from tests.faults.ministry import Content, Ministry, content_of


def flip_bytes(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(chance.choice((1, 1, 8, 64))):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def flip_block(path: Path, chance: random.Random) -> None:
    """A sector of zeros or of noise, as a dying disk leaves it."""
    content = bytearray(path.read_bytes())
    place = chance.randrange(len(content)) // 512 * 512
    sector = bytes(512) if chance.random() < 0.5 else chance.randbytes(512)
    content[place : place + 512] = sector[: len(content) - place]
    path.write_bytes(content)


def cut(path: Path, chance: random.Random) -> None:
    path.write_bytes(path.read_bytes()[: chance.randrange(path.stat().st_size)])


def delete(path: Path, chance: random.Random) -> None:
    path.unlink()


DAMAGES: tuple[Callable[[Path, random.Random], None], ...] = (flip_bytes, flip_bytes, flip_block, cut, delete)


def published_files(home: Home) -> list[Path]:
    """The snapshots, the pointer, what builds and histories there are: all that can be made anew."""
    return sorted(
        path for path in home.var.rglob("*") if path.is_file() and home.landing not in path.parents and path.stat().st_size and path != home.lock
    )


def landed_files(home: Home) -> list[Path]:
    return sorted(path for path in home.landing.rglob("*") if path.is_file())


def hurt_and_rebuild(forks: Forks, before: Ministry, expected: Content, root: Path, seed: int) -> str:
    """Damages one published file, has the figures made anew, and says what was damaged."""
    chance = random.Random(seed)
    ministry = before.copy(root / f"lost-{seed}")
    hurt = chance.choice(published_files(ministry.home))
    chance.choice(DAMAGES)(hurt, chance)
    ended = forks.vanban("etl", "rebuild", home=ministry.home)
    assert ended.code == 0, ended.said[-1000:]
    assert content_of(ministry.home) == expected, f"after damage to {hurt.name}"
    shutil.rmtree(ministry.root)
    return "pointer" if hurt.suffix == ".json" else hurt.suffix.removeprefix(".")


def hurt_the_landing(forks: Forks, before: Ministry, expected: Content, root: Path, seed: int) -> str:
    """Damages one landed file: a rebuild says so, or the file plays no part; the next run mends it from the source."""
    chance = random.Random(seed)
    ministry = before.copy(root / f"landing-{seed}")
    hurt = chance.choice(landed_files(ministry.home))
    chance.choice(DAMAGES)(hurt, chance)
    ended = forks.vanban("etl", "rebuild", home=ministry.home)
    if ended.code:
        assert ended.code == 2, f"{hurt}: {ended.said[-1000:]}"
        assert "Run `vanban etl run`" in ended.said, ended.said[-1000:]
    assert content_of(ministry.home) == expected, f"after damage to {hurt}"
    ended_run = forks.vanban("etl", "run", home=ministry.home)
    if ended_run.code and hurt.suffix == ".files":  # without it nobody knows whether files have gone since
        assert "vanban etl run --full" in ended_run.said, ended_run.said[-1000:]
        ended_run = forks.vanban("etl", "run", "--full", home=ministry.home)
    assert ended_run.code == 0, f"{hurt}: {ended_run.said[-1000:]}"
    assert content_of(ministry.home) == expected, f"after damage to {hurt} and a run"
    shutil.rmtree(ministry.root)
    return "told" if ended.code else "plays no part"


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory, forks: Forks) -> Ministry:
    """A home after three nights, with increments in its landing."""
    ministry = Ministry(tmp_path_factory.mktemp("before") / "home", is_incremental=True)
    ministry.found()
    for night in range(3):
        ministry.live(night)
        assert forks.vanban("etl", "run", home=ministry.home).code == 0
    return ministry


def test_what_was_published_is_made_anew(tmp_path: Path, forks: Forks, before: Ministry) -> None:
    expected = content_of(before.home)
    assert {hurt_and_rebuild(forks, before, expected, tmp_path, seed) for seed in (0, 3)}


def test_damage_to_the_landing_is_told_and_mended_by_a_run(tmp_path: Path, forks: Forks, before: Ministry) -> None:
    expected = content_of(before.home)
    assert "told" in {hurt_the_landing(forks, before, expected, tmp_path, seed) for seed in (1, 2)}


@pytest.mark.long
def test_two_hundred_lost_files(tmp_path: Path, forks: Forks, before: Ministry) -> None:
    campaign = Campaign(
        "P9", "bytes and sectors flipped, files cut and deleted: snapshots, pointer, histories; landed batches and manifests", "equal content hash"
    )
    expected = content_of(before.home)
    kinds: Counter[str] = Counter()
    landing: Counter[str] = Counter()
    wrong: list[str] = []
    for seed in range(100):
        for hurt, counted in ((hurt_and_rebuild, kinds), (hurt_the_landing, landing)):
            try:
                counted[hurt(forks, before, expected, tmp_path, 1_000 + seed)] += 1
            except AssertionError as error:
                wrong.append(f"{hurt.__name__} {seed}: {str(error)[:600]}")
    told = f"100 files of the landing damaged: {landing['told']} told by the rebuild, {landing['plays no part']} of no consequence, mended by a run"
    campaign.record(f"{kinds.total()} published files damaged ({', '.join(sorted(kinds))}) and made anew; {told}; {len(wrong)} wrong")
    assert not wrong, "\n".join(wrong)
