"""How many rows of an entity may be refused before nothing is published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from data.run_history import EntityAccount, by_entity
from etl.sources.source import Source

MAX_REJECTED = 0.05
"""The share of an entity's rows that may be refused where its source does not say `max_rejected`."""

LARGE_BATCH = 20
"""So many refused rows of one batch are judged by themselves: a night that went wrong must not hide behind the years before it."""


def too_many_refused(sources: Sequence[Source], accounts: Sequence[EntityAccount]) -> Iterator[tuple[EntityAccount, str]]:
    """The entities, or batches of them, of which more was refused than their source allows, each with the sentence that says so.

    `accounts` are those of a run: one for each batch in force. One row alone stops a run only where it is half of all.
    """
    limits = {
        (source.name, entity): float(source.entity_options[entity].get("max_rejected", MAX_REJECTED))
        for source in sources
        for entity in source.entities
    }
    for whole in by_entity(accounts):
        limit = limits[whole.source, whole.entity]
        batches = [one for one in accounts if (one.source, one.entity) == (whole.source, whole.entity) and one.rows_rejected >= LARGE_BATCH]
        for account in (whole, *batches):
            looked_at = account.rows_in - account.rows_filtered
            is_alone = account.rows_rejected == 1 and looked_at > 2
            if account.rows_rejected > limit * looked_at and not is_alone:
                share = min(1.0, account.rows_rejected / looked_at + 0.01)
                sentence = (
                    f"source {account.source}: {account.rows_rejected} of {looked_at} rows of {account.entity} were refused, "
                    f"more than max_rejected allows ({limit:.1%}). Mend them, or its SELECT; if they are rightly refused, "
                    f"write max_rejected = {share:.2f} below [entities.{account.entity}] in its source.toml."
                )
                yield whole, sentence
                break
