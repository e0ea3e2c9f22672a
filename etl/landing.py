"""Immutable batches of what was fetched: `var/landing/<source>/<entity>/<batch>.parquet` with a manifest beside it.

All columns are text, as the source gave it, except that people's keys are already pseudonyms and rows above the ordinary security level are left
behind. `<source>/current.json` names the batches that belong together; it is replaced once all entities of a source are whole on disk, so a run that
is killed half way leaves the earlier set in force.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.errors import ConfigurationError, DataRefused, SourceUnreachable
from data.paths import Home
from etl.contract import ENTITY, ORDINARY
from etl.durable_files import UNFINISHED, flush_folder, put_in_place, sha256_of, write_json
from etl.fail_points import reach
from etl.progress import Progress
from etl.pseudonym import Pseudonyms
from etl.sources.source import REFUSED, REFUSED_AT, Reading, Row, Source
from etl.sources.text import NotText, text_columns


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

    def path(self, home: Home) -> Path:
        return home.landing / self.source / self.entity / f"{self.batch}.parquet"


def fetch_source(home: Home, source: Source, pseudonyms: Pseudonyms, environment: Mapping[str, str], progress: Progress) -> list[Batch]:
    """Lands every entity of a source as of one moment and puts the batches in force.

    Raises DataRefused when an entity without which no figure can be computed comes empty, SourceUnreachable when rows go missing on the way.
    """
    batches: list[Batch] = []
    fetched_at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    with source.open(environment) as connection:
        for name in source.entities:
            progress.step(f"fetch {source.name}: {name}")
            reading = connection.read(ENTITY[name])
            _refuse_empty(source, reading)
            batches.append(_land(home, source, reading, pseudonyms, fetched_at, progress))
    write_json(home.landing / source.name / "current.json", {"entities": {batch.entity: batch.batch for batch in batches}})
    reach("landing.set_in_force")
    return batches


def landed_batches(home: Home, source: Source) -> list[Batch]:
    """The batches in force, in the contract's order.

    Raises ConfigurationError when the source was never fetched, or gained an entity since.
    """
    in_force = _in_force(home, source)
    batches = []
    for entity in source.entities:
        if entity not in in_force:
            raise ConfigurationError(f"source {source.name}: {entity} has never been fetched. Run `vanban etl run`.")
        batch = _manifest(home.landing / source.name / entity / f"{in_force[entity]}.json")
        if batch is None or not batch.path(home).is_file() or sha256_of(batch.path(home)) != batch.sha256:
            raise ConfigurationError(
                f"source {source.name}: the landed batch {in_force[entity]} of {entity} is gone or damaged. Run `vanban etl run` to fetch it anew."
            )
        batches.append(batch)
    return batches


def manifests_in_force(home: Home, source: Source) -> dict[str, Batch]:
    """By entity, what is known of the batches in force; those that cannot be read are left out."""
    found = {entity: _manifest(home.landing / source.name / entity / f"{name}.json") for entity, name in _in_force(home, source).items()}
    return {entity: batch for entity, batch in found.items() if batch is not None}


def refuse_other_secret(home: Home, sources: Sequence[Source], pseudonyms: Pseudonyms) -> None:
    """Raises ConfigurationError when what has been landed was pseudonymised with another secret: every account would silently become a new one."""
    for source in sources:
        for entity, name in _in_force(home, source).items():
            batch = _manifest(home.landing / source.name / entity / f"{name}.json")
            if batch is not None and batch.secret_id != pseudonyms.secret_id:
                raise ConfigurationError(
                    f"The account key is not the one that {home.landing} was filled with, so that no account would be recognised. "
                    f"Restore {home.account_key_file} (or VANBAN_ACCOUNT_KEY), or remove {home.landing} to begin anew with new pseudonyms."
                )


def _land(home: Home, source: Source, reading: Reading, pseudonyms: Pseudonyms, fetched_at: str, progress: Progress) -> Batch:
    """Writes one batch, unless it holds what the last one holds: then that one stays and nothing is written."""
    folder = home.landing / source.name / reading.entity.name
    folder.mkdir(parents=True, exist_ok=True)
    last = _newest(folder)
    sequence = 1 + (int(last.batch.partition("-")[0]) if last else 0)
    moment = dt.datetime.fromisoformat(fetched_at)
    batch_name = f"{sequence:06d}-{moment:%Y%m%dT%H%M%SZ}"
    unfinished = folder / f"{batch_name}.parquet{UNFINISHED}"
    rows_landed = _write_rows(unfinished, source, reading, pseudonyms, progress)
    reach("landing.rows_written")
    batch = Batch(
        source=source.name,
        entity=reading.entity.name,
        batch=batch_name,
        fetched_at=fetched_at,
        rows_in=reading.rows_in,
        rows_landed=rows_landed,
        rows_filtered=reading.rows_in - rows_landed,
        columns=reading.columns,
        bytes=unfinished.stat().st_size,
        sha256=sha256_of(unfinished),
        query_hash=reading.query_hash,
        secret_id=pseudonyms.secret_id,
        left_out=dict(reading.left_out.reasons),
        types=reading.types,
        has_refused=reading.has_refused,
    )
    if last is not None and _same_content(last, batch) and last.path(home).is_file() and sha256_of(last.path(home)) == last.sha256:
        unfinished.unlink()
        return last
    put_in_place(unfinished, batch.path(home))
    reach("landing.batch_placed")
    write_json(batch.path(home).with_suffix(".json"), asdict(batch))
    reach("landing.manifest_placed")
    flush_folder(folder)
    return batch


def text_table(source: Source, reading: Reading, rows: Sequence[Row] | pa.Table, pseudonyms: Pseudonyms) -> pa.Table:
    """A chunk as it may be written: text, people's keys replaced, and no row whose marking is not exactly the ordinary one."""
    if isinstance(rows, pa.Table):
        return _protected(reading, rows, pseudonyms)
    entity = reading.entity
    if entity.is_classified:
        marking = reading.columns.index("security_level")
        rows = [row for row in rows if row[marking] == ORDINARY]
    try:
        columns = text_columns(rows, len(reading.columns))
        for place, name in enumerate(reading.columns):
            if entity.column(name).kind == "person":
                columns[place] = [pseudonyms.of(key) for key in columns[place]]
        return pa.table([pa.array(column, pa.string()) for column in columns], names=list(reading.columns))
    except NotText as error:
        raise ConfigurationError(
            f"source {source.name}: {entity.name} delivers {error}, which cannot be kept as text. Cast that column in {entity.name}.sql."
        ) from None
    except UnicodeEncodeError:
        raise ConfigurationError(
            f"source {source.name}: {entity.name} delivers text that is not valid Unicode. "
            "State the database's encoding in its URL, or cast the column."
        ) from None


