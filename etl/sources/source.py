"""What every source kind has in common: a folder, a mapping per entity, and rows that come out as text."""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol, runtime_checkable

import pyarrow as pa

from data.errors import ConfigurationError, SourceUnreachable
from data.paths import Home
from etl.contract import ENTITY, Entity
from etl.sources.database.cursor import Cursor, CursorKind, Since, read_cursor
from etl.sources.known_files import Found, Piece, Seen, compare_whole

Row = tuple[Any, ...]

CHUNK_ROWS = 20_000
"""Rows held in memory at a time while a source is read."""

REFUSED, REFUSED_AT = "refused", "refused_at"
"""Columns of a chunk that is a table: why a line or file could not be read at all, and its place (from 1). The contract's columns are NULL then."""


PIECE = "piece"
"""Column of the chunks that `FileConnection.read_pieces` gives: the place of the piece that a row is from. Rows of a piece stand together."""


@dataclass(frozen=True)
class Reading:
    """One entity as its query delivers it."""

    entity: Entity
    columns: tuple[str, ...]
    """The contract's names, in the query's order."""
    rows_in: int
    """Counted by the source's own engine, apart from the rows that then arrive."""
    rows_ordinary: int
    """How many of them carry no higher security marking; `chunks` and `left_out` must add up to this, or to the sample asked for."""
    chunks: Iterator[Sequence[Row] | pa.Table]
    """Rows of the driver, or tables of text columns that may have REFUSED and REFUSED_AT beside."""
    query_hash: str
    left_out: Counter[str] = field(default_factory=Counter)
    """Rows that a kind passes over while it reads because they are not what is asked for, by reason; whole once all chunks were taken."""
    types: tuple[str, ...] = ()
    """The source's own names of the columns' types; empty where it has none. Told apart from run to run, never understood."""
    has_refused: bool = False
    """Whether the chunks are tables with REFUSED and REFUSED_AT."""
    way: str = ""
    """By what the rows come, and why not by something faster, where a kind has several ways."""
    cursor_kind: CursorKind | None = None
    """How the cursor's values compare, where only the source itself can tell."""


class Connection(Protocol):
    """A source while it is open: all its entities are read as of one moment where the source can do that."""

    def read(self, entity: Entity, sample: int | None = None) -> Reading:
        """Runs the entity's query; with `sample`, at most so many rows arrive.

        Raises ColumnsDiffer, ConfigurationError (the query is wrong) or SourceUnreachable.
        """


@runtime_checkable
class PartConnection(Connection, Protocol):
    """A source that can be asked for a part of an entity: of the kinds whose `source.toml` may name a cursor."""

    def read_part(self, entity: Entity, since: Since | None, only: Sequence[str] = ()) -> Reading:
        """Runs the entity's query for the rows of `since` (None for all of them) and, where given, for those columns alone."""


@runtime_checkable
class FileConnection(Connection, Protocol):
    """A source of files, of which those that are new can be read alone."""

    def reads_new_files(self, entity: Entity) -> bool:
        """Whether the rows of a file depend on that file alone, and the source is not asked to be read whole every time."""

    def find(self, entity: Entity, known: Sequence[Seen]) -> list[Found]:
        """The entity's files as they are now, in their order. Raises ConfigurationError or SourceUnreachable."""

    def read_pieces(self, entity: Entity, pieces: Sequence[Piece]) -> Reading:
        """As `read`, of these pieces of what `find` found; the chunks are tables with the column PIECE."""


