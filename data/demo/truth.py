"""What is true of the sample, counted from its plan and never from its database: figures, accounting and planted defects for truth.json."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import Any

import polars as pl

from data.demo.calendar import DAY, FIRST_DAY, LAST_DAY, PILOT_LAST_DAY, Month, day_number, months
from data.demo.months.documents import RECALLED_STATUS, is_ordinary, is_released
from data.demo.months.month import PlannedMonth
from data.demo.organisation.accounts import Accounts
from data.demo.organisation.units import Units
from data.demo.planted import DEFECTS, EFFECTS

UNIT_MONTHS = ("2024-07", "2025-06", "2025-07", "2026-10")
"""Months for which truth.json lists every unit."""
ANY_SIGNATURE = pl.col("signer_signed") | pl.col("organ_signed")
IS_CURRENT = pl.col("status") != RECALLED_STATUS
OUTGOING = {
    "outgoing_documents": IS_CURRENT,
    "outgoing_electronic": IS_CURRENT & (pl.col("form") == "DT"),
    "outgoing_parallel": IS_CURRENT & (pl.col("form") == "SS"),
    "outgoing_paper": IS_CURRENT & (pl.col("form") == "G"),
    "outgoing_signed": IS_CURRENT & ANY_SIGNATURE,
    "outgoing_fully_signed": IS_CURRENT & pl.col("signer_signed") & pl.col("organ_signed"),
    "internal_outgoing": IS_CURRENT & pl.col("internal"),
    "axis_outgoing": IS_CURRENT & pl.col("axis"),
    "recalled_documents": ~IS_CURRENT,
}
"""Measures of counted documents; recalled ones count as recalled and as nothing else."""
MEASURES = (*OUTGOING, "internal_incoming", "axis_incoming")
OUTCOMES = ("in", "loaded", "duplicate", "filtered", "rejected")


class Truth:
    """Collects the facts month by month; `as_json()` at the end gives truth.json."""

    def __init__(self, units: Units, accounts: Accounts) -> None:
        self.units, self.accounts = units, accounts
        self.counts = Counter(accounts.frame["note"].drop_nulls().to_list())
        """Rows of each planted defect."""
        self.facts: list[pl.DataFrame] = []
        """day, unit_code, measure, value."""
        self.funnel: dict[str, pl.DataFrame] = {}
        """Month to unit_code, provisioned_accounts, activated_accounts, logged_in_accounts on its last day."""
        self.declared: dict[str, pl.DataFrame] = {}
        self.files: dict[str, dict[str, int]] = {}
        """Kind of file (access_log, edxml) to its lines or messages of each kind."""
        self._rows: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self._rejected: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)

    def add_rows(self, source: str, entity: str, rows: int, *, duplicate: int = 0, filtered: int = 0, rejected: dict[str, int] | None = None) -> None:
        """Adds to the accounting of one entity; what is neither duplicate, filtered nor rejected (by column) is loaded."""
        refused = {column: count for column, count in (rejected or {}).items() if count}
        loaded = rows - duplicate - filtered - sum(refused.values())
        counts = {"in": rows, "loaded": loaded, "duplicate": duplicate, "filtered": filtered, "rejected": sum(refused.values())}
        self._rows[source, entity].update(counts)
        self._rejected[source, entity].update(refused)

    def add_month(self, planned: PlannedMonth) -> None:
        """Facts and accounting of one month's documents, deliveries and events (without the single rows that `defects` adds once)."""
        self.facts += [_document_facts(planned), _delivery_facts(planned), _axis_facts(planned)]
        self.funnel[planned.month.label] = self._funnel_on(planned.month, planned.logins)
        read = planned.documents.filter(is_released() & ~pl.col("is_deleted"))
        received = planned.incoming.filter(~pl.col("is_deleted"), package="VB")
        secret, secret_in = read.filter(~is_ordinary()), received.filter(~is_ordinary())
        sent = planned.deliveries.filter(~pl.col("is_deleted"))
        secret_keys = pl.concat([secret["document_key"], secret_in["document_key"]])
        counts = {
            "duplicate_logins": int(planned.logins["is_repeated"].sum()),
            "late_logins": int(planned.logins["is_late"].sum()),
            "failed_logins": int((~planned.logins["is_success"]).sum()),
            "secret_outgoing_documents": len(secret),
            "secret_incoming_documents": len(secret_in),
            "documents_with_impossible_date": int(read.filter(is_ordinary())["is_date_wrong"].sum()),
            "recalled_documents": len(planned.counted_documents) - len(planned.current_documents),
            "deleted_documents": int(planned.documents["is_deleted"].sum()) + int(planned.incoming["is_deleted"].sum()),
            "drafts": len(planned.documents.filter(~is_released())),
            "axis_status_messages": len(planned.incoming.filter(package="TT")),
            "void_signatures": int((~planned.signatures["is_valid"]).sum()),
            "secret_deliveries": len(sent.filter(pl.col("document_key").is_in(secret_keys.implode()))),
        }
        self.counts.update(counts)
        self.add_rows("qlvb", "access_event", len(planned.logins) + len(planned.actions), duplicate=counts["duplicate_logins"])
        self.add_rows(
            "qlvb",
            "document",
            len(read) + len(received),
            filtered=len(secret_keys),
            rejected={"issued_at": counts["documents_with_impossible_date"]},
        )
        self.add_rows("qlvb", "delivery", len(sent), filtered=counts["secret_deliveries"])

    def _funnel_on(self, month: Month, logins: pl.DataFrame) -> pl.DataFrame:
        """Officers by the unit where they serve on the month's last day."""
        end = (day_number(month.last_day) + 1) * DAY
        serves = (pl.col("provisioned") < end) & ~pl.col("is_deleted") & (pl.col("disabled") >= end).fill_null(True)
        is_activated = (pl.col("activated") < end).fill_null(False)
        has_logged_in = pl.col("account").is_in(logins.filter("is_success")["account"].unique().implode())
        return (
            self.accounts.frame.filter(serves, kind="CB")
            .drop("unit_code")
            .join(self.accounts.unit_on(month.last_day), on="account")
            .group_by("unit_code")
            .agg(
                provisioned_accounts=pl.len().cast(pl.Int64),
                activated_accounts=is_activated.sum().cast(pl.Int64),
                logged_in_accounts=(is_activated & has_logged_in).sum().cast(pl.Int64),
            )
            .sort("unit_code")
        )

    def as_json(self, *, seed: int, scale: float, version: int) -> dict[str, Any]:
        """The content of truth.json."""
        facts = pl.concat(self.facts)
        accounting: dict[str, dict[str, Any]] = {}
        for (source, entity), rows in self._rows.items():
            entry = {**{outcome: rows[outcome] for outcome in OUTCOMES}, "rejected_columns": dict(self._rejected[source, entity])}
            accounting.setdefault(source, {})[entity] = entry
        return {
            "about": "Synthetic. Counted from the plan that the sample was made from. Figures of a unit are its own, without the units below it.",
            "seed": seed,
            "scale": scale,
            "version": version,
            "first_day": FIRST_DAY.isoformat(),
            "last_day": LAST_DAY.isoformat(),
            "accounting": accounting,
            "defects": [
                {"name": name, "entity": entity, "rows": self.counts[name], "expected": expected}
                for entity, defects in DEFECTS.items()
                for name, expected in defects.items()
            ],
            "effects": EFFECTS,
            "files": self.files,
            "pilot": {f"{FIRST_DAY}/{last}": self._window(facts, FIRST_DAY, last) for last in (date(2024, 7, 25), PILOT_LAST_DAY)},
            "accounts_july_2024": {
                row.pop("unit_code"): {name.removesuffix("_accounts"): value for name, value in row.items()}
                for row in self.funnel["2024-07"].to_dicts()
            },
            "months": {month.label: self._month(facts, month) for month in months()},
        }

    def _window(self, facts: pl.DataFrame, first: date, last: date) -> dict[str, dict[str, int]]:
        """Document figures of a window for everybody and for each pilot group."""
        within = facts.filter(pl.col("day").is_between(day_number(first), day_number(last)))
        groups = {f"group_{group}": within.filter(pl.col("unit_code").is_in(self.units.of_group(group))) for group in (1, 2)}
        return {name: _totals(frame) for name, frame in {"all": within, **groups}.items()}

    def _month(self, facts: pl.DataFrame, month: Month) -> dict[str, Any]:
        """Figures of a month for everybody, and in UNIT_MONTHS for each unit."""
        within = facts.filter(pl.col("day").is_between(day_number(month.first_day), day_number(month.last_day)))
        funnel, declared = self.funnel[month.label], self.declared[month.label].select("unit_code", declared="value")
        whole = {**_totals(within), **funnel.drop("unit_code").sum().row(0, named=True), "declared": declared["declared"].sum()}
        if month.label not in UNIT_MONTHS:
            return {"all": whole}
        per_unit: dict[str, dict[str, int]] = defaultdict(dict)
        for unit, measure, value in within.group_by("unit_code", "measure").agg(pl.col("value").sum()).sort("unit_code", "measure").iter_rows():
            per_unit[unit][measure] = value
        for row in [*funnel.to_dicts(), *declared.to_dicts()]:
            per_unit[row.pop("unit_code")].update(row)
        return {"all": whole, "units": dict(sorted(per_unit.items()))}


