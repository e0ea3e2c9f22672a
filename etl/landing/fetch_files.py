"""Lands what is new of a source of files: new ones, what was added to a log, what takes the place of a file that was changed.

A file that is no longer there leaves its rows in force: logs are rotated away, messages are moved to an archive. Its rows go when source.toml looks
for other files, or when a file of its name holds something else (a log apart: there the name says nothing).
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from data.errors import DataRefused
from etl.landing.batches import REMOVED, Chain, held_rows, is_as_before, shape_change
from etl.landing.changed_rows import difference_database
from etl.landing.entity_fetch import EntityFetch
from etl.landing.file_register import FileRegister, HeldFile, Span
from etl.runs.fail_points import reach
from etl.sources.known_files import Found, Piece
from etl.sources.source import REFUSED, REFUSED_AT, FileConnection, Reading
from etl.staging.casts import quoted

_CHUNK_ROWS = 100_000


@dataclass(frozen=True)
class _PlannedFile:
    held: HeldFile
    """What of its rows still stands; none of a new file's."""
    found: Found | None
    """None for one that is no longer there."""


@dataclass(frozen=True)
class _Plan:
    """What becomes of the files, known and found."""

    files: tuple[_PlannedFile, ...]
    """Those that are gone, then the others in their order."""
    removed: tuple[Span, ...]
    """Rows that no longer stand."""

    @property
    def found(self) -> list[Found]:
        return [planned.found for planned in self.files if planned.found]

    @property
    def pieces(self) -> list[Piece]:
        return [piece for found in self.found for piece in found.pieces]

    @property
    def held_spans(self) -> list[Span]:
        return [span for planned in self.files for span in planned.held.all_spans]


def land_new_files(fetch: EntityFetch, connection: FileConnection, before: Chain | None, why_anew: str, why_again: str) -> tuple[Chain, str]:
    """The chain with what is new, and how it came about.

    With `why_anew` it begins with a batch of everything, in which rows that stand are carried over; with `why_again` every file that is there is
    read once more for it.
    """
    pattern = fetch.source.pattern(fetch.entity.name)
    register = before.register if before and before.register.pattern == pattern else FileRegister()
    plan = _plan(fetch, connection, register.files, is_again=bool(why_again))
    if before and register.files and not (plan.pieces or plan.removed):
        files = tuple(planned.held for planned in plan.files)
        return dataclasses.replace(before, register=FileRegister(pattern, files)), "no new files, nothing changed"
    reading = connection.read_pieces(fetch.entity, plan.pieces)
    if before is None or not register.files:
        why = why_anew or why_again or "because its files were not read one by one before"
        return _land(fetch, reading, plan, before, f"whole {why}", joins=False)
    if why_again or why_anew:
        how = f"{'whole' if why_again else 'joined'} {why_again or why_anew}"
        return _land(fetch, reading, plan, before, how, joins=not why_again)
    changed = shape_change(before.newest, reading)
    if changed:
        return land_new_files(fetch, connection, before, "", f"because {changed}")
    return _land_change(fetch, reading, plan, before)


def refuse_lost_files(fetch: EntityFetch, connection: FileConnection, register: FileRegister | None) -> None:
    """Raises DataRefused where what was landed is damaged and files that it was read from are gone: their rows would be lost in silence."""
    planned = _plan(fetch, connection, register.files, is_again=False).files if register and register.files else ()
    lost = [each.held.seen.name for each in planned if each.found is None and each.held.all_spans]
    if register is None or lost:
        which = (
            f"{len(lost)} of the files that it was read from are no longer there ({lost[0]} is one)" if lost else "so is what is known of its files"
        )
        raise DataRefused(
            f"source {fetch.source.name}: what was landed of {fetch.entity.name} is damaged, and {which}. What was published before stays. "
            f"Restore {fetch.home.landing / fetch.source.name / fetch.entity.name} from a backup, or put the files back; "
            "`vanban etl run --full` goes on with the files that are there, without what only others held."
        )


def _plan(fetch: EntityFetch, connection: FileConnection, known: Sequence[HeldFile], is_again: bool) -> _Plan:
    found = connection.find(fetch.entity, [held.seen for held in known])
    if is_again and known:
        earlier = {match.seen.name: match.earlier for match in found}
        found = [
            dataclasses.replace(match, earlier=earlier.get(match.seen.name), keeps_closed=False, keeps_open=False)
            for match in connection.find(fetch.entity, ())
        ]
    claimed = {match.earlier for match in found}
    files = [_PlannedFile(held, None) for place, held in enumerate(known) if place not in claimed]
    removed: list[Span] = []
    for match in found:
        held = HeldFile(match.seen)
        if match.earlier is not None:
            earlier_held = known[match.earlier]
            spans = earlier_held.spans if match.keeps_closed else ()
            held = HeldFile(match.seen, spans, earlier_held.open_spans if match.keeps_open else ())
            removed += [span for span in earlier_held.all_spans if span not in held.all_spans]
        files.append(_PlannedFile(held, match))
    return _Plan(tuple(files), tuple(removed))