@dataclass(frozen=True)
class Source(ABC):
    """One source folder, checked: `source.toml` and one SELECT per entity."""

    name: str
    kind: str
    """Its name in KINDS."""
    title: str
    time_zone: str
    """For instants that carry no zone."""
    is_synthetic: bool
    folder: Path
    home: Home
    entities: tuple[str, ...]
    """In the contract's order."""
    options: Mapping[str, Any]
    """What `source.toml` says beyond the above, for this kind."""
    entity_options: Mapping[str, Mapping[str, Any]]
    stated_date_order: str = ""
    """For entities that do not state their own."""

    SOURCE_KEYS: ClassVar[Mapping[str, type]] = {}
    """Keys that this kind adds to `source.toml`, all of them required."""
    ENTITY_KEYS: ClassVar[Mapping[str, type]] = {}
    """Keys that this kind allows in `[entities.<name>]`."""

    @property
    def is_in_each_unit(self) -> bool:
        """Whether a person in several units at once counts in each of them; else in one."""
        return any(options.get("membership") == "each" for options in self.entity_options.values())

    @property
    def tells_last_logins_only(self) -> bool:
        """Whether its logins are the last one of each account, which say nothing of earlier periods."""
        return bool(self.entity_options.get("access_event", {}).get("last_login_only"))

    @property
    def keeps_vanished_accounts(self) -> bool:
        """Whether accounts that are gone from the source stay, disabled from the day on which they were first missing."""
        return self.entity_options.get("account", {}).get("vanished") == "keep"

    def date_order(self, entity: str) -> str:
        """Whether an entity's dates that end in their year have the day or the month first; empty where the source does not say."""
        return str(self.entity_options[entity].get("date_order", self.stated_date_order))

    @abstractmethod
    def open(self, environment: Mapping[str, str]) -> AbstractContextManager[Connection]:
        """Connects for reading only."""

    def settings_hash(self, entity: str) -> str:
        """Of all that decides which rows the entity's files come to: its SELECT and what `source.toml` says of it, but where the files are."""
        stated = {**self.options, **self.entity_options[entity]}
        options = {key: value for key, value in stated.items() if key not in ("files", "mode", "max_rejected", "date_order")}
        return hashlib.sha256(f"{self.query(entity).hash}|{json.dumps(options, sort_keys=True)}".encode()).hexdigest()

    def pattern(self, entity: str) -> str:
        """Where the entity's files are; empty for kinds without files."""
        return str(self.entity_options[entity].get("files", self.options.get("files", "")))

    def files_matching(self, section: str, pattern: str) -> list[Path]:
        """Files below the home that a pattern names, sorted; `section` is the TOML table that holds the pattern, "" for the top.

        Raises ConfigurationError for a pattern that leaves the home, SourceUnreachable when nothing matches.
        """
        root = self.home.root
        if not pattern or Path(pattern).is_absolute() or ".." in Path(pattern).parts:
            raise ConfigurationError(f"{self.where(section)}: files must be a pattern below {root}.")
        paths = sorted(path for path in root.glob(pattern) if path.is_file())
        if not paths:
            raise self.no_file_matches(pattern)
        return paths

    def no_file_matches(self, pattern: str) -> SourceUnreachable:
        return SourceUnreachable(f"source {self.name}: no file matches {pattern} in {self.home.root}. Put the files there or correct the pattern.")

    def file_unreadable(self, file_name: str, error: OSError) -> SourceUnreachable:
        reason = error.strerror or type(error).__name__
        return SourceUnreachable(f"source {self.name}: {file_name} cannot be read: {reason}. Give vanban the right to read it.")

    def compare_files(self, entity: str, paths: Sequence[Path], known: Sequence[Seen]) -> list[Found]:
        """Files that are read whole or not at all, beside those that are known; a SELECT that names `file_name` tells copies apart."""
        try:
            return compare_whole(paths, self.home.root, known, "file_name" in self.query(entity).text.lower())
        except OSError as error:
            raise self.file_unreadable(Path(error.filename or "a file").name, error) from None

    def reads_new_files_alone(self, entity: str, default: bool) -> bool:
        """The entity's `mode` in `source.toml`, `default` where it does not say. Raises ConfigurationError for an unknown mode."""
        mode = self.entity_options[entity].get("mode")
        if mode not in (None, "full", "incremental"):
            raise ConfigurationError(f'{self.where(f"entities.{entity}")}: mode is {mode!r}. Write "full" or "incremental".')
        return default if mode is None else mode == "incremental"

    def where(self, section: str) -> str:
        """A TOML table of `source.toml`, for messages."""
        file = self.folder / "source.toml"
        return f"{file}, [{section}]" if section else str(file)

    def query(self, entity: str, dialect: str = "") -> Query:
        """The SELECT of an entity; `<entity>.<dialect>.sql` wins over `<entity>.sql`."""
        for name in (f"{entity}.{dialect}.sql", f"{entity}.sql"):
            path = self.folder / name
            if path.is_file():
                try:
                    text = path.read_text(encoding="utf-8-sig")
                except UnicodeDecodeError as error:
                    raise ConfigurationError(f"{path} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from None
                return Query(name, text.rstrip().removesuffix(";"))
        raise ConfigurationError(f"source {self.name}: there is no {entity}.sql (nor {entity}.{dialect}.sql) in {self.folder}. Write it.")

    def cursor(self, entity: str) -> Cursor | None:
        """Where a run goes on in the entity; None where it is read whole every time."""
        if "cursor" not in self.ENTITY_KEYS:
            return None
        return read_cursor(self.where(f"entities.{entity}"), ENTITY[entity], self.entity_options[entity])

    def match_columns(self, entity: Entity, file: str, delivered: Sequence[str]) -> tuple[str, ...]:
        """The contract's name of every delivered column (databases differ in letter case).

        The column that is the entity's cursor may stand beside the contract's. Raises ColumnsDiffer when a required column or the cursor is missing
        or one is delivered that the contract does not know.
        """
        known = {column.name for column in entity.columns}
        cursor = self.cursor(entity.name)
        if cursor:
            known.add(cursor.column)
        names = [name.lower() for name in delivered]
        missing = tuple(column.name for column in entity.columns if column.required and column.name not in names)
        unknown = tuple(name for name in delivered if name.lower() not in known)
        if cursor and cursor.column not in names:
            raise ConfigurationError(
                f"source {self.name}: the cursor {cursor.column} is not a column of {file}. Add it there, or correct cursor in source.toml."
            )
        repeated = sorted({name for name in names if names.count(name) > 1})
        if missing or unknown:
            raise ColumnsDiffer(self.name, entity, file, missing, unknown)
        if repeated:
            raise ConfigurationError(f"source {self.name}: column {repeated[0]} comes twice from {file}. Name each column once.")
        return tuple(names)


@dataclass(frozen=True)
class Query:
    """A mapping's SELECT and the file that it stands in."""

    file: str
    text: str

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    def wrapped(self, select: str, condition: str = "") -> str:
        """The SELECT as a subquery. The line breaks keep a closing comment from swallowing what follows."""
        return f"SELECT {select} FROM (\n{self.text}\n) q {condition}"  # noqa: S608 - the mapping is the administrator's own SQL


class ColumnsDiffer(ConfigurationError):
    """A query's columns are not the contract's."""

    def __init__(self, source: str, entity: Entity, file: str, missing: tuple[str, ...], unknown: tuple[str, ...]) -> None:
        self.missing = missing
        self.unknown = unknown
        sentences = []
        for name in missing:
            sentences.append(f"column {name} is missing from {file}. Add it (contract: {ENTITY[entity.name].column(name).kind}, required)")
        for name in unknown:
            allowed = ", ".join(column.name for column in entity.columns)
            sentences.append(f"column {name} in {file} is not part of the contract. Rename or remove it (contract: {allowed})")
        super().__init__(f"source {source}: " + "; ".join(sentences) + f" and run `vanban source check {source}`.")
