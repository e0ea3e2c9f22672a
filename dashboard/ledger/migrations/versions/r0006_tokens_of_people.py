"""A token may be a person's, and ends with what they may do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import VARCHAR

revision = "0006"
down_revision = "0005"

ISSUER = sa.String(300).with_variant(VARCHAR(300, collation="utf8mb4_bin"), "mysql", "mariadb")
SUBJECT = sa.String(255).with_variant(VARCHAR(255, collation="utf8mb4_bin"), "mysql", "mariadb")


def upgrade() -> None:
    op.add_column("api_token", sa.Column("issuer", ISSUER, nullable=False, server_default=""))
    op.add_column("api_token", sa.Column("subject", SUBJECT, nullable=False, server_default=""))


def downgrade() -> None:
    """Not offered: a ledger is taken back by its backup."""
    raise NotImplementedError("The ledger is not taken back step by step. Restore the copy that was made before the change.")
