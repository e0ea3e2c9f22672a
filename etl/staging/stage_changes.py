"""Brings staged rows up to date with what was landed since, and tells what that touches.

`touched_day` (day), `touched_document` (document_key) and `changed_event` (account_key, day, rows: more or fewer) are temporary tables of the
connection: what the model has to make anew.
"""

from __future__ import annotations

from collections import Counter

import duckdb

from data.paths import Home
from data.run_history import EntityAccount
from etl.contract import Entity
from etl.landing.batches import REMOVED, Chain, held_rows
from etl.landing.pseudonyms import Pseudonyms
from etl.model.warehouse import applied_batches, note_applied, superseded_rows
from etl.staging.accounting import accounts_of
from etl.staging.casts import Zones, quoted
from etl.staging.conflicting_rows import refuse_codes_used_twice
from etl.staging.date_order import refuse_open_order
from etl.staging.stage import Staging, parsing, preference, refuse_unusable, refused_rows, stage, staged_selection

OF_DOCUMENTS = ("document", "delivery", "axis_message")
"""Entities whose rows tell something of a document."""


class TooMuchChanged(Exception):
    """The events of a source were fetched whole: nothing that was kept is of use."""


def clear_touched(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Makes the temporary tables of what is touched, empty."""
    warehouse.execute(
        "CREATE OR REPLACE TEMP TABLE touched_day (day DATE); CREATE OR REPLACE TEMP TABLE touched_document (document_key VARCHAR); "
        "CREATE OR REPLACE TEMP TABLE changed_event (account_key UUID, day DATE, rows BIGINT)"
    )


def stage_changes(warehouse: duckdb.DuckDBPyConnection, home: Home, chain: Chain, zones: Zones, pseudonyms: Pseudonyms) -> list[EntityAccount]:
    """The staged rows of an entity as of the whole chain, of which the warehouse holds an earlier state.

    Raises DataRefused as `stage` does, TooMuchChanged where that is no shorter than staging everything, RuntimeError where rows are to go that never
    stood.
    """
    known = applied_batches(warehouse, chain)
    names = [batch.batch for batch in chain.batches]
    if known == names:
        return accounts_of(warehouse, chain)
    work = Staging(home, chain, zones, pseudonyms)
    if known and names[: len(known)] == known:
        _apply_batches(warehouse, work, len(known))
        accounts = accounts_of(warehouse, chain)
        refuse_unusable(warehouse, chain, accounts)
        return accounts
    if chain.entity == "access_event":
        raise TooMuchChanged
    has_before = known and chain.entity in OF_DOCUMENTS
    if has_before:
        warehouse.execute(f"CREATE OR REPLACE TEMP TABLE stood AS SELECT * FROM staging.{work.table}")  # noqa: S608
    accounts = stage(warehouse, home, chain, zones, pseudonyms)
    if has_before:
        _note_touched(warehouse, chain.entity, "stood", f"staging.{work.table}")
    return accounts


def _apply_batches(warehouse: duckdb.DuckDBPyConnection, work: Staging, first: int) -> None:
    """Adds up the batches from place `first` on."""
    chain = work.chain
    landed = f"({held_rows(work.home, chain, first)})"
    if not work.zones.date_order:
        refuse_open_order(warehouse, chain.source, chain.entity, work.columns, landed, f"({held_rows(work.home, chain)})")
    fetched_at = [batch.fetched_at for batch in chain.batches]
    parsed = parsing(landed, work.columns, work.zones, chain.has_refused, f"batch_no, ordinal, {REMOVED}", fetched_at)
    warehouse.execute(f"CREATE OR REPLACE TEMP TABLE changed AS {parsed}")
    if chain.entity == "org_unit":
        refuse_codes_used_twice(warehouse, chain, f"(SELECT * FROM changed WHERE fault_reason IS NULL AND NOT {REMOVED})")  # noqa: S608
    superseded = superseded_rows(warehouse, chain) + _apply_rejects(warehouse, work, landed) + _apply_usable(warehouse, work)
    note_applied(warehouse, chain, superseded)
    warehouse.execute("ALTER TABLE stood DROP COLUMN place")
    _note_touched(warehouse, chain.entity, "stood", "stands")
    warehouse.execute("DROP TABLE changed; DROP TABLE stood; DROP TABLE stands; DROP TABLE changed_key; DROP TABLE pool; DROP TABLE numbered")


def _apply_usable(warehouse: duckdb.DuckDBPyConnection, work: Staging) -> Counter[int]:
    """Of the keys that changed, all rows are gathered, those that went taken out, and of the rest one per key chosen again.

    Leaves the rows that stood for these keys in the table `stood`, and those that stand now in `stands`. Returns the rows that went, by batch.
    """
    table, entity, columns = work.table, work.entity, work.columns
    key = ", ".join(quoted(name) for name in entity.key)
    content = ", ".join(quoted(column.name) for column in columns)
    warehouse.execute(f"CREATE OR REPLACE TEMP TABLE changed_key AS SELECT DISTINCT {key} FROM changed WHERE fault_reason IS NULL")  # noqa: S608
    bounds = _bounds_of_changed_keys(warehouse, entity)
    known = f"(SELECT rowid AS place, * FROM staging.{table} WHERE {bounds})"  # noqa: S608
    warehouse.execute(f"CREATE OR REPLACE TEMP TABLE stood AS SELECT * FROM {known} SEMI JOIN changed_key USING ({key})")  # noqa: S608
    warehouse.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE pool AS
        SELECT batch_no, {content}, false AS {REMOVED} FROM stood
        UNION ALL SELECT batch_no, {content}, false FROM duplicate.{table} SEMI JOIN changed_key USING ({key})
        UNION ALL SELECT batch_no, {content}, {REMOVED} FROM changed WHERE fault_reason IS NULL;
        CREATE OR REPLACE TEMP TABLE numbered AS
        SELECT batch_no, {content}, {REMOVED},
            row_number() OVER (PARTITION BY {content}, {REMOVED} ORDER BY batch_no) <= count(*) FILTER ({REMOVED}) OVER (PARTITION BY {content})
                AS is_gone
        FROM pool
        """  # noqa: S608
    )
    gone = f"SELECT batch_no, count(*) FROM numbered WHERE is_gone AND NOT {REMOVED} GROUP BY batch_no"  # noqa: S608
    superseded = Counter(dict(warehouse.execute(gone).fetchall()))
    _refuse_unknown(warehouse, f"SELECT count(*) FILTER ({REMOVED}), count(*) FILTER (is_gone AND NOT {REMOVED}) FROM numbered")  # noqa: S608
    warehouse.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE ranked AS
        SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY {preference(entity, columns)}) AS place
        FROM numbered WHERE NOT {REMOVED} AND NOT is_gone;
        CREATE OR REPLACE TEMP TABLE stands AS SELECT {staged_selection(columns, work.zones)} FROM ranked WHERE place = 1;
        DELETE FROM staging.{table} WHERE rowid IN (SELECT place FROM stood);
        DELETE FROM duplicate.{table} WHERE ({key}) IN (SELECT ({key}) FROM changed_key);
        INSERT INTO staging.{table} SELECT * FROM stands;
        INSERT INTO duplicate.{table} SELECT {staged_selection(columns, work.zones)} FROM ranked WHERE place > 1;
        DROP TABLE ranked
        """  # noqa: S608
    )
    return superseded


def _bounds_of_changed_keys(warehouse: duckdb.DuckDBPyConnection, entity: Entity) -> str:
    """Bounds of the changed keys' instants, by which most of a large table need not be read."""
    instants = [quoted(name) for name in entity.key if entity.column(name).kind == "instant"]
    if not instants:
        return "true"
    (name,) = instants
    first, last = warehouse.execute(f"SELECT epoch_us(min({name})), epoch_us(max({name})) FROM changed_key").fetchone() or (None, None)  # noqa: S608
    if first is None:
        return "false"
    return f"{name} BETWEEN make_timestamptz({first}) AND make_timestamptz({last})"


