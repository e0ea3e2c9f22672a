"""One month of the sample as a whole: activity, documents, signatures and deliveries with their keys and numbers, defects included."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from data.demo.calendar import Month, local_text, seconds
from data.demo.draws import random_for
from data.demo.months import defects
from data.demo.months.activity import plan_activity
from data.demo.months.deliveries import OUTSIDE_CODES, incoming_deliveries, internal_deliveries, outside_deliveries
from data.demo.months.documents import DOCUMENT_TYPES, RECALLED_STATUS, is_ordinary, is_released, later_documents, later_incoming
from data.demo.months.pilot_documents import pilot_documents, pilot_incoming, settle_deliveries
from data.demo.organisation.accounts import Accounts
from data.demo.organisation.units import Units


@dataclass
class Serials:
    """What is counted on from month to month: keys of documents, and the number of each unit's last document in the year."""

    outgoing: int = 0
    incoming: int = 0
    numbers: dict[tuple[str, int], int] = field(default_factory=dict)


@dataclass(frozen=True)
class PlannedMonth:
    """Frames of the plan; `logins` has recorded and login, `documents` and `incoming` have document_key, a delivery names its document."""

    month: Month
    logins: pl.DataFrame
    actions: pl.DataFrame
    documents: pl.DataFrame
    incoming: pl.DataFrame
    signatures: pl.DataFrame
    deliveries: pl.DataFrame

    @property
    def counted_documents(self) -> pl.DataFrame:
        """Outgoing documents that figures are computed from: ordinary, issued or recalled, not deleted, with a possible date."""
        return self.documents.filter(is_ordinary() & is_released() & ~pl.col("is_deleted") & ~pl.col("is_date_wrong"))

    @property
    def current_documents(self) -> pl.DataFrame:
        """The counted documents that were not recalled."""
        return self.counted_documents.filter(pl.col("status") != RECALLED_STATUS)

    @property
    def axis_incoming(self) -> pl.DataFrame:
        """Ordinary documents (not status messages) that came over the axis."""
        return self.incoming.filter(is_ordinary() & ~pl.col("is_deleted"), origin="TL", package="VB")


def plan_month(units: Units, accounts: Accounts, month: Month, scale: float, seed: int, serials: Serials) -> PlannedMonth:
    """The whole month with everything that is planted in it; advances `serials`."""
    rng = random_for(seed, "month", month.label)
    activity = plan_activity(accounts, month, scale, seed)
    if month.is_pilot:
        documents, incoming = pilot_documents(units, seed), pilot_incoming(units, month, seed)
    else:
        documents, incoming = later_documents(accounts, units, month, scale, seed), later_incoming(accounts, units, month, scale, seed)
        documents = defects.midnight_documents(documents, month)
    documents = _keyed(documents, units, month, rng, serials)
    incoming = _registered(incoming, month, rng, serials)
    sendable = documents.filter(is_released() & ~pl.col("is_date_wrong"))
    internal = internal_deliveries(sendable, units, rng)
    if month.is_pilot:
        internal = settle_deliveries(internal, documents, units, seed)
    deliveries = pl.concat([internal, outside_deliveries(sendable, rng), incoming_deliveries(incoming, rng)]).sort("sent", maintain_order=True)
    if month.is_pilot:
        deliveries = defects.midnight_receipts(deliveries, seconds(date(2024, 7, 25)), seconds(date(2024, 7, 26)))
    names = accounts.frame.select("account", "login")
    logins = defects.recorded(activity.logins, month, seed).join(names, on="account", how="left", maintain_order="left")
    actions = activity.actions.join(names, on="account", how="left", maintain_order="left")
    return PlannedMonth(month, logins, actions, documents, incoming, _signatures(documents, rng), deliveries)


