"""What keeps a source from being written to, whatever the SQL of a mapping says: one statement at a time, in a session that may only read.

Each driver is told so in its own way; a driver that nobody has tried is refused. What no driver can hold off is a function of the database
itself that writes by a way of its own (dblink, an autonomous transaction): an account that may only read (docs/connecting.md) is the second lock.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from typing import Any

from data.errors import ConfigurationError

TRIED = {"postgresql": "psycopg", "mysql": "pymysql", "mssql": "pymssql", "oracle": "oracledb", "sqlite": "pysqlite"}
"""The driver of each kind of database of which is known how it is kept to reading; MariaDB is read as MySQL."""

CONNECT: Mapping[str, dict[str, Any]] = {
    "psycopg": {"prepare_threshold": 0},  # each statement is prepared by the server, which takes one at a time
    "pymysql": {"client_flag": 0},  # without the flag that lets a client send several at once, whatever the address says
}
"""Arguments of a connection, over those of the address."""

_ALLOWED_IN_SQLITE = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE, sqlite3.SQLITE_TRANSACTION}
_TO_A_FILE = re.compile(r"outfile|dumpfile", re.IGNORECASE)
_COMMENT = re.compile(r"/\*|\*/")
_PIECE_OF_TSQL = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\[(?:[^\]]|\]\])*\]|--[^\n]*|/\*|[();'"\[]""")
_NEVER = frozenset(";'\"[")
"""A semicolon, and the sign of a text or a name that does not end."""


def refuse_untried_driver(source: str, dialect: str, driver: str) -> None:
    """Raises ConfigurationError for a driver of which nobody knows whether it lets a mapping write."""
    known = TRIED.get("mysql" if dialect == "mariadb" else dialect)
    if known != driver:
        way = f"Write the URL as {dialect}+{known}://…" if known else f"Known are: {', '.join(f'{name}+{of}' for name, of in TRIED.items())}."
        raise ConfigurationError(f"source {source}: nobody has tried whether {dialect}+{driver} keeps a source from being written to. {way}")


def keep_sqlite_to_reading(connection: sqlite3.Connection) -> None:
    """The connection then prepares nothing but a SELECT and the beginning and end of a transaction; no other file, no extension."""

    def permit(action: int, first: str | None, second: str | None, *_: str | None) -> int:
        if action == sqlite3.SQLITE_PRAGMA:  # SQLAlchemy asks it of every new connection
            return sqlite3.SQLITE_OK if first == "read_uncommitted" and second is None else sqlite3.SQLITE_DENY
        if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() == "load_extension":
            return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK if action in _ALLOWED_IN_SQLITE else sqlite3.SQLITE_DENY

    connection.set_authorizer(permit)


def refuse_writing(dialect: str, text: str) -> str:
    """Why a mapping is not sent at all, as half a sentence; empty where nothing speaks against it.

    Only for what a session that may only read does not hold off: files on the server of MySQL, and several statements in SQL Server, whose
    driver has neither prepared statements nor such a session.
    """
    if dialect in ("mysql", "mariadb") and _TO_A_FILE.search(text):
        return "it speaks of OUTFILE or DUMPFILE, which write a file on the database's server"
    if dialect == "mssql" and not _is_one_expression(text):
        return "it has a semicolon, or parentheses and comments that do not end where they began: only one SELECT may stand there"
    return ""


def _is_one_expression(text: str) -> bool:
    """Whether T-SQL stays within the parentheses that it is put into: then it can be nothing but one query. Comments nest there, and hide quotes."""
    depth = comments = at = 0
    while at < len(text):
        if comments:  # in a comment nothing counts but the signs of comments
            found = _COMMENT.search(text, at)
            if found is None:
                return False
            comments += 1 if found[0] == "/*" else -1
        else:
            found = _PIECE_OF_TSQL.search(text, at)
            if found is None:
                break
            comments += found[0] == "/*"
            depth += {"(": 1, ")": -1}.get(found[0], 0)
            if depth < 0 or found[0] in _NEVER:
                return False
        at = found.end()
    return depth == 0 and comments == 0