def _apply_rejects(warehouse: duckdb.DuckDBPyConnection, work: Staging, landed: str) -> Counter[int]:
    """Adds the rejects among the changes and takes out those that went. Returns the rows that went, by batch."""
    refused = refused_rows(warehouse, work, "changed", landed, REMOVED)
    if refused is None:
        return Counter()
    table = work.table
    warehouse.register("refused", refused)
    same = "row_hash, column_name, reason"
    warehouse.execute(
        f"""
        INSERT INTO reject.{table} SELECT * EXCLUDE ({REMOVED}) FROM refused WHERE NOT {REMOVED};
        CREATE OR REPLACE TEMP TABLE unrefused AS
        SELECT found.place, found.batch_no
        FROM (
            SELECT rowid AS place, batch_no, {same}, row_number() OVER (PARTITION BY {same} ORDER BY batch_no, ordinal) AS number
            FROM reject.{table}
        ) found
        JOIN (SELECT {same}, count(*) AS times FROM refused WHERE {REMOVED} GROUP BY {same}) gone USING ({same})
        WHERE found.number <= gone.times
        """  # noqa: S608
    )
    superseded = Counter(dict(warehouse.execute("SELECT batch_no, count(*) FROM unrefused GROUP BY batch_no").fetchall()))
    _refuse_unknown(warehouse, f"SELECT (SELECT count(*) FROM refused WHERE {REMOVED}), (SELECT count(*) FROM unrefused)")  # noqa: S608
    warehouse.execute(f"DELETE FROM reject.{table} WHERE rowid IN (SELECT place FROM unrefused); DROP TABLE unrefused")  # noqa: S608
    warehouse.unregister("refused")
    return superseded


def _refuse_unknown(warehouse: duckdb.DuckDBPyConnection, counts: str) -> None:
    went, found = warehouse.execute(counts).fetchone() or (0, 0)
    if went != found:
        raise RuntimeError(f"{went} rows are to go of which {found} stand. This is a fault of the program.")


def _note_touched(warehouse: duckdb.DuckDBPyConnection, entity: str, stood: str, stands: str) -> None:
    """What the difference between the rows that stood and those that stand touches."""
    if entity == "access_event":
        warehouse.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE event_change AS
            SELECT account_key, occurred_at, occurred_on, kind, sum(n) AS n
            FROM (
                SELECT account_key, occurred_at, occurred_on, kind, 1 AS n FROM {stands}
                UNION ALL SELECT account_key, occurred_at, occurred_on, kind, -1 FROM {stood}
            ) GROUP BY ALL HAVING sum(n) <> 0;
            INSERT INTO touched_day SELECT DISTINCT occurred_on FROM event_change;
            INSERT INTO changed_event SELECT account_key, occurred_on, sum(n) FROM event_change GROUP BY ALL;
            DROP TABLE event_change
            """  # noqa: S608
        )
    elif entity in OF_DOCUMENTS:
        before, now = (f"SELECT COLUMNS(* EXCLUDE batch_no) FROM {rows}" for rows in (stood, stands))  # noqa: S608
        warehouse.execute(
            f"""
            INSERT INTO touched_document
            SELECT DISTINCT document_key FROM (
                ({before} EXCEPT ALL {now}) UNION ALL ({now} EXCEPT ALL {before})
            )
            """  # noqa: S608
        )
