"""What has been landed and what of it counts: manifests of immutable batches, and the chains that `current.json` names.

A chain begins with a batch that holds everything an entity had; each further batch holds what came and what went since. What the chain holds is
their sum: every row as often as it came, less as often as it went.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from data.errors import ConfigurationError
from data.paths import Home
from etl.landing.file_register import ENDING, FileRegister, read_register
from etl.runs.durable_files import sha256_of, write_json
from etl.sources.source import REFUSED, REFUSED_AT, Reading, Source
from etl.staging.casts import literal, quoted

MARKED = 100_000
"""Rows of a whole batch that share a mark."""

REMOVED = "is_removed"
"""Column of a batch of changes: whether the row went instead of coming."""


@dataclass(frozen=True)
class Batch:
    """The manifest of one landed batch."""

    source: str
    entity: str
    batch: str
    fetched_at: str
    """ISO 8601, UTC: when the source was opened."""
    rows_in: int
    rows_landed: int
    """Rows that came; a batch of changes holds those that went beside them."""
    rows_filtered: int
    """Dropped for their security marking, most of them by the source's own database, or left out by the source's rules."""
    columns: tuple[str, ...]
    bytes: int
    sha256: str
    query_hash: str
    secret_id: str
    """Which secret made the pseudonyms in it."""
    left_out: dict[str, int] = field(default_factory=dict)
    """Of the filtered rows, those that the source's rules left out: reason and rows."""
    types: tuple[str, ...] = ()
    """The source's own names of the columns' types, in the order of `columns`; empty where it has none."""
    has_refused: bool = False
    """Whether it has the columns that say why a whole line or file could not be read."""
    is_change: bool = False
    """Whether it holds changes to the batches before it, instead of everything."""
    rows_known: int = 0
    """Of the rows that came in, those that stood in the batches before already, just as they are."""
    rows_removed: int = 0
    cursor: str = ""
    """The column that tells new rows; empty where the entity is read whole."""
    cursor_kind: str = ""
    watermark: str = ""
    """The cursor of the newest row so far that is not dated after the fetch."""
    marks: tuple[str, ...] = ()
    """Of a whole batch, the newest cursor of every MARKED rows, empty where one of them has none; nothing where no marks were made."""

    def path(self, home: Home) -> Path:
        return home.landing / self.source / self.entity / f"{self.batch}.parquet"


@dataclass(frozen=True)
class Chain:
    """The batches of one entity that belong together, the first one whole."""

    batches: tuple[Batch, ...]
    compared_at: str = ""
    """ISO 8601, UTC: when all keys were last compared with the source's, a whole fetch included; empty where nobody asks for it."""

    register: FileRegister = field(default_factory=FileRegister)
    """Which files its rows are from, where new files are read alone."""

    @property
    def source(self) -> str:
        return self.batches[0].source

    @property
    def entity(self) -> str:
        return self.batches[0].entity

    @property
    def newest(self) -> Batch:
        return self.batches[-1]

    @property
    def fetched_at(self) -> str:
        return self.newest.fetched_at

    @property
    def columns(self) -> tuple[str, ...]:
        return self.batches[0].columns

    @property
    def has_refused(self) -> bool:
        return self.batches[0].has_refused

    @property
    def landed_columns(self) -> list[str]:
        """The columns of its files, quoted, without the ones that belong to a batch."""
        return [quoted(name) for name in (*self.columns, *((REFUSED, REFUSED_AT) if self.has_refused else ()))]


def held_rows(home: Home, chain: Chain, first: int = 0, row: int = 0) -> str:
    """A SELECT of all rows of its files from place `first` on: batch_no (place in the chain) and ordinal (in the file), from 0, REMOVED, columns.

    Of the chain's first file those from place `row` on.
    """
    columns = ", ".join(chain.landed_columns)
    return " UNION ALL ".join(
        f"SELECT {number} AS batch_no, file_row_number AS ordinal, {REMOVED if batch.is_change else f'false AS {REMOVED}'}, {columns} "  # noqa: S608
        f"FROM read_parquet({literal(batch.path(home).as_posix())}, file_row_number = true)"
        f"{f' WHERE file_row_number >= {row}' if row and not number else ''}"
        for number, batch in enumerate(chain.batches)
        if number >= first
    )


def standing_rows(home: Home, chain: Chain) -> str:
    """A SELECT of the rows that a chain comes to: batch_no, ordinal, columns. Of rows alike, those that came first went first."""
    columns = ", ".join(chain.landed_columns)
    if not any(batch.rows_removed for batch in chain.batches):
        return f"SELECT batch_no, ordinal, {columns} FROM ({held_rows(home, chain)})"  # noqa: S608
    alike = " AND ".join(f"came.{name} IS NOT DISTINCT FROM gone.{name}" for name in chain.landed_columns)
    came_columns = ", ".join(f"came.{name}" for name in chain.landed_columns)
    return f"""
        WITH held AS ({held_rows(home, chain)}),
        gone AS (SELECT {columns}, count(*) AS times FROM held WHERE {REMOVED} GROUP BY {columns})
        SELECT came.batch_no, came.ordinal, {came_columns} FROM held came ANTI JOIN gone ON {alike} WHERE NOT came.{REMOVED}
        UNION ALL
        SELECT came.batch_no, came.ordinal, {came_columns} FROM held came JOIN gone ON {alike} WHERE NOT came.{REMOVED}
        QUALIFY row_number() OVER (PARTITION BY {came_columns} ORDER BY came.batch_no, came.ordinal) > gone.times
    """  # noqa: S608


