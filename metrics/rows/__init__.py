"""The kinds of rows that metrics count: one SQL file per kind, listed here with the columns it yields.

A row counts in one unit and, within one period, once: so sums over units never count anything twice. Rows of accounts that are in several units
at once (`is_shared`) are counted once by their `row_key` in whatever holds more than one of these units. A file yields per row its columns
below, `unit_code` (where it counts), `row_key` (what identifies it to those who may see rows), and one of the two:

- `day_on`, the day that decides in which periods it counts (and its `tree_day`, where another day decides the unit's place in the tree);
- `period_no` and `tree_on`, where a row is made for each period: these files read a CTE of rows that are in the period and scope already
  (`stay`, `issued`), or `period (period_no, from_on, to_on)`.

`metrics.query.statements` puts the CTEs that a kind `reads` before its file, joins days with periods, and keeps the rows of the scope.
Where a mart holds sums of the rows, a second file (`mart`) yields the same without keys and dimensions, many rows as one with their
`row_count`: figures are counted of these, and the single rows are read where someone asks to see them.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from data.snapshot import TABLES

FOLDER = Path(__file__).parent

RowKind = Literal[
    "account",
    "account_use",
    "account_history",
    "activation",
    "retention",
    "login",
    "document",
    "registered",
    "delivery",
    "due_delivery",
    "completed_delivery",
    "open_delivery",
    "axis_sending",
    "axis_unit",
    "declared",
    "work_file",
    "headcount",
    "paper",
]
"""What one row is; each kind is one file here."""


Needs = frozenset[frozenset[str]]
"""Columns of the source contract that must have been delivered: of each set within the set, one."""


def read_needs(texts: Iterable[str]) -> Needs:
    """Needs as needs.toml writes them: each text has to be met, by one of its parts between |."""
    return frozenset(frozenset(part.strip() for part in text.split("|")) for text in texts)


_NEEDS: dict[str, dict[str, list[str]]] = tomllib.loads((FOLDER / "needs.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Condition:
    """A yes-or-no over columns of one row kind; conditions are put together with & | ~ as in Python."""

    text: str
    """As it is written in a declaration; empty: every row."""
    sql: str
    columns: frozenset[str]
    is_alternative: bool = False
    """Joined by |, so it stands in parentheses beside &."""
    needs: Needs = frozenset()
    """What must be delivered for anyone to know whether it holds: of | either side's, of & both sides'."""

    def __and__(self, other: Condition) -> Condition:
        return self._joined("&", "AND", other)

    def __or__(self, other: Condition) -> Condition:
        return self._joined("|", "OR", other)

    def __invert__(self) -> Condition:
        return Condition(f"~{self.text}" if self.text.isidentifier() else f"~({self.text})", f"(NOT {self.sql})", self.columns, needs=self.needs)

    def __bool__(self) -> bool:
        raise TypeError("Conditions are joined with & | ~, since `and`, `or` and `not` would ask for their truth now.")

    def __str__(self) -> str:
        return self.text

    def _joined(self, sign: str, word: str, other: Condition) -> Condition:
        sides = [f"({one.text})" if sign == "&" and one.is_alternative else one.text for one in (self, other)]
        needs = self.needs | other.needs
        if sign == "|":  # an organisation may have only one kind of signature
            needs = frozenset(one | another for one in self.needs for another in other.needs) if self.needs and other.needs else frozenset()
        return Condition(f" {sign} ".join(sides), f"({self.sql} {word} {other.sql})", self.columns | other.columns, sign == "|", needs)


EVERY_ROW = Condition("", "TRUE", frozenset())


@dataclass(frozen=True)
class Rows:
    """One kind of row. Its columns are attributes: `document.is_electronic`; one that it does not have raises AttributeError."""

    kind: RowKind
    label: str
    label_en: str
    table: str
    """Whose rows they are."""
    booleans: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    """Columns with a number in each row, which a metric sums instead of counting rows."""
    is_state: bool = False
    """Its rows are what is there on the last day of a period."""
    flows: tuple[str, ...] = ()
    """Booleans of a state that ask for something within the period nevertheless."""
    dimensions: tuple[str, ...] = ()
    """Columns by which rows can be told apart: a type to list by, or whole days of which a percentile is taken."""
    mart: str = ""
    """The file, and the table, of the rows' sums."""
    usual: str = ""
    """The file of the rows' sums over usual periods, which reads a file of its own (`metrics.query.usual_sums`) and `period` alone."""
    in_month: str = ""
    """The file of the same rows for periods that each lie within one month."""
    tree_day: str = "day_on"
    """The column with the day on which the unit's place in the tree is looked up."""
    reads: tuple[str, ...] = ()
    """CTEs of `metrics.query.statements` that its files read, in the order in which they read each other."""

    @property
    def is_of_accounts(self) -> bool:
        """Whether each row is an account's, so that a pilot group's own population counts and nobody may be told from few of them."""
        return "is_officer" in self.booleans

    @property
    def is_declared(self) -> bool:
        """Whether its rows are made by what units declare: where there are none, nothing is known."""
        return self.table == "declared_total"

    @property
    def needs(self) -> Needs:
        """What the rows themselves need, whatever is counted of them."""
        return read_needs(_NEEDS[self.kind]["rows"])

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.booleans, *self.measures, *self.dimensions)

    def __getattr__(self, name: str) -> Condition:
        columns = self.columns
        if name in columns:
            return Condition(name, name, frozenset({name}), needs=read_needs(_NEEDS[self.kind][name]))
        if name.startswith("__"):
            raise AttributeError(name)
        close = difflib.get_close_matches(name, columns, n=1)
        hint = f"Closest: {close[0]}." if close else f"Columns: {', '.join(columns)}."
        raise AttributeError(f"{name!r} is not a column of the rows of {self.kind}. {hint}")


