"""Repeatable draws and exact shares: every part of the sample takes its chance from (seed, subject), so parts can be made in any order."""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def random_for(seed: int, *subject: str | int) -> np.random.Generator:
    """A generator that depends on the seed and the subject alone, not on what was drawn before."""
    return np.random.default_rng([seed, *(zlib.crc32(str(part).encode()) for part in subject)])


def apportion(total: int, weights: Floats, low: Ints | int = 0, high: Ints | int | None = None) -> Ints:
    """Whole numbers within `low`..`high` that add up to `total`, near proportional to `weights` (largest remainders).

    Raises ValueError when the bounds leave no such split.
    """
    lows = np.broadcast_to(np.asarray(low, dtype=np.int64), weights.shape)
    highs = np.full(weights.shape, total, dtype=np.int64) if high is None else np.broadcast_to(np.asarray(high, dtype=np.int64), weights.shape)
    if not lows.sum() <= total <= highs.sum():
        raise ValueError(f"{total} cannot be split within bounds that add up to {lows.sum()}..{highs.sum()}")
    smallest, largest = 0.0, 2.0 * max(total, 1) / max(float(weights[weights > 0].min()), 1e-9)
    for _ in range(200):
        factor = (smallest + largest) / 2
        if np.clip(weights * factor, lows, highs).sum() < total:
            smallest = factor
        else:
            largest = factor
    exact = np.clip(weights * smallest, lows, highs)
    whole = np.maximum(np.floor(exact + 1e-9).astype(np.int64), lows)
    missing = total - int(whole.sum())
    while missing > 0:
        order = np.argsort(-(exact - whole), kind="stable")
        takers = [int(place) for place in order if whole[place] < highs[place]][:missing]
        whole[takers] += 1
        missing -= len(takers)
    return whole
