"""Lands what is new of a source of files: new ones, what was added to a log, what takes the place of a file that was changed.

A file that is no longer there leaves its rows in force: logs are rotated away, messages are moved to an archive. Its rows go when source.toml looks
for other files, or when a file of its name holds something else (a log apart: there the name says nothing).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from data.errors import DataRefused
from etl.landing.batches import REMOVED, Batch, Chain, held_rows, is_as_before, shape_change
from etl.landing.changed_rows import workbench
from etl.landing.fetch_entity import Fetch
from etl.landing.file_register import HeldFile, Ledger, Span
from etl.runs.fail_points import reach
from etl.sources.known_files import Found, Piece
from etl.sources.source import REFUSED, REFUSED_AT, FileConnection, Reading
from etl.staging.casts import quoted

_CHUNK_ROWS = 100_000


@dataclass(frozen=True)
class _Plan:
    """What becomes of the files, known and found."""

    gone: tuple[HeldFile, ...]
    """Known, and no longer there."""
    found: tuple[tuple[Found, HeldFile | None], ...]
    """The others, each with what of its rows still stands."""
    removed: tuple[Span, ...]
    """Rows that no longer stand."""

    @property
    def pieces(self) -> list[Piece]:
        return [piece for found, _ in self.found for piece in found.pieces]

    @property
    def kept(self) -> list[HeldFile]:
        return [*self.gone, *(held for _, held in self.found if held)]


def land_new_files(fetch: Fetch, connection: FileConnection, before: Chain | None, why_anew: str, why_again: str) -> tuple[Chain, str]:
    """The chain with what is new, and how it came about.

    With `why_anew` it begins with a batch of everything, in which rows that stand are carried over; with `why_again` every file that is there is
    read once more for it.
    """
    ledger = before.ledger if before and before.ledger.pattern == fetch.source.pattern(fetch.entity.name) else Ledger()
    plan = _plan(fetch, connection, ledger.files, is_again=bool(why_again))
    if before and ledger.files and not (plan.pieces or plan.removed):
        return dataclasses.replace(before, ledger=Ledger(ledger.pattern, tuple(plan.kept))), "no new files, nothing changed"
    reading = connection.read_pieces(fetch.entity, plan.pieces)
    if before is None or not ledger.files:
        return _land(fetch, reading, plan, None, before, f"whole {why_anew or why_again or 'because its files were not read one by one before'}")
    if why_again or why_anew:
        return _land(fetch, reading, plan, None, before, f"{'whole' if why_again else 'joined'} {why_again or why_anew}")
    changed = shape_change(before.newest, reading)
    if changed:
        return land_new_files(fetch, connection, before, "", f"because {changed}")
    return _land(fetch, reading, plan, before, before, "new files")


def refuse_lost_files(fetch: Fetch, connection: FileConnection, ledger: Ledger | None) -> None:
    """Raises DataRefused where what was landed is damaged and files that it was read from are gone: their rows would be lost in silence."""
    gone = _plan(fetch, connection, ledger.files, is_again=False).gone if ledger and ledger.files else ()
    lost = [held.seen.name for held in gone if held.spans or held.open_spans]
    if ledger is None or lost:
        which = (
            f"{len(lost)} of the files that it was read from are no longer there ({lost[0]} is one)" if lost else "so is what is known of its files"
        )
        raise DataRefused(
            f"source {fetch.source.name}: what was landed of {fetch.entity.name} is damaged, and {which}. What was published before stays. "
            f"Restore {fetch.home.landing / fetch.source.name / fetch.entity.name} from a backup, or put the files back; "
            "`vanban etl run --full` goes on with the files that are there, without what only others held."
        )


def _plan(fetch: Fetch, connection: FileConnection, known: Sequence[HeldFile], is_again: bool) -> _Plan:
    found = connection.find(fetch.entity, [held.seen for held in known])
    if is_again and known:
        earlier = {match.seen.name: match.earlier for match in found}
        found = [
            dataclasses.replace(match, earlier=earlier.get(match.seen.name), keeps_closed=False, keeps_open=False)
            for match in connection.find(fetch.entity, ())
        ]
    pairs: list[tuple[Found, HeldFile | None]] = []
    removed: list[Span] = []
    for match in found:
        held = known[match.earlier] if match.earlier is not None else None
        if held is not None:
            spans = held.spans if match.keeps_closed else ()
            open_spans = held.open_spans if match.keeps_open else ()
            removed += [span for span in (*held.spans, *held.open_spans) if span not in (*spans, *open_spans)]
            held = HeldFile(match.seen, spans, open_spans)
        pairs.append((match, held))
    claimed = {match.earlier for match in found}
    return _Plan(tuple(held for place, held in enumerate(known) if place not in claimed), tuple(pairs), tuple(removed))


def _land(fetch: Fetch, reading: Reading, plan: _Plan, onto: Chain | None, before: Chain | None, how: str) -> tuple[Chain, str]:
    """Writes one batch, onto the chain where one is given."""
    pattern = fetch.source.pattern(fetch.entity.name)
    kept = plan.kept
    is_carried = not onto and any(held.spans or held.open_spans for held in kept)
    if not onto and not is_carried:
        fetch.refuse_empty(reading)
    last, path, name = fetch.next_batch()
    places: dict[int, Span] = {}
    with workbench(fetch.home) as database:
        first: Iterator[pa.Table] = iter(())
        then: Iterator[pa.Table] = iter(())
        carried = 0
        if before and is_carried:
            kept, carried = _moved(kept, name)
            first = _rows(fetch, database, before, [span for held in plan.kept for span in (*held.spans, *held.open_spans)], reading)
        if onto:
            then = _rows(fetch, database, onto, plan.removed, reading)
        landed = fetch.write_rows(path, reading, places=places, name=name, first=first, then=then, is_change=bool(onto))
    reach("landing.rows_written")
    removed = sum(span.rows for span in plan.removed) if onto else 0
    filtered = reading.rows_in - landed
    batch = fetch.batch(name, path, reading, rows_landed=landed + carried, rows_filtered=filtered)
    batch = dataclasses.replace(batch, rows_in=reading.rows_in + carried, is_change=bool(onto), rows_removed=removed)
    if before and is_carried and how.startswith("joined"):
        batch = _with_filtered(batch, before.batches)
    ledger = Ledger(pattern, _held(plan, kept, places))
    told = f"{how}: {len([1 for found, _ in plan.found if found.pieces])} of {len(plan.found)} files read, {landed} rows came, {removed} went"
    if last and not onto and last.query_hash == batch.query_hash and is_as_before(fetch.home, last, batch):
        path.unlink()
        return Chain((last,), ledger=_renamed(ledger, name, last.batch)), f"{told}, nothing changed"
    fetch.put_in_place(path, batch)
    return Chain((*(onto.batches if onto else ()), batch), ledger=ledger), told


def _rows(fetch: Fetch, database: duckdb.DuckDBPyConnection, chain: Chain, spans: Sequence[Span], reading: Reading) -> Iterator[pa.Table]:
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


def _moved(kept: Sequence[HeldFile], name: str) -> tuple[list[HeldFile], int]:
    """The files as they stand when their rows are copied one after another to the beginning of a batch, and the number of these rows."""
    moved = []
    place = 0
    for held in kept:
        spans = []
        for rows in (sum(span.rows for span in held.spans), sum(span.rows for span in held.open_spans)):
            spans.append((Span(name, place, rows),) if rows else ())
            place += rows
        moved.append(HeldFile(held.seen, *spans))
    return moved, place


def _held(plan: _Plan, kept: Sequence[HeldFile], places: dict[int, Span]) -> tuple[HeldFile, ...]:
    """The files after their new rows were written; `places` says where those of a piece stand."""
    files = list(kept[: len(plan.gone)])
    rest = iter(kept[len(plan.gone) :])
    number = 0
    for found, before in plan.found:
        held = next(rest) if before else HeldFile(found.seen)
        for piece in found.pieces:
            new = (places[number],) if number in places else ()
            number += 1
            if piece.is_open:
                held = dataclasses.replace(held, open_spans=(*held.open_spans, *new))
            else:
                held = dataclasses.replace(held, spans=(*held.spans, *new))
        files.append(held)
    return tuple(files)


def _with_filtered(batch: Batch, others: Sequence[Batch]) -> Batch:
    """With the rows that the batches left out which it joins."""
    left_out = dict(batch.left_out)
    for other in others:
        for reason, rows in other.left_out.items():
            left_out[reason] = left_out.get(reason, 0) + rows
    filtered = sum(other.rows_filtered for other in others)
    return dataclasses.replace(batch, rows_in=batch.rows_in + filtered, rows_filtered=batch.rows_filtered + filtered, left_out=left_out)


def _renamed(ledger: Ledger, name: str, other: str) -> Ledger:
    def moved(spans: Sequence[Span]) -> tuple[Span, ...]:
        return tuple(dataclasses.replace(span, batch=other) if span.batch == name else span for span in spans)

    return dataclasses.replace(ledger, files=tuple(HeldFile(held.seen, moved(held.spans), moved(held.open_spans)) for held in ledger.files))