def _booleans_of(table: str) -> tuple[str, ...]:
    """Every boolean of a table of the snapshot: what is new there can be counted without being named here."""
    (columns,) = (one.columns for one in TABLES if one.name == table)
    return tuple(name for name, kind in columns.items() if kind == "BOOLEAN")


account = Rows(
    "account",
    "tài khoản",
    "accounts",
    table="account",
    is_state=True,
    flows=("has_logged_in", "has_processed", "has_signed", "is_weekly_active", "is_habitual", "has_one_login_day", "is_regular"),
    usual="account_usual",
    in_month="account_in_month",
    reads=("period", "period_month", "stay"),
    booleans=(
        "is_officer",
        "is_clerk",
        "is_leader",
        "is_shared",
        "is_activated",
        "has_logged_in",
        "has_processed",
        "has_signed",
        "is_weekly_active",
        "is_habitual",
        "has_one_login_day",
        "is_regular",
    ),
)
account_use = Rows(
    "account_use",
    "tài khoản đã kích hoạt",
    "activated accounts",
    table="account",
    reads=("period", "period_month", "stay"),
    booleans=("is_officer", "is_clerk", "is_leader", "is_shared", "has_logged_in"),
    measures=("days_used", "days_to_use"),
    dimensions=("login_days",),
)
account_history = Rows(
    "account_history",
    "tài khoản",
    "accounts",
    table="account",
    is_state=True,
    reads=("period", "stay", "first_use", "last_90_days"),
    booleans=("is_officer", "is_clerk", "is_leader", "is_shared", "is_activated", "has_ever_logged_in", "is_dormant"),
)
activation = Rows(
    "activation",
    "tài khoản mới kích hoạt",
    "newly activated accounts",
    table="account",
    reads=("cutoff", "first_use"),
    booleans=("is_officer", "is_clerk", "is_leader", "is_shared", "is_ripe", "has_logged_in_soon", "has_processed_soon"),
)
retention = Rows(
    "retention",
    "tài khoản mới kích hoạt",
    "newly activated accounts",
    table="account",
    reads=("cutoff",),
    booleans=(
        "is_officer",
        "is_clerk",
        "is_leader",
        "is_shared",
        "is_ripe_after_60_days",
        "is_ripe_after_120_days",
        "is_ripe_after_210_days",
        "is_back_after_30_days",
        "is_back_after_90_days",
        "is_back_after_180_days",
    ),
)
login = Rows(
    "login",
    "lượt đăng nhập",
    "logins",
    table="login_day",
    booleans=("is_officer", "is_clerk", "is_shared"),
    measures=("logins", "account_days", "plain_days"),
)
document = Rows(
    "document", "văn bản", "documents", table="document", mart="document_day", booleans=_booleans_of("document"), dimensions=("doc_type",)
)
registered = Rows(
    "registered",
    "văn bản vào sổ",
    "registered documents",
    table="registered_document",
    mart="registered_day",
    booleans=_booleans_of("registered_document"),
    dimensions=("doc_type",),
)
delivery = Rows(
    "delivery",
    "lượt nhận",
    "deliveries",
    table="delivery",
    mart="delivery_day",
    booleans=_booleans_of("delivery"),
    dimensions=("completed_on",),
)
due_delivery = Rows(
    "due_delivery",
    "lượt nhận có hạn",
    "deliveries with a due date",
    table="delivery",
    mart="due_delivery_day",
    tree_day="arrived_on",
    reads=("cutoff",),
    booleans=("is_recalled", "is_settled", "is_completed", "is_on_time"),
)
completed_delivery = Rows(
    "completed_delivery",
    "lượt nhận đã xử lý xong",
    "completed deliveries",
    table="delivery",
    tree_day="arrived_on",
    reads=("holiday",),
    booleans=("is_recalled",),
    dimensions=("working_days",),
)
open_delivery = Rows(
    "open_delivery",
    "lượt nhận chưa xử lý xong",
    "open deliveries",
    table="delivery",
    is_state=True,
    reads=("period",),
    booleans=("is_recalled", "has_due_date", "is_overdue"),
)
axis_sending = Rows(
    "axis_sending",
    "lượt gửi qua Trục",
    "sendings through the exchange platform",
    table="axis_sending",
    booleans=_booleans_of("axis_sending"),
    dimensions=("receiver",),
)
axis_unit = Rows(
    "axis_unit",
    "đơn vị",
    "units",
    table="org_unit",
    is_state=True,
    flows=("has_axis_traffic",),
    reads=("period",),
    booleans=("has_axis_traffic",),
)
declared = Rows(
    "declared",
    "đơn vị có khai báo",
    "units with declarations",
    table="declared_total",
    reads=("period", "declared_cover"),
    measures=("issued_electronically", "declared_documents"),
)
work_file = Rows(
    "work_file",
    "đơn vị có khai báo hồ sơ công việc",
    "units that declared work files",
    table="declared_total",
    reads=("period", "declared_cover"),
    measures=("files_online", "files"),
)
headcount = Rows(
    "headcount",
    "đơn vị có khai báo biên chế",
    "units that declared their headcount",
    table="declared_total",
    is_state=True,
    reads=("period",),
    measures=("accounts", "activated", "posts"),
)
paper = Rows(
    "paper",
    "văn bản hoàn toàn điện tử",
    "wholly electronic documents",
    table="delivery",
    reads=("issued",),
    booleans=("is_recalled",),
    measures=("pages",),
)

ROWS: dict[RowKind, Rows] = {
    rows.kind: rows
    for rows in (
        account,
        account_use,
        account_history,
        activation,
        retention,
        login,
        document,
        registered,
        delivery,
        due_delivery,
        completed_delivery,
        open_delivery,
        axis_sending,
        axis_unit,
        declared,
        work_file,
        headcount,
        paper,
    )
}


for _rows in ROWS.values():
    if missing := {"rows", *_rows.columns} ^ set(_NEEDS[_rows.kind]):
        raise ValueError(f"needs.toml, {_rows.kind}: {', '.join(sorted(missing))} must be there once, and be a column of the rows.")


@cache
def rows_sql(file: str) -> str:
    """The SELECT of a row kind or of its mart, without its closing newline."""
    return (FOLDER / f"{file}.sql").read_text(encoding="utf-8").strip()
