"""Expectations about logins and actions."""

from etl.checks.check import Check, key_is_unique

BUSY = 200
"""Rows on a usual working day from which on even a public holiday leaves some."""

CHECKS = (
    key_is_unique("access_event"),
    Check(
        name="access_event_account_is_known",
        entity="access_event",
        severity="warn",
        violations="""
            SELECT coalesce(sum(rows), 0) FROM canonical.event_account WHERE account_key NOT IN (SELECT account_key FROM canonical.account)
        """,
        meaning="events are of accounts that the source does not know, and are left out",
        remedy="See whether account.sql and access_event.sql name accounts by the same key.",
    ),
    Check(
        name="access_event_no_working_day_is_empty",
        entity="access_event",
        severity="warn",
        # A small organisation does nothing on a public holiday. That work was done shows in documents, or in how much there usually is.
        violations=f"""
            SELECT count(*)
            FROM canonical.working_day, (SELECT median(events) AS events FROM canonical.working_day WHERE events > 0) usual
            WHERE working_day.events = 0 AND (working_day.documents > 0 OR usual.events >= {BUSY})
                AND day_on >= (SELECT min(occurred_on) FROM canonical.event_day)
        """,  # noqa: S608
        meaning="working days have not one event, though documents were issued or there are usually many",
        remedy="See whether the source still holds the events of those days, and access_event.sql selects them.",
    ),
    Check(
        name="access_event_no_unit_falls_silent",
        entity="access_event",
        severity="warn",
        # 20 active account-days a week on average for eight weeks, then none in the last two full weeks. Units that ended are silent by right.
        violations="""
            WITH stay AS (
                SELECT account_key, unit_code, valid_from, coalesce(valid_to, DATE '9999-12-31') AS valid_to FROM canonical.account_assignment
                UNION ALL
                SELECT account_key, unit_code, DATE '0001-01-01', DATE '9999-12-31' FROM canonical.account
                WHERE account_key NOT IN (SELECT account_key FROM canonical.account_assignment)
            ),
            active AS (
                SELECT DISTINCT stay.unit_code, event.account_key, event.occurred_on, span.cutoff_on
                FROM canonical.access_event event
                JOIN canonical.span span ON event.occurred_on > span.cutoff_on - 70 AND event.occurred_on <= span.cutoff_on
                JOIN stay ON stay.account_key = event.account_key AND event.occurred_on BETWEEN stay.valid_from AND stay.valid_to
                WHERE event.kind IN ('login', 'process', 'issue', 'sign')
            ),
            silent AS (
                SELECT unit_code, max(cutoff_on) AS cutoff_on FROM active GROUP BY unit_code
                HAVING count(*) FILTER (occurred_on <= cutoff_on - 14) >= 8 * 20 AND count(*) FILTER (occurred_on > cutoff_on - 14) = 0
            )
            SELECT count(*) FROM silent JOIN canonical.org_unit unit ON unit.unit_code = silent.unit_code
            WHERE unit.valid_to IS NULL OR unit.valid_to >= silent.cutoff_on
        """,
        meaning="units that were active every week for eight weeks have left no trace in the last two",
        remedy="See whether their events are still recorded and fetched; if they are, ask the units.",
    ),
)
