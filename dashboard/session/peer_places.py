"""Where one unit stands among its peers, in figures that name none of them."""

from __future__ import annotations

import polars as pl

from metrics.catalog import metric
from metrics.comparison.against_average import against_average
from metrics.comparison.peers import FEWEST_PEERS, peers, quartiles

SIZE = "provisioned_accounts"

SCHEMA: dict[str, type[pl.DataType]] = {
    "metric": pl.String,
    "peers": pl.Int64,
    "quarter": pl.Int64,
    "low": pl.Float64,
    "high": pl.Float64,
    "position": pl.String,
}
"""How many peers, 1 the best quarter of them to 4, and the middle half of their values; null where there are too few, the quarter also where
chance may have put it elsewhere. Position against the rate
of the whole (`metrics.comparison.against_average`)."""


def peer_places(frame: pl.DataFrame, sizes: dict[str, pl.DataFrame], levels: pl.DataFrame, unit_code: str) -> pl.DataFrame:
    """One row in SCHEMA for each metric of the frame.

    frame: metric, unit_code, numerator, denominator, value, of each metric the whole first. sizes: for each metric, unit_code and size of the
    population that it is read on. levels: unit_code, level.
    """
    rows: list[tuple[str, int | None, int | None, float | None, float | None, str | None]] = []
    for name in frame["metric"].unique(maintain_order=True):
        pairs = peers(sizes[name].join(levels, on="unit_code")).filter(pl.col("unit_code") == unit_code)
        of_metric = frame.filter(pl.col("metric") == name)
        values = of_metric.drop_nulls("unit_code").select("unit_code", "numerator", "denominator", "value")
        average = of_metric.filter(pl.col("unit_code").is_null())["value"].to_list() or [None]
        judged = against_average(of_metric.drop_nulls("unit_code"), average[0], levels).filter(pl.col("unit_code") == unit_code)
        position = judged["position"][0] if judged.height else None
        rows.append((name, *_place(values, pairs, metric(name).good == "down", unit_code), position))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _place(values: pl.DataFrame, pairs: pl.DataFrame, is_down: bool, unit_code: str) -> tuple[int | None, int | None, float | None, float | None]:
    placed = quartiles(values, pairs).filter(pl.col("unit_code") == unit_code)
    of_peers = values.join(pairs.select(unit_code="peer_code"), on="unit_code", how="semi")["value"].drop_nulls()
    if placed.is_empty() or placed["peers"][0] is None or not len(of_peers):
        return None, None, None, None
    count = int(placed["peers"][0])
    if count < FEWEST_PEERS:  # a quarter of two says nothing
        return count, None, None, None
    quartile = placed["quartile"][0]
    low, high = of_peers.quantile(0.25, "nearest"), of_peers.quantile(0.75, "nearest")
    return count, quartile if is_down or quartile is None else 5 - quartile, float(low or 0.0), float(high or 0.0)
