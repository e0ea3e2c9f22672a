"""People who sign in: the roles that they were given, who is let in no longer, and from when on a session has to have begun."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import VARCHAR

revision = "0002"
down_revision = "0001"

ISSUER = sa.String(300).with_variant(VARCHAR(300, collation="utf8mb4_bin"), "mysql", "mariadb")
SUBJECT = sa.String(255).with_variant(VARCHAR(255, collation="utf8mb4_bin"), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "person_role",
        sa.Column("role_id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("issuer", ISSUER, nullable=False),
        sa.Column("subject", SUBJECT, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("unit_code", sa.String(100), nullable=False),
        sa.Column("given_at", sa.String(40), nullable=False),
        sa.Column("given_by", sa.String(200), nullable=False),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "person_session",
        sa.Column("issuer", ISSUER, primary_key=True),
        sa.Column("subject", SUBJECT, primary_key=True),
        sa.Column("not_before", sa.String(40), nullable=False),
        sa.Column("is_disabled", sa.Boolean, nullable=False),
        sa.Column("changed_at", sa.String(40), nullable=False),
        mysql_charset="utf8mb4",
    )


def downgrade() -> None:
    """Not offered: a ledger is taken back by its backup."""
    raise NotImplementedError("The ledger is not taken back step by step. Restore the copy that was made before the change.")
