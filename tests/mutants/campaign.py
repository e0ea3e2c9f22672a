"""Which mutants the default tests catch: each is shown to the tests that run its line, the quickest first, until one fails.

First the tests of files that import the changed module are asked; what lives is shown to all others that run it, once it is known which these are.

`python -m tests.mutants.campaign COPY --demo-home HOME [--seconds N] [--share 1/2]` goes on where it ended: what is known lies in COPY/.mutants.
Those that were caught stand in `known.jsonl` beside this file too, and count as long as the file that they change stays as it is. With a share,
each of several programs, with a copy of its own, judges its part of them.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import hashlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.mutants.forked_tests import NOT_A_FUNCTION, TOO_LONG
from tests.mutants.mutants import Mutant, mutants
from tests.mutants.probes import is_of_a_function

MADE, SEED = 300, 13
KNOWN = Path(__file__).parent / "known.jsonl"
"""Caught mutants, each with the digest of the file that it changes: where that is another one now, they are tried anew. Without it, all are."""
SUBJECTS = ("metrics/**/*.py", "etl/staging/*.py", "etl/sources/**/*.py", "dashboard/session/policy.py", "dashboard/session/small_cells.py")
"""Where a wrong comparison, number or condition makes a wrong figure, or tells one to somebody who may not have it."""
ASKED = ("tests/metrics", "tests/etl", "tests/dashboard/session", "tests/security/test_policy_mutants.py")
"""The tests that are asked; the whole suite would catch no fewer."""
AT_ONCE, AT_MOST_S, ALL_AT_MOST_S = 8, 900.0, 150.0
"""So many test files are looked at together; if they take longer than the second they are not asked; nor are, of the tests that run a mutant's line,
the slowest beyond the third."""
GREEN = (0, 5)
"""Exit codes of pytest: all passed, or none were there to run."""


@dataclass(frozen=True)
class Verdict:
    """Of one mutant."""

    name: str
    line: int
    is_caught: bool
    asked: int
    """How many tests were there to notice it."""
    is_final: bool
    """Whether all were asked that need be."""
    said: str
    """The last words of the test that failed."""


@dataclass
class Kept:
    """Records in a file, one JSON line each, written as they come."""

    path: Path
    records: list[dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.path.parent.mkdir(exist_ok=True)
        text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        self.records = [json.loads(line) for line in text.splitlines()]

    def add(self, record: dict[str, Any]) -> None:
        self.records.append(record)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


@dataclass(frozen=True)
class Server:
    """A running `forked_tests` in a copy of the project."""

    process: subprocess.Popen[str]
    options: Sequence[str]

    def ask(
        self, tests: Sequence[str], seconds: float, mutant: Mutant | None = None, probes: Mapping[str, list[int]] | None = None
    ) -> dict[str, Any]:
        """See `forked_tests`."""
        changed = {"path": mutant.path, "code": mutant.code} if mutant else {"path": "", "code": ""}
        asked = {**changed, "tests": list(tests), "options": list(self.options), "seconds": seconds, "probes": probes or {}}
        return self.said(asked)

    def said(self, said: object) -> dict[str, Any]:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(said) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


@contextlib.contextmanager
def served(copy: Path, files: Sequence[str], options: Sequence[str]) -> Iterator[Server]:
    """A server that has imported these test files; with none, one that has imported nothing of the project."""
    command = [sys.executable, "-m", "tests.mutants.forked_tests"]
    with subprocess.Popen(command, cwd=copy, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        try:
            server = Server(process, options)
            assert server.said(list(files)) == {"ready": True}
            yield server
        finally:
            process.stdin.close()


def subjects(project: Path) -> list[str]:
    """The files that are changed, below the project's folder."""
    return sorted({str(path.relative_to(project)) for pattern in SUBJECTS for path in project.glob(pattern)})


def files_asked(project: Path) -> list[str]:
    """Those that are asked, below the project's folder."""
    found = [[project / place] if place.endswith(".py") else sorted((project / place).rglob("test_*.py")) for place in ASKED]
    return [str(path.relative_to(project)) for paths in found for path in paths]


def quickest(tests: Mapping[str, dict[str, Any]], probes: Collection[tuple[str, int]] | None) -> list[str]:
    """The tests that pass on the code as it is and run one of these lines (None: all of them), the quickest first, as far as time allows."""
    names, total = [], 0.0
    for name, known in sorted(tests.items(), key=lambda item: float(item[1]["seconds"])):
        if known["passed"] and (probes is None or any(tuple(run) in probes for run in known["runs"])) and total + known["seconds"] < ALL_AT_MOST_S:
            names.append(name)
            total += known["seconds"]
    return names


def near(project: Path, path: str, files: Sequence[str]) -> list[str]:
    """Of these test files, those that import the module."""
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    package, _, name = module.rpartition(".")
    imports = re.compile(rf"from {re.escape(module)} import |import {re.escape(module)}\b|from {re.escape(package)} import [^\n]*\b{name}\b")
    return [file for file in files if imports.search((project / file).read_text(encoding="utf-8"))]


