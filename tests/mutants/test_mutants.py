"""Mutants of the code that makes figures: how they are made; by `--long` 300 of them, of which the default tests catch 92%."""

from __future__ import annotations

import builtins
import hashlib
import importlib
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

from data.paths import PROJECT
from tests.faults.figures import Campaign
from tests.mutants.campaign import MADE, files_asked, near, quickest, subjects, verdicts
from tests.mutants.forked_tests import put_in_place
from tests.mutants.mutants import mutants
from tests.mutants.probes import CALL, is_of_a_function, probed

REACH = 0.92
PAGE = PROJECT / "docs" / "mutants.md"
CODE = """def least(numbers: list[int] | None, first: bool = False) -> int:
    if not numbers or len(numbers) < 2:
        return 0
    return min(numbers) + 1
"""


def test_one_change_each_and_none_of_what_never_runs(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text(CODE, encoding="utf-8")
    made = list(mutants(tmp_path, ["one.py"], 100, seed=1))
    assert made == list(mutants(tmp_path, ["one.py"], 100, seed=1))
    assert {one.line for one in made} == {1, 2, 3, 4}
    for one in made:
        changed = [line for line, before in zip(one.code.splitlines(), CODE.splitlines(), strict=True) if line != before]
        assert len(changed) == 1 and changed[0].strip() == one.becomes
        assert "list[int] | None" in one.code  # an annotation is never evaluated
        compile(one.code, "one.py", "exec")
    assert len(list(mutants(tmp_path, ["one.py"], 2, seed=1))) == 2


def test_a_change_elsewhere_draws_no_other_mutants(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text(CODE, encoding="utf-8")
    before = {(one.was, one.becomes) for one in mutants(tmp_path, ["one.py"], 100, seed=1)}
    (tmp_path / "one.py").write_text(f"LEAST = 5\n\n\n{CODE}", encoding="utf-8")
    (tmp_path / "another.py").write_text(CODE, encoding="utf-8")
    after = {(one.was, one.becomes) for one in mutants(tmp_path, ["another.py", "one.py"], 100, seed=1) if one.path == "one.py"}
    assert len(before) > 3 and after - before == {(was, becomes) for was, becomes in after if was == "LEAST = 5"} and before < after


def test_a_function_gets_its_new_code_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "from functools import cache\nLEAST = 2\n\n@cache\ndef is_few(n):\n    return n < LEAST\n\nclass A:\n    def two(self):\n        return 2\n"
    )
    (tmp_path / "changed_in_place.py").write_text(code, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module("changed_in_place")
    is_few, two = module.is_few, module.A().two  # others hold them too
    assert put_in_place("changed_in_place.py", code.replace("n < LEAST", "n > LEAST")) and is_few(3)
    assert put_in_place("changed_in_place.py", code.replace("return 2", "return 3")) and two() == 3
    assert not put_in_place("changed_in_place.py", code.replace("LEAST = 2", "LEAST = 3"))
    assert not put_in_place("changed_in_place.py", code)


def test_a_test_that_runs_a_line_is_known_by_the_call_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    code = "LEAST = 2\ndef is_few(n):\n    if n is None:\n        return False\n    elif n < LEAST:\n        return True\n    return False\n"
    assert [is_of_a_function(code, line) for line in (1, 2, 5, 7)] == [False, False, True, True]
    ran: list[tuple[str, int]] = []
    monkeypatch.setattr(builtins, CALL, lambda path, line: ran.append((path, line)), raising=False)
    names: dict[str, Any] = {}
    exec(probed("few.py", code, [1, 5, 7]), names)
    assert names["is_few"](3) is False and ran == [("few.py", 5), ("few.py", 7)]
    assert names["is_few"](None) is False and len(ran) == 2


def test_the_tests_of_a_file_are_those_that_import_it_and_then_all_that_run_the_line() -> None:
    files = files_asked(PROJECT)
    assert "tests/metrics/comparison/test_pace.py" in near(PROJECT, "metrics/comparison/pace.py", files)
    assert "tests/metrics/comparison/test_paired.py" not in near(PROJECT, "metrics/comparison/pace.py", files)
    assert "metrics/comparison/suppression.py" in subjects(PROJECT)
    line = ("metrics/comparison/pace.py", 20)
    tests = {
        "slow": {"seconds": 2.0, "passed": True, "runs": [line]},
        "quick": {"seconds": 0.1, "passed": True, "runs": [line]},
        "red": {"seconds": 0.1, "passed": False, "runs": [line]},
        "another": {"seconds": 0.1, "passed": True, "runs": []},
    }
    assert quickest(tests, {line}) == ["quick", "slow"]


def copied_project(places: Path) -> Path:
    """What git knows of the project, and what is new in it, in a folder of these very files: an interrupted campaign goes on in it."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=PROJECT, capture_output=True, check=True)
    names = [name for name in listed.stdout.decode().split("\0") if name and (PROJECT / name).is_file()]
    whole = hashlib.sha256(b"".join(name.encode() + (PROJECT / name).read_bytes() for name in names)).hexdigest()
    folder = places / f"vanban_mutants_{whole[:16]}"
    for name in names if not folder.exists() else ():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, folder / name)
    return folder


def equivalents() -> set[str]:
    """Of docs/mutants.md, the mutants that nobody could tell from the code."""
    return set(re.findall(r"^- (\S+: `.+` → `.*`)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE))


@pytest.mark.long
def test_the_default_tests_catch_nearly_every_mutant(demo_home: Path) -> None:
    what = "one comparison, sum, number or condition changed in what makes figures (cosmic-ray)"
    campaign = Campaign("Mutants", what, f"{MADE} mutants, ≥ {REACH:.0%} caught")
    judged = verdicts(copied_project(Path(tempfile.gettempdir())), ["--demo-home", str(demo_home)])
    living = [one for one in judged if not one.is_caught]
    unlisted = [one.name for one in living if one.name not in equivalents()]
    caught = len(judged) - len(living)
    campaign.record(
        f"{len(judged)} mutants, {caught} caught ({caught / len(judged):.1%}), {len(living) - len(unlisted)} equivalent, {len(unlisted)} lived"
    )
    assert caught >= REACH * (len(judged) - len(living) + len(unlisted)), "\n".join(unlisted)