def _keyed(documents: pl.DataFrame, units: Units, month: Month, rng: np.random.Generator, serials: Serials) -> pl.DataFrame:
    """Adds document_key, number (per unit and year), doc_type, page_count, the id on the axis, and the date as text, sometimes impossible."""
    first = serials.outgoing + 1
    serials.outgoing += len(documents)
    names = list(DOCUMENT_TYPES)
    weights = np.array(list(DOCUMENT_TYPES.values()))
    order = [serials.numbers.get((unit, month.year), 0) for unit in documents["unit_code"]]
    keyed = documents.with_columns(
        document_key=pl.format("VBD-{}-{}", pl.lit(month.year), (pl.int_range(pl.len()) + first).cast(pl.String).str.zfill(7)),
        doc_type=pl.Series(rng.choice(names, len(documents), p=weights / weights.sum()), dtype=pl.String),
        page_count=pl.Series(np.minimum(1 + rng.geometric(0.35, len(documents)), 60)),
        serial=pl.Series(order, dtype=pl.Int64) + pl.int_range(1, pl.len() + 1).over("unit_code"),
        date_text=local_text("issued"),
    )
    for unit, last in keyed.group_by("unit_code").agg(pl.col("serial").max()).iter_rows():
        serials.numbers[unit, month.year] = last
    # An official letter has no abbreviation of its own in its number.
    number = (
        pl.when(pl.col("doc_type") == "CV")
        .then(pl.format("{}/{}", "serial", "unit_code"))
        .otherwise(pl.format("{}/{}-{}", "serial", "doc_type", "unit_code"))
    )
    codes = units.frame.select("unit_code", organ="axis_code")
    numbered = keyed.with_columns(number=number).drop("serial").join(codes, on="unit_code", how="left", maintain_order="left")
    axis_id = pl.when("axis").then(pl.format("{},{},{}", "organ", _slashed("issued"), "number"))
    return defects.wrong_dates(defects.repeated_number(numbered.with_columns(axis_id=axis_id).drop("organ"), month))


def _registered(incoming: pl.DataFrame, month: Month, rng: np.random.Generator, serials: Serials) -> pl.DataFrame:
    """Adds document_key, the sender outside, the sender's number and the id on the axis."""
    first = serials.incoming + 1
    serials.incoming += len(incoming)
    registered = incoming.with_columns(
        document_key=pl.format("VBN-{}-{}", pl.lit(month.year), (pl.int_range(pl.len()) + first).cast(pl.String).str.zfill(7)),
        sender=pl.Series(rng.choice(np.array(OUTSIDE_CODES), len(incoming)), dtype=pl.String),
        number=pl.format("{}/MP-{}", pl.Series(rng.integers(1, 4000, len(incoming))), pl.lit(month.year)),
    )
    # Half of the senders name a document by organ, day and number, half by a GUID.
    guid = pl.format("5a3c0e1f-0000-4000-8000-{}", (pl.int_range(pl.len()) + first).cast(pl.String).str.zfill(12))
    spoken = pl.format("{},{},{}", "sender", _slashed("arrived"), "number")
    return registered.with_columns(
        axis_id=pl.when(pl.col("origin") == "TL").then(pl.when(pl.int_range(pl.len()) % 2 == 0).then(guid).otherwise(spoken))
    )


def _slashed(column: str) -> pl.Expr:
    """The day of a time, as `2024/07/01`."""
    return pl.from_epoch(pl.col(column), time_unit="s").dt.to_string("%Y/%m/%d")


def _signatures(documents: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """document_key, kind, at, is_valid: the signer just before the issue, the organ at it; some are signed again, some only in vain."""
    signer = documents.filter("signer_signed").select("document_key", kind=pl.lit("CN"), at=pl.col("issued") - 600, is_valid=pl.lit(True))
    organ = documents.filter("organ_signed").select("document_key", kind=pl.lit("TC"), at=pl.col("issued") - 60, is_valid=pl.lit(True))
    again = signer.filter(pl.Series(rng.random(len(signer)) < 0.02)).with_columns(pl.col("at") + 300)
    unsigned = documents.filter(~pl.col("signer_signed") & ~pl.col("organ_signed"))
    void = unsigned.filter(pl.Series(rng.random(len(unsigned)) < 0.08)).select(
        "document_key", kind=pl.lit("CN"), at=pl.col("issued") - 600, is_valid=pl.lit(False)
    )
    return pl.concat([signer, organ, again, void]).sort("at", "document_key", "kind", maintain_order=True)
