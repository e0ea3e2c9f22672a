"""Alembic's entry: brings the ledger behind the connection that `dashboard.ledger.migrate` hands over to the newest version."""

from __future__ import annotations

from alembic import context

from dashboard.ledger.schema import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, version_table="ledger_version", transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
