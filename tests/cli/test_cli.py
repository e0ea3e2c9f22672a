"""The command line as people meet it: help with an example everywhere, plain messages, exit codes."""

from __future__ import annotations

import csv
import io
import json
import shlex
from pathlib import Path

import pytest
import typer

from cli import main as cli
from tests.conftest import run_vanban, run_vanban_process


def commands() -> list[tuple[str, ...]]:
    def walk(group: typer.core.TyperGroup, path: tuple[str, ...]) -> list[tuple[str, ...]]:
        found: list[tuple[str, ...]] = []
        for name, command in group.commands.items():
            if isinstance(command, typer.core.TyperGroup):
                found += walk(command, (*path, name))
            if not isinstance(command, typer.core.TyperGroup) or command.invoke_without_command:
                found.append((*path, name))
        return found

    root = typer.main.get_command(cli.app)
    assert isinstance(root, typer.core.TyperGroup)
    return walk(root, ())


def test_every_command_of_the_design_is_there() -> None:
    names = {" ".join(path) for path in commands()}
    assert {"demo", "test", "dashboard", "etl run", "etl rebuild", "etl status", "source list", "source check", "metrics", "check"} <= names
    assert {"check figures", "why", "dictionary", "source new", "etl prune"} <= names


@pytest.mark.parametrize("path", commands(), ids=" ".join)
def test_help_has_an_example_that_parses(path: tuple[str, ...]) -> None:
    finished = run_vanban(*path, "--help")
    assert finished.returncode == 0
    _, _, example = finished.stdout.partition("Example: vanban ")
    words = shlex.split(example)
    assert tuple(words[: len(path)]) == path
    command = typer.main.get_command(cli.app)
    for name in path:
        assert isinstance(command, typer.core.TyperGroup)
        command = command.commands[name]
    command.make_context("vanban", words[len(path) :], resilient_parsing=False)


def test_json_goes_to_stdout_alone(demo_home: Path) -> None:
    finished = run_vanban("metrics", "--from", "2024-07-01", "--to", "2024-07-31", "--format", "json", home=demo_home)
    assert finished.returncode == 0
    assert len(json.loads(finished.stdout)) > 20
    assert finished.stderr == ""


def test_csv_and_json_say_the_same(demo_home: Path) -> None:
    asked = ("metrics", "--from", "2024-07-01", "--to", "2024-07-31", "--by", "level", "--metric", "activation_rate")
    as_json = json.loads(run_vanban(*asked, "--format", "json", home=demo_home).stdout)
    as_csv = list(csv.DictReader(io.StringIO(run_vanban(*asked, "--format", "csv", home=demo_home).stdout)))
    assert [row["numerator"] for row in as_csv] == [str(row["numerator"]) for row in as_json]
    assert [row["unit_code"] or None for row in as_csv] == [row["unit_code"] for row in as_json]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("metrics", "--from", "2024-07-31", "--to", "2024-07-01"), "2024-07-31"),
        (("metrics", "--from", "yesterday", "--to", "2024-07-01"), "--from"),
        (("metrics", "--unit", "T0001"), "T0001"),
        (("metrics", "--metric", "activation_rat"), "activation_rate"),
        (("metrics", "--group", "7"), "7"),
        (("source", "check", "nothing"), "nothing"),
    ],
)
def test_a_wrong_call_ends_with_2_and_says_what_is_wrong(demo_home: Path, arguments: tuple[str, ...], says: str) -> None:
    finished = run_vanban(*arguments, home=demo_home)
    assert finished.returncode == 2, finished.stderr
    assert says in finished.stderr
    assert "Traceback" not in finished.stderr
    assert finished.stdout == ""


def test_a_home_without_configuration_is_told_as_such(tmp_path: Path) -> None:
    for arguments in (("metrics",), ("etl", "run"), ("check",), ("source", "list")):
        finished = run_vanban(*arguments, home=tmp_path)
        assert finished.returncode == 2
        assert "vanban.toml" in finished.stderr
        assert "vanban demo" in finished.stderr


