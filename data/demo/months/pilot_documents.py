"""July 2024 counted out: the documents and deliveries whose totals were published, and beside them what must not be counted."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from data.demo import pilot
from data.demo.calendar import DAY, FIRST_DAY, PILOT_LAST_DAY, Month, day_number, day_weights, office_seconds, seconds
from data.demo.draws import apportion, random_for
from data.demo.months.deliveries import delivered, receivers_on
from data.demo.months.documents import DOCUMENT_SCHEMA, ISSUED_STATUS, SECRET_MARKINGS, incoming_documents, is_ordinary
from data.demo.organisation.units import ROOT, Units

CUT, AFTER_CUT = date(2024, 7, 25), date(2024, 7, 26)
SECRET, RECALLED, DELETED, DRAFTS, WRONG_DATES = 40, 9, 6, 14, 3
SILENT_DESKS = 9
"""Clerk desks of group 2 that issued nothing in July."""
PARTS_EXCEED_TOTAL = "H279"
"""The unit that declares fewer documents than it issued electronically."""


def pilot_documents(units: Units, seed: int) -> pl.DataFrame:
    """Outgoing documents of July 2024 (DOCUMENT_SCHEMA), in the order of their issue; those that count reproduce pilot_figures."""
    rng = random_for(seed, "pilot documents")
    windows = [
        _window(
            window["first"],
            window["last"],
            ["DT"] * window["electronic"] + ["SS"] * window["parallel"],
            window["signed"],
            window["both_signatures"],
            window["internal"],
            window["axis"],
            rng,
        )
        for window in pilot.WINDOWS
    ]
    paper = _window(AFTER_CUT, PILOT_LAST_DAY, ["G"] * pilot.DOCUMENTS["paper"], 0, 0, 0, 0, rng)
    uncounted = _uncounted(rng)
    counted = pl.concat(windows)
    electronic_units = _issuing_units(units, len(counted), rng)
    counted = counted.with_columns(unit_code=pl.Series(electronic_units))
    paper, uncounted = (each.with_columns(unit_code=pl.Series(rng.choice(electronic_units, len(each)))) for each in (paper, uncounted))
    return pl.concat([_midnight_documents(counted), paper, uncounted]).sort("issued", "unit_code", maintain_order=True)


def _window(first: date, last: date, forms: list[str], signed: int, both: int, internal: int, axis: int, rng: np.random.Generator) -> pl.DataFrame:
    """Documents of one window of days with exact numbers of each kind; the kinds are mixed at random, the unit is filled in later."""
    count = len(forms)
    days = np.arange(day_number(first), day_number(last) + 1, dtype=np.int64)
    weights = day_weights(days) ** 1.4
    organ_only = int((signed - both) * 0.68)
    signature = rng.permutation(np.repeat([3, 1, 2, 0], [both, organ_only, signed - both - organ_only, count - signed]))
    is_internal = np.zeros(count, dtype=bool)
    is_internal[rng.permutation(count)[:internal]] = True
    # One axis document in eight also goes to a unit of the organisation.
    shared = axis // 8
    is_axis = np.zeros(count, dtype=bool)
    is_axis[rng.permutation(np.flatnonzero(is_internal))[:shared]] = True
    is_axis[rng.permutation(np.flatnonzero(~is_internal))[: axis - shared]] = True
    return pl.DataFrame(
        {
            "unit_code": [None] * count,
            "issued": rng.choice(days, count, p=weights / weights.sum()) * DAY + office_seconds(rng, count),
            "form": rng.permutation(np.array(forms, dtype=object)),
            "marking": ["0"] * count,
            "status": rng.choice(["03", "04", "06"], count, p=[0.3, 0.6, 0.1]),
            "signer_signed": signature >= 2,
            "organ_signed": signature % 2 == 1,
            "internal": is_internal,
            "axis": is_axis,
            "is_deleted": [False] * count,
            "is_date_wrong": [False] * count,
        },
        schema=DOCUMENT_SCHEMA,
    )


def _uncounted(rng: np.random.Generator) -> pl.DataFrame:
    """Secret, recalled, deleted and draft documents and such with an impossible date, signed and sent like any other."""
    count = SECRET + RECALLED + DELETED + DRAFTS + WRONG_DATES
    frame = _window(
        FIRST_DAY, PILOT_LAST_DAY, ["DT", "SS"] * (count // 2) + ["DT"] * (count % 2), count * 3 // 4, count // 2, count // 2, count // 9, rng
    )
    secret, recalled, deleted, drafts = np.cumsum([SECRET, RECALLED, DELETED, DRAFTS])
    place = pl.int_range(pl.len())
    markings = [SECRET_MARKINGS[number % len(SECRET_MARKINGS)] for number in range(SECRET)] + ["0"] * (count - SECRET)
    return frame.with_columns(
        marking=pl.Series(markings, dtype=pl.String),
        status=pl.when(place.is_between(secret, recalled - 1))
        .then(pl.lit("05"))
        .when(place.is_between(deleted, drafts - 1))
        .then(pl.when(place % 2 == 0).then(pl.lit("01")).otherwise(pl.lit("02")))
        .otherwise("status"),
        is_deleted=place.is_between(recalled, deleted - 1),
        is_date_wrong=place >= drafts,
        internal=pl.col("internal") & (place < deleted),
        axis=pl.col("axis") & (place < deleted),
    )


def _issuing_units(units: Units, count: int, rng: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """The issuing unit of each document: four in five from group 1, every unit of it at least one, some desks of group 2 none."""
    first, second = units.of_group(1), units.of_group(2)
    level = dict(units.frame.select("unit_code", "level").iter_rows())
    first_weight = np.array([{"cap_huyen": 1.0, "cap_tinh": 5.0}.get(level[code], 2.4) * rng.uniform(0.6, 1.5) for code in first])
    first_weight[first.index(f"{ROOT}-VP")] = 18.0
    second_weight = rng.uniform(0.5, 1.6, len(second))
    silent = rng.permutation(len(second))[:SILENT_DESKS]
    second_high = np.full(len(second), count)
    second_high[silent] = 0
    share = count * 4 // 5
    counts = np.concatenate(
        [apportion(share, first_weight, low=3), apportion(count - share, second_weight, low=np.minimum(second_high, 1), high=second_high)]
    )
    assigned: np.ndarray[tuple[int], np.dtype[np.object_]] = rng.permutation(np.repeat(np.array(first + second, dtype=object), counts))
    return assigned


def _midnight_documents(counted: pl.DataFrame) -> pl.DataFrame:
    """Moves some documents to hours whose UTC day is another, without changing their local window."""
    numbered = counted.with_row_index("place")
    to_cut, after = (FIRST_DAY, CUT), (AFTER_CUT, PILOT_LAST_DAY)
    moments = [
        (seconds(FIRST_DAY, 0, 30), to_cut),
        (seconds(FIRST_DAY, 6, 30), to_cut),
        (seconds(CUT, 6, 30), to_cut),
        (seconds(CUT, 23, 50), to_cut),
        (seconds(AFTER_CUT, 0, 30), after),
        (seconds(AFTER_CUT, 6, 30), after),
        (seconds(PILOT_LAST_DAY, 23, 50), after),
    ]
    issued = counted["issued"].to_numpy().copy()
    taken: set[int] = set()
    for moment, (low, high) in moments:
        within = numbered.filter(pl.col("issued").is_between(seconds(low), seconds(high)) & pl.col("internal"))["place"].to_list()
        place = next(number for number in within if number not in taken)
        taken.add(place)
        issued[place] = moment
    return counted.with_columns(issued=pl.Series(issued))


def settle_deliveries(deliveries: pl.DataFrame, documents: pl.DataFrame, units: Units, seed: int) -> pl.DataFrame:
    """Adds or takes away deliveries of counted documents until those that arrived from 1 to 25 July are as many as were published.

    A document always keeps one receiver, so the number of documents sent internally stays.
    """
    rng = random_for(seed, "pilot deliveries")
    sending = documents.filter(is_ordinary(), pl.col("status").is_in(ISSUED_STATUS), ~pl.col("is_deleted"), pl.col("internal"))
    end = seconds(AFTER_CUT)
    arrived = pl.coalesce("received", "sent")
    is_counted = pl.col("document_key").is_in(sending["document_key"].to_list()) & (arrived < end)
    missing = pilot.DOCUMENTS["internal_deliveries_to_25"] - deliveries.select(is_counted.sum()).item()
    if missing < 0:
        spare = deliveries.with_row_index("place").filter(is_counted & (pl.int_range(pl.len()).over("document_key") > 0))["place"].to_numpy()
        dropped = rng.permutation(spare)[:-missing]
        return deliveries.with_row_index("place").filter(~pl.col("place").is_in(dropped.tolist())).drop("place")
    early = sending.filter(pl.col("issued") < seconds(date(2024, 7, 24)))
    codes, weights = receivers_on(units, day_number(FIRST_DAY))
    have = set(deliveries.select("document_key", "receiver").iter_rows())
    places: list[int] = []
    receivers: list[str] = []
    while len(places) < missing:
        place, receiver = int(rng.integers(len(early))), str(rng.choice(codes, p=weights))
        pair = (early["document_key"][place], receiver)
        if pair not in have and receiver != early["unit_code"][place]:
            have.add(pair)
            places.append(place)
            receivers.append(receiver)
    added = delivered(early, np.array(places, dtype=np.int64), np.array(receivers, dtype=object), rng, same_day=True)
    return pl.concat([deliveries, added])


def pilot_incoming(units: Units, month: Month, seed: int) -> pl.DataFrame:
    """Incoming documents of July 2024 (INCOMING_SCHEMA): exactly the published number over the axis, some by post, and status messages."""
    rng = random_for(seed, "pilot incoming")
    offices = units.frame.filter(pl.col("level").is_in(["cap_tinh", "cap_cao", "don_vi_toi_cao"]) & pl.col("pilot_group").is_not_null())
    weight = np.where(offices["unit_code"] == f"{ROOT}-VP", 30.0, np.where(offices["pilot_group"] == 1, 3.0, 1.0))
    count = pilot.DOCUMENTS["axis_incoming"] + 230
    unit = rng.choice(offices["unit_code"].to_numpy(), count, p=weight / weight.sum()).astype(np.str_)
    ordinary = incoming_documents(unit, month, rng, axis_share=0.0).with_columns(marking=pl.lit("0"), is_deleted=pl.lit(False))
    is_axis = np.isin(np.arange(count), rng.permutation(count)[: pilot.DOCUMENTS["axis_incoming"]])
    ordinary = ordinary.with_columns(origin=pl.when(pl.Series(is_axis)).then(pl.lit("TL")).otherwise(pl.lit("BC")))
    extra = incoming_documents(unit[:60], month, rng, axis_share=1.0)
    kind = pl.int_range(pl.len())
    secret = [SECRET_MARKINGS[number % len(SECRET_MARKINGS)] for number in range(12)] + ["0"] * 48
    extra = extra.with_columns(
        package=pl.when(kind < 16).then(pl.lit("VB")).otherwise(pl.lit("TT")),
        marking=pl.Series(secret, dtype=pl.String),
        is_deleted=kind.is_between(12, 15),
    )
    return _midnight_incoming(pl.concat([ordinary, extra])).sort("arrived", "unit_code", maintain_order=True)


def _midnight_incoming(incoming: pl.DataFrame) -> pl.DataFrame:
    """One axis document in the first half hour of the month and one in the last: by UTC both would fall in another month or day."""
    first, second, *_ = incoming.with_row_index("place").filter(is_ordinary(), origin="TL", package="VB")["place"]
    arrived = incoming["arrived"].to_numpy().copy()
    arrived[first], arrived[second] = seconds(FIRST_DAY, 0, 30), seconds(PILOT_LAST_DAY, 23, 40)
    return incoming.with_columns(arrived=pl.Series(arrived))
