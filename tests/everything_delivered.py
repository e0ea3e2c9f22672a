"""A small made-up system that delivers every column of the contract from June to August 2024, and copies of it that leave something out."""

from __future__ import annotations

import itertools
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from data.organisation import GROUPS, LEVELS
from data.paths import REFERENCE, Home
from etl.contract import ENTITIES, ENTITY, Entity

Row = dict[str, Any]
Way = Literal["column", "empty", "table", "later"]
WAYS: tuple[Way, ...] = ("column", "empty", "table", "later")
"""The SELECT leaves it out (of a word: its rows), gives it empty, the source leaves the whole entity out, or it comes from August on alone."""

DAYS = [f"2024-{month:02d}-{day:02d}" for month in (6, 7, 8) for day in (3, 9, 16, 23, 30)]
AUGUST = "2024-08-01"
MONTHS = (("2024-06-01", "2024-06-30"), ("2024-07-01", "2024-07-31"), ("2024-08-01", "2024-08-31"))
PEOPLE = {"u1": "A", "u2": "A", "u3": "B", "u4": "B"}

DAY_COLUMNS = {"access_event": "occurred_at", "document": "issued_at", "delivery": "sent_at", "axis_message": "at"}
"""By which the days of a source count; entities without one hold for all days."""

CONFIGURATION = """\
title = "Thử"
organisation = "Cơ quan mô phỏng"
time_zone = "Asia/Ho_Chi_Minh"
[etl]
sources = ["all"]
[report]
issuing_organ = "Đơn vị mô phỏng"
organ_abbreviation = "ĐVMP"
place = "Hà Nội"
"""


def rows() -> dict[str, list[Row]]:
    """By entity, columns of the contract; what is not said is empty."""
    made: dict[str, list[Row]] = {
        "org_unit": [
            {"unit_code": "R", "name": "Cơ quan mô phỏng", "level": "toi_cao"},
            *({"unit_code": code, "name": f"Đơn vị {code}", "level": "cap_tinh", "parent_code": "R", "pilot_group": 1} for code in "AB"),
        ],
        "account": [
            {
                "account_key": key, "unit_code": unit, "is_officer": 1, "is_clerk": int(key == "u1"), "is_leader": int(key == "u2"), "is_service": 0,
                "provisioned_at": "2024-05-01 08:00:00", "activated_at": "2024-05-10 08:00:00", "is_activated": 1,
            }
            for key, unit in PEOPLE.items()
        ],
        "account_assignment": [{"account_key": key, "unit_code": unit, "valid_from": "2024-05-01"} for key, unit in PEOPLE.items()],
        "access_event": [
            {"account_key": key, "occurred_at": f"{day} {8 + hour:02d}:00:00", "kind": kind}
            for key, day in itertools.product(PEOPLE, DAYS)
            for hour, kind in enumerate(ENTITY["access_event"].column("kind").choices)
        ],
        "declared_total": [
            {"unit_code": unit, "metric_base": "administrative_documents", "from_on": first, "to_on": last, "value": 99}
            for unit, (first, last) in itertools.product("AB", MONTHS)
        ],
    }  # fmt: skip
    made["document"] = list(_documents())
    made["delivery"] = list(_deliveries(made["document"]))
    made["axis_message"] = list(_messages(made["document"]))
    return made


def _documents() -> Iterator[Row]:
    kinds = itertools.product(ENTITY["document"].column("direction").choices, ENTITY["document"].column("form").choices, "AB")
    for day, (number, (direction, form, unit)) in itertools.product(DAYS, enumerate(kinds)):
        at = f"{day} 09:00:00"
        yield {
            "document_key": f"{day}-{number}", "unit_code": unit, "direction": direction, "doc_type": "CV", "number": f"{day}-{number}",
            "issued_at": at, "form": form, "signer_signed_at": at, "organ_signed_at": at, "is_signer_signed": 1, "is_organ_signed": 1,
            "security_level": "ordinary", "status": "recalled" if number == 1 and day.endswith("03") else "issued", "page_count": 3,
        }  # fmt: skip


def _deliveries(documents: Sequence[Row]) -> Iterator[Row]:
    states = itertools.cycle(itertools.product(("internal", "axis"), ("sent", "acknowledged", "acknowledged", "recalled")))
    for document, (channel, status) in zip(documents, states, strict=False):
        day, receiver = document["issued_at"][:10], "B" if document["unit_code"] == "A" else "A"
        yield {
            "document_key": document["document_key"], "receiver_code": receiver, "sent_at": f"{day} 10:00:00", "received_at": f"{day} 10:05:00",
            "due_at": f"{day} 17:00:00", "completed_at": f"{day} 15:00:00", "channel": channel, "status": status, "security_level": "ordinary",
        }  # fmt: skip


