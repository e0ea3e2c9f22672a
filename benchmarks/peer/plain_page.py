"""The page that anyone would write: eight figures, a chart and a table of 800 units of a chosen month, in plain Streamlit with cached queries.

Run by `benchmarks.dashboard` on the snapshot in VANBAN_SNAPSHOT. Our own `metric_values` gives its figures, so that only the page differs.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import polars as pl
import streamlit as st

from metrics.engines import Snapshot
from metrics.engines.duckdb import open_snapshot
from metrics.periods import month
from metrics.query.metric_values import metric_values
from metrics.tree.scope import Scope

RATES = ("activation_rate", "login_rate", "fully_electronic_ratio", "digitally_signed_ratio", "on_time_ratio")
COUNTS = ("outgoing_documents", "outgoing_electronic", "outgoing_parallel")


@st.cache_resource
def _snapshot(path: str) -> Snapshot:
    return open_snapshot(Path(path))


@st.cache_data
def _figures(path: str, first_on: date) -> pl.DataFrame:
    return metric_values(_snapshot(path), [*RATES, *COUNTS], month(first_on), Scope())


@st.cache_data
def _days(path: str, first_on: date) -> pl.DataFrame:
    frame = metric_values(_snapshot(path), ["logged_in_accounts"], month(first_on), Scope(), "day").slice(1)
    return frame.select(day="period_from", accounts="numerator")


@st.cache_data
def _units(path: str, first_on: date) -> pl.DataFrame:
    frame = metric_values(_snapshot(path), list(RATES), month(first_on), Scope(), "unit").drop_nulls("unit_code")
    return frame.pivot("metric", index="unit_code", values="value")


def main() -> None:
    """One run of the page."""
    path, first_on = os.environ["VANBAN_SNAPSHOT"], date.fromisoformat(st.query_params.get("from", "2025-01-01"))
    st.set_page_config(layout="wide")
    st.title("Sơ kết")
    figures = _figures(path, first_on)
    for column, row in zip(st.columns(8), figures.iter_rows(named=True), strict=True):
        value = row["value"] or 0.0
        column.metric(row["label"], f"{value:.2%}" if row["denominator"] is not None else f"{value:,.0f}")
    st.line_chart(_days(path, first_on), x="day", y="accounts")
    st.dataframe(_units(path, first_on))


main()
