"""How figures are rounded, on every surface alike: a half goes up, away from zero, as people round by hand."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def half_up(value: float | Decimal, decimals: int = 0) -> Decimal:
    """`value` with so many decimals; a tie goes away from zero (1/8 with two decimals is 0.13).

    A ratio of two counts is rounded as the exact quotient: the shortest text of the nearest float is the exact decimal wherever that has
    15 digits or fewer, which every tie has. Multiply Decimals and not floats before rounding (`half_up(Decimal(repr(ratio)) * 100, 2)`).
    """
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def percent(ratio: float, decimals: int = 2) -> Decimal:
    """A ratio as a percentage, rounded half up: 0.00125 gives 0.13 with two decimals."""
    return half_up(Decimal(repr(ratio)) * 100, decimals)
