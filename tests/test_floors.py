"""The plan of the house: imports go down only, and each heavy library lives in the one room that needs it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
OURS = {"data", "etl", "metrics", "dashboard", "cli", "bootstrap", "tests", "benchmarks", "docs"}

MAY_IMPORT = {
    "data": {"data"},
    "etl": {"data", "etl"},
    "metrics": {"data", "metrics"},
    "dashboard": {"data", "metrics", "dashboard"},
    "cli": {"data", "etl", "metrics", "dashboard", "cli", "bootstrap"},  # the front door: all of the product, and none of what tries it
    "bootstrap.py": set(),  # runs before anything is installed
}

LIVES_ONLY_IN = {
    "great_expectations": ("etl/checks/",),
    "streamlit": ("dashboard/",),
    "plotly": ("dashboard/",),
    "alembic": ("dashboard/ledger/",),
    "sqlalchemy": ("etl/sources/", "data/demo/", "dashboard/ledger/"),
    "typer": ("cli/",),
    "pyspark": ("data/spark.py",),
    "sqlglot": ("data/spark.py",),
}

OPENS_SNAPSHOTS = {"metrics.engines.duckdb", "data.snapshot.published_snapshot"}


def python_files() -> list[Path]:
    return [
        *sorted(path for room in MAY_IMPORT for path in (PROJECT / room).rglob("*.py")),
        PROJECT / "bootstrap.py",
    ]


@cache
def imported_names(path: Path) -> set[str]:
    """Dotted names that a file imports, `from a import b` as `a` and `a.b`, wherever in the file they stand."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively; say the whole name"
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def place(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


@pytest.mark.parametrize("path", python_files(), ids=place)
def test_imports_go_down_only(path: Path) -> None:
    room = place(path).split("/")[0]
    used = {name.split(".")[0] for name in imported_names(path)} & OURS
    assert used <= MAY_IMPORT[room], f"{place(path)} imports {sorted(used - MAY_IMPORT[room])}"


@pytest.mark.parametrize("path", python_files(), ids=place)
def test_heavy_libraries_live_in_one_room(path: Path) -> None:
    used = {name.split(".")[0] for name in imported_names(path)}
    for library, rooms in LIVES_ONLY_IN.items():
        if library in used:
            assert place(path).startswith(rooms), f"{place(path)} imports {library}, which lives in {rooms}"


def test_only_queries_open_snapshots_in_the_dashboard() -> None:
    openers = {place(path) for path in python_files() if place(path).startswith("dashboard/") and imported_names(path) & OPENS_SNAPSHOTS}
    assert openers == {"dashboard/session/queries.py"}


def test_paths_import_nothing_of_ours() -> None:
    assert not {name.split(".")[0] for name in imported_names(PROJECT / "data/paths.py")} & OURS


def test_pilot_figures_are_known_to_the_sample_alone() -> None:
    """The published figures come out of the pipeline; were one typed into the code, a wrong pipeline would still look right."""
    published = {"2996", "1848", "1299", "2322", "3911", "2016", "1271", "4107", "1397", "1440"}
    for path in python_files():
        if not place(path).startswith("data/demo/"):
            numbers = {
                str(node.value)
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if isinstance(node, ast.Constant) and type(node.value) is int
            }
            assert not numbers & published, f"{place(path)} knows {sorted(numbers & published)}"


EVERY_FILE = [*python_files(), *sorted((PROJECT / "tests").rglob("*.py")), *sorted((PROJECT / "benchmarks").rglob("*.py"))]


@pytest.mark.parametrize("path", EVERY_FILE, ids=place)
def test_no_private_name_is_imported_from_another_file(path: Path) -> None:
    private = {name for name in imported_names(path) if name.rpartition(".")[2].startswith("_") and not name.rpartition(".")[2].startswith("__")}
    assert not {name for name in private if name.split(".")[0] in OURS}, (
        f"{place(path)} imports {sorted(private)}; give it a public name, or test what uses it"
    )


def is_room(path: Path) -> bool:
    """Whether a folder holds anything but what Python compiled there before it was emptied."""
    return path.is_dir() and path.name != "__pycache__" and any(file.is_file() and file.suffix != ".pyc" for file in path.rglob("*"))


@pytest.mark.parametrize("room", ["etl", "metrics", "dashboard", "data", "cli"])
def test_a_room_has_few_enough_files_to_be_read_at_a_glance(room: str) -> None:
    """Python files and folders beside each other; SQL of one table of contents and data files are lists, not rooms."""
    folders = [PROJECT / room, *(path for path in (PROJECT / room).rglob("*") if path.is_dir() and path.name != "__pycache__")]
    for folder in folders:
        beside = [path for path in folder.iterdir() if path.suffix == ".py" or is_room(path)]
        assert len(beside) <= 17, f"{place(folder)} has {len(beside)} files and folders beside each other; find the rooms in it"


def test_no_two_test_files_share_a_name() -> None:
    """pytest imports a test file by its name alone, so a second one of the same name is not collected."""
    places: dict[str, list[str]] = {}
    for path in sorted((PROJECT / "tests").rglob("test_*.py")):
        places.setdefault(path.name, []).append(place(path))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}
