"""The recipes of docs/interface.md: its commands run as written against a server; what cannot be run here is held to what the server takes."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import polars as pl
import pytest

from dashboard.ledger.people import People, Person, place_of
from data.paths import PROJECT, Home
from tests.conftest import run_vanban
from tests.dashboards import Serve
from tests.programs import program
from tests.security.programs import Program, token
from tests.security.test_sign_in import ISSUER
from tests.security.wires import make_home

PAGE = (PROJECT / "docs" / "interface.md").read_text(encoding="utf-8")
GUIDE = (PROJECT / "docs" / "huong-dan" / "excel-power-bi.md").read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(make_home(tmp_path_factory.mktemp("page") / "home"))


@pytest.fixture
def surroundings(home: Home, served: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Of a program that asks a running server."""
    monkeypatch.chdir(tmp_path)
    return {**os.environ, "VANBAN": served(home.root), "VANBAN_TOKEN": token(home, "statistics")}


def test_the_curl_commands_run(surroundings: dict[str, str]) -> None:
    program("curl", package="curl", without="the commands of docs/interface.md were not run")
    lines = "".join(blocks(PAGE, "sh curl")).splitlines()
    assert len(lines) == 6
    answers = [subprocess.run(["sh", "-c", line], env=surroundings, capture_output=True, text=True) for line in lines]
    assert [answer.returncode for answer in answers] == [0] * 6, [answer.stdout for answer in answers]
    assert '"metric": "activation_rate"' in answers[0].stdout
    assert answers[1].stdout.startswith("metric,label,unit_code,")
    assert pl.read_ipc_stream("figures.arrows").height > 0
    assert '"openapi": "3.1.0"' in answers[3].stdout
    assert Path("figures.json").stat().st_size > 0
    assert answers[5].stdout == "", "nothing changed, and nothing was sent again"


def test_the_python_programs_run(surroundings: dict[str, str]) -> None:
    programs = blocks(PAGE, "python")
    assert len(programs) == 2
    for text in programs:
        ran = subprocess.run([sys.executable, "-c", text], env=surroundings, capture_output=True, text=True, encoding="utf-8")
        assert ran.returncode == 0, ran.stderr
        assert "0" * 64 in ran.stdout or "shape: " in ran.stdout


def test_the_commands_for_tokens_run(tmp_path: Path) -> None:
    home = Home(make_home(tmp_path / "home"))
    sign_in = f'\n[sign_in]\naddress = "http://127.0.0.1:1"\nissuer = "{ISSUER}"\nclient_id = "vanban"\n'
    home.config.write_text(home.config.read_text(encoding="utf-8") + sign_in, encoding="utf-8")
    with People(home) as people:
        people.give([Person(ISSUER, "248289761001", "An", place_of("leader"))], "test")
    for line in ("".join(blocks(PAGE, "sh")) + "".join(blocks(GUIDE, "sh"))).splitlines():
        assert line.startswith("vanban people token ")
        finished = run_vanban(*shlex.split(line.removeprefix("vanban ").replace("/srv/vanban", str(home.root))))
        assert finished.returncode == 0, finished.stderr


def test_the_queries_of_excel_and_r_are_what_the_server_takes(home: Home) -> None:
    (query,), (in_guide,), (in_r,) = blocks(PAGE, "m"), blocks(GUIDE, "m"), blocks(PAGE, "r")
    assert query == in_guide
    path = re.search(r'RelativePath = "(.*?)"', query)
    given = re.search(r"Query = \[(.*?)\]", query)
    named = re.findall(r'\{"(\w+)", ', query)
    assert path
    assert given
    asked = dict(re.findall(r'(\w+) = "(.*?)"', given[1]))
    status, headers, body = Program(home, token(home, "statistics")).ask(f"/{path[1]}?{urlencode(asked)}")
    assert (status, headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert set(named) <= set(pl.read_csv(body).columns)
    r_query = re.search(r"req_url_query\((.*?)\)", in_r)
    assert r_query
    in_query = urlencode(dict(re.findall(r'(\w+) = "(.*?)"', r_query[1])))
    assert Program(home, token(home, "statistics")).ask(f"values?{in_query}")[0] == 200
