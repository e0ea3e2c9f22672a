"""What is true of the sample, counted from its plan and never from its database: figures, accounting and planted defects for truth.json."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from data.demo.calendar import DAY, LAST_DAY, PILOT_LAST_DAY, Month, day_number, months
from data.demo.months import documents
from data.demo.months.month import PlannedMonth, is_ordinary, is_released
from data.demo.organisation.accounts import Accounts
from data.demo.organisation.units import Units
from data.demo.planted import planted_defects, planted_effects

UNIT_MONTHS = ("2024-07", "2025-06", "2025-07", "2026-10")
"""Months for which truth.json lists every unit."""
MEASURES = (
    "outgoing_documents",
    "outgoing_electronic",
    "outgoing_parallel",
    "outgoing_paper",
    "outgoing_signed",
    "outgoing_fully_signed",
    "internal_outgoing",
    "axis_outgoing",
    "recalled_documents",
    "internal_incoming",
    "axis_incoming",
)
FACT_SCHEMA = {"day": pl.Int64, "unit_code": pl.String, "measure": pl.String, "value": pl.Int64}


@dataclass
class Truth:
    """Collects the facts month by month; `as_json()` at the end gives truth.json."""

    units: Units
    accounts: Accounts
    facts: list[pl.DataFrame] = field(default_factory=list)
    funnel: dict[str, pl.DataFrame] = field(default_factory=dict)
    """Month to unit_code, provisioned_accounts, activated_accounts, logged_in_accounts on its last day."""
    accounting: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)
    reasons: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    declared: dict[str, pl.DataFrame] = field(default_factory=dict)
    files: dict[str, dict[str, int]] = field(default_factory=dict)
    """Kind of file (access_log, edxml) to its lines or messages of each kind."""

    def add_rows(
        self, source: str, entity: str, rows_in: int, *, duplicate: int = 0, filtered: int = 0, rejected: dict[str, int] | None = None
    ) -> None:
        """Adds to the accounting of one entity; what is neither duplicate, filtered nor rejected is loaded."""
        entry = self.accounting.setdefault((source, entity), {"in": 0, "loaded": 0, "duplicate": 0, "filtered": 0, "rejected": 0})
        refused = sum((rejected or {}).values())
        for name, rows in {
            "in": rows_in,
            "loaded": rows_in - duplicate - filtered - refused,
            "duplicate": duplicate,
            "filtered": filtered,
            "rejected": refused,
        }.items():
            entry[name] += rows
        for column, rows in (rejected or {}).items():
            of_entity = self.reasons.setdefault((source, entity), {})
            of_entity[column] = of_entity.get(column, 0) + rows

    def count(self, name: str, rows: int) -> None:
        self.counts[name] = self.counts.get(name, 0) + rows

    def add_month(self, planned: PlannedMonth) -> None:
        """Facts and accounting of one month's documents, deliveries and events (without the single rows that `defects` adds once)."""
        self.facts += [_document_facts(planned), _delivery_facts(planned), _axis_facts(planned)]
        self.funnel[planned.month.label] = self._funnel_on(planned.month, planned.logins)
        self._account_for(planned)

    def _account_for(self, planned: PlannedMonth) -> None:
        repeated = int(planned.logins["is_repeated"].sum())
        self.add_rows("qlvb", "access_event", len(planned.logins) + len(planned.actions), duplicate=repeated)
        self.count("duplicate_logins", repeated)
        self.count("late_logins", int(planned.logins["is_late"].sum()))
        self.count("failed_logins", int((~planned.logins["is_success"]).sum()))
        read = planned.documents.filter(is_released() & ~pl.col("is_deleted"))
        received = planned.incoming.filter((pl.col("package") == "VB") & ~pl.col("is_deleted"))
        secret = read.filter(~is_ordinary())
        wrong = int(read.filter(is_ordinary())["is_date_wrong"].sum())
        secret_in = len(received.filter(~is_ordinary()))
        self.add_rows(
            "qlvb", "document", len(read) + len(received), filtered=len(secret) + secret_in, rejected={"issued_at": wrong} if wrong else None
        )
        self.count("secret_outgoing_documents", len(secret))
        self.count("secret_incoming_documents", secret_in)
        self.count("documents_with_impossible_date", wrong)
        self.count("recalled_documents", len(planned.counted_documents.filter(pl.col("status") == documents.RECALLED_STATUS)))
        self.count("deleted_documents", int(planned.documents["is_deleted"].sum()) + int(planned.incoming["is_deleted"].sum()))
        self.count("drafts", len(planned.documents.filter(~is_released())))
        self.count("axis_status_messages", len(planned.incoming.filter(pl.col("package") == "TT")))
        self.count("void_signatures", int((~planned.signatures["is_valid"]).sum()))
        secret_keys = pl.concat([secret["document_key"], received.filter(~is_ordinary())["document_key"]])
        sent = planned.deliveries.filter(~pl.col("is_deleted"))
        filtered = len(sent.filter(pl.col("document_key").is_in(secret_keys.implode())))
        self.add_rows("qlvb", "delivery", len(sent), filtered=filtered)
        self.count("secret_deliveries", filtered)

    def _funnel_on(self, month: Month, logins: pl.DataFrame) -> pl.DataFrame:
        """Officers by the unit where they serve on the month's last day."""
        end = (day_number(month.last_day) + 1) * DAY
        officers = (
            self.accounts.frame.with_row_index("account")
            .with_columns(pl.col("account").cast(pl.Int64))
            .filter((pl.col("kind") == "CB") & ~pl.col("is_deleted") & (pl.col("provisioned") < end))
            .filter(pl.col("disabled").is_null() | (pl.col("disabled") >= end))
        )
        used = logins.filter("is_success")["account"].unique()
        return (
            officers.select(
                "account",
                is_activated=(pl.col("activated") < end).fill_null(False),
                has_logged_in=pl.col("account").is_in(used.implode()),
            )
            .join(self.accounts.unit_on(month.last_day), on="account")
            .group_by("unit_code")
            .agg(
                provisioned_accounts=pl.len().cast(pl.Int64),
                activated_accounts=pl.col("is_activated").sum().cast(pl.Int64),
                logged_in_accounts=(pl.col("is_activated") & pl.col("has_logged_in")).sum().cast(pl.Int64),
            )
            .sort("unit_code")
        )

    def as_json(self, *, seed: int, scale: float, version: int) -> dict[str, Any]:
        facts = pl.concat(self.facts)
        return {
            "about": "Synthetic. Counted from the plan that the sample was made from. Figures of a unit are its own, without the units below it.",
            "seed": seed,
            "scale": scale,
            "version": version,
            "first_day": months()[0].first_day.isoformat(),
            "last_day": LAST_DAY.isoformat(),
            "accounting": self._accounting(),
            "defects": planted_defects(self.counts, self.accounts),
            "effects": planted_effects(self.units),
            "files": self.files,
            "pilot": {
                "2024-07-01/2024-07-25": self._window(facts, date(2024, 7, 1), date(2024, 7, 25)),
                "2024-07-01/2024-07-31": self._window(facts, date(2024, 7, 1), PILOT_LAST_DAY),
            },
            "accounts_july_2024": {
                row.pop("unit_code"): {name.removesuffix("_accounts"): value for name, value in row.items()}
                for row in self.funnel["2024-07"].to_dicts()
            },
            "months": {month.label: self._month(facts, month) for month in months()},
        }

    def _accounting(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for (source, entity), entry in self.accounting.items():
            found.setdefault(source, {})[entity] = {**entry, "rejected_columns": self.reasons.get((source, entity), {})}
        return found

    def _window(self, facts: pl.DataFrame, first: date, last: date) -> dict[str, dict[str, int]]:
        """Document figures of a window for everybody and for each pilot group."""
        within = facts.filter(pl.col("day").is_between(day_number(first), day_number(last)))
        groups = {"all": within, **{f"group_{group}": within.filter(pl.col("unit_code").is_in(self.units.of_group(group))) for group in (1, 2)}}
        return {name: _totals(frame) for name, frame in groups.items()}

    def _month(self, facts: pl.DataFrame, month: Month) -> dict[str, Any]:
        within = facts.filter(pl.col("day").is_between(day_number(month.first_day), day_number(month.last_day)))
        funnel = self.funnel[month.label]
        declared = self.declared[month.label]
        whole = {
            **_totals(within),
            **{name: int(funnel[name].sum()) for name in funnel.columns if name != "unit_code"},
            "declared": int(declared["value"].sum()),
        }
        if month.label not in UNIT_MONTHS:
            return {"all": whole}
        per_unit: dict[str, dict[str, int]] = {}
        for unit, measure, value in within.group_by("unit_code", "measure").agg(pl.col("value").sum()).sort("unit_code", "measure").iter_rows():
            per_unit.setdefault(unit, {})[measure] = value
        for row in funnel.to_dicts():
            per_unit.setdefault(row.pop("unit_code"), {}).update(row)
        for unit, value in declared.select("unit_code", "value").iter_rows():
            per_unit.setdefault(unit, {})["declared"] = value
        return {"all": whole, "units": dict(sorted(per_unit.items()))}


def _totals(facts: pl.DataFrame) -> dict[str, int]:
    sums = dict(facts.group_by("measure").agg(pl.col("value").sum()).iter_rows())
    found = {name: int(sums.get(name, 0)) for name in MEASURES}
    found["outgoing_not_signed"] = found["outgoing_documents"] - found["outgoing_signed"]
    found["issued_electronically"] = found["outgoing_electronic"] + found["outgoing_parallel"]
    return found


def _document_facts(planned: PlannedMonth) -> pl.DataFrame:
    """Per unit and day of issue; recalled documents count as recalled and as nothing else."""
    is_current = pl.col("status") != documents.RECALLED_STATUS
    any_signature = pl.col("signer_signed") | pl.col("organ_signed")
    conditions = {
        "outgoing_documents": is_current,
        "outgoing_electronic": is_current & (pl.col("form") == "DT"),
        "outgoing_parallel": is_current & (pl.col("form") == "SS"),
        "outgoing_paper": is_current & (pl.col("form") == "G"),
        "outgoing_signed": is_current & any_signature,
        "outgoing_fully_signed": is_current & pl.col("signer_signed") & pl.col("organ_signed"),
        "internal_outgoing": is_current & pl.col("internal"),
        "axis_outgoing": is_current & pl.col("axis"),
        "recalled_documents": ~is_current,
    }
    return (
        planned.counted_documents.group_by(day=pl.col("issued") // DAY, unit_code=pl.col("unit_code"))
        .agg(**{name: condition.sum().cast(pl.Int64) for name, condition in conditions.items()})
        .unpivot(index=["day", "unit_code"], variable_name="measure", value_name="value")
        .filter(pl.col("value") > 0)
        .select(list(FACT_SCHEMA))
    )


def _delivery_facts(planned: PlannedMonth) -> pl.DataFrame:
    """Internal deliveries at the receiver, on the day of receipt or, where none was recorded, of sending."""
    current = planned.counted_documents.filter(pl.col("status") != documents.RECALLED_STATUS)["document_key"]
    return (
        planned.deliveries.filter((pl.col("channel") == "NB") & pl.col("document_key").is_in(current.implode()))
        .group_by(day=pl.coalesce("received", "sent") // DAY, unit_code=pl.col("receiver"))
        .agg(value=pl.len().cast(pl.Int64))
        .with_columns(measure=pl.lit("internal_incoming"))
        .select(list(FACT_SCHEMA))
    )


def _axis_facts(planned: PlannedMonth) -> pl.DataFrame:
    """Documents (not status messages) that came over the axis, at the unit and on the day of arrival."""
    return (
        planned.incoming.filter((pl.col("origin") == "TL") & (pl.col("package") == "VB") & is_ordinary() & ~pl.col("is_deleted"))
        .group_by(day=pl.col("arrived") // DAY, unit_code=pl.col("unit_code"))
        .agg(value=pl.len().cast(pl.Int64))
        .with_columns(measure=pl.lit("axis_incoming"))
        .select(list(FACT_SCHEMA))
    )


def issued_per_unit(planned: PlannedMonth, units: Units) -> pl.DataFrame:
    """unit_code, electronic (or parallel), paper: current documents of the month, in the order of the units."""
    current = planned.counted_documents.filter(pl.col("status") != documents.RECALLED_STATUS)
    counts = current.group_by("unit_code").agg(
        electronic=(pl.col("form") != "G").sum().cast(pl.Int64), paper=(pl.col("form") == "G").sum().cast(pl.Int64)
    )
    return units.frame.select("unit_code", "sort_order").join(counts, on="unit_code").sort("sort_order").drop("sort_order")
