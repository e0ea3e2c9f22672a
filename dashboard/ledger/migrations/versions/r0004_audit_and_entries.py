"""The audit with its head, and what people enter in versions; reports name those who made them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGTEXT, VARCHAR

revision = "0004"
down_revision = "0003"

LONG = sa.Text().with_variant(LONGTEXT(), "mysql", "mariadb")
ISSUER = sa.String(300).with_variant(VARCHAR(300, collation="utf8mb4_bin"), "mysql", "mariadb")
SUBJECT = sa.String(255).with_variant(VARCHAR(255, collation="utf8mb4_bin"), "mysql", "mariadb")
REFUSED = "rows of the audit are never changed or removed"


def upgrade() -> None:
    op.add_column("report_pin", sa.Column("makers", LONG, nullable=True))
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("issuer", ISSUER, nullable=False),
        sa.Column("subject", SUBJECT, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("act", sa.String(60), nullable=False),
        sa.Column("object", sa.String(300), nullable=False),
        sa.Column("detail", LONG, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "audit_head",
        sa.Column("head_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "entry",
        sa.Column("entry_id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("thing", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("unit_code", sa.String(100), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("from_on", sa.String(10), nullable=False),
        sa.Column("to_on", sa.String(10), nullable=False),
        sa.Column("value", sa.BigInteger, nullable=True),
        sa.Column("content", LONG, nullable=False),
        sa.Column("entered_at", sa.String(40), nullable=False),
        sa.Column("entered_by", sa.String(200), nullable=False),
        sa.Column("edited_at", sa.String(40), nullable=False),
        sa.Column("edited_by", sa.String(200), nullable=False),
        sa.Column("decided_at", sa.String(40), nullable=False),
        sa.Column("decided_by", sa.String(200), nullable=False),
        sa.Column("remark", LONG, nullable=False),
        sa.Column("makers", LONG, nullable=False),
        sa.Column("deciders", LONG, nullable=False),
        sa.UniqueConstraint("kind", "thing", "version", name="entry_version"),
        mysql_charset="utf8mb4",
    )
    head = sa.table("audit_head", sa.column("head_id", sa.Integer), sa.column("number", sa.Integer), sa.column("hash", sa.String))
    op.bulk_insert(head, [{"head_id": 1, "number": 0, "hash": "0" * 64}])
    _keep_rows(op.get_bind().dialect.name)


def _keep_rows(dialect: str) -> None:
    """Triggers that refuse to change or remove a row; in MariaDB they need a right that an account of one database may not have."""
    if dialect == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER audit_no_{change.lower()} BEFORE {change} ON audit BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END")
    elif dialect == "postgresql":
        op.execute(f"CREATE FUNCTION audit_refused() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$")
        op.execute("CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refused()")


def downgrade() -> None:
    """Not offered: a ledger is taken back by its backup."""
    raise NotImplementedError("The ledger is not taken back step by step. Restore the copy that was made before the change.")
