"""From landed text to typed rows: cast, trim, NFC, UTC and local day, one row per key, and an account of every row.

The SQL is made from the contract, one way for all entities (docs/decisions/0002-staging-from-the-contract.md). Of several rows with one key the one
that survives is chosen by content, so that the order in which a source hands them over does not matter: the greatest in the first column that
differs, in the contract's order, an empty value counting as less than any other. Later times and fuller rows win.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from data.errors import DataRefused
from data.organisation import Organisation
from data.paths import Home
from data.run_history import EntityAccount
from etl.contract import ENTITIES, ENTITY, Column, Entity
from etl.landing.batches import Chain, held_rows, standing_rows
from etl.landing.pseudonyms import Pseudonyms
from etl.model.warehouse import note_applied
from etl.sources.source import REFUSED, REFUSED_AT
from etl.staging.accounting import accounts_of, rows_by_batch
from etl.staging.casts import FAULTS, TYPES, Zones, cleaned, fault, literal, local_day, quick, quoted, value
from etl.staging.conflicting_rows import has_code_twice, refuse_codes_used_twice
from etl.staging.date_order import refuse_open_order
from etl.staging.own_tables import make_own_tables
from etl.staging.spellings import stands_for_nothing, told_spelling

_CHUNK = 50_000

PEOPLE = ("account", "account_assignment")
"""Entities of which rows that are gone from a source can be kept (`remembered_people`)."""

TOLD_SPELLINGS = 5
"""How many spellings of refused values a reason names."""

MOST_WORDS = 10
"""A column of more wrong words than this may be one of names that a SELECT put in the wrong place: none of them is told."""

AHEAD = dt.timedelta(days=1)
"""How far a source's clock and zone may be ahead of ours."""

RECORD = "record"
"""Stands as the column's name where a whole line or file was refused."""


@dataclass(frozen=True)
class Staging:
    """One chain, and what its texts are read by."""

    home: Home
    chain: Chain
    zones: Zones
    pseudonyms: Pseudonyms

    @property
    def entity(self) -> Entity:
        return ENTITY[self.chain.entity]

    @property
    def columns(self) -> list[Column]:
        return delivered_columns(self.entity, self.chain.columns)

    @property
    def table(self) -> str:
        """Its name in the schemas staging, duplicate and reject."""
        return quoted(f"{self.chain.source}__{self.chain.entity}")


def stage(warehouse: duckdb.DuckDBPyConnection, home: Home, chain: Chain, zones: Zones, pseudonyms: Pseudonyms) -> list[EntityAccount]:
    """Fills `staging.<source>__<entity>`, `duplicate.<source>__<entity>` (what lost against a row of the same key) and
    `reject.<source>__<entity>` from a chain; the account of each of its batches.

    Raises DataRefused when nothing of an entity without which no figure can be computed was usable, the source has to state its order of day and
    month, or one code stands for two units; RuntimeError when the account does not come out.
    """
    work = Staging(home, chain, zones, pseudonyms)
    landed = f"({standing_rows(home, chain)})"
    if not zones.date_order:
        refuse_open_order(warehouse, chain.source, chain.entity, work.columns, f"({held_rows(home, chain)})")
    warehouse.execute("CREATE SCHEMA IF NOT EXISTS staging; CREATE SCHEMA IF NOT EXISTS duplicate; CREATE SCHEMA IF NOT EXISTS reject")
    parsed = parsing(landed, work.columns, zones, chain.has_refused, fetched_at=[batch.fetched_at for batch in chain.batches])
    usable = f"SELECT {staged_selection(work.columns, zones)} FROM ({parsed}) parsed WHERE fault_reason IS NULL"  # noqa: S608
    warehouse.execute(f"CREATE OR REPLACE TABLE staging.{work.table} AS {usable}")
    if chain.entity == "org_unit" and has_code_twice(warehouse, f"staging.{work.table}"):
        refuse_codes_used_twice(warehouse, chain, f"(SELECT * FROM ({parsed}) WHERE fault_reason IS NULL)")  # noqa: S608
    standing = rows_by_batch(warehouse, f"staging.{work.table}")
    are_all_usable = standing.total() == sum(batch.rows_landed - batch.rows_removed for batch in chain.batches)
    standing += _keep_rejects(warehouse, work, "" if are_all_usable else parsed, landed)
    set_duplicates_apart(warehouse, work.table, work.entity, work.columns)
    superseded = Counter({number: batch.rows_landed - standing[number] for number, batch in enumerate(chain.batches)})
    note_applied(warehouse, chain, superseded)
    accounts = accounts_of(warehouse, chain)
    refuse_unusable(warehouse, chain, accounts)
    return accounts


