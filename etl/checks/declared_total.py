"""Expectations about what units declare."""

from etl.checks.check import Check, key_is_unique, order_is_kept, unit_is_known

CHECKS = (
    key_is_unique("declared_total"),
    unit_is_known("declared_total"),
    order_is_kept("declared_total", "range_is_in_order", "from_on", "to_on", "fail", "declarations end before they begin"),
    Check(
        name="declared_total_ranges_do_not_overlap",
        entity="declared_total",
        severity="warn",
        violations="""
            SELECT count(*) FROM (
                SELECT from_on, max(to_on) OVER (
                    PARTITION BY unit_code, metric_base ORDER BY from_on, to_on ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                ) AS declared_until
                FROM canonical.declared_total
            ) declared WHERE from_on <= declared_until
        """,
        meaning="declarations cover days that the same unit had declared already",
        remedy="Ask the unit which of them counts and take the other one out.",
    ),
)
