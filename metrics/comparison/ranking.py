"""The one ranking of units on a ratio: who is low, by how much, and who answers for it. Page, map, list, report, file and command read it.

A unit is low where it lies on the unwanted side of the average by more than chance and the usual spread (`against_average`), and so never above it.
It is ranked by how many cases it lies beyond what chance allows, not by its rate: 26 accounts of a province count for more than 2 of 3 of an office.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import polars as pl

from metrics.comparison.against_average import against_average
from metrics.model import Good


def worse_side(good: Good) -> str:
    """`above` or `below`: the side of the average that is not wanted; the lower one where neither is better."""
    return "above" if good == "down" else "below"


def ranking(values: pl.DataFrame, whole: float | None, units: pl.DataFrame, good: Good) -> pl.DataFrame:
    """`against_average` of `values`, in its order, with `is_low` and `head`.

    values: unit_code, numerator, denominator of all units of the scope with their subtrees. whole: the rate of the scope. units: unit_code, level,
    parent_code. head: of a low unit the topmost low unit above it, or itself: whose leader is called. null for others.
    """
    judged = against_average(values, whole, units).with_columns(is_low=pl.col("position").str.starts_with(worse_side(good)).fill_null(value=False))
    low = set(judged.filter("is_low")["unit_code"])
    above = dict(units.select("unit_code", "parent_code").iter_rows())
    return judged.with_columns(head=pl.Series([_head(code, low, above) for code in judged["unit_code"]], dtype=pl.String))


def low_heads(ranked: pl.DataFrame) -> pl.DataFrame:
    """The rows of `ranking` whose leaders are to be called, the largest excess first; a low unit below another low one stands in that one's."""
    return ranked.filter("is_low", pl.col("head") == pl.col("unit_code")).sort("excess", "denominator", "unit_code", descending=[True, True, False])


def _head(code: str | None, low: Collection[str | None], above: Mapping[str, str | None]) -> str | None:
    if code not in low:
        return None
    head, at, seen = code, code, set[str]()
    while at is not None and at not in seen:
        seen.add(at)
        head = at if at in low else head
        at = above.get(at)
    return head