def refuse_unusable(warehouse: duckdb.DuckDBPyConnection, chain: Chain, accounts: Sequence[EntityAccount]) -> None:
    """Raises DataRefused when nothing of an entity without which no figure can be computed was usable."""
    if not ENTITY[chain.entity].is_mandatory or any(account.rows_loaded for account in accounts):
        return
    raise DataRefused(
        f"source {chain.source}: none of the {sum(account.rows_in for account in accounts)} rows of {chain.entity} could be used "
        f"({_commonest_fault(warehouse, chain)}). What was published before stays. "
        f"Run `vanban source check {chain.source}` to see what is wrong."
    )


def make_canonical(
    warehouse: duckdb.DuckDBPyConnection,
    staged: Sequence[tuple[str, str]],
    organisation: Organisation,
    in_each_unit: Sequence[str] = (),
    last_login_only: Sequence[str] = (),
    ledgers: Sequence[str] = (),
) -> None:
    """Makes `canonical.<entity>`, the union over (source, entity) pairs with every column of the contract, the organisation's own tables, and
    `canonical.in_each_unit` of the sources whose people are in several units at once and `canonical.last_login_only` of those that tell of no other.

    `canonical.declared_in_force` are the declared totals that count: where one of the `ledgers` and another source both deliver a key, the ledger's.

    Raises DataRefused where units have a level that the organisation's levels do not name.
    """
    warehouse.execute("CREATE SCHEMA IF NOT EXISTS canonical")
    for entity in ENTITIES:
        parts = [
            f"SELECT {literal(source)} AS source, {_all_columns(warehouse, source, entity)} FROM staging.{quoted(f'{source}__{entity.name}')}"  # noqa: S608
            for source, name in staged
            if name == entity.name
        ]
        empty = ", ".join(f"CAST(NULL AS {kind}) AS {quoted(name)}" for name, kind in staged_columns(entity).items())
        nothing = f"SELECT CAST(NULL AS VARCHAR) AS source, {empty} WHERE false"
        if entity.name in PEOPLE:
            warehouse.execute(f"CREATE OR REPLACE TABLE canonical.kept_{entity.name} AS {nothing}")
            parts.append(f"SELECT * FROM canonical.kept_{entity.name}")  # noqa: S608
        select = " UNION ALL ".join(parts) or nothing
        warehouse.execute(f"CREATE OR REPLACE VIEW canonical.{entity.name} AS {select}")
    make_own_tables(warehouse, organisation)
    for name, sources in (("in_each_unit", in_each_unit), ("last_login_only", last_login_only)):
        warehouse.execute(f"CREATE OR REPLACE TABLE canonical.{name} AS SELECT unnest(CAST(? AS VARCHAR[])) AS source", [list(sources)])
    names = ", ".join(literal(name) for name in ledgers) or "NULL"
    key = ", ".join(quoted(name) for name in ENTITY["declared_total"].key)
    warehouse.execute(
        f"""
        CREATE OR REPLACE VIEW canonical.declared_in_force AS
        SELECT * FROM canonical.declared_total WHERE source IN ({names})
        UNION ALL
        SELECT * FROM (SELECT * FROM canonical.declared_total WHERE source NOT IN ({names if ledgers else "''"})) other
        ANTI JOIN (SELECT {key} FROM canonical.declared_total WHERE source IN ({names})) approved USING ({key})
        """  # noqa: S608 - names come from the contract and the settings
    )


def staged_columns(entity: Entity) -> dict[str, str]:
    """The columns of an entity's staged rows with their types: the contract's, and after each instant `…_at` its local day `…_on`."""
    columns: dict[str, str] = {}
    for column in entity.columns:
        columns[column.name] = TYPES[column.kind]
        if column.kind == "instant":
            columns[_day_name(column)] = "DATE"
    return columns


