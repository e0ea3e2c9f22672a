"""Follow-up cases say metric, cause, measure and state each in a field of its own; what was approved can be withdrawn."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("entry", sa.Column("is_withdrawal", sa.Boolean, nullable=False, server_default=sa.false()))
    entry = sa.table("entry", *(sa.column(name) for name in ("entry_id", "kind", "subject", "content")))
    connection = op.get_bind()
    for entry_id, content in connection.execute(sa.select(entry.c.entry_id, entry.c.content).where(entry.c.kind == "case")).all():
        now = json.dumps(_case(json.loads(content)), ensure_ascii=False, sort_keys=True)
        connection.execute(entry.update().where(entry.c.entry_id == entry_id).values(subject="", content=now))


def _case(before: dict[str, str]) -> dict[str, str]:
    """A case as it was entered until now (about, text, outcome), in today's fields."""
    return {
        "unit_code": before["unit_code"],
        "metric": "",
        "finding": "",
        "opened_on": before["from_on"],
        "cause": f"{before['subject']}: {before['text']}",
        "measure": "",
        "deadline": before["to_on"],
        "status": "settled" if before["outcome"] else "open",
        "result": before["outcome"],
    }


def downgrade() -> None:
    """Not offered: a ledger is taken back by its backup."""
    raise NotImplementedError("The ledger is not taken back step by step. Restore the copy that was made before the change.")
