"""The least and greatest value of one unknown under sums and bounds: an exact two-phase simplex in fractions (Bland's rule)."""

from __future__ import annotations

from fractions import Fraction


def interval(target: int, upper: list[int], sums: list[tuple[list[int], int]]) -> tuple[Fraction, Fraction]:
    """Bounds of x[target] where 0 <= x <= upper and, for each (unknowns, total), the unknowns add up to the total."""
    count = len(upper)
    rows: list[list[Fraction]] = []
    for unknowns, total in sums:
        rows.append([Fraction(unknowns.count(column)) for column in range(count)] + [Fraction(0)] * count + [Fraction(total)])
    for column, bound in enumerate(upper):  # x + slack = upper
        row = [Fraction(0)] * (2 * count) + [Fraction(bound)]
        row[column] = row[count + column] = Fraction(1)
        rows.append(row)
    least = _minimum(rows, [Fraction(int(column == target)) for column in range(2 * count)])
    greatest = -_minimum(rows, [Fraction(-int(column == target)) for column in range(2 * count)])
    return least, greatest


def _minimum(rows: list[list[Fraction]], cost: list[Fraction]) -> Fraction:
    width = len(cost)
    table = [row[:-1] + [Fraction(int(number == own)) for own in range(len(rows))] + row[-1:] for number, row in enumerate(rows)]
    basis = [width + number for number in range(len(rows))]
    phase_one = [Fraction(0)] * width + [Fraction(1)] * len(rows)
    assert _solve(table, basis, phase_one, width + len(rows)) == 0, "the shown figures contradict each other"
    for number, basic in enumerate(basis):  # an artificial variable left at 0 must not come back
        if basic >= width:
            column = next((column for column in range(width) if table[number][column] != 0), None)
            if column is not None:
                _pivot(table, basis, number, column)
    return _solve(table, basis, cost + [Fraction(0)] * len(rows), width)


def _solve(table: list[list[Fraction]], basis: list[int], cost: list[Fraction], allowed: int) -> Fraction:
    while True:
        reduced = [cost[column] - sum(cost[basis[number]] * row[column] for number, row in enumerate(table)) for column in range(allowed)]
        column = next((column for column, value in enumerate(reduced) if value < 0), None)
        if column is None:
            return sum((cost[basis[number]] * row[-1] for number, row in enumerate(table)), Fraction(0))
        ratios = [(row[-1] / row[column], basis[number], number) for number, row in enumerate(table) if row[column] > 0]
        _pivot(table, basis, min(ratios)[2], column)


def _pivot(table: list[list[Fraction]], basis: list[int], number: int, column: int) -> None:
    scale = table[number][column]
    table[number] = [value / scale for value in table[number]]
    for other, row in enumerate(table):
        if other != number and row[column] != 0:
            factor = row[column]
            table[other] = [value - factor * own for value, own in zip(row, table[number], strict=True)]
    basis[number] = column
