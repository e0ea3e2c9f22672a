from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from dashboard.server import serve_command
from dashboard.server.application import settings
from data.paths import PROJECT, Home

DASHBOARD = PROJECT / "dashboard"


def test_the_server_is_started_without_streamlits_own_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAMLIT_SERVER_ADDRESS", "0.0.0.0")
    monkeypatch.setenv("STREAMLIT_CLIENT_SHOW_ERROR_DETAILS", "full")
    command, environment = serve_command(Home(tmp_path), 8600, headless=True)
    assert command[2:] == ["dashboard", "--port=8600"]
    assert serve_command(Home(tmp_path), 8600, headless=False)[0][2:] == ["dashboard", "--port=8600", "--browser"]
    assert environment["VANBAN_HOME"] == str(tmp_path)
    assert not [name for name in environment if name.startswith("STREAMLIT_")]


def test_the_server_is_bound_to_this_machine_and_reports_to_nobody() -> None:
    said = settings(8600)
    assert (said["server.address"], said["server.port"]) == ("127.0.0.1", 8600)
    assert said["browser.gatherUsageStats"] is False
    assert said["server.enableAgentApi"] is False
    assert said["client.showErrorDetails"] == "none"


def test_the_settings_beside_the_app_keep_to_this_machine() -> None:
    settings = tomllib.loads((DASHBOARD / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["server"]["address"] == "127.0.0.1"
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["client"] == {"showErrorDetails": "none", "showErrorLinks": False, "toolbarMode": "viewer"}
    assert settings["runner"]["postScriptGC"] is False


def test_only_queries_opens_snapshots() -> None:
    for path in DASHBOARD.rglob("*.py"):
        imports = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom | ast.Import)]
        names = {alias.name for node in imports for alias in node.names}
        if names & {"open_snapshot", "metric_values", "run_checks", "published_snapshot", "duckdb"}:
            assert path.name == "queries.py", path
