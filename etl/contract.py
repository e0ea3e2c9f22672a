"""The source contract: the entities and columns that a source's queries deliver, as data.

A source delivers some or all of these entities; its SQL names the contract's columns. Keys are the source's own,
text is brought to Unicode NFC, instants to UTC. What a column may hold follows from its `kind` (KINDS).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["key", "person", "text", "choice", "date", "instant", "flag", "integer", "decimal"]

KINDS: dict[Kind, str] = {
    "key": "text that identifies a row or points to one; trimmed, never empty",
    "person": "a key that stands for a person: replaced by a keyed hash before anything is written",  # promises.md, P8
    "text": "free text, trimmed; empty is NULL",
    "choice": "one of the words given; anything else is rejected",
    "date": "a day: YYYY-MM-DD, D/M/YYYY or an instant whose local day is taken",
    "instant": "a point in time; without a zone it is read in the source's time zone",
    "flag": "0/1, true/false, t/f, yes/no, Y/N, C/K (có/không), x or empty for no",
    "integer": "a whole number, not negative",
    "decimal": "a number with a point",
}
"""What a column of each kind may hold."""


@dataclass(frozen=True)
class Column:
    """One column of an entity."""

    name: str
    kind: Kind
    required: bool = False
    """The column must be in the query and its value must not be empty (a row without it is rejected)."""
    choices: tuple[str, ...] = ()
    meaning: str = ""
    """What it says, as a new source's SQL and the documentation tell it."""


