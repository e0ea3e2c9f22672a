"""Small cells hidden from peers, and enough beside them that subtraction does not bring them back.

A table that goes to peers shows units with their totals: a parent's figure is its own part plus its children. Whoever reads
it knows these sums, and may know headcounts. So for every hidden small unit each count must stay open: at least two values fit
everything shown. Pure; polars in, polars out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

SMALLEST = 5
"""A population below this is never shown to peers (a setting of the organisation)."""

_Bounds = tuple[int, int]


def suppress(table: pl.DataFrame, counts: Sequence[str], population: str, smallest: int = SMALLEST) -> pl.DataFrame:
    """`table` with `is_hidden`, the hidden rows' `population`, `counts` and `value` set to null.

    table: unit_code, parent_code (null or absent from the table: a top), `population` and `counts` (each between 0 and the
    population), of each unit with its subtree. All columns of a row are hidden together. Besides small units, the smallest
    others are hidden until no count of a small unit (or of a parent's small own part, which nobody prints but anyone can
    subtract) is determined: by interval arithmetic over all sums, which on a tree is as sharp as linear programming.
    Null counts are taken as unknown to everyone and stay as they are. Raises ValueError where a count exceeds its population.
    """
    beyond = table.filter(pl.any_horizontal((pl.col(name) > pl.col(population)) | (pl.col(name) < 0) for name in counts))
    if beyond.height:
        raise ValueError(f"{beyond['unit_code'][0]} counts more than its population; only parts of the population can be protected by it.")
    tree = _Family(table, population)
    columns = {name: dict(zip(tree.codes, table[name].to_list(), strict=True)) for name in counts}
    hidden = {code for code in tree.codes if 0 < tree.size[code] < smallest}
    small_own = {code for code in tree.codes if tree.children[code] and 0 < tree.own_size(code) < smallest}
    while True:
        told = next(
            (code for column in columns.values() for code in _determined(tree, column, hidden, small_own)),
            None,
        )
        if told is None:
            break
        # Hiding one of the same family leaves the difference open; the smallest costs readers least.
        candidates = [code for code in tree.related(told) if code not in hidden and tree.size[code] > 0]
        if not candidates:
            candidates = [code for code in tree.codes if code not in hidden and tree.size[code] > 0]
        if not candidates:
            break
        hidden.add(min(candidates, key=lambda code: (tree.size[code], code)))
    is_hidden = pl.Series("is_hidden", [code in hidden for code in tree.codes], dtype=pl.Boolean)
    blanked = [name for name in (population, *counts, "numerator", "denominator", "value") if name in table.columns]
    return table.with_columns(is_hidden).with_columns(
        pl.when("is_hidden").then(None).otherwise(pl.col(name)).alias(name) for name in dict.fromkeys(blanked)
    )


def suppress_figures(values: pl.DataFrame, units: pl.DataFrame, smallest: int = SMALLEST) -> pl.DataFrame:
    """An answer of `metric_values` by unit as peers may see it: `is_hidden` is added, hidden figures are null.

    values: account metrics with `provisioned_accounts`, the population, among them. units: unit_code, parent_code of all units.
    A unit is hidden with all its metrics. The whole is a sum like any other: what it and its parts tell together counts,
    so it is hidden too where nothing less protects a unit.
    """
    whole = values["unit_code"][0]
    coded = values.with_columns(unit_code=pl.col("unit_code").fill_null(_WHOLE))
    sides = coded.unpivot(["numerator", "denominator"], index=["unit_code", "metric"], variable_name="side", value_name="count").drop_nulls("count")
    wide = sides.with_columns(column=pl.concat_str("metric", pl.lit(" "), "side")).pivot("column", index="unit_code", values="count")
    listed = set(wide["unit_code"])
    above = dict(units.select("unit_code", "parent_code").iter_rows())

    def parent(code: str) -> str | None:
        """The nearest unit above that is listed: with a pilot group, not every parent is."""
        top = whole if whole is not None else _WHOLE
        at = above.get(code)
        while at is not None and at not in listed:
            at = above.get(at)
        return None if code == top else at if at is not None else top

    population = "provisioned_accounts numerator"
    tree = wide.with_columns(parent_code=pl.Series([parent(code) for code in wide["unit_code"]], dtype=pl.String))
    # A denominator that is the population itself says nothing that a headcount would not.
    counts = [column for column in wide.columns if column != "unit_code" and (wide[column] != wide[population]).any()]
    hidden = suppress(tree, counts, population, smallest).filter("is_hidden")["unit_code"].to_list()
    is_hidden = coded.select(pl.col("unit_code").is_in(hidden).alias("is_hidden")).to_series()
    return values.with_columns(is_hidden).with_columns(
        pl.when("is_hidden").then(None).otherwise(pl.col(name)).alias(name) for name in ("numerator", "denominator", "value")
    )


_WHOLE = "\0whole"


@dataclass(frozen=True)
class _Family:
    """The sums of the table: each parent with its children."""

    codes: list[str]
    size: dict[str, int]
    parent: dict[str, str | None]
    children: dict[str, list[str]]

    def __init__(self, table: pl.DataFrame, population: str) -> None:
        codes = table["unit_code"].to_list()
        parents = dict(zip(codes, table["parent_code"].to_list(), strict=True))
        children: dict[str, list[str]] = {code: [] for code in codes}
        for code, above in parents.items():
            if above in children:
                children[above].append(code)
        object.__setattr__(self, "codes", codes)
        object.__setattr__(self, "size", {code: int(size or 0) for code, size in zip(codes, table[population].to_list(), strict=True)})
        object.__setattr__(self, "parent", {code: above if above in children else None for code, above in parents.items()})
        object.__setattr__(self, "children", children)

    def own_size(self, code: str) -> int:
        return self.size[code] - sum(self.size[child] for child in self.children[code])

    def related(self, code: str) -> list[str]:
        """Brothers and children first; then, with these exhausted, the parent and its brothers, and so on up."""
        above = self.parent[code]
        near = [*self.children[code], *(self.children[above] if above is not None else [])]
        while above is not None and not [one for one in near if one != code]:
            near = [above]
            above = self.parent[above]
        return [one for one in near if one != code]


def _determined(tree: _Family, column: dict[str, int | None], hidden: set[str], small_own: set[str]) -> list[str]:
    """Small units (or parents with a small own part) of which this column could be worked out."""
    bounds = _bounds(tree, column, hidden)
    found = []
    for code in tree.codes:
        is_small = code in hidden and column[code] is not None
        if (is_small and bounds[code][0] == bounds[code][1] and tree.size[code] > 0) or (
            code in small_own and column[code] is not None and bounds[f"{code}\0own"][0] == bounds[f"{code}\0own"][1]
        ):
            found.append(code)
    return found


def _bounds(tree: _Family, column: dict[str, int | None], hidden: set[str]) -> dict[str, _Bounds]:
    """What every count may be, given what is shown, the headcounts and the sums: least and greatest."""
    bounds: dict[str, _Bounds] = {}
    for code in tree.codes:
        shown = column[code]
        bounds[code] = (0, tree.size[code]) if code in hidden or shown is None else (shown, shown)
        bounds[f"{code}\0own"] = (0, max(0, tree.own_size(code))) if tree.children[code] else bounds[code]
    families = [(code, [f"{code}\0own", *tree.children[code]]) for code in tree.codes if tree.children[code]]
    is_moving = True
    while is_moving:
        is_moving = False
        for total, parts in families:
            low, high = (sum(bounds[part][side] for part in parts) for side in (0, 1))
            is_moving |= _narrow(bounds, total, low, high)
            for part in parts:
                others_low, others_high = low - bounds[part][0], high - bounds[part][1]
                is_moving |= _narrow(bounds, part, bounds[total][0] - others_high, bounds[total][1] - others_low)
                low, high = (sum(bounds[one][side] for one in parts) for side in (0, 1))
    return bounds


def _narrow(bounds: dict[str, _Bounds], code: str, low: int, high: int) -> bool:
    narrowed = (max(bounds[code][0], low), min(bounds[code][1], high))
    if narrowed == bounds[code] or narrowed[0] > narrowed[1]:
        return False
    bounds[code] = narrowed
    return True
