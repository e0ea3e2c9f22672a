"""Expectations about documents."""

from etl.checks.check import Check, key_is_unique, unit_is_known

CHECKS = (
    key_is_unique("document"),
    unit_is_known("document"),
    Check(
        name="document_no_working_day_is_empty",
        entity="document",
        severity="warn",
        # On a public holiday people log in too, but few of them: at least half the usual events show that work was done.
        violations="""
            SELECT count(*)
            FROM canonical.working_day,
                (SELECT median(events) AS events FROM canonical.working_day WHERE events > 0) usual,
                (SELECT median(documents) AS documents FROM canonical.working_day) usual_documents
            WHERE working_day.documents = 0 AND usual_documents.documents >= 1 AND working_day.events >= usual.events / 2
                AND day_on >= (SELECT min(issued_on) FROM canonical.document)
        """,
        meaning="working days have not one document, though people were at work",
        remedy="See whether the source still holds the documents of those days, and document.sql selects them.",
    ),
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