@dataclass(frozen=True)
class Judge:
    """Puts mutants before tests."""

    copy: Path
    ready: Server
    """Has imported all test files."""
    bare: Server
    """Has imported nothing of the project: what runs when modules are imported shows in a process that imports them anew, a child of this one."""
    seen: Kept
    probes: Mapping[str, list[int]]

    def verdict(self, mutant: Mutant, files: Sequence[str], is_final: bool) -> Verdict:
        """Whether a test of these files fails, or does not end, where the mutant stands in the place of the code."""
        tests = self._tests(files)
        said: dict[str, Any] = {"code": NOT_A_FUNCTION, "said": "no test runs it"}
        names: list[str] = []
        if is_of_a_function((self.copy / mutant.path).read_text(encoding="utf-8"), mutant.line):
            names = quickest(tests, {(mutant.path, mutant.line)})
            said = self.ready.ask(names, _limit(tests, names), mutant) if names else {**said, "code": 0}
        if said["code"] == NOT_A_FUNCTION:
            # A change of a module's own code may show in whatever is made of it.
            names = names or quickest(tests, {(mutant.path, line) for line in self.probes[mutant.path]}) or quickest(tests, None)
            said = self.bare.ask(names, _limit(tests, names), mutant) if names else {**said, "code": 0}
        if said["code"] == TOO_LONG:  # on a machine with much else to do, that alone tells nothing
            said = self.bare.ask(names, 3 * _limit(tests, names), mutant)
        return Verdict(mutant.name, mutant.line, said["code"] not in GREEN, len(names), is_final, said["said"][-300:])

    def _tests(self, files: Sequence[str]) -> dict[str, dict[str, Any]]:
        known = {record["file"]: record["tests"] for record in self.seen.records}
        missing = [file for file in files if file not in known]
        for begin in range(0, len(missing), AT_ONCE):
            together = missing[begin : begin + AT_ONCE]
            tests = self.ready.ask(together, AT_MOST_S, probes=self.probes)["tests"]
            for file in together:
                known[file] = {name: test for name, test in tests.items() if name.startswith(f"{file}::")}
                self.seen.add({"file": file, "tests": known[file]})
        return {name: test for file in files for name, test in known[file].items()}


def probes_of(copy: Path, made: Sequence[Mutant]) -> dict[str, list[int]]:
    """The lines of mutants, by path; of a mutant of a module's own code, where each of the module's functions begins."""
    found: dict[str, set[int]] = {}
    for mutant in made:
        source = (copy / mutant.path).read_text(encoding="utf-8")
        if is_of_a_function(source, mutant.line):
            lines = {mutant.line}
        else:
            lines = {node.body[0].lineno for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
        found.setdefault(mutant.path, set()).update(lines)
    return {path: sorted(lines) for path, lines in found.items()}


def _limit(tests: Mapping[str, dict[str, Any]], names: Sequence[str]) -> float:
    return 60 + 5 * sum(float(tests[name]["seconds"]) for name in names)


def verdicts(copy: Path, options: Sequence[str] = (), seconds: float = float("inf"), share: tuple[int, int] = (1, 1)) -> list[Verdict]:
    """What is known of the mutants once all are judged, or `seconds` have passed; a second call goes on where the first ended.

    Of share (k, n) every n-th mutant is judged, beginning with the k-th.
    """
    ends = time.monotonic() + seconds
    paths, files = subjects(copy), files_asked(copy)
    made = list(_made(copy, paths))[share[0] - 1 :: share[1]]
    judged = Kept(copy / ".mutants" / "verdicts.jsonl")
    known_to_be_caught = Kept(KNOWN)
    digests = {path: hashlib.sha256((copy / path).read_bytes()).hexdigest()[:16] for path in paths}
    told = [record for record in known_to_be_caught.records if record["digest"] == digests.get(record["name"].partition(":")[0])]
    last = {(record["name"], record["line"]): Verdict(record["name"], record["line"], True, record["asked"], True, record["said"]) for record in told}
    last |= {(record["name"], record["line"]): Verdict(**record) for record in judged.records}
    with served(copy, files, options) as ready, served(copy, [], options) as bare:
        judge = Judge(copy, ready, bare, Kept(copy / ".mutants" / "tests.jsonl"), probes_of(copy, made))
        for is_final in (False, True):
            for mutant in sorted(made, key=lambda one: one.path):
                seen = last.get((mutant.name, mutant.line))
                if time.monotonic() > ends or (seen and (seen.is_caught or seen.is_final or not is_final)):
                    continue
                beside = near(copy, mutant.path, files)
                asked = [file for file in files if file not in beside] if is_final else beside
                last[mutant.name, mutant.line] = found = judge.verdict(mutant, asked, is_final)
                judged.add(vars(found))
                if found.is_caught:
                    said = found.said.strip().rpartition("\n")[2]
                    known = {"name": found.name, "line": found.line, "digest": digests[mutant.path], "asked": found.asked, "said": said}
                    known_to_be_caught.add(known)
    return [last[one.name, one.line] for one in made if (one.name, one.line) in last]


def _made(copy: Path, paths: Sequence[str]) -> Iterator[Mutant]:
    """The mutants; kept, as making them takes a minute."""
    kept = Kept(copy / ".mutants" / "mutants.jsonl")
    if len(kept.records) == MADE:
        return iter([Mutant(**record) for record in kept.records])
    kept.path.unlink(missing_ok=True)
    kept = Kept(kept.path)
    for mutant in mutants(copy, paths, MADE, SEED):
        kept.add(vars(mutant))
    return iter([Mutant(**record) for record in kept.records])


def _share(text: str) -> tuple[int, int]:
    number, _, parts = text.partition("/")
    return int(number), int(parts)


def main() -> None:
    """The campaign on a copy of the project, as far as it comes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("copy", type=Path)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--demo-home", type=Path, required=True)
    parser.add_argument("--share", type=_share, default=(1, 1), help="as 1/2")
    words = parser.parse_args()
    judged = verdicts(words.copy.resolve(), ["--demo-home", str(words.demo_home)], words.seconds, words.share)
    print(f"{len(judged)} seen, {sum(one.is_caught for one in judged)} caught, {sum(one.is_final and not one.is_caught for one in judged)} lived")


if __name__ == "__main__":
    main()
