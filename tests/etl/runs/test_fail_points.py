"""The named places at which a test may have a run die: all of them are in the list, and none does anything unless it is asked to."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys

import pytest

from data.paths import PROJECT
from etl.runs import fail_points
from etl.runs.fail_points import FAIL_AT, POINTS, reach


def test_every_place_is_in_the_list_and_every_one_listed_is_a_place() -> None:
    named = {name for path in (PROJECT / "etl").rglob("*.py") for name in re.findall(r'\breach\("([^"]+)"\)', path.read_text(encoding="utf-8"))}
    assert named == set(POINTS)


def test_nothing_happens_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    died: list[str] = []
    monkeypatch.setattr(fail_points, "_die", lambda: died.append("died"))
    monkeypatch.delenv(FAIL_AT, raising=False)
    reach("check.done")
    monkeypatch.setenv(FAIL_AT, "model.built")
    reach("check.done")
    assert died == []
    reach("model.built")
    assert died == ["died"]


@pytest.mark.skipif(os.name != "posix", reason="only POSIX tells by which signal a process died")
def test_the_process_dies_at_the_stated_passing_and_not_before() -> None:
    script = "from etl.runs.fail_points import reach\nfor passing in (1, 2, 3):\n    reach('stage.entity_staged')\n    print(passing, flush=True)"
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, env={**os.environ, FAIL_AT: "stage.entity_staged:3"}, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout.split()) == (-signal.SIGKILL, ["1", "2"])