def reject_reasons(warehouse: duckdb.DuckDBPyConnection, source: str, entity: str) -> list[tuple[str, str, int]]:
    """Column, reason and rows of what was refused, the commonest first; a reason ends in the commonest spellings that may be told."""
    table = quoted(f"{source}__{entity}")
    return grouped_reasons(
        warehouse.execute(f"SELECT column_name, reason, spelling, count(*) FROM reject.{table} GROUP BY ALL").fetchall()  # noqa: S608
    )


def grouped_reasons(counted: Iterable[tuple[str, str, str | None, int]]) -> list[tuple[str, str, int]]:
    """Column, reason and rows out of column, reason, spelling and rows: "not a date: 2024-13-45 (12), 31-6-2024 (1)"."""
    spelt: dict[tuple[str, str], Counter[str | None]] = {}
    for column, reason, spelling, rows in counted:
        spelt.setdefault((column, reason), Counter())[spelling] += rows
    reasons = []
    for (column, reason), rows_of in spelt.items():
        told = sorted(((rows, text) for text, rows in rows_of.items() if text), key=lambda one: (-one[0], one[1]))
        if len(told) > MOST_WORDS and reason in (FAULTS["choice"], FAULTS["flag"]):
            told = []
        listed = ", ".join(f"{text} ({rows})" for rows, text in told[:TOLD_SPELLINGS])
        more = f" and {len(told) - TOLD_SPELLINGS} more" if len(told) > TOLD_SPELLINGS else ""
        reasons.append((column, f"{reason}: {listed}{more}" if listed else reason, rows_of.total()))
    return sorted(reasons, key=lambda one: (-one[2], one[0], one[1]))


def delivered_columns(entity: Entity, names: Sequence[str]) -> list[Column]:
    """The contract's columns that a source delivers, in the contract's order."""
    return [column for column in entity.columns if column.name in names]


def parsing(
    landed: str,
    columns: Sequence[Column],
    zones: Zones,
    has_refused: bool = False,
    place: str = "batch_no, ordinal",
    fetched_at: Sequence[str] = (),
) -> str:
    """Every row of `landed` with its values, and the first thing wrong with it as fault_column and fault_reason.

    `fetched_at` tells when (ISO 8601) each batch was, by batch_no; what has happened and is dated later is wrong.

    `landed` has columns of text and those that say where a row stands (`place`); with `has_refused` also REFUSED: a line or file that the source
    could not read is wrong as a whole, under RECORD.
    """
    quickly = {column.name: quick(column, zones) for column in columns}
    seen = "".join(f", {expression} AS {_quick(name)}" for name, expression in quickly.items() if expression)
    texts, emptied, values = [], [], []
    for column in columns:
        text, found = cleaned(column), value(column, zones)
        if quickly[column.name]:
            text = f"CASE WHEN {_quick(column.name)} IS NULL THEN {text} END"
            found = f"coalesce({_quick(column.name)}, {found})"
            texts.append(_quick(column.name))
            emptied.append(_quick(column.name))
        texts.append(f"{text} AS {quoted(column.name)}")
        emptied.append(f"{_without_words(column)} AS {quoted(column.name)}")
        values.append(f"{quoted(column.name)} AS {_text(column)}, {found} AS {quoted(column.name)}")
    faults = ", ".join(
        f"{fault(column, _text(column), quoted(column.name), _is_to_come(column, fetched_at, zones))} AS {_fault(column)}" for column in columns
    )
    first_column = (
        f"CASE WHEN {REFUSED} IS NOT NULL THEN '{RECORD}' "
        + " ".join(f"WHEN {_fault(column)} IS NOT NULL THEN {literal(column.name)}" for column in columns)
        + " END"
    )
    first_reason = f"coalesce({REFUSED}, {', '.join(_fault(column) for column in columns)})"
    kept = ", ".join(quoted(column.name) for column in columns)
    refused = REFUSED if has_refused else "CAST(NULL AS VARCHAR)"
    return f"""
        WITH seen AS (SELECT {place}, {refused} AS {REFUSED}, {kept}{seen} FROM {landed}),
        cleaned AS (SELECT {place}, {REFUSED}, {", ".join(texts)} FROM seen),
        emptied AS (SELECT {place}, {REFUSED}, {", ".join(emptied)} FROM cleaned),
        valued AS (SELECT {place}, {REFUSED}, {", ".join(values)} FROM emptied),
        judged AS (SELECT {place}, {REFUSED}, {kept}, {faults} FROM valued)
        SELECT {place}, {kept}, {first_column} AS fault_column, {first_reason} AS fault_reason FROM judged
    """  # noqa: S608 - names come from the contract


