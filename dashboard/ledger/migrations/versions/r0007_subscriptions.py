"""Who gets mails, and which were handed to the mail server."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGTEXT, VARCHAR

revision = "0007"
down_revision = "0006"

LONG = sa.Text().with_variant(LONGTEXT(), "mysql", "mariadb")
ISSUER = sa.String(300).with_variant(VARCHAR(300, collation="utf8mb4_bin"), "mysql", "mariadb")
SUBJECT = sa.String(255).with_variant(VARCHAR(255, collation="utf8mb4_bin"), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "subscription",
        sa.Column("issuer", ISSUER, primary_key=True),
        sa.Column("subject", SUBJECT, primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("unit_code", sa.String(100), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("is_weekly", sa.Boolean, nullable=False),
        sa.Column("is_monthly", sa.Boolean, nullable=False),
        sa.Column("has_alerts", sa.Boolean, nullable=False),
        sa.Column("began_at", sa.String(40), nullable=False),
        sa.Column("groups_then", LONG, nullable=False),
        sa.Column("seen_at", sa.String(40), nullable=False),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "mail_sent",
        sa.Column("issuer", ISSUER, primary_key=True),
        sa.Column("subject", SUBJECT, primary_key=True),
        sa.Column("thing", sa.String(100), primary_key=True),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("begun_at", sa.String(40), nullable=False),
        sa.Column("taken_at", sa.String(40), nullable=False),
        mysql_charset="utf8mb4",
    )


def downgrade() -> None:
    """Not offered: a ledger is taken back by its backup."""
    raise NotImplementedError("The ledger is not taken back step by step. Restore the copy that was made before the change.")
