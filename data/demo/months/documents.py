"""Outgoing and incoming documents of a month: who issued them, in which form, with which marking and signatures.

The columns are DOCUMENT_SCHEMA for outgoing and INCOMING_SCHEMA for incoming ones; later months are drawn, the pilot month is counted out
exactly in pilot_month.py.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from data.demo.calendar import DAY, Month, day_number, day_weights, office_seconds
from data.demo.draws import Floats, Ints, random_for
from data.demo.months.activity import DROPPING
from data.demo.organisation.accounts import Accounts
from data.demo.organisation.units import ROOT, Units

DOCUMENT_SCHEMA = {
    "unit_code": pl.String,
    "issued": pl.Int64,
    "form": pl.String,  # DT electronic, SS parallel, G paper
    "marking": pl.String,  # 0 ordinary, 1 to 3 secret, anything else or null not understood
    "status": pl.String,  # 01 draft, 02 for signature, 03 issued, 04 sent, 05 recalled, 06 filed
    "signer_signed": pl.Boolean,
    "organ_signed": pl.Boolean,
    "internal": pl.Boolean,
    "axis": pl.Boolean,
    "is_deleted": pl.Boolean,
    "is_date_wrong": pl.Boolean,
}
INCOMING_SCHEMA = {
    "unit_code": pl.String,
    "arrived": pl.Int64,
    "origin": pl.String,  # TL axis, BC post
    "package": pl.String,  # VB document, TT status message
    "marking": pl.String,
    "is_deleted": pl.Boolean,
}
ISSUED_STATUS = ("03", "04", "06")
RECALLED_STATUS = "05"
SECRET_MARKINGS: tuple[str | None, ...] = ("1", "2", "3", "1", "1", "2", "9", "", None)
"""What a secret document is drawn from: the three grades, a code that nobody knows, an empty one and a missing one."""
DOCUMENT_TYPES = {"CV": 44.0, "BC": 16.0, "TB": 11.0, "QĐ": 9.0, "KH": 8.0, "TTr": 4.0, "GM": 4.0, "HD": 2.0, "PC": 2.0}
"""Common types and how often; the abbreviations are those of data/reference/doc_types.csv, an official letter has none there and is CV here."""
MIX_SHIFT = {"N31": (0.94, 3.0, 1.0), "N38": (0.62, 1.0, 3.0)}
"""Province offices with a constant electronic share whose volumes change places on 1 April 2026: (share, volume before, after)."""
MIX_SHIFT_FROM = "2026-04"


def is_ordinary() -> pl.Expr:
    """Whether a document is not secret; a marking that is not understood counts as secret."""
    return (pl.col("marking") == "0").fill_null(False)


def is_released() -> pl.Expr:
    """Whether a document was issued, even if recalled later."""
    return pl.col("status").is_in([*ISSUED_STATUS, RECALLED_STATUS])


def later_documents(accounts: Accounts, units: Units, month: Month, scale: float, seed: int) -> pl.DataFrame:
    """Outgoing documents (DOCUMENT_SCHEMA) of a month after the pilot, in the order of their issue."""
    rng = random_for(seed, "documents", month.label)
    volume = _volume(accounts, units, month)
    codes = np.array(list(volume))
    unit = np.repeat(codes, rng.poisson(np.array(list(volume.values())) * scale))
    count = len(unit)
    progress = min(1.0, month.since_start / 26.0)
    bias = dict(zip(codes, random_for(seed, "form bias").normal(0.0, 0.06, len(codes)), strict=True))
    electronic = np.clip(0.64 + 0.27 * progress + np.array([bias[code] for code in unit]), 0.2, 0.97)
    for code, (share, _, _) in MIX_SHIFT.items():
        electronic[unit == code] = share
    paper = (0.045 - 0.03 * progress) * (1 - np.isin(unit, list(MIX_SHIFT)))
    chance = rng.random(count)
    form = np.select([chance < paper, chance < paper + (1 - paper) * electronic], ["G", "DT"], default="SS")
    signed = (rng.random(count) < 0.71 + 0.25 * progress) & (form != "G")
    kind = rng.random(count)
    internal = rng.random(count) < 0.68
    frame = pl.DataFrame(
        {
            "unit_code": unit,
            "issued": _issue_times(month.day_numbers(), count, rng),
            "form": form.astype(str),
            "marking": _markings(count, 0.016, rng),
            "status": rng.choice(ISSUED_STATUS, count, p=[0.25, 0.6, 0.15]),
            "signer_signed": signed & (kind > 0.2),
            "organ_signed": signed & ((kind < 0.2) | (kind > 0.3)),
            "internal": internal & (form != "G"),
            "axis": (rng.random(count) < 0.045 + 0.05 * ~internal) & (form != "G"),
            "is_deleted": rng.random(count) < 0.003,
            "is_date_wrong": np.zeros(count, dtype=bool),
        },
        schema=DOCUMENT_SCHEMA,
    )
    state = rng.random(count)
    status = pl.Series(np.select([state < 0.006, state < 0.016], [RECALLED_STATUS, "01"], default=""))
    return frame.with_columns(status=pl.when(status != "").then(status).otherwise("status")).sort("issued", "unit_code", maintain_order=True)


def later_incoming(accounts: Accounts, units: Units, month: Month, scale: float, seed: int) -> pl.DataFrame:
    """Documents from outside the organisation (INCOMING_SCHEMA) in a month after the pilot."""
    rng = random_for(seed, "incoming", month.label)
    volume = {code: expected for code, expected in _volume(accounts, units, month).items() if not code.startswith(("H", "K"))}
    unit = np.repeat(np.array(list(volume)), rng.poisson(np.array(list(volume.values())) * 0.2 * scale))
    return incoming_documents(unit, month, rng, axis_share=0.55 + 0.2 * min(1.0, month.since_start / 26.0))


def incoming_documents(unit: np.ndarray[tuple[int], np.dtype[np.str_]], month: Month, rng: np.random.Generator, axis_share: float) -> pl.DataFrame:
    """One incoming package per element of `unit`, in the order of arrival; about one in nine on the axis is only a status message."""
    count = len(unit)
    is_axis = rng.random(count) < axis_share
    return pl.DataFrame(
        {
            "unit_code": unit,
            "arrived": _issue_times(month.day_numbers(), count, rng),
            "origin": np.where(is_axis, "TL", "BC"),
            "package": np.where(is_axis & (rng.random(count) < 0.11), "TT", "VB"),
            "marking": _markings(count, 0.02, rng),
            "is_deleted": rng.random(count) < 0.004,
        },
        schema=INCOMING_SCHEMA,
    ).sort("arrived", "unit_code", maintain_order=True)


def _volume(accounts: Accounts, units: Units, month: Month) -> dict[str, float]:
    """Expected documents of each unit: it grows with its activated accounts, offices write more than the units below them."""
    day = day_number(month.first_day) + 14
    in_use = accounts.frame.select(
        "account",
        in_use=(pl.col("activated") < day * DAY) & (pl.col("disabled").is_null() | (pl.col("disabled") >= day * DAY)),
    )
    counts = (
        accounts.unit_on(month.last_day)
        .join(in_use, on="account")
        .group_by("unit_code")
        .agg(pl.col("in_use").sum())
        .join(units.frame.select("unit_code", "level", "pilot_group", "sort_order"), on="unit_code")
        .sort("sort_order")
    )
    volume: dict[str, float] = {}
    for code, active, level, group in counts.select("unit_code", "in_use", "level", "pilot_group").iter_rows():
        per_account = 1.15 if group == 1 else {"khu_vuc": 0.46, "cap_tinh": 0.62, "don_vi_toi_cao": 1.2}.get(level, 0.6)
        expected = per_account * active * (0.85 if month.month == 2 else 1.0) * (0.88 + 0.01 * month.since_start)
        if code in (f"{ROOT}-VP", f"{ROOT}-NVP"):
            expected *= 3.0
        if code in DROPPING and DROPPING[code] <= month.label:
            expected *= 0.25
        if code in MIX_SHIFT:
            expected = 45.0 * MIX_SHIFT[code][2 if month.label >= MIX_SHIFT_FROM else 1]
        volume[code] = expected
    return volume


def _issue_times(days: Ints, count: int, rng: np.random.Generator) -> Ints:
    weights: Floats = day_weights(days) ** 1.4
    chosen: Ints = rng.choice(days, count, p=weights / weights.sum()) * DAY + office_seconds(rng, count)
    return chosen


def _markings(count: int, secret_share: float, rng: np.random.Generator) -> list[str | None]:
    secret = rng.random(count) < secret_share
    drawn = rng.integers(0, len(SECRET_MARKINGS), count)
    return [SECRET_MARKINGS[place] if is_secret else "0" for is_secret, place in zip(secret, drawn, strict=True)]
