"""Rules that say what a request in an access log means: the first that fits names the kind of event."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from etl.contract import EVENT_KINDS
from etl.sources.open_file import FileRefused

IGNORE = "ignore"
RULE_KEYS = ("kind", "method", "path", "status")

_STATUS = re.compile(r"([1-9]\d\d)(?:-([1-9]\d\d))?")
_SPECIAL = frozenset(".^$*+?{}[]\\|()")


@dataclass(frozen=True)
class Rule:
    """One rule; what it does not state fits every request."""

    kind: str
    method: str | None = None
    path: str | None = None
    """A regular expression for the whole path, without the query string."""
    status: tuple[int, int] | None = None
    """First and last that fit."""

    @property
    def fits(self) -> pl.Expr:
        """Whether it fits a request (columns method, path and status)."""
        conditions = [pl.lit(True)]
        if self.method is not None:
            conditions.append(pl.col("method") == self.method)
        if self.status is not None:
            conditions.append(pl.col("status").is_between(*self.status))
        if self.path is not None:
            conditions.append(_path_fits(self.path))
        return pl.all_horizontal(conditions)


def read_rules(rules: Sequence[Any]) -> tuple[Rule, ...]:
    """The rules of a source.toml, in their order.

    Raises FileRefused naming the rule by its place and what is wrong with it.
    """
    if not rules:
        raise FileRefused('rules is empty. Add one such as { method = "POST", path = "/login", status = "302", kind = "login" }')
    return tuple(_read_rule(number, rule) for number, rule in enumerate(rules, start=1))


def kind_of_request(rules: Sequence[Rule]) -> pl.Expr:
    """The kind that the first fitting rule names (IGNORE among them), NULL where none fits."""
    kind = pl.lit(None, pl.String)
    for rule in reversed(rules):
        kind = pl.when(rule.fits).then(pl.lit(rule.kind)).otherwise(kind)
    return kind


def _read_rule(number: int, rule: Any) -> Rule:
    if not isinstance(rule, Mapping) or not all(isinstance(value, str) for value in rule.values()):
        raise FileRefused(f'rule {number} is not a table of texts. Write it as {{ method = "POST", path = "/login", kind = "login" }}')
    for key in rule:
        if key not in RULE_KEYS:
            raise FileRefused(f"rule {number}: unknown key {key}. Allowed are: {', '.join(RULE_KEYS)}")
    kind = rule.get("kind")
    if kind not in (*EVENT_KINDS, IGNORE):
        raise FileRefused(f"rule {number}: kind is {kind!r}. Allowed are: {', '.join((*EVENT_KINDS, IGNORE))}")
    if len(rule) == 1:
        raise FileRefused(f"rule {number} fits every request. Give it a method, a path or a status")
    path = rule.get("path")
    if path is not None:
        try:
            pl.select(pl.lit("/").str.contains(_whole(path)))
        except pl.exceptions.ComputeError:
            raise FileRefused(f"rule {number}: path is not a regular expression (look-around and back-references are not to be had)") from None
    return Rule(kind, rule.get("method"), path, _status(number, rule.get("status")))


def _status(number: int, text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    found = _STATUS.fullmatch(text)
    if found is None or int(found[2] or found[1]) < int(found[1]):
        raise FileRefused(f'rule {number}: status is {text!r}. Write one such as "302", or a range such as "200-399"')
    return int(found[1]), int(found[2] or found[1])


def _path_fits(path: str) -> pl.Expr:
    """A plain comparison where the expression has nothing special, which is several times as fast."""
    if not _SPECIAL & set(path):
        return pl.col("path") == path
    if path.endswith(".*") and not _SPECIAL & set(path[:-2]):
        return pl.col("path").str.starts_with(path[:-2])
    return pl.col("path").str.contains(_whole(path))


def _whole(path: str) -> str:
    return f"^(?:{path})$"
