"""Where documents went: deliveries to units of the organisation, over the axis to outside, and by post; one table per year in the sample system."""

from __future__ import annotations

import numpy as np
import polars as pl

from data.demo.calendar import DAY, FIRST_DAY, LAST_DAY, REORGANISED_ON, date_of, day_number, is_working_day
from data.demo.draws import Floats, Ints
from data.demo.organisation.units import Units

DELIVERY_SCHEMA = {
    "document_key": pl.String,
    "sender": pl.String,
    "receiver": pl.String,
    "channel": pl.String,  # NB internal, TL axis, K other
    "sent": pl.Int64,
    "received": pl.Int64,
    "due": pl.Int64,
    "completed": pl.Int64,
    "status": pl.String,  # 0 sent, 1 received, 2 failed, 3 taken back
    "is_deleted": pl.Boolean,
}
OUTSIDE_CODES = tuple(f"000.00.{place:02}.G99" for place in range(1, 41))
"""Organ codes of other bodies on the axis; invented."""
FIRST_SECOND = day_number(FIRST_DAY) * DAY
END = (day_number(LAST_DAY) + 1) * DAY


def internal_deliveries(documents: pl.DataFrame, units: Units, rng: np.random.Generator) -> pl.DataFrame:
    """Deliveries (DELIVERY_SCHEMA) of the documents with `internal`, each to one or more other units that exist on its day.

    `documents` has document_key, unit_code, issued, status, is_deleted; most go to one to five units, one in 350 to sixty.
    """
    sending = documents.filter(pl.col("internal"))
    if sending.is_empty():
        return pl.DataFrame(schema=DELIVERY_SCHEMA)
    fan_out = np.minimum(rng.geometric(0.42, len(sending)), 12)
    fan_out[rng.random(len(sending)) < 1 / 350] = 60
    place = np.repeat(np.arange(len(sending)), fan_out)
    codes, weights = receivers_on(units, int(sending["issued"][0]) // DAY)
    receiver = rng.choice(codes, len(place), p=weights)
    own = sending["unit_code"].to_numpy()[place]
    receiver = np.where(receiver == own, codes[0] if codes[0] != own[0] else codes[1], receiver)
    pairs = pl.DataFrame({"place": place, "receiver": receiver}).filter(pl.Series(receiver != own)).unique(maintain_order=True)
    missing = np.setdiff1d(np.arange(len(sending)), pairs["place"].to_numpy())
    fallback = [codes[0] if codes[0] != unit else codes[1] for unit in sending["unit_code"].to_numpy()[missing]]
    pairs = pl.concat([pairs, pl.DataFrame({"place": missing, "receiver": fallback}, schema=pairs.schema)]).sort("place", maintain_order=True)
    return delivered(sending, pairs["place"].to_numpy(), pairs["receiver"].to_numpy(), rng)


def receivers_on(units: Units, day: int) -> tuple[np.ndarray[tuple[int], np.dtype[np.object_]], Floats]:
    """Units that take deliveries on a day with their weights; the root has no desk, offices get more than what is below them."""
    today = date_of(day)
    open_units = units.frame.filter(
        pl.col("parent_code").is_not_null() & (pl.col("valid_from") <= today) & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= today))
    )
    weight = open_units["level"].replace_strict({"cap_huyen": 1.0, "khu_vuc": 1.0, "cap_tinh": 4.0}, default=3.0).to_numpy().astype(np.float64)
    return open_units["unit_code"].to_numpy(), weight / weight.sum()


