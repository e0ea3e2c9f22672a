"""Scales that fit what is compared: an axis no wider than its marks, and steps of colour around a target."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

LEAST = 0.1
"""An axis is at least ten points wide, so that a change of half a point is no cliff."""
REACHES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
STEPS = 3


@dataclass(frozen=True)
class FittedAxis:
    """A part of the axis from 0 to 1, both ends at whole five per cents."""

    low: float
    high: float

    def place(self, value: float) -> float:
        """Where a value stands between both ends, 0 to 1."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))


def fitted(values: Iterable[float | None]) -> FittedAxis:
    """The narrowest axis that has all values on it."""
    known = [min(1.0, max(0.0, value)) for value in values if value is not None] or [0.0, 1.0]
    low, high = math.floor(min(known) * 20 + 1e-9) / 20, math.ceil(max(known) * 20 - 1e-9) / 20
    while high - low < LEAST - 1e-9:
        low, high = max(0.0, low - 0.05), min(1.0, high + 0.05)
    return FittedAxis(low, high)


@dataclass(frozen=True)
class Around:
    """Steps of colour on either side of an aim: `short-0` to `short-2` where it is missed, `over-0` to `over-2` where it is met."""

    reach: float
    """How far the outermost steps go, 0 to 1."""
    is_down: bool = False
    """Whether less is better."""

    def step(self, difference: float | None) -> str:
        """The class of a difference from the aim (value less aim)."""
        if difference is None:
            return "none"
        better = -difference if self.is_down else difference
        number = min(STEPS - 1, int(abs(better) / self.reach * STEPS + 1e-9))
        return f"{'over' if better >= 0 else 'short'}-{number}"


def around(differences: Iterable[float | None], is_down: bool = False) -> Around:
    """Steps that reach as far as most of the differences do: one far outlier does not wash out the others."""
    sizes = sorted(abs(one) for one in differences if one is not None)
    usual = sizes[int(0.9 * (len(sizes) - 1))] if sizes else 0.0
    return Around(next((reach for reach in REACHES if usual <= reach), 1.0), is_down)
