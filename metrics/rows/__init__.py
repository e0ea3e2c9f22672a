"""The kinds of rows that metrics count: one SQL file per kind, listed here with the columns it yields.

Every file reads those it needs of the CTEs `period (period_no, from_on, to_on)`; `span (period_no, ..., tree_on)` with the days of each
period, which rows join by `{in span <day>}` (on `tree_on` the tree was as on all of them); `period_month (period_no, month_on, days,
week_1 ... week_4)` with the bits of each month's days that lie in the period and in each of its last weeks (week 1 is the period's last
7 days, week 2 the 7 before, and so on); and `cutoff (cutoff_on)`.
It yields, per row that counts in a period: `period_no`, `unit_code` (where it counts), `tree_on` (the day on which the unit's place in the
tree is looked up), `row_key` (what identifies it to those who may see rows), then the booleans, measures and dimensions below, in this order.
`{scope <unit> <day>}` stands where rows are narrowed to the units asked for, as early as that can be done, and `{exceptions <day>}` where
public holidays are counted (`metrics.working_days`).
A row counts in one unit and, within one period, once: so sums over units never count anything twice.

Where a mart holds sums of the rows, a second file (`mart`) yields the same without keys and dimensions, many rows as one with their
`row_count`: figures are counted of these, and the single rows are read where someone asks to see them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from metrics.model import RowKind

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Rows:
    """One kind of row: the table that must have rows for its figures to exist, and its columns."""

    kind: RowKind
    label: str
    label_en: str
    table: str
    booleans: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    """Columns with a number in each row, which a metric sums instead of counting rows."""
    mart: str = ""
    """The file, and the table, of the rows' sums."""
    in_month: str = ""
    """The file of the same rows for periods that each lie within one month."""
    dimensions: tuple[str, ...] = ()
    """Columns by which rows can be told apart: a type to list by, or whole days of which a percentile is taken."""


ROWS: dict[RowKind, Rows] = {
    rows.kind: rows
    for rows in (
        Rows(
            "account",
            "tài khoản",
            "accounts",
            table="account",
            in_month="account_in_month",
            booleans=(
                "is_officer",
                "is_clerk",
                "is_leader",
                "is_activated",
                "has_logged_in",
                "has_processed",
                "has_signed",
                "is_weekly_active",
                "is_habitual",
            ),
        ),
        Rows(
            "document",
            "văn bản",
            "documents",
            table="document",
            mart="document_day",
            booleans=(
                "is_electronic",
                "is_parallel",
                "is_paper",
                "is_organ_signed",
                "is_signer_signed",
                "is_recalled",
                "is_sent_internally",
                "is_sent_by_axis",
                "is_axis_acknowledged",
            ),
            dimensions=("doc_type",),
        ),
        Rows("delivery", "lượt nhận", "deliveries", table="delivery", mart="delivery_day", booleans=("is_internal", "is_from_axis", "is_recalled")),
        Rows(
            "due_delivery",
            "lượt nhận có hạn",
            "deliveries with a due date",
            table="delivery",
            mart="due_delivery_day",
            booleans=("is_recalled", "is_settled", "is_on_time"),
        ),
        Rows(
            "completed_delivery",
            "lượt nhận đã xử lý xong",
            "completed deliveries",
            table="delivery",
            booleans=("is_recalled",),
            dimensions=("working_days",),
        ),
        Rows(
            "declared",
            "đơn vị có khai báo",
            "units with declarations",
            table="declared_total",
            measures=("issued_electronically", "declared_documents"),
        ),
        Rows("paper", "văn bản hoàn toàn điện tử", "wholly electronic documents", table="delivery", booleans=("is_recalled",), measures=("pages",)),
    )
}


@cache
def rows_sql(file: str) -> str:
    """The SELECT of a row kind or of its mart, without its closing newline."""
    return (FOLDER / f"{file}.sql").read_text(encoding="utf-8").strip()