def set_duplicates_apart(warehouse: duckdb.DuckDBPyConnection, table: str, entity: Entity, columns: Sequence[Column]) -> None:
    """Leaves one staged row per key and moves the others to the duplicates."""
    key = ", ".join(quoted(name) for name in entity.key)
    # Numbers are compared first: grouping by the keys themselves takes twice as long, and most tables hold every key once.
    warehouse.execute(
        f"""
        CREATE OR REPLACE TABLE duplicate.{table} AS SELECT * FROM staging.{table} LIMIT 0;
        CREATE OR REPLACE TEMP TABLE repeated AS SELECT hash({key}) AS number FROM staging.{table} GROUP BY hash({key}) HAVING count(*) > 1
        """  # noqa: S608
    )
    if warehouse.execute("SELECT 1 FROM repeated LIMIT 1").fetchone():
        warehouse.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE surplus AS
            SELECT place FROM (
                SELECT place, row_number() OVER (PARTITION BY {key} ORDER BY {preference(entity, columns)}) AS rank
                FROM (SELECT rowid AS place, * FROM staging.{table} WHERE hash({key}) IN (SELECT number FROM repeated))
            ) WHERE rank > 1;
            INSERT INTO duplicate.{table} SELECT * FROM staging.{table} WHERE rowid IN (SELECT place FROM surplus);
            DELETE FROM staging.{table} WHERE rowid IN (SELECT place FROM surplus);
            DROP TABLE surplus
            """  # noqa: S608
        )
    warehouse.execute("DROP TABLE repeated")


def staged_selection(columns: Sequence[Column], zones: Zones) -> str:
    """The columns of a staged table: the batch, the contract's, and after each instant its local day."""
    selected = ["batch_no"]
    for column in columns:
        selected.append(quoted(column.name))
        if column.kind == "instant":
            selected.append(f"{local_day(quoted(column.name), zones)} AS {quoted(_day_name(column))}")
    return ", ".join(selected)


def preference(entity: Entity, columns: Sequence[Column]) -> str:
    """Which of several rows with one key stands: by content, and of rows alike the one that came first."""
    others = [f"{quoted(column.name)} DESC NULLS LAST" for column in columns if column.name not in entity.key]
    return ", ".join([*others, "batch_no"])


def _keep_rejects(warehouse: duckdb.DuckDBPyConnection, work: Staging, parsed: str, landed: str) -> Counter[int]:
    """Writes down which rows of `parsed` were refused and why; how many there are by batch. An empty `parsed` has none."""
    table = work.table
    warehouse.execute(
        f"CREATE OR REPLACE TABLE reject.{table} "
        "(batch_no INTEGER, batch VARCHAR, ordinal BIGINT, column_name VARCHAR, reason VARCHAR, row_hash VARCHAR, spelling VARCHAR)"
    )
    if not parsed:
        return Counter()
    warehouse.execute(f"CREATE OR REPLACE TEMP TABLE faulty AS SELECT * FROM ({parsed}) WHERE fault_reason IS NOT NULL")  # noqa: S608
    refused = refused_rows(warehouse, work, "faulty", landed)
    if refused is not None:
        warehouse.register("refused", refused)
        warehouse.execute(f"INSERT INTO reject.{table} SELECT * FROM refused")  # noqa: S608
        warehouse.unregister("refused")
    warehouse.execute("DROP TABLE faulty")
    return rows_by_batch(warehouse, f"reject.{table}")


