"""How figures are rounded, on every surface alike: a half goes up, away from zero, as people round by hand; and no finer than the cases allow.

Of fewer than FEW cases one is more than a per cent, so that decimals would tell of nothing: such rates are told in whole per cents, beside their
counts.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

FEW = 100
DECIMALS = 2
"""Of a percentage."""


def half_up(value: float | Decimal, decimals: int = 0) -> Decimal:
    """`value` with so many decimals; a tie goes away from zero (1/8 with two decimals is 0.13).

    A ratio of two counts is rounded as the exact quotient: the shortest text of the nearest float is the exact decimal wherever that has
    15 digits or fewer, which every tie has. Multiply Decimals and not floats before rounding (`half_up(Decimal(repr(ratio)) * 100, 2)`).
    """
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def decimals_for(cases: int | None, decimals: int = DECIMALS) -> int:
    """How many decimals a percentage of so many cases is told with; None: it is not of cases, or nobody knows of how many."""
    return 0 if cases is not None and cases < FEW else decimals


def percent(ratio: float, decimals: int = DECIMALS, of: int | None = None) -> Decimal:
    """A ratio of `of` cases as a percentage, rounded half up: 0.00125 of 800 gives 0.13 with two decimals, 87/96 gives 91."""
    return half_up(Decimal(repr(ratio)) * 100, decimals_for(of, decimals))
