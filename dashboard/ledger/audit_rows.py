"""The audit: who did what when, row after row, each hashed under a key with the one before, and the newest row told in a second place.

Rows are written in the transaction of what they tell of (`LedgerDatabase.act`): there is no act without its row, and no row without its act.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from dashboard.ledger.actor import Actor
from dashboard.ledger.schema import AUDIT, AUDIT_HEAD
from dashboard.refusal import Refused
from data.configuration import environment_of
from data.json_lines import append_line, json_line
from data.paths import Home
from data.private_files import private_umask, refuse_open_to_others

KEY_VARIABLE = "VANBAN_AUDIT_KEY"
SHORTEST_KEY = 32
NOTHING_BEFORE = "0" * 64
"""What the first row has for the hash of the row before."""


@dataclass(frozen=True)
class AuditRow:
    """One act. `detail` is JSON text: values before and after, or what else is to be known."""

    number: int
    at: str
    """ISO 8601, UTC."""
    issuer: str
    subject: str
    name: str
    role: str
    act: str
    object: str
    detail: str
    previous: str
    """The hash of the row before."""
    hash: str
    """HMAC-SHA-256 (RFC 2104) of all of the above, as a JSON list, under the audit's key."""


@dataclass(frozen=True)
class Fault:
    """Where the audit is not what was written, and how it shows."""

    number: int
    words: str


def key_of(home: Home, has_rows: bool) -> bytes:
    """The key under which rows are hashed: VANBAN_AUDIT_KEY, else the home's key file, which the first row makes.

    Raises ConfigurationError for one that is short, that others may read, or that is gone while there are rows.
    """
    given = environment_of(home).get(KEY_VARIABLE, "").strip()
    if given:
        if len(given) < SHORTEST_KEY:
            raise Refused("audit_key_short", variable=KEY_VARIABLE, fewest=SHORTEST_KEY)
        return given.encode()
    path = home.audit_key_file
    if not path.is_file():
        if has_rows:
            raise Refused("audit_key_missing", file=path)
        _make_key(home)
    refuse_open_to_others(path)
    return path.read_bytes().strip()


def _make_key(home: Home) -> None:
    """A whole key file or none; of two who make it at once, one does."""
    path = home.audit_key_file
    with private_umask():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}.unfinished")
        unfinished.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
    try:
        os.link(unfinished, path)
    except FileExistsError:
        unfinished.unlink()
    except OSError:  # a file system without second names for a file
        unfinished.replace(path)
    else:
        unfinished.unlink()


def hash_of(key: bytes, row: Mapping[str, Any]) -> str:
    """The keyed hash of a row's columns but its own."""
    told = json.dumps([row[column.name] for column in AUDIT.c if column.name != "hash"], ensure_ascii=True, separators=(",", ":"))
    return hmac.new(key, told.encode("ascii"), hashlib.sha256).hexdigest()


def append(connection: sa.Connection, home: Home, actor: Actor, act: str, thing: str, detail: Mapping[str, Any]) -> AuditRow:
    """Writes one row after the newest, which the transaction holds until it ends. The head is told outside once it has (`tell_head`)."""
    head = connection.execute(sa.select(AUDIT_HEAD.c.number, AUDIT_HEAD.c.hash).with_for_update()).one()
    row: dict[str, Any] = {
        "number": head.number + 1,
        "at": datetime.now(UTC).isoformat(timespec="microseconds"),
        **asdict(actor),
        "act": act,
        "object": thing[:300],
        "detail": json.dumps(detail, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=str),
        "previous": head.hash,
    }
    row["hash"] = hash_of(key_of(home, has_rows=head.number > 0), row)
    connection.execute(AUDIT.insert().values(row))
    connection.execute(AUDIT_HEAD.update().values(number=row["number"], hash=row["hash"]))
    return AuditRow(**row)


def tell_head(home: Home, rows: Iterable[AuditRow]) -> None:
    """Writes number and hash of rows that are in the database now into the second place."""
    with private_umask(), contextlib.suppress(OSError):  # the act is done; on a full disk the head in the database still tells of it
        for row in rows:
            append_line(home.audit_heads, json_line({"number": row.number, "hash": row.hash}))


def rows_of(connection: sa.Connection, from_at: str = "", until_at: str = "") -> Iterator[AuditRow]:
    """The rows in their order, of a span of time where one is given (ISO 8601 in UTC; `until_at` is no longer in it)."""
    select = sa.select(AUDIT).order_by(AUDIT.c.number)
    if from_at:
        select = select.where(AUDIT.c.at >= from_at)
    if until_at:
        select = select.where(AUDIT.c.at < until_at)
    for row in connection.execute(select).mappings():
        yield AuditRow(**row)


def faults(home: Home, rows: Iterable[AuditRow], head: tuple[int, str], told_elsewhere: Iterable[tuple[int, str, str]]) -> list[Fault]:
    """What does not hold in the rows: by their own hashes, by the hash of the row before, by the head and by what was told elsewhere.

    `told_elsewhere` has number, hash and place. Empty where all is as it was written. Raises ConfigurationError where the key is gone.
    """
    found: list[Fault] = []
    hashes: dict[int, str] = {}
    key: bytes | None = None
    number, before = 0, NOTHING_BEFORE
    for row in rows:
        key = key or key_of(home, has_rows=True)
        if row.number != number + 1:
            found.append(Fault(number + 1, _missing(number + 1, row.number - 1)))
        elif row.previous != before:
            found.append(Fault(row.number, f"row {row.number} does not follow row {number}: one of them was changed, moved or put in"))
        if not hmac.compare_digest(row.hash, hash_of(key, asdict(row))):
            found.append(Fault(row.number, f"row {row.number} is not what was written: it was changed, moved or put in"))
        number, before = row.number, row.hash
        hashes[number] = row.hash
    for told, digest, place in [(*head, "the head in the database"), *told_elsewhere]:
        if told > number:
            found.append(Fault(number + 1, f"{_missing(number + 1, told)} ({place})"))
        elif told > 0 and told in hashes and hashes[told] != digest:
            found.append(Fault(told, f"row {told} is another than the one told of ({place})"))
    if number > head[0]:
        found.append(Fault(head[0] + 1, f"rows from {head[0] + 1} on were put in: the head in the database does not know them"))
    return sorted(set(found), key=lambda fault: (fault.number, fault.words))


def _missing(first: int, last: int) -> str:
    return f"row {first} is missing" if first == last else f"rows {first} to {last} are missing"


def heads_told(home: Home) -> Iterator[tuple[int, str, str]]:
    """Number, hash and place of every row that was told of outside the database: in the file of heads, and in the records of runs."""
    for path, name in ((home.audit_heads, "hash"), (home.runs, "audit_head")):
        try:
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
        for line in lines:
            try:
                told = json.loads(line)
                number, _, digest = told[name].partition(":") if name == "audit_head" else (told["number"], "", told[name])
                if digest:
                    yield int(number), str(digest), path.name
            except (ValueError, KeyError, TypeError, AttributeError):
                continue  # a line that a killed process left half written
