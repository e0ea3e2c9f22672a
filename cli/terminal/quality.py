"""What each figure that a command tells can bear: the line of the pages, as a column of csv and json."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from data.language import Language
    from metrics.engines import Snapshot
    from metrics.periods import Period
    from metrics.query.coverage import Coverage


def quality_of_rows(snapshot: Snapshot, frame: pl.DataFrame, group: int | None, language: Language) -> pl.Series:
    """`quality` of each row: metric, unit_code, period_from, period_to, numerator, denominator; `group` is that of the whole answer."""
    from dashboard.session.quality_line import quality_lines
    from metrics.catalog import metric
    from metrics.query.coverage import coverage

    def coverage_of(name: str, days: Period, of_row: int | None) -> Coverage:
        return coverage(snapshot, metric(name), days, group if of_row is None else of_row)

    return quality_lines(frame, coverage_of, snapshot.info.first_on, language)