def refused_rows(warehouse: duckdb.DuckDBPyConnection, work: Staging, parsed: str, landed: str, also: str = "false") -> pa.Table | None:
    """The rows of `parsed` that have a fault, with a keyed fingerprint in place of what they held, and of the refused value its spelling where that
    is no key, number or text and no person's; None where there are none.

    Columns: those of the reject tables, and the column `also` of `landed`.
    """
    if not warehouse.execute(f"SELECT 1 FROM {parsed} WHERE fault_reason IS NOT NULL LIMIT 1").fetchone():  # noqa: S608
        return None
    # Each text with its length before it: without that, two rows could make one string.
    row = " || ".join(f"coalesce(length({quoted(column.name)}) || ':' || {quoted(column.name)}, '-')" for column in work.columns)
    spelling = told_spelling(work.columns, "fault_column", "landed")
    told_of = ", ".join(quoted(column.name) for column in work.columns)
    refused_at = REFUSED_AT if work.chain.has_refused else "CAST(NULL AS BIGINT)"
    warehouse.execute(
        f"""
        SELECT batch_no, coalesce(refused_at, parsed.ordinal), fault_column, fault_reason, landed.row, {spelling}, landed.also
        FROM {parsed} parsed
        JOIN (SELECT batch_no, ordinal, {told_of}, {refused_at} AS refused_at, {row} AS row, {also} AS also FROM {landed}) landed
        USING (batch_no, ordinal) WHERE fault_reason IS NOT NULL ORDER BY batch_no, ordinal
        """  # noqa: S608
    )
    refused = []
    while rows := warehouse.fetchmany(_CHUNK):
        numbers, ordinals, names, reasons, texts, spellings, others = zip(*rows, strict=True)
        content = {
            "batch_no": pa.array(numbers, pa.int32()),
            "batch": [work.chain.batches[number].batch for number in numbers],
            "ordinal": pa.array(ordinals, pa.int64()),
            "column_name": names,
            "reason": reasons,
            "row_hash": [work.pseudonyms.row_hash(text) for text in texts],
            "spelling": pa.array(spellings, pa.string()),
        }
        refused.append(pa.table(content if also == "false" else {**content, also: others}))
    return pa.concat_tables(refused)


def _commonest_fault(warehouse: duckdb.DuckDBPyConnection, chain: Chain) -> str:
    found = reject_reasons(warehouse, chain.source, chain.entity)
    return f"most often {found[0][0]}: {found[0][1]}" if found else "no row was left"


def _all_columns(warehouse: duckdb.DuckDBPyConnection, source: str, entity: Entity) -> str:
    """The staged table's columns, NULL in place of those that the source does not deliver."""
    staged = warehouse.execute(f"SELECT * FROM staging.{quoted(f'{source}__{entity.name}')} LIMIT 0")  # noqa: S608
    present = {name for name, *_ in staged.description or ()}
    return ", ".join(quoted(name) if name in present else f"CAST(NULL AS {kind}) AS {quoted(name)}" for name, kind in staged_columns(entity).items())


def _day_name(column: Column) -> str:
    return column.name.removesuffix("_at") + "_on"


def _text(column: Column) -> str:
    return quoted(f"{column.name}.text")


def _is_to_come(column: Column, fetched_at: Sequence[str], zones: Zones) -> str:
    """The condition on which a value lies in the future of its batch; empty for columns that may."""
    if not fetched_at or not column.has_happened or zones.is_synthetic:
        return ""
    moments = [f"TIMESTAMPTZ {literal((dt.datetime.fromisoformat(moment) + AHEAD).isoformat())}" for moment in fetched_at]
    name = quoted(column.name)
    if len(moments) == 1:
        return f"{name} > {moments[0]}"
    # Chains only grow towards later: nearly all rows are told by the first comparison.
    return f"CASE WHEN {name} > {moments[0]} THEN {name} > [{', '.join(moments)}][batch_no + 1] ELSE false END"


def _without_words(column: Column) -> str:
    """The cleaned text, NULL where it is a word for nothing; people had those taken out before they were hashed."""
    text = quoted(column.name)
    return text if column.kind == "person" else f"CASE WHEN {stands_for_nothing(column, text)} THEN NULL ELSE {text} END"


def _quick(name: str) -> str:
    return quoted(f"{name}.quick")


def _fault(column: Column) -> str:
    return quoted(f"{column.name}.fault")