def test_figures_before_the_first_run_say_what_to_run(tmp_path: Path, demo_home: Path) -> None:
    (tmp_path / "vanban.toml").write_bytes((demo_home / "vanban.toml").read_bytes())
    finished = run_vanban("metrics", home=tmp_path)
    assert finished.returncode == 2
    assert "vanban etl run" in finished.stderr


def test_the_demo_does_not_overwrite_a_home_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "vanban.toml").write_text('title = "mine"\n', encoding="utf-8")
    finished = run_vanban("demo", "--no-serve", home=tmp_path)
    assert finished.returncode == 2
    assert "--home" in finished.stderr
    assert (tmp_path / "vanban.toml").read_text(encoding="utf-8") == 'title = "mine"\n'


def test_check_ends_with_1_and_names_the_unit_that_does_not_add_up(demo_home: Path) -> None:
    truth = json.loads((demo_home / "sample" / "truth.json").read_text(encoding="utf-8"))
    finished = run_vanban("check", "--from", "2024-07-01", "--to", "2024-07-31", "--format", "json", home=demo_home)
    assert finished.returncode == 1
    failed = [result for result in json.loads(finished.stdout) if result["outcome"] == "failed"]
    assert failed
    planted = json.dumps(truth["defects"], ensure_ascii=False)
    for result in failed:
        for unit in filter(None, result["units"].split(", ")):
            assert unit in planted, f"{result['check']} blames {unit}, which the generator did not plant"


def test_typed_figures_of_the_published_review(tmp_path: Path) -> None:
    """What the review of the pilot printed: two rates that cannot share a denominator, and a "100%" beside 2,322 of 3,911."""
    report = tmp_path / "so-ket.txt"
    report.write_text(
        "Văn bản đi: 2.016 = 1.271 + 745\nKý số: 2.016 = 1.440 + 576\nĐăng nhập trong số kích hoạt: 70,29% <= 61,68%\n"
        "Xử lý trên phần mềm: 2.322 / 3.911 = 100%\nVí dụ: 629 = 156 + 613\n",
        encoding="utf-8",
    )
    finished = run_vanban("check", "figures", report, "--format", "json")
    assert finished.returncode == 1
    assert [row["agrees"] for row in json.loads(finished.stdout)] == [True, True, False, False, False]

    report.write_text("Văn bản đi: 2.016 = 1.271 + 745\n", encoding="utf-8")
    assert run_vanban("check", "figures", report).returncode == 0
    assert run_vanban("check", "figures", tmp_path / "gone.txt").returncode == 2


def test_why_tells_counts_window_and_sql_and_the_rows_behind(demo_home: Path) -> None:
    asked = ("why", "activation_rate", "--from", "2024-07-01", "--to", "2024-07-31", "--unit", "H001", "--format", "json")
    facts = {row["fact"]: row["is"] for row in json.loads(run_vanban(*asked, home=demo_home).stdout)}
    assert facts["period"] == "2024-07-01 – 2024-07-31"
    assert "SELECT" in facts["sql"]
    behind = json.loads(run_vanban(*asked, "--rows", home=demo_home).stdout)
    assert len(behind) == int(facts["numerator"]) > 0
    assert {row["unit_code"] for row in behind} == {"H001"}


def test_usual_periods_by_name(demo_home: Path) -> None:
    asked = ("metrics", "--period", "reporting_year", "--to", "2025-09-01", "--metric", "outgoing_documents", "--format", "json")
    (row,) = json.loads(run_vanban(*asked, home=demo_home).stdout)
    assert (row["period_from"], row["period_to"]) == ("2024-12-01", "2025-11-30")
    assert run_vanban(*asked, "--from", "2025-01-01", home=demo_home).returncode == 2


def test_todays_tree_carries_a_unit_across_the_reorganisation(demo_home: Path) -> None:
    """N22 exists since 1 July 2025; restated, its June is that of its predecessor."""
    asked = ("metrics", "--from", "2025-06-01", "--to", "2025-06-30", "--metric", "provisioned_accounts", "--format", "json")
    (before,) = json.loads(run_vanban(*asked, "--unit", "T22", home=demo_home).stdout)
    (restated,) = json.loads(run_vanban(*asked, "--unit", "N22", "--tree", "as_is", home=demo_home).stdout)
    assert restated["value"] == before["value"] > 0


