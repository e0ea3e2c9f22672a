"""Each rule of the policy is deleted in turn, and each is missed: by what the tests of roles write out once more, and by what every read demands."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest

from dashboard.session import policy, queries
from dashboard.session.policy import GRAINS, Action
from dashboard.session.queries import Reader
from dashboard.views import PAGES
from data.paths import Home
from metrics.periods import Period
from tests.dashboard.session.test_roles import (
    ALLOWED,
    ENTERED,
    ENTRY_ACTIONS,
    JULY,
    NEEDED,
    PLACES,
    READS,
    REPORT_ACTIONS,
    SIZES,
    UNITS,
    VIEWERS,
    view,
)
from tests.tiny_snapshot import write_snapshot

TWICE = ["with report", "with declaration", "with declaration", "with definition", "without operand 0"]
"""What is ruled twice, so that one of the two changes nothing: administrators do nothing with reports, wherever they saw any, nor do they
and leaders with what is entered; units read the
definitions of every unit, their own among them; and no unit at all is never among a viewer's own."""
TABLES = ("EVERYWHERE", "OWN", "ON_REPORTS", "ON_ENTRIES")


def without_each_rule(tree: ast.Module) -> Iterator[tuple[str, ast.Module]]:
    """The policy with one rule less: a grain or an action of a table, an `if`, or one side of an `and` or `or`."""
    for number, node in enumerate(ast.walk(tree)):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.If):
            yield from ((f"line {line}: if {value}", _with(tree, number, "test", ast.Constant(value))) for value in (True, False))
        elif isinstance(node, ast.BoolOp):
            nothing = ast.Constant(isinstance(node.op, ast.And))
            for at in range(len(node.values)):
                yield f"line {line}: without operand {at}", _with(tree, number, "values", [*node.values[:at], nothing, *node.values[at + 1 :]])
        elif isinstance(node, ast.Set):
            for at, one in enumerate(node.elts):
                yield f"line {line}: without {ast.unparse(one)}", _with(tree, number, "elts", node.elts[:at] + node.elts[at + 1 :])
            there = {one.value for one in node.elts if isinstance(one, ast.Constant)}
            for name in sorted(set(GRAINS if there <= set(GRAINS) else get_args(Action)) - there):
                yield f"line {line}: with {name}", _with(tree, number, "elts", [*node.elts, ast.Constant(name)])


def _with(tree: ast.Module, number: int, field: str, value: object) -> ast.Module:
    changed = copy.deepcopy(tree)
    setattr(list(ast.walk(changed))[number], field, value)
    return ast.fix_missing_locations(changed)


def loaded(tree: ast.Module, like: ModuleType) -> ModuleType:
    module = ModuleType(like.__name__)
    module.__file__ = like.__file__
    exec(compile(tree, str(like.__file__), "exec"), module.__dict__)
    return module


def source_of(module: ModuleType) -> ast.Module:
    return ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))


def is_missed(found: ModuleType) -> bool:
    """Whether the policy says anything else than the tests of roles do."""
    for (who, viewer), (place, code) in product(VIEWERS.items(), PLACES.items()):
        allowed, named = ALLOWED[who, place], "unit named" if who.startswith("unit") else who
        on_reports, on_entries = REPORT_ACTIONS.get((named, place), set()), ENTRY_ACTIONS.get((named, place), set())
        is_of_a_peer = who.startswith("unit") and place not in ("own", "below")
        for action, grain in product(get_args(Action), GRAINS):
            expected = action in on_reports if grain == "report" else action in ("read", "export") and grain in allowed
            if grain == "declaration":
                expected = action in on_entries
            if grain == "comparison" and action == "export" and is_of_a_peer:
                expected = False
            if found.may(viewer, action, code, JULY, grain) is not expected or found.may(viewer, action, code, JULY[::-1], grain):
                return True
    return any([name for name in PAGES if found.may_enter(VIEWERS[who], JULY, PAGES[name].grain)] != pages for who, pages in ENTERED.items())


def test_each_rule_of_the_policy_that_is_deleted_or_added_is_missed() -> None:
    tree = source_of(policy)
    of_roles = [
        node for node in tree.body if isinstance(node, ast.FunctionDef) or (isinstance(node, ast.AnnAssign) and ast.unparse(node.target) in TABLES)
    ]
    assert len(of_roles) == len(TABLES) + 2
    assert not is_missed(loaded(tree, policy))
    first_line = min(node.lineno for node in of_roles)
    mutants = [(name, mutant) for name, mutant in without_each_rule(tree) if int(name.split()[1].rstrip(":")) >= first_line]
    assert len(mutants) > 60
    unseen = [name for name, mutant in mutants if not is_missed(loaded(mutant, policy))]
    assert sorted(name.partition(": ")[2] for name in unseen) == sorted(TWICE), (
        f"{unseen} of {len(mutants)} rules could be changed and nobody would see it"
    )


