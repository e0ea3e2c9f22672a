"""How many rows of an entity may be refused before nothing is published."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import duckdb

from data.run_history import EntityAccount, by_entity
from etl.sources.source import Source

MAX_REJECTED = 0.05
"""The share of an entity's rows that may be refused where its source does not say `max_rejected`."""

LARGE_BATCH = 20
"""So many refused rows of one batch are judged by themselves: a night that went wrong must not hide behind the years before it."""


def too_many_refused(
    sources: Sequence[Source], accounts: Sequence[EntityAccount], without_parent: Collection[str] = ()
) -> Iterator[tuple[EntityAccount, str]]:
    """The entities, or batches of them, of which more was refused than their source allows, each with the sentence that says so.

    `accounts` are those of a run: one for each batch in force. One row alone stops a run only where it is half of all,
    or a unit above others: of the sources `without_parent` some units stand below one that is not there, and with it their whole part of the tree.
    """
    stated = {(source.name, entity) for source in sources for entity in source.entities if "max_rejected" in source.entity_options[entity]}
    limits = {
        (source.name, entity): float(source.entity_options[entity].get("max_rejected", MAX_REJECTED))
        for source in sources
        for entity in source.entities
    }
    for whole in by_entity(accounts):
        of_whole = (whole.source, whole.entity)
        limit = limits[of_whole]
        hides_units = whole.entity == "org_unit" and whole.source in without_parent and whole.rows_rejected > 0 and of_whole not in stated
        why = "and other units stand below what is missing" if hides_units else f"more than max_rejected allows ({limit:.1%})"
        batches = [one for one in accounts if (one.source, one.entity) == of_whole and one.rows_rejected >= LARGE_BATCH]
        for account in (whole, *batches):
            looked_at = account.rows_in - account.rows_filtered
            is_alone = account.rows_rejected == 1 and looked_at > 2
            if hides_units or (account.rows_rejected > limit * looked_at and not is_alone):
                share = min(1.0, account.rows_rejected / looked_at + 0.01)
                sentence = (
                    f"source {account.source}: {account.rows_rejected} of {looked_at} rows of {account.entity} were refused, {why}. "
                    f"Mend them, or its SELECT; if they are rightly refused, "
                    f"write max_rejected = {share:.2f} below [entities.{account.entity}] in its source.toml."
                )
                yield whole, sentence
                break


def sources_without_parent(warehouse: duckdb.DuckDBPyConnection) -> set[str]:
    """The sources some of whose units name a parent that is not among the units."""
    missing = "parent_code IS NOT NULL AND parent_code NOT IN (SELECT unit_code FROM canonical.org_unit)"
    return {str(source) for (source,) in warehouse.execute(f"SELECT DISTINCT source FROM canonical.org_unit WHERE {missing}").fetchall()}  # noqa: S608
