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
RULE_KEYS = ("kind", "method", "path", "status", "size", "location", "case")
TOLD_BY = ("size", "location")
"""Keys that ask for something which not every format has."""
CASES = {"exact": False, "any": True}
"""Of a rule, and whether it ignores case."""

_STATUS = re.compile(r"([1-9]\d\d)(?:-([1-9]\d\d))?")
_SIZE = re.compile(r"(\d{1,15})(?:(-)(\d{1,15})?)?")
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
    size: tuple[int, int | None] | None = None
    """Bytes of the answer, the least and the most that fit; None for no end."""
    location: str | None = None
    """A regular expression for the whole address that the answer sends the browser to, query string included."""
    ignores_case: bool = False
    """Of path and location."""

    @property
    def fits(self) -> pl.Expr:
        """Whether it fits a request (columns method, path and status, and those of TOLD_BY that it goes by)."""
        conditions = [pl.lit(True)]
        if self.method is not None:
            conditions.append(pl.col("method") == self.method)
        if self.status is not None:
            conditions.append(pl.col("status").is_between(*self.status))
        if self.size is not None:
            conditions.append(pl.col("size").is_between(self.size[0], self.size[1]) if self.size[1] is not None else pl.col("size") >= self.size[0])
        for name, pattern in (("path", self.path), ("location", self.location)):
            if pattern is not None:
                conditions.append(_address_fits(name, pattern, self.ignores_case))
        return pl.all_horizontal(conditions)


def read_rules(rules: Sequence[Any], ignores_case: bool = False) -> tuple[Rule, ...]:
    """The rules of a source.toml, in their order; `ignores_case` holds for those that do not state it.

    Raises FileRefused naming the rule by its place and what is wrong with it.
    """
    if not rules:
        raise FileRefused('rules is empty. Add one such as { method = "POST", path = "/login", status = "302", kind = "login" }')
    return tuple(_read_rule(number, rule, ignores_case) for number, rule in enumerate(rules, start=1))


def kind_of_request(rules: Sequence[Rule]) -> pl.Expr:
    """The kind that the first fitting rule names (IGNORE among them), NULL where none fits."""
    kind = pl.lit(None, pl.String)
    for rule in reversed(rules):
        kind = pl.when(rule.fits).then(pl.lit(rule.kind)).otherwise(kind)
    return kind


def told_by(rules: Sequence[Rule]) -> tuple[str, ...]:
    """Which of TOLD_BY the rules go by."""
    return tuple(key for key in TOLD_BY if any(getattr(rule, key) is not None for rule in rules))


def _read_rule(number: int, rule: Any, ignores_case: bool) -> Rule:
    if not isinstance(rule, Mapping) or not all(isinstance(value, str) for value in rule.values()):
        raise FileRefused(f'rule {number} is not a table of texts. Write it as {{ method = "POST", path = "/login", kind = "login" }}')
    for key in rule:
        if key not in RULE_KEYS:
            raise FileRefused(f"rule {number}: unknown key {key}. Allowed are: {', '.join(RULE_KEYS)}")
    kind = rule.get("kind")
    if kind not in (*EVENT_KINDS, IGNORE):
        raise FileRefused(f"rule {number}: kind is {kind!r}. Allowed are: {', '.join((*EVENT_KINDS, IGNORE))}")
    if not rule.keys() - {"kind", "case"}:
        raise FileRefused(f"rule {number} fits every request. Give it a method, a path or a status")
    if rule.get("case", "any") not in CASES:
        raise FileRefused(f"rule {number}: case is {rule['case']!r}. Allowed are: {', '.join(CASES)}")
    for key in ("path", "location"):
        try:
            pl.select(pl.lit("/").str.contains(_whole(rule.get(key, ""))))
        except pl.exceptions.ComputeError:
            raise FileRefused(f"rule {number}: {key} is not a regular expression (look-around and back-references are not to be had)") from None
    return Rule(
        kind,
        rule.get("method"),
        rule.get("path"),
        _status(number, rule.get("status")),
        _size(number, rule.get("size")),
        rule.get("location"),
        CASES[rule["case"]] if "case" in rule else ignores_case,
    )


def _status(number: int, text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    found = _STATUS.fullmatch(text)
    if found is None or int(found[2] or found[1]) < int(found[1]):
        raise FileRefused(f'rule {number}: status is {text!r}. Write one such as "302", or a range such as "200-399"')
    return int(found[1]), int(found[2] or found[1])


def _size(number: int, text: str | None) -> tuple[int, int | None] | None:
    if text is None:
        return None
    found = _SIZE.fullmatch(text)
    most = int(found[3]) if found and found[3] else int(found[1]) if found and not found[2] else None
    if found is None or (most is not None and most < int(found[1])):
        raise FileRefused(f'rule {number}: size is {text!r}. Write bytes such as "512", a range such as "0-1000", or the least such as "1000-"')
    return int(found[1]), most


def _address_fits(name: str, pattern: str, ignores_case: bool) -> pl.Expr:
    """A plain comparison where the expression has nothing special, which is several times as fast."""
    if ignores_case:
        return pl.col(name).str.contains(f"(?i){_whole(pattern)}")
    if not _SPECIAL & set(pattern):
        return pl.col(name) == pattern
    if pattern.endswith(".*") and not _SPECIAL & set(pattern[:-2]):
        return pl.col(name).str.starts_with(pattern[:-2])
    return pl.col(name).str.contains(_whole(pattern))


def _whole(pattern: str) -> str:
    return f"^(?:{pattern})$"
