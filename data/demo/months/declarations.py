"""What units declare each month: administrative documents, not secret, whether or not the software saw them."""

from __future__ import annotations

import numpy as np
import polars as pl

from data.demo import pilot
from data.demo.draws import apportion, random_for
from data.demo.months.month import PlannedMonth
from data.demo.months.pilot_documents import PARTS_EXCEED_TOTAL
from data.demo.organisation.units import Units

POINTED = ("2026-03", "VKSTC-NVP", 1234)
"""A number written as text with a point for thousands."""
NOT_A_NUMBER = ("2024-08", "VKSTC-TCKS")
NOT_DECLARED = ("2024-11", "VKSTC-V9")
"""A unit that issued documents and declared nothing that month."""
REPEATED = "2024-08"
"""The month whose workbook holds one row twice."""


def plan_declarations(planned: PlannedMonth, units: Units, seed: int) -> pl.DataFrame:
    """unit_code, value, is_refused, is_repeated: one row per unit that issued documents, in the order of the units, and what is planted.

    In July 2024 the values add up to the published total.
    """
    month = planned.month
    rng = random_for(seed, "declarations", month.label)
    issuing = _issued_per_unit(planned, units)
    seen = (issuing["electronic"] + issuing["paper"]).to_numpy().astype(np.int64)
    if month.is_pilot:
        total = pilot.DOCUMENTS["declared"]
        exceeded = (issuing["unit_code"] == PARTS_EXCEED_TOTAL).to_numpy()
        too_few = issuing["electronic"].to_numpy() - 3
        low, high = np.where(exceeded, too_few, seen), np.where(exceeded, too_few, total)
        value = apportion(total, seen * rng.uniform(1.15, 2.2, len(seen)), low=low, high=high)
    else:
        progress = min(1.0, month.since_start / 26.0)
        value = seen + rng.binomial(seen, 0.62 - 0.5 * progress) + rng.integers(0, 2, len(seen))
    frame = issuing.select("unit_code", value=pl.Series(value.astype(np.int64)))
    if month.label == NOT_DECLARED[0]:
        frame = frame.filter(pl.col("unit_code") != NOT_DECLARED[1])
    if month.label == POINTED[0]:
        frame = _with_unit(frame, *POINTED[1:])
    if month.label == NOT_A_NUMBER[0]:
        frame = _with_unit(frame, NOT_A_NUMBER[1], 0)
    is_refused = (pl.col("unit_code") == NOT_A_NUMBER[1]) & pl.lit(month.label == NOT_A_NUMBER[0])
    frame = frame.with_columns(is_refused=is_refused, is_repeated=pl.lit(False))
    repeated = frame.filter(~pl.col("is_refused")).head(int(month.label == REPEATED)).with_columns(is_repeated=pl.lit(True))
    return pl.concat([frame, repeated])


def _issued_per_unit(planned: PlannedMonth, units: Units) -> pl.DataFrame:
    """unit_code, electronic (or parallel), paper: current documents of the month, in the order of the units."""
    on_paper = pl.col("form") == "G"
    counts = planned.current_documents.group_by("unit_code").agg(electronic=(~on_paper).sum().cast(pl.Int64), paper=on_paper.sum().cast(pl.Int64))
    return units.frame.select("unit_code", "sort_order").join(counts, on="unit_code").sort("sort_order").drop("sort_order")


def _with_unit(frame: pl.DataFrame, unit: str, value: int) -> pl.DataFrame:
    """The declarations with this one of a unit, last where there was none."""
    if unit in frame["unit_code"]:
        return frame.with_columns(value=pl.when(pl.col("unit_code") == unit).then(value).otherwise("value"))
    return pl.concat([frame, pl.DataFrame({"unit_code": [unit], "value": [value]}, schema=frame.schema)])
