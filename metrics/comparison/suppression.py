"""Small cells hidden from peers, and enough beside them that subtraction does not bring them back.

A table that goes to peers shows units with their totals: a parent's figure is its own part plus its children. Whoever reads it
knows these sums, may know headcounts, and knows which count is a part of which (who uses it weekly has logged in). So for every
hidden unit each count must stay open: some other table of whole numbers fits everything shown and differs in that cell. There is
one where somebody in the unit who counts can change places with somebody outside it who does not, and no shown row tells the two
apart. With everything that they did, they keep every count within those that it is a part of: so each column may be judged alone.
Pure; polars in, polars out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

SMALLEST = 5
"""A population below this is never shown to peers (a setting of the organisation)."""


def suppress(table: pl.DataFrame, counts: Sequence[str], population: str, smallest: int = SMALLEST) -> pl.DataFrame:
    """`table` with `is_hidden`, the hidden rows' `population`, `counts` and `value` set to null.

    table: unit_code, parent_code (null or absent from the table: a top), `population` and `counts` (each between 0 and the
    population), of each unit with its subtree. All columns of a row are hidden together. Besides small units, the smallest
    others are hidden until no count of a hidden unit (or of a parent's small own part, which nobody prints but anyone can
    subtract) is determined.
    Null counts are taken as unknown to everyone and stay as they are. Raises ValueError where a count exceeds its population.
    """
    # With no count but the population itself (nobody did anything) none can be beyond it.
    beyond = table.filter(pl.any_horizontal(pl.lit(False), *((pl.col(name) > pl.col(population)) | (pl.col(name) < 0) for name in counts)))
    if beyond.height:
        raise ValueError(f"{beyond['unit_code'][0]} counts more than its population; only parts of the population can be protected by it.")
    tree = _Tree.of(table, counts, population)
    hidden = {code for code in tree.codes if 0 < tree.size[code] < smallest}
    small_own = {code for code in tree.codes if tree.children[code] and 0 < tree.own_size[code] < smallest}
    while (told := next(_determined(tree, hidden, small_own), None)) is not None:
        # Hiding one of the same family leaves the difference open; the smallest costs readers least.
        candidates = [code for code in tree.related(told) if code not in hidden and tree.size[code] > 0]
        candidates = candidates or [code for code in tree.codes if code not in hidden and tree.size[code] > 0]
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
class _Tree:
    """Units with their sums (`cells`), and the people of each unit's own part (its slot) by count.

    Both are null where a count is unknown.
    """

    codes: list[str]
    size: dict[str, int]
    own_size: dict[str, int]
    cells: dict[str, dict[str, int | None]]
    own: dict[str, dict[str, int | None]]
    parent: dict[str, str | None]
    children: dict[str, list[str]]

    @classmethod
    def of(cls, table: pl.DataFrame, counts: Sequence[str], population: str) -> _Tree:
        codes = table["unit_code"].to_list()
        given = dict(zip(codes, table["parent_code"].to_list(), strict=True))
        children: dict[str, list[str]] = {code: [] for code in codes}
        for code, above in given.items():
            if above in children:
                children[above].append(code)
        size = {code: int(number or 0) for code, number in zip(codes, table[population].to_list(), strict=True)}
        cells = {name: dict(zip(codes, table[name].to_list(), strict=True)) for name in counts}
        own = {name: {code: _less(column[code], [column[child] for child in children[code]]) for code in codes} for name, column in cells.items()}
        return cls(
            codes=codes,
            size=size,
            own_size={code: max(0, size[code] - sum(size[child] for child in children[code])) for code in codes},
            cells=cells,
            own=own,
            parent={code: above if above in children else None for code, above in given.items()},
            children=children,
        )

    def related(self, code: str) -> list[str]:
        """Brothers and children first; then, with these exhausted, the parent and its brothers, and so on up."""
        above = self.parent[code]
        near = [*self.children[code], *(self.children[above] if above is not None else [])]
        while above is not None and not [one for one in near if one != code]:
            near = [above]
            above = self.parent[above]
        return [one for one in near if one != code]

    def can_give(self, name: str, slot: str) -> bool:
        """Whether somebody in the slot counts."""
        here = self.own[name][slot]
        return here is not None and 0 < here <= self.own_size[slot]

    def can_take(self, name: str, slot: str) -> bool:
        """Whether somebody in the slot does not count."""
        here = self.own[name][slot]
        return here is not None and 0 <= here < self.own_size[slot]

    def below(self, code: str) -> list[str]:
        """The unit and all below it."""
        found = [code]
        for one in found:
            found += self.children[one]
        return found


def _less(total: int | None, others: Sequence[int | None]) -> int | None:
    known = [other for other in others if other is not None]
    return None if total is None or len(known) < len(others) else total - sum(known)


def _determined(tree: _Tree, hidden: set[str], small_own: set[str]) -> Iterator[str]:
    """Hidden units (or parents with a small own part) of which some count can be worked out from all that is shown."""
    together: dict[str | None, list[str]] = {}
    shown_above: dict[str, str | None] = {}
    for code in tree.codes:
        at: str | None = code
        while at is not None and at in hidden:
            at = tree.parent[at]
        shown_above[code] = at
        together.setdefault(at, []).append(code)

    def is_open(inside: Collection[str], name: str) -> bool:
        """Whether somebody can change places over the border of these slots."""
        for slot in inside:
            can_give, can_take = tree.can_give(name, slot), tree.can_take(name, slot)
            if shown_above[slot] is None:  # nothing above is shown: anybody may be anywhere
                if can_give or can_take:
                    return True
                continue
            for other in together[shown_above[slot]]:
                if other not in inside and ((can_give and tree.can_take(name, other)) or (can_take and tree.can_give(name, other))):
                    return True
        return False

    for code in tree.codes:
        if code in hidden and tree.size[code] > 0:
            inside = set(tree.below(code))
            if any(tree.cells[name][code] is not None and not is_open(inside, name) for name in tree.cells):
                yield code
        if code in small_own and any(tree.own[name][code] is not None and not is_open({code}, name) for name in tree.own):
            yield code
