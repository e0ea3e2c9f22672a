"""Tables of the ledger as the program reads them now; `migrations` brings any older ledger here.

Instants are ISO 8601 text in UTC and structured values JSON text, so that SQLite, PostgreSQL and MariaDB give back exactly what was written.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.mysql import LONGTEXT, VARCHAR

METADATA = sa.MetaData()

LONG = sa.Text().with_variant(LONGTEXT(), "mysql", "mariadb")
"""Text of any length: MariaDB's own TEXT ends at 64 KiB, and the figures of one report are more."""

REPORT_PIN = sa.Table(
    "report_pin",
    METADATA,
    sa.Column("pin_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("title", sa.String(500), nullable=False),
    sa.Column("status", sa.String(20), nullable=False),  # draft, pinned, approved, published
    sa.Column("request", LONG, nullable=False),
    sa.Column("inputs", LONG, nullable=False),
    sa.Column("snapshot", sa.String(100), nullable=False),
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("template_version", sa.String(20), nullable=False),
    sa.Column("figures", LONG, nullable=False),
    sa.Column("created_at", sa.String(40), nullable=False),
    sa.Column("created_by", sa.String(200), nullable=False),
    sa.Column("makers", LONG, nullable=True),  # JSON: keys of all who wrote or pinned it (`Actor.key`); NULL in older rows
    mysql_charset="utf8mb4",
)

REPORT_FILE = sa.Table(
    "report_file",
    METADATA,
    sa.Column("pin_id", sa.Integer, sa.ForeignKey("report_pin.pin_id"), primary_key=True),
    sa.Column("format", sa.String(20), primary_key=True),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("bytes", sa.Integer, nullable=False),
    mysql_charset="utf8mb4",
)

REPORT_APPROVAL = sa.Table(
    "report_approval",  # append-only: every step with its time and person
    METADATA,
    sa.Column("approval_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("pin_id", sa.Integer, sa.ForeignKey("report_pin.pin_id"), nullable=False),
    sa.Column("step", sa.String(20), nullable=False),  # approve, publish
    sa.Column("person", sa.String(200), nullable=False),
    sa.Column("note", LONG, nullable=False),
    sa.Column("done_at", sa.String(40), nullable=False),
    mysql_charset="utf8mb4",
)

REPORT_REVISION = sa.Table(
    "report_revision",  # a pinned report that takes the place of an earlier one, and why
    METADATA,
    sa.Column("pin_id", sa.Integer, sa.ForeignKey("report_pin.pin_id"), primary_key=True),
    sa.Column("revises", sa.Integer, sa.ForeignKey("report_pin.pin_id"), nullable=False),
    sa.Column("cause", LONG, nullable=False),
    sa.Column("differences", LONG, nullable=False),
    mysql_charset="utf8mb4",
)

ISSUER = sa.String(300).with_variant(VARCHAR(300, collation="utf8mb4_bin"), "mysql", "mariadb")
SUBJECT = sa.String(255).with_variant(VARCHAR(255, collation="utf8mb4_bin"), "mysql", "mariadb")
"""Letter by letter: MariaDB would take `A` and `a` for one person."""

PERSON_ROLE = sa.Table(
    "person_role",
    METADATA,
    sa.Column("role_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("issuer", ISSUER, nullable=False),
    sa.Column("subject", SUBJECT, nullable=False),  # the longest that OpenID Connect allows
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("unit_code", sa.String(100), nullable=False),  # empty but for the role `unit`
    sa.Column("given_at", sa.String(40), nullable=False),
    sa.Column("given_by", sa.String(200), nullable=False),
    mysql_charset="utf8mb4",
)

PERSON_SESSION = sa.Table(
    "person_session",  # of whoever signed out or was disabled
    METADATA,
    sa.Column("issuer", ISSUER, primary_key=True),
    sa.Column("subject", SUBJECT, primary_key=True),
    sa.Column("not_before", sa.String(40), nullable=False),  # sessions that began earlier have ended
    sa.Column("is_disabled", sa.Boolean, nullable=False),
    sa.Column("changed_at", sa.String(40), nullable=False),
    mysql_charset="utf8mb4",
)

API_TOKEN = sa.Table(
    "api_token",  # of programs that ask for figures
    METADATA,
    sa.Column("token_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("sha256", sa.String(64), nullable=False, unique=True),  # of the token's text, which is kept nowhere
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("unit_code", sa.String(100), nullable=False),  # empty but for the role `unit`
    sa.Column("made_at", sa.String(40), nullable=False),
    sa.Column("made_by", sa.String(200), nullable=False),
    sa.Column("ends_at", sa.String(40), nullable=False),
    sa.Column("revoked_at", sa.String(40), nullable=False),  # empty while it is in force
    sa.Column("issuer", ISSUER, nullable=False),  # of the person whose it is, as is the subject; empty: a program's own
    sa.Column("subject", SUBJECT, nullable=False),
    mysql_charset="utf8mb4",
)

AUDIT = sa.Table(
    "audit",  # append-only: `dashboard.ledger.audit` writes it, and what its triggers refuse nobody changes by mistake
    METADATA,
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

AUDIT_HEAD = sa.Table(
    "audit_head",  # one row: the newest of the audit; who writes to the ledger holds it first, so that one writes at a time
    METADATA,
    sa.Column("head_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    mysql_charset="utf8mb4",
)

ENTRY = sa.Table(
    "entry",  # what people enter, each row a version: `dashboard.ledger.entered.entries`
    METADATA,
    sa.Column("entry_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String(30), nullable=False),
    sa.Column("thing", sa.String(64), nullable=False),  # the same for all versions of one thing
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),  # draft, submitted, returned, approved, superseded, withdrawn
    sa.Column("revision", sa.Integer, nullable=False),  # counts every change of the row
    sa.Column("unit_code", sa.String(100), nullable=False),  # empty: all units
    sa.Column("subject", sa.String(200), nullable=False),
    sa.Column("from_on", sa.String(10), nullable=False),
    sa.Column("to_on", sa.String(10), nullable=False),
    sa.Column("value", sa.BigInteger, nullable=True),
    sa.Column("content", LONG, nullable=False),  # JSON: all fields of the kind
    sa.Column("entered_at", sa.String(40), nullable=False),
    sa.Column("entered_by", sa.String(200), nullable=False),
    sa.Column("edited_at", sa.String(40), nullable=False),
    sa.Column("edited_by", sa.String(200), nullable=False),
    sa.Column("decided_at", sa.String(40), nullable=False),  # empty until returned or approved
    sa.Column("decided_by", sa.String(200), nullable=False),
    sa.Column("remark", LONG, nullable=False),  # why it was returned
    sa.Column("makers", LONG, nullable=False),  # JSON: keys of all who wrote it since it was last approved
    sa.Column("deciders", LONG, nullable=False),  # JSON: keys of all who returned it since
    sa.Column("is_withdrawal", sa.Boolean, nullable=False),  # asks that what counts no longer does
    sa.UniqueConstraint("kind", "thing", "version", name="entry_version"),
    mysql_charset="utf8mb4",
)

SUBSCRIPTION = sa.Table(
    "subscription",  # who has signed in and asked for mails: `dashboard.ledger.subscriptions`
    METADATA,
    sa.Column("issuer", ISSUER, primary_key=True),
    sa.Column("subject", SUBJECT, primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("address", sa.String(254), nullable=False),
    sa.Column("unit_code", sa.String(100), nullable=False),  # empty: all that the person may see
    sa.Column("language", sa.String(10), nullable=False),
    sa.Column("is_weekly", sa.Boolean, nullable=False),
    sa.Column("is_monthly", sa.Boolean, nullable=False),
    sa.Column("has_alerts", sa.Boolean, nullable=False),
    sa.Column("began_at", sa.String(40), nullable=False),
    sa.Column("groups_then", LONG, nullable=False),  # JSON: groups at the provider when the person was last seen
    sa.Column("seen_at", sa.String(40), nullable=False),
    mysql_charset="utf8mb4",
)

MAIL_SENT = sa.Table(
    "mail_sent",  # one row for a person and a thing, begun before the mail leaves: nothing is sent twice
    METADATA,
    sa.Column("issuer", ISSUER, primary_key=True),
    sa.Column("subject", SUBJECT, primary_key=True),
    sa.Column("thing", sa.String(100), primary_key=True),
    sa.Column("address", sa.String(254), nullable=False),
    sa.Column("begun_at", sa.String(40), nullable=False),
    sa.Column("taken_at", sa.String(40), nullable=False),  # empty until the server has taken it
    mysql_charset="utf8mb4",
)