def _land_change(fetch: EntityFetch, reading: Reading, plan: _Plan, before: Chain) -> tuple[Chain, str]:
    """Writes a batch of changes onto the chain: the new rows, and those that no longer stand."""
    _, path, name = fetch.next_batch()
    places: dict[int, Span] = {}
    with difference_database(fetch.home) as database:
        removed = _rows(fetch, database, before, plan.removed, reading)
        landed = fetch.write_rows(path, reading, places=places, name=name, removed=removed, is_change=True)
    reach("landing.rows_written")
    rows_removed = sum(span.rows for span in plan.removed)
    batch = fetch.batch(name, path, reading, landed, reading.rows_in - landed, is_change=True, rows_removed=rows_removed)
    fetch.put_in_place(path, batch)
    register = _register(fetch, plan.files, places)
    return Chain((*before.batches, batch), register=register), f"new files: {_counts(plan, landed, rows_removed)}"


def _land(fetch: EntityFetch, reading: Reading, plan: _Plan, before: Chain | None, how: str, joins: bool) -> tuple[Chain, str]:
    """Writes a batch of everything that begins a chain: rows that stand, then the new ones; `joins` where it replaces the chain before."""
    carried_from = before if plan.held_spans else None
    if not carried_from:
        fetch.refuse_empty(reading)
    last, path, name = fetch.next_batch()
    places: dict[int, Span] = {}
    files, carried = _moved(plan.files, name)
    with difference_database(fetch.home) as database:
        first = _rows(fetch, database, carried_from, plan.held_spans, reading) if carried_from else ()
        landed = fetch.write_rows(path, reading, places=places, name=name, first=first)
    reach("landing.rows_written")
    filtered = reading.rows_in - landed
    left_out = Counter(reading.left_out)
    if carried_from and joins:
        for other in carried_from.batches:
            left_out.update(other.left_out)
            filtered += other.rows_filtered
    batch = fetch.batch(name, path, reading, landed + carried, filtered, rows_in=landed + carried + filtered, left_out=dict(left_out))
    register = _register(fetch, files, places)
    how = f"{how}: {_counts(plan, landed, 0)}"
    if last and last.query_hash == batch.query_hash and is_as_before(fetch.home, last, batch):
        path.unlink()
        return Chain((last,), register=register.with_batch_renamed(name, last.batch)), f"{how}, nothing changed"
    fetch.put_in_place(path, batch)
    return Chain((batch,), register=register), how


def _counts(plan: _Plan, came: int, went: int) -> str:
    return f"{sum(bool(found.pieces) for found in plan.found)} of {len(plan.found)} files read, {came} rows came, {went} went"


def _rows(fetch: EntityFetch, database: duckdb.DuckDBPyConnection, chain: Chain, spans: Sequence[Span], reading: Reading) -> Iterator[pa.Table]:
    """The rows of these spans of a chain, in their order, with the columns of the reading."""
    if not spans:
        return
    numbers = {batch.batch: number for number, batch in enumerate(chain.batches)}
    table = pa.table(
        {
            "place": pa.array(range(len(spans)), pa.int64()),
            "batch": pa.array([numbers[span.batch] for span in spans], pa.int64()),
            "first": pa.array([span.first for span in spans], pa.int64()),
            "past": pa.array([span.first + span.rows for span in spans], pa.int64()),
        }
    )
    database.register("spans", table)
    wanted = (*reading.columns, *((REFUSED, REFUSED_AT) if reading.has_refused else ()))
    have = {quoted(name) for name in wanted} & set(chain.landed_columns)
    columns = ", ".join(quoted(name) if quoted(name) in have else f"NULL AS {quoted(name)}" for name in wanted)
    rows = database.execute(
        f"""
        SELECT {columns} FROM ({held_rows(fetch.home, chain)}) held
        JOIN spans ON held.batch_no = spans.batch AND held.ordinal >= spans.first AND held.ordinal < spans.past
        WHERE NOT held.{REMOVED} ORDER BY spans.place, held.ordinal
        """  # noqa: S608 - names come from the contract
    )
    for batch in rows.to_arrow_reader(_CHUNK_ROWS):
        yield pa.Table.from_batches([batch])


def _moved(files: Sequence[_PlannedFile], name: str) -> tuple[list[_PlannedFile], int]:
    """The files as they stand when their rows are copied one after another to the beginning of a batch, and the number of these rows."""
    moved = []
    place = 0
    for planned in files:
        spans = []
        for rows in (sum(span.rows for span in each) for each in (planned.held.spans, planned.held.open_spans)):
            spans.append((Span(name, place, rows),) if rows else ())
            place += rows
        moved.append(dataclasses.replace(planned, held=HeldFile(planned.held.seen, *spans)))
    return moved, place


def _register(fetch: EntityFetch, files: Sequence[_PlannedFile], places: dict[int, Span]) -> FileRegister:
    """The files after their new rows were written; `places` says where those of a piece stand."""
    held_files = []
    number = 0
    for planned in files:
        held = planned.held
        for piece in planned.found.pieces if planned.found else ():
            new = (places[number],) if number in places else ()
            number += 1
            if piece.is_open:
                held = dataclasses.replace(held, open_spans=(*held.open_spans, *new))
            else:
                held = dataclasses.replace(held, spans=(*held.spans, *new))
        held_files.append(held)
    return FileRegister(fetch.source.pattern(fetch.entity.name), tuple(held_files))