def delivered(
    sending: pl.DataFrame, place: Ints, receiver: np.ndarray[tuple[int], np.dtype[np.object_]], rng: np.random.Generator, *, same_day: bool = False
) -> pl.DataFrame:
    """One internal delivery per element of `place` (a row of `sending`) and `receiver`, with receipt, due date and completion."""
    count = len(place)
    issued = sending["issued"].to_numpy()[place]
    day_end = (issued // DAY + 1) * DAY
    sent = np.minimum(issued + rng.integers(30, 900, count), day_end - 120)
    lag = np.zeros(count, dtype=np.int64) if same_day else rng.choice([0, 1, 2, 3], count, p=[0.82, 0.12, 0.04, 0.02])
    # What was sent to a unit that the reorganisation ended was taken in before its register closed.
    reorganised = day_number(REORGANISED_ON)
    lag[(issued // DAY < reorganised) & (issued // DAY + lag >= reorganised)] = 0
    at_once = np.minimum(sent + rng.integers(10, 7200, count), day_end - 1)
    later = (issued // DAY + lag) * DAY + 27_000 + rng.integers(0, 30_000, count)
    received = np.where(lag == 0, at_once, later)
    is_received = (rng.random(count) >= (0.0 if same_day else 0.04)) & (received < END)
    due_day = _working_days_after(issued // DAY, rng.integers(4, 13, count))
    has_due = rng.random(count) < 0.55
    on_time = rng.random(count) < _on_time_share(issued)
    taken = np.where(on_time, rng.random(count) * 0.97, 1.02 + rng.exponential(0.5, count))
    completed = received + ((due_day * DAY + 61_200 - received) * taken).astype(np.int64)
    is_completed = is_received & (rng.random(count) < 0.94) & (completed < END) & (completed > received)
    recalled = (sending["status"] == "05").to_numpy()[place]
    return pl.DataFrame(
        {
            "document_key": sending["document_key"].to_numpy()[place],
            "sender": sending["unit_code"].to_numpy()[place],
            "receiver": receiver,
            "channel": ["NB"] * count,
            "sent": sent,
            "received": pl.Series(received).set(pl.Series(~is_received), None),
            "due": pl.Series(due_day * DAY + 61_200).set(pl.Series(~has_due), None),
            "completed": pl.Series(completed).set(pl.Series(~is_completed), None),
            "status": np.select([recalled, is_received], ["3", "1"], default="0"),
            "is_deleted": sending["is_deleted"].to_numpy()[place],
        },
        schema=DELIVERY_SCHEMA,
    )


def outside_deliveries(documents: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Axis deliveries of documents with `axis`, and one by post for those that go neither to our units nor over the axis."""
    outward = documents.filter(pl.col("axis") | ~pl.col("internal"))
    count = len(outward)
    is_axis = outward["axis"].to_numpy()
    sent = np.minimum(outward["issued"].to_numpy() + rng.integers(60, 1200, count), (outward["issued"].to_numpy() // DAY + 1) * DAY - 60)
    answer = rng.random(count)
    acknowledged = is_axis & (answer < 0.93)
    status = np.select([(outward["status"] == "05").to_numpy(), acknowledged, is_axis & (answer > 0.97)], ["3", "1", "2"], default="0")
    return pl.DataFrame(
        {
            "document_key": outward["document_key"],
            "sender": outward["unit_code"],
            "receiver": np.where(is_axis, rng.choice(np.array(OUTSIDE_CODES), count), "BUU-CHINH"),
            "channel": np.where(is_axis, "TL", "K"),
            "sent": sent,
            "received": pl.Series(sent + rng.integers(20, 3600, count)).set(pl.Series(~acknowledged), None),
            "due": pl.Series([None] * count, dtype=pl.Int64),
            "completed": pl.Series([None] * count, dtype=pl.Int64),
            "status": status,
            "is_deleted": outward["is_deleted"],
        },
        schema=DELIVERY_SCHEMA,
    )


def incoming_deliveries(incoming: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """One delivery per incoming document (`document_key`, INCOMING_SCHEMA) to the unit that registered it; status messages have none."""
    arriving = incoming.filter(pl.col("package") == "VB")
    count = len(arriving)
    arrived = arriving["arrived"].to_numpy()
    due_day = _working_days_after(arrived // DAY, rng.integers(5, 15, count))
    is_on_time = rng.random(count) < _on_time_share(arrived)
    taken = np.where(is_on_time, rng.random(count), 1.1 + rng.random(count))
    completed = arrived + ((due_day * DAY + 61_200 - arrived) * taken).astype(np.int64)
    is_completed = (rng.random(count) < 0.93) & (completed < END)
    return pl.DataFrame(
        {
            "document_key": arriving["document_key"],
            "sender": rng.choice(np.array(OUTSIDE_CODES), count),
            "receiver": arriving["unit_code"],
            "channel": arriving["origin"].replace_strict({"TL": "TL", "BC": "K"}, return_dtype=pl.String),
            "sent": arrived - rng.integers(0, 120, count) * (arrived % DAY > 600),
            "received": arrived,
            "due": pl.Series(due_day * DAY + 61_200).set(pl.Series(rng.random(count) < 0.5), None),
            "completed": pl.Series(completed).set(pl.Series(~is_completed), None),
            "status": ["1"] * count,
            "is_deleted": arriving["is_deleted"],
        },
        schema=DELIVERY_SCHEMA,
    )


def _on_time_share(at: Ints) -> Floats:
    """Deadlines are kept more often as the years go by: from four in five to nineteen in twenty."""
    share: Floats = 0.8 + 0.15 * np.clip((at - FIRST_SECOND) / (END - FIRST_SECOND), 0.0, 1.0)
    return share


def _working_days_after(day: Ints, number: Ints) -> Ints:
    """The day that lies `number` working days after each `day`."""
    first, last = int(day.min(initial=day_number(LAST_DAY))), int(day.max(initial=0)) + 60
    working = np.array([place for place in range(first, last) if is_working_day(date_of(place))], dtype=np.int64)
    chosen: Ints = working[np.searchsorted(working, day, side="right") + number - 1] if len(day) else day
    return chosen