def landed_chains(home: Home, source: Source) -> list[Chain]:
    """The chains in force, in the contract's order.

    Raises ConfigurationError when the source was never fetched, gained an entity since, or what was landed is damaged.
    """
    chains = chains_in_force(home, source)
    names = _in_force(home, source).batches
    for entity in source.entities:
        if entity not in names:
            raise ConfigurationError(f"source {source.name}: {entity} has never been fetched. Run `vanban etl run`.")
        if entity not in chains:
            raise ConfigurationError(
                f"source {source.name}: a landed batch of {entity} ({', '.join(names[entity])}) is gone or damaged. "
                "Run `vanban etl run` to fetch it anew."
            )
    return [chains[entity] for entity in source.entities]


def chains_in_force(home: Home, source: Source) -> dict[str, Chain]:
    """By entity, without those of which a manifest, a file or the file register is gone or damaged. Every file is read through once."""
    current = _in_force(home, source)
    chains = {}
    for entity in current.batches:
        batches = current.manifests(entity)
        register = current.register(entity)
        found = tuple(batch for batch in batches if batch is not None and _is_whole(home, batch))
        if found and len(found) == len(batches) and register is not None:
            chains[entity] = Chain(found, current.compared.get(entity, ""), register)
    return chains


def register_in_force(home: Home, source: Source, entity: str) -> FileRegister | None:
    """Which files were read for an entity; an empty register where none is kept, None where it is gone or damaged."""
    return _in_force(home, source).register(entity)


def manifests_in_force(home: Home, source: Source) -> list[Batch]:
    """What is known of the batches in force, without those whose manifest cannot be read."""
    current = _in_force(home, source)
    return [batch for entity in current.batches for batch in current.manifests(entity) if batch is not None]


def put_in_force(home: Home, source: Source, chains: list[Chain]) -> None:
    """Replaces the source's current set in one step."""
    folder = home.landing / source.name
    registers = {chain.entity: chain.register.write(folder / chain.entity) for chain in chains if chain.register.files}
    content = {
        "entities": {chain.entity: [batch.batch for batch in chain.batches] for chain in chains},
        "compared": {chain.entity: chain.compared_at for chain in chains if chain.compared_at},
        "files": registers,
    }
    if content != _read_current(folder):
        write_json(folder / "current.json", content)
    for path in folder.glob(f"*/*{ENDING}"):
        if path.name != registers.get(path.parent.name):
            path.unlink(missing_ok=True)


def is_as_before(home: Home, last: Batch, new: Batch) -> bool:
    """Whether the last batch is whole and holds what the new one does."""
    same = ("sha256", "rows_in", "rows_landed", "secret_id", "types", "cursor", "cursor_kind")
    is_same = not last.is_change and all(getattr(last, name) == getattr(new, name) for name in same)
    return is_same and _is_whole(home, last)


def shape_change(last: Batch, reading: Reading) -> str:
    """What makes rows landed before differ from those that come now; empty where nothing does."""
    if last.query_hash != reading.query_hash:
        return f"{last.entity}.sql was changed"
    if last.columns != reading.columns:
        return "its columns are others"
    return "its columns have other types" if last.types != reading.types else ""


def write_manifest(home: Home, batch: Batch) -> None:
    write_json(batch.path(home).with_suffix(".json"), asdict(batch))


def read_manifest(path: Path) -> Batch | None:
    """None for one that is gone or cannot be understood."""
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        lists = {"columns": tuple(fields["columns"]), **{name: tuple(fields.get(name, ())) for name in ("types", "marks")}}
        return Batch(**{**fields, **lists})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _is_whole(home: Home, batch: Batch) -> bool:
    path = batch.path(home)
    try:
        return path.stat().st_size == batch.bytes and sha256_of(path) == batch.sha256
    except OSError:
        return False


@dataclass(frozen=True)
class _InForce:
    """What `current.json` names, each by entity."""

    folder: Path
    batches: dict[str, list[str]]
    compared: dict[str, str]
    registers: dict[str, str]

    def manifests(self, entity: str) -> list[Batch | None]:
        return [read_manifest(self.folder / entity / f"{name}.json") for name in self.batches[entity]]

    def register(self, entity: str) -> FileRegister | None:
        return read_register(self.folder / entity / self.registers[entity]) if entity in self.registers else FileRegister()


def _in_force(home: Home, source: Source) -> _InForce:
    """Homes of earlier versions name one batch instead of a list."""
    folder = home.landing / source.name
    content = _read_current(folder)
    batches, compared, registers = (part if isinstance(part := content.get(name), dict) else {} for name in ("entities", "compared", "files"))
    names = {entity: [found] if isinstance(found, str) else list(found) for entity, found in batches.items()}
    return _InForce(folder, names, compared, registers)


def _read_current(folder: Path) -> dict[str, object]:
    try:
        content = json.loads((folder / "current.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
