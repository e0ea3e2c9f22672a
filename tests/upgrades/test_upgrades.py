"""Homes of earlier versions go on under this program: no figure, report, person or row of the audit is lost, and nothing is asked for in vain."""

from __future__ import annotations

import json
import shutil
import tarfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from cli.main import main
from dashboard.ledger import Ledger
from dashboard.ledger.audit import Audit
from dashboard.reports.archive.pinning import verify
from dashboard.server.health import health_of
from data.paths import Home
from data.snapshot import published_snapshot
from etl.run import rebuild_etl, run_etl
from etl.settings import load_settings
from metrics.catalog import METRICS
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.metric_values import metric_values
from tests.etl.conftest import skip_checks
from tests.faults.figures import Campaign
from tests.upgrades.make_homes import COMMITS, HOMES, make

JULY = Period(date(2024, 7, 1), date(2024, 7, 31))
OWN_SENTENCE = "Câu do cán bộ viết."
HELD: dict[str, tuple[int, int]] = {}
"""By commit: figures that were compared, and reports that verified."""


@dataclass(frozen=True)
class OldHome:
    """What the program of a commit left, and what it said of it."""

    commit: str
    home: Home
    expected: dict[str, Any]


@pytest.fixture(scope="module", autouse=True)
def _without_checks() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        skip_checks(patch)
        yield


def unpacked(archives: Path, commit: str, folder: Path) -> OldHome:
    with tarfile.open(archives / f"{commit}.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return OldHome(commit, Home(folder / "home"), json.loads((folder / "expected.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module", params=COMMITS)
def old(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> OldHome:
    """As it was left; with `--long` made anew by the commit's own program, and all of them."""
    if not request.config.getoption("long") and request.param == "c06e5ee":
        pytest.skip("three homes will do from day to day")
    archives = HOMES
    if request.config.getoption("long"):
        archives = tmp_path_factory.mktemp("made")
        make(request.param, archives)
    return unpacked(archives, request.param, tmp_path_factory.mktemp(request.param))


def vanban(home: Home, *words: str) -> int:
    return main([*words, "--home", str(home.root)])


def assert_reports_hold(old: OldHome) -> None:
    """Every pinned report is as it was: steps, titles, bytes and the sentence of one's own; and it verifies, with nothing asked for."""
    with Ledger(old.home) as ledger:
        assert [(pin.pin_id, pin.title, pin.status, pin.snapshot) for pin in ledger.pins()] == [
            (told["id"], told["title"], told["status"], told["snapshot"]) for told in old.expected["reports"]
        ]
        assert OWN_SENTENCE in ledger.file(1, "html").decode()
    for place, digest in old.expected["bytes"].items():
        assert place.endswith(".json") or Path(place).name == digest
        assert (old.home.root / place).is_file()
    found = [one for pin in (1, 2) for one in verify(old.home, pin)]
    assert all(one.is_kept and one.holds for one in found), found
    assert not any("etl run" in one.why for one in found), "nothing that is asked for could help"


def figures_of(home: Home) -> dict[tuple[str, str | None], tuple[int, int | None]]:
    """Numerator and denominator of July by metric and unit, where they are known."""
    with open_snapshot(published_snapshot(home.pointer)) as snapshot:
        frame = metric_values(snapshot, [metric.name for metric in METRICS], JULY, by="unit")
    return {(row["metric"], row["unit_code"]): (row["numerator"], row["denominator"]) for row in frame.to_dicts() if row["numerator"] is not None}


def test_before_its_first_run_reports_verify_and_it_is_said_what_to_run(old: OldHome, capsys: pytest.CaptureFixture[str]) -> None:
    assert vanban(old.home, "report", "verify", "--format", "csv") == 0
    told = capsys.readouterr().out
    assert "etl run" not in told, "nothing that is asked for could help"
    is_readable = health_of(old.home, datetime.now(UTC)).problem != "unreadable"
    if not is_readable:
        assert told.count("kept, built by template version") == 5
        assert vanban(old.home, "metrics") == 2
        assert "vanban etl run" in capsys.readouterr().err


def test_it_runs_on_with_its_figures_reports_and_audit(old: OldHome, request: pytest.FixtureRequest) -> None:
    audited = len(old.home.audit_heads.read_text().splitlines()) if old.home.audit_heads.exists() else 0
    settings = load_settings(old.home)
    run = run_etl(settings)
    assert run.status == ("unchanged" if run.snapshot == old.expected["reports"][0]["snapshot"] else "published"), run.message
    if request.config.getoption("long"):  # before a reader of this process has the snapshot open
        assert run_etl(settings).status == "unchanged"
        assert rebuild_etl(settings).content_hash == run.content_hash
    assert health_of(old.home, datetime.now(UTC)).problem == ""
    now = figures_of(old.home)
    then = {(row["metric"], row["unit_code"]): (row["numerator"], row["denominator"]) for row in old.expected["figures"]}
    both = now.keys() & then.keys()
    assert len(both) > 40
    assert {key: (then[key], now[key]) for key in both if then[key] != now[key]} == {}
    assert_reports_hold(old)
    with Audit(old.home) as audit:
        assert audit.faults() == [] and audit.count() >= audited
    HELD[old.commit] = (len(both), len(old.expected["reports"]))


def test_figures_of_other_columns_are_published_again_though_no_row_has_changed(old: OldHome, tmp_path: Path) -> None:
    if old.commit != "3a452da":
        pytest.skip("one home will do")
    home = Home(Path(shutil.copytree(old.home.root, tmp_path / "home")))
    run_etl(load_settings(home))  # the figures of this version
    with duckdb.connect(published_snapshot(home.pointer).as_posix()) as snapshot:
        (before,) = snapshot.execute("SELECT content_hash FROM snapshot_info").fetchone() or ("",)
        snapshot.execute("ALTER TABLE login_day ADD COLUMN of_another_version INTEGER")
    assert run_etl(load_settings(home)).status == "published"
    with open_snapshot(published_snapshot(home.pointer)) as again:
        assert again.info.content_hash == before


@pytest.mark.long
def test_the_figure_of_the_campaign() -> None:
    campaign = Campaign("P12", "homes made anew by the programs of earlier commits, run on by this one", "every home, 0 lost, all pins verify")
    assert HELD.keys() == COMMITS.keys(), "run it with the tests above"
    figures, reports = (sum(counts) for counts in zip(*HELD.values(), strict=True))
    campaign.record(f"{len(HELD)} homes: {figures} figures and {reports} pinned reports as before, audits whole, 0 lost")
