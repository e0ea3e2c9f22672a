"""Units with their rate as a dot in its interval, beside the rate of the whole: what differs, and how surely."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from markupsafe import Markup

from dashboard.session.figures import Figure
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.unit_names import Unit

Row = Mapping[str, Any]


@dataclass(frozen=True)
class IntervalRow:
    """One unit with its rate, counts and bounds (0 to 1), and what is to be said of it."""

    unit: Unit
    href: str
    remark: str
    rate: Row
    is_marked: bool
    """Drawn in the accent: what the list is about. The others are drawn calm."""


def interval_list(page: Page, title: str, rates: pl.DataFrame, whole: Figure, remark: Callable[[Row], str], note: str) -> Markup:
    """The units of `rates` (numerator, denominator, value, low, high; marked where `is_lower`) in its order on an axis from 0 to 100%.

    A line marks the rate of the whole; `note` says what the list leaves out.
    """
    rows = [
        IntervalRow(page.tree.units[row["unit_code"]], page.link_to(row["unit_code"]), remark(row), row, bool(row.get("is_lower")))
        for row in rates.iter_rows(named=True)
    ]
    return markup("overview/intervals.html", title=title, rows=rows, whole=whole.value, note=note)


def lowest_units(page: Page) -> pl.Expr:
    """Rows of units without units below them, so that none counts twice."""
    parents = {unit.parent_code for unit in page.tree.units.values() if page.is_in_tree(unit)}
    return pl.col("unit_code").is_not_null() & ~pl.col("unit_code").is_in(list(filter(None, parents)))


def cells_of(page: Page, row: Row) -> tuple[str, int, int]:
    """Unit, n and N as a table twin has them."""
    return page.tree.label(row["unit_code"]), row["numerator"], row["denominator"]