@dataclass(frozen=True)
class Entity:
    """One canonical entity: its columns and the ones that identify a row."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    meaning: str = ""
    """What one row is."""
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
            Column("unit_code", "key", required=True, meaning="the unit's own code in the source"),
            Column("name", "text", required=True, meaning="full name"),
            Column("short_name", "text", meaning="name for tables and charts"),
            Column("parent_code", "key", meaning="code of the unit above; empty for the top"),
            Column("level", "text", required=True, meaning="level in the organisation, as in data/reference/levels.csv"),
            Column("pilot_group", "integer", meaning="number of the pilot group; empty outside the pilot"),
            Column("valid_from", "date", meaning="first day on which the unit exists; empty for ever since"),
            Column("valid_to", "date", meaning="last day on which it exists; empty while it does"),
            Column("sort_order", "integer", meaning="place in lists"),
        ),
        key=("unit_code",),
        meaning="one unit of the organisation",
        is_mandatory=True,
    ),
    Entity(
        "unit_succession",
        (
            Column("old_code", "key", required=True, meaning="the unit that ended or gave something away"),
            Column("new_code", "key", required=True, meaning="the unit that took over"),
            Column("effective_on", "date", required=True, meaning="first day of the new unit's responsibility"),
            Column("share", "decimal", meaning="part of the old unit that went there, 0 to 1; empty for all of it"),
        ),
        key=("old_code", "new_code", "effective_on"),
        meaning="one unit that took over from another",
    ),
    Entity(
        "account",
        (
            Column(
                "account_key", "person", required=True, meaning="the account's key or user name; replaced by a keyed hash before anything is written"
            ),
            Column("unit_code", "key", required=True, meaning="the unit it belongs to, unless account_assignment says more"),
            Column("is_officer", "flag", meaning="is held by an officer"),
            Column("is_clerk", "flag", meaning="is held by a clerk (văn thư)"),
            Column("is_leader", "flag", meaning="is held by a leader"),
            Column("provisioned_at", "instant", required=True, meaning="when it was set up"),
            Column("activated_at", "instant", meaning="when it was activated; empty while it is not"),
            Column("disabled_at", "instant", meaning="when it was closed; empty while in use"),
        ),
        key=("account_key",),
        meaning="one account provisioned to one person",
        is_mandatory=True,
    ),
    Entity(
        "account_assignment",
        (
            Column("account_key", "person", required=True, meaning="as in account"),
            Column("unit_code", "key", required=True, meaning="the unit"),
            Column("valid_from", "date", required=True, meaning="first day there"),
            Column("valid_to", "date", meaning="last day there; empty while it lasts"),
        ),
        key=("account_key", "unit_code", "valid_from"),
        meaning="one stay of an account in a unit",
    ),
    Entity(
        "access_event",
        (
            Column("account_key", "person", required=True, meaning="as in account"),
            Column("occurred_at", "instant", required=True, meaning="when"),
            Column("kind", "choice", required=True, choices=EVENT_KINDS, meaning="what was done"),
        ),
        key=("account_key", "occurred_at", "kind"),
        meaning="one thing that somebody did in the system",
        is_mandatory=True,
    ),
    Entity(
        "document",
        (
            Column("document_key", "key", required=True, meaning="the document's key"),
            Column("unit_code", "key", required=True, meaning="the unit that issued it (outgoing) or received it (incoming)"),
            Column("direction", "choice", required=True, choices=("outgoing", "incoming"), meaning="whether it went out of the unit or came in"),
            Column("doc_type", "text", meaning="type of document, as in data/reference/doc_types.csv"),
            Column("number", "text", meaning="number and notation"),
            Column("issued_at", "instant", required=True, meaning="when it was issued"),
            Column(
                "form",
                "choice",
                choices=("electronic", "parallel", "paper"),
                meaning="electronic (on the system alone), parallel (with a paper copy beside), paper",
            ),
            Column("signer_signed_at", "instant", meaning="when the signer signed digitally; empty if not"),
            Column("organ_signed_at", "instant", meaning="when the organisation's seal was put digitally; empty if not"),
            Column(
                "security_level",
                "text",
                required=True,
                meaning="'ordinary' for the ordinary level, anything else otherwise: only ordinary rows are fetched",
            ),
            Column("status", "choice", choices=("draft", "issued", "recalled"), meaning="what became of it; empty counts as issued"),
            Column("page_count", "integer", meaning="pages"),
        ),
        key=("document_key",),
        meaning="one document, however many receivers it has",
        is_mandatory=True,
    ),
    Entity(
        "delivery",
        (
            Column("document_key", "key", required=True, meaning="as in document"),
            Column("receiver_code", "key", required=True, meaning="the unit or organ that it goes to"),
            Column("sent_at", "instant", required=True, meaning="when it was sent"),
            Column("received_at", "instant", meaning="when it was received"),
            Column("due_at", "instant", meaning="when it is to be dealt with; empty without a deadline"),
            Column("completed_at", "instant", meaning="when it was dealt with; empty while open"),
            Column(
                "channel",
                "choice",
                required=True,
                choices=CHANNELS,
                meaning="internal (within the organisation), axis (the national document axis), other",
            ),
            Column("status", "choice", choices=("sent", "acknowledged", "failed", "recalled"), meaning="what became of it"),
            Column("security_level", "text", required=True, meaning="of its document: 'ordinary' for the ordinary level, anything else otherwise"),
        ),
        key=("document_key", "receiver_code", "sent_at"),
        meaning="one document sent to one receiver",
    ),
    Entity(
        "axis_message",
        (
            Column("message_key", "key", required=True, meaning="the message's key"),
            Column("document_key", "key", meaning="the document that it carries or answers"),
            Column("kind", "choice", required=True, choices=("document", "status"), meaning="a document, or a status message that answers one"),
            Column("business_type", "choice", choices=("new", "recall", "update", "replace"), meaning="what it does with an earlier document"),
            Column("from_code", "key", required=True, meaning="organ that sent it"),
            Column("to_code", "key", required=True, meaning="organ that it goes to"),
            Column("at", "instant", required=True, meaning="when it was sent"),
            Column("status_code", "text", meaning="code of a status message"),
            Column("security_level", "text", required=True, meaning="'ordinary' for the ordinary level, anything else otherwise"),
        ),
        key=("message_key", "to_code"),
        meaning="one message on the national document axis to one receiver",
    ),
    Entity(
        "declared_total",
        (
            Column("unit_code", "key", required=True, meaning="the unit"),
            Column("metric_base", "key", required=True, meaning="what is counted, such as administrative_documents"),
            Column("from_on", "date", required=True, meaning="first day that it covers"),
            Column("to_on", "date", required=True, meaning="last day that it covers"),
            Column("value", "integer", required=True, meaning="the total"),
            Column("declared_by", "person", meaning="who declared it; replaced by a keyed hash"),
            Column("declared_at", "instant", meaning="when"),
            Column("approved_by", "person", meaning="who approved it; replaced by a keyed hash; empty while nobody did"),
            Column("source_note", "text", meaning="where the total comes from"),
        ),
        key=("unit_code", "metric_base", "from_on", "to_on"),
        meaning="one total that a unit declares",
    ),
)

ENTITY: dict[str, Entity] = {entity.name: entity for entity in ENTITIES}
