"""What may go and what must stay, and that a look removes nothing."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path

import pytest

from data.errors import ConfigurationError
from data.paths import Home
from data.snapshot import published_snapshot
from etl.landing import fetch_source as landing
from etl.publish.retention import prune
from etl.run import rebuild_etl
from etl.runs.run_lock import AnotherRun, only_run
from tests.etl.conftest import skip_checks
from tests.etl.growing_system import GrowingSystem
from tests.etl.tiny_system import TinySystem


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> TinySystem:
    """Five runs, in each of which one document changed; what the checks say is no matter here."""
    tiny = TinySystem(tmp_path_factory.mktemp("prune") / "home")
    with pytest.MonkeyPatch.context() as patch:
        skip_checks(patch)
        for pages in range(5):
            tiny.rows["document"][0]["page_count"] = pages
            tiny.save_and_run()
    return tiny


@pytest.fixture
def grown(template: TinySystem, tmp_path: Path) -> TinySystem:
    """A copy of it for each test."""
    tiny = copy.copy(template)
    tiny.home = Home(shutil.copytree(template.home.root, tmp_path / "home"))
    return tiny


def keep(tiny: TinySystem, snapshots: int, landing: int) -> None:
    tiny.home.config.write_text(f'[etl]\nsources = ["tiny"]\nkeep_snapshots = {snapshots}\nkeep_landing = {landing}\n', encoding="utf-8")


def files(tiny: TinySystem) -> set[Path]:
    return {path for path in (*tiny.home.landing.rglob("*"), *tiny.home.snapshots.rglob("*")) if path.is_file()}


def test_a_look_names_what_would_go_and_removes_nothing(grown: TinySystem) -> None:
    keep(grown, snapshots=2, landing=3)
    before = files(grown)
    frame = prune(grown.settings)
    assert files(grown) == before
    assert frame["why"].str.extract(r"(\d newer .*) are").value_counts(sort=True).rows() == [
        ("2 newer snapshots", 3),
        ("3 newer batches of tiny: document", 2),
    ]
    sizes = {path: bytes_ for path, bytes_, _ in frame.rows()}
    batch = next(path for path in sizes if path.startswith("var/landing/tiny/document/000002"))
    parquet = grown.home.root / batch
    assert sizes[batch] == parquet.stat().st_size + parquet.with_suffix(".json").stat().st_size


def test_what_goes_is_what_was_named_and_the_rest_still_rebuilds(grown: TinySystem) -> None:
    keep(grown, snapshots=2, landing=3)
    named = set(prune(grown.settings)["path"])
    in_force = published_snapshot(grown.home.pointer)
    before = files(grown)
    assert set(prune(grown.settings, dry_run=False)["path"]) == named
    gone = {path.relative_to(grown.home.root).as_posix() for path in before - files(grown)}
    assert {path for path in gone if not path.endswith(".json")} == named
    assert published_snapshot(grown.home.pointer) == in_force
    assert prune(grown.settings).is_empty()
    assert rebuild_etl(grown.settings).content_hash is not None
    assert grown.ask("SELECT page_count FROM document") == [(4,)]


def test_what_is_cited_stays_however_old(grown: TinySystem) -> None:
    keep(grown, snapshots=1, landing=1)
    oldest = min(path.stem for path in (grown.home.landing / "tiny" / "document").glob("*.json"))
    current = grown.home.landing / "tiny" / "current.json"
    content = json.loads(current.read_text(encoding="utf-8"))
    content["entities"]["document"] = oldest  # as after a backup was put back
    current.write_text(json.dumps(content), encoding="utf-8")
    pointer = json.loads(grown.home.pointer.read_text(encoding="utf-8"))
    pointer["snapshot"] = min(path.stem for path in grown.home.snapshots.glob("*.duckdb"))
    grown.home.pointer.write_text(json.dumps(pointer), encoding="utf-8")
    prune(grown.settings, dry_run=False)
    assert min(path.stem for path in (grown.home.landing / "tiny" / "document").glob("*.parquet")) == oldest
    assert len(list(grown.home.snapshots.glob("*.duckdb"))) == 2
    assert grown.ask("SELECT page_count FROM document") == [(0,)]


def test_a_chain_stays_whole_until_another_takes_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without_checks: None) -> None:
    monkeypatch.setattr(landing, "LONGEST_CHAIN", 2)
    growing = GrowingSystem(tmp_path / "home")
    left = []
    for day in range(11, 15):
        growing.add("access_event", occurred_at=f"2024-07-{day} 08:00:00")
        result = growing.save_and_run()
        keep(growing, snapshots=1, landing=1)
        prune(growing.settings, dry_run=False)
        left.append(len(list((growing.home.landing / "tiny" / "access_event").glob("*.parquet"))))
        assert rebuild_etl(growing.settings).content_hash == result.content_hash
    assert left == [1, 2, 3, 1]
    assert growing.ask("SELECT count(*) FROM account_day") == [(5,)]


def test_a_snapshot_that_a_report_cites_stays_in_prunes_and_in_runs(grown: TinySystem, without_checks: None) -> None:
    keep(grown, snapshots=1, landing=1)
    current = published_snapshot(grown.home.pointer).stem
    cited = min(path.stem for path in grown.home.snapshots.glob("*.duckdb") if path.stem != current)
    grown.home.pins.mkdir(parents=True)
    (grown.home.pins / "bao-cao.json").write_text(json.dumps({"snapshot": cited}), encoding="utf-8")
    prune(grown.settings, dry_run=False)
    assert {path.stem for path in grown.home.snapshots.glob("*.duckdb")} >= {cited, current}
    newest = rebuild_etl(grown.settings).snapshot
    assert {path.stem for path in grown.home.snapshots.glob("*.duckdb")} >= {cited, newest}
    (grown.home.pins / "torn.json").write_text('{"snap', encoding="utf-8")  # any of them may be meant
    rebuild_etl(grown.settings)
    assert {cited, newest} < {path.stem for path in grown.home.snapshots.glob("*.duckdb")}


def test_nothing_goes_where_it_is_not_known_what_counts(grown: TinySystem) -> None:
    keep(grown, snapshots=1, landing=1)
    (grown.home.landing / "tiny" / "current.json").write_text('{"entities": {"docu', encoding="utf-8")
    grown.home.pointer.write_text("", encoding="utf-8")
    assert prune(grown.settings).is_empty()


def test_nothing_goes_while_a_run_is_at_work(grown: TinySystem) -> None:
    with only_run(grown.home.lock), pytest.raises(AnotherRun):
        prune(grown.settings)


def test_at_least_one_batch_stays(tiny: TinySystem) -> None:
    keep(tiny, snapshots=1, landing=0)
    with pytest.raises(ConfigurationError, match="keep_landing must be at least 1"):
        _ = tiny.settings
