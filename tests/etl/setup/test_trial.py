"""A run that is only tried: it ends as the run would, and leaves the home as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import DataRefused
from etl.landing.fetch_source import Asked
from etl.run import run_etl
from etl.runs.run_lock import AnotherRun, only_run
from etl.setup.check_source import check_source
from etl.setup.trial import TimeIsUp, tried, with_what_is_missing
from tests.etl.landed_and_staged import write_source
from tests.etl.tiny_system import TinySystem


def files(tiny: TinySystem) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in tiny.home.root.rglob("*") if path.is_file() and path.name != "etl.lock"}


@pytest.mark.parametrize("has_run", [False, True])
def test_a_trial_counts_what_the_run_counts_and_leaves_the_home_as_it_was(tiny: TinySystem, has_run: bool) -> None:
    if has_run:
        tiny.run()
    tiny.add("access_event", occurred_at="2024-07-11 08:00:00")
    tiny.add("access_event", occurred_at="yesterday")
    tiny.save()
    before = files(tiny)
    with tried(tiny.settings, Asked()) as (result, trial):
        assert trial.home.pointer.is_file()
    assert not trial.home.var.exists()
    assert files(tiny) == before
    real = tiny.run()
    assert (result.status, result.content_hash, result.warnings) == (real.status, real.content_hash, real.warnings)
    assert [tiny.account_of(result, name) for name in tiny.rows] == [tiny.account_of(real, name) for name in tiny.rows]
    with tried(tiny.settings, Asked()) as (again, _):
        assert again.status == "unchanged"


def test_a_trial_ends_as_the_run_does_where_a_check_fails(tiny: TinySystem) -> None:
    tiny.add("org_unit", unit_code="C", parent_code="D")
    tiny.add("org_unit", unit_code="D", parent_code="C")
    tiny.save()
    before = files(tiny)
    with pytest.raises(DataRefused) as refused, tried(tiny.settings, Asked()):
        pass
    assert files(tiny) == before
    with pytest.raises(DataRefused) as really:
        tiny.run()
    assert str(refused.value) == str(really.value)


def test_a_trial_stops_when_its_time_is_up_and_beside_a_run(tiny: TinySystem) -> None:
    tiny.run()
    before = files(tiny)
    with pytest.raises(TimeIsUp), tried(tiny.settings, Asked(), seconds=-1):
        pass
    assert files(tiny) == before
    with only_run(tiny.home.lock), pytest.raises(AnotherRun), tried(tiny.settings, Asked()):
        pass
    left = tiny.home.var / ".trial-killed"
    left.mkdir()
    with tried(tiny.settings, Asked()):
        assert not left.exists()


def test_sources_of_which_nothing_is_landed_are_read_beside(tiny: TinySystem) -> None:
    assert with_what_is_missing(tiny.settings, "tiny") == ("tiny",)
    write_log(tiny, "u1")
    assert with_what_is_missing(tiny.settings, "log") == ("tiny", "log")
    run_etl(tiny.settings)
    assert with_what_is_missing(tiny.settings, "log") == ("log",)


def test_a_log_without_accounts_is_told_as_such(tiny: TinySystem) -> None:
    write_log(tiny, "-")
    (looked_at,) = check_source(tiny.settings, "log").entities
    assert "None of the 2 rows is left to load (no account: 2)" in looked_at.problem
    assert "have the server write the user's name" in looked_at.problem


def write_log(tiny: TinySystem, user: str) -> None:
    options = 'files = "logs/*"\nformat = "common"\naccount = "%u"\nrules = [{ path = "/login", kind = "login" }]\n'
    write_source(
        tiny.home,
        "log",
        f'kind = "access_log"\ntitle = "Nhật ký"\n[entities.access_event]\n{options}',
        access_event="SELECT account_key, occurred_at, kind FROM event",
    )
    tiny.home.config.write_text(tiny.home.config.read_text().replace('["tiny"]', '["tiny", "log"]'), encoding="utf-8")
    (tiny.home.root / "logs").mkdir()
    lines = [f'h - {user} [10/Jul/2024:06:30:0{second} +0700] "GET /login HTTP/1.1" 200 5\n' for second in range(2)]
    (tiny.home.root / "logs" / "access.log").write_text("".join(lines), encoding="utf-8")
