"""Expectations about deliveries."""

from etl.checks.check import Check, key_is_unique, order_is_kept

CHECKS = (
    key_is_unique("delivery"),
    Check(
        name="delivery_internal_receiver_is_known",
        entity="delivery",
        severity="warn",
        violations="""
            SELECT count(*) FROM canonical.delivery
            WHERE channel = 'internal' AND receiver_code NOT IN (SELECT unit_code FROM canonical.org_unit)
        """,
        meaning="internal deliveries go to a receiver that is not among the units, and are not counted as received",
        remedy="Add the unit to the source's org_unit, or correct receiver_code.",
    ),
    Check(
        name="delivery_document_is_known",
        entity="delivery",
        severity="warn",
        violations="SELECT count(*) FROM canonical.delivery WHERE document_key NOT IN (SELECT document_key FROM canonical.document)",
        meaning="deliveries are of documents that were not loaded",
        remedy="See why those documents were refused, or whether delivery.sql gives every delivery its document's security level.",
    ),
    order_is_kept("delivery", "is_received_after_sending", "sent_at", "received_at", "warn", "deliveries were received before they were sent"),
)
