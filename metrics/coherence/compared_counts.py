"""The counts that coherence checks compare, asked for once in one period and scope."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import polars as pl

from metrics.catalog import metric
from metrics.engines import Snapshot
from metrics.periods import Period
from metrics.query.delivered import is_delivered, is_known
from metrics.query.metric_values import counts
from metrics.query.statements import counted_conditions, has_shared_accounts, row_statement
from metrics.tree.scope import Scope
from metrics.tree.scoped_units import scoped_units
from metrics.tree.units import units, verify_scope

ADDITIVE = (
    "outgoing_documents",
    "internal_outgoing",
    "internal_incoming",
    "axis_outgoing",
    "axis_incoming",
    "recalled_documents",
    "provisioned_accounts",
    "activated_accounts",
    "logged_in_accounts",
)
"""Counts of which the parent has the sum of its children: every row belongs to one unit, but for accounts in several."""
OF_ACCOUNTS = tuple(name for name in ADDITIVE if metric(name).of == "account")

_COUNTED = (
    *ADDITIVE,
    "outgoing_electronic",
    "outgoing_parallel",
    "outgoing_paper",
    "outgoing_form_unknown",
    "outgoing_signed",
    "outgoing_not_signed",
    "processing_accounts",
    "signing_accounts",
    "fully_signed_ratio",
    "electronic_issue_ratio",
)


class Evidence:
    """The counts that the checks compare, asked for once."""

    def __init__(self, snapshot: Snapshot, period: Period, scope: Scope) -> None:
        self.snapshot, self.period, self.scope = snapshot, period, scope
        self.units = units(snapshot)
        verify_scope(snapshot, scope)

    def is_known(self, name: str) -> bool:
        """Whether a metric, or a column of the source contract (`document.number`), was delivered in the period."""
        if "." in name:
            return is_delivered(self.snapshot, name, self.period)
        return is_known(self.snapshot, metric(name), self.period, self.scope.group)

    @cached_property
    def own(self) -> pl.DataFrame:
        """One row per unit (its own rows, without its subtree), one column per count."""
        return self._by_unit("own_unit")

    @cached_property
    def subtree(self) -> pl.DataFrame:
        """One row per unit with its subtree, as far as the scope reaches."""
        return self._by_unit("unit")

    @cached_property
    def whole(self) -> dict[str, int]:
        found = self._own_counts.filter(pl.col("group_code").is_null())
        return {column: int(found[column].sum() or 0) for column in found.columns if column != "group_code"}

    @cached_property
    def _own_counts(self) -> pl.DataFrame:
        return self._wide("own_unit")

    def _by_unit(self, grouping: str) -> pl.DataFrame:
        wide = self._own_counts if grouping == "own_unit" else self._wide("unit")
        return wide.filter(pl.col("group_code").is_not_null()).rename({"group_code": "unit_code"})

    def _wide(self, grouping: str) -> pl.DataFrame:
        names = _COUNTED if grouping == "own_unit" else ADDITIVE
        long = counts(self.snapshot, [metric(name) for name in names], [self.period], self.scope, "unit" if grouping == "unit" else "own_unit")
        declared = (
            long.filter(pl.col("metric") == "electronic_issue_ratio")
            .with_columns(metric=pl.lit("declared_documents"))
            .with_columns(numerator="denominator")
        )
        wide = pl.concat([long, declared]).pivot("metric", index="group_code", values="numerator")
        absent = [pl.lit(0, dtype=pl.Int64).alias(name) for name in (*names, "declared_documents") if name not in wide.columns]
        return wide.with_columns(*absent).with_columns(pl.exclude("group_code").fill_null(0))

    def documents(self, select: str) -> pl.DataFrame:
        """The answer of a SELECT of sums by `unit_code` over `scoped_row`, the outgoing documents of the scope."""
        question = row_statement(self.snapshot, "document", self.period, scoped_units(self.snapshot, self.scope, self.period), select)
        return self.snapshot.query(question.sql, question.params)

    @cached_property
    def has_shared_accounts(self) -> bool:
        """Whether accounts are in several units at once, which each of them counts and those above count once."""
        return has_shared_accounts(self.snapshot)

    @cached_property
    def in_no_unit(self) -> dict[str, int]:
        """Of the counts of accounts, those that stood in no unit on the last day, which the whole alone counts."""
        counted = {name: counted_conditions(self.snapshot, metric(name), self.scope.group, "numerator")[0] for name in OF_ACCOUNTS}
        columns = [f"COUNT(*) FILTER (WHERE {' AND '.join(one.sql for one in conditions)}) AS {name}" for name, conditions in counted.items()]
        select = f"SELECT {', '.join(columns)} FROM scoped_row WHERE unit_code IS NULL"  # noqa: S608
        question = row_statement(self.snapshot, "account", self.period, scoped_units(self.snapshot, self.scope, self.period), select)
        (row,) = self.snapshot.query(question.sql, question.params).iter_rows(named=True)
        return {name: int(count) for name, count in row.items() if count}

    def name(self, code: str) -> str:
        """The unit's short name, or the code where the units don't know it."""
        return self._names.get(code) or code

    @cached_property
    def _names(self) -> dict[str, str]:
        return {code: short or name for code, name, short in self.units.select("unit_code", "name", "short_name").iter_rows()}

    def in_tree_order(self, codes: Iterable[str]) -> tuple[str, ...]:
        order = {code: position for position, code in enumerate(self.units["unit_code"])}
        return tuple(sorted(set(codes), key=lambda code: (order.get(code, len(order)), code)))
