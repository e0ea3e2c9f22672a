"""Expectations about documents."""

from etl.checks.check import Check, key_is_unique, unit_is_known

CHECKS = (
    key_is_unique("document"),
    unit_is_known("document"),
    Check(
        name="document_form_is_given",
        entity="document",
        severity="warn",
        violations="""
            SELECT count(*) FROM canonical.document
            WHERE direction = 'outgoing' AND form IS NULL AND coalesce(status, 'issued') <> 'draft'
        """,
        meaning="outgoing documents have no form, and count as neither electronic nor parallel nor paper",
        remedy="Map the source's forms to electronic, parallel or paper in document.sql.",
    ),
    Check(
        name="document_number_is_unique_per_unit_and_year",
        entity="document",
        severity="warn",
        violations="""
            SELECT count(*) FROM (
                SELECT unit_code, extract(year FROM issued_on) AS year, doc_type, number FROM canonical.document
                WHERE direction = 'outgoing' AND number IS NOT NULL AND coalesce(status, 'issued') <> 'draft'
                GROUP BY unit_code, extract(year FROM issued_on), doc_type, number HAVING count(*) > 1
            ) repeated
        """,
        meaning="document numbers were given twice within a unit, a year and a type",
        remedy="Ask the unit which of them is right.",
    ),
)