def _messages(documents: Sequence[Row]) -> Iterator[Row]:
    for number, document in enumerate(documents[::7]):
        common = {"document_key": document["document_key"], "security_level": "ordinary", "at": f"{document['issued_at'][:10]} 11:00:00"}
        business = ("new", "recall", "replace")[number % 3]
        sent, answer = (f"m{number}-{part}" for part in "ab")
        yield {**common, "message_key": sent, "kind": "document", "business_type": business, "from_code": document["unit_code"], "to_code": "G98"}
        yield {**common, "message_key": answer, "kind": "status", "from_code": "G98", "to_code": document["unit_code"], "status_code": "03"}


class Everything:
    """A home whose source reads that system; `leave_out` writes its mapping anew."""

    def __init__(self, root: Path) -> None:
        self.home = Home(root)
        self.folder = self.home.sources / "all"
        self.folder.mkdir(parents=True)
        self.home.config.write_text(CONFIGURATION, encoding="utf-8")
        for name in (LEVELS, GROUPS):
            shutil.copy(REFERENCE / name, root / name)
        self.home.environment.write_text("URL=sqlite:///{home}/all.sqlite\n", encoding="utf-8")
        self.home.environment.chmod(0o600)
        with sqlite3.connect(root / "all.sqlite") as database:
            for entity, found in rows().items():
                names = [column.name for column in ENTITY[entity].columns]
                database.execute(f"CREATE TABLE {entity} ({', '.join(names)})")
                marks = ", ".join("?" for _ in names)
                database.executemany(f"INSERT INTO {entity} VALUES ({marks})", [[row.get(name) for name in names] for row in found])  # noqa: S608
        database.close()
        self.leave_out(frozenset(), "column")

    def leave_out(self, names: frozenset[str], way: Way) -> bool:
        """Leaves out what `metrics/rows/needs.toml` calls so; whether there is such a way to."""
        entities = [entity for entity in ENTITIES if entity.name != "unit_succession"]
        mappings = {entity: _mapping(entity, names, way) for entity in entities}
        touched = {name.partition(".")[0] for name in names}
        if any(mapping is None and entity.is_mandatory and (way != "table" or entity.name == "org_unit") for entity, mapping in mappings.items()):
            return False
        if way == "later" and any(name not in DAY_COLUMNS for name in touched):
            return False
        if way == "table" and all(mappings[ENTITY[name]] is not None for name in touched):
            return False
        toml = 'kind = "database"\ntitle = "Hệ thống mô phỏng"\nurl_env = "URL"\ntime_zone = "Asia/Ho_Chi_Minh"\nis_synthetic = true\n'
        for entity, text in mappings.items():
            (self.folder / f"{entity.name}.sql").unlink(missing_ok=True)
            if text is not None:
                toml += f"[entities.{entity.name}]\n"
                (self.folder / f"{entity.name}.sql").write_text(text, encoding="utf-8")
        (self.folder / "source.toml").write_text(toml, encoding="utf-8")
        return True


def _mapping(entity: Entity, names: frozenset[str], way: Way) -> str | None:
    """The SELECT of an entity; None where it is left out as a whole."""
    mine = [name.partition(".")[2] for name in sorted(names) if name.startswith(f"{entity.name}.")]
    day = DAY_COLUMNS.get(entity.name, "''")
    selected = {column.name: column.name for column in entity.columns}
    conditions = ["true"]
    for name in mine:
        column, _, word = name.partition("=")
        is_in_time = f"{day} >= '{AUGUST}'" if way == "later" else "false"
        if way == "table":
            return None
        if word:
            conditions.append(f"({column} IS NOT '{word}' OR {is_in_time})")
        elif entity.column(column).required:
            if way != "later":
                return None
            conditions.append(is_in_time)
        elif way == "column":
            del selected[column]
        else:
            selected[column] = f"CASE WHEN {is_in_time} THEN {column} END"
    listed = ", ".join(f'{expression} AS "{name}"' for name, expression in selected.items())
    return f"SELECT {listed} FROM {entity.name} WHERE {' AND '.join(conditions)}"  # noqa: S608