def _totals(facts: pl.DataFrame) -> dict[str, int]:
    sums = dict(facts.group_by("measure").agg(pl.col("value").sum()).iter_rows())
    found = {name: int(sums.get(name, 0)) for name in MEASURES}
    found["outgoing_not_signed"] = found["outgoing_documents"] - found["outgoing_signed"]
    found["issued_electronically"] = found["outgoing_electronic"] + found["outgoing_parallel"]
    return found


def _document_facts(planned: PlannedMonth) -> pl.DataFrame:
    """Per unit and day of issue."""
    return (
        planned.counted_documents.group_by(pl.col("issued") // DAY, "unit_code")
        .agg(**{name: condition.sum().cast(pl.Int64) for name, condition in OUTGOING.items()})
        .unpivot(index=["issued", "unit_code"], variable_name="measure", value_name="value")
        .filter(pl.col("value") > 0)
        .select("unit_code", "measure", "value", day="issued")
    )


def _delivery_facts(planned: PlannedMonth) -> pl.DataFrame:
    """Internal deliveries at the receiver, on the day of receipt or, where none was recorded, of sending."""
    of_current = pl.col("document_key").is_in(planned.current_documents["document_key"].implode())
    return _counted(planned.deliveries.filter(of_current, channel="NB"), "internal_incoming", pl.col("receiver"), pl.coalesce("received", "sent"))


def _axis_facts(planned: PlannedMonth) -> pl.DataFrame:
    """Documents (not status messages) that came over the axis, at the unit and on the day of arrival."""
    return _counted(planned.axis_incoming, "axis_incoming", pl.col("unit_code"), pl.col("arrived"))


def _counted(rows: pl.DataFrame, measure: str, unit: pl.Expr, at: pl.Expr) -> pl.DataFrame:
    days = rows.select(unit_code=unit, measure=pl.lit(measure), day=at // DAY)
    return days.group_by("unit_code", "measure", "day").agg(value=pl.len().cast(pl.Int64)).select("unit_code", "measure", "value", "day")
