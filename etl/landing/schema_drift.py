"""Tells when what a source delivers is no longer of the shape that it had at the run before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from etl.landing.batches import Batch


def drift(before: Mapping[str, Batch], now: Sequence[Batch]) -> list[str]:
    """One sentence per column of a source that came, went or changed its type since the batches `before` (by entity).

    A column that the contract requires, or does not know, has stopped the run already; this is about the others, whose figures would just change.
    """
    sentences = []
    for batch in now:
        last = before.get(batch.entity)
        if last is None or last.batch == batch.batch:
            continue
        because = "its SQL was changed" if batch.query_hash != last.query_hash else f"{batch.entity}.sql is as it was, so the source has changed"
        for told in _changes(last, batch):
            sentences.append(
                f"source {batch.source}: {told} since the last run ({because}). See whether {batch.entity}.sql still says what it should."
            )
    return sentences


def _changes(last: Batch, batch: Batch) -> list[str]:
    told = [f"column {name} of {batch.entity} is no longer delivered" for name in last.columns if name not in batch.columns]
    told += [f"column {name} of {batch.entity} is delivered anew" for name in batch.columns if name not in last.columns]
    types, last_types = (dict(zip(known.columns, known.types, strict=False)) for known in (batch, last))
    for name, kind in types.items():
        if last_types.get(name) and kind and kind != last_types[name]:
            told.append(f"column {name} of {batch.entity} is of type {kind} and was {last_types[name]}")
    return told