# ---------------------------------------------------------------- what every read demands


ALL_READS: dict[str, tuple[Callable[[Reader, str | None], object], Callable[[str, str], bool]]] = {
    **{name: (read, lambda who, place, name=name: bool(NEEDED[name] & ALLOWED[who, place])) for name, read in READS.items() if name != "peer_places"},  # type: ignore[misc]
    "account_moves": (
        lambda reader, unit: reader.account_moves("activation_rate", view(unit), Period(*JULY)),
        lambda who, place: "aggregate" in ALLOWED[who, place],
    ),
    "moved": (
        lambda reader, unit: reader.moved("activation_rate", view(unit), Period(*JULY)),
        lambda who, place: "aggregate" in ALLOWED[who, place],
    ),
    "pace": (
        lambda reader, unit: reader.pace("activation_rate", view(unit), (1, 2), 0.9),
        lambda who, place: "aggregate" in ALLOWED[who, place],
    ),
    "first_login_wait": (lambda reader, unit: reader.first_login_wait(view(unit)), lambda who, place: "aggregate" in ALLOWED[who, place]),
    "first_logins": (lambda reader, unit: reader.first_logins(view(unit)), lambda who, place: "aggregate" in ALLOWED[who, place]),
    "completion_by_month": (lambda reader, unit: reader.completion_by_month(view(unit)), lambda who, place: "aggregate" in ALLOWED[who, place]),
    "making": (lambda reader, _: reader.making(), lambda who, _: "making" in ALLOWED[who, "whole"]),
    "compared": (lambda reader, unit: reader.compared(["activation_rate"], view(unit)), lambda who, _: "comparison" in ALLOWED[who, "whole"]),
    "peer_places": (READS["peer_places"], lambda who, place: "aggregate" in ALLOWED[who, place] and "comparison" in ALLOWED[who, "whole"]),
    "revision_cause": (
        lambda reader, unit: reader.revision_cause(reader.path, "activation_rate", view(unit)),
        lambda who, place: "account" in ALLOWED[who, place],
    ),
}
"""Every read that may be refused, and whether it is allowed to a viewer at a place."""
READ_BY = {"_all_units": "compared"}
"""Of a method that others read by, one of those."""


def without_each_demand(tree: ast.Module) -> Iterator[tuple[str, ast.Module]]:
    """The reader without one of its demands: `self._require(...)`, or an `if` that raises AccessDenied; the method that had it."""
    for number, node in enumerate(ast.walk(tree)):
        if not isinstance(node, ast.FunctionDef) or node.name == "_require":
            continue
        for at, statement in enumerate(node.body):
            text = ast.unparse(statement)
            if text.startswith("self._require(") or (
                isinstance(statement, ast.For | ast.If) and ("_require(" in text or "raise AccessDenied" in text)
            ):
                yield node.name, _with(tree, number, "body", [*node.body[:at], ast.Pass(), *node.body[at + 1 :]])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("mutants"))
    accounts = [{"unit_code": code, "account_key": f"{code}-{number}"} for code, size in SIZES.items() for number in range(size)]
    write_snapshot(home.snapshots, {"org_unit": UNITS, "account": accounts, "document": [{"unit_code": "A", "is_electronic": True}]})
    return home


def is_read_otherwise(found: ModuleType, home: Home, name: str) -> bool:
    """Whether a read is let through or refused otherwise than it has to be."""
    read, is_allowed = ALL_READS[name]
    for (who, viewer), (place, code) in product(VIEWERS.items(), PLACES.items()):
        try:
            read(found.pin(home, viewer), code)
            was_let_through = True
        except found.AccessDenied:
            was_let_through = False
        if was_let_through is not is_allowed(who, place):
            return True
    return False


def test_each_demand_of_a_read_that_is_deleted_is_missed(home: Home) -> None:
    tree = source_of(queries)
    for name in ALL_READS:
        assert not is_read_otherwise(queries, home, name), name
    mutants = list(without_each_demand(tree))
    assert {READ_BY.get(name, name) for name, _ in mutants} == set(ALL_READS)
    unseen = [name for name, mutant in mutants if not is_read_otherwise(loaded(mutant, queries), home, READ_BY.get(name, name))]
    assert unseen == []
