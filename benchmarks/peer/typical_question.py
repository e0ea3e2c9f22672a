"""The typical question asked with ibis, and with boring-semantic-layer on top of it: each builds its expressions anew, as for a page.

Arguments: `ibis` or `bsl`, the snapshot, the unit, and the periods' first and last days in turn.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from functools import reduce
from typing import Any

import ibis
from boring_semantic_layer import to_semantic_table

from benchmarks.peers import serve

ADOPTION = ("provisioned", "activated", "logged_in", "weekly", "habitual", "processing")
DOCUMENTS = ("electronic", "signed")


def adoption(tables: dict[str, Any], unit: str, first: date, last: date) -> Any:
    """One row per account of the unit's subtree on the last day, with what the measures count."""
    account, assigned, above = tables["account"], tables["account_assignment"], tables["org_unit_ancestor"]
    stock = account.filter(account.is_officer, account.provisioned_on <= last, account.disabled_on.isnull() | (account.disabled_on > last)).select(
        "account_key", is_activated=account.activated_on.notnull() & (account.activated_on <= last)
    )
    there = assigned.filter(assigned.valid_from <= last, assigned.valid_to >= last).select("account_key", "unit_code")
    below = above.filter(above.ancestor_code == unit).select("unit_code")
    stock = stock.join(there, "account_key").semi_join(below, "unit_code")
    day = tables["account_day"]
    used = day.filter(day.day_on.between(first, last)).semi_join(stock, "account_key")
    weeks = [
        (used.has_logged_in & used.day_on.between(last - timedelta(days=7 * week + 6), last - timedelta(days=7 * week))).any() for week in range(4)
    ]
    by_account = used.group_by("account_key").aggregate(
        has_logged_in=used.has_logged_in.any(), has_processed=used.has_processed.any(), **{f"week_{week + 1}": one for week, one in enumerate(weeks)}
    )
    return stock.left_join(by_account, "account_key")


def adoption_measures(rows: Any) -> dict[str, Any]:
    active_weeks = reduce(lambda one, other: one + other, (rows[f"week_{week}"].cast("int64") for week in range(1, 5)))
    return {
        "provisioned": rows.count(),
        "activated": rows.count(where=rows.is_activated),
        "logged_in": rows.count(where=rows.is_activated & rows.has_logged_in),
        "weekly": rows.count(where=rows.is_activated & rows.week_1),
        "habitual": rows.count(where=rows.is_activated & (active_weeks >= 3)),
        "processing": rows.count(where=rows.is_activated & rows.has_processed),
    }


def documents(tables: dict[str, Any], unit: str, first: date, last: date) -> Any:
    document, above = tables["document"], tables["org_unit_ancestor"]
    issued = document.filter(document.issued_on.between(first, last), ~document.is_recalled)
    return issued.semi_join(above.filter(above.ancestor_code == unit), "unit_code")


def document_measures(rows: Any) -> dict[str, Any]:
    return {"electronic": rows.count(where=rows.is_electronic), "signed": rows.count(where=rows.is_organ_signed | rows.is_signer_signed)}


def with_ibis(rows: Any, measures: Any, names: tuple[str, ...]) -> list[int]:
    (found,) = rows.aggregate(**measures(rows)).to_pyarrow().to_pylist()
    return [found[name] for name in names]


def with_bsl(rows: Any, measures: Any, names: tuple[str, ...]) -> list[int]:
    model = to_semantic_table(rows, name="asked").with_measures(**{name: lambda t, name=name: measures(t)[name] for name in names})
    (found,) = model.aggregate(*names).to_untagged().to_pyarrow().to_pylist()
    return [found[name] for name in names]


def main(how: str, snapshot: str, unit: str, *days: str) -> None:
    connection = ibis.duckdb.connect(snapshot, read_only=True)
    tables = {name: connection.table(name) for name in ("account", "account_assignment", "account_day", "document", "org_unit_ancestor")}
    ask = {"ibis": with_ibis, "bsl": with_bsl}[how]
    spans = [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in zip(days[::2], days[1::2], strict=True)]

    def answer() -> list[int]:
        found: list[int] = []
        for first, last in spans:
            found += ask(adoption(tables, unit, first, last), adoption_measures, ADOPTION)
            found += ask(documents(tables, unit, first, last), document_measures, DOCUMENTS)
        return found

    serve(answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
