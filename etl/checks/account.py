"""Expectations about accounts."""

from etl.checks.check import key_is_unique, order_is_kept, unit_is_known

CHECKS = (
    key_is_unique("account"),
    unit_is_known("account"),
    order_is_kept(
        "account", "is_activated_after_provisioning", "provisioned_at", "activated_at", "warn", "accounts were activated before they were provisioned"
    ),
    order_is_kept(
        "account", "is_disabled_after_provisioning", "provisioned_at", "disabled_at", "warn", "accounts were disabled before they were provisioned"
    ),
)