def test_the_dictionary_has_every_metric_that_there_are_figures_of(demo_home: Path) -> None:
    listed = json.loads(run_vanban("metrics", "--from", "2024-07-01", "--to", "2024-07-31", "--format", "json", home=demo_home).stdout)
    declared = json.loads(run_vanban("dictionary", "--format", "json", home=demo_home).stdout)
    assert {row["metric"] for row in listed} == {row["metric"] for row in declared}


def test_etl_status_tells_of_the_run(demo_home: Path) -> None:
    (run, *_) = json.loads(run_vanban("etl", "status", "--format", "json", home=demo_home).stdout)
    assert run["snapshot"] == json.loads((demo_home / "var" / "snapshots" / "current.json").read_text(encoding="utf-8"))["snapshot"]


def test_etl_status_tells_freshness_and_snapshots(demo_home: Path) -> None:
    fresh = json.loads(run_vanban("etl", "status", "--freshness", "--format", "json", home=demo_home).stdout)
    assert {(row["source"], row["entity"]) for row in fresh} >= {("qlvb", "access_event"), ("qlvb", "document")}
    # In a process of its own: pages that other tests read in this one may hold the snapshot open with other settings.
    (kept,) = json.loads(run_vanban_process("etl", "status", "--snapshots", "--format", "json", home=demo_home).stdout)
    assert kept["is_in_force"] is True
    refused = json.loads(run_vanban("etl", "status", "--refused", "--format", "json", home=demo_home).stdout)
    assert ("issued_at", 2) in {(row["column_name"], row["rows"]) for row in refused}
    assert run_vanban("etl", "status", "--snapshots", "--freshness", home=demo_home).returncode == 2


@pytest.mark.usefixtures("alone_in_demo")
def test_a_preview_shows_five_figures_and_leaves_nothing(small_demo: Path) -> None:
    before = sorted((small_demo / "var").rglob("*"))
    finished = run_vanban("source", "check", "khai_bao", "--seconds", "600", "--preview", "--format", "json", home=small_demo)
    assert finished.returncode == 0, finished.stderr
    rows = json.loads(finished.stdout)
    assert len(rows) == 5
    assert next(row for row in rows if row["metric"] == "outgoing_documents")["numerator"] > 0
    assert sorted((small_demo / "var").rglob("*")) == before


def test_a_new_source_is_written_once_and_says_what_is_left_to_do(tmp_path: Path, demo_home: Path) -> None:
    (tmp_path / "vanban.toml").write_bytes((demo_home / "vanban.toml").read_bytes())
    made = ("source", "new", "vks", "--kind", "database", "--url-env", "VKS_URL")
    finished = run_vanban(*made, home=tmp_path)
    assert finished.returncode == 0, finished.stderr
    assert "vanban source check vks" in finished.stderr
    assert "TODO_" in (tmp_path / "sources" / "vks" / "document.sql").read_text(encoding="utf-8")
    assert run_vanban(*made, home=tmp_path).returncode == 2, "what someone wrote is not written over"


@pytest.mark.usefixtures("alone_in_demo")
def test_prune_only_lists_until_it_is_told_to_remove(demo_home: Path) -> None:
    finished = run_vanban("etl", "prune", "--format", "json", home=demo_home)
    assert (finished.returncode, json.loads(finished.stdout)) == (0, [])


@pytest.mark.usefixtures("alone_in_demo")
def test_source_list_and_check_on_the_demo(demo_home: Path) -> None:
    listed = json.loads(run_vanban("source", "list", "--format", "json", home=demo_home).stdout)
    assert [(source["source"], source["kind"]) for source in listed] == [("qlvb", "database"), ("khai_bao", "files")]
    for source in listed:
        finished = run_vanban("source", "check", source["source"], "--seconds", "0", "--format", "json", home=demo_home)
        assert finished.returncode in (0, 1), finished.stderr
        assert {row["entity"] for row in json.loads(finished.stdout)} == set(source["entities"].split(", "))