def _protected(reading: Reading, table: pa.Table, pseudonyms: Pseudonyms) -> pa.Table:
    """The same for a chunk that is a table already: only the distinct keys of people are looked at one by one."""
    if reading.entity.is_classified:
        is_kept = pc.equal(table["security_level"], ORDINARY)
        if REFUSED in table.column_names:
            is_kept = pc.or_kleene(is_kept, pc.is_valid(table[REFUSED]))
        table = table.filter(is_kept)
    for place, name in enumerate(reading.columns):
        if reading.entity.column(name).kind == "person":
            keys = table[name].combine_chunks().dictionary_encode()
            replaced = pa.array([pseudonyms.of(key) for key in keys.dictionary.to_pylist()], pa.string())
            table = table.set_column(place, name, replaced.take(keys.indices))
    return table


def _write_rows(path: Path, source: Source, reading: Reading, pseudonyms: Pseudonyms, progress: Progress) -> int:
    """Streams a reading into a file; returns the rows written."""
    schema = pa.schema([(name, pa.string()) for name in reading.columns])
    if reading.has_refused:
        schema = schema.append(pa.field(REFUSED, pa.string())).append(pa.field(REFUSED_AT, pa.int64()))
    arrived = landed = 0
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=1) as writer:
        for rows in reading.chunks:
            table = text_table(source, reading, rows, pseudonyms)
            writer.write_table(table)
            arrived += len(rows)
            landed += table.num_rows
            progress.advance(len(rows), reading.rows_ordinary)
    arrived += reading.left_out.rows
    if arrived != reading.rows_ordinary:
        raise SourceUnreachable(
            f"source {source.name}: {arrived} rows of {reading.entity.name} arrived where the source had counted {reading.rows_ordinary}: "
            "it changed or went away while it was read. Run the command again."
        )
    return landed


def _refuse_empty(source: Source, reading: Reading) -> None:
    entity = reading.entity
    if not entity.is_mandatory or reading.rows_ordinary:
        return
    reason = f"all {reading.rows_in} rows are above the ordinary security level" if reading.rows_in else "the query returned no rows"
    raise DataRefused(
        f"source {source.name}: {entity.name} came empty: {reason}. What was published before stays. "
        f"See whether the source is whole and {entity.name}.sql selects the right table."
    )


def _same_content(last: Batch, new: Batch) -> bool:
    same = ("sha256", "rows_in", "rows_landed", "secret_id", "types")
    return all(getattr(last, name) == getattr(new, name) for name in same)


def _in_force(home: Home, source: Source) -> dict[str, str]:
    """The batch that counts of every entity landed so far."""
    try:
        entities: dict[str, str] = json.loads((home.landing / source.name / "current.json").read_text(encoding="utf-8"))["entities"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return {}
    return entities


def _newest(folder: Path) -> Batch | None:
    """The last whole batch. A parquet file without manifest is what a killed run left; its number is not used again all the same."""
    _remove_orphans(folder)
    manifests = sorted(folder.glob("*.json"))
    return _manifest(manifests[-1]) if manifests else None


def _remove_orphans(folder: Path) -> None:
    for path in folder.glob("*.parquet"):
        if not path.with_suffix(".json").is_file():
            with contextlib.suppress(FileNotFoundError):
                path.unlink()


def _manifest(path: Path) -> Batch | None:
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        return Batch(**{**fields, "columns": tuple(fields["columns"]), "types": tuple(fields.get("types", ()))})
    except (OSError, ValueError, TypeError, KeyError):
        return None
