"""Small changes of the code, one at a time, as cosmic-ray makes them: other comparisons, arithmetic, constants, a condition turned round."""

from __future__ import annotations

import ast
import hashlib
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

KINDS = {
    "comparison": ("ReplaceComparisonOperator_",),
    "arithmetic": ("ReplaceBinaryOperator_", "ReplaceUnaryOperator_"),
    "constant": ("NumberReplacer", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue"),
    "condition": ("AddNot", "ReplaceAndWithOr", "ReplaceOrWithAnd"),
}
"""What is changed, and the beginnings of the names of cosmic-ray's operators that change it."""
SAME_MEANING = ("_Eq_Is", "_NotEq_IsNot", "_Is_Eq", "_IsNot_NotEq")
"""`==` for `is` and the other way: of what this code compares (None, short texts, small numbers) both say the same."""


@dataclass(frozen=True)
class Place:
    """One operator at one place of a file."""

    path: str
    """Below the project's folder."""
    line: int
    column: int
    operator: str
    occurrence: int


@dataclass(frozen=True)
class Mutant:
    """A file with one change."""

    path: str
    line: int
    was: str
    becomes: str
    """The lines that differ, without their indentation."""
    code: str

    @property
    def name(self) -> str:
        return f"{self.path}: `{self.was}` → `{self.becomes}`"


def mutants(folder: Path, paths: Sequence[str], count: int, seed: int) -> Iterator[Mutant]:
    """`count` mutants of these files; each place is as likely as every other, however many operators there are for it. Same seed, same mutants.

    Which places these are depends on the seed, the file's name and the line's own text: a change elsewhere draws no other ones.
    """
    drawn: list[tuple[str, list[Place], str]] = []
    for path in paths:
        source = (folder / path).read_text(encoding="utf-8")
        at: dict[tuple[int, int], list[Place]] = {}
        for place in _places(path, source):
            at.setdefault((place.line, place.column), []).append(place)
        lines, before = source.splitlines(), Counter[str]()
        for (line, column), places in sorted(at.items()):
            text = f"{lines[line - 1].strip()} {column - len(lines[line - 1])}"
            drawn.append((hashlib.sha256(f"{seed} {path} {text} {before[text]}".encode()).hexdigest(), places, source))
            before[text] += 1
    made = 0
    for lot, places, source in sorted(drawn, key=lambda one: one[0]):
        mutant = _mutant(random.Random(lot).choice(places), source)
        if mutant is not None:
            yield mutant
            made += 1
        if made == count:
            return


def _places(path: str, source: str) -> Iterator[Place]:
    tree = list(ast_nodes(get_ast(source)))
    prefixes = tuple(f"core/{beginning}" for beginnings in KINDS.values() for beginning in beginnings)
    for name in sorted(operator_names()):
        if not name.startswith(prefixes) or name.endswith(SAME_MEANING):
            continue
        operator = get_operator(name)()
        positions = (start for node in tree for start, _ in operator.mutation_positions(node))
        yield from (Place(path, line, column, name, number) for number, (line, column) in enumerate(positions))


def _mutant(place: Place, source: str) -> Mutant | None:
    """None where nothing that runs has changed: in annotations, which are never evaluated here, and in `frozen` and its like, which mypy sees to."""
    code = mutate_code(source, get_operator(place.operator)(), place.occurrence)
    if code is None:
        return None
    try:
        if _what_runs(code) == _what_runs(source):
            return None
    except SyntaxError:
        return None
    old, new = source.splitlines(), code.splitlines()
    changed = [number for number, (before, after) in enumerate(zip(old, new, strict=False)) if before != after]
    return Mutant(place.path, changed[0] + 1, old[changed[0]].strip(), new[changed[0]].strip(), code)


def _what_runs(source: str) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
        elif isinstance(node, ast.ClassDef):
            node.decorator_list = []
    return ast.dump(tree)
