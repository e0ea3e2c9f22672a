"""Made-up rows of Mayan EDMS's tables, drawn by chance from a seed: people in two groups, in one and in none, locked, deleted and never signed in;
documents of every direction, signed, trashed, marked, unmarked and empty; many instants near midnight of one zone or another.
"""

from __future__ import annotations

import random
import uuid
from datetime import datetime, timedelta
from typing import Any

Tables = dict[str, list[dict[str, Any]]]

GROUPS, PEOPLE, EVENTS, DOCUMENTS = 5, 60, 900, 400
DELETED = (58, 59, 60)
"""Users whose row is gone while their events and group memberships are there."""
TYPES = ("Công văn đi", "Quyết định", "Công văn đến", "Tờ trình", "Default")
VERBS = (
    "authentication.user_logged_in",
    "authentication.user_logged_in",
    "user_management.user_logged_in",
    "authentication.user_logged_out",
    "documents.document_view",
    "documents.document_create",
    "documents.document_edit",
    "metadata.document_metadata_edited",
)
USER, DOCUMENT = 1, 2
"""Content types."""
FIRST = datetime(2025, 1, 1)


def rows(seed: int = 2025) -> Tables:
    """By table; instants are UTC as text without a zone."""
    draw = random.Random(seed)
    made = {
        "django_content_type": [{"id": USER, "app_label": "auth", "model": "user"}, {"id": DOCUMENT, "app_label": "documents", "model": "document"}],
        "auth_group": [{"id": number, "name": f"Phòng mô phỏng {number}"} for number in range(1, GROUPS + 1)],
        "metadata_metadatatype": [{"id": 1, "name": "don_vi", "label": "Đơn vị"}, {"id": 2, "name": "do_mat", "label": "Độ mật"}],
        "documents_documenttype": [{"id": number, "label": label} for number, label in enumerate(TYPES, 1)],
    }
    return {**made, **_people(draw), **_documents(draw)}


def _moment(draw: random.Random, days: int = 100) -> str:
    hour = draw.choice((1, 3, 4, 5, 8, 16, 17, 18, 23))  # midnight is at 17:00 UTC in Viet Nam, at 5:00 in Bogotá
    found = FIRST + timedelta(days=draw.randrange(days), hours=hour, minutes=draw.randrange(60), seconds=draw.randrange(60))
    return f"{found:%Y-%m-%d %H:%M:%S}"


def _people(draw: random.Random) -> Tables:
    users, memberships, actions = [_user(0, "admin", "2024-12-01 00:00:00", is_active=True)], [], []
    for person in range(1, PEOPLE + 1):
        if person not in DELETED:
            users.append(_user(person, f"mo.phong.{person}", _moment(draw, 80), is_active=draw.random() > 0.15))
        for group in draw.sample(range(1, GROUPS + 1), k=draw.choice((0, 1, 1, 1, 2))):
            memberships.append({"id": len(memberships) + 1, "user_id": person, "group_id": group})
        if draw.random() > 0.5:  # an edit by the administrator, which closes whoever is locked
            actions.append(_action(len(actions) + 1, 0, "user_management.user_edited", _moment(draw), (USER, person)))
    for _ in range(EVENTS):
        actor = draw.randrange(0, PEOPLE - 5) if draw.random() > 0.05 else draw.choice(DELETED)  # some never do anything
        actions.append(_action(len(actions) + 1, actor, draw.choice(VERBS), _moment(draw), (USER, actor)))
    actions.append({**_action(len(actions) + 1, 7, "documents.document_edit", _moment(draw), None), "actor_content_type_id": DOCUMENT})
    actions.append(_action(len(actions) + 1, 1, "authentication.user_logged_in", "2025-04-12 03:00:00", (USER, 1)))  # the last day
    return {"auth_user": users, "auth_user_groups": memberships, "actstream_action": actions}


def _user(number: int, name: str, joined: str, is_active: bool) -> dict[str, Any]:
    blank = dict.fromkeys(("password", "first_name", "last_name"), "")
    return {
        **blank, "id": number, "username": name, "email": f"{name}@vidu.example", "last_login": None, "is_superuser": False, "is_staff": False,
        "is_active": is_active, "date_joined": joined,
    }  # fmt: skip


def _action(number: int, actor: int, verb: str, at: str, target: tuple[int, int] | None) -> dict[str, Any]:
    kind, target_id = target or (None, None)
    return {
        "id": number, "actor_object_id": str(actor), "actor_content_type_id": USER, "verb": verb, "timestamp": at, "public": True,
        "target_content_type_id": kind, "target_object_id": None if target_id is None else str(target_id),
    }  # fmt: skip


def _documents(draw: random.Random) -> Tables:
    documents, files, signatures, metadata = [], [], [], []
    for number in range(1, DOCUMENTS + 1):
        at = _moment(draw)
        is_trashed = draw.random() < 0.08
        documents.append({
            "id": number, "uuid": str(uuid.UUID(int=draw.getrandbits(128))), "document_type_id": draw.choices((1, 2, 3, 4, 5), (4, 2, 5, 3, 1))[0],
            "label": f"Văn bản mô phỏng {number}", "description": "", "datetime_created": at, "language": "vie", "in_trash": is_trashed,
            "trashed_date_time": at if is_trashed else None, "is_stub": draw.random() < 0.05,
        })  # fmt: skip
        for _ in range(draw.choice((1, 1, 2))):
            files.append({"id": len(files) + 1, "document_id": number, "timestamp": at, "filename": "mo-phong.pdf"})
            if draw.random() < 0.4:
                signed = at if draw.random() > 0.1 else None
                signatures.append({"id": len(signatures) + 1, "document_file_id": len(files), "date_time": signed, "key_id": "0"})
        unit = draw.choice((*(f"Phòng mô phỏng {group}" for group in range(1, GROUPS + 1)), "Phòng không có", None))
        marking = draw.choices(("Thường", "Mật", None), (12, 1, 1))[0]
        for kind, value in ((1, unit), (2, marking)):
            if value or draw.random() < 0.5:  # without the metadata, or with an empty one
                metadata.append({"id": len(metadata) + 1, "document_id": number, "metadata_type_id": kind, "value": value})
    return {
        "documents_document": documents,
        "documents_documentfile": files,
        "document_signatures_signaturebasemodel": signatures,
        "metadata_documentmetadata": metadata,
    }
