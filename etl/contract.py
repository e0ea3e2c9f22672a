"""The source contract: the entities and columns that a source's queries deliver, as data.

A source delivers some or all of these entities; its SQL names the contract's columns. Keys are the source's own,
text is brought to Unicode NFC, instants to UTC. What a column may hold follows from its `kind`:

key      text that identifies a row or points to one; trimmed, never empty
person   a key that stands for a person: replaced by a keyed hash before anything is written (promises.md, P8)
text     free text, trimmed; empty is NULL
choice   one of `choices`; anything else is rejected
date     a day: YYYY-MM-DD, D/M/YYYY or an instant whose local day is taken
instant  a point in time; without a zone it is read in the source's time zone
flag     0/1, true/false, t/f, yes/no, Y/N, C/K (có/không), x or empty for no
integer  a whole number, not negative
decimal  a number with a point
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["key", "person", "text", "choice", "date", "instant", "flag", "integer", "decimal"]


@dataclass(frozen=True)
class Column:
    """One column of an entity."""

    name: str
    kind: Kind
    required: bool = False
    """The column must be in the query and its value must not be empty (a row without it is rejected)."""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entity:
    """One canonical entity: its columns and the ones that identify a row."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    is_mandatory: bool = False
    """At least one source must deliver it, or no figure can be computed."""

    @property
    def is_classified(self) -> bool:
        """Whether rows carry a security marking: all but `ordinary` are dropped at the source boundary."""
        return any(column.name == "security_level" for column in self.columns)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


CHANNELS = ("internal", "axis", "other")
ORDINARY = "ordinary"
EVENT_KINDS = ("login", "login_failed", "logout", "view", "process", "sign", "issue")

ENTITIES: tuple[Entity, ...] = (
    Entity(
        "org_unit",
        (
            Column("unit_code", "key", required=True),
            Column("name", "text", required=True),
            Column("short_name", "text"),
            Column("parent_code", "key"),
            Column("level", "text", required=True),
            Column("pilot_group", "integer"),
            Column("valid_from", "date"),
            Column("valid_to", "date"),
            Column("sort_order", "integer"),
        ),
        key=("unit_code",),
        is_mandatory=True,
    ),
    Entity(
        "unit_succession",
        (
            Column("old_code", "key", required=True),
            Column("new_code", "key", required=True),
            Column("effective_on", "date", required=True),
            Column("share", "decimal"),
        ),
        key=("old_code", "new_code", "effective_on"),
    ),
    Entity(
        "account",
        (
            Column("account_key", "person", required=True),
            Column("unit_code", "key", required=True),
            Column("is_officer", "flag"),
            Column("is_clerk", "flag"),
            Column("is_leader", "flag"),
            Column("provisioned_at", "instant", required=True),
            Column("activated_at", "instant"),
            Column("disabled_at", "instant"),
        ),
        key=("account_key",),
        is_mandatory=True,
    ),
    Entity(
        "account_assignment",
        (
            Column("account_key", "person", required=True),
            Column("unit_code", "key", required=True),
            Column("valid_from", "date", required=True),
            Column("valid_to", "date"),
        ),
        key=("account_key", "unit_code", "valid_from"),
    ),
    Entity(
        "access_event",
        (
            Column("account_key", "person", required=True),
            Column("occurred_at", "instant", required=True),
            Column("kind", "choice", required=True, choices=EVENT_KINDS),
        ),
        key=("account_key", "occurred_at", "kind"),
        is_mandatory=True,
    ),
    Entity(
        "document",
        (
            Column("document_key", "key", required=True),
            Column("unit_code", "key", required=True),
            Column("direction", "choice", required=True, choices=("outgoing", "incoming")),
            Column("doc_type", "text"),
            Column("number", "text"),
            Column("issued_at", "instant", required=True),
            Column("form", "choice", choices=("electronic", "parallel", "paper")),
            Column("signer_signed_at", "instant"),
            Column("organ_signed_at", "instant"),
            Column("security_level", "text", required=True),
            Column("status", "choice", choices=("draft", "issued", "recalled")),
            Column("page_count", "integer"),
        ),
        key=("document_key",),
        is_mandatory=True,
    ),
    Entity(
        "delivery",
        (
            Column("document_key", "key", required=True),
            Column("receiver_code", "key", required=True),
            Column("sent_at", "instant", required=True),
            Column("received_at", "instant"),
            Column("due_at", "instant"),
            Column("completed_at", "instant"),
            Column("channel", "choice", required=True, choices=CHANNELS),
            Column("status", "choice", choices=("sent", "acknowledged", "failed", "recalled")),
            Column("security_level", "text", required=True),
        ),
        key=("document_key", "receiver_code", "sent_at"),
    ),
    Entity(
        "axis_message",
        (
            Column("message_key", "key", required=True),
            Column("document_key", "key"),
            Column("kind", "choice", required=True, choices=("document", "status")),
            Column("business_type", "choice", choices=("new", "recall", "update", "replace")),
            Column("from_code", "key", required=True),
            Column("to_code", "key", required=True),
            Column("at", "instant", required=True),
            Column("status_code", "text"),
            Column("security_level", "text", required=True),
        ),
        key=("message_key", "to_code"),
    ),
    Entity(
        "declared_total",
        (
            Column("unit_code", "key", required=True),
            Column("metric_base", "key", required=True),
            Column("from_on", "date", required=True),
            Column("to_on", "date", required=True),
            Column("value", "integer", required=True),
            Column("declared_by", "person"),
            Column("declared_at", "instant"),
            Column("approved_by", "person"),
            Column("source_note", "text"),
        ),
        key=("unit_code", "metric_base", "from_on", "to_on"),
    ),
)

ENTITY: dict[str, Entity] = {entity.name: entity for entity in ENTITIES}
