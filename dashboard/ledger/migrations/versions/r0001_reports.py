"""Pinned reports, their files, approvals and revisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGTEXT

revision = "0001"
down_revision = None

LONG = sa.Text().with_variant(LONGTEXT(), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "report_pin",
        sa.Column("pin_id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("request", LONG, nullable=False),
        sa.Column("inputs", LONG, nullable=False),
        sa.Column("snapshot", sa.String(100), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("template_version", sa.String(20), nullable=False),
        sa.Column("figures", LONG, nullable=False),
        sa.Column("created_at", sa.String(40), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "report_file",
        sa.Column("pin_id", sa.Integer, sa.ForeignKey("report_pin.pin_id"), primary_key=True),
        sa.Column("format", sa.String(20), primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("bytes", sa.Integer, nullable=False),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "report_approval",
        sa.Column("approval_id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("pin_id", sa.Integer, sa.ForeignKey("report_pin.pin_id"), nullable=False),
        sa.Column("step", sa.String(20), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("note", LONG, nullable=False),
        sa.Column("done_at", sa.String(40), nullable=False),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "report_revision",
        sa.Column("pin_id", sa.Integer, sa.ForeignKey("report_pin.pin_id"), primary_key=True),
        sa.Column("revises", sa.Integer, sa.ForeignKey("report_pin.pin_id"), nullable=False),
        sa.Column("cause", LONG, nullable=False),
        sa.Column("differences", LONG, nullable=False),
        mysql_charset="utf8mb4",
    )


def downgrade() -> None:
    """Not offered: a ledger is taken back by its backup."""
    raise NotImplementedError("The ledger is not taken back step by step. Restore the copy that was made before the change.")
